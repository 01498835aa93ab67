"""What shows ability, in a real browser, in both languages: a procedure from template to approval and walk-through, who can do what, a
provider's report that is received, opened and judged. Pages pass axe."""
import re


def evidence_of(world, service):
    page = world.open(f"/portfolio/{service}")
    found = re.search(r"[1-5]", page.locator("dl.kpis .kpi").nth(1).locator("dd").first.inner_text())
    return int(found.group()) if found else None


class TestEvidence:
    def test_every_rung_of_the_rubric_is_there(self, world):
        world.open("/now")
        world.switch_role("ciso")
        seen = {service: evidence_of(world, service) for service in ("D-2", "E-3", "C-2", "G-2", "A-5")}
        assert seen["D-2"] == 5  # approved procedure, two people
        assert seen["E-3"] == 1  # a due report never opened
        assert seen["C-2"] == 2  # nothing understood
        assert seen["G-2"] == 3  # understood in part
        assert seen["A-5"] is None  # not shown: never a number


class TestProcedure:
    def test_from_a_template_to_an_approval(self, world, words):
        world.open("/now")
        world.switch_role("ciso")
        page = world.open("/procedures")
        world.audit("procedures")
        page.select_option("#template", "alert-triage")
        page.click("form[action='/procedures/new'] button")
        page.wait_for_url("**/procedures/new**")
        page.fill("#title", "<b>G-9</b> & co")
        page.fill("#services", "g-9")
        page.fill("#body", "# One\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n")
        page.click("button[value=preview]")
        page.wait_for_selector(".markdown h2")
        assert page.locator(".markdown script").count() == 0
        assert page.locator(".markdown a").get_attribute("href") == "#"
        world.audit("procedure editor")
        page.click("button[value=save]")
        page.wait_for_url("**done=saved")
        assert "<b>G-9</b> & co" in page.locator("h1").inner_text()
        page.click("form[action$='/submit'] button")
        page.wait_for_url("**done=moved")
        page.click("form[action$='/approve'] button")
        page.wait_for_url("**done=moved")
        assert words[world.lang]["procedure.state.approved"] in page.locator("h1").inner_text()
        page.click("form[action$='/walk'] button")
        page.wait_for_url("**done=moved")
        assert page.locator("form[action$='/sign']").count() == 0  # nobody signs the own walk-through
        world.audit("procedure")

    def test_a_second_version_shows_what_changed(self, world):
        page = world.open("/procedures/1/edit")
        page.fill("#body", page.input_value("#body") + "\n\nlast line added")
        page.click("button[value=save]")
        page.wait_for_url("**version=2**")
        page.click("a[href$='#diff']")
        page.wait_for_selector("#diff")
        assert page.locator("td.ok", has_text="last line added").count() == 1
        world.audit("difference")


class TestPeople:
    def test_single_points_of_failure_have_a_sign(self, world, words):
        world.open("/now")
        world.switch_role("ciso")
        page = world.open("/people")
        row = page.locator("tr", has=page.locator("a[href='/portfolio/D-7']"))
        assert "▲ " + words[world.lang]["people.risk.single"] in row.inner_text()
        world.audit("people")

    def test_names_are_for_those_who_lead(self, world):
        world.switch_role("handler")
        text = world.open("/people").locator("main").inner_text()
        world.audit("people as handler")
        assert "Tanaka Kenichi" in text and "Watanabe Naoki" in text  # oneself, and the team one leads
        assert "Nakamura Megumi" not in text
        world.open("/now")
        world.switch_role("ciso")


class TestReports:
    def test_received_opened_judged(self, world, words):
        world.open("/now")
        world.switch_role("ciso")
        page = world.open("/providers")
        world.audit("providers")
        page.set_input_files("#file", files=[{"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 report"}])
        page.click("form[action='/providers/reports'] button")
        page.wait_for_url("**/providers/reports/*")
        assert page.locator("form[action$='/judge']").count() == 0  # not before it was opened
        with page.expect_download() as download:
            page.click("form[action$='/open'] button")
        assert open(download.value.path(), "rb").read() == b"%PDF-1.4 report"
        page.reload()
        page.select_option("#content", "yes")
        page.select_option("#result", "yes")
        page.fill("#met", "4")
        page.click("form[action$='/judge'] button")
        page.wait_for_url("**done=judged")
        assert words[world.lang]["provider.slot.judged"] in page.locator("h1").inner_text()
        world.audit("report")
