#!/usr/bin/env python3
"""Compiles po/<room>.<lang>.po into a C table: gen_words.py OUT.c DEPFILE PO_FOLDER
Checks that the words used exist:              gen_words.py --lint SOURCE_ROOT

msgid is the key, msgstr the sentence; msgctxt, plural forms and fuzzy entries are refused because the program has no use
for them. The build fails on a key that lacks a language, a key written twice, an empty sentence, and a placeholder
({name}) that one language has and the other has not. The output depends on the files' bytes only.
"""
import os
import re
import sys

LANGS = ["en", "ja"]  # in the order of enum lang
KEY = re.compile(r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+$")
PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "r": "\r"}


class Problem(Exception):
    pass


def unquote(text, where):
    text = text.strip()
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        raise Problem(f"{where}: a quoted string is expected: {text}")
    out, at = [], 1
    while at < len(text) - 1:
        c = text[at]
        if c == "\\":
            at += 1
            if text[at] not in ESCAPES or at >= len(text) - 1:
                raise Problem(f"{where}: unknown escape \\{text[at]}")
            c = ESCAPES[text[at]]
        elif c == '"':
            raise Problem(f"{where}: a quote inside a string needs a backslash")
        out.append(c)
        at += 1
    return "".join(out)


def read_po(path):
    """Yields (line, msgid, msgstr)."""
    entry, target, start = {}, None, 0
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    for number, line in enumerate(lines + [""], 1):
        where = f"{path}:{number}"
        text = line.strip()
        if text.startswith("#,") and "fuzzy" in text:
            raise Problem(f"{where}: fuzzy entries are not taken; settle the sentence and remove the mark")
        if text.startswith("#"):
            continue
        word = text.split(None, 1)[0] if text else ""
        if word in ("msgctxt", "msgid_plural") or word.startswith("msgstr["):
            raise Problem(f"{where}: {word} is not used here")
        if word == "msgid" or not text:
            if "msgid" in entry and (word == "msgid" or not text):
                if "msgstr" not in entry:
                    raise Problem(f"{where}: msgid without msgstr")
                yield start, entry["msgid"], entry["msgstr"]
                entry, target = {}, None
        if not text:
            continue
        if word in ("msgid", "msgstr"):
            if word == "msgid":
                start = number
            elif "msgid" not in entry or "msgstr" in entry:
                raise Problem(f"{where}: msgstr without msgid")
            entry[word], target = unquote(text[len(word):], where), word
        elif text.startswith('"') and target:
            entry[target] += unquote(text, where)
        else:
            raise Problem(f"{where}: not understood: {text}")


def load(folder):
    """{key: {lang: (text, where)}} of a folder, checked."""
    words, problems = {}, []
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".po"):
            continue
        path = os.path.join(folder, name)
        lang = name[:-3].rpartition(".")[2]
        if lang not in LANGS:
            problems.append(f"{path}: the name must end with one of {', '.join('.' + x + '.po' for x in LANGS)}")
            continue
        try:
            entries = list(read_po(path))
        except (Problem, UnicodeDecodeError) as problem:
            problems.append(str(problem))
            continue
        for line, key, text in entries:
            where = f"{path}:{line}"
            if not key:
                continue  # the header entry that gettext's tools write
            if not KEY.match(key):
                problems.append(f"{where}: not a key: {key!r} (room.thing)")
            elif not text.strip():
                problems.append(f"{where}: {key} has no sentence")
            elif lang in words.setdefault(key, {}):
                problems.append(f"{where}: {key} is already at {words[key][lang][1]}")
            else:
                words[key][lang] = (text, where)
    for key, texts in sorted(words.items()):
        if not texts:
            continue
        for lang in LANGS:
            if lang not in texts:
                problems.append(f"{next(iter(texts.values()))[1]}: {key} has no sentence in {lang}")
        names = {lang: set(PLACEHOLDER.findall(text)) for lang, (text, _) in texts.items()}
        if len(names) == len(LANGS) and len({frozenset(n) for n in names.values()}) > 1:
            shown = "; ".join(f"{lang} {sorted(n)}" for lang, n in sorted(names.items()))
            problems.append(f"{texts[LANGS[0]][1]}: {key} has different placeholders: {shown}")
    return words, problems


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'


