"""Catalogue, profile, portfolio and first set-up in a real browser, in both languages, by keyboard alone where people edit; two windows
at one row; everything again without scripts."""
import re


def cell(page, service, field):
    return page.locator(f"#{service}-{field}")


def stand_on(page, service, field):
    """Moves the grid's place to a cell, as Tab and arrows do."""
    page.evaluate("""id => { const c = document.getElementById(id).closest('td'); c.tabIndex = 0; c.focus() }""", f"{service}-{field}")


def wait_saved(page, service):
    page.wait_for_selector(f"#row-{service}.saved")


class TestSteps:
    def test_catalogue_by_keyboard(self, world):
        world.switch_role("ciso")
        page = world.open("/build/catalogue")
        world.audit("catalogue")
        page.evaluate("document.querySelector('table[data-grid] [tabindex=\"0\"]:is(td,th)').focus()")
        page.keyboard.press("ArrowDown")
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.querySelector('input').id") == "A-2-level_reason"
        page.keyboard.type("Insurer asks for it")
        page.keyboard.press("Enter")
        wait_saved(page, "A-2")
        assert page.evaluate("document.activeElement.querySelector('input').id") == "A-3-level_reason"
        page.keyboard.type("thrown away")
        page.keyboard.press("Escape")
        assert cell(page, "A-3", "level_reason").input_value() != "thrown away"
        page = world.open("/build/catalogue")
        assert cell(page, "A-2", "level_reason").input_value() == "Insurer asks for it"
        world.audit("catalogue after an edit")
        page.click("[data-undo]")
        page.wait_for_url(re.compile("done=undone"))
        assert cell(page, "A-2", "level_reason").input_value() != "Insurer asks for it"

    def test_profile_two_windows_at_one_row(self, world):
        page = world.open("/build/profile")
        world.audit("profile")
        other = world.context.new_page()
        other.goto(world.server.url + "/build/profile")
        stand_on(page, "D-1", "team")
        page.keyboard.type("First")
        page.keyboard.press("Enter")
        wait_saved(page, "D-1")
        other.locator("#D-1-contract").fill("C-77")
        other.keyboard.press("Enter")
        other.wait_for_selector("#row-D-1.saved")
        other.close()
        page = world.open("/build/profile")
        assert cell(page, "D-1", "team").input_value() == "First"
        assert cell(page, "D-1", "contract").input_value() == "C-77"

    def test_portfolio_by_typing_a_score(self, world):
        page = world.open("/build/portfolio")
        world.audit("portfolio")
        stand_on(page, "A-3", "in_now")
        page.keyboard.press("2")
        wait_saved(page, "A-3")
        assert cell(page, "A-3", "in_now").input_value() == "2"
        assert page.evaluate("document.activeElement.tagName") == "TD"
        for service in ("E-1", "E-2"):
            page.locator(f"#row-{service} [name=row]").check()
        page.locator("#set-risk").select_option("3")
        page.click("#bulk button.pri")
        page.wait_for_url(re.compile("done=bulk"))
        assert cell(page, "E-1", "risk").input_value() == "3" and cell(page, "E-2", "risk").input_value() == "3"
        page.click("[data-undo]")
        page.wait_for_url(re.compile("done=undone"))
        assert cell(page, "E-1", "risk").input_value() == ""

    def test_plans_and_approval(self, world):
        for path in ("/build/proposals?size=1&sector=1&assignments=1", "/build/patterns?pattern=hybrid", "/build/areas", "/build/own",
                     "/build/gaps", "/measures", "/build/changes", "/portfolio/B-1"):
            world.open(path)
            world.audit(path)
        page = world.open("/build/approvals?subject=profile")
        page.fill("#remark", "Agreed")
        page.click("form.stack button.pri")
        page.wait_for_url(re.compile("done=approved"))
        world.audit("approvals")
        page = world.open("/build/profile")
        assert "v1" in page.locator(".head").inner_text()

    def test_first_set_up(self, world):
        page = world.open("/start")
        for _ in range(16):
            if "/report" in page.url:
                break
            world.audit(page.url)
            page.click("main form button.pri")
            page.wait_for_load_state("load")
        assert page.url.endswith("/start/report")
        assert page.locator("figure svg").count() >= 1
        world.audit("report")


def test_without_scripts(world, chromium):
    """A row's own form and its button do the same."""
    context = chromium.new_context(java_script_enabled=False, storage_state=world.context.storage_state())
    page = context.new_page()
    page.goto(world.server.url + "/build/catalogue")
    page.fill("#A-5-level_reason", "By form")
    page.click("#f-A-5 button")
    assert "done=saved" in page.url
    assert page.locator("#A-5-level_reason").input_value() == "By form"
    context.close()
