"""What is counted per service: from the records, absent where there is nothing, and only one's own."""
import pytest

from lib import program, session

HERE = "/api/v1/measures"


@pytest.fixture
def ciso(demo):
    return session.demo_session(demo, "ciso")


def by_id(who, query=""):
    return {m["id"]: m for m in who.get(HERE + query).json()["measures"]}


def test_the_demo_shows_measures_with_weeks(ciso):
    found = by_id(ciso)
    assert len(found) >= 8, sorted(found)
    for measure in found.values():
        assert measure["name"]["en"] and measure["name"]["ja"] and measure["value"] >= 0
        assert len(measure["weeks"]) in (0, 12)
        if measure["unit"] == "percent":
            assert measure["value"] <= 100 and measure["cases"] > 0
    page = ciso.page("/measures").text
    assert all(m["name"]["en"] in page or m["name"]["ja"] in page for m in found.values())


def test_a_verdict_moves_the_share_of_judged_alerts(demo, ciso):
    before = by_id(ciso)["B3-judged"]
    analyst = session.demo_session(demo, "analyst")
    alerts = analyst.get("/api/v1/alerts?state=open").json()["alerts"]
    chosen = next(a for a in alerts if not a["verdict"])
    reply = analyst.json("POST", f"/api/v1/alerts/{chosen['id']}/verdict", {"verdict": "benign"},
                         {"If-Match": f'"v{chosen["version"]}"'})
    assert reply.status == 200, reply
    after = by_id(ciso)["B3-judged"]
    assert after["cases"] == before["cases"]
    assert round(after["value"] * after["cases"] / 100) == round(before["value"] * before["cases"] / 100) + 1


def test_one_service(ciso):
    found = by_id(ciso, "?service=B-3")
    assert found and {m["service"] for m in found.values()} == {"B-3"}
    assert ciso.get(HERE + "?service=Z-9").status == 404
    assert found["B3-judged"]["name"]["ja"] in (page := ciso.page("/portfolio/B-3").text) or found["B3-judged"]["name"]["en"] in page


def test_what_has_nothing_to_count_is_absent(tmp_path):
    server = program.Server(tmp_path, "serve")
    server.start()
    try:
        admin = session.set_up(server)
        assert admin.get(HERE).json() == {"measures": []}
        assert admin.page("/measures").status == 200
    finally:
        server.kill()


def test_a_broken_copy_is_named_with_its_place(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "measures.yaml").write_text(
        "measures:\n  - {id: x, service: B-1, query: no_such_query, unit: percent, direction: up, name: {en: a, ja: b}, what: {en: a, ja: b}}\n")
    done = program.run("content", "check", "--json", "--data", tmp_path)
    assert done.status != 0 and "measures.yaml" in done.out and "no_such_query" in done.out, done
