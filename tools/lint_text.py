"""Words where they do not belong: banned functions, SQL, HTML and sentences for people inside C, and unfinished-work marks."""
import re

from lint_lib import Finding, code_only, is_c, strings_of, without_preprocessor

# Why each: no bound (strcpy …), no error (atoi …), hidden state (strtok, localtime …), a shell (system, popen).
BANNED = ("strcpy strcat stpcpy sprintf vsprintf strncat strtok strtok_r atoi atol atoll atof gets scanf fscanf sscanf localtime "
          "localtime_r gmtime ctime asctime mktime tmpnam tempnam mktemp alloca system popen rand srand random srandom drand48").split()
BANNED_CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
# The clock and the random numbers come through os/env.h, so that a run can be replayed.
CLOCK_CALL = re.compile(r"(?<![\w.>])(time|gettimeofday|clock_gettime|getrandom|getentropy)\s*\(")

SQL_DATA = re.compile(r"\b(SELECT\s.+\bFROM|SELECT\s+[\w(*]+|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|"
                      r"(CREATE|ALTER|DROP)\s+(TABLE|(UNIQUE\s+)?INDEX|TRIGGER|VIEW|VIRTUAL))\b", re.S)
# How a connection is opened and a transaction is bracketed is the driver's matter, not a query.
SQL_CONTROL = re.compile(r"^\s*(PRAGMA\s+\w|BEGIN\b|COMMIT\b|ROLLBACK\b|SAVEPOINT\b|RELEASE\b|VACUUM\b)")

HTML_TAGS = ("a abbr article aside b body br button caption code dd div dl dt em fieldset footer form h1 h2 h3 h4 h5 h6 head header "
             "hr html i img input label legend li link main meta nav ol option p pre script section select small span strong style "
             "summary svg table tbody td textarea tfoot th thead title tr ul").split()
HTML = re.compile(r"<(!doctype|/?(" + "|".join(HTML_TAGS) + r")(?=[\s>/]))", re.I)
# A chart is a drawing: SVG is the format that this room writes, as codec/ writes JSON. The renderer of Markdown writes HTML, element by
# element, because people's text cannot be a template.
HTML_FREE = ("src/craft/chart/", "src/craft/markdown/")

SENTENCE = re.compile(r"[A-Za-z][a-z]+(,? [A-Za-z][a-z]+){3,}")
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
# A comment inside a script or a page that the program writes, such as a shell completion.
COMMENT_LINE = re.compile(r"(?:^|\\n)# (?:(?!\\n).)*")
# err_detail holds the words of a library or of the system, which are English by its contract.
SENTENCE_FREE = re.compile(r"\b(err_detail|err_detail_fmt|check_failed|_Static_assert|static_assert)\s*\(")

# iCalendar frames its components with words that SQL has too.
SQL_CONTROL_FREE = ("src/store/", "src/craft/calendar/ics.c")

MARKS = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
MARK_FOLDERS = ("src/", "sql/", "web/", "tools/", "tests/", "fuzz/", "bench/", "po/")
MARK_FREE = ("tests/data/", "web/static/vendor/", "web/package-lock.json", "web/node_modules/")


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def check_calls(path, text):
    code = without_preprocessor(code_only(text))
    found = [Finding(path, line_of(code, m.start()), f"banned: {m.group(1)}()") for m in BANNED_CALL.finditer(code)]
    if not path.startswith("src/os/"):
        found += [Finding(path, line_of(code, m.start()), f"banned: {m.group(1)}() outside os/; ask struct env")
                  for m in CLOCK_CALL.finditer(code)]
    return found


def check_strings(path, text):
    found = []
    for line, value, statement in strings_of(text):
        if SQL_DATA.search(value) or (SQL_CONTROL.search(value) and not path.startswith(SQL_CONTROL_FREE)):
            found.append(Finding(path, line, "sql: SQL in C; it belongs into sql/query"))
        if HTML.search(value) and not path.startswith(HTML_FREE):
            found.append(Finding(path, line, "html: HTML in C; it belongs into web/templates"))
        if JAPANESE.search(value):
            found.append(Finding(path, line, "words: Japanese in C; it belongs into po/"))
        elif SENTENCE.search(COMMENT_LINE.sub("", value)) and not SENTENCE_FREE.search(statement):
            found.append(Finding(path, line, "words: a sentence in C; use a key of po/"))
    return found


def check(tree):
    found = []
    for path, text in tree.items():
        if is_c(path):
            found += check_calls(path, text) + check_strings(path, text)
        if path.startswith(MARK_FOLDERS) and not path.startswith(MARK_FREE):
            found += [Finding(path, line_of(text, m.start()), f"marks: {m.group(1)}: finish it or open an issue")
                      for m in MARKS.finditer(text)]
    return found


def c_file(body):
    return {"src/flow/a.c": "void f(void)\n{\n\t" + body + "\n}\n"}


BAD = {
    "strcpy": c_file("strcpy(a, b);"),
    "sprintf": c_file("x = sprintf(a, b);"),
    "localtime": c_file("localtime(&t);"),
    "clock outside os": c_file("time(NULL);"),
    "select": c_file('q("SELECT id FROM alert");'),
    "select over two strings": c_file('q("SELECT id, name"\n\t  " FROM alert");'),
    "insert": c_file('q("INSERT OR IGNORE INTO alert VALUES (1)");'),
    "pragma outside store": c_file('q("PRAGMA foreign_keys=on");'),
    "html": c_file('add("<div class=x>");'),
    "html closing": c_file('add("</td>");'),
    "sentence": c_file('add("The file could not be opened");'),
    "sentence behind a comment": c_file('add("# made\\nThe file could not be opened");'),
    "japanese": c_file('add("警告");'),
    "mark": c_file("/* TO" + "DO later */"),
}
GOOD = {
    "member called like a banned one": c_file("env->random(ctx, a, 1); e.time(1); string_atoi(x);"),
    "snprintf": c_file("snprintf(a, 1, b);"),
    "in a comment": c_file('/* strcpy(a, b) "SELECT id FROM x" <div> The file could not be opened */'),
    "in a string": c_file('add("strcpy(a)");'),
    "keys": c_file('err_set(e, ERR_IO, "err.file.open"); add("time=%s level=%s id=%s");'),
    "library words": c_file('err_detail(e, STR("header is longer than the file"));'),
    "comment of a written script": c_file('add("# made by the program for this shell\\nx=1\\n");'),
    "driver": {"src/store/sqlite.c": 'void f(void)\n{\n\tq("PRAGMA foreign_keys=on");\n\tq("BEGIN IMMEDIATE");\n}\n'},
    "chart": {"src/craft/chart/svg.c": 'void f(void)\n{\n\tadd("<svg width=1>");\n}\n'},
    "less than": c_file('add("if a<c and");'),
}
