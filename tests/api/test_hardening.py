"""What a stranger's log line, a curious colleague or a careless client tries; and the small forms of alert and incident."""
import html
import re
import time

import pytest

from lib import session


@pytest.fixture
def analyst(demo):
    return session.demo_session(demo, "analyst")


@pytest.fixture
def alert(analyst):
    """An open alert of the demo, made sure to be nobody's."""
    found = analyst.get("/api/v1/alerts?state=open&owner=none", Accept="application/json").json()["alerts"]
    assert found
    return found[-1]["id"]


def new_incident(who, title="Suspicious login"):
    page = who.page("/incidents")
    reply = who.form("/incidents", {**{"csrf": who.csrf}, "title": title, "level": "3"})
    assert reply.status == 303, (reply, page)
    return reply.headers["Location"]


def field(page, name):
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', page).group(1))


def chosen(page, name):
    """The value of the selected option of a select."""
    select = re.search(rf'<select [^>]*name="{name}">(.*?)</select>', page, re.S).group(1)
    m = re.search(r'<option value="([^"]*)" selected', select)
    return m.group(1) if m else ""


def test_a_severity_past_32_bits_is_no_severity(analyst, alert):
    reply = analyst.json("POST", "/api/v1/alerts/actions",
                         {"action": "incident", "ids": [alert], "title": "Wrapped", "severity": 2**32 + 1})
    listed = analyst.get("/api/v1/incidents?text=Wrapped", Accept="application/json").json()["incidents"]
    assert reply.status == 422 and not listed, (reply, listed)


def test_an_action_is_taken_back_on_the_page(analyst, alert):
    path = f"/alerts/{alert}"
    page = analyst.page(path).text
    assert f'action="{path}/undo"' not in page, "nothing of mine to take back"
    assert analyst.form(f"{path}/acknowledge", {"version": field(page, "version")}).status == 303
    page = analyst.page(path).text
    assert f'action="{path}/undo"' in page
    assert analyst.form(f"{path}/undo", {"version": field(page, "version")}).status == 303
    assert analyst.get(f"/api/v1/alerts/{alert}", Accept="application/json").json()["state"] == "open"


def test_an_incident_is_classified_on_its_page(analyst):
    path = new_incident(analyst)
    page = analyst.page(path).text
    assert chosen(page, "class") == "" and chosen(page, "level") == "3"
    options = re.findall(r'<option value="([^"]+/[^"]+)"', page)
    assert len(options) > 20, options
    fields = {"version": field(page, "version"), "title": "Login from two countries", "level": "4", "class": options[0]}
    assert analyst.form(f"{path}/edit", fields).status == 303
    page = analyst.page(path).text
    assert chosen(page, "class") == options[0] and chosen(page, "level") == "4" and "Login from two countries" in page
    assert analyst.form(f"{path}/edit", {**fields, "title": "Too late"}).status == 409, "written on an old version"
    fresh = {**fields, "version": field(page, "version")}
    assert analyst.form(f"{path}/edit", fresh).status == 303
    assert field(analyst.page(path).text, "version") == fresh["version"], "what changes nothing is no work"
    assert analyst.form(f"{path}/edit", {**fresh, "class": "no/such"}).status == 422
    assert analyst.form(f"{path}/edit", {**fresh, "level": "4294967300"}).status == 422


def test_work_names_people_only_to_who_leads(demo):
    seen = {}
    for role in ("analyst", "ciso"):
        who = session.demo_session(demo, role)
        me = who.get("/api/v1/me", Accept="application/json").json()["name"]
        names = {r["by"] for r in who.get("/api/v1/work", Accept="application/json").json()["records"]}
        seen[role] = names - {None, me}
    assert seen["ciso"] and not seen["analyst"], seen


def test_the_way_through_the_second_factor_keeps_its_aim(server):
    first = session.set_up(server)
    who = session.Session(server)
    who.page("/session/login")
    aim = "/alerts?tab=open&q=a%26b"
    reply = who.form("/session/login", {"login": "admin", "password": session.PASSWORD, "next": aim})
    assert reply.status == 303
    page = who.page(reply.headers["Location"]).text
    page = page[page.index('action="/session/totp"'):]
    assert field(page, "next") == aim
    code = session.totp(first.totp_secret, time.time() + 30)
    assert who.form("/session/totp", {"next": aim, "code": code}).headers["Location"] == aim


@pytest.mark.parametrize("aim", ["//evil.example", "https://evil.example", "/\\evil.example", "/%5Cevil.example\r\nX: y", "javascript:x"])
def test_nobody_is_led_elsewhere(demo, aim):
    reply = session.Session(demo).form("/session/language", {"lang": "ja", "next": aim})
    assert reply.status == 303 and reply.headers["Location"].startswith("/") and "evil" not in reply.headers["Location"], reply


def test_people_are_added_changed_and_switched_off_on_their_page(server):
    admin = session.set_up(server)
    admin.page("/settings/users")
    reply = admin.form("/settings/users", {"login": "hanako@example.jp", "name": "花子", "role": "analyst"})
    link = re.search(r'class="secret">https?://[^/]+([^<]+)<', reply.text).group(1)
    assert reply.status == 200 and "花子" in reply.text
    hanako = session.Session(server)
    page = hanako.page(link).text
    fields = {**session.hidden_fields(page), "password": session.PASSWORD, "password_again": session.PASSWORD}
    assert hanako.form("/session/reset", fields).status == 303
    hanako.page("/session/login")
    assert hanako.form("/session/login", {"login": "hanako@example.jp", "password": session.PASSWORD, "next": "/now"}).status == 303
    assert hanako.get("/settings/users").status == 404, "not for analysts"
    page = admin.page("/settings/users").text
    assert link not in page, "shown once"
    other, = set(re.findall(r'action="/settings/users/(\d+)/role"', page))
    assert admin.form(f"/settings/users/{other}/role", {"role": "customer"}).status == 303
    assert hanako.get("/api/v1/me").json()["role"] == "customer"
    assert admin.form(f"/settings/users/{other}/role", {"role": "api"}).status == 422
    me = admin.get("/api/v1/users", Accept="application/json").json()["users"]
    mine = next(u["id"] for u in me if u["login"] == "admin")
    assert admin.form(f"/settings/users/{mine}/active", {"active": "no"}).status == 403
    assert admin.form(f"/settings/users/{other}/active", {"active": "no"}).status == 303
    assert hanako.get("/api/v1/me").status == 401
    assert hanako.form("/session/login", {"login": "hanako@example.jp", "password": session.PASSWORD}).status == 401
    assert admin.form(f"/settings/users/{other}/active", {"active": "yes"}).status == 303
    actions = [r["action"] for r in admin.get("/api/v1/audit", Accept="application/json").json()["rows"]]
    assert {"user.create", "user.role", "user.off", "user.on", "user.reset"} <= set(actions)


def test_the_largest_evidence_comes_out_again(analyst):
    path = "/api/v1" + new_incident(analyst, "Disk image")
    most = 64 << 20
    reply = analyst.request("POST", f"{path}/evidence?name=disk.img", b"x" * most, {"Content-Type": "application/octet-stream"})
    assert reply.status == 201, reply
    number = reply.json()["id"]
    assert len(analyst.get(f"{path}/evidence/{number}?reason=check").body) == most
