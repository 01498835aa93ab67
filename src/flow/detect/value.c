/* From a key's value or values with its modifiers to predicates. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/internal.h"

#define VARIANTS_MAX 3u /* base64offset makes three of one */

struct variants {
	struct pattern list[VARIANTS_MAX];
	uint32_t count;
};

static void variants_done(struct variants *v)
{
	for (uint32_t i = 0; i < v->count; i++)
		pattern_done(&v->list[i]);
}

static int add_pred(struct compile *c, const struct yaml_node *node, const struct pred *p, str payload,
		    struct expr *ret)
{
	int rc = expr_make(c, node, EXPR_PRED, 0, ret);

	if (rc < 0)
		return rc;
	ret->pred = pred_add(c->set, p, payload);
	return 0;
}

/* ---- text ---- */

static int split_in_three(struct variants *v)
{
	struct pattern source;

	if (v->count != 1)
		return -1;
	source = v->list[0];
	for (unsigned shift = 0; shift < VARIANTS_MAX; shift++)
		pattern_base64_shifted(&v->list[shift], &source, shift);
	v->count = VARIANTS_MAX;
	pattern_done(&source);
	return 0;
}

/* Negative: the transformation needs plain text and there is a wildcard. */
static int transform(struct variants *v, enum modifier_id how)
{
	for (uint32_t i = 0; i < v->count; i++)
		if (how >= MOD_BASE64 && !pattern_is_plain(&v->list[i]))
			return -1;
	if (how == MOD_BASE64OFFSET)
		return split_in_three(v);
	for (uint32_t i = 0; i < v->count; i++) {
		struct pattern *p = &v->list[i];

		if (how == MOD_CONTAINS || how == MOD_ENDSWITH)
			pattern_star_front(p);
		if (how == MOD_CONTAINS || how == MOD_STARTSWITH)
			pattern_star_back(p);
		if (how == MOD_WINDASH)
			pattern_windash(p);
		else if (how == MOD_BASE64)
			pattern_base64(p);
		else if (how == MOD_UTF16)
			pattern_utf16(p, UTF16_BOM);
		else if (how == MOD_UTF16LE)
			pattern_utf16(p, UTF16_LE);
		else if (how == MOD_UTF16BE)
			pattern_utf16(p, UTF16_BE);
	}
	return 0;
}

static int add_text(struct compile *c, const struct modifiers *m, const struct yaml_node *node, const struct pattern *p,
		    struct expr *ret)
{
	_cleanup_(buf_done) struct buf payload = {.max = 3 * PATTERN_BYTES_MAX};
	struct pred pred = {.kind = PRED_TEXT, .cased = m->cased};

	pred.field = m->field.len ? name_table_add(c->set->names, m->field) : FIELD_KEYWORD;
	pred.glob = glob_create(p, !m->cased, &c->set->arena);
	if (!pred.glob)
		return compile_full(c, node);
	pred.literal = glob_literal(pred.glob);
	if (m->cased && pred.literal.len) {
		pred.literal = arena_str(&c->set->arena, pred.literal);
		if (!pred.literal.ptr)
			return compile_full(c, node);
		text_fold(pred.literal, (char *)(uintptr_t)pred.literal.ptr);
	}
	buf_add(&payload, buf_str(&p->bytes));
	if (!m->cased && payload.len)
		text_fold(buf_str(&payload), payload.ptr);
	buf_add(&payload, buf_str(&p->units));
	return add_pred(c, node, &pred, buf_str(&payload), ret);
}

/* `%name%` when nobody gave the name values: it stands for none, so it matches nothing, and the set notes it. */
static bool has_placeholder(str written)
{
	size_t open = 0;

	for (size_t i = 0; i < written.len; i++) {
		if (written.ptr[i] == '\\')
			i++;
		else if (written.ptr[i] == '%' && open++)
			return true;
	}
	return false;
}

/* Of one byte, a shift by one leaves no digit that is its own: the value would be found everywhere. */
static bool is_too_short(const struct variants *v)
{
	for (uint32_t i = 0; i < v->count; i++)
		if (v->list[i].bytes.len == 0)
			return true;
	return false;
}

