#!/usr/bin/env python3
"""The generators must refuse what cannot be made safe. Run by meson as unit test craft_gen."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "tools"))
import gen_view  # noqa: E402
import gen_words  # noqa: E402


def problems_of(source, **others):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"page": source, **others}.items():
            with open(os.path.join(folder, name + ".html"), "w", encoding="utf-8") as f:
                f.write(text)
        compiler = gen_view.Compiler(folder, {"a.word": {}})
        for name in compiler.names:
            compiler.compile(name)
        compiler.check_circles()
        return "\n".join(compiler.problems), compiler


class Templates(unittest.TestCase):
    def test_refused(self):
        for source, reason in {
            "<p class={{x}}>": "unquoted", "<p class=a{{x}}>": "unquoted", "<{{x}}>": "cut", "<p {{x}}>": "a tag",
            "<p{{x}}>": "a tag", "<p {{x}}='1'>": "a tag", "<!-- {{x}} -->": "comment", "<script src='/a.js'>{{x}}</script>": "script",
            "<script>1</script>": "inline <script>", "<style>p{}</style>": "inline <style>", "<p style='color:red'>": "style=",
            "<p STYLE=\"{{x}}\">": "style=", "<p onclick='{{x}}'>": "onclick", "<p onclick='a()'>": "onclick",
            "<p hx-on:click='a()'>": "hx-on", "<iframe srcdoc='{{x}}'></iframe>": "srcdoc", "<p hx-vals='{\"a\":\"{{x}}\"}'>": "hx-vals",
            "{{#a}}": "not closed", "{{/a}}": "nothing is open", "{{#a}}{{#b}}{{/a}}{{/b}}": "is open", "{{> gone}}": "no template",
            "{{#a}}<p class=\"{{/a}}x\">": "ends in", "<p title=\"{{> page}}\">": "partial", "{{> page}}": "circle",
            "{{t:no.word}}": "no words", "<a href=\"{{t:a.word}}\">": "words in an address", "{{{x}}}": "not a name", "{{&x}}": "not a name",
            "<a href=\"{{#a}}/x/{{/a}}{{b}}\">": "depends on a section", "<p title=\"x": "ends inside", "a < b": "write &lt;",
            "<li{{#a}}x{{/a}}>": "goes on", "{{A}}": "not a name",
        }.items():
            with self.subTest(source):
                self.assertIn(reason, problems_of(source)[0])

    def test_taken(self):
        for source in ["<p class=\"a {{x}}\"{{#y}} hidden{{/y}}>{{x}}</p>", "<input value='{{x}}' disabled>", "<br/>{{x}}",
                       "<title>{{x}}</title>", "<a href=\"{{x}}\">", "<script src=\"/static/app.js\" type=module></script>{{x}}",
                       "<p title=\"{{t:a.word}}\">{{t:a.word}}</p>", "<a href=\"/x/{{a}}/{{b}}\">", "<p a=b c>{{x}}", "<!doctype html>{{x}}"]:
            with self.subTest(source):
                self.assertEqual("", problems_of(source)[0])

    def test_escapes(self):
        def escapes(source):
            return [op[1] for op in problems_of(source)[1].ops["page"] if op[0] == "OP_VALUE"]
        self.assertEqual(["ESCAPE_URL"], escapes("<a href=\"{{x}}\">"))
        self.assertEqual(["ESCAPE_URL", "ESCAPE_URL_PART"], escapes("<a href=\"{{x}}{{x}}\">"))
        self.assertEqual(["ESCAPE_URL_PART"], escapes("<form action='/a/{{x}}'>"))
        self.assertEqual(["ESCAPE_URL"], escapes("<b hx-get=\"{{x}}\">"))
        self.assertEqual(["ESCAPE_ATTRIBUTE", "ESCAPE_TEXT"], escapes("<b title=\"{{x}}\">{{x}}</b>"))


    def test_flags_are_decided_at_build(self):
        shell = "<a{{#at_x}} class='on{{v}}'{{/at_x}}>{{^at_x}}{{#n}}{{m}}{{/n}}{{/at_x}}</a>{{#s}}{{w}}{{/s}}"
        problems, compiler = problems_of("{{> shell at_x}}{{> shell at_y}}", shell=shell)
        self.assertEqual("", problems)
        ops = compiler.ops["page"]
        self.assertEqual(["v", "s", "w", "n", "m", "s", "w"], [op[4] for op in ops if op[0] != "OP_TEXT"])
        for at, op in enumerate(ops):
            if op[0] == "OP_SECTION":
                self.assertEqual("OP_VALUE", ops[at + 1][0])
                self.assertEqual(at + 2, op[2])
        self.assertIn("circle", problems_of("{{> shell at_x}}", shell="{{> shell at_x}}")[0])
        self.assertIn("begin with at_", problems_of("{{> shell x}}", shell="")[0])


    def test_style_sheets_only_in_files(self):
        def report(sheet, source="{{< css/a.css}}", name="report"):
            with tempfile.TemporaryDirectory() as web:
                os.makedirs(os.path.join(web, "templates", name))
                os.makedirs(os.path.join(web, "css"))
                with open(os.path.join(web, "css", "a.css"), "w", encoding="utf-8") as f:
                    f.write(sheet)
                with open(os.path.join(web, "templates", name, "page.html"), "w", encoding="utf-8") as f:
                    f.write(source)
                compiler = gen_view.Compiler(os.path.join(web, "templates"), {})
                compiler.compile(name + "/page")
                return "\n".join(compiler.problems), "".join(op[4] for op in compiler.ops[name + "/page"])
        self.assertEqual(("", "<style>\np{}\n</style>\n"), report("p{}\n"))
        for problem, sheet, more in (("outside report/", "p{}", {"name": "alert"}), ("alone", "p{background:url(x)}", {}),
                                     ("alone", "</style><script>", {}), ("alone", "@import 'x';", {}),
                                     ("no style sheet", "p{}", {"source": "{{< css/b.css}}"}),
                                     ("no style sheet", "p{}", {"source": "{{< ../css/a.css}}"}),
                                     ("inside a value", "p{}", {"source": '<p title="{{< css/a.css}}">'})):
            with self.subTest(problem):
                self.assertIn(problem, report(sheet, **more)[0])


class Words(unittest.TestCase):
    def problems(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                with open(os.path.join(folder, name.replace("_", ".") + ".po"), "w", encoding="utf-8") as f:
                    f.write(text)
            return "\n".join(gen_words.load(folder)[1])

    def test_refused(self):
        one = 'msgid "a.b"\nmsgstr "x {n}"\n'
        for files, reason in [
            ({"r_en": one}, "no sentence in ja"), ({"r_en": one, "r_ja": 'msgid "a.b"\nmsgstr "x {m}"\n'}, "different placeholders"),
            ({"r_en": one, "r_ja": one, "s_ja": one}, "already at"), ({"r_en": one, "r_ja": 'msgid "a.b"\nmsgstr ""\n'}, "has no sentence"),
            ({"r_en": one, "r_ja": 'msgid "a.b"\n'}, "without msgstr"), ({"r_en": one, "r_ja": 'msgid "a b"\nmsgstr "x"\n'}, "not a key"),
            ({"r_fr": one}, "must end with"), ({"r_en": 'msgid "a.b"\nmsgstr "\\q"\n'}, "unknown escape"),
            ({"r_en": '#, fuzzy\n' + one, "r_ja": one}, "fuzzy"), ({"r_en": one + "rubbish\n", "r_ja": one}, "not understood"),
        ]:
            with self.subTest(reason):
                self.assertIn(reason, self.problems(**files))

    def test_taken(self):
        text = 'msgid ""\nmsgstr "Language: xx\\n"\n\n# note\nmsgid "a.b"\nmsgstr ""\n"one "\n"two \\"{n}\\"\\n"\n'
        self.assertEqual("", self.problems(r_en=text, r_ja=text))


if __name__ == "__main__":
    unittest.main()
