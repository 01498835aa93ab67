"""The second process from outside: the calendar with its iCalendar address, criteria, registers, the cycle page."""
import datetime
import re

import pytest

from lib import session

icalendar = pytest.importorskip("icalendar")


@pytest.fixture(scope="module")
def analyst(demo):
    return session.demo_session(demo, "analyst")


def fresh_feed(who, **fields):
    page = who.page("/calendar/feeds").text
    reply = who.form("/calendar/feeds", {**session.hidden_fields(page), **fields})
    assert reply.status == 200, reply
    return re.search(r"https?://[^/]+(/calendar/feed/[^<]+)<", reply.text).group(1)


def test_the_calendar_can_be_subscribed_and_revoked(demo, analyst):
    path = fresh_feed(analyst, all="1")
    nobody = session.Session(demo)
    reply = nobody.get(path)
    assert reply.status == 200 and reply.headers["Content-Type"].startswith("text/calendar"), reply
    raw = reply.text if isinstance(reply.text, bytes) else reply.text.encode()
    calendar = icalendar.Calendar.from_ical(raw)
    events = list(calendar.walk("VEVENT"))
    assert len(events) > 100 and not [e for e in events if e.errors], len(events)
    assert len({str(e["UID"]) for e in events}) == len(events), "one id each"
    assert all(isinstance(e.decoded("DTSTART"), datetime.date) for e in events)
    assert any("B-1" in str(e["DESCRIPTION"]) for e in events)
    # Someone who guesses gets nothing; a revoked address is dead at once.
    assert nobody.get(path[:-4] + "AAAA").status == 404
    page = analyst.page("/calendar/feeds").text
    for number in re.findall(r"/calendar/feeds/(\d+)/revoke", page):
        assert analyst.form(f"/calendar/feeds/{number}/revoke", {}).status == 303
    assert nobody.get(path).status == 404


def open_day(analyst):
    page = analyst.page("/calendar?view=missed").text
    task, day = re.search(r"/calendar/tasks/(\d+)\?day=(\d{4}-\d\d-\d\d)", page).groups()
    return task, day


def test_a_missed_day_is_done_late_once(analyst):
    task, day = open_day(analyst)
    fields = {"day": day, "state": "skipped", "note": ""}
    assert analyst.form(f"/calendar/tasks/{task}/day", fields).status == 422, "a reason is needed"
    assert analyst.form(f"/calendar/tasks/{task}/day", {**fields, "state": "done", "note": "done late"}).status == 303
    assert analyst.form(f"/calendar/tasks/{task}/day", {**fields, "state": "done", "note": "again"}).status == 409
    work = analyst.json("GET", "/api/v1/work").json()
    assert "task.done" in str(work), work


def test_bad_dates_and_numbers_name_the_field(analyst):
    task = {"title": "x", "service": "B-1", "every": "monthly", "start": "2026-02-30"}
    reply = analyst.form("/calendar/tasks", task)
    assert reply.status == 422 and "2026-02-30" in reply.text
    reply = analyst.form("/calendar/tasks", {**task, "start": "2026-02-01", "month_day": "45"})
    assert reply.status == 422 and "45" in reply.text
    reply = analyst.form("/calendar/tasks", {**task, "start": "2026-02-01", "service": "Z-9"})
    assert reply.status == 422 and "Z-9" in reply.text


def test_an_analyst_drafts_and_the_ciso_approves(demo):
    who = session.demo_session(demo, "analyst")
    reply = who.form("/criteria", {"kind": "triage"})
    assert reply.status == 303, reply
    path = reply.headers["Location"].replace(demo.url, "")
    page = who.page(path).text
    fields = dict(re.findall(r'name="((?:adjust|ack)_[0-9_]+)"[^>]*value="(-?\d+)"', page))
    assert len(fields) == 14, fields
    fields |= {f"adjust_{r}_{c}": "-1" for r in range(3) for c in range(3)}
    reply = who.form(path, {**fields, "version": "1", "note": "everything one lower"})
    assert reply.status == 303, reply
    page = who.page(path).text
    assert re.search(r"[▲▼]", page), "the alerts of the demo would stand elsewhere"
    assert who.form(f"{path}/approve", {"version": "2"}).status == 404, "an analyst does not approve"
    ciso = session.demo_session(demo, "ciso")
    assert ciso.form(f"{path}/approve", {"version": "1"}).status == 409, "what was read is not what stands there"
    assert ciso.form(f"{path}/approve", {"version": "2"}).status == 303
    assert ciso.form(path, {**fields, "version": "2", "note": ""}).status == 409, "in force is in force"
    session.demo_session(demo, "analyst")


def test_registers_take_what_their_table_says(demo):
    who = session.demo_session(demo, "analyst")
    reply = who.form("/registers/changes", {"title": "Open a port", "service": "G-2", "f_difference": "443", "f_reason": "", "f_risk": "low"})
    assert reply.status == 422 and "reason" in reply.text
    reply = who.form("/registers/changes", {"title": "Open a port", "service": "G-2", "f_difference": "443", "f_reason": "web", "f_risk": "low"})
    assert reply.status == 303, reply
    path = reply.headers["Location"].replace(demo.url, "")
    assert who.form(f"{path}/move", {"version": "1", "to": "applied"}).status == 409, "not before it was approved"
    assert who.form(f"{path}/move", {"version": "1", "to": "judged", "note": "ok"}).status == 303
    assert who.get("/registers/nothing").status == 404