def generate(out_path, depfile, folder):
    words, problems = load(folder)
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    with open(out_path, "w", encoding="utf-8") as f:
        f.write('/* Made by tools/gen_words.py; do not edit. */\n#include "craft/words/internal.h"\n\n')
        f.write("const struct word_row words_table[] = {\n")
        for key in sorted(words, key=lambda k: k.encode()):
            texts = ", ".join(f"STR_INIT({c_string(words[key][lang][0])})" for lang in LANGS)
            f.write(f"\t{{STR_INIT({c_string(key)}), {{{texts}}}}},\n")
        if not words:
            f.write("\t{{0}, {{0}}},\n")
        f.write(f"}};\nconst size_t words_table_count = {len(words)};\n")
    files = [folder] + sorted(os.path.join(folder, n) for n in os.listdir(folder) if n.endswith(".po"))
    with open(depfile, "w", encoding="utf-8") as f:
        f.write(f"{out_path}: " + " ".join(p.replace(" ", "\\ ") for p in files) + "\n")
    return 0


# ---- lint ---------------------------------------------------------------------------------------------------------

STRING = r'"((?:[^"\\]|\\.)*)"'
USES = [
    re.compile(r"\berr_set(?:_value|_errno)?\s*\(\s*[^;\"]*?" + STRING),
    re.compile(r"\bview_word\s*\([^;\"]*" + STRING + r"\s*,\s*" + STRING),
    re.compile(r"\bwords_(?:get|has|add)\s*\([^;\"]*STR\(" + STRING + r"\)"),
]
ERR_KEY = re.compile(r'"(err(?:\.[a-z0-9_]+){2,})"')
T_KEY = re.compile(r"\{\{\s*t:\s*([^\s}]+)\s*\}\}")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def files_below(folder, *ends):
    for root, dirs, names in os.walk(folder):
        dirs[:] = [d for d in dirs if d != "node_modules"]
        for name in sorted(names):
            if name.endswith(ends):
                yield os.path.join(root, name)


def lint(root):
    words, problems = load(os.path.join(root, "po"))
    literals, missing = set(), []
    for path in files_below(os.path.join(root, "src"), ".c", ".h"):
        with open(path, encoding="utf-8") as f:
            text = COMMENT.sub(lambda m: "\n" * m.group().count("\n"), f.read())
        literals.update(re.findall(STRING, text))
        for pattern in USES + [ERR_KEY]:
            for match in pattern.finditer(text):
                key = match.group(match.lastindex)
                if KEY.match(key) and key not in words:
                    missing.append(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: no words for {key}")
    for path in files_below(os.path.join(root, "web", "templates"), ".html"):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for match in T_KEY.finditer(text):
            literals.add(match.group(1))
            if match.group(1) not in words:
                missing.append(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: no words for {match.group(1)}")
    problems += sorted(set(missing))
    # Keys are also built from a literal that ends with a dot ("role." + name), or from a format ("alert.state.%s").
    prefixes = tuple(x for x in {re.split(r"%", s)[0] for s in literals} if x.endswith(".") and KEY.match(x + "x"))
    for key in sorted(words):
        base = key[:-4] if key.endswith(".fix") else key
        if base in literals or key.startswith(("cli.", "perm.", "api.")) or (prefixes and key.startswith(prefixes)):
            continue
        where = next(iter(words[key].values()))[1]
        print(f"{where}: warning: nobody uses {key}", file=sys.stderr)
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--lint"]:
        sys.exit(lint(sys.argv[2] if len(sys.argv) > 2 else "."))
    sys.exit(generate(*sys.argv[1:4]))
