"""The rules of content/sigma, each against an event that it must match and a similar one that it must not."""
import json
import os
import random
import re

import pytest

from lib import program
from starter.sequences import SEQUENCES

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "starter")
RULES = os.path.join(program.ROOT, "content", "sigma")
RULES_MIN = 60
TACTICS = {"reconnaissance", "resource-development", "initial-access", "execution", "persistence", "privilege-escalation",
           "defense-evasion", "credential-access", "discovery", "lateral-movement", "collection", "command-and-control",
           "exfiltration", "impact"}


def rows(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def matched(name):
    """Ids of the rules that match each line, by line number."""
    ran = program.run("detect", "--rules", RULES, "--strict", "--json", os.path.join(HERE, name))
    assert ran.status == 0, ran
    found = {}
    for match in ran.lines():
        if "correlation" in match:
            continue  # of several lines: not what this test is about
        found.setdefault(match["source"]["line"], []).append(match["rule"]["id"])
    return {line: sorted(ids) for line, ids in found.items()}


def texts():
    """Every plain rule; a correlation has no event of its own, a part is not reported."""
    for name in sorted(os.listdir(RULES)):
        if name.endswith(".yml") and not name.startswith("part_"):
            with open(os.path.join(RULES, name), encoding="utf-8") as f:
                text = f.read()
            if not re.search(r"^correlation:", text, re.M):
                yield name, text


def ids():
    return {re.search(r"^id: (\S+)$", text, re.M).group(1): name for name, text in texts()}


def test_each_positive_matches_its_rules():
    found = matched("positive.ndjson")
    for line, row in enumerate(rows("positive.ndjson"), 1):
        assert row["expect"], f"line {line} expects nothing"
        assert found.get(line, []) == sorted(row["expect"]), f"line {line}: {json.dumps(row)[:400]}"


def test_no_negative_matches_anything():
    assert matched("negative.ndjson") == {}


def test_every_rule_has_both():
    rules = ids()
    assert len(rules) >= RULES_MIN
    expected = {i for row in rows("positive.ndjson") for i in row["expect"]}
    near = {row["near"] for row in rows("negative.ndjson")}
    assert expected == set(rules), [rules.get(i, i) for i in expected ^ set(rules)]
    assert near == set(rules), [rules.get(i, i) for i in near ^ set(rules)]


@pytest.mark.parametrize("name,text", list(texts()))
def test_rule_says_what_a_reader_needs(name, text):
    for key in ("title", "description", "author", "level", "falsepositives", "license"):
        assert re.search(rf"^{key}:", text, re.M), f"{name} lacks {key}"
    for key in ("title_ja", "description_ja"):
        value = re.search(rf'^  {key}: "(.+)"$', text, re.M)
        assert value and re.search(r"[぀-ヿ一-鿿]", value.group(1)), f"{name} lacks {key}"
    tags = re.findall(r"^  - attack\.(\S+)$", text, re.M)
    assert any(t in TACTICS for t in tags), f"{name} names no tactic"
    assert any(re.fullmatch(r"t\d{4}(\.\d{3})?", t) for t in tags), f"{name} names no technique"
    assert all(t in TACTICS or re.fullmatch(r"t\d{4}(\.\d{3})?", t) for t in tags), f"{name}: {tags}"


# ---- correlations

def correlations():
    """Name of the file → id, of the correlations that are reported."""
    found = {}
    for name in sorted(os.listdir(RULES)):
        if name.startswith("related_"):
            with open(os.path.join(RULES, name), encoding="utf-8") as f:
                found[name[:-4]] = re.search(r"^id: (\S+)$", f.read(), re.M).group(1)
    return found


def related(tmp_path, events, jobs=1):
    """Correlations that match, each with its group and its times; whatever else may match, no part may."""
    path = tmp_path / "events"
    path.write_text("".join((event if isinstance(event, str) else json.dumps(event)) + "\n" for event in events), encoding="utf-8")
    ran = program.run("detect", "--rules", RULES, "--strict", "--json", "--jobs", jobs, str(path))
    assert ran.status == 0, ran
    found = []
    for match in ran.lines():
        assert "Part of correlations" not in description(match["rule"]["id"]), match
        if "correlation" in match:
            of = match["correlation"]
            found.append((match["rule"]["id"], of["start"], of["end"], of["events"], tuple(sorted(of["group"].items()))))
    return sorted(found)


def description(rule_id):
    if not DESCRIPTIONS:
        for name in os.listdir(RULES):
            if name.endswith(".yml"):
                with open(os.path.join(RULES, name), encoding="utf-8") as f:
                    text = " ".join(f.read().split())
                DESCRIPTIONS[re.search(r" id: (\S+) ", text).group(1)] = re.search(r" description: >- (.+?) author: ", text).group(1)
    return DESCRIPTIONS[rule_id]


DESCRIPTIONS = {}


def test_every_correlation_has_sequences():
    assert set(SEQUENCES) == set(correlations())


@pytest.mark.parametrize("name", sorted(SEQUENCES))
def test_correlation_matches_in_any_order(name, tmp_path):
    rule, events = correlations()[name], list(SEQUENCES[name][0])
    found = related(tmp_path, events)
    assert [match[0] for match in found].count(rule) == 1, found
    for seed in range(3):
        random.Random(seed).shuffle(events)
        assert related(tmp_path, events, 1 + seed) == found, f"order {seed} changes the result"


@pytest.mark.parametrize("name", sorted(SEQUENCES))
def test_correlation_leaves_the_near_alone(name, tmp_path):
    rule, events = correlations()[name], list(SEQUENCES[name][1])
    assert rule not in [match[0] for match in related(tmp_path, events)]


def test_parts_are_silent():
    """A part is silent only as long as every correlation that names it lets it be (`generate`)."""
    names = [n for n in os.listdir(RULES) if n.startswith("part_")]
    assert names
    for name in names:
        with open(os.path.join(RULES, name), encoding="utf-8") as f:
            assert "Part of correlations" in " ".join(f.read().split()), name
