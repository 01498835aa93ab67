"""What the lints share: the tree as a dict of texts, and a small scanner of C that knows comments, strings and functions.

It is not a compiler: clang-format has already brought the code into one shape, and that is what it relies on.
"""
import os
import re
import subprocess

TEXT_SUFFIXES = (".c", ".h", ".py", ".sh", ".sql", ".html", ".css", ".js", ".yaml", ".yml", ".md", ".po", ".build", ".txt", ".json")


class Finding:
    def __init__(self, path, line, text):
        self.path, self.line, self.text = path, line, text

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


def tree_from_disk(root):
    """{path: text} of what git tracks or would track; without git, of every file outside build folders."""
    try:
        listed = subprocess.run(["git", "-C", root, "ls-files", "-z", "-co", "--exclude-standard"], check=True,
                                capture_output=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = []
        for folder, folders, names in os.walk(root):
            folders[:] = [f for f in folders if not f.startswith((".", "build")) and f != "node_modules"]
            listed += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    tree = {}
    for path in sorted(set(listed)):
        whole = os.path.join(root, path)
        if not path or not os.path.isfile(whole) or os.path.islink(whole):
            continue
        if path.endswith(TEXT_SUFFIXES) or os.path.basename(path) in ("LAYERS", "run", "LICENSE"):
            with open(whole, encoding="utf-8", errors="replace") as f:
                tree[path] = f.read()
    return tree


def is_c(path, folder="src/"):
    return path.startswith(folder) and path.endswith((".c", ".h"))


TOKEN = re.compile(r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<string>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*")
  | (?P<char>'(?:\\.|[^'\\\n])+')
""", re.S | re.X)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    return TOKEN.sub(lambda m: blank(m.group()) if m.group("comment") else m.group(), text)


def code_only(text):
    """Comments and the insides of strings and characters become blanks; lines and columns stay."""
    def hide(m):
        whole = m.group()
        if m.group("comment"):
            return blank(whole)
        quote = whole.index('"' if m.group("string") else "'")
        return whole[:quote + 1] + blank(whole[quote + 1:-1]) + whole[-1]
    return TOKEN.sub(hide, text)


def without_preprocessor(code):
    out, goes_on = [], False
    for line in code.split("\n"):
        is_directive = goes_on or line.lstrip().startswith("#")
        goes_on = is_directive and line.endswith("\\")
        out.append("" if is_directive else line)
    return "\n".join(out)


def strings_of(text):
    """(line, value, statement before it) of each string literal; neighbours that the compiler joins are joined."""
    found, end_of_last = [], None
    clean = re.sub(r"(?m)^[ \t]*#[ \t]*include[^\n]*", lambda m: blank(m.group()), without_comments(text))
    for m in TOKEN.finditer(clean):
        if not m.group("string"):
            continue
        value = m.group()[m.group().index('"') + 1:-1]
        if end_of_last is not None and clean[end_of_last:m.start()].strip() == "":
            line, before, statement = found[-1]
            found[-1] = (line, before + value, statement)
        else:
            start = max(clean.rfind(c, 0, m.start()) for c in ";{}")
            found.append((clean.count("\n", 0, m.start()) + 1, value, clean[start + 1:m.start()]))
        end_of_last = m.end()
    return found


class Function:
    def __init__(self, name, line, end_line, params, body):
        self.name, self.line, self.end_line, self.params, self.body = name, line, end_line, params, body


PAIR = {"(": ")", "[": "]", "{": "}"}


def close_of(code, at):
    """Index of the bracket that closes code[at], or the end."""
    depth, opener, closer = 0, code[at], PAIR[code[at]]
    for i in range(at, len(code)):
        if code[i] == opener:
            depth += 1
        elif code[i] == closer:
            depth -= 1
            if depth == 0:
                return i
    return len(code) - 1


def split_top(text):
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return parts


HEAD = re.compile(r"([A-Za-z_]\w*)\s*$")


def functions_of(text):
    """Function definitions: an identifier with a parenthesis, then a brace, at the outermost level."""
    code = without_preprocessor(code_only(text))
    found, at, last_group = [], 0, None
    while at < len(code):
        c = code[at]
        if c == "(":
            end = close_of(code, at)
            head = HEAD.search(code, max(0, at - 200), at)
            if head and head.group(1) != "__attribute__":
                last_group = (head.group(1), head.start(1), at, end)
            at = end + 1
        elif c == "{":
            end = close_of(code, at)
            if last_group:
                name, start, opened, closed = last_group
                inside = code[opened + 1:closed].strip()
                params = [] if inside in ("", "void") else split_top(inside)
                found.append(Function(name, code.count("\n", 0, start) + 1, code.count("\n", 0, end) + 1, params, code[at:end + 1]))
            at, last_group = end + 1, None
        else:
            if c in ";=":
                last_group = None
            at += 1
    return found


WORD = re.compile(r"\s*([A-Za-z_]\w*|\S)")


class Nesting:
    """Depth of control statements in a function body. `else if` stays at its chain's depth; `case` adds none."""

    def __init__(self, body):
        self.code, self.deepest, self.deepest_at = body, 0, 0
        self.block(0, 0)

    def peek(self, at):
        m = WORD.match(self.code, at)
        return (m.group(1), m.start(1), m.end(1)) if m else (None, len(self.code), len(self.code))

    def block(self, at, depth):
        _, _, at = self.peek(at)
        while True:
            word, start, end = self.peek(at)
            if word is None or word == "}":
                return end
            at = self.statement(start, depth)

    def note(self, at, depth):
        if depth > self.deepest:
            self.deepest, self.deepest_at = depth, at

    def inner(self, at, depth):
        """The statement that a control head rules."""
        return self.block(at, depth) if self.peek(at)[0] == "{" else self.statement(self.peek(at)[1], depth)

    def statement(self, at, depth):
        word, start, end = self.peek(at)
        if word == "{":
            return self.block(start, depth)
        if word in ("if", "for", "while", "switch"):
            return self.control(word, start, end, depth)
        if word == "do":
            self.note(start, depth + 1)
            return self.simple(self.inner(end, depth + 1))
        return self.simple(start)

    def control(self, word, start, end, depth):
        self.note(start, depth + 1)
        opened = self.code.find("(", end)
        at = self.inner(close_of(self.code, opened) + 1, depth + 1)
        if word == "if" and self.peek(at)[0] == "else":
            _, _, after = self.peek(at)
            is_chain = self.peek(after)[0] == "if"
            at = self.statement(self.peek(after)[1], depth) if is_chain else self.inner(after, depth + 1)
        return at

    def simple(self, at):
        """To behind the `;` or the label's `:`, over brackets."""
        first = at
        while at < len(self.code):
            c = self.code[at]
            if c in PAIR:
                at = close_of(self.code, at)
            elif c == ";":
                return at + 1
            elif c == "}":
                return at
            elif c == ":" and re.match(r"\s*(case\b[^?]*|default|[A-Za-z_]\w*)\s*$", self.code[first:at]):
                return at + 1
            at += 1
        return at
