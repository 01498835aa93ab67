"""What a user may hand to the command line by mistake or in malice: each gets a clear error that names the file, a
status, and the rest of the input is still processed."""
import gzip
import json
import os
import re
import resource
import signal

import pytest

from lib import program

MIB = 1 << 20
RULE = """title: Any command
id: 5d1a3f60-0f4b-4e0b-8f0e-0d8a3a6f1d01
status: test
level: low
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    CommandLine|contains: run
  condition: selection
"""
EVENT = {"@timestamp": "2026-11-21T09:00:00Z", "product": "windows", "category": "process_creation", "CommandLine": "run me"}
GOOD_LINE = json.dumps(EVENT).encode() + b"\n"


@pytest.fixture(autouse=True)
def needs_detect():
    if not program.has_verb("detect"):
        pytest.skip("this build has no `detect`")


@pytest.fixture
def rules(tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "any.yml").write_text(RULE)
    return folder


@pytest.fixture
def evtx():
    return os.path.join(program.ROOT, "tests", "data", "evtx", "sysmon-psexec.evtx")


def limits():
    """A process that a bomb would blow up dies of this limit, and the test sees a signal instead of a status."""
    resource.setrlimit(resource.RLIMIT_AS, (1536 * MIB, 1536 * MIB))


def detect(rules, *inputs, stdin=b"", options=(), lang="C.UTF-8"):
    result = program.run("detect", "--rules", rules, "--json", "--stats", *options, *inputs, stdin=stdin, timeout=120, lang=lang,
                         preexec=limits)
    assert result.status >= 0, f"ended by {signal.Signals(-result.status).name}: {result}"
    return result


def stats(result):
    return json.loads(result.err.strip().splitlines()[-1])


def check_told(result):
    """An input of which nothing can be used ends with status 2; damage inside one is counted, and status 0 tells that the
    rest was read."""
    counts = stats(result)
    if counts["inputs_failed"]:
        assert result.status == 2, result
    else:
        assert result.status in (0, 2) and counts["damaged_records"] >= 1, result


