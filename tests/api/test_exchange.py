"""The portfolio as files: out, through other programs, wrong in every way, in again, and taken back."""
import io
import json
import os
import re
import shutil
import subprocess
import zipfile

import pytest

from lib import session

openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is missing: ./noroshi.sh test installs it")

EXPORT = "/api/v1/assessment/export"
IMPORTS = "/api/v1/assessment/imports"
HEAD_ROW = 2


@pytest.fixture
def ciso(demo):
    return session.demo_session(demo, "ciso")


def export(who, form, lang="ja", **more):
    query = "".join(f"&{k}={v}" for k, v in more.items())
    reply = who.get(f"{EXPORT}?format={form}&lang={lang}{query}")
    assert reply.status == 200, reply
    return reply.body


def upload(who, body, lang="ja"):
    return who.request("POST", f"{IMPORTS}?name=back.xlsx&lang={lang}", body=body, headers={"Content-Type": "application/octet-stream", "Accept": "application/json"})


def look(who, body):
    reply = upload(who, body)
    assert reply.status == 201, reply
    return reply.json()


def apply(who, found, **choice):
    return who.json("POST", f"{IMPORTS}/{found['id']}/apply", choice)


class Book:
    """The exported workbook as a person edits it."""

    def __init__(self, body):
        self.book = openpyxl.load_workbook(io.BytesIO(body))
        self.sheet = self.book["入力"]
        self.columns = {cell.value: cell.column for cell in self.sheet[1]}
        self.rows = {row[0].value: row[0].row for row in self.sheet.iter_rows(min_row=4)}

    def cell(self, service, key):
        return self.sheet.cell(self.rows[service], self.columns[key])

    def bytes(self):
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def present(who, service):
    return who.get(f"/api/v1/portfolio/{service}").json()


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_what_goes_out_changes_nothing_when_it_comes_back(ciso, form, lang):
    plan = look(ciso, export(ciso, form, lang))["plan"]
    assert plan["counts"] == {"new": 0, "changed": 0, "unchanged": 64, "conflict": 0, "error": 0} and plan["errors"] == 0, plan


def test_a_respondent_fills_in_and_the_import_is_taken_back(ciso):
    book = Book(export(ciso, "xlsx"))
    before = present(ciso, "B-3")
    book.cell("B-3", "in_now").value = "４"
    book.cell("B-3", "gap_due").value = "令和8年4月1日"
    found = look(ciso, book.bytes())
    row = found["plan"]["rows"][0]
    assert [r["service"] for r in found["plan"]["rows"]] == ["B-3"]
    where = book.cell("B-3", "in_now").coordinate
    notes = {m["code"]: m["where"] for m in row["messages"]}
    assert notes["exchange.note.wide"] == f"入力!{where}" and "exchange.note.day" in notes
    assert present(ciso, "B-3")["version"] == before["version"], "looking writes nothing"
    reply = apply(ciso, found)
    assert reply.status == 200 and reply.json()["changed"] == 1, reply
    assert present(ciso, "B-3")["in_now"] == 4
    assert apply(ciso, found).status == 409
    assert ciso.json("POST", f"{IMPORTS}/{found['id']}/undo").status == 200
    assert present(ciso, "B-3")["in_now"] == before["in_now"]
    assert ciso.get(f"{IMPORTS}/{found['id']}").json()["state"] == "undone"


def test_one_error_stops_all_and_names_its_cell(ciso):
    book = Book(export(ciso, "xlsx"))
    book.cell("B-1", "in_now").value = 7
    book.cell("B-2", "in_target").value = 5
    book.cell("C-1", "team").value = "=B1&B2"
    found = look(ciso, book.bytes())
    errors = {m["where"]: m for r in found["plan"]["rows"] for m in r["messages"] if m["is_error"]}
    assert set(errors) == {f"入力!{book.cell('B-1', 'in_now').coordinate}", f"入力!{book.cell('C-1', 'team').coordinate}"}
    assert errors[f"入力!{book.cell('B-1', 'in_now').coordinate}"]["expected"] == "1–5"
    versions = present(ciso, "B-2")["version"]
    reply = apply(ciso, found)
    assert reply.status == 409 and "err.exchange.errors" in reply.text, reply
    assert present(ciso, "B-2")["version"] == versions


