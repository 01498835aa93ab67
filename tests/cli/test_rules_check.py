"""`noroshi rules check` reports like a compiler."""
import json
import os

from lib import program

BROKEN = os.path.join(program.ROOT, "tests", "scenario", "broken-rules-are-named", "rules")


def test_the_rules_that_come_along_load(noroshi):
    done = noroshi("rules", "check", "--json")
    assert done.status == 0, done
    told = json.loads(done.out)
    assert told["failed"] == 0 and told["rules"] >= 12 and told["problems"] == []


def test_every_problem_has_its_place(noroshi):
    done = noroshi("rules", "check", "--json", BROKEN)
    assert done.status == 3, done
    told = json.loads(done.out)
    assert told["rules"] == 1 and told["failed"] == 5
    keys = {os.path.basename(p["path"]): (p["key"], p["line"]) for p in told["problems"]}
    assert keys["b_regex.yml"] == ("err.rule.regex", 6)
    assert keys["c_bomb.yml"] == ("err.yaml.alias", 2)
    assert keys["d_twin.yml"][0] == "err.rule.twin"
    assert keys["f_correlation.yml"] == ("err.rule.unknown_rule", 4)
    assert all(p["message"].startswith(p["path"]) for p in told["problems"])


def test_it_speaks_both_languages(noroshi):
    english, japanese = noroshi("rules", "check", BROKEN), noroshi("rules", "check", "--lang", "ja", BROKEN)
    assert english.status == japanese.status == 3
    assert "is broken" in english.out and "正規表現" in japanese.out
    assert len(english.out.splitlines()) == len(japanese.out.splitlines()) == 6


def test_a_missing_folder_is_named(noroshi):
    done = noroshi("rules", "check", "/does/not/exist")
    assert done.status == 4 and "/does/not/exist" in done.err and not done.out


def test_all_rules_of_sigmahq_load(noroshi, shared):
    done = noroshi("rules", "check", "--json", os.path.join(shared, "data", "sigma"), timeout=120)
    assert done.status == 0, done
    told = json.loads(done.out)
    assert told["failed"] == 0 and told["rules"] > 3700
    assert {p["key"] for p in told["problems"]} <= {"err.rule.placeholder"}
