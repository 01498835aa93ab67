"""Rooms: a folder with C files tells in README.md what comes in and goes out, and a room shows one header named after it."""
from lint_lib import Finding

ROOM_PARENTS = ("craft", "flow", "centre", "door")
README_LINES_MIN = 3


def check(tree):
    folders, found = {}, []
    for path in tree:
        if path.startswith("src/") and path.endswith(".c"):
            folders.setdefault(path.rsplit("/", 1)[0], path)
    for folder in folders:
        readme = tree.get(folder + "/README.md", "")
        if len([line for line in readme.split("\n") if line.strip()]) < README_LINES_MIN:
            found.append(Finding(folder + "/README.md", 1, "rooms: tell what comes in, what goes out, invariants, files"))
        parts = folder.split("/")
        header = f"{folder}/{parts[-1]}.h"
        if len(parts) == 3 and parts[1] in ROOM_PARENTS and header not in tree:
            found.append(Finding(header, 1, "rooms: the public header is missing"))
    for path, text in tree.items():
        if path.startswith("src/") and path.endswith(".h") and not path.endswith("internal.h") and "/*" not in text[:200]:
            found.append(Finding(path, 1, "rooms: a header opens with a comment that says why it exists"))
    return found


ROOM = {"src/flow/parse/a.c": "", "src/flow/parse/README.md": "# parse\nin\nout\n", "src/flow/parse/parse.h": "/* parse: why */\n"}
BAD = {
    "no readme": {k: v for k, v in ROOM.items() if not k.endswith(".md")},
    "empty readme": {**ROOM, "src/flow/parse/README.md": "# parse\n"},
    "no header": {k: v for k, v in ROOM.items() if not k.endswith(".h")},
    "silent header": {**ROOM, "src/flow/parse/parse.h": "#ifndef A\n#define A\n#endif\n"},
}
GOOD = {"room": ROOM, "floor": {"src/base/a.c": "", "src/base/README.md": "# base\nin\nout\n"}}
