"""The slice of the first day, in a real browser, in both languages: analyst, incident handler, CISO. The tests of one
language share one server and go in the order of the file, as the day does."""
import hashlib
import os
import re
import time

import pytest

from lib import program

EVIDENCE = b"MZ\x90\x00 not really a program\n"
ALERTS_WAIT_S = 60
# What people write, in their language: the screenshots of the documentation show it.
WRITTEN = {
    "en": {"verdict": "Checked with the owner of the machine: not expected.", "note": "Isolated the machine from the network.",
           "evidence": "Memory of the process, first bytes", "reason": "Agreed in the meeting of 15:00."},
    "ja": {"verdict": "端末の利用者に確認済み。本人の操作ではない。", "note": "端末をネットワークから隔離した。",
           "evidence": "プロセスメモリの先頭", "reason": "15時の打ち合わせで合意した。"},
}


def rows(page):
    return page.locator("#rows tbody tr")


def open_queue(world, query=""):
    """The queue with at least two alerts: those of the demo's past days, or those that arrive now."""
    until = time.monotonic() + ALERTS_WAIT_S
    while time.monotonic() < until:
        page = world.open("/alerts" + query)
        if rows(page).count() >= 2:
            return page
        time.sleep(1)
    raise AssertionError(f"fewer than two alerts after {ALERTS_WAIT_S} s:\n{world.server.output()[-2000:]}")


def ids_of(page):
    return [rows(page).nth(i).get_attribute("id") for i in range(rows(page).count())]


class TestAnalyst:
    def test_the_demo_says_that_it_is_one(self, world, words):
        page = world.open("/now")
        assert page.locator("section.demo").inner_text().find(words[world.lang]["web.demo.badge"]) >= 0
        world.audit("now")

    def test_the_queue_shows_what_matters_first(self, world, words):
        world.switch_role("analyst")
        page = open_queue(world)
        assert page.locator("h1").inner_text() == words[world.lang]["web.alerts.title"]
        levels = [int(re.search(r"\d", rows(page).nth(i).locator("use").first.get_attribute("href")[-1]).group())
                  for i in range(rows(page).count())]
        assert levels == sorted(levels, reverse=True)
        world.audit("queue")
        world.shoot("queue")

    def test_filters_are_in_the_address(self, world):
        page = open_queue(world)
        asset = rows(page).first.locator("td.mono").first.inner_text()
        everything = rows(page).count()
        page.fill("form.filters input[name=q]", asset)
        page.press("form.filters input[name=q]", "Enter")
        page.wait_for_url(re.compile(r"[?&]q="))
        assert 0 < rows(page).count() <= everything
        for i in range(rows(page).count()):
            assert asset.lower() in rows(page).nth(i).inner_text().lower()
        address, before = page.url, ids_of(page)
        page.goto("about:blank")
        page.goto(address)
        assert set(before) <= set(ids_of(page))
        world.audit("filtered queue")

    def test_an_address_that_matches_nothing_says_why(self, world, words):
        page = world.open("/alerts?q=zzzz-no-such-thing")
        assert rows(page).count() == 0
        assert words[world.lang]["web.alerts.none_match"] in page.locator("#rows").inner_text()
        world.audit("empty queue")

    def test_an_alert_tells_why_it_matched(self, world):
        page = open_queue(world)
        rows(page).first.locator("a.t").click()
        page.wait_for_url(re.compile(r"/alerts/\d+"))
        assert page.locator("section[aria-labelledby=why] mark").count() >= 1
        assert page.locator("section[aria-labelledby=raw] mark").count() >= 1
        world.audit("alert")
        world.shoot("alert")

    def test_acknowledge_then_verdict(self, world):
        page = open_queue(world, "?tab=open")
        rows(page).last.locator("a.t").click()
        page.wait_for_url(re.compile(r"/alerts/\d+"))
        address = page.url
        page.click('form[action$="/acknowledge"] button')
        page.wait_for_selector('form[action$="/acknowledge"]', state="detached")
        page.goto(address)
        done = page.locator("section[aria-labelledby=history] li").count()
        assert done >= 1
        page.locator('form[action$="/verdict"] input[name=verdict]').first.check()
        page.fill('form[action$="/verdict"] textarea', WRITTEN[world.lang]["verdict"])
        page.click('form[action$="/verdict"] button')
        page.wait_for_load_state("load")
        page.goto(address)
        assert page.locator("section[aria-labelledby=verdict] header .badge").count() == 1
        assert page.locator("section[aria-labelledby=history] li").count() > done
        assert WRITTEN[world.lang]["verdict"] in page.content()
        world.audit("judged alert")

    def test_several_alerts_become_an_incident(self, world):
        page = open_queue(world, "?tab=open")
        chosen = ids_of(page)[:2]
        for row in chosen:
            page.check(f"#{row} input[name=id]")
        page.click('form[data-bulk] button[value="incident"]')
        page.wait_for_url(re.compile(r"/incidents/\d+"))
        assert page.locator("section[aria-labelledby=alerts] tbody tr").count() == 2
        world.incident = page.url
        world.audit("new incident")


