#include "craft/markdown/markdown.h"

#include <md4c.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "craft/view/view.h"

#define ADDRESS_MAX 2048u /* bytes; a longer one is not shown as a link */

struct renderer {
	struct buf *out;
	size_t limit; /* of out->len */
	uint32_t depth;
	uint32_t links;                            /* open ones in one another: only the outermost is a link */
	MD_SPANTYPE spans[MARKDOWN_DEPTH_MAX + 1]; /* open ones; md4c 0.4 may end a span that it never began */
	uint32_t span_count;
	bool too_deep;
};

/* Element of a block or span without attributes; NULL = nothing. */
static const char *const block_names[] = {
	[MD_BLOCK_QUOTE] = "blockquote", [MD_BLOCK_UL] = "ul",       [MD_BLOCK_LI] = "li", [MD_BLOCK_P] = "p",
	[MD_BLOCK_THEAD] = "thead",      [MD_BLOCK_TBODY] = "tbody", [MD_BLOCK_TR] = "tr",
};
static const char *const span_names[] = {
	[MD_SPAN_EM] = "em",
	[MD_SPAN_STRONG] = "strong",
	[MD_SPAN_CODE] = "code",
	[MD_SPAN_DEL] = "del",
};

static void put(struct renderer *r, str s)
{
	buf_add(r->out, s);
}

/* Non-zero ends md4c's parsing. */
static int go_on(const struct renderer *r)
{
	return r->too_deep || r->out->failed || r->out->len > r->limit;
}

static int deeper(struct renderer *r)
{
	r->too_deep |= r->depth + r->span_count > MARKDOWN_DEPTH_MAX;
	return go_on(r);
}

/* ---- entities ---- */

static bool entity_number(str digits, bool is_hex, uint32_t *ret)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits.len; i++) {
		unsigned char c = (unsigned char)digits.ptr[i];
		uint32_t digit = c <= '9' ? c - 48u : (c | 0x20u) - 97u + 10u; /* '0', 'a' */

		value = value * (is_hex ? 16u : 10u) + digit;
		if (value > 0x10FFFF)
			return false;
	}
	*ret = value;
	return digits.len != 0;
}

/* The few named ones that people write; another stays as it was typed. */
static bool entity_named(str name, uint32_t *ret)
{
	static const struct {
		str name;
		uint32_t code;
	} known[] = {{STR_INIT("amp"), '&'},       {STR_INIT("lt"), '<'},       {STR_INIT("gt"), '>'},
		     {STR_INIT("quot"), '"'},      {STR_INIT("apos"), '\''},    {STR_INIT("nbsp"), 0xA0},
		     {STR_INIT("copy"), 0xA9},     {STR_INIT("ndash"), 0x2013}, {STR_INIT("mdash"), 0x2014},
		     {STR_INIT("hellip"), 0x2026}, {STR_INIT("rarr"), 0x2192}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_eq(name, known[i].name)) {
			*ret = known[i].code;
			return true;
		}
	return false;
}

/* "&#x41;" as its character, for the escaping that follows. */
static void entity_add(struct buf *out, str entity)
{
	str inner = str_sub(entity, 1, entity.len < 2 ? 0 : entity.len - 2);
	bool is_hex = str_starts_nocase(inner, STR("#x"));
	uint32_t code = 0;
	bool known = str_starts(inner, STR("#")) ? entity_number(str_from(inner, is_hex ? 2 : 1), is_hex, &code)
						 : entity_named(inner, &code);
	char bytes[4];

	if (!known) {
		buf_add(out, entity);
		return;
	}
	if (!code || (code >= 0xD800 && code <= 0xDFFF))
		code = 0xFFFD;
	buf_add(out, (str){bytes, utf8_encode(code, bytes)});
}

/* ---- addresses ---- */

/* Entities are resolved before the scheme is looked at: "java&#115;cript:" must not hide it. */
static void address_add(struct renderer *r, const MD_ATTRIBUTE *address)
{
	_cleanup_(buf_done) struct buf text = {0};

	buf_init(&text, ADDRESS_MAX);
	for (size_t i = 0; address->size && address->substr_offsets[i] < address->size; i++) {
		str part = {address->text + address->substr_offsets[i],
			    address->substr_offsets[i + 1] - address->substr_offsets[i]};

		if (address->substr_types[i] == MD_TEXT_ENTITY)
			entity_add(&text, part);
		else if (address->substr_types[i] == MD_TEXT_NULLCHAR)
			buf_add(&text, STR("\xEF\xBF\xBD"));
		else
			buf_add(&text, part);
	}
	view_add_url(r->out, text.failed ? STR("#") : buf_str(&text));
}

static void link_open(struct renderer *r, const MD_ATTRIBUTE *address)
{
	put(r, STR("<a rel=\"noreferrer noopener\" href=\""));
	address_add(r, address);
	put(r, STR("\">"));
}

/* ---- md4c's calls ---- */

static void heading(struct renderer *r, const MD_BLOCK_H_DETAIL *h, bool is_open)
{
	unsigned level = h->level < 5 ? h->level + 1 : 6;

	buf_add_fmt(r->out, is_open ? "<h%u>" : "</h%u>\n", level);
}

static void item_open(struct renderer *r, const MD_BLOCK_LI_DETAIL *li)
{
	put(r, STR("<li>"));
	if (li->is_task)
		put(r, li->task_mark == ' ' ? STR("☐ ") : STR("☑ "));
}

