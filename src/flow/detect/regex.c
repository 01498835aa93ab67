/* Regular expressions by PCRE2, compiled ahead, with limits, so that a value from a stranger cannot hold a thread. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/internal.h"

#define JIT_STACK_MIN (32u << 10)
#define JIT_STACK_MAX (1u << 20)
#define LITERAL_MIN 3u

struct regex {
	pcre2_code *code;
	char *literal;
	size_t literal_len;
};

struct regex_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	uint64_t exhausted;
};

/* The end of an escape, a class or a group that starts at `at`; the pattern is known to compile. */
static size_t skip_item(str p, size_t at)
{
	unsigned depth = 0;

	do {
		char c = p.ptr[at];

		if (c == '\\') {
			at++;
		} else if (c == '[') {
			at += at + 1 < p.len && p.ptr[at + 1] == '^';
			at += at + 1 < p.len && p.ptr[at + 1] == ']';
			while (at + 1 < p.len && p.ptr[++at] != ']')
				at += p.ptr[at] == '\\';
		} else if (c == '(') {
			depth++;
		} else if (c == ')') {
			depth--;
		}
		at++;
	} while (depth && at < p.len);
	return at < p.len ? at : p.len;
}

/* Only ASCII: a quantifier behind a longer character would make all its bytes optional. Where case does not count, k
 * and s have Unicode twins (U+212A, U+017F) and are not plain either. */
static bool is_plain(char c, bool caseless)
{
	if (c <= 0 || strchr("\\[](){}.*+?|^$#", c))
		return false;
	return !caseless || !strchr("kKsS", c);
}

static bool is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* (?x), wherever the letter stands among the options: blanks of the pattern are then not looked for. */
static bool has_extended(str p)
{
	for (size_t at = 0; at + 2 < p.len; at++) {
		if (p.ptr[at] != '(' || p.ptr[at + 1] != '?')
			continue;
		for (size_t i = at + 2; i < p.len && p.ptr[i] && strchr("^-imnsxUJ", p.ptr[i]); i++)
			if (p.ptr[i] == 'x')
				return true;
	}
	return false;
}

/* A pattern in which nothing is evident: an alternation at the top, quotes, verbs, comments, extended syntax, or an
 * escape with an argument such as \x41. */
static bool is_opaque(str p)
{
	static const char *const signs[] = {"\\Q", "(*", "[:", "(?#"};

	for (size_t i = 0; i < COUNT_OF(signs); i++)
		if (str_find(p, str_of(signs[i])) >= 0)
			return true;
	if (has_extended(p))
		return true;
	for (size_t at = 0; at < p.len; at = skip_item(p, at)) {
		if (p.ptr[at] == '|')
			return true;
		if (p.ptr[at] == '\\' && at + 1 < p.len && is_letter_or_digit(p.ptr[at + 1]) &&
		    !strchr("wWdDsSbBnrtvhHAzZG", p.ptr[at + 1]))
			return true;
	}
	return false;
}

static void keep_longest(struct regex *r, struct buf *run)
{
	if (run->len > r->literal_len && run->len >= LITERAL_MIN) {
		free(r->literal);
		r->literal = mem_dup(run->ptr, run->len);
		r->literal_len = run->len;
	}
	buf_clear(run);
}

/* The plain character that the item at `at` stands for, or 0. */
static char plain_char(str p, size_t at, bool caseless)
{
	if (at >= p.len)
		return 0;
	if (p.ptr[at] != '\\')
		return is_plain(p.ptr[at], caseless) ? p.ptr[at] : 0;
	if (at + 1 == p.len || p.ptr[at + 1] <= 0 || is_letter_or_digit(p.ptr[at + 1]))
		return 0;
	return p.ptr[at + 1];
}

/* The longest run of plain characters outside groups and classes that no quantifier makes optional. */
static void find_literal(struct regex *r, str p, bool caseless)
{
	_cleanup_(buf_done) struct buf run = {.max = PATTERN_BYTES_MAX};
	size_t at = 0;

	if (is_opaque(p))
		return;
	while (at <= p.len) {
		char c = plain_char(p, at, caseless);
		size_t next = at < p.len ? skip_item(p, at) : at + 1;

		if (c && !(next < p.len && p.ptr[next] && strchr("?*{", p.ptr[next])))
			buf_add_byte(&run, c);
		else
			keep_longest(r, &run);
		if (at < p.len && p.ptr[at] == '{') {
			ptrdiff_t close = str_find_byte(str_from(p, at), '}');

			next = close < 0 ? next : at + (size_t)close + 1;
		}
		at = next;
	}
	if (r->literal)
		text_fold((str){r->literal, r->literal_len}, r->literal);
}

int regex_create(str pattern, const struct modifiers *m, struct regex **ret, struct err *e)
{
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
	PCRE2_SIZE offset = 0;
	int code = 0;
	struct regex *r;
	pcre2_code *compiled;

	options |= m->regex_i ? PCRE2_CASELESS : 0;
	options |= m->regex_m ? PCRE2_MULTILINE : 0;
	options |= m->regex_s ? PCRE2_DOTALL : 0;
	compiled = pcre2_compile((PCRE2_SPTR)(pattern.ptr ? pattern.ptr : ""), pattern.len, options, &code, &offset,
				 NULL);
	if (!compiled) {
		unsigned char words[120] = "";
		int rc = err_set_value(e, ERR_PARSE, "err.rule.regex", pattern);

		pcre2_get_error_message(code, words, sizeof(words));
		err_detail_fmt(e, "%s (%zu)", (const char *)words, offset + 1);
		return rc;
	}
	/* Without JIT the interpreter does the same work more slowly. */
	(void)pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
	r = mem_alloc(1, sizeof(*r));
	r->code = compiled;
	find_literal(r, pattern, m->regex_i || str_find(pattern, STR("(?")) >= 0);
	*ret = r;
	return 0;
}

void regex_free(struct regex *r)
{
	if (!r)
		return;
	pcre2_code_free(r->code);
	free(r->literal);
	free(r);
}

str regex_literal(const struct regex *r)
{
	return (str){r->literal, r->literal_len};
}

bool regex_find(const struct regex *r, str text, struct regex_scratch *s)
{
	size_t len = text.len < REGEX_SUBJECT_MAX ? text.len : REGEX_SUBJECT_MAX;
	int rc = pcre2_match(r->code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), len, 0, 0, s->data, s->context);

	/* 0 means that there are more groups than the one pair we asked for: a match. */
	if (rc >= 0)
		return true;
	if (rc != PCRE2_ERROR_NOMATCH || len < text.len)
		s->exhausted++;
	return false;
}

struct regex_scratch *regex_scratch_create(void)
{
	struct regex_scratch *s = mem_alloc(1, sizeof(*s));

	s->data = pcre2_match_data_create(1, NULL);
	s->context = pcre2_match_context_create(NULL);
	s->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
	CHECK(s->data && s->context);
	pcre2_set_match_limit(s->context, REGEX_STEPS_MAX);
	pcre2_set_depth_limit(s->context, REGEX_DEPTH_MAX);
	pcre2_jit_stack_assign(s->context, NULL, s->stack);
	return s;
}

void regex_scratch_free(struct regex_scratch *s)
{
	if (!s)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->context);
	pcre2_jit_stack_free(s->stack);
	free(s);
}

uint64_t regex_scratch_exhausted(const struct regex_scratch *s)
{
	return s->exhausted;
}