def test_a_restricted_case_is_not_there_for_others(demo):
    ciso = session.demo_session(demo, "ciso")
    page = ciso.page("/registers/fraud").text
    path = re.search(r'"(/register-items/\d+)"', page).group(1)
    title = re.search(r'class="t" href="%s">([^<]+)<' % path, page).group(1)
    analyst = session.demo_session(demo, "analyst")
    assert analyst.get(path).status == 404
    assert title not in analyst.page("/registers/fraud").text
    assert analyst.form(f"{path}/move", {"version": "1", "to": "doing"}).status == 404


def test_every_service_has_a_home_on_a_page(analyst):
    rows = re.findall(r'<tr><th scope="row"><span class="svc">([A-I]-\d+)</span>[^<]*</th><td>(.*?)</td>', analyst.page("/registers").text, re.S)
    assert len(rows) == 64, len(rows)
    for service, homes in rows:
        links = re.findall(r'href="(/registers/[a-z_]+)"', homes)
        assert links, service
    for path in sorted({p for _, homes in rows for p in re.findall(r'href="(/registers/[a-z_]+)"', homes)}):
        analyst.page(path)


def test_what_flowed_stands_on_the_cycle_page(analyst):
    analyst.page("/manage")
    reply = analyst.form("/manage/flows", {"title": "Rule for the new loader", "flow": "short", "need": "rule", "source": "incident:1"})
    assert reply.status == 303, reply
    page = analyst.page("/manage").text
    assert "Rule for the new loader" in page and 'href="/incidents/1"' in page
    assert analyst.form("/manage/flows", {"title": "x", "flow": "sideways", "need": "rule"}).status == 422
    assert analyst.form("/manage/flows", {"title": "x", "flow": "long", "need": "luck"}).status == 422


def test_a_gap_on_call_is_closed_by_a_rotation_and_a_swap_says_who(demo):
    manager = session.demo_session(demo, "manager")
    page = manager.page("/on-call").text
    assert "▲" in page and 'id="gaps"' in page, "the demo's second level has no weekends"
    gaps = int(re.search(r'id="gaps">[^<]+</h2><span class="badge err">▲ (\d+)<', page).group(1))
    person = re.search(r'<select id="swap-person"[^>]*><option value="(\d+)">', page).group(1)
    rotation = {"name": "Weekend reserve", "level": "2", "layer": "weekend", "day_from": "09:00", "day_to": "18:00", "weeks": "1", "weekday": "1",
                "handover": "09:00", "start": "2026-01-05", "member": person}
    assert manager.form("/on-call/rotations", {**rotation, "day_from": "25:00"}).status == 422
    assert manager.form("/on-call/rotations", {**rotation, "member": "99999"}).status == 422
    assert manager.form("/on-call/rotations", rotation).status == 303
    after = manager.page("/on-call").text
    assert int(re.search(r'id="gaps">[^<]+</h2><span class="badge err">▲ (\d+)<', after).group(1)) < gaps
    today = datetime.date.today()
    swap = {"rotation": "1", "person": person, "from": f"{today - datetime.timedelta(days=1)}T00:00", "to": f"{today + datetime.timedelta(days=2)}T00:00"}
    assert manager.form("/on-call/swaps", {**swap, "reason": ""}).status == 422, "a reason is needed"
    assert manager.form("/on-call/swaps", {**swap, "to": "later", "reason": "x"}).status == 422
    assert manager.form("/on-call/swaps", {**swap, "reason": "family matter"}).status == 303
    assert "family matter" in manager.page("/on-call").text
    calendar = icalendar.Calendar.from_ical(session.Session(demo).get(fresh_feed(manager, all="1").replace("/calendar/", "/on-call/")).text)
    events = list(calendar.walk("VEVENT"))
    assert len(events) > 20 and len({str(e["UID"]) for e in events}) == len(events) and not [e for e in events if e.errors]
    # Names and addresses are not for a customer's reader; a manager's deed is not an analyst's.
    assert "070-0000" in manager.page("/on-call").text
    customer = session.demo_session(demo, "analyst")
    assert customer.form("/on-call/rotations", rotation).status in (403, 404)


def test_a_new_handover_note_begins_with_what_is_open(demo):
    analyst = session.demo_session(demo, "analyst")
    page = analyst.page("/registers/handover").text
    proposed = re.search(r'<textarea id="f_open_items"[^>]*>([^<]*)<', page).group(1)
    alerts = analyst.json("GET", "/api/v1/alerts").json()
    rows = alerts.get("items") or alerts.get("alerts")
    assert re.search(r"^- ALT-\d+ \[", proposed, re.M), proposed
    assert {int(n) for n in re.findall(r"ALT-(\d+)", proposed)} & {row["id"] for row in rows}, proposed
    assert "- INC-" in proposed or not analyst.json("GET", "/api/v1/incidents").json().get("items"), proposed
    # Another list begins empty.
    other = analyst.page("/registers/enquiries").text
    assert re.search(r'<textarea id="f_question"[^>]*></textarea>', other)
