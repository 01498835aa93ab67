"""The service map: who covers what by the profile, and a draft request for proposal."""
import pytest

from lib import session


@pytest.fixture
def ciso(demo):
    return session.demo_session(demo, "ciso")


def test_the_map_shows_cells_and_the_guide(ciso):
    page = ciso.page("/service-map").text
    assert 'value="server.op_monitor"' in page and 'value="org.plan"' in page and 'value="etc.ab_action"' not in page


def test_a_draft_is_a_download(ciso):
    reply = ciso.get("/service-map/rfp?cell=server.op_monitor&cell=org.ab_invest")
    assert reply.status == 200 and reply.headers["Content-Type"].startswith("text/markdown"), reply
    assert "attachment" in reply.headers["Content-Disposition"]
    assert reply.text.count("\n### ") == 2 and "B-1" in reply.text and "C-1" in reply.text


def test_a_wrong_choice_is_told(ciso):
    assert ciso.get("/service-map/rfp").status == 422
    assert ciso.get("/service-map/rfp?cell=server.never").status == 422
    assert ciso.get("/service-map/rfp?" + "&".join(["cell=server.plan"] * 65)).status in (409, 413, 422, 429)
