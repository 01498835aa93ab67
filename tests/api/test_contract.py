"""Every reply of the API is what /api/v1/openapi.json says, for every route, as found; and the rules that all routes share."""
import json
import re

import jsonschema
import pytest

from lib import session

TENANT_FREE = ("/healthz", "/readyz", "/metrics", "/api/v1/openapi.json")


@pytest.fixture(scope="module")
def api(demo):
    return demo.get("/api/v1/openapi.json").json()


@pytest.fixture
def ciso(demo):
    return session.demo_session(demo, "ciso")


@pytest.fixture
def analyst(demo):
    return session.demo_session(demo, "analyst")


def resolve(api, schema):
    """The schema with the document's components at hand, so that $ref works."""
    return {**schema, "components": api.get("components", {})}


def check_reply(api, path, method, reply):
    """The status is described, the type is as described, the body fits its schema."""
    operation = api["paths"][path][method]
    answers = operation["responses"]
    described = answers.get(str(reply.status)) or answers.get(f"{reply.status // 100}XX") or answers.get("default")
    assert described, f"{method} {path}: status {reply.status} is not described: {reply}"
    described = api["components"]["responses"][described["$ref"].split("/")[-1]] if "$ref" in described else described
    content = described.get("content", {})
    if not content:
        return
    kind = (reply.headers["Content-Type"] or "").split(";")[0]
    assert kind in content, f"{method} {path}: {kind} is not one of {list(content)}"
    if kind.endswith("json"):
        jsonschema.validate(reply.json(), resolve(api, content[kind].get("schema", {})))


def routes(api, method):
    return [path for path, operations in api["paths"].items() if method in operations]


def sample_ids(analyst, api, path):
    """The path with its parameters filled from the list that it belongs to; None when the list is empty."""
    base = path.split("/{")[0]
    if "{" not in path:
        return path
    if base not in api["paths"] or "get" not in api["paths"][base]:
        return None
    reply = analyst.get(base, Accept="application/json")
    items = next((v for v in reply.json().values() if isinstance(v, list) and v), []) if isinstance(reply.json(), dict) else reply.json()
    if not items:
        return None
    for key in ("id", "service", "service_id"):
        if isinstance(items[0], dict) and key in items[0]:
            return re.sub(r"\{[^}]+\}", str(items[0][key]), path, count=1)
    return None


def test_the_document_is_openapi_3_1_and_names_every_operation(api):
    assert api["openapi"].startswith("3.1")
    names = [o["operationId"] for operations in api["paths"].values() for m, o in operations.items() if m in
             ("get", "post", "put", "patch", "delete")]
    assert len(names) == len(set(names)) and names
    for operations in api["paths"].values():
        for method, operation in operations.items():
            if method in ("get", "post", "put", "patch", "delete"):
                assert operation.get("summary") and operation.get("responses")


def test_every_read_fits_its_description(api, ciso):
    """Runs over the document, so a new route is tested by being described."""
    tried = 0
    for path in routes(api, "get"):
        filled = sample_ids(ciso, api, path)
        if filled is None or "{" in filled:
            continue
        check_reply(api, path, "get", ciso.get(filled, Accept="application/json"))
        tried += 1
    assert tried >= 5, "too few routes were tried for this test to mean anything"


def test_what_is_not_there_is_a_problem_document(api, analyst):
    for path in routes(api, "get"):
        if "{" not in path:
            continue
        reply = analyst.get(re.sub(r"\{[^}]+\}", "999999999", path), Accept="application/json")
        assert reply.status in (400, 404), reply
        assert reply.headers["Content-Type"].startswith("application/problem+json")
        problem = reply.json()
        assert problem["status"] == reply.status and problem["title"]


def test_nobody_sees_anything_without_signing_in(api, demo):
    for path, operations in api["paths"].items():
        if path in TENANT_FREE:
            continue
        for method in operations:
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            filled = re.sub(r"\{[^}]+\}", "1", path)
            reply = demo.get(filled) if method == "get" else demo.post(filled, b"{}", headers={"Content-Type": "application/json"}) \
                if method == "post" else None
            if reply is not None:
                assert reply.status in (401, 403), f"{method} {path}: {reply}"
                assert reply.headers["Content-Type"].startswith("application/problem+json")


def test_a_write_with_a_session_needs_the_form_token(api, analyst):
    refused = 0
    for path in routes(api, "post"):
        filled = re.sub(r"\{[^}]+\}", "1", path)
        reply = analyst.json("POST", filled, {}, {"X-CSRF-Token": "0" * 64})
        # 404 is what one's role may not see at all.
        assert reply.status in (401, 403, 404), f"{path}: {reply}"
        refused += reply.status == 403
    assert refused >= 3


def test_unknown_path_and_method(demo):
    assert demo.get("/api/v1/no-such-thing").status in (401, 404)
    reply = demo.post("/healthz", b"")
    assert reply.status == 405 and "GET" in reply.headers["Allow"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"{" * 100_000, b'{"a":1,"a":2}', b"nan"])
def test_a_body_that_is_not_what_is_asked_gets_400(api, analyst, body):
    for path in routes(api, "post"):
        if "application/json" not in api["paths"][path]["post"].get("requestBody", {}).get("content", {}):
            continue
        reply = analyst.request("POST", re.sub(r"\{[^}]+\}", "1", path), body, {"Content-Type": "application/json"})
        assert 400 <= reply.status < 500, f"{path}: {reply}"
        assert reply.headers["Content-Type"].startswith("application/problem+json")


def test_errors_speak_the_readers_language(demo):
    english = demo.get("/api/v1/portfolio", headers={"Accept-Language": "en"}).json()
    japanese = demo.get("/api/v1/portfolio", headers={"Accept-Language": "ja"}).json()
    assert english["status"] == japanese["status"]
    assert json.dumps(english, ensure_ascii=False).isascii() or english["title"] != japanese["title"]
    assert any("\u3040" <= c <= "\u9fff" for c in japanese["title"] + japanese.get("detail", ""))


def test_pages_carry_the_headers_that_browsers_enforce(ciso):
    reply = ciso.page("/portfolio")
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"]


def test_health_is_live_and_ready(demo):
    assert demo.get("/healthz").status == 200 and demo.get("/readyz").status == 200


def test_metrics_are_openmetrics_text(demo):
    reply = demo.get("/metrics")
    assert reply.status == 200 and reply.headers["Content-Type"].startswith("application/openmetrics-text")
    assert reply.text.endswith("# EOF\n")
    samples = [line for line in reply.text.splitlines() if line and not line.startswith("#")]
    assert samples and all(re.match(r"^[a-z_:][a-z0-9_:]*(\{[^}]*\})? -?[0-9.e+-]+( [0-9.]+)?$", s) for s in samples)
