"""A workbook goes out to a respondent and comes back through the pages, in both languages."""
import io

import pytest

openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is missing: ./noroshi.sh test installs it")


def workbook(world):
    reply = world.context.request.get(f"{world.server.url}/api/v1/assessment/export?format=xlsx&lang={world.lang}")
    assert reply.status == 200
    return openpyxl.load_workbook(io.BytesIO(reply.body()))


def cell(book, service, key):
    sheet = book.worksheets[1]
    column = {c.value: c.column for c in sheet[1]}[key]
    return sheet.cell({row[0].value: row[0].row for row in sheet.iter_rows(min_row=4)}[service], column)


def upload(world, book, tmp_path):
    path = tmp_path / "back.xlsx"
    book.save(path)
    page = world.open("/exchange")
    page.set_input_files("#file", str(path))
    page.click("main form[enctype] button")
    page.wait_for_url("**/exchange/*")
    return page


def test_a_respondents_workbook_comes_back(world, words, tmp_path):
    world.open("/portfolio")
    world.switch_role("ciso")
    book = workbook(world)
    wrong = cell(book, "A-4", "in_now")
    wrong.value = 7
    page = upload(world, book, tmp_path)
    text = page.locator("main").inner_text()
    assert f"!{wrong.coordinate}" in text and words[world.lang]["exchange.row.error"] in text
    assert not page.locator(f'main button:text-is("{words[world.lang]["exchange.apply"]}")').count(), "an error stops the import"
    world.audit("an import with an error")
    wrong.value = "４"
    page = upload(world, book, tmp_path)
    world.audit("an import that can be applied")
    world.shoot("exchange")
    page.click(f'main button:text-is("{words[world.lang]["exchange.apply"]}")')
    page.wait_for_url("**?done=applied")
    world.audit("an import that was applied")
    page = world.open("/exchange")
    page.locator(f'main button:has-text("{words[world.lang]["exchange.undo"]}")').first.click()
    page.wait_for_url("**?done=undone")
    assert words[world.lang]["exchange.state.undone"] in page.locator("main").inner_text()
    world.audit("the list of imports")


def test_a_file_of_another_kind_is_explained(world, words, tmp_path):
    world.open("/portfolio")
    world.switch_role("ciso")
    path = tmp_path / "other.csv"
    path.write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    page = world.open("/exchange")
    page.set_input_files("#file", str(path))
    page.click("main form[enctype] button")
    page.wait_for_selector(".toast[role=alert]")
    assert words[world.lang]["err.exchange.sheet.fix"] in page.locator(".toast").inner_text()
    world.complaints.clear()  # the browser tells the page's status 422 on its console
