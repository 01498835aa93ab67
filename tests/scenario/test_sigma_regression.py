"""The cases that SigmaHQ keeps beside its rules: the rule of each case must match its events, as EVTX and as JSON."""
import collections
import glob
import json
import os
import re

import pytest
import yaml

from lib import program

HERE = os.path.dirname(os.path.abspath(__file__))
CASES_MIN = 102
# info.yml says 1 for these, but by the text of the rule more of the recorded events match; counted by hand.
COUNT_BY_HAND = {
    "0b9ad457-2554-44c1-82c2-d56a99c42377": 3,  # two user.conf.new and one user.conf~RF….TMP contain "…\\AnyDesk\\user.conf"
    "45e112d0-7759-4c2a-aa36-9f8fb79d3393": 3,  # http, https and * of one domain, each set to zone 2
    "c7dcacd0-cc59-4004-b0a4-1d6cdebe6f3e": 2,  # AutoShareServer and AutoShareWks
}


class Case:
    def __init__(self, folder):
        self.folder, self.name = folder, os.path.basename(folder)
        with open(os.path.join(folder, "info.yml"), encoding="utf-8") as f:
            text = f.read()
        self.rule = re.search(r"rule_metadata:\s*\n\s*- id: (\S+)", text).group(1)
        count = re.search(r"match_count: (\d+)", text)
        self.count = COUNT_BY_HAND.get(self.rule, int(count.group(1)) if count else None)

    def file(self, suffix):
        found = glob.glob(os.path.join(glob.escape(self.folder), "*" + suffix))
        assert len(found) == 1, self.folder
        return found[0]


@pytest.fixture(scope="module")
def cases(shared):
    folders = glob.glob(os.path.join(shared, "data/sigma-regression", "**", "info.yml"), recursive=True)
    return [Case(os.path.dirname(p)) for p in sorted(folders)]


def reviewed():
    """(case, rule) → how often the rule of another case matches the events of this one, as looked at by hand."""
    with open(os.path.join(HERE, "regression-cross.yml"), encoding="utf-8") as f:
        rows = yaml.safe_load(f)
    assert all(row["reason"].strip() for row in rows)
    return collections.Counter({(case, row["rule"]): n for row in rows for case, n in row["cases"].items()})


@pytest.mark.parametrize("suffix", [".evtx", ".json"])
def test_every_case_matches(shared, cases, suffix):
    assert len(cases) >= CASES_MIN
    files = [c.file(suffix) for c in cases]
    done = program.run("detect", "--rules", os.path.join(shared, "data/sigma"), "--json", "--stats", *files, timeout=300)
    assert done.status == 0, done
    stats = json.loads(done.err.strip().splitlines()[-1])
    assert stats["rules_failed"] == 0
    found = collections.Counter((m["source"]["path"], m["rule"]["id"]) for m in done.lines())
    silent = [c.file(suffix) for c in cases if not found[c.file(suffix), c.rule]]
    miscounted = [(c.file(suffix), found[c.file(suffix), c.rule], c.count) for c in cases if
                  c.count is not None and found[c.file(suffix), c.rule] != c.count]
    own = {(c.file(suffix), c.rule) for c in cases}
    print(f"{suffix}: {len(cases) - len(silent)} of {len(cases)} match; {stats['events']} events; "
          f"{sum(n for key, n in found.items() if key not in own)} matches of other rules")
    assert not silent
    assert not miscounted
    name_of = {c.file(suffix): c.name for c in cases}
    crossed = collections.Counter({(name_of[path], rule): n for (path, rule), n in found.items() if (path, rule) not in own})
    known = reviewed()
    assert crossed == known, {"new": dict(crossed - known), "gone": dict(known - crossed)}
