"""The register of laws: questions decide with a reason, a state names the version it read, own rows, no legal advice."""
import pytest

from lib import session


@pytest.fixture
def ciso(demo):
    return session.demo_session(demo, "ciso")


def law(ciso, law_id):
    return ciso.get(f"/api/v1/laws/{law_id}").json()


def test_the_register_is_whole_and_no_advice(ciso):
    told = ciso.get("/api/v1/laws").json()
    assert len([r for r in told["laws"] if r["certainty"] != "own"]) == 49 and told["legal_advice"] is False and told["checked"]
    page = ciso.page("/laws").text
    assert told["checked"] in page and ("legal advice" in page or "法的助言" in page)


def test_two_japanese_characters_find(ciso):
    found = {r["id"] for r in ciso.get("/api/v1/laws?q=%E6%BC%8F%E3%81%88").json()["laws"]}
    assert "jp-appi-26" in found and "jp-fire-5" not in found


def test_answers_decide_with_the_reason(ciso):
    ciso.page("/law-questions")
    reply = ciso.form("/law-questions", {"q_personal_data": "yes", "q_telecom": "no", "q_employees": "301"})
    assert reply.status == 303, reply
    assert law(ciso, "jp-appi-26")["applies"] == "yes" and law(ciso, "jp-tba-4")["applies"] == "no"
    assert law(ciso, "jp-whistle")["applies"] == "yes" and law(ciso, "eu-gdpr-33")["applies"] == "open"
    assert law(ciso, "jp-uaca-3")["applies"] == "yes", "concerns everybody"
    page = ciso.page("/laws/jp-tba-4").text
    assert "電気通信事業者" in page or "telecommunications carrier" in page
    assert ciso.form("/law-questions", {"q_employees": "many"}).status == 422
    assert ciso.form("/law-questions", {"q_telecom": "perhaps"}).status == 422
    assert law(ciso, "jp-whistle")["applies"] == "yes", "nothing half saved"


def test_a_state_names_the_version_it_read(ciso):
    before = law(ciso, "jp-toriteki-4")
    body = {"applies": "yes", "compliance": "partly", "evidence": "procedure P-3", "responsible": "法務部", "next_check": "2027-03-01T00:00:00Z"}
    path = "/api/v1/laws/jp-toriteki-4"
    assert ciso.json("PUT", path, body).status == 428
    tag = {"If-Match": f'"v{before["version"]}"'}
    reply = ciso.json("PUT", path, body, tag)
    assert reply.status == 200, reply
    after = reply.json()
    assert after["version"] == before["version"] + 1 and after["compliance"] == "partly" and after["by_hand"] == "yes" and after["changed_by"]
    assert ciso.json("PUT", path, body, tag).status == 412
    tag = {"If-Match": f'"v{after["version"]}"'}
    assert ciso.json("PUT", path, {"compliance": "perhaps"}, tag).status == 422
    assert ciso.json("PUT", path, {"evidence": "x" * 2001}, tag).status == 422
    assert ciso.get("/api/v1/laws/none").status == 404
    assert "法務部" in ciso.page("/laws?compliance=partly").text


def test_an_own_row(ciso):
    ciso.page("/laws")
    reply = ciso.form("/laws", {"name": "業界指針<1>", "article": "3.2", "title": "委託先の点検", "requirement": "年一回", "source": "協会"})
    assert reply.status == 303, reply
    own = reply.headers["Location"].split("/")[-1]
    assert own.startswith("own-") and law(ciso, own)["certainty"] == "own"
    assert "業界指針&lt;1&gt;" in ciso.page(f"/laws/{own}").text
    reply = ciso.form(f"/laws/{own}", {"version": "0", "applies": "yes", "compliance": "met", "evidence": "監査報告", "responsible": "", "remark": "", "next_check": ""})
    assert reply.status == 303 and law(ciso, own)["compliance"] == "met"
    assert ciso.form(f"/laws/{own}", {"version": "0", "applies": "yes", "compliance": "met"}).status == 409
    assert ciso.form("/laws", {"name": "", "title": "x"}).status == 422


def test_due_times_from_a_start(ciso):
    page = ciso.page("/laws?start=2026-11-20T19:00").text
    assert "2026-11-23 19:00" in page, "GDPR: 72 hours"
    assert ciso.get("/laws?start=soon").status == 422


def test_an_analyst_reads_and_does_not_write(demo):
    analyst = session.demo_session(demo, "analyst")
    assert analyst.get("/laws/jp-appi-26").status == 200
    assert analyst.json("PUT", "/api/v1/laws/jp-appi-26", {}, {"If-Match": '"v0"'}).status == 404