static int text_value(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *ret)
{
	_cleanup_(variants_done) struct variants v = {.count = 1};
	int rc;

	pattern_init(&v.list[0]);
	pattern_parse(&v.list[0], node->text, m->expand);
	for (uint32_t i = 0; i < m->order_count; i++) {
		if (transform(&v, (enum modifier_id)m->order[i]) < 0)
			return compile_fail(c, node, "err.rule.encoding", node->text);
		if (m->order[i] == MOD_BASE64OFFSET && is_too_short(&v))
			return compile_fail(c, node, "err.rule.base64_short", node->text);
	}
	/* Keywords are searched in the event's values, not compared with them. */
	for (uint32_t i = 0; i < v.count && m->field.len == 0; i++) {
		pattern_star_front(&v.list[i]);
		pattern_star_back(&v.list[i]);
	}
	for (uint32_t i = 0; i < v.count; i++)
		if (!pattern_fits(&v.list[i]))
			return compile_fail(c, node, "err.rule.value_size", STR_NONE);
	if (v.count == 1)
		return add_text(c, m, node, &v.list[0], ret);
	rc = expr_make(c, node, EXPR_OR, v.count, ret);
	for (uint32_t i = 0; i < v.count && rc == 0; i++)
		rc = add_text(c, m, node, &v.list[i], &ret->kids[i]);
	return rc;
}

/* ---- other types ---- */

static int regex_value(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *ret)
{
	struct pred pred = {.kind = PRED_REGEX, .cased = true};
	_cleanup_(buf_done) struct buf payload = {.max = 2 * PATTERN_BYTES_MAX};
	size_t before = c->set->pred_count;
	struct regex *regex;
	int rc;

	if (node->text.len > PATTERN_BYTES_MAX)
		return compile_fail(c, node, "err.rule.value_size", STR_NONE);
	rc = regex_create(node->text, m, &regex, c->err);
	if (rc < 0)
		return yaml_err(c->err, rc, c->path, node);
	pred.field = m->field.len ? name_table_add(c->set->names, m->field) : FIELD_KEYWORD;
	pred.regex = regex;
	pred.literal = regex_literal(regex);
	buf_add_fmt(&payload, "%d%d%d", m->regex_i, m->regex_m, m->regex_s);
	buf_add(&payload, node->text);
	rc = add_pred(c, node, &pred, buf_str(&payload), ret);
	if (rc < 0 || c->set->pred_count == before) {
		regex_free(regex);
		return rc;
	}
	mem_grow(&c->set->regexes, &c->set->regex_cap, c->set->regex_count + 1, sizeof(*c->set->regexes));
	c->set->regexes[c->set->regex_count++] = regex;
	return 0;
}

static int number_value(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *ret)
{
	struct pred pred = {.kind = m->is_time ? PRED_TIME : PRED_NUMBER,
			    .op = (uint8_t)(m->is_number ? m->op : CMP_EQ)};

	pred.part = (uint8_t)m->part;
	pred.field = name_table_add(c->set->names, m->field);
	if (!number_parse(node->text, &pred.number))
		return compile_fail(c, node, "err.rule.number", node->text);
	return add_pred(c, node, &pred, node->text, ret);
}

static int cidr_value(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *ret)
{
	struct pred pred = {.kind = PRED_CIDR, .field = name_table_add(c->set->names, m->field)};

	if (!cidr_parse(node->text, &pred.cidr))
		return compile_fail(c, node, "err.rule.cidr", node->text);
	return add_pred(c, node, &pred, node->text, ret);
}

static int exists_value(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *ret)
{
	struct pred pred = {.kind = PRED_EXISTS, .field = name_table_add(c->set->names, m->field)};
	bool yes = str_eq_nocase(node->text, STR("true")) || str_eq_nocase(node->text, STR("yes"));
	struct expr inner;
	int rc;

	if (!yes && !str_eq_nocase(node->text, STR("false")) && !str_eq_nocase(node->text, STR("no")))
		return compile_fail(c, node, "err.rule.bool", node->text);
	rc = add_pred(c, node, &pred, STR_NONE, &inner);
	if (rc < 0 || yes) {
		*ret = inner;
		return rc;
	}
	rc = expr_make(c, node, EXPR_NOT, 1, ret);
	if (rc == 0)
		ret->kids[0] = inner;
	return rc;
}