class TestHandler:
    def test_notes_and_evidence(self, world, tmp_path):
        world.switch_role("handler")
        page = world.page
        page.goto(world.incident)
        page.fill('form[action$="/note"] textarea', WRITTEN[world.lang]["note"])
        page.click('form[action$="/note"] button')
        page.wait_for_load_state("load")
        page.goto(world.incident)
        assert WRITTEN[world.lang]["note"] in page.locator("section[aria-labelledby=timeline]").inner_text()
        file = tmp_path / "メモリ.bin"
        file.write_bytes(EVIDENCE)
        page.set_input_files('form[action$="/evidence"] input[type=file]', str(file))
        page.fill('form[action$="/evidence"] input[name=description]', WRITTEN[world.lang]["evidence"])
        page.click('form[action$="/evidence"] button')
        page.wait_for_load_state("load")
        page.goto(world.incident)
        kept = page.locator("section[aria-labelledby=evidence] tbody tr").first
        assert hashlib.sha256(EVIDENCE).hexdigest() in kept.inner_text()
        assert "メモリ.bin" in kept.inner_text()
        with page.expect_download() as download:
            kept.locator("a").click()
        with open(download.value.path(), "rb") as f:
            assert f.read() == EVIDENCE

    def test_states_lead_to_the_end(self, world):
        page, seen = world.page, set()
        for _ in range(10):
            page.goto(world.incident)
            options = page.locator('form[action$="/state"] input[name=state]')
            values = [options.nth(i).get_attribute("value") for i in range(options.count())]
            if "closed" in seen or not values:
                break
            fresh = [v for v in values if v not in seen and v != "closed"]
            chosen = fresh[0] if fresh else "closed"
            if len(seen) == 2:
                world.audit("incident")
                world.shoot("incident")
            page.check(f'form[action$="/state"] input[value="{chosen}"]')
            page.fill('form[action$="/state"] textarea', WRITTEN[world.lang]["reason"])
            page.click('form[action$="/state"] button.pri')
            page.wait_for_load_state("load")
            seen.add(chosen)
        assert "closed" in seen and len(seen) >= 3, seen
        page.goto(world.incident)
        assert WRITTEN[world.lang]["reason"] in page.content()
        world.audit("closed incident")


