#!/usr/bin/env python3
"""Runs the lints: lint.py [ROOT], or lint.py --self-test, which proves that each lint can fail and can pass.

A lint is a module with check(tree) → [Finding], where tree is {path: text}; BAD and GOOD are trees by name for the
self-test. Generators that have a --lint mode are asked too. The last line counts: "lint: N passed, N failed".
"""
import os
import subprocess
import sys

import lint_floors
import lint_rooms
import lint_sizes
import lint_text
from lint_lib import tree_from_disk

LINTS = {"floors": lint_floors, "sizes": lint_sizes, "text": lint_text, "rooms": lint_rooms}
GENERATORS = ("gen_words.py", "gen_view.py", "gen_sql.py")


def self_test():
    passed = failed = 0
    for name, lint in LINTS.items():
        for kind, trees, wants in (("bad", lint.BAD, True), ("good", lint.GOOD, False)):
            for title, tree in trees.items():
                found = lint.check(tree)
                if bool(found) == wants:
                    passed += 1
                else:
                    failed += 1
                    print(f"lint self-test: {name}: {kind} example “{title}”: {[str(f) for f in found] or 'nothing found'}")
    return passed, failed


def generator_lints(root):
    """Each generator that knows --lint, as (name, output, exit status)."""
    results = []
    for name in GENERATORS:
        path = os.path.join(root, "tools", name)
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as f:
            if "--lint" not in f.read():
                continue
        run = subprocess.run([sys.executable, path, "--lint"], cwd=root, capture_output=True, text=True)
        results.append((name, (run.stdout + run.stderr).strip(), run.returncode))
    return results


def lint(root):
    tree, passed, failed = tree_from_disk(root), 0, 0
    for name, module in LINTS.items():
        found = module.check(tree)
        for finding in found:
            print(finding)
        passed, failed = (passed, failed + 1) if found else (passed + 1, failed)
    for name, output, status in generator_lints(root):
        if status:
            print(output or f"{name}: status {status}")
        passed, failed = (passed, failed + 1) if status else (passed + 1, failed)
    return passed, failed


def main():
    args = sys.argv[1:]
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    passed, failed = self_test()
    if "--self-test" not in args:
        more = lint(args[0] if args else root)
        passed, failed = passed + more[0], failed + more[1]
    print(f"lint: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
