"""Every modifier with every wildcard, escape and type, and random rules on random events, against naive.py."""
import base64
import collections
import itertools
import json
import random

import naive
import pytest

from lib import program

SEED = 20261121
RANDOM_RULES, RANDOM_EVENTS, ROUNDS = 800, 120, 2


def found_by_program(folder, rules, events):
    """Title → numbers of the events that match."""
    (folder / "rules").mkdir()
    text = "".join("---\n" + json.dumps(r, ensure_ascii=False) + "\n" for r in rules)
    (folder / "rules/all.yml").write_text(text, encoding="utf-8")
    (folder / "events.ndjson").write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in events), encoding="utf-8")
    done = program.run("detect", "--rules", folder / "rules", "--json", "--stats", folder / "events.ndjson", timeout=120)
    stats = json.loads(done.err.strip().splitlines()[-1])
    assert done.status == 0 and stats["rules_failed"] == 0 and stats["rules_loaded"] == len(rules), done
    assert stats["events"] == len(events) and not stats["regex_exhausted"], done
    found = collections.defaultdict(set)
    for match in done.lines():
        found[match["rule"]["title"]].add(match["source"]["line"] - 1)
    return found


def check(folder, cases, events):
    """cases: (detection without condition, tree of the condition)."""
    rules = [{"title": str(i), "id": f"00000000-0000-4000-8000-{i:012d}", "detection": dict(d, condition=naive.written(t))}
             for i, (d, t) in enumerate(cases)]
    found = found_by_program(folder, rules, events)
    wrong, matches = [], 0
    for i, (detection, tree) in enumerate(cases):
        for k, event in enumerate(events):
            wanted = naive.condition(event, detection, tree)
            matches += wanted
            if wanted != (k in found[str(i)]):
                wrong.append((detection, naive.written(tree), event, f"must be {wanted}"))
    print(f"{len(cases)} rules, {len(events)} events, {matches} matches, {len(wrong)} wrong")
    assert matches > len(cases) // 2, "hardly anything matches: the table would say little"
    assert not wrong, f"{len(wrong)} differ, such as\n" + "\n".join(map(repr, wrong[:10]))


def words(alphabet, longest):
    return ["".join(w) for n in range(longest + 1) for w in itertools.product(alphabet, repeat=n)]


def single(key, values):
    return [({"s": {key: v}}, ("sel", "s")) for v in values]


def events_of(values):
    return [{"other": "x"}] + [{"F": v} for v in values]


@pytest.mark.parametrize("modifiers", ["", "|contains", "|startswith", "|endswith", "|cased", "|contains|cased",
                                       "|startswith|cased", "|endswith|cased", "|neq", "|contains|neq", "|windash",
                                       "|endswith|windash|cased"])
def test_wildcards_and_escapes(tmp_path, modifiers):
    """Every pattern of up to four of a, star, question mark and backslash, on every text of up to three of five."""
    patterns = words("a*?\\", 4)
    values = words("aA*\\b", 3) + ["a?", "?", "\u3042", "a\u3042", "\u3042a\u3042", "aaaa", "a\\*b\\", None, ["b", "a"]]
    check(tmp_path, single("F" + modifiers, patterns), events_of(values))


TEXTS = ["", "a", "A", "ab", "Ab", "abc", "xabc", "abcx", "xabcx", "ABC", "a*c", "a?c", "a\\c", "a\\*c", "a\\\\c", "-a", "/a", "\u2013a",
         "\u2015A b", "x -a /b", "x \u2014A /B y", "\u00e4", "\u00c4", "\u3042\u3044", "true", "false", "null", "0", "1", "-1", "1.5", "10", "4688", " 1",
         "1e", "10.1.2.3", "10.255.0.1", "192.168.7.255", "192.168.8.0", "fe80::1", "febf::1", "fec0::", "::1", "a\nb", "a\nabc", "abc\n"]
TYPES = [None, True, False, 0, 1, -1, 10, 4688, 1.5, [], ["a"], ["x", "abc"], [None], [None, "a"], ["a", 1, True], ["ab", "-a"]]


