"""The rule desk in a browser, in both languages: find a noisy rule, tune it from an alert, see what that takes away, save it."""
import re
import time

RULES_WAIT_S = 60


def test_tune_a_noisy_rule_from_an_alert(world, words):
    say = words[world.lang]
    world.open("/now")
    world.switch_role("analyst")
    until = time.monotonic() + RULES_WAIT_S
    while time.monotonic() < until:
        page = world.open("/rules?state=hit")
        if page.locator("tbody tr").count():
            break
        time.sleep(1)
    world.audit("rules")
    page.locator("tbody th a").first.click()
    page.wait_for_url(re.compile("/rules/[0-9a-z-]+$"))
    world.audit("rule")
    rule = page.url
    page.locator(f"td a:has-text('{say['rules.tune']}')").first.click()
    page.wait_for_url(re.compile("/tune"))
    page.locator("table a[href*='field=Computer'], table a[href*='field=host']").first.click()
    page.wait_for_load_state()
    assert page.locator("#f1").input_value() and page.locator("#v1").input_value()
    world.audit("tune")
    page.fill("#name", "Maintenance")
    page.fill("#reason", "Known and harmless")
    page.click("button[value=preview]")
    page.wait_for_url(re.compile("/backtests/"))
    page.locator(f"#trial .badge:has-text('{say['rules.trial.done']}')").wait_for(timeout=30_000)
    figures = [int(t) for t in page.locator("#trial .kpi dd").all_inner_texts()]
    assert figures[1] >= figures[2] >= 1 and figures[3] == figures[1] - figures[2], figures
    world.audit("backtest")
    page.locator("form[action$='/filters'] button.pri").click()
    page.wait_for_url(rule + "#filters")
    assert "Maintenance" in page.locator("#filters").inner_text()
    world.audit("rule with a filter")
    page.locator("#filters button.danger").click()
    page.locator(f"#filters .badge:has-text('{say['rules.filter.removed']}')").wait_for()


def test_coverage_is_readable(world, words):
    page = world.open("/attack")
    assert page.locator(".attack section").count() >= 3
    world.audit("attack")
    page = world.open("/backtests")
    world.audit("backtests")
    assert page.locator("h1").inner_text() == words[world.lang]["rules.trials"]
