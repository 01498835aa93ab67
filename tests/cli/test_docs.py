"""Documentation that the program makes is fresh, and what the hand-written pages point to exists."""
import os
import re
import subprocess

import pytest

from lib import program

PAGES = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(program.ROOT, "docs")) for name in names if name.endswith(".md")]
PAGES += [os.path.join(program.ROOT, n) for n in os.listdir(program.ROOT) if n.endswith(".md")]


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


@pytest.mark.parametrize("page", ["cli.md", "config.md"])
def test_reference_is_fresh(page, tmp_path):
    subprocess.run([os.path.join(program.ROOT, "tools", "gen_docs.sh"), str(tmp_path)], check=True)
    assert read(tmp_path / page) == read(os.path.join(program.ROOT, "docs", "reference", page)), "run tools/gen_docs.sh"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: os.path.relpath(p, program.ROOT))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", read(page)):
        if not re.match(r"[a-z]+:", target):
            assert os.path.exists(os.path.join(os.path.dirname(page), target)), f"{target} does not exist"


def test_verbs_named_in_the_pages_exist():
    """A page that tells people to type `noroshi VERB` is wrong when the program does not know the verb."""
    known = set(re.findall(r"^## noroshi (\w+)", read(os.path.join(program.ROOT, "docs", "reference", "cli.md")), re.M))
    assert known, "the reference of verbs has changed its form"
    for page in PAGES:
        for verb in re.findall(r"^(?:build/)?noroshi ([a-z]+)", read(page), re.M):
            assert verb in known, f"{os.path.relpath(page, program.ROOT)}: noroshi {verb}"
