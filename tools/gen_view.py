#!/usr/bin/env python3
"""Compiles web/templates/**/*.html into C op tables: gen_view.py OUT.c DEPFILE TEMPLATE_FOLDER PO_FOLDER SYMBOL

Syntax (Mustache, cut to what pages need): {{name}} {{a.b}} {{#section}}…{{/section}} {{^inverted}}…{{/inverted}}
{{> folder/partial}} {{! comment }} {{t:words.key}} and {{$block}}…{{/block}}: a block renders in place and is also a template
of its own, "alert/list#rows", for fragments. {{> folder/partial at_x}} puts the partial in with the flag at_x set: sections on
names that begin with at_ are decided here, at build. {{< css/tokens.css}} puts in a style sheet of web/ as <style>, in templates of
report/ only: those become files, which no content security policy guards and which must not need others. A tag that stands alone on its line takes the line away with it.

The HTML around each variable is followed, so that escaping is decided here and not by the writer. The build fails on: an
unknown partial or words key, a circle of partials, an unbalanced section, a section that ends in another HTML context than
it began, a variable in a tag or attribute name, an unquoted attribute, a comment, <script>, <style>, style=, on…=, srcdoc= or
an hx- attribute that takes code or JSON, and on any inline script or style at all (the content security policy forbids them).
"""
import os
import re
import sys

import gen_words

TAG = re.compile(r"\{\{(.*?)\}\}", re.S)
NAME = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")
COMMENT = re.compile(r"/\*.*?\*/", re.S)  # of a style sheet
SHEET = re.compile(r"^[a-z][a-z0-9_/]*\.css$")
PARTIAL = re.compile(r"^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*$")
URL_ATTRIBUTES = {"href", "src", "action", "formaction", "poster", "cite", "data", "xlink:href", "hx-get", "hx-post", "hx-put",
                  "hx-patch", "hx-delete", "hx-push-url", "hx-replace-url"}
CLOSED_ATTRIBUTES = {"style", "srcdoc", "srcset", "hx-vals", "hx-headers", "hx-vars", "hx-request", "hx-config", "hx-trigger"}
SPACE = " \t\r\n\f"


class Problem(Exception):
    pass