BAD_FILES = {
    "truncated": GOOD_LINE[:-20],
    "binary": bytes(range(256)) * 64,
    "not-utf8": b'{"CommandLine":"\xff\xfe\xc0"',
    "deeply-nested": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep-array": b"[" * 200_000,
    "huge-line": b'{"CommandLine":"' + b"x" * (40 * MIB) + b'"}\n',
    "evtx-head-only": b"ElfFile\0" + bytes(20),
    "gzip-bomb": gzip.compress(b"A" * (200 * MIB), 9),
    "half-gzip": gzip.compress(GOOD_LINE * 1000)[:40],
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_is_named_and_the_rest_is_processed(rules, tmp_path, name):
    bad = tmp_path / f"{name}.ndjson"
    bad.write_bytes(BAD_FILES[name])
    good = tmp_path / "zz-good.ndjson"
    good.write_bytes(GOOD_LINE)
    result = detect(rules, bad, good)
    check_told(result)
    assert bad.name in result.err, result
    assert [m["source"]["path"].endswith("zz-good.ndjson") for m in result.lines()] == [True], result
    assert stats(result)["peak_memory_bytes"] < 1200 * MIB


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_standard_input(rules, name):
    result = detect(rules, "-", stdin=BAD_FILES[name])
    check_told(result)
    assert result.out == ""


def test_text_that_is_not_utf8_inside_an_event_is_repaired_not_dropped(rules):
    result = detect(rules, "-", stdin=b'{"product":"windows","category":"process_creation","CommandLine":"run \xff it"}\n')
    [match] = result.lines()
    assert match["event"]["CommandLine"] == "run \ufffd it"


def test_an_empty_file_is_no_mistake(rules, tmp_path):
    (tmp_path / "empty.ndjson").write_bytes(b"")
    result = detect(rules, tmp_path / "empty.ndjson")
    assert (result.status, result.out) == (0, ""), result
    assert stats(result)["events"] == 0


def test_half_written_evtx_gives_what_it_has(rules, tmp_path, evtx):
    with open(evtx, "rb") as f:
        data = f.read()
    whole = stats(detect(rules, evtx))["events"]
    half = tmp_path / "half.evtx"
    starts = [m.start() for m in re.finditer(rb"\*\*\0\0", data)]
    half.write_bytes(data[: starts[len(starts) // 2] + 40])
    result = detect(rules, half)
    check_told(result)
    assert "half.evtx" in result.err, result
    assert 0 < stats(result)["events"] < whole


@pytest.mark.parametrize("at", [0, 8, 24, 40, 4096, 4096 + 8, 4096 + 48, 4096 + 512, 4096 + 600, 4096 + 700])
def test_evtx_with_wrong_bytes_does_not_crash(rules, tmp_path, evtx, at):
    with open(evtx, "rb") as f:
        data = bytearray(f.read())
    data[at:at + 16] = b"\xff" * 16
    (tmp_path / "wrong.evtx").write_bytes(data)
    assert detect(rules, tmp_path / "wrong.evtx").status in (0, 2)


def test_absent_input_is_named(rules, tmp_path):
    (tmp_path / "good.ndjson").write_bytes(GOOD_LINE)
    result = detect(rules, tmp_path / "absent.ndjson", tmp_path / "good.ndjson")
    assert result.status == 2 and "absent.ndjson" in result.err and len(result.lines()) == 1, result


def test_an_input_without_permission_is_named(rules, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    secret = tmp_path / "secret.ndjson"
    secret.write_bytes(GOOD_LINE)
    secret.chmod(0)
    result = detect(rules, secret)
    assert result.status == 2 and "secret.ndjson" in result.err, result


def test_a_broken_regex_is_named_with_its_place(rules, tmp_path):
    (rules / "broken.yml").write_text(RULE.replace("CommandLine|contains: run", "CommandLine|re: 'a(b'").replace("d01", "d02"))
    (tmp_path / "good.ndjson").write_bytes(GOOD_LINE)
    result = detect(rules, tmp_path / "good.ndjson")
    assert result.status == 0 and len(result.lines()) == 1, result
    assert "broken.yml" in result.err and "a(b" in result.err, result
    assert (stats(result)["rules_loaded"], stats(result)["rules_failed"]) == (1, 1)
    assert detect(rules, tmp_path / "good.ndjson", options=["--strict"]).status == 3


def test_no_rules_at_all_is_an_error(tmp_path):
    (tmp_path / "none").mkdir()
    (tmp_path / "good.ndjson").write_bytes(GOOD_LINE)
    result = program.run("detect", "--rules", tmp_path / "none", tmp_path / "good.ndjson")
    assert result.status != 0 and result.err, result
    result = program.run("detect", "--rules", tmp_path / "absent", tmp_path / "good.ndjson")
    assert result.status != 0 and "absent" in result.err, result


def test_terminal_escapes_of_a_log_do_not_reach_the_terminal(rules):
    line = json.dumps({**EVENT, "CommandLine": "run \x1b[2J\x07", "Computer": "PC\x1b]0;x\x07"}).encode()
    result = program.run("detect", "--rules", rules, "-", stdin=line + b"\n")
    assert result.status == 0 and result.out and "\x1b" not in result.out + result.err and "\x07" not in result.out, result


WRONG_USAGE = [
    ["detect"],
    ["detect", "--rules"],
    ["detect", "--rules", "x", "--jobs", "0", "-"],
    ["detect", "--rules", "x", "--jobs", "many", "-"],
    ["detect", "--rules", "x", "--no-such-option", "-"],
    ["detekt"],
    ["config", "check", "--config"],
    ["version", "extra"],
]


@pytest.mark.parametrize("args", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_is_status_1_with_a_word_of_help(args):
    for lang in ("C.UTF-8", "ja_JP.UTF-8"):
        result = program.run(*args, lang=lang)
        assert result.status == 1 and result.err and not result.out, result


def test_a_mistyped_verb_gets_a_suggestion():
    assert "detect" in program.run("detekt").err


def test_messages_speak_the_readers_language(tmp_path):
    english = program.run("detect", "--rules", tmp_path / "absent", "-").err
    japanese = program.run("detect", "--rules", tmp_path / "absent", "-", lang="ja_JP.UTF-8").err
    assert english.isascii() or "“" in english
    assert any("\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" for c in japanese), japanese
