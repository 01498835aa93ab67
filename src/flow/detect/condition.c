/* The condition language: or < and < not < "x of" < ( ), words without regard to case.
 * Source: Sigma 2.1.0, "Condition". */
#include "base/check.h"
#include "flow/detect/internal.h"

#define CONDITION_DEPTH_MAX 32u
#define OPERANDS_MAX 4096u

struct parser {
	struct compile *c;
	const struct selections *s;
	const struct yaml_node *node;
	str rest;
	str token; /* empty at the end */
	uint32_t depth;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void next(struct parser *p)
{
	size_t len = 0;

	while (p->rest.len && is_space(p->rest.ptr[0]))
		p->rest = str_from(p->rest, 1);
	if (p->rest.len && strchr("()|", p->rest.ptr[0]))
		len = 1;
	while (len < p->rest.len && !is_space(p->rest.ptr[len]) && p->rest.ptr[len] && !strchr("()|", p->rest.ptr[len]))
		len++;
	if (p->rest.len && strchr("()|", p->rest.ptr[0]))
		len = 1;
	if (len == 0 && p->rest.len) /* a NUL byte: a token of its own, so that it is named */
		len = 1;
	p->token = str_sub(p->rest, 0, len);
	p->rest = str_from(p->rest, len);
}

static bool is_word(const struct parser *p, const char *word)
{
	return str_eq_nocase(p->token, str_of(word));
}

static int fail(struct parser *p)
{
	return compile_fail(p->c, p->node, "err.rule.condition", p->token.len ? p->token : STR("…"));
}

/* `*` in the pattern stands for any run. Both short: names of selections. */
static bool name_fits(str pattern, str name)
{
	size_t p = 0, n = 0, star = SIZE_MAX, mark = 0;

	while (n < name.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			mark = n;
		} else if (p < pattern.len && pattern.ptr[p] == name.ptr[n]) {
			p++;
			n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

static int parse_or(struct parser *p, struct expr *ret);

/* "1", "any", "all" or a number before "of". 0 = all. */
static bool is_quantity(const struct parser *p, uint64_t *ret)
{
	str rest = str_trim(p->rest);

	if (!(str_starts_nocase(rest, STR("of")) && rest.len > 2 && is_space(rest.ptr[2])))
		return false;
	*ret = 0;
	if (is_word(p, "all"))
		return true;
	*ret = 1;
	if (is_word(p, "any"))
		return true;
	return str_to_u64(p->token, ret) && *ret >= 1 && *ret <= OPERANDS_MAX;
}

static int parse_of(struct parser *p, uint64_t quantity, struct expr *ret)
{
	uint32_t fitting = 0, at = 0;
	bool them;
	struct expr x;
	int rc;

	next(p); /* "of" */
	next(p);
	if (p->token.len == 0 || strchr("()|", p->token.ptr[0]))
		return fail(p);
	them = is_word(p, "them");
	for (size_t i = 0; i < p->s->count; i++)
		fitting += them ? p->s->names[i].ptr[0] != '_' : name_fits(p->token, p->s->names[i]);
	if (fitting == 0 || quantity > fitting)
		return compile_fail(p->c, p->node, "err.rule.of", p->token);
	rc = expr_make(p->c, p->node, quantity == 0 ? EXPR_AND : quantity == 1 ? EXPR_OR : EXPR_AT_LEAST, fitting, &x);
	if (rc < 0)
		return rc;
	x.least = (uint32_t)quantity;
	for (size_t i = 0; i < p->s->count && rc == 0; i++) {
		if (them ? p->s->names[i].ptr[0] == '_' : !name_fits(p->token, p->s->names[i]))
			continue;
		x.kids[at++] = p->s->exprs[i];
		rc = nodes_take(p->c, p->node, p->s->sizes[i]);
	}
	if (rc < 0)
		return rc;
	next(p);
	*ret = x;
	return 0;
}

static int parse_name(struct parser *p, struct expr *ret)
{
	for (size_t i = 0; i < p->s->count; i++) {
		if (str_eq(p->s->names[i], p->token)) {
			*ret = p->s->exprs[i];
			next(p);
			return nodes_take(p->c, p->node, p->s->sizes[i]);
		}
	}
	if (p->token.len == 0 || strchr(")|", p->token.ptr[0]))
		return fail(p);
	return compile_fail(p->c, p->node, "err.rule.selection", p->token);
}

static int parse_atom(struct parser *p, struct expr *ret)
{
	uint64_t quantity;
	int rc;

	if (is_quantity(p, &quantity))
		return parse_of(p, quantity, ret);
	if (!str_eq(p->token, STR("(")))
		return parse_name(p, ret);
	next(p);
	rc = parse_or(p, ret);
	if (rc < 0)
		return rc;
	if (!str_eq(p->token, STR(")")))
		return fail(p);
	next(p);
	return 0;
}

static int parse_not(struct parser *p, struct expr *ret)
{
	struct expr x, inner;
	bool negated = false;
	int rc;

	while (is_word(p, "not")) {
		negated = !negated;
		next(p);
	}
	rc = parse_atom(p, &inner);
	if (rc < 0 || !negated) {
		*ret = inner;
		return rc;
	}
	rc = expr_make(p->c, p->node, EXPR_NOT, 1, &x);
	if (rc < 0)
		return rc;
	x.kids[0] = inner;
	*ret = x;
	return 0;
}

/* operand (word operand)*, as one node with all of them. */
static int parse_row(struct parser *p, const char *word, enum expr_kind kind,
		     int (*operand)(struct parser *, struct expr *), struct expr *ret)
{
	struct expr x, grown;
	uint32_t room = 1;
	int rc = operand(p, ret);

	if (rc < 0 || !is_word(p, word))
		return rc;
	rc = expr_make(p->c, p->node, kind, 1, &x);
	if (rc < 0)
		return rc;
	x.kids[0] = *ret;
	while (is_word(p, word)) {
		next(p);
		if (x.count == room) {
			rc = expr_make(p->c, p->node, kind, room * 2, &grown);
			if (rc < 0)
				return rc;
			memcpy(grown.kids, x.kids, x.count * sizeof(*x.kids));
			grown.count = x.count;
			room *= 2;
			x = grown;
		}
		rc = operand(p, &x.kids[x.count]);
		if (rc < 0)
			return rc;
		x.count++;
	}
	*ret = x;
	return 0;
}

static int parse_and(struct parser *p, struct expr *ret)
{
	return parse_row(p, "and", EXPR_AND, parse_not, ret);
}

static int parse_or(struct parser *p, struct expr *ret)
{
	int rc;

	if (++p->depth > CONDITION_DEPTH_MAX)
		return compile_fail(p->c, p->node, "err.rule.condition_depth", STR_NONE);
	rc = parse_row(p, "or", EXPR_OR, parse_and, ret);
	p->depth--;
	return rc;
}

static int parse_text(struct compile *c, const struct selections *s, const struct yaml_node *node, struct expr *ret)
{
	struct parser p = {.c = c, .s = s, .node = node, .rest = node->text};
	struct expr x;
	int rc;

	if (node->kind != YAML_SCALAR || str_trim(node->text).len == 0)
		return compile_fail(c, node, "err.rule.no_condition", STR_NONE);
	if (str_find_byte(node->text, '|') >= 0)
		return compile_fail(c, node, "err.rule.aggregation", node->text);
	next(&p);
	rc = parse_or(&p, &x);
	if (rc < 0)
		return rc;
	if (p.token.len)
		return fail(&p);
	*ret = x;
	return 0;
}

int condition_compile(struct compile *c, const struct selections *s, const struct yaml_node *node, struct expr *ret)
{
	struct expr any;
	int rc;

	if (!node)
		return compile_fail(c, node, "err.rule.no_condition", STR_NONE);
	if (node->kind != YAML_LIST)
		return parse_text(c, s, node, ret);
	if (node->count == 0)
		return compile_fail(c, node, "err.rule.no_condition", STR_NONE);
	rc = expr_make(c, node, EXPR_OR, node->count, &any);
	for (uint32_t i = 0; i < node->count && rc == 0; i++)
		rc = parse_text(c, s, &node->items[i], &any.kids[i]);
	if (rc == 0)
		*ret = any;
	return rc;
}
