#!/usr/bin/env python3
"""Counts test results over all suites, so that the last line of `./noroshi.sh test` is true.

  tally.py meson SUITE LOG.json STATUS   a meson testlog.json: cases of cmocka's TAP text, else one case a program
  tally.py junit SUITE FILE.xml STATUS   pytest's JUnit file
  tally.py line  SUITE FILE STATUS       the last line "…: N passed, N failed" of a tool's output
  tally.py sum                           the sum of everything counted since `tally.py reset`
  tally.py self-test

STATUS is the exit status of what ran. A suite that ended badly without naming a failure counts as one failure, and so
does one that ran nothing: what did not run is never counted as passed. Results lie in $NOROSHI_TALLY (a JSON-lines file).
"""
import json
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

PLAN = re.compile(r"^1\.\.(\d+)$")
CASE = re.compile(r"^(not ok|ok) \d+ (?:- |# SKIP ?)(.*)$")
SKIP_EXIT = 77


def tap_cases(text):
    """(passed, [failed names], [(skipped name, reason)]) of cmocka's TAP text, or None when it is not that."""
    planned, passed, failed, skipped, last = None, 0, [], [], ""
    for line in text.split("\n"):
        plan, case = PLAN.match(line), CASE.match(line)
        if plan:
            planned = (planned or 0) + int(plan.group(1))
        elif case and "# SKIP" in line:
            skipped.append((case.group(2), last))
        elif case and case.group(1) == "ok":
            passed += 1
        elif case:
            failed.append(case.group(2))
        elif line and not line.startswith("#"):
            last = re.sub(r"^skip(ped)?: *", "", line)
    if planned is None:
        return None
    missing = planned - passed - len(failed) - len(skipped)
    if missing > 0:
        failed.append(f"{missing} cases never ended")
    return passed, failed, skipped


def meson_result(run):
    """Counts of one program of a testlog.json."""
    name, status = run["name"].split(" / ")[-1], run.get("returncode", 1)
    cases = tap_cases(run.get("stdout") or "")
    if cases is None:
        if status == SKIP_EXIT:
            reason = (run.get("stdout") or "").strip().split("\n")[-1]
            return 0, [], [(name, reason)]
        return (1, [], []) if status == 0 and run["result"] == "OK" else (0, [name], [])
    passed, failed, skipped = cases
    failed = [f"{name}: {f}" for f in failed]
    if run["result"] not in ("OK", "SKIP") and not failed:
        failed = [f"{name}: {run['result']}, status {status}"]
    return passed, failed, [(f"{name}: {n}", r) for n, r in skipped]


def read_meson(path):
    passed, failed, skipped = 0, [], []
    with open(path, encoding="utf-8") as f:
        for line in f:
            more = meson_result(json.loads(line))
            passed, failed, skipped = passed + more[0], failed + more[1], skipped + more[2]
    return passed, failed, skipped


def read_junit(path):
    passed, failed, skipped = 0, [], []
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.find("skipped") is not None:
            skipped.append((name, case.find("skipped").get("message") or ""))
        else:
            passed += 1
    return passed, failed, skipped


def read_line(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        lines = f.read().strip().split("\n")
    m = re.search(r"(\d+) passed, (\d+) failed", lines[-1])
    if not m:
        return 0, ["no count in the output"], []
    return int(m.group(1)), ["see above"] * int(m.group(2)), []


READERS = {"meson": read_meson, "junit": read_junit, "line": read_line}


def count(kind, path, status):
    try:
        passed, failed, skipped = READERS[kind](path)
    except (OSError, ValueError, KeyError, ElementTree.ParseError) as e:
        passed, failed, skipped = 0, [f"no results: {e}"], []
    if not passed and not failed and not skipped:
        failed = ["nothing ran"]
    if status and not failed:
        failed = [f"ended with status {status}"]
    return passed, failed, skipped


def show(suite, passed, failed, skipped):
    text = f"{suite}: {passed} passed, {len(failed)} failed"
    print(text + (f", {len(skipped)} skipped" if skipped else ""))
    for name in failed:
        print(f"  failed: {name}")
    reasons = {}
    for name, reason in skipped:
        reasons.setdefault(reason, []).append(name)
    for reason, names in reasons.items():
        print(f"  skipped ({len(names)}): {reason or 'no reason given'}: {', '.join(names[:4])}{' …' if len(names) > 4 else ''}")


def store():
    return os.environ["NOROSHI_TALLY"]


def add(kind, suite, path, status):
    passed, failed, skipped = count(kind, path, int(status))
    show(suite, passed, failed, skipped)
    with open(store(), "a", encoding="utf-8") as f:
        f.write(json.dumps({"suite": suite, "passed": passed, "failed": len(failed), "skipped": len(skipped)}) + "\n")
    return 1 if failed else 0


def total():
    passed = failed = skipped = 0
    with open(store(), encoding="utf-8") as f:
        for line in f:
            row = json.loads(line)
            passed, failed, skipped = passed + row["passed"], failed + row["failed"], skipped + row["skipped"]
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


def self_test():
    cases = [
        ("1..2\nok 1 - a\nok 2 - b\n", (2, 0, 0)),
        ("1..3\nok 1 - a\nskip: no data\nnot ok 2 # SKIP b\nnot ok 3 - c\n# x\n", (1, 1, 1)),
        ("1..3\nok 1 - a\n", (1, 1, 0)),
        ("1..1\nok 1 - a\n1..1\nok 1 - b\n", (2, 0, 0)),
    ]
    bad = 0
    for text, want in cases:
        passed, failed, skipped = tap_cases(text)
        bad += (passed, len(failed), len(skipped)) != want
    runs = [
        ({"name": "s / x", "stdout": "", "returncode": 0, "result": "OK"}, (1, 0, 0)),
        ({"name": "s / x", "stdout": "", "returncode": -11, "result": "FAIL"}, (0, 1, 0)),
        ({"name": "s / x", "stdout": "no data\n", "returncode": 77, "result": "SKIP"}, (0, 0, 1)),
        ({"name": "s / x", "stdout": "1..1\nok 1 - a\n", "returncode": 1, "result": "FAIL"}, (1, 1, 0)),
        ({"name": "s / x", "stdout": "1..1\nok 1 - a\n", "returncode": 0, "result": "TIMEOUT"}, (1, 1, 0)),
    ]
    for run, want in runs:
        passed, failed, skipped = meson_result(run)
        bad += (passed, len(failed), len(skipped)) != want
    bad += count("junit", "/nonexistent", 0)[1] == []
    bad += count("line", os.devnull, 0)[1] == []
    print(f"tally: {len(cases) + len(runs) + 2 - bad} passed, {bad} failed")
    return 1 if bad else 0


def main():
    args = sys.argv[1:]
    if args == ["reset"]:
        open(store(), "w", encoding="utf-8").close()
        return 0
    if args == ["sum"]:
        return total()
    if args == ["self-test"]:
        return self_test()
    if len(args) == 4 and args[0] in READERS:
        return add(*args)
    print(__doc__, file=sys.stderr)
    return 1


sys.exit(main())
