"""Fixtures of all outside suites. They drive the binary only: nothing here knows the program's inside."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from lib import program  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def binary():
    if not os.access(program.BINARY, os.X_OK):
        pytest.exit(f"{program.BINARY} is missing: ./noroshi.sh build", returncode=3)
    return program.BINARY


@pytest.fixture
def noroshi():
    return program.run


@pytest.fixture(scope="session")
def shared():
    """The folder of real data beside the repository."""
    if not os.path.isdir(program.SHARED):
        pytest.skip("../shared is not there")
    return program.SHARED


def started(folder, verb, **more):
    if not program.has_verb(verb):
        pytest.skip(f"this build has no `{verb}`")
    server = program.Server(folder, verb, **more)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
def server(tmp_path):
    """An empty server of the test's own."""
    yield from started(tmp_path / "server", "serve")


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """One demo server for all tests that only read or that work on things of their own."""
    yield from started(tmp_path_factory.mktemp("demo"), "demo")
