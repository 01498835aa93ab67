"""Hostile and damaged rules and logs: a named error or a visible count, bounded time and memory, the rest still processed."""
import json
import random
import resource
import shutil
import signal
import subprocess
import time

import pytest

from lib import program

MIB = 1 << 20
SECONDS_MAX = 60
GOOD = """title: Any command
id: 5d1a3f60-0f4b-4e0b-8f0e-0d8a3a6f1d01
detection:
  selection:
    CommandLine|contains: run
  condition: selection
"""
GOOD_LINE = json.dumps({"timestamp": "2026-02-01T00:00:00Z", "CommandLine": "run me"}) + "\n"


def limits():
    resource.setrlimit(resource.RLIMIT_AS, (1536 * MIB, 1536 * MIB))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))


@pytest.fixture
def detect(tmp_path):
    """Runs good.yml and the given rule files over the given log files within the limits: (result, counts)."""
    def run(rules=(), logs=(), options=()):
        folder = tmp_path / "rules"
        folder.mkdir()
        (folder / "good.yml").write_text(GOOD)
        for number, text in enumerate(rules):
            (folder / f"hostile{number}.yml").write_text(text)
        names = []
        for number, data in enumerate([*logs, GOOD_LINE]):
            names.append(tmp_path / f"log{number}.ndjson")
            names[-1].write_bytes(data if isinstance(data, bytes) else data.encode())
        done = program.run("detect", "--rules", folder, "--json", "--stats", *options, *names, timeout=2 * SECONDS_MAX, preexec=limits)
        assert done.status >= 0, f"ended by {signal.Signals(-done.status).name}: {done}"
        counts = json.loads(done.err.strip().splitlines()[-1])
        assert [m for m in done.lines() if m["source"]["path"] == str(names[-1]) and m["rule"]["title"] == "Any command"], done
        return done, counts
    return run


def rule(detection, title="Hostile", more=""):
    return f"title: {title}\n{more}detection:\n{detection}\n  condition: s\n"


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9))
HOSTILE_RULES = {
    "yaml bomb": BOMB,
    "deep lists": "title: deep\ndetection: " + "[" * 100_000,
    "deep maps": "title: deep\ndetection: " + "{a: " * 100_000,
    "million alternatives": rule("  s:\n    CommandLine|re: '(" + "|".join(f"a{i}" for i in range(1_000_000)) + ")'"),
    "nested quantifiers": rule("  s:\n    CommandLine|re: '" + "(" * 5000 + "a" + ")*" * 5000 + "'"),
    "deep condition": "title: deep\ndetection:\n  s:\n    A: b\n  condition: " + "(" * 100_000 + "s" + ")" * 100_000 + "\n",
    "doubling condition": "title: many\ndetection:\n" + "".join(f"  s{i}:\n    A: [{', '.join(map(str, range(500)))}]\n" for i in range(100)) +
                          "  condition: " + " or ".join(["all of s*"] * 4000) + "\n",
    "enormous value": rule("  s:\n    A: '" + "x" * (2 * MIB) + "'"),
    "many transformations": rule("  s:\n    A|" + "|".join(["wide"] * 40) + ": abc"),
    "duplicate id": GOOD,
}


@pytest.mark.parametrize("name", HOSTILE_RULES)
def test_a_hostile_rule_is_named_and_the_others_work(detect, name):
    began = time.monotonic()
    done, counts = detect([HOSTILE_RULES[name]])
    assert counts["rules_failed"] >= 1 and counts["rules_loaded"] == 1, done
    assert "hostile0.yml" in done.err, done
    assert counts["peak_memory_bytes"] < 600 * MIB and time.monotonic() - began < SECONDS_MAX


def test_a_search_that_explodes_is_given_up_and_counted(detect):
    lines = "".join(json.dumps({"A": "a" * 5000 + "b", "n": i}) + "\n" for i in range(50))
    done, counts = detect([rule("  s:\n    A|re: '^(a+)+$'"), rule("  s:\n    A|re: '(a|aa)+c'", "Other")], [lines])
    assert counts["regex_exhausted"] > 0 and counts["rules_failed"] == 0, done


