/* Markdown that people write: what it becomes, and what it can never become. */
#include "tests.h"

#include "base/mem.h"
#include "craft/markdown/markdown.h"
#include "craft/words/words.h"

static const struct {
	const char *source, *html; /* html: a part that must be there */
} good[] = {
	{"# 手順", "<h2>手順</h2>"},
	{"###### six", "<h6>six</h6>"},
	{"a *b* **c** ~~d~~ `e<f`", "<em>b</em> <strong>c</strong> <del>d</del> <code>e&lt;f</code>"},
	{"- [x] done\n- [ ] open", "<li>☑ done</li>\n<li>☐ open</li>"},
	{"| a | b |\n|---|--:|\n| 1 | 2 |", "<th scope=\"col\" class=\"num\">b</th>"},
	{"3. three", "<ol start=\"3\">"},
	{"[x](https://a.example/?a=1&b=2)", "href=\"https://a.example/?a=1&amp;b=2\">x</a>"},
	{"[x](/portfolio/B-1)", "href=\"/portfolio/B-1\""},
	{"see https://a.example/x now", "href=\"https://a.example/x\">https://a.example/x</a>"},
	{"&copy; &amp; &#x3042; &unknown;", "© &amp; あ &amp;unknown;"},
	{"```\n<b>\n```", "<pre tabindex=\"0\"><code>&lt;b&gt;\n</code></pre>"},
	{"![plan](https://a.example/p.png)", "href=\"https://a.example/p.png\">🖼 plan</a>"},
	{"[![p](/a.png)](/b)", "<a rel=\"noreferrer noopener\" href=\"/b\">🖼 p</a>"},
};

static void test_what_it_becomes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		_cleanup_(buf_done) struct buf out = {0};

		buf_init(&out, MARKDOWN_HTML_MAX);
		assert_int_equal(markdown_html(str_of(good[i].source), &out, NULL), 0);
		if (!strstr(buf_cstr(&out), good[i].html))
			fail_msg("%s: %s", good[i].source, buf_cstr(&out));
	}
}

static const char *const attacks[] = {
	"<script>alert(1)</script>",     "<img src=x onerror=alert(1)>",
	"[x](javascript:alert(1))",      "[x](JAVASCRIPT:alert(1))",
	"[x](java&#115;cript:alert(1))", "[x](&#x6A;avascript:alert(1))",
	"[x](data:text/html,<script>)",  "[x](vbscript:x)",
	"[x](//evil.example)",           "[x](/\\evil.example)",
	"<javascript:alert(1)>",         "[r]\n\n[r]: javascript:alert(1)",
	"![x](javascript:alert(1))",     "[x](https://a.example/\"onmouseover=\"y)",
	"a <b onclick=x>b</b>",
};

static void test_attacks_stay_text(void **state)
{
	static const char *const never[] = {"<script",    "<img",        "<b ",       "href=\"j",
					    "href=\"J",   "href=\"data", "href=\"vb", "href=\"//",
					    "href=\"/\\", "\" onmouse",  "\"onmouse"};

	(void)state;
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		_cleanup_(buf_done) struct buf out = {0};

		buf_init(&out, MARKDOWN_HTML_MAX);
		assert_int_equal(markdown_html(str_of(attacks[i]), &out, NULL), 0);
		for (size_t k = 0; k < sizeof(never) / sizeof(never[0]); k++)
			if (strstr(buf_cstr(&out), never[k]))
				fail_msg("%s: %s", attacks[i], buf_cstr(&out));
	}
}

static void test_limits_are_told(void **state)
{
	static const struct {
		const char *piece;
		size_t times;
		const char *id;
	} cases[] = {{"> ", 100, "err.markdown.depth"}, {"a", MARKDOWN_MAX + 1, "err.markdown.long"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_(buf_done) struct buf in = {0}, out = {0};
		struct err e = {0};

		buf_init(&in, 1u << 20);
		buf_init(&out, 2 * MARKDOWN_HTML_MAX);
		for (size_t k = 0; k < cases[i].times; k++)
			buf_add(&in, str_of(cases[i].piece));
		buf_add(&in, STR("x\n"));
		assert_int_equal(markdown_html(buf_str(&in), &out, &e), -ERR_LIMIT);
		assert_string_equal(e.id, cases[i].id);
		assert_true(words_has(str_of(e.id)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_it_becomes),
		cmocka_unit_test(test_attacks_stay_text),
		cmocka_unit_test(test_limits_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
