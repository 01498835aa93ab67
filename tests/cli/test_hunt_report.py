"""`noroshi detect` with --html, --csv, --explain and --profile: what an incident handler carries away."""
import csv
import html.parser
import io
import json
import os

import pytest

from lib import program

HOSTILE = "<script>alert(1)</script>\"'&"
RULE = """title: {title}
id: {id}
author: Somebody Else
{license}level: {level}
tags: [{tags}]
logsource: {{product: test, service: app}}
detection:
  selection:
    message|contains: '{word}'
  condition: selection
"""
ROWS_PER_RULE = 20


class Page(html.parser.HTMLParser):
    """What a page holds: elements, addresses, text by element."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.addresses, self.text, self.open = {}, [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements[tag] = self.elements.get(tag, 0) + 1
        self.addresses += [v for k, v in attrs if k in ("src", "href", "action", "srcset", "data")]
        assert not any(k.startswith("on") for k, _ in attrs)

    def handle_data(self, data):
        self.text.append(data)

    def words(self):
        return " ".join(" ".join(self.text).split())


@pytest.fixture
def case(tmp_path):
    rules, logs = tmp_path / "rules", tmp_path / "logs"
    rules.mkdir()
    logs.mkdir()
    for number, (word, level, tags, license) in enumerate((
            ("alpha", "critical", "attack.execution, attack.t1059.001", "license: Apache-2.0\n"),
            ("beta", "low", "attack.stealth, attack.t1036", ""), ("never", "high", "attack.impact, attack.t1490", ""))):
        (rules / f"{word}.yml").write_text(RULE.format(
            title=f"Finds {word}", id=f"11111111-0000-4000-8000-00000000000{number}", level=level, tags=tags, word=word, license=license))
    with open(logs / "a.ndjson", "w", encoding="utf-8") as f:
        for i in range(30):
            f.write(json.dumps({"product": "test", "service": "app", "@timestamp": f"2026-11-{i % 28 + 1:02d}T03:00:00Z",
                                "host": f"host-{i % 3}", "user": "=cmd|' /C calc'!A0", "message": f"alpha {i} {HOSTILE}"}) + "\n")
        f.write(json.dumps({"product": "test", "service": "app", "host": HOSTILE, "message": "@beta, one\r\ntwo"}) + "\n")
        f.write("not json\n")
    return tmp_path


def detect(case, *more, **kw):
    return program.run("detect", "--rules", case / "rules", *more, case / "logs", **kw)


def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        return f.read()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_report_stands_alone_and_tells_the_counts(case, lang):
    out = case / "out.html"
    ran = detect(case, "--html", out, "--lang", lang, "--json")
    assert ran.status == 0 and len(ran.lines()) == 31
    text = read(out)
    page = Page(text)
    assert not any(e in page.elements for e in ("script", "link", "img", "iframe", "form", "object", "embed")), page.elements
    assert "url(" not in text and "@import" not in text
    assert all(a.startswith(("#", "https://attack.mitre.org/techniques/T")) for a in page.addresses), page.addresses
    assert f'<html lang="{lang}">' in text
    words = page.words()
    for wanted in ("Finds alpha", "Finds beta", "T1059.001", "T1036", "Somebody Else", "Apache-2.0", "host-0", "=cmd|' /C calc'!A0",
                   "noroshi detect", {"en": "Stealth", "ja": "隠蔽"}[lang], {"en": "20 of 30 matches", "ja": "30 件中 20 件"}[lang],
                   {"en": "All 1 matches", "ja": "全 1 件"}[lang], {"en": "not stated in the rule", "ja": "ルールに記載なし"}[lang]):
        assert wanted in words, wanted
    assert "Finds never" not in words and "T1490" not in words
    assert "hunt." not in words, "a words key stands on the page"
    assert HOSTILE not in text and HOSTILE in "".join(page.text)
    assert text.count("<tr><td class=\"nw\">") == ROWS_PER_RULE + 1
    assert page.elements["svg"] == 1 and page.elements["style"] == 2


def test_report_of_no_match_says_so(case):
    out = case / "out.html"
    for name in ("alpha", "beta"):
        os.unlink(case / "rules" / f"{name}.yml")
    assert detect(case, "--html", out).status == 0
    page = Page(read(out))
    assert "No rule matched." in page.words() and "svg" not in page.elements


def test_csv_has_every_match_and_no_formula(case):
    out = case / "out.csv"
    ran = detect(case, "--csv", out, "--json")
    text = read(out)
    assert text.endswith("\r\n")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    matches = ran.lines()
    assert len(rows) == len(matches) == 31
    for row, match in zip(rows, matches):
        assert None not in row and None not in row.values()
        assert (row["rule_id"], row["level"], row["time"] or None) == (match["rule"]["id"], match["rule"]["level"], match["time"])
        assert row["place"] == str(match["source"]["line"])
        assert all(not v.startswith(("=", "+", "-", "@", "\t", "\r")) for v in row.values()), row
    assert rows[0]["user"] == "'=cmd|' /C calc'!A0"
    assert rows[-1]["matched"] == "message=@beta, one\r\ntwo"


def test_files_do_not_depend_on_jobs(case):
    (case / "logs" / "b.ndjson").write_bytes((case / "logs" / "a.ndjson").read_bytes())
    texts = []
    for jobs in (1, 4):
        assert detect(case, "--csv", case / f"{jobs}.csv", "--html", case / f"{jobs}.html", "--jobs", jobs).status == 0
        page = read(case / f"{jobs}.html")
        texts.append((read(case / f"{jobs}.csv"), page[page.index('id="timeline"'):page.index('id="making"')]))
    assert texts[0] == texts[1]


@pytest.mark.parametrize("option", ["--html", "--csv"])
def test_nothing_is_overwritten_unasked(case, option):
    out = case / "kept"
    out.write_text("precious")
    ran = detect(case, option, out)
    assert ran.status == 4 and "exists already" in ran.err and ran.out == ""
    assert out.read_text() == "precious"
    assert detect(case, option, out, "--force").status == 0
    assert "alpha" in out.read_text()
    assert sorted(os.listdir(case)) == ["kept", "logs", "rules"]


def test_nothing_is_left_behind_after_a_failure(case):
    (case / "rules" / "broken.yml").write_text("title: x\n")
    ran = detect(case, "--strict", "--html", case / "out.html", "--csv", case / "out.csv")
    assert ran.status == 3
    assert sorted(os.listdir(case)) == ["logs", "rules"]


def test_a_folder_that_is_not_there_is_named_before_the_work(case):
    ran = detect(case, "--html", case / "absent" / "out.html")
    assert ran.status == 4 and "absent" in ran.err and ran.out == ""


def test_explain_in_json_and_in_the_table(case):
    reasons = detect(case, "--json", "--explain").lines()[-1]["reasons"]
    assert reasons == [{"selection": "selection", "field": "message", "modifiers": "contains", "pattern": "beta",
                        "value": "@beta, one\r\ntwo", "matched": True}]
    assert 'selection: message|contains "beta" in @beta, one??two' in detect(case, "--explain").out
    assert "reasons" not in detect(case, "--json").lines()[0]


def test_profile_counts_candidates_and_matches(case):
    err = detect(case, "--json", "--profile").err
    assert "candidates" in err
    rows = [line.split(None, 2) for line in err.splitlines() if line.strip()[:1].isdigit()]
    assert rows == [["30", "30", "Finds alpha"], ["1", "1", "Finds beta"]]
