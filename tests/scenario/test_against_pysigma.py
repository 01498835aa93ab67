"""The same matches as pySigma with its SQLite backend, on real events; each difference stands in a list with its reason."""
import collections
import json
import os

import pytest
import yaml

from lib import program

differential = pytest.importorskip("differential", reason="pySigma is not installed: tests/requirements.txt")

HERE = os.path.dirname(os.path.abspath(__file__))
EVENTS_MIN, RULES, MATCHING_RULES_MIN = 5000, 300, 100


def rule_paths():
    with open(os.path.join(HERE, "differential-rules.txt"), encoding="utf-8") as f:
        return [line.strip() for line in f if line.strip() and not line.startswith("#")]


def explained():
    """Rule id → how many events only one side finds: [Noroshi, pySigma], with the reason beside it in the file."""
    with open(os.path.join(HERE, "differential-explained.yml"), encoding="utf-8") as f:
        rows = yaml.safe_load(f)
    assert all(row["reason"].strip() for row in rows)
    return {row["rule"]: (row["only_noroshi"], row["only_pysigma"]) for row in rows}


def ours(folder, rules, events):
    """Rule id → numbers of events, as `noroshi detect` finds them."""
    os.mkdir(folder / "rules")
    for rule in rules:
        with open(folder / "rules" / (rule["id"] + ".yml"), "w", encoding="utf-8") as f:
            json.dump(rule, f, ensure_ascii=False, default=str)
    with open(folder / "events.ndjson", "w", encoding="utf-8") as f:
        for event in events:
            f.write(json.dumps(event) + "\n")
    done = program.run("detect", "--rules", folder / "rules", "--json", "--stats", folder / "events.ndjson", timeout=120)
    stats = json.loads(done.err.strip().splitlines()[-1])
    assert done.status == 0 and stats["events"] == len(events) and stats["rules_failed"] == 0, done
    found = collections.defaultdict(set)
    for match in done.lines():
        found[match["rule"]["id"]].add(match["source"]["line"] - 1)
    return found


@pytest.mark.slow
def test_same_matches_as_pysigma(shared, tmp_path):
    logs = os.path.join(shared, "data/logs/windows-security-datasets.ndjson.zst")
    rules = [differential.neutral(os.path.join(shared, "data/sigma", p)) for p in rule_paths()]
    assert len(rules) == RULES
    events = differential.sample(logs, kinds_every=1, lines_every=97)
    assert len(events) >= EVENTS_MIN
    found = ours(tmp_path, rules, events)
    assert len(found) >= MATCHING_RULES_MIN, "too few rules match: the comparison would say little"
    table = differential.Table(events)
    differing = {}
    for rule in rules:
        wanted, have = table.match(rule), found[rule["id"]]
        if wanted != have:
            differing[rule["id"]] = (sorted(have - wanted), sorted(wanted - have), rule["title"])
    counts = {rule: (len(more), len(less)) for rule, (more, less, _) in differing.items()}
    known = explained()
    print(f"{len(events)} events, {len(rules)} rules, {sum(map(len, found.values()))} matches, {len(differing)} rules differ")
    unexplained = {r: d for r, d in differing.items() if counts[r] != known.get(r)}
    assert not unexplained, unexplained
    assert not set(known) - set(counts), "explained, but no longer different"