static void cell_open(struct renderer *r, MD_BLOCKTYPE type, const MD_BLOCK_TD_DETAIL *cell)
{
	put(r, type == MD_BLOCK_TH ? STR("<th scope=\"col\"") : STR("<td"));
	put(r, cell->align == MD_ALIGN_RIGHT ? STR(" class=\"num\">") : STR(">"));
}

static const char *span_name(MD_SPANTYPE type)
{
	return (size_t)type < sizeof(span_names) / sizeof(span_names[0]) ? span_names[type] : NULL;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct renderer *r = ctx;
	bool picture = type == MD_SPAN_IMG;

	if (r->depth + r->span_count >= MARKDOWN_DEPTH_MAX) {
		r->too_deep = true;
		return go_on(r);
	}
	r->spans[r->span_count++] = type;
	if ((picture || type == MD_SPAN_A) && !r->links++)
		link_open(r, picture ? &((MD_SPAN_IMG_DETAIL *)detail)->src : &((MD_SPAN_A_DETAIL *)detail)->href);
	if (picture)
		put(r, STR("🖼 "));
	if (span_name(type))
		buf_add_fmt(r->out, "<%s>", span_name(type));
	return go_on(r);
}

static void close_span(struct renderer *r)
{
	MD_SPANTYPE type = r->spans[--r->span_count];

	if (span_name(type))
		buf_add_fmt(r->out, "</%s>", span_name(type));
	if ((type == MD_SPAN_IMG || type == MD_SPAN_A) && !--r->links)
		put(r, STR("</a>"));
}

static int leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct renderer *r = ctx;
	uint32_t at = r->span_count;

	(void)detail;
	while (at > 0 && r->spans[at - 1] != type)
		at--;
	while (at > 0 && r->span_count >= at)
		close_span(r);
	return go_on(r);
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct renderer *r = ctx;

	switch (type) {
	case MD_BLOCK_DOC:
	case MD_BLOCK_HTML:
		break;
	case MD_BLOCK_HR:
		put(r, STR("<hr>\n"));
		break;
	case MD_BLOCK_H:
		heading(r, detail, true);
		break;
	case MD_BLOCK_OL:
		buf_add_fmt(r->out, "<ol start=\"%u\">\n", ((MD_BLOCK_OL_DETAIL *)detail)->start);
		break;
	case MD_BLOCK_LI:
		item_open(r, detail);
		break;
	case MD_BLOCK_CODE:
		put(r, STR("<pre tabindex=\"0\"><code>"));
		break;
	case MD_BLOCK_TABLE:
		put(r, STR("<div class=\"scroll-x\" tabindex=\"0\"><table class=\"tbl\">\n"));
		break;
	case MD_BLOCK_TH:
	case MD_BLOCK_TD:
		cell_open(r, type, detail);
		break;
	default:
		buf_add_fmt(r->out, "<%s>", block_names[type]);
		break;
	}
	r->depth++;
	return deeper(r);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct renderer *r = ctx;

	r->depth--;
	while (r->span_count)
		close_span(r);
	switch (type) {
	case MD_BLOCK_DOC:
	case MD_BLOCK_HTML:
	case MD_BLOCK_HR:
		break;
	case MD_BLOCK_H:
		heading(r, detail, false);
		break;
	case MD_BLOCK_OL:
		put(r, STR("</ol>\n"));
		break;
	case MD_BLOCK_CODE:
		put(r, STR("</code></pre>\n"));
		break;
	case MD_BLOCK_TABLE:
		put(r, STR("</table></div>\n"));
		break;
	case MD_BLOCK_TH:
		put(r, STR("</th>"));
		break;
	case MD_BLOCK_TD:
		put(r, STR("</td>"));
		break;
	default:
		buf_add_fmt(r->out, "</%s>\n", block_names[type]);
		break;
	}
	return go_on(r);
}

static int text(MD_TEXTTYPE type, const MD_CHAR *bytes, MD_SIZE size, void *ctx)
{
	struct renderer *r = ctx;
	_cleanup_(buf_done) struct buf one = {0};

	switch (type) {
	case MD_TEXT_BR:
		put(r, STR("<br>\n"));
		break;
	case MD_TEXT_SOFTBR:
		put(r, STR("\n"));
		break;
	case MD_TEXT_NULLCHAR:
		put(r, STR("\xEF\xBF\xBD"));
		break;
	case MD_TEXT_ENTITY:
		buf_init(&one, ADDRESS_MAX);
		entity_add(&one, (str){bytes, size});
		view_add_text(r->out, buf_str(&one));
		break;
	default:
		view_add_text(r->out, (str){bytes, size});
		break;
	}
	return go_on(r);
}

int markdown_html(str source, struct buf *out, struct err *e)
{
	static const MD_PARSER parser = {
		.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_PERMISSIVEURLAUTOLINKS |
			 MD_FLAG_NOHTML,
		.enter_block = enter_block,
		.leave_block = leave_block,
		.enter_span = enter_span,
		.leave_span = leave_span,
		.text = text,
	};
	struct renderer r = {.out = out, .limit = out->len + MARKDOWN_HTML_MAX};
	int rc;

	if (source.len > MARKDOWN_MAX) {
		rc = err_set(e, ERR_LIMIT, "err.markdown.long");
		err_expected(e, STR("131072"));
		return rc;
	}
	rc = md_parse(source.ptr ? source.ptr : "", (MD_SIZE)source.len, &parser, &r);
	if (r.too_deep)
		return err_set(e, ERR_LIMIT, "err.markdown.depth");
	if (rc || out->failed || out->len > r.limit)
		return err_set(e, ERR_LIMIT, "err.markdown.html");
	return 0;
}
