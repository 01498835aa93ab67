/* Any bytes as Markdown: no crash, no hang, and the HTML holds only our own elements, in pairs, with safe addresses. */
#include "base/check.h"
#include "base/utf8.h"
#include "craft/markdown/markdown.h"
#include "fuzz.h"

static const str allowed[] = {
	STR_INIT("p"),          STR_INIT("h2"),     STR_INIT("h3"),   STR_INIT("h4"),    STR_INIT("h5"),
	STR_INIT("h6"),         STR_INIT("ul"),     STR_INIT("ol"),   STR_INIT("li"),    STR_INIT("hr"),
	STR_INIT("blockquote"), STR_INIT("pre"),    STR_INIT("code"), STR_INIT("em"),    STR_INIT("del"),
	STR_INIT("br"),         STR_INIT("strong"), STR_INIT("a"),    STR_INIT("table"), STR_INIT("thead"),
	STR_INIT("tbody"),      STR_INIT("tr"),     STR_INIT("th"),   STR_INIT("td"),    STR_INIT("div"),
};

static void check_tag(str tag, int64_t *depth)
{
	str rest = tag, name;
	bool known = false, closes = str_starts(tag, STR("/"));

	if (closes)
		rest = str_from(rest, 1);
	CHECK(str_next(&rest, ' ', &name));
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		known = known || str_eq(name, allowed[i]);
	CHECK(known);
	if (!str_eq(name, STR("br")) && !str_eq(name, STR("hr")))
		*depth += closes ? -1 : 1;
	CHECK(*depth >= 0);
	if (str_eq(name, STR("a")) && !closes) {
		ptrdiff_t at = str_find(tag, STR("href=\""));

		CHECK(at >= 0);
		rest = str_from(tag, (size_t)at + 6);
		CHECK(!str_starts_nocase(rest, STR("javascript:")));
		CHECK(!str_starts_nocase(rest, STR("data:")) && !str_starts_nocase(rest, STR("vbscript:")));
		CHECK(!str_starts(rest, STR("//")));
	}
}

static void check_html(str html)
{
	int64_t depth = 0;

	while (html.len) {
		ptrdiff_t from = str_find_byte(html, '<'), to;

		if (from < 0)
			break;
		to = str_find_byte(html, '>');
		CHECK(to > from);
		check_tag(str_sub(html, (size_t)from + 1, (size_t)(to - from) - 1), &depth);
		html = str_from(html, (size_t)to + 1);
	}
	CHECK(depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = {0};
	struct buf out;

	buf_init(&out, 2 * MARKDOWN_HTML_MAX);
	if (markdown_html((str){(const char *)data, size}, &out, &e))
		CHECK(e.code == ERR_LIMIT && e.id);
	else
		check_html(buf_str(&out));
	CHECK(utf8_is_valid(buf_str(&out)));
	buf_done(&out);
	return 0;
}
