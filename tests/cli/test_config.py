"""The configuration file: a wrong key or value is named with file, line, value and what would be right."""
import pytest

from lib import program


def check(tmp_path, text, lang="C.UTF-8"):
    path = tmp_path / "noroshi.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return program.run("config", "check", "--config", path, lang=lang)


def test_a_good_file_passes(tmp_path):
    assert check(tmp_path, "listen:\n  http: 127.0.0.1:9000\nlog:\n  level: debug\n").status == 0


WRONG = {
    "unknown key": ("http:\n  workerz: 4\n", ["noroshi.yaml:2", "workerz", "workers"]),
    "unknown section": ("htp:\n  workers: 4\n", ["noroshi.yaml:1", "htp"]),
    "not a number": ("\nhttp:\n  workers: four\n", ["noroshi.yaml:3", "four"]),
    "out of range": ("http:\n  workers: 65\n", ["noroshi.yaml:2", "65", "64"]),
    "negative": ("http:\n  workers: -1\n", ["noroshi.yaml:2", "-1"]),
    "not a choice": ("log:\n  level: loud\n", ["noroshi.yaml:2", "loud", "warning"]),
    "not a boolean": ("metrics:\n  remote: maybe\n", ["noroshi.yaml:2", "maybe"]),
    "not an address": ("listen:\n  http: nowhere\n", ["noroshi.yaml:2", "nowhere"]),
    "port too large": ("listen:\n  http: 127.0.0.1:70000\n", ["noroshi.yaml:2", "70000"]),
    "twice": ("log:\n  level: info\n  level: debug\n", ["noroshi.yaml:3", "level"]),
    "a tab": ("log:\n\tlevel: info\n", ["noroshi.yaml:2"]),
    "a list for a value": ("log:\n  level: [info]\n", ["noroshi.yaml:2"]),
    "not YAML": ("log: {level\n", ["noroshi.yaml:"]),
    "binary": (b"\x00\x01\x02\xff", ["noroshi.yaml"]),
    "not UTF-8": (b"log:\n  level: \xff\xfe\n", ["noroshi.yaml"]),
    "absent file named": ("tls:\n  certificate: /nonexistent/chain.pem\n", ["noroshi.yaml:2", "/nonexistent/chain.pem"]),
    "alias bomb": ("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n", ["noroshi.yaml"]),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("lang", ["C.UTF-8", "ja_JP.UTF-8"])
def test_a_mistake_is_named(tmp_path, name, lang):
    text, wanted = WRONG[name]
    result = check(tmp_path, text, lang)
    assert result.status not in (0, 1), result
    for words in wanted:
        assert words in result.err, f"{words!r} is not in: {result.err}"


def test_an_absent_file_is_named(tmp_path):
    result = program.run("config", "check", "--config", tmp_path / "absent.yaml")
    assert result.status != 0 and "absent.yaml" in result.err


def test_empty_file_is_all_defaults(tmp_path):
    assert check(tmp_path, "").status == 0
    assert "127.0.0.1:8640" in program.run("config", "show", "--config", tmp_path / "noroshi.yaml").out


@pytest.mark.parametrize("lang", ["C.UTF-8", "ja_JP.UTF-8"])
def test_half_a_verb_names_what_goes_on(lang):
    result = program.run("config", lang=lang)
    assert result.status == 1 and "config check, config show, config doc" in result.err


def test_the_words_of_the_system_are_translated(tmp_path):
    result = program.run("detect", "--rules", tmp_path / "absent", "-", lang="ja_JP.UTF-8")
    assert result.status != 0 and "そのようなファイルやフォルダーはありません" in result.err