static int fieldref_value(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *ret)
{
	static const uint8_t how[] = {
		[MOD_CONTAINS] = GLOB_CONTAINS, [MOD_STARTSWITH] = GLOB_PREFIX, [MOD_ENDSWITH] = GLOB_SUFFIX};
	struct pred pred = {.kind = PRED_FIELDREF, .how = GLOB_EXACT, .cased = m->cased};

	if (node->text.len == 0)
		return compile_fail(c, node, "err.rule.empty", m->field);
	if (m->order_count)
		pred.how = how[m->order[0]];
	pred.field = name_table_add(c->set->names, m->field);
	pred.other = name_table_add(c->set->names, node->text);
	return add_pred(c, node, &pred, node->text, ret);
}

static int null_value(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *ret)
{
	struct pred pred = {.kind = PRED_NULL};

	if (m->field.len == 0 || m->regex || m->cidr || m->exists || m->fieldref || m->is_number || m->is_time)
		return compile_fail(c, node, "err.rule.null", m->field);
	pred.field = name_table_add(c->set->names, m->field);
	return add_pred(c, node, &pred, STR_NONE, ret);
}

static int never_value(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *ret)
{
	struct pred pred = {.kind = PRED_NEVER};

	compile_note(c, node, "err.rule.placeholder", node->text);
	pred.field = m->field.len ? name_table_add(c->set->names, m->field) : FIELD_KEYWORD;
	return add_pred(c, node, &pred, STR_NONE, ret);
}

static void leaf_set(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *x);

static int one_value(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *ret)
{
	int rc;

	if (node->kind != YAML_SCALAR)
		return compile_fail(c, node, "err.rule.value", m->field);
	if (m->regex)
		rc = regex_value(c, m, node, ret);
	else if (m->exists)
		rc = exists_value(c, m, node, ret);
	else if (yaml_is_null(node))
		rc = null_value(c, m, node, ret);
	else if (m->is_number || m->is_time)
		rc = number_value(c, m, node, ret);
	else if (m->cidr)
		rc = cidr_value(c, m, node, ret);
	else if (m->fieldref)
		rc = fieldref_value(c, m, node, ret);
	else if (m->expand && has_placeholder(node->text))
		rc = never_value(c, m, node, ret);
	else
		rc = text_value(c, m, node, ret);
	if (rc == 0)
		leaf_set(c, m, node, ret);
	return rc;
}

/* Every predicate of the value points to the words of its author. */
static void leaf_mark(struct expr *x, uint32_t leaf)
{
	if (x->kind == EXPR_PRED) {
		x->leaf = leaf;
		return;
	}
	for (uint32_t i = 0; i < x->count; i++)
		leaf_mark(&x->kids[i], leaf);
}

static void leaf_set(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *x)
{
	struct rule_set *set = c->set;

	mem_grow(&set->leaves, &set->leaf_cap, set->leaf_count + 1, sizeof(*set->leaves));
	set->leaves[set->leaf_count] = (struct written_value){
		.selection = c->selection,
		.field = m->field,
		.modifiers = m->written,
		.pattern = arena_str(&set->arena, node->text),
	};
	leaf_mark(x, (uint32_t)set->leaf_count++);
}

int value_compile(struct compile *c, const struct modifiers *m, const struct yaml_node *node, struct expr *ret)
{
	struct expr values, whole;
	int rc = 0;

	if (node->kind == YAML_LIST) {
		if (node->count == 0)
			return compile_fail(c, node, "err.rule.empty", m->field);
		rc = expr_make(c, node, m->all ? EXPR_AND : EXPR_OR, node->count, &values);
		for (uint32_t i = 0; i < node->count && rc == 0; i++)
			rc = one_value(c, m, &node->items[i], &values.kids[i]);
	} else {
		rc = one_value(c, m, node, &values);
	}
	if (rc < 0 || !m->neq) {
		*ret = values;
		return rc;
	}
	rc = expr_make(c, node, EXPR_NOT, 1, &whole);
	if (rc == 0) {
		whole.kids[0] = values;
		*ret = whole;
	}
	return rc;
}
