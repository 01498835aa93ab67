"""`noroshi content list` and `content check`: overriding without touching the program, mistakes named like a compiler."""
import json
import os

from lib import program

BUILT_IN = os.path.join(program.ROOT, "content")


def own_copy(data, path, *changes):
    """A copy of a built-in file in the data folder with (old, new) replaced."""
    with open(os.path.join(BUILT_IN, path), encoding="utf-8") as f:
        text = f.read()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    target = data / "content" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return str(target)


def test_what_ships_has_no_mistakes(noroshi, tmp_path):
    done = noroshi("content", "check", "--json", "--data", str(tmp_path))
    assert done.status == 0, done
    assert json.loads(done.out) == {"problems": 0, "notes": 0, "findings": []}
    rows = {r["id"]: r for r in json.loads(noroshi("content", "list", "--json", "--data", str(tmp_path)).out)["content"]}
    assert rows["x1060-2021"]["items"] == 64 and rows["isogj-v2.1"]["items"] == 54 and rows["meti3"]["items"] == 10
    assert rows["iso27001"]["items"] == 93 and rows["iso27001"]["mapped"] < 93, "not everything has a counterpart, and we say so"
    assert all(r["origin"] == "built_in" and r["edition"] for r in rows.values())


def test_a_copy_in_the_data_folder_is_used(noroshi, tmp_path):
    own_copy(tmp_path, "frameworks/meti-v3.yaml", ('edition: "v3.0 (2023-03)"', 'edition: "our own"'))
    rows = {r["id"]: r for r in json.loads(noroshi("content", "list", "--json", "--data", str(tmp_path)).out)["content"]}
    assert rows["meti3"]["edition"] == "our own" and rows["meti3"]["origin"] == "overridden"


def test_an_official_mapping_replaces_ours(noroshi, tmp_path):
    path = own_copy(tmp_path, "mappings-frameworks/first-csirt-2.1.yaml", ("basis: judgement", "basis: official"),
                    ("id: first-x1060-2021", "id: first-official"))
    os.rename(path, os.path.join(os.path.dirname(path), "isogj-annex.yaml"))
    rows = {r["id"]: r for r in json.loads(noroshi("content", "list", "--json", "--data", str(tmp_path)).out)["content"]}
    assert rows["first"]["mapping"] == "official" and rows["csf2"]["mapping"] == "judgement"


def test_every_mistake_has_its_place(noroshi, tmp_path):
    lens = own_copy(tmp_path, "frameworks/sim3-v2i.yaml", ('group: "O"', 'group: "Q"'))
    mapping = own_copy(tmp_path, "mappings-frameworks/nist-csf-2.0.yaml", ("service: A-1\n", "service: A-99\n"),
                       ("kind: overlaps", "kind: resembles"), ('item: "DE.CM"', 'item: "DE.ZZ"'))
    framework = own_copy(tmp_path, "frameworks/x1060-2021.yaml", ("level: basic", "level: basik"))
    done = noroshi("content", "check", "--json", "--data", str(tmp_path))
    assert done.status == 3, done
    found = [(f["path"], f["key"], f["value"]) for f in json.loads(done.out)["findings"] if f["severity"] == "error"]
    assert (lens, "err.reader.word", "Q") in found
    assert (framework, "err.reader.word", "basik") in found
    assert {(k, v) for p, k, v in found if p == mapping} >= {("err.lens.no_item", "DE.ZZ")}
    assert len([1 for p, k, v in found if p == mapping]) == 2 or len([1 for p, k, v in found if p == mapping]) == 3
    for finding in json.loads(done.out)["findings"]:
        if finding["severity"] == "error" and finding["path"] in (lens, framework):
            line = open(finding["path"], encoding="utf-8").read().splitlines()[finding["line"] - 1]
            assert finding["value"] in line[finding["column"] - 1:], finding


def test_a_mapping_that_is_silent_is_noted(noroshi, tmp_path):
    own_copy(tmp_path, "mappings-frameworks/iso-27001-2022.yaml", ('  - item: "A.6.4"\n    kind: none\n    certainty: medium\n', ""))
    done = noroshi("content", "check", "--json", "--data", str(tmp_path))
    told = json.loads(done.out)
    assert done.status == 0 and told["notes"] == 1 and told["findings"][0]["value"] == "A.6.4"


def test_it_speaks_japanese(noroshi, tmp_path):
    own_copy(tmp_path, "frameworks/meti-v3.yaml", ("kind: lens", "kind: lens\nkindd: lens"))
    done = noroshi("content", "check", "--lang", "ja", "--data", str(tmp_path))
    assert done.status == 3 and "ここでは使えません" in done.out and "誤り" in done.out