def test_two_people_with_the_same_export(ciso):
    first, second = Book(export(ciso, "xlsx")), Book(export(ciso, "xlsx"))
    was = present(ciso, "I-1")["in_now"] or 1
    mine, theirs = (2, 3) if was not in (2, 3) else (4, 5)
    first.cell("I-1", "in_now").value = mine
    second.cell("I-1", "in_now").value = theirs
    assert apply(ciso, look(ciso, first.bytes())).json()["changed"] == 1
    found = look(ciso, second.bytes())
    row = found["plan"]["rows"][0]
    assert row["status"] == "conflict" and row["conflicts"][0]["file"] == str(theirs) and row["conflicts"][0]["present"] == str(mine)
    assert apply(ciso, found).json() == {"change": None, "changed": 0, "left": 1}
    assert present(ciso, "I-1")["in_now"] == mine
    assert apply(ciso, look(ciso, second.bytes()), take=["I-1"]).json()["changed"] == 1
    assert present(ciso, "I-1")["in_now"] == theirs


def zipped(body, name, content):
    """The workbook with one part more."""
    out = io.BytesIO(body)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, content)
    return out.getvalue()


def test_files_that_are_refused_whole(ciso):
    good = export(ciso, "xlsx")
    other = openpyxl.Workbook()
    other.active.title = "給与"
    wrong = io.BytesIO()
    other.save(wrong)
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
        for item in source.namelist():
            z.writestr(item, b" " * (40 << 20) if item == "xl/worksheets/sheet2.xml" else source.read(item))
    for body, code in ((zipped(good, "xl/vbaProject.bin", b"x"), "macros"), (zipped(good, "xl/externalLinks/e.xml", b"<a/>"), "links"),
                       (wrong.getvalue(), "sheet"), (bomb.getvalue(), "unpacked"), (b"PK\x03\x04broken", "zip"),
                       (b"\xd0\xcf\x11\xe0old", "encrypted"), (b"a,b\n1,2\n", "exchange.sheet"), (b"", "no_file")):
        reply = upload(ciso, body)
        assert 400 <= reply.status < 500 and code in reply.text, f"{code}: {reply}"


def test_libreoffice_opens_and_saves_it_without_loss(ciso, tmp_path):
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed: ./noroshi.sh test installs libreoffice-calc-nogui")
    path = tmp_path / "out.xlsx"
    path.write_bytes(export(ciso, "xlsx"))
    subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx", "--outdir",
                    str(tmp_path / "again"), str(path)], check=True, capture_output=True, timeout=120)
    again = (tmp_path / "again" / "out.xlsx").read_bytes()
    plan = look(ciso, again)["plan"]
    assert plan["counts"]["unchanged"] == 64 and plan["errors"] == 0, plan
    # What LibreOffice computed from the formulas is what was computed here.
    ours, theirs = (openpyxl.load_workbook(io.BytesIO(b), data_only=True) for b in (path.read_bytes(), again))
    for name, column in (("結果", 4), ("結果", 5), ("結果", 7), ("入力", 18), ("入力", 19), ("入力", 20)):
        for row in range(4, 14 if name == "結果" else 68):
            a, b = (book[name].cell(row, column).value for book in (ours, theirs))
            assert (a or None) == (b or None) or abs(float(a or 0) - float(b or 0)) < 0.006, f"{name} {row},{column}: {a} {b}"


