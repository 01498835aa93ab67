"""Runs every folder of tests/scenario; README.md tells what the files mean."""
import json
import os

import pytest

from lib import program

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = sorted(n for n in os.listdir(HERE) if os.path.exists(os.path.join(HERE, n, "expected.ndjson")))


def read(folder, name, fallback=""):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return fallback
    with open(path, encoding="utf-8") as f:
        return f.read()


def inputs_of(folder):
    found = [os.path.join(folder, n) for n in sorted(os.listdir(folder)) if n == "input" or n.startswith("input.")]
    for line in read(folder, "shared").split():
        path = os.path.join(program.SHARED, line)
        if not os.path.exists(path):
            pytest.skip("../shared is not there")
        found.append(path)
    assert found, "a scenario without input would always pass"
    return found


def holds(actual, wanted, place="match"):
    """Every member that `wanted` names is in `actual` and equal."""
    if not isinstance(wanted, dict):
        assert actual == wanted, f"{place}: {actual!r} is not {wanted!r}"
        return
    for key, value in wanted.items():
        assert isinstance(actual, dict) and key in actual, f"{place}.{key} is missing in {actual!r}"
        holds(actual[key], value, f"{place}.{key}")


def detect(folder, jobs):
    rules = os.path.join(folder, "rules")
    return program.run("detect", "--rules", rules, "--json", "--stats", "--jobs", jobs, *read(folder, "options").split(),
                       *inputs_of(folder), timeout=300)


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name):
    folder = os.path.join(HERE, name)
    one, four = detect(folder, 1), detect(folder, 4)
    assert one.out == four.out, "the order of matches depends on --jobs"
    assert one.status == four.status == int(read(folder, "status", "0")), one
    wanted = [json.loads(line) for line in read(folder, "expected.ndjson").splitlines() if line.strip()]
    matches = one.lines()
    for actual, expected in zip(matches, wanted):
        holds(actual, expected)
    assert len(matches) == len(wanted), [m["rule"]["title"] for m in matches]
    stats = json.loads(one.err.strip().splitlines()[-1])
    assert stats["matches"] == len(matches)
    holds(stats, json.loads(read(folder, "expected.stats.json", "{}")), "stats")
    for text in read(folder, "stderr").splitlines():
        assert text in one.err, one


def test_there_are_scenarios():
    assert NAMES, "no scenario was found: the suite would pass by doing nothing"