def table_events():
    return events_of(TEXTS + TYPES) + [{"F": a, "G": b} for a in ("abc", "ABC", "a", 1, None, ["x", "a"]) for b in
                                       ("abc", "b", "", "1", 1, None, ["a", "y"])]


def test_every_type(tmp_path):
    values = ["a", "abc", "", "*", "?", "1", 1, 0, -1, 1.5, True, False, None, "true", "null", "\u00e4", "a\\*c", "a?c", "\u3042?"]
    pairs = [list(p) for p in itertools.product(values, repeat=2)]
    cases = single("F", values) + single("F|neq", values) + single("F", pairs) + single("F|all", pairs) + single("F|all|neq", pairs)
    texts = [p for p in pairs if all(isinstance(v, str) for v in p)]
    for m in ("contains", "startswith", "endswith", "cased", "contains|cased", "contains|windash"):
        cases += single("F|" + m, texts) + single(f"F|{m}|all", texts) + single(f"F|{m}|neq", texts)
    check(tmp_path, cases, table_events())


def test_every_other_modifier(tmp_path):
    numbers = [0, 1, -1, 10, 1.5, 4688, "10"]
    cases = []
    for m in ("lt", "lte", "gt", "gte"):
        cases += single("F|" + m, numbers) + single(f"F|{m}|neq", numbers) + single(f"F|{m}|all", [[0, 10], [1, 4688]])
    cases += single("F|exists", [True, False]) + single("F|exists|neq", [True, False])
    networks = ["10.0.0.0/8", "10.1.2.3", "10.1.2.3/32", "192.168.4.0/22", "0.0.0.0/0", "fe80::/10", "::1/128", "::/0"]
    cases += single("F|cidr", networks + [networks]) + single("F|cidr|neq", networks)
    expressions = ["a", "^a", "a$", "^a.c$", "a.b", "A", "^$", "[a-b]{2}", "(ab|b)c?", "x?abc", "ab*c", "^b", "[^a-z]", "\\.", "a\\\\c", "abc",
                   "abcd?", "ab{0}c", "^(abc|x)", "(?:abc)?x", "\\d+$"]
    for flags in itertools.chain.from_iterable(itertools.combinations("ims", n) for n in range(4)):
        # In PCRE, the specification's flavour, a line does not begin behind the last newline; in Python's it does.
        known = [e for e in expressions if e != "^$" or "m" not in flags]
        cases += single("F|re" + "".join("|" + f for f in flags), known)
    cases += single("F|re|neq", expressions) + single("F|re|all", [["a", "b"], ["a", "c$"]])
    for m in ("", "|cased", "|neq", "|contains", "|startswith", "|endswith", "|contains|neq", "|endswith|cased"):
        cases += single("F|fieldref" + m, ["G", "F", "missing"])
    keywords = ["a", "AB", "a*c", "a\\*c", "1", "true", "\u3042", ["abc", "x"], "x?b"]
    cases += [({"s": k}, ("sel", "s")) for k in keywords] + single("|all", [["a", "b"], ["a", "zz"]]) + single("|re", ["^a.c$"])
    check(tmp_path, cases, table_events())


ENCODINGS = ["base64", "base64offset", "wide|base64", "utf16le|base64", "utf16be|base64", "utf16|base64", "wide|base64offset",
             "utf16le|base64offset", "utf16be|base64offset", "utf16|base64offset"]


def test_every_encoding(tmp_path):
    plain = ["foobar", "ab", "abc", "abcd", "cmd", "ping -n", "\u3042", "\u00e4b", "http://x", "a\\b", "IEX("]
    subjects = []
    for text in plain + ["fooba", "cm", "nothing"]:
        for raw in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"), b"\xff\xfe" + text.encode("utf-16-le")):
            for front, back in itertools.product((b"", b"x", b"xy"), (b"", b"1")):
                subjects.append(base64.b64encode(front + raw + back).decode())
    subjects += ["run " + s + " now" for s in subjects[::7]]
    cases = [c for e in ENCODINGS for m in ("", "|contains", "|startswith", "|endswith") for c in single(f"F|{e}{m}", plain)]
    cases += [c for e in ENCODINGS for c in single(f"F|{e}|contains|cased", plain)]
    check(tmp_path, cases, events_of(subjects))