def test_circles_of_correlations_are_named(detect):
    circle = "".join(f"title: {a}\nname: {a}\ncorrelation: {{type: event_count, rules: [{b}], timespan: 1m, condition: {{gte: 2}}}}\n---\n"
                     for a, b in (("one", "two"), ("two", "three"), ("three", "one"), ("self", "self")))
    done, counts = detect([circle.removesuffix("---\n")])
    assert counts["rules_failed"] == 4 and counts["rules_loaded"] == 1, done
    assert done.err.count("hostile0.yml:") >= 4, done


def test_a_correlation_over_unbounded_keys_is_bounded(detect):
    rules = [rule("  s:\n    E: fail", "Failed", "name: failed\n") + "---\ntitle: Many\ncorrelation: {type: value_count, rules: failed, "
             "group-by: U, timespan: 30d, condition: {field: H, gte: 3}}\n"]
    lines = "".join(f'{{"E":"fail","U":"user-{i}-{"x" * 40}","H":"h{i}","timestamp":"2026-02-{i // 20000 + 1:02d}T00:00:00Z"}}\n' for i in range(400_000))
    attack = "".join(f'{{"E":"fail","U":"victim","H":"host{i}","timestamp":"2026-02-27T00:00:0{i}Z"}}\n' for i in range(5))
    done, counts = detect(rules, [lines, attack])
    assert [m for m in done.lines() if m["rule"]["title"] == "Many"], "the attack drowned"
    assert counts["peak_memory_bytes"] < 1000 * MIB, counts
    assert counts["correlation_evicted"] > 0, "the budget was never met: the test would say nothing"


def test_a_clock_that_runs_backwards_changes_nothing(detect):
    rules = [rule("  s:\n    E: fail", "Failed", "name: failed\n") + "---\ntitle: Many\ncorrelation: {type: event_count, rules: failed, "
             "group-by: U, timespan: 1m, condition: {gte: 5}}\n"]
    lines = [f'{{"E":"fail","U":"u","timestamp":"2026-02-01T00:00:{i:02d}Z"}}\n' for i in range(0, 50, 10)]
    done, _ = detect(rules, ["".join(reversed(lines))])
    [match] = [m for m in done.lines() if m["rule"]["title"] == "Many"]
    assert match["correlation"]["events"] == 5


def test_fields_of_16_megabytes(detect):
    big = [json.dumps({"CommandLine": "x" * (16 * MIB - 100) + "run"}), json.dumps({"k" * (16 * MIB): "v"}),
           json.dumps({"CommandLine": ["run"] * 1_000_000}), json.dumps({f"f{i}": "run" for i in range(100_000)})]
    done, counts = detect([], ["\n".join(big) + "\n" + GOOD_LINE])
    told = counts["damaged_records"] + counts["fields_dropped"]
    found = sum(m["source"]["path"].endswith("log0.ndjson") for m in done.lines())
    assert found >= 1 and told >= 1, done
    assert counts["peak_memory_bytes"] < 1000 * MIB


@pytest.mark.parametrize("packer", ["gzip", "zstd"])
def test_a_packed_file_that_breaks_off_gives_what_it_has(detect, packer):
    if not shutil.which(packer):
        pytest.skip(f"no {packer} here")
    draw = random.Random(3)
    lines = "".join(json.dumps({"CommandLine": "run " + draw.randbytes(30).hex()}) + "\n" for _ in range(50_000)).encode()
    packed = subprocess.run([packer, "-c"], input=lines, capture_output=True, check=True).stdout
    done, counts = detect([], [packed[:len(packed) // 2]])
    assert 10_000 < counts["events"] < 50_000, counts
    assert "log0.ndjson" in done.err and counts["damaged_records"] + counts["inputs_failed"] >= 1, done


def test_indicator_list_with_broken_lines(detect, tmp_path):
    (tmp_path / "list.txt").write_bytes(b"evil.example\n\xff\xfe\x00\n" + b"x" * (2 * MIB) + b"\n999.1.2.3/77\n# comment\n\n45.77.12.34\n")
    lines = json.dumps({"DestinationIp": "45.77.12.34"}) + "\n" + json.dumps({"QueryName": "www.evil.example"}) + "\n"
    done, counts = detect([], [lines], ["--indicators", tmp_path / "list.txt"])
    assert "list.txt" in done.err, done
    assert sum(m["source"]["path"].endswith("log0.ndjson") for m in done.lines()) == 2, done
