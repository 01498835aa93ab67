"""Every route of /api/v1/openapi.json × every role: who may gets an answer, who may not gets 404, as if there
were nothing; who is nobody gets 401. The roles are real people who were added and signed in; the table of roles is told here again,
on purpose, so that a change of src/guard/roles.c must be meant."""
import json
import re

import pytest

from lib import program, session

READ = {"alert.read", "incident.read", "event.read", "rule.read", "portfolio.read", "work.read"}
ROLES = {
    "ciso": READ | {"portfolio.write", "portfolio.approve", "incident.close", "work.write", "audit.read", "criteria.approve", "restricted.work"},
    "manager": READ | {"alert.work", "alert.suppress", "incident.work", "incident.close", "rule.write", "portfolio.write", "work.write", "criteria.approve"},
    "analyst": READ | {"alert.work", "incident.work", "rule.write", "work.write"},
    "handler": READ | {"alert.work", "alert.suppress", "incident.work", "incident.close", "work.write"},
    "intel": READ | {"rule.write", "work.write"},
    "provider_analyst": {"alert.read", "incident.read", "event.read", "rule.read", "work.read", "alert.work", "incident.work", "work.write"},
    "customer": {"alert.read", "incident.read", "portfolio.read", "work.read"},
    "auditor": READ | {"audit.read"},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One server with a person of each role, and the route table."""
    if not program.has_verb("serve") or not program.has_verb("user add"):
        pytest.skip("this build has no server or no `user add`")
    server = program.Server(tmp_path_factory.mktemp("permissions"), "serve")
    server.start()
    try:
        people = {"admin": session.set_up(server)}
        for role in ROLES:
            people[role] = add_person(server, role)
        yield server, people, routes(server)
    finally:
        server.kill()


def add_person(server, role):
    """Added at the console, password by the one-time link, then signed in."""
    login = f"{role}@example.jp"
    done = program.run("user", "add", login, "--name", role, "--role", role, "--json", "--data", server.data)
    assert done.status == 0, done
    link = json.loads(done.out)["reset"]
    who = session.Session(server)
    page = who.page(link).text
    reply = who.form("/session/reset", {**session.hidden_fields(page), "password": session.PASSWORD, "password_again": session.PASSWORD})
    assert reply.status == 303, reply
    assert who.get(link).status != 200, "a link works once"
    who.page("/session/login")
    reply = who.form("/session/login", {"login": login, "password": session.PASSWORD, "next": "/settings"})
    assert reply.status == 303 and reply.headers["Location"] == "/settings", reply
    who.page("/settings")
    return who


def routes(server):
    """[(method, path, permission)] with parameters filled by what does not exist."""
    found = []
    for path, operations in server.get("/api/v1/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            if "x-permission" in operation:
                found.append((method.upper(), re.sub(r"\{[^}]*\}", "999999", path), operation["x-permission"]))
    assert len(found) > 10, found
    return found


def ask(who, method, path):
    """A body that no route takes: who may is told so (4xx other than 401, 403, 404 of the gate), nothing is changed."""
    body = None if method in ("GET", "DELETE") else {"no such member": 1}
    return who.json(method, path, body)


def is_hidden(reply):
    """The gate's own 404, not a room's."""
    return reply.status == 404 and "urn:noroshi:problem:err.http.not_found" in reply.text


def test_nobody_is_asked_to_sign_in(world):
    server, _, table = world
    nobody = session.Session(server)
    for method, path, permission in table:
        reply = ask(nobody, method, path)
        if permission == "none":
            assert reply.status not in (401, 403), f"{method} {path}: {reply}"
        else:
            assert reply.status == 401, f"{method} {path} ({permission}): {reply}"


@pytest.mark.parametrize("role", ["admin", *ROLES])
def test_each_role_sees_what_it_may_and_nothing_else(world, role):
    _, people, table = world
    allowed = ROLES.get(role)
    for method, path, permission in table:
        reply = ask(people[role], method, path)
        may = allowed is None or permission in ("none", "signed_in") or permission in allowed
        assert is_hidden(reply) != may, f"{role} {method} {path} ({permission}): {reply}"
        assert reply.status not in (401, 403) and reply.status < 500, f"{role} {method} {path}: {reply}"


@pytest.mark.parametrize("role", ["analyst", "customer"])
def test_a_token_is_narrowed_to_its_list(world, role):
    server, _, table = world
    given = {"analyst": "alert.read,alert.work", "customer": "portfolio.read"}[role]
    done = program.run("token", "create", role, "--permissions", given, "--data", server.data)
    assert done.status == 0, done
    headers = {"Authorization": f"Bearer {done.out.strip()}", "Content-Type": "application/json", "Accept": "application/json"}
    for method, path, permission in table:
        body = None if method in ("GET", "DELETE") else b'{"no such member": 1}'
        reply = program.request(server.url + path, method=method, body=body, headers=headers)
        may = permission == "none" or permission in given.split(",")
        assert is_hidden(reply) != may, f"{given} {method} {path} ({permission}): {reply}"


def test_a_form_without_its_token_is_refused(world):
    """A stranger's page may send the cookie along, but not the token."""
    _, people, table = world
    admin = people["admin"]
    for method, path, _ in table:
        if method != "GET":
            reply = program.request(admin.server.url + path, method=method, body=b"{}", headers={"Cookie": admin.cookie, "Content-Type": "application/json"})
            assert reply.status == 403 and "csrf" in reply.text, f"{method} {path}: {reply}"


def test_who_is_named_is_who_signed_in(world):
    _, people, _ = world
    for role, who in people.items():
        me = who.json("GET", "/api/v1/me").json()
        assert me["role"] == role
        if role in ROLES:
            assert set(me["permissions"].split(",")) == ROLES[role] | {"signed_in"}
