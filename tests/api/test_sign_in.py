"""Signing in from outside: wrong answers, waits, the second factor, recovery codes, ending sessions, revoked tokens."""
import time

from lib import program, session


def try_login(server, login, password):
    who = session.Session(server)
    who.page("/session/login")
    return who.form("/session/login", {"login": login, "password": password, "next": "/settings"})


def test_wrong_answers_tell_nothing_and_wait(server):
    session.set_up(server)
    wrong, unknown = try_login(server, "admin", "not the password"), try_login(server, "nobody", "not the password")
    assert wrong.status == unknown.status == 401
    strip = lambda reply: reply.text.replace('value="admin"', "").replace('value="nobody"', "")
    assert strip(wrong) == strip(unknown)
    for _ in range(2):
        try_login(server, "admin", "not the password")
    assert try_login(server, "admin", session.PASSWORD).status == 429
    time.sleep(2.2)
    assert try_login(server, "admin", session.PASSWORD).status == 303


def test_second_factor_and_recovery_codes(server):
    first = session.set_up(server)
    again = session.sign_in(server, "admin", first.totp_secret)
    assert again.get("/settings").status == 200
    who = session.Session(server)
    who.page("/session/login")
    who.form("/session/login", {"login": "admin", "password": session.PASSWORD, "next": "/settings"})
    assert who.get("/settings").status == 401, "a password alone is nobody"
    who.page("/session/totp")
    code = session.totp(first.totp_secret, time.time() + 30)
    assert who.form("/session/totp", {"code": code, "next": "/settings"}).status == 401, "a code counts once"
    assert who.form("/session/totp", {"code": first.recovery_codes[0], "next": "/settings"}).status == 303
    assert who.get("/settings").status == 200


def test_cookies_are_kept_from_scripts_and_end(server):
    who = session.set_up(server)
    reply = try_login(server, "admin", session.PASSWORD)
    cookie = reply.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite" in cookie
    old = dict(who.cookies)
    assert who.form("/session/logout", {}).status == 303
    ghost = session.Session(server)
    ghost.cookies = old
    assert ghost.get("/settings").status == 401


def test_set_up_happens_once(server):
    link = server.link()[len(server.url):]
    session.set_up(server)
    assert session.Session(server).get(link).status in (401, 409)


def test_a_revoked_token_is_nobody(server):
    session.set_up(server)
    token = program.run("token", "create", "shipper", "--permissions", "alert.read", "--data", server.data).out.strip()
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    assert server.get("/api/v1/alerts", headers=headers).status != 401
    listed = program.run("token", "list", "--data", server.data).out
    assert "shipper" in listed and token not in listed
    assert program.run("token", "revoke", listed.split("\t")[0], "--data", server.data).status == 0
    assert server.get("/api/v1/alerts", headers=headers).status == 401


def test_commands_give_the_same_with_and_without_a_server(server):
    session.set_up(server)
    beside = program.run("user", "list", "--json", "--data", server.data)
    proof = program.run("audit", "verify", "--json", "--data", server.data)
    assert beside.status == 0 and proof.status == 0, (beside, proof)
    server.stop()
    assert program.run("user", "list", "--json", "--data", server.data).out == beside.out
    assert program.run("audit", "verify", "--json", "--data", server.data).out == proof.out


def test_the_demo_speaks_the_readers_language(demo):
    who = session.demo_session(demo)
    english = who.get("/alerts", **{"Accept-Language": "en-GB,en;q=0.8"})
    japanese = who.get("/alerts", **{"Accept-Language": "ja,en;q=0.5"})
    assert '<html lang="en"' in english.text and '<html lang="ja"' in japanese.text
    who.page("/alerts")
    assert who.form("/session/language", {"lang": "ja", "next": "/alerts"}).status == 303
    assert '<html lang="ja"' in who.get("/alerts", **{"Accept-Language": "en"}).text, "a choice counts more than the browser"
    who.cookies = {name: value for name, value in who.cookies.items() if "lang" not in name}
