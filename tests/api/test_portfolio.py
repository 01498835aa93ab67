"""The portfolio of one service over the API: what is written is what was sent, and nothing gets lost on the way."""
import pytest

from lib import session

HERE = "/api/v1/portfolio/C-3"
FULL = {
    "level": "standard", "level_reason": "because of the audit", "assignment": "both", "team": "SOC", "provider": "Sakura MSS",
    "contract": "C-2026-14", "owner": "Sato", "deputies": "Suzuki, Tanaka", "area": 2, "not_applicable": False,
    "not_applicable_reason": "", "in_now": 2, "in_target": 4, "out_now": 3, "out_target": 5, "risk": 3, "gap_owner": "Ito",
    "gap_due": "2027-03-31",
}


@pytest.fixture
def ciso(demo):
    return session.demo_session(demo, "ciso")


def put(who, body):
    present = who.get(HERE).json()
    return who.json("PUT", HERE, body, {"If-Match": f'"v{present["version"]}"'})


@pytest.fixture
def fields(demo):
    return list(demo.get("/api/v1/openapi.json").json()["components"]["schemas"]["PortfolioServiceInput"]["properties"])


def test_every_field_can_be_written_and_read(ciso, fields):
    assert set(fields) == set(FULL), "this test names every field of a decision"
    reply = put(ciso, FULL)
    assert reply.status == 200, reply
    found = ciso.get(HERE).json()
    assert {f: found[f] for f in fields} == FULL
    assert {f: ciso.get(HERE + "/history").json()["versions"][0][f] for f in fields} == FULL


def test_writing_what_was_read_changes_nothing(ciso, fields):
    put(ciso, FULL)
    before = ciso.get(HERE).json()
    reply = put(ciso, {f: before[f] for f in fields})
    assert reply.status == 200 and reply.json() == before, "no new version, no field lost"
    for service in ciso.get("/api/v1/portfolio").json()["services"]:
        path = f"/api/v1/portfolio/{service['id']}"
        reply = ciso.json("PUT", path, {f: service[f] for f in fields}, {"If-Match": f'"v{service["version"]}"'})
        assert reply.status == 200 and reply.json() == service, service["id"]


@pytest.mark.parametrize("field,value", [("in_now", 0), ("in_now", 6), ("in_now", "4"), ("in_now", 4.5), ("area", 5), ("risk", 4), ("gap_due", "31.3.2027"),
                                         ("gap_due", 7), ("owner", 7), ("not_applicable", "yes"), ("level", "high"), ("assignment", "us"),
                                         ("contract", "x" * 201)])
def test_a_value_that_is_not_allowed_names_its_field(ciso, field, value):
    before = ciso.get(HERE).json()
    reply = put(ciso, {**FULL, field: value})
    assert 400 <= reply.status < 500 and field in reply.text, reply
    assert ciso.get(HERE).json() == before


def test_the_page_and_the_api_write_the_same_row(ciso, fields):
    """The form of the service's page shows some of the fields; the others stay."""
    put(ciso, FULL)
    ciso.page("/portfolio/C-3")
    version = ciso.get(HERE).json()["version"]
    form = {f: FULL[f] for f in ("level", "level_reason", "assignment", "team", "provider", "in_target", "out_now", "out_target")}
    reply = ciso.form("/portfolio/C-3", {**form, "in_now": 3, "version": version})
    assert reply.status == 303, reply
    found = ciso.get(HERE).json()
    assert {f: found[f] for f in fields} == {**FULL, "in_now": 3}
