"""What a Sigma rule means, as plainly as it can be said: no index, no cache, no speed. The oracle of test_matcher.py.

Written from the text of Sigma 2.1.0 and the choices that src/flow/detect/README.md names; it shares nothing with the program.
An event is a dict of field → value; a value is a text, a number, a truth value, None or a list of those.
"""
import base64
import functools
import ipaddress
import json
import re

DASHES = "-/\u2013\u2014\u2015"
POSITIONS = {"contains": ("*", "*"), "startswith": ("", "*"), "endswith": ("*", "")}
COMPARED = {"lt": lambda a, b: a < b, "lte": lambda a, b: a <= b, "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b}
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$")
STAR, ONE, DASH = object(), object(), object()


def text_of(value):
    return json.dumps(value) if isinstance(value, (bool, int, float)) else value


def units(written):
    """The five sentences of "Escape Character": characters, and STAR and ONE."""
    out, i = [], 0
    while i < len(written):
        two = written[i:i + 2]
        if two in ("\\\\", "\\*", "\\?"):
            out.append(two[1])
            i += 2
            continue
        out.append({"*": STAR, "?": ONE}.get(written[i], written[i]))
        i += 1
    return out


def wild_match(pattern, text):
    """The textbook's table: which prefixes of the text the pattern read so far can cover."""
    reach = {0}
    for unit in pattern:
        if unit is STAR:
            reach = set(range(min(reach), len(text) + 1)) if reach else reach
        else:
            reach = {i + 1 for i in reach if i < len(text) and (
                unit is ONE or (unit is DASH and text[i] in DASHES) or unit == text[i])}
    return len(text) in reach


def folded(item):
    return item.lower() if isinstance(item, str) and item.isascii() else item


@functools.lru_cache(maxsize=None)
def fold_text(text):
    return "".join(map(folded, text))


def static_parts(raw):
    """The digits of Base64 that do not change with what stands before and behind: those that two opposite fillings share."""
    parts = []
    for shift in range(3):
        tail = -(shift + len(raw)) % 3
        a, b = (base64.b64encode(fill * shift + raw + fill * tail).decode() for fill in (b"\0", b"\xff"))
        same = [i for i in range(len(a)) if a[i] == b[i]]
        parts.append(a[same[0]:same[-1] + 1] if same else None)
    return [p for p in parts if p is not None]


def encoded(values, name):
    raw = [v if isinstance(v, bytes) else v.encode() for v in values]
    if name == "base64":
        return [base64.b64encode(r).decode() for r in raw]
    if name == "base64offset":
        return [part for r in raw for part in static_parts(r)]
    texts = [r.decode() for r in raw]
    if name in ("wide", "utf16le"):
        return [t.encode("utf-16-le") for t in texts]
    if name == "utf16be":
        return [t.encode("utf-16-be") for t in texts]
    assert name == "utf16", name
    return [b"\xff\xfe" + t.encode("utf-16-le") for t in texts]


def text_predicate(written, modifiers):
    """A test of one text."""
    patterns, values = None, None
    for name in modifiers:
        if name in ("base64", "base64offset", "wide", "utf16le", "utf16be", "utf16"):
            if values is None:
                plain = units(written)
                assert all(isinstance(u, str) for u in plain)
                values = ["".join(plain)]
            values = encoded(values, name)
            continue
        if patterns is None:
            patterns = [units(written)] if values is None else [list(v) for v in values]
        if name == "windash":
            patterns = [[DASH if isinstance(u, str) and u in DASHES else u for u in p] for p in patterns]
        elif name in POSITIONS:
            front, back = POSITIONS[name]
            patterns = [[STAR] * bool(front) + p + [STAR] * bool(back) for p in patterns]
    if patterns is None:
        patterns = [units(written)] if values is None else [list(v) for v in values]
    if "cased" in modifiers:
        return lambda text: any(wild_match(p, text) for p in patterns)
    small = [[folded(u) for u in p] for p in patterns]
    return lambda text: any(wild_match(p, fold_text(text)) for p in small)


def number_of(text):
    return float(text) if NUMBER.match(text) else None


def in_network(network, text):
    try:
        address = ipaddress.ip_address(text)
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


@functools.lru_cache(maxsize=None)
def predicate(kind, value, modifiers):
    """A test of one value of an event, which is not None. kind: the value's type, for 1 and True are one key."""
    ordered = [m for m in modifiers if m in COMPARED]
    if "re" in modifiers:
        flags = sum({"i": re.I, "m": re.M, "s": re.S}.get(m, 0) for m in modifiers)
        pattern = re.compile(value, flags)
        return lambda text: pattern.search(text) is not None
    if "cidr" in modifiers:
        return lambda text: in_network(value, text)
    if ordered:
        return lambda text: number_of(text) is not None and COMPARED[ordered[0]](number_of(text), float(value))
    return text_predicate(text_of(value), modifiers)


def elements(event, field):
    """Every element of a field; a field that is not there has none, and an empty list is as if it were not there."""
    if field not in event:
        return []
    value = event[field]
    return value if isinstance(value, list) else [value]


def everything(event):
    return [v for field in event for v in elements(event, field)]


def one_value(event, field, value, modifiers):
    if "exists" in modifiers:
        return bool(elements(event, field)) == value
    if "fieldref" in modifiers:
        fold = (lambda t: t) if "cased" in modifiers else fold_text
        compare = {"contains": lambda a, b: b in a, "startswith": str.startswith, "endswith": str.endswith}
        how = next((compare[m] for m in modifiers if m in compare), str.__eq__)
        return any(how(fold(text_of(a)), fold(text_of(b))) for a in elements(event, field) for b in elements(event, value)
                   if a is not None and b is not None)
    if value is None:
        return not elements(event, field) or any(v is None for v in elements(event, field))
    if not field:
        among = everything(event)
        modifiers = modifiers if "re" in modifiers else [m for m in modifiers if m not in POSITIONS] + ["contains"]
    else:
        among = elements(event, field)
    holds = predicate(type(value), value, tuple(modifiers))
    return any(holds(text_of(v)) for v in among if v is not None)


def item(event, key, value):
    field, *modifiers = key.split("|")
    values = value if isinstance(value, list) else [value]
    answers = [one_value(event, field, v, modifiers) for v in values]
    whole = all(answers) if "all" in modifiers else any(answers)
    return whole != ("neq" in modifiers)


def search(event, node):
    """A search identifier: a map means all, a list any, a bare value a keyword."""
    if isinstance(node, dict):
        return all(item(event, key, value) for key, value in node.items())
    if isinstance(node, list):
        return any(search(event, n) for n in node)
    return item(event, "", node)


def of_pattern(names, pattern):
    if pattern == "them":
        return [n for n in names if not n.startswith("_")]
    return [n for n in names if re.fullmatch(pattern.replace("*", ".*"), n)]


def condition(event, detection, tree):
    """The tree of a condition: ("sel", name), ("not", x), ("and", x, …), ("or", x, …), ("of", "1" or "all", pattern)."""
    kind, *rest = tree
    if kind == "sel":
        return search(event, detection[rest[0]])
    if kind == "not":
        return not condition(event, detection, rest[0])
    if kind == "of":
        names = of_pattern([n for n in detection if n != "condition"], rest[1])
        return (any if rest[0] == "1" else all)(search(event, detection[n]) for n in names)
    return (all if kind == "and" else any)(condition(event, detection, x) for x in rest)


def written(tree):
    """The condition as an author writes it, with no more parentheses than precedence asks for: not, and, or."""
    kind, *rest = tree
    if kind == "sel":
        return rest[0]
    if kind == "of":
        return f"{rest[0]} of {rest[1]}"
    weaker = {"not": ("and", "or"), "and": ("or",), "or": ()}[kind]
    texts = [f"({written(x)})" if x[0] in weaker else written(x) for x in rest]
    return "not " + texts[0] if kind == "not" else f" {kind} ".join(texts)
