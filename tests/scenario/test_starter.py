"""The rules of content/sigma, each against an event that it must match and a similar one that it must not."""
import json
import os
import re

import pytest

from lib import program

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
    """Every plain rule; a correlation has no event of its own."""
    for name in sorted(os.listdir(RULES)):
        if name.endswith(".yml"):
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
