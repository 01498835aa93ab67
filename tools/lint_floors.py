"""Floors: a file includes its own folder and lower floors only, and from another room only its public header.

The law is src/LAYERS. Why: a floor that nobody below knows can be changed, tested and understood alone.
"""
import re

from lint_lib import Finding, is_c, without_comments

WINGS = ("flow", "centre")
# Floors are libraries with one header a matter; below these folders live rooms, which show one header each.
ROOM_PARENTS = ("craft", "flow", "centre", "door")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)


def read_layers(text):
    level = {}
    lines = [line.split() for line in text.split("\n") if line.strip() and not line.startswith("#")]
    for number, folders in enumerate(lines):
        for folder in folders:
            level[folder] = number
    return level


def folder_of(path, level):
    """The longest folder of LAYERS that holds the path (relative to src/), or None."""
    parts = path.split("/")[:-1]
    while parts:
        if "/".join(parts) in level:
            return "/".join(parts)
        parts.pop()
    return None


def why_not(own, other, header, level):
    """Why a file of folder `own` may not include `header` of folder `other`; None when it may. app/ wires the rooms
    together, so it may read their tables of verbs and routes beside the public header."""
    if own == other:
        return None
    if {own.split("/")[0], other.split("/")[0]} == set(WINGS):
        return "the two wings flow/ and centre/ stay strangers"
    if level[other] == level[own]:
        return f"{own} and {other} stand on one floor and do not know each other"
    if level[other] > level[own]:
        return f"{other} lies above {own}"
    name = header.split("/")[-1]
    if name == "internal.h":
        return f"internal.h belongs to {other} alone"
    parts = other.split("/")
    if own == "app":
        return None
    if parts[0] in ROOM_PARENTS and len(parts) > 1 and name != parts[-1] + ".h" and not name.endswith(".gen.h"):
        return f"{parts[-1]}.h is the public header of {other}"
    return None


def check(tree):
    if "src/LAYERS" not in tree:
        return [Finding("src/LAYERS", 1, "floors: the file is missing")]
    level, found = read_layers(tree["src/LAYERS"]), []
    for path, text in tree.items():
        if not is_c(path):
            continue
        own = folder_of(path[4:], level)
        if own is None:
            found.append(Finding(path, 1, "floors: the folder is not in src/LAYERS"))
            continue
        for m in INCLUDE.finditer(without_comments(text)):
            header, line = m.group(1), text.count("\n", 0, m.start()) + 1
            if "/" not in header:
                continue
            other = folder_of(header, level)
            reason = f"no floor of src/LAYERS holds it" if other is None else why_not(own, other, header, level)
            if reason:
                found.append(Finding(path, line, f'floors: may not include "{header}": {reason}'))
    return found


LAYERS = "base\ncodec os\nstore\ncraft/words craft/view\nflow\nflow/parse\nflow/detect\ncentre/build\ndoor/http\napp\n"
BAD = {
    "upwards": {"src/LAYERS": LAYERS, "src/base/a.c": '#include "os/file.h"\n'},
    "beside": {"src/LAYERS": LAYERS, "src/os/a.c": '#include "codec/yaml.h"\n'},
    "wings": {"src/LAYERS": LAYERS, "src/centre/build/a.c": '#include "flow/parse/parse.h"\n'},
    "private header": {"src/LAYERS": LAYERS, "src/flow/detect/a.c": '#include "flow/parse/lexer.h"\n'},
    "internal": {"src/LAYERS": LAYERS, "src/flow/detect/a.c": '#include "store/internal.h"\n'},
    "internal of a room in app": {"src/LAYERS": LAYERS, "src/app/a.c": '#include "door/http/internal.h"\n'},
    "unknown folder": {"src/LAYERS": LAYERS, "src/misc/a.c": "int x;\n"},
    "unknown header": {"src/LAYERS": LAYERS, "src/store/a.c": '#include "misc/a.h"\n'},
    "no law": {},
}
GOOD = {
    "downwards": {"src/LAYERS": LAYERS, "src/flow/detect/a.c": '#include "flow/parse/parse.h"\n#include "base/str.h"\n#include "internal.h"\n'},
    "in a comment": {"src/LAYERS": LAYERS, "src/base/a.c": '/*\n#include "os/file.h"\n*/\n'},
    "wiring": {"src/LAYERS": LAYERS, "src/app/a.c": '#include "door/http/routes.h"\n'},
    "generated": {"src/LAYERS": LAYERS, "src/flow/parse/a.c": '#include "store/queries.gen.h"\n'},
}
