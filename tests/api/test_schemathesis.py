"""schemathesis makes requests from the OpenAPI document: no request may end in a server error or break the description."""
import os
import subprocess
import sys

from lib import program, session

SECONDS_MAX = 150
CONFIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schemathesis.toml")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def test_generated_requests_meet_no_server_error(demo, tmp_path):
    """A demo session of its own, since generated writes change what they touch."""
    server = program.Server(tmp_path / "server", "demo").start()
    try:
        who = session.demo_session(server, "ciso")
        # One worker: hypothesis parses the source of lambdas, and CPython 3.11's ast.parse is not safe in two threads at once
        # ("AST constructor recursion depth mismatch").
        command = [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "--config-file", CONFIG, "run", f"{server.url}/api/v1/openapi.json",
                   "--checks", CHECKS, "--max-examples", "30", "--max-time", "60", "--seed", "20261121", "--workers", "1", "--no-color",
                   "--request-timeout", "10", "--suppress-health-check", "all", "--generation-database", "none",
                   # Bodies that it cannot make: NDJSON and files; tests/fault and tests/web send those.
                   "--exclude-operation-id", "addEvents", "--exclude-operation-id", "addEvidence",
                   "-H", f"Cookie: {who.cookie}", "-H", f"X-CSRF-Token: {who.csrf}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX, cwd=tmp_path,
                              env={k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")})
        assert server.process.poll() is None, f"the server ended: {server.output()[-3000:]}"
        assert done.returncode == 0, (done.stdout + done.stderr)[:12000]
    finally:
        server.kill()