# ---- random rules on random events ----

FIELDS = ["F", "G", "H.I", "K"]
PIECES = ["a", "B", "cmd", ".exe", "\\", "\\sys", "*", "?", "-", "/", "\\*", "\u3042", "10.1.2.3", " ", "net", "user", "%", "_", "0x", "C:"]
MODIFIERS = ["", "contains", "startswith", "endswith", "cased", "contains|cased", "contains|all", "contains|windash", "endswith|neq", "neq",
             "re", "re|i", "exists", "gt", "lte", "cidr", "fieldref", "null", "base64offset|contains"]


def a_text(r, pieces, most):
    return "".join(r.choice(pieces) for _ in range(r.randint(0, most)))


def an_item(r):
    field, modifiers = r.choice(FIELDS), r.choice(MODIFIERS)
    key = field + ("|" + modifiers if modifiers and modifiers != "null" else "")
    if modifiers == "null":
        return key, None
    if modifiers == "exists":
        return key, r.random() < 0.5
    if modifiers in ("gt", "lte"):
        return key, r.choice([0, 1, 7, 4688])
    if modifiers == "cidr":
        return key, r.choice(["10.0.0.0/8", "10.1.0.0/16", "::/0"])
    if modifiers == "fieldref":
        return key, r.choice(FIELDS)
    if modifiers.startswith("re"):
        return key, r.choice(["cmd", "^C:", "(net|user)", "a+B?", "cmd\\.exe", "[aB]cmd", "net ?user", "sys.*exe$", "abc|cmd"])
    if modifiers.startswith("base64"):
        return key, r.choice(["cmd", "net user"])
    texts = [a_text(r, PIECES, 3) for _ in range(r.randint(1, 4))]
    return key, texts if len(texts) > 1 or "all" in modifiers else texts[0]


def a_search(r):
    kind = r.random()
    if kind < 0.7:
        return dict(an_item(r) for _ in range(r.randint(1, 3)))
    if kind < 0.85:
        return [dict(an_item(r) for _ in range(r.randint(1, 2))) for _ in range(r.randint(1, 3))]
    return [a_text(r, PIECES, 2) or "cmd" for _ in range(r.randint(1, 2))]


def a_tree(r, names, depth):
    kind = r.random()
    if depth == 0 or kind < 0.3:
        return ("sel", r.choice(names))
    if kind < 0.45:
        return ("not", a_tree(r, names, depth - 1))
    if kind < 0.6:
        return ("of", r.choice(["1", "all"]), r.choice(["them", "sel_*", "filter*"]))
    return (r.choice(["and", "or"]), *(a_tree(r, names, depth - 1) for _ in range(r.randint(2, 3))))


def a_rule(r):
    names = ["sel_a", "sel_b", "filter", "_hidden"]
    return {n: a_search(r) for n in names}, a_tree(r, names, 3)


def an_event(r):
    plain = [p for p in PIECES if p not in ("\\*",)]

    def value():
        return r.choice([a_text(r, plain, 3), a_text(r, plain, 6), r.choice(["cmd.exe", "C:\\sys\\cmd.exe", "net user", "Y21k", "10.1.2.3", "::1"]),
                         r.choice([0, 1, 7, 8, 4688]), None, True])

    event = {}
    for field in FIELDS:
        if r.random() < 0.75:
            event[field] = [value() for _ in range(r.randint(1, 3))] if r.random() < 0.2 else value()
    return event or {"F": "a"}


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_random_rules_on_random_events(tmp_path, seed):
    r = random.Random(SEED + seed)
    events = [an_event(r) for _ in range(RANDOM_EVENTS)]
    check(tmp_path, [a_rule(r) for _ in range(RANDOM_RULES)], events + events[:20])