class Html:
    """Follows HTML far enough to know where a variable stands."""

    def __init__(self):
        self.kind = "text"   # text, open, tag, value, unquoted, comment, raw
        self.element = ""    # name of the tag being read, or of the raw element
        self.attribute = ""
        self.quote = ""
        self.begun = False   # the value has text before here; None = it depends on a section
        self.closing = False
        self.has_src = False
        self.glued = False   # the tag's name ends here unless a space follows

    def key(self):
        if self.kind == "value":
            return (self.kind, self.element, self.attribute, self.quote)
        if self.kind in ("raw", "tag"):
            return (self.kind, self.element)
        return (self.kind,)

    def feed(self, text):
        at = 0
        while at < len(text):
            at = getattr(self, "in_" + self.kind)(text, at)
        if self.kind == "open" and self.element:  # "<li{{#on}} class=…": the section stands behind the name
            self.kind, self.attribute, self.glued = "tag", "", True

    def in_text(self, text, at):
        end = text.find("<", at)
        if end < 0:
            return len(text)
        if text.startswith("<!--", end):
            self.kind = "comment"
            return end + 4
        if end + 1 < len(text) and (text[end + 1].isalpha() or text[end + 1] in "/!"):
            self.kind, self.element, self.has_src = "open", "", False
            self.closing = text[end + 1] == "/"
            return end + (2 if self.closing or text[end + 1] == "!" else 1)
        if end + 1 >= len(text):
            raise Problem("a tag is cut by a variable after '<'")
        raise Problem("'<' that begins no tag: write &lt;")

    def in_open(self, text, at):
        while at < len(text) and text[at] not in SPACE + "/>":
            self.element += text[at].lower()
            at += 1
        if at < len(text):
            self.kind, self.attribute = "tag", ""
        return at

    def in_tag(self, text, at):
        c = text[at]
        if self.glued and c not in SPACE + "/>":
            raise Problem(f"the tag name {self.element} goes on behind a section")
        self.glued = False
        if c == ">":
            self.finish_attribute()
            raw = self.element in ("script", "style", "textarea", "title") and not self.closing
            if self.element == "script" and not self.closing and not self.has_src:
                raise Problem("inline <script>: put it in a file of web/js")
            if self.element == "style":
                raise Problem("inline <style>: put it in a file of web/css")
            self.kind = "raw" if raw else "text"
        elif c in SPACE or c == "/":
            if text[at:].lstrip(SPACE)[:1] != "=":
                self.finish_attribute()
        elif c == "=":
            rest = text[at + 1:]
            if rest[:1] in ('"', "'"):
                self.kind, self.quote, self.begun = "value", rest[0], False
                self.check_attribute()
                return at + 2
            if not rest:
                raise Problem(f"variable in the unquoted attribute {self.attribute}")
            self.kind = "unquoted"
            self.check_attribute()
        else:
            self.attribute += c.lower()
        return at + 1

    def check_attribute(self):
        if self.attribute == "style":
            raise Problem("style= is inline style: the content security policy forbids it")
        if self.attribute.startswith("on") or self.attribute.startswith("hx-on"):
            raise Problem(f"{self.attribute}= is inline script: the content security policy forbids it")
        if self.attribute == "src":
            self.has_src = True

    def finish_attribute(self):
        self.attribute = ""

    def in_value(self, text, at):
        end = text.find(self.quote, at)
        if end < 0:
            self.begun = True
            return len(text)
        self.kind = "tag"
        self.finish_attribute()
        return end + 1

    def in_unquoted(self, text, at):
        while at < len(text) and text[at] not in SPACE + ">":
            at += 1
        if at >= len(text):
            raise Problem(f"unquoted attribute {self.attribute} runs into a variable")
        self.kind = "tag"
        self.finish_attribute()
        return at

    def in_comment(self, text, at):
        end = text.find("-->", at)
        if end < 0:
            return len(text)
        self.kind = "text"
        return end + 3

    def in_raw(self, text, at):
        end = text.lower().find("</" + self.element, at)
        if end < 0:
            return len(text)
        self.kind, self.closing, name = "open", True, self.element
        self.element = ""
        return end + 2

    def escape_for(self, what):
        """The escape of a variable that stands here, or a Problem."""
        if self.kind == "text" or (self.kind == "raw" and self.element in ("textarea", "title")):
            return "ESCAPE_TEXT" if self.kind == "text" else "ESCAPE_ATTRIBUTE"
        if self.kind != "value":
            raise Problem(f"{what} stands in {'<' + self.element + '>' if self.kind == 'raw' else 'a ' + self.kind}; only text and quoted attribute values take one")
        if self.attribute in CLOSED_ATTRIBUTES:
            raise Problem(f"{what} stands in {self.attribute}=")
        if self.attribute not in URL_ATTRIBUTES:
            self.begun = True
            return "ESCAPE_ATTRIBUTE"
        if self.begun is None:
            raise Problem(f"{what}: whether it begins the address in {self.attribute}= depends on a section")
        escape = "ESCAPE_URL_PART" if self.begun else "ESCAPE_URL"
        self.begun = True
        return escape


def fnv(name):
    value = 0x811C9DC5
    for byte in name.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def pieces_of(text):
    """Yields (kind, value, line): "text" or the tag's sign; lines of tags that stand alone are taken away."""
    at, line = 0, 1
    out = []
    for match in TAG.finditer(text):
        before = text[at:match.start()]
        line += before.count("\n")
        body = match.group(1)
        sign = body[0] if body[:1] in "#^/><!$" else ("t:" if body.strip().startswith("t:") else "")
        end = match.end()
        if sign and sign != "t:":
            start_of_line = before.rpartition("\n")[2]
            alone_before = start_of_line.strip(" \t") == "" and ("\n" in before or at == 0 or text[at - 1:at] == "\n")
            rest = re.match(r"[ \t]*(\r?\n|$)", text[end:])
            if alone_before and rest:
                before = before[:len(before) - len(start_of_line)]
                end += rest.end()
        if before:
            out.append(("text", before, line))
        name = body.strip() if sign == "" else body.strip()[len(sign):].strip()
        out.append((sign or "value", name, line))
        line += text[match.start():end].count("\n")
        at = end
    if text[at:]:
        out.append(("text", text[at:], line))
    return out