class TestCiso:
    def test_the_portfolio_has_all_services_and_the_work_just_done(self, world, words):
        world.switch_role("ciso")
        page = world.open("/portfolio")
        services = page.locator("table tbody tr:not(.grp)").filter(has=page.locator('a[href^="/portfolio/"]'))
        assert services.count() == 64
        assert page.locator("table tbody tr.grp").count() == 9
        assert page.locator("section[aria-labelledby=radar] figure > svg").count() == 1
        assert page.locator("section[aria-labelledby=radar] table tbody tr").count() == 9
        assert page.locator("section[aria-labelledby=work] li").count() >= 1
        world.audit("portfolio")
        world.shoot("portfolio")

    @pytest.mark.parametrize("service", ["B-1", "D-2"])
    def test_a_service_shows_whose_work_supports_it(self, world, service):
        page = world.open(f"/portfolio/{service}")
        assert service in page.locator("main").inner_text()
        assert page.locator('main a[href^="/alerts/"], main a[href^="/incidents/"]').count() >= 1
        world.audit(f"service {service}")

    def test_a_round_is_reviewed_and_signed(self, world):
        """The demo's third round lacks one review: with it the CISO may sign, and the snapshot equals the present."""
        page = world.open("/evaluate/3")
        assert page.locator('form[action$="/move"] button[disabled]').count() == 1, "not before the three reviews"
        page.fill("#remark-portfolio", "確認した <b>")
        page.locator('form:has(input[value="portfolio"]) button').click()
        page.wait_for_selector('form:has(input[name="to"][value="signed"]) button:not([disabled])')
        world.audit("round in review")
        page.locator('form:has(input[name="to"][value="signed"]) button').click()
        page.wait_for_selector('a[href^="/evaluate/compare"].btn')
        assert page.locator('form[action$="/move"]').count() == 0, "a signed round goes nowhere"
        page.locator('section[aria-labelledby="sign"] a.btn').click()
        page.wait_for_selector("section[aria-labelledby=categories]")
        assert page.locator("section[aria-labelledby=services] tbody tr").count() == 0, "nothing has changed since"
        world.audit("comparison")
        page = world.open("/evaluate")
        assert page.locator("section[aria-labelledby=snapshots] tbody tr").count() == 3
        assert page.locator("section[aria-labelledby=trend] figure > svg").count() == 1
        world.audit("evaluate")
        world.shoot("evaluate")

    def test_one_may_not_do_what_ones_role_may_not(self, world):
        page = world.open("/alerts")
        assert page.locator('button[value="acknowledge"]').count() == 0


def word_keys():
    """Every key of po/: one that a page shows is a word that nobody looked up."""
    keys = set()
    for name in os.listdir(os.path.join(program.ROOT, "po")):
        with open(os.path.join(program.ROOT, "po", name), encoding="utf-8") as f:
            keys |= set(re.findall(r'^msgid "([^"]+)"', f.read(), re.M))
    return keys


WORD_KEYS = word_keys()
PAGES = ("/now", "/alerts", "/incidents", "/events", "/portfolio", "/evaluate", "/evaluate/3", "/evaluate/compare?a=1&b=2", "/actions", "/manage", "/calendar", "/calendar?view=list", "/calendar/tasks", "/calendar/tasks/14", "/calendar/feeds", "/on-call", "/criteria", "/registers", "/registers/exercises",
         "/register-items/4",
         "/lens/csf2", "/lens/meti3", "/content", "/content/x1060-2021/B-1", "/laws", "/laws/jp-appi-26", "/law-questions", "/service-map", "/measures", "/evaluate/asked", "/evaluate/group", "/evaluate/3/asks", "/indicators", "/suppressions",
         "/settings")


class TestEveryone:
    @pytest.mark.parametrize("path", PAGES)
    def test_pages_are_clean_in_dark_and_on_a_phone(self, world, path):
        page = world.page
        page.emulate_media(color_scheme="dark")
        world.open(path)
        world.audit(f"{path} dark")
        page.set_viewport_size({"width": 390, "height": 844})
        world.audit(f"{path} narrow")
        wide = page.evaluate("document.documentElement.scrollWidth")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1440, "height": 900})
        assert wide <= 390, f"{path} is {wide} px wide on a phone"

    def test_the_language_is_switched_and_kept(self, world):
        other = "ja" if world.lang == "en" else "en"
        page = world.open("/alerts")
        page.click(f'form[action="/session/language"] button[value="{other}"]')
        page.wait_for_selector(f'html[lang="{other}"]')
        page.goto(world.server.url + "/portfolio")
        assert page.locator("html").get_attribute("lang") == other
        page.click(f'form[action="/session/language"] button[value="{world.lang}"]')
        page.wait_for_selector(f'html[lang="{world.lang}"]')

    def test_no_text_is_missing(self, world):
        """A key without words shows itself."""
        for path in PAGES:
            text = world.open(path).locator("body").inner_text()
            missing = set(re.findall(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+", text)) & WORD_KEYS
            assert not missing, (path, missing)
