"""`noroshi detect` with --html, --csv, --explain and --profile: what an incident handler carries away."""
import csv
import html.parser
import io
import json
import os
import re
import xml.etree.ElementTree as xml
import zipfile

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


@pytest.mark.parametrize("option", ["--html", "--csv", "--ndjson", "--xlsx"])
def test_nothing_is_overwritten_unasked(case, option):
    out = case / "kept"
    out.write_text("precious")
    ran = detect(case, option, out)
    assert ran.status == 4 and "exists already" in ran.err and ran.out == ""
    assert out.read_text() == "precious"
    assert detect(case, option, out, "--force").status == 0
    assert option == "--xlsx" or "alpha" in out.read_text()
    assert out.read_bytes() != b"precious"
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


# ---- workbook and NDJSON

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def workbook(path):
    """Name of each sheet → its rows as texts, in order; and whether any cell is a formula."""
    with zipfile.ZipFile(path) as z:
        shared = ["".join(t.text or "" for t in s.iter(MAIN + "t")) for s in xml.fromstring(z.read("xl/sharedStrings.xml"))]
        names = [s.get("name") for s in xml.fromstring(z.read("xl/workbook.xml")).iter(MAIN + "sheet")]
        sheets, formulas = {}, 0
        for number, name in enumerate(names, 1):
            root = xml.fromstring(z.read(f"xl/worksheets/sheet{number}.xml"))
            formulas += sum(1 for _ in root.iter(MAIN + "f"))
            rows = []
            for row in root.iter(MAIN + "row"):
                cells = {}
                for c in row:
                    value = c.find(MAIN + "v")
                    if value is not None:
                        cells[re.match("[A-Z]+", c.get("r")).group()] = shared[int(value.text)] if c.get("t") == "s" else value.text
                rows.append(cells)
            sheets[name] = rows
    return sheets, formulas


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_workbook_holds_what_was_found_and_no_formula(case, lang):
    ran = detect(case, "--xlsx", case / "out.xlsx", "--lang", lang, "--json")
    sheets, formulas = workbook(case / "out.xlsx")
    assert formulas == 0
    assert list(sheets) == {"en": ["Summary", "Matches", "Rules", "Hosts", "Users", "Timeline"],
                            "ja": ["概要", "一致", "ルール", "ホスト", "利用者", "時系列"]}[lang]
    summary, matches, rules, hosts, users, timeline = sheets.values()
    facts = {row["A"]: row.get("B") for row in summary}
    assert facts[{"en": "Matches", "ja": "一致"}[lang]] == "31" == str(len(ran.lines()))
    assert facts[{"en": "critical", "ja": "緊急"}[lang]] == "30"
    assert len(matches) == 1 + 31 and matches[0]["A"] == {"en": "Time (UTC)", "ja": "日時 (UTC)"}[lang]
    assert matches[1]["E"] == "=cmd|' /C calc'!A0" and HOSTILE in matches[1]["F"] and matches[1]["H"] == "1"
    assert {row["B"]: row["C"] for row in rules[1:]} == {"Finds alpha": "30", "Finds beta": "1"}
    assert {row["A"] for row in hosts[1:]} == {"host-0", "host-1", "host-2", HOSTILE}
    assert len(users) == 2 and len(timeline) == 1 + 28


def test_all_files_of_one_run_agree(case):
    ran = detect(case, "--json", "--html", case / "o.html", "--csv", case / "o.csv", "--xlsx", case / "o.xlsx", "--ndjson",
                 case / "o.ndjson")
    assert ran.status == 0
    assert read(case / "o.ndjson") == ran.out
    assert len(list(csv.DictReader(io.StringIO(read(case / "o.csv"), newline="")))) == 31
    assert len(workbook(case / "o.xlsx")[0]["Matches"]) == 32
    rows = detect(case, "--ndjson", case / "again.ndjson")
    assert read(case / "again.ndjson") == ran.out and rows.out.count("Finds alpha") == 30 and "{" not in rows.out.split("\n")[0]


def test_workbook_is_bounded_and_keeps_the_worst(case):
    with open(case / "logs" / "b.ndjson", "w", encoding="utf-8") as f:
        for i in range(25000):
            f.write(json.dumps({"product": "test", "service": "app", "@timestamp": "2026-10-01T00:00:00Z", "message": f"beta {i}"}) + "\n")
    assert detect(case, "--xlsx", case / "o.xlsx", "--html", case / "o.html", timeout=120).status == 0
    sheets, _ = workbook(case / "o.xlsx")
    assert len(sheets["Matches"]) == 20000
    assert sum(row["C"] == "Finds alpha" for row in sheets["Matches"]) == 30
    left_out = [row["B"] for row in sheets["Summary"] if "without a row" in row["A"]]
    assert left_out == [str(25031 - 19999)]
    assert os.path.getsize(case / "o.html") < 200000


def test_report_shows_the_events_of_a_correlation_and_the_context_of_an_indicator(case):
    (case / "rules" / "many.yml").write_text("""title: Many alphas
id: 11111111-0000-4000-8000-000000000009
level: high
correlation:
  type: event_count
  rules: [11111111-0000-4000-8000-000000000000]
  group-by: [host]
  timespan: 30d
  condition: {gte: 3}
  generate: true
""")
    (case / "list.csv").write_text("value,type,description\nhttps://bad.files.net/x,url,Seen in case 17\n")
    with open(case / "logs" / "a.ndjson", "a", encoding="utf-8") as f:
        f.write(json.dumps({"product": "test", "service": "app", "@timestamp": "2026-11-30T00:00:00Z", "url": "https://bad.files.net/x"}) + "\n")
    ran = detect(case, "--html", case / "o.html", "--indicators", case / "list.csv", "--ndjson", case / "o.ndjson")
    assert ran.status == 0, ran
    groups = [m for m in map(json.loads, read(case / "o.ndjson").splitlines()) if "correlation" in m]
    assert groups and all(m["event"]["host"] for m in groups)
    words = Page(read(case / "o.html")).words()
    for member in groups[0]["correlation"]["members"]:
        assert f"{member['path']}:{member['line']}" in words
    assert "event_count >= 3" in words.replace("()", ""), words[:3000]
    for wanted in ("url https://bad.files.net/x", f"list {case / 'list.csv'}:2", "the list says Seen in case 17"):
        assert wanted in words, wanted