class Compiler:
    def __init__(self, folder, words):
        self.folder, self.words = folder, words
        self.names = sorted(os.path.relpath(p, folder)[:-5] for p in gen_words.files_below(folder, ".html"))
        self.ops, self.blocks, self.partials, self.problems = {}, {}, {}, []
        self.sheets = set()
        self.reading = []  # partials being put in with flags

    def compile(self, name):
        self.blocks[name], self.partials[name], self.ops[name] = [], [], []
        self.read(name, name, frozenset(), self.ops[name])

    def read(self, name, source, flags, ops):
        """Compiles the file of template `source` into ops of template `name`."""
        path = os.path.join(self.folder, source + ".html")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        html, stack, line = Html(), [], 1
        try:
            for kind, value, line in pieces_of(text):
                self.piece(name, kind, value, html, ops, stack, flags)
            if stack:
                raise Problem(f"{stack[-1][1]} is not closed")
            if html.kind != "text":
                raise Problem(f"the template ends inside a {html.kind}")
        except Problem as problem:
            self.problems.append(f"{path}:{line}: {problem}")

    def piece(self, name, kind, value, html, ops, stack, flags):
        if kind != "/" and any(entry[0] == "off" for entry in stack):  # followed for its HTML context, written nowhere
            ops = []
        if kind in "#^" and value.startswith("at_"):
            stack.append(("on" if (value in flags) == (kind == "#") else "off", value, len(ops), html.key(), html.begun))
        elif kind == "text":
            html.feed(value)
            ops.append(["OP_TEXT", "ESCAPE_TEXT", 0, 0, value])
        elif kind == "value":
            if not NAME.match(value):
                raise Problem(f"not a name: {value!r}")
            ops.append(["OP_VALUE", html.escape_for("{{" + value + "}}"), 0, fnv(value.split(".")[0]), value])
        elif kind == "t:":
            if value not in self.words:
                raise Problem(f"no words for {value}")
            escape = html.escape_for("{{t:" + value + "}}")
            if escape.startswith("ESCAPE_URL"):
                raise Problem("words in an address")
            ops.append(["OP_WORD", escape, 0, 0, value])
        elif kind in "#^$":
            if not NAME.match(value):
                raise Problem(f"not a name: {value!r}")
            if kind == "$" and html.kind != "text":
                raise Problem(f"block {value} begins inside a {html.kind}")
            stack.append((kind, value, len(ops), html.key(), html.begun))
            if kind != "$":
                ops.append(["OP_SECTION" if kind == "#" else "OP_INVERTED", "ESCAPE_TEXT", 0, fnv(value.split(".")[0]), value])
        elif kind == "/":
            self.close(name, value, html, ops, stack)
        elif kind == "<":
            ops.append(["OP_TEXT", "ESCAPE_TEXT", 0, 0, self.sheet(name, value, html)])
        elif kind == ">":
            value, *given = value.split()
            if not PARTIAL.match(value) or value not in self.names:
                raise Problem(f"no template {value}")
            if html.kind != "text":
                raise Problem(f"partial {value} inside a {html.kind}")
            if any(not flag.startswith("at_") or not NAME.match(flag) for flag in given):
                raise Problem(f"flags of a partial begin with at_: {' '.join(given)}")
            self.partials[name].append(value)
            if given:
                if value in self.reading:
                    raise Problem(f"{value} is a circle")
                self.reading.append(value)
                self.read(name, value, frozenset(given), ops)
                self.reading.pop()
            else:
                ops.append(["OP_PARTIAL", "ESCAPE_TEXT", value, 0, value])

    def sheet(self, name, value, html):
        """A style sheet of web/ as an element, for a template that becomes a file."""
        path = os.path.join(os.path.dirname(self.folder), value)
        if not name.startswith("report/"):
            raise Problem(f"style sheet {value} outside report/: link it")
        if not SHEET.match(value) or not os.path.isfile(path):
            raise Problem(f"no style sheet {value}")
        if html.kind != "text":
            raise Problem(f"style sheet {value} inside a {html.kind}")
        with open(path, encoding="utf-8") as f:
            text = COMMENT.sub("", f.read())
        if "<" in text or "@import" in text or "url(" in text:
            raise Problem(f"style sheet {value} holds '<', @import or url(): the file would not stand alone")
        self.sheets.add(path)
        return f"<style>\n{text}</style>\n"

    def close(self, name, value, html, ops, stack):
        if not stack or stack[-1][1] != value:
            raise Problem(f"{value} is closed where {stack[-1][1] if stack else 'nothing'} is open")
        kind, _, start, key, begun = stack.pop()
        if html.key() != key:
            raise Problem(f"section {value} begins in {key} and ends in {html.key()}")
        if html.kind == "value" and html.begun != begun:
            html.begun = None
        if any(entry[0] == "off" for entry in stack):
            return
        if kind == "$":
            self.blocks[name].append((value, start, len(ops)))
        elif kind in "#^":
            ops[start][2] = len(ops)

    def check_circles(self):
        def walk(name, seen):
            if name in seen:
                raise Problem(" > ".join(seen + [name]) + " is a circle")
            for partial in self.partials.get(name, []):
                walk(partial, seen + [name])
        for name in self.names:
            try:
                walk(name, [])
            except Problem as problem:
                self.problems.append(f"{self.folder}/{name}.html: {problem}")
                return

    def write(self, out_path, table):
        # A block is a stretch of the same ops, so it costs one row.
        rows = sorted([(n, n, 0, len(self.ops[n])) for n in self.names] +
                      [(f"{n}#{b}", n, start, end) for n in self.names for b, start, end in self.blocks[n]],
                      key=lambda row: row[0].encode())
        index = {row[0]: i for i, row in enumerate(rows)}
        symbol = {name: f"ops_{i}" for i, name in enumerate(self.names)}
        with open(out_path, "w", encoding="utf-8") as f:
            f.write('/* Made by tools/gen_view.py; do not edit. */\n#include "craft/view/internal.h"\n\n')
            for name in self.names:
                f.write(f"/* {name} */\nstatic const struct view_op {symbol[name]}[] = {{\n")
                for kind, escape, end, hashed, text in self.ops[name]:
                    end = index[end] if kind == "OP_PARTIAL" else end
                    f.write(f"\t{{{kind}, {escape}, {end}, {hashed}u, STR_INIT({gen_words.c_string(text)})}},\n")
                f.write("\t{OP_TEXT, ESCAPE_TEXT, 0, 0, {0}},\n};\n\n")
            f.write(f"const struct view_template {table}[] = {{\n")
            for key, name, start, end in rows:
                f.write(f"\t{{STR_INIT({gen_words.c_string(key)}), {symbol[name]}, {start}, {end}}},\n")
            if not rows:
                f.write("\t{{0}, 0, 0, 0},\n")
            f.write(f"}};\nconst size_t {table}_count = {len(rows)};\n")


def main():
    out_path, depfile, folder, po, table = sys.argv[1:6]
    words, problems = gen_words.load(po)
    compiler = Compiler(folder, words)
    for name in compiler.names:
        compiler.compile(name)
    compiler.check_circles()
    if problems or compiler.problems:
        print("\n".join(problems + compiler.problems), file=sys.stderr)
        return 1
    compiler.write(out_path, table)
    inputs = [po] + [os.path.join(po, n) for n in sorted(os.listdir(po)) if n.endswith(".po")]
    for root, dirs, names in os.walk(folder):
        inputs += [root] + [os.path.join(root, n) for n in sorted(names) if n.endswith(".html")]
    inputs += sorted(compiler.sheets)
    with open(depfile, "w", encoding="utf-8") as f:
        f.write(f"{out_path}: " + " ".join(p.replace(" ", "\\ ") for p in inputs) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