def test_the_report_is_a_pdf_whose_japanese_is_text(ciso, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed: ./noroshi.sh test installs poppler-utils")
    path = tmp_path / "report.pdf"
    path.write_bytes(export(ciso, "pdf"))
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True).stdout.decode()
    assert "サービスポートフォリオ評価報告書" in text and "出典と確かさ" in text
    assert all(re.search(rf"^\s*{s}\b", text, re.M) for s in ("A-1", "B-1", "I-7"))
    assert "サービスポートフォリオ評価報告書" in export(ciso, "html").decode()
    assert "Sources and certainty" in export(ciso, "html", "en").decode()


UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
TOKEN = re.compile(r"^[^\W\d][\w.-]*$")


def test_oscal_has_the_form_of_assessment_results(ciso):
    """The rules of the OSCAL 1.1 JSON schema for the members that are written: names, tokens, uuids, nothing else, no empty lists."""
    root = json.loads(export(ciso, "oscal", "en"))
    assert set(root) == {"assessment-results"}
    body = root["assessment-results"]
    assert set(body) == {"uuid", "metadata", "import-ap", "results"} and body["import-ap"]["href"]
    assert {"title", "last-modified", "version", "oscal-version"} <= set(body["metadata"]) and body["metadata"]["oscal-version"].startswith("1.1.")
    for result in body["results"]:
        assert {"uuid", "title", "description", "start", "reviewed-controls"} <= set(result)
        ids = {o["uuid"] for o in result["observations"]}
        assert len(ids) == len(result["observations"]) > 50
        for o in result["observations"]:
            assert set(o) == {"uuid", "title", "description", "props", "methods", "collected"} and o["methods"][0] in ("EXAMINE", "INTERVIEW")
        for f in result["findings"]:
            assert TOKEN.match(f["target"]["target-id"]) and f["target"]["status"]["state"] in ("satisfied", "not-satisfied")
            assert {r["observation-uuid"] for r in f["related-observations"]} <= ids
        for control in result["reviewed-controls"]["control-selections"][0]["include-controls"]:
            assert TOKEN.match(control["control-id"])

    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "uuid":
                    assert UUID.match(value), value
                if key == "props":
                    assert all(TOKEN.match(p["name"]) and re.match(r"^\S(.*\S)?$", p["value"]) for p in value)
                walk(value)
        elif isinstance(node, list):
            assert node, "OSCAL has no empty lists"
            for value in node:
                walk(value)

    walk(root)


@pytest.mark.parametrize("table", ["catalogue", "actions", "rounds", "work"])
def test_the_other_tables(ciso, table):
    book = openpyxl.load_workbook(io.BytesIO(export(ciso, "xlsx", table=table)))
    assert book.active.max_row > 1
    assert export(ciso, "csv", table=table).startswith(b"\xef\xbb\xbf")
    assert ciso.get(f"{EXPORT}?format=pdf&table={table}").status >= 400


def test_the_command_line_speaks_with_the_server(demo, ciso, tmp_path):
    from lib import program
    data = os.path.join(demo.data, "demo")
    path = tmp_path / "out.xlsx"
    assert program.run("assess", "export", "--out", path, "--data", data, "--lang", "ja").status == 0
    again = program.run("assess", "export", "--out", path, "--data", data)
    assert again.status != 0, "a file is not replaced without --force"
    done = program.run("assess", "import", path, "--json", "--data", data)
    assert done.status == 0 and json.loads(done.out)["plan"]["counts"]["unchanged"] == 64, done
    score = json.loads(program.run("assess", "score", "--json", "--data", data).out)
    assert len(score["categories"]) == 9 and score["total"]["services"] > 50
    assert program.run("assess", "export", "--format", "xls", "--data", data).status == 1
    book = Book(path.read_bytes())
    book.cell("A-1", "risk").value = 9
    path.write_bytes(book.bytes())
    bad = program.run("assess", "import", path, "--apply", "--data", data, "--lang", "ja")
    assert bad.status == 2 and f"入力!{book.cell('A-1', 'risk').coordinate}" in bad.out, bad
    report = program.run("assess", "report", "--out", tmp_path / "r.pdf", "--data", data)
    assert report.status == 0 and (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF-"), report
