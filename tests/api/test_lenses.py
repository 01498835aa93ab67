"""Lenses and content: the same answers seen otherwise, and names that an organisation knows better."""
import pytest

from lib import session


@pytest.fixture
def ciso(demo):
    return session.demo_session(demo, "ciso")


def test_what_ships_is_listed(ciso):
    found = {c["id"]: c for c in ciso.get("/api/v1/content").json()["content"]}
    assert {k: v["items"] for k, v in found.items()} == {
        "x1060-2021": 64, "isogj-v2.1": 54, "meti3": 10, "iso27001": 93, "csf2": 22, "sim3": 45, "first": 21}
    assert found["csf2"]["mapped"] == 22 and found["csf2"]["mapping"] == "judgement" and found["csf2"]["origin"] == "built_in"
    page = ciso.page("/content").text
    assert all(f"/lens/{lens}" in page for lens in found if lens != "x1060-2021")


@pytest.mark.parametrize("lens", ("isogj-v2.1", "meti3", "iso27001", "csf2", "sim3", "first"))
def test_an_item_has_the_score_of_its_weakest_service(ciso, lens):
    services = {s["id"]: s for s in ciso.get("/api/v1/portfolio").json()["services"]}
    seen = ciso.get(f"/api/v1/lenses/{lens}").json()
    scored = 0
    for row in seen["rows"]:
        linked = [services[link["service"]] for link in row["links"] if link["service"]]
        scores = [s["now"] for s in linked if s["counts"] and s["now"] is not None]
        assert row["now"]["score"] == (min(scores) if scores else None), row
        if scores:
            scored += 1
            assert services[row["now"]["weakest"]]["now"] == min(scores)
    assert scored, "the demo has answers"
    assert ciso.page(f"/portfolio?lens={lens}").status == 200


def test_an_unknown_lens_or_item_is_told(ciso):
    for path in ("/api/v1/lenses/none", "/api/v1/content/none/A-1", "/api/v1/content/csf2/none"):
        assert ciso.get(path).status == 404, path
    assert ciso.get("/lens/none").status == 404 and ciso.get("/portfolio?lens=none").status == 404


def test_a_name_is_corrected_with_its_source(ciso):
    path = "/api/v1/content/x1060-2021/A-2"
    reply = ciso.json("POST", path, {"field": "name", "lang": "ja", "text": "リスクアセスメント実施"})
    assert reply.status == 422, reply
    reply = ciso.json("POST", path, {"field": "name", "lang": "ja", "text": "リスクアセスメント実施", "source": "JT-X1060 p. 20"})
    assert reply.status == 201, reply
    newest = reply.json()["corrections"][0]
    assert (newest["text"], newest["source"], newest["lang"]) == ("リスクアセスメント実施", "JT-X1060 p. 20", "ja") and newest["by"]
    assert reply.json()["name"]["ja"] == "リスクアセスメント", "the content itself does not change"
    assert "リスクアセスメント実施" in ciso.page("/content/x1060-2021/A-2").text
    assert ciso.json("POST", path, {"field": "name", "lang": "ja", "text": ""}).status == 201
    assert ciso.json("POST", path, {"field": "colour", "lang": "ja"}).status == 422
    assert ciso.json("POST", path, {"field": "name", "lang": "fr"}).status == 422
    assert ciso.json("POST", path, {"field": "name", "lang": "en", "text": "x" * 501, "source": "s"}).status == 422


def test_a_correction_by_the_page(ciso):
    ciso.page("/content/csf2/DE.CM")
    reply = ciso.form("/content/csf2/DE.CM", {"field": "name", "lang": "ja", "text": "継続的な<監視>", "source": "社内訳"})
    assert reply.status == 303, reply
    assert "継続的な&lt;監視&gt;" in ciso.page("/content/csf2/DE.CM").text
    reply = ciso.form("/content/csf2/DE.CM", {"field": "name", "lang": "ja", "text": "出典なし", "source": ""})
    assert reply.status == 422


def test_an_analyst_reads_and_does_not_correct(demo):
    analyst = session.demo_session(demo, "analyst")
    assert analyst.get("/content/csf2/DE.CM").status == 200
    assert "/content/csf2/DE.CM\" data-lock" not in analyst.page("/content/csf2/DE.CM").text
    assert analyst.json("POST", "/api/v1/content/csf2/DE.CM", {"field": "name", "lang": "en", "text": "x", "source": "y"}).status == 404, "not yours to see"
