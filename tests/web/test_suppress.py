"""A lead holds alerts back for a while, in a real browser and both languages; the pages of indicators and suppressions."""
import re
import time

import pytest

REASON = {"en": "Agreed with the owner of the machine.", "ja": "端末の管理者と合意済み。"}
WAIT_S = 60


def open_alert(world):
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        page = world.open("/alerts")
        link = page.locator("#rows tbody tr a.t")
        if link.count():
            return world.open(link.first.get_attribute("href"))
        time.sleep(1)
    raise AssertionError(f"no alert after {WAIT_S} s:\n{world.server.output()[-2000:]}")


def test_a_suppression_is_previewed_made_and_ended(world):
    world.switch_role("handler")
    page = open_alert(world)
    page.click('a[href$="/suppress"]')
    assert page.locator("#asset").input_value() != ""
    world.audit("suppress")
    page.click('button[formmethod="get"]')
    page.wait_for_url(re.compile(r"/suppress\?"))
    assert re.search(r"[1-9]", page.locator("section[aria-labelledby=preview] p").first.inner_text().replace("30", ""))
    page.fill("#reason", REASON[world.lang])
    page.click("form[data-lock] button.pri")
    page.wait_for_url(re.compile(r"/suppressions$"))
    mine = page.locator("tbody tr", has_text=REASON[world.lang])
    assert mine.count() == 1
    world.audit("suppressions")
    mine.locator('form[action$="/end"] button').click()
    page.wait_for_load_state("load")
    ended = world.open("/suppressions").locator("tbody tr", has_text=REASON[world.lang])
    assert ended.count() == 1 and ended.locator('form[action$="/end"]').count() == 0


@pytest.mark.parametrize("path", ("/indicators", "/suppressions"))
def test_pages_are_clean_in_dark_and_on_a_phone(world, path):
    page = world.page
    page.emulate_media(color_scheme="dark")
    text = world.open(path).locator("body").inner_text()
    assert not re.findall(r"\b(?:web|err|intel|suppress)\.[a-z_]+\b", text)
    world.audit(f"{path} dark")
    page.set_viewport_size({"width": 390, "height": 844})
    world.audit(f"{path} narrow")
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})
    assert wide <= 390, f"{path} is {wide} px wide on a phone"
