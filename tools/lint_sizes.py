"""Sizes: files, functions, parameters and nesting stay small enough to be read at once. There is no list of exceptions."""
import re

from lint_lib import Finding, Nesting, functions_of

LINES_MAX = {".c": 600, ".h": 250}
FUNCTION_LINES_MAX = 70
# What a caller gives. Outputs (`ret…`) and the caller-owned error come on top, since they carry no decision.
PARAMETERS_MAX = 5
OUTPUTS_MAX = 3
OUTPUT = re.compile(r"\*\s*(ret\w*|e|err)\s*$")
NESTING_MAX = 3
FOLDERS = ("src/", "tests/unit/", "fuzz/", "bench/")


def check_functions(path, text):
    found = []
    for f in functions_of(text):
        lines = f.end_line - f.line + 1
        if lines > FUNCTION_LINES_MAX:
            found.append(Finding(path, f.line, f"sizes: {f.name} has {lines} lines, at most {FUNCTION_LINES_MAX}"))
        outputs = sum(1 for p in f.params if OUTPUT.search(p))
        if len(f.params) - outputs > PARAMETERS_MAX or outputs > OUTPUTS_MAX:
            found.append(Finding(path, f.line, f"sizes: {f.name} has {len(f.params) - outputs} parameters and {outputs} outputs, "
                                               f"at most {PARAMETERS_MAX} and {OUTPUTS_MAX}"))
        nesting = Nesting(f.body)
        if nesting.deepest > NESTING_MAX:
            line = f.end_line - f.body.count("\n") + f.body.count("\n", 0, nesting.deepest_at)
            found.append(Finding(path, line, f"sizes: {f.name} nests {nesting.deepest} deep, at most {NESTING_MAX}"))
    return found


def check(tree):
    found = []
    for path, text in tree.items():
        suffix = path[path.rfind("."):]
        if suffix not in LINES_MAX or not path.startswith(FOLDERS):
            continue
        lines = text.split("\n")
        if len(lines) - 1 > LINES_MAX[suffix]:
            found.append(Finding(path, len(lines) - 1, f"sizes: {len(lines) - 1} lines, at most {LINES_MAX[suffix]}"))
        found += check_functions(path, text)
    return found


DEEP = "int f(int a)\n{\n\tfor (;;)\n\t\tif (a)\n\t\t\twhile (a) {\n\t\t\t\tif (a)\n\t\t\t\t\ta();\n\t\t\t}\n}\n"
CHAIN = ("int f(int a)\n{\n\tfor (;;) {\n\t\tif (a == 1) {\n\t\t\tswitch (a) {\n\t\t\tcase 1:\n\t\t\t\tbreak;\n\t\t\tdefault:\n\t\t\t\ta = b ? c : d;\n"
         "\t\t\t}\n\t\t} else if (a == 2) {\n\t\t\tb();\n\t\t} else if (a == 3) {\n\t\t\tdo\n\t\t\t\tb();\n\t\t\twhile (a);\n\t\t} else {\n\t\t\tc();\n\t\t}\n\t}\n}\n")
BAD = {
    "long file": {"src/base/a.c": "\n" * 601},
    "long header": {"src/base/a.h": "\n" * 251},
    "long function": {"src/base/a.c": "int f(void)\n{\n" + "\tx();\n" * 70 + "}\n"},
    "parameters": {"src/base/a.c": "int f(int a, int b, int c, int d, int e, int g)\n{\n}\n"},
    "outputs": {"src/base/a.c": "int f(int *ret_a, int *ret_b, int *ret_c, struct err *e)\n{\n}\n"},
    "function pointer among parameters": {"src/base/a.c": "int f(int a, int (*b)(int, int), int c, int d, int e, int g)\n{\n}\n"},
    "nesting": {"src/base/a.c": DEEP},
}
GOOD = {
    "outputs come on top": {"src/base/a.c": "int f(int a, int b, int c, int d, int g, int *ret_x, struct err *e)\n{\n}\n"},
    "at the limits": {"src/base/a.c": "\n" * 600, "src/base/a.h": "\n" * 250,
                      "src/base/b.c": "int f(int a, int (*b)(int, int), int c, int d, int e)\n{\n" + "\tx();\n" * 67 + "}\n"},
    "else if is one chain": {"src/base/a.c": CHAIN},
    "tables are no functions": {"src/base/a.c": "static const struct x y[] = {\n" + "\t{f(1, 2, 3, 4, 5, 6)},\n" * 80 + "};\n"},
}
