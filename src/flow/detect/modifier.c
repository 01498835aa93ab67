/* The modifiers of Sigma 2.1.0, appendix "Modifiers", as a table, and which of them go together. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/internal.h"

enum group {
	G_TRANSFORM,
	G_ALL,
	G_NEQ,
	G_CASED,
	G_EXISTS,
	G_REGEX,
	G_REGEX_FLAG,
	G_NUMBER,
	G_TIME,
	G_CIDR,
	G_FIELDREF,
	G_EXPAND
};

/* `ignorecase`, `multiline`, `dotall` are other tools' long names of i, m, s. */
static const struct modifier_row {
	const char *name;
	enum group group;
	uint8_t what; /* enum modifier_id, cmp_op, time_part or the letter of a flag */
} rows[] = {
	{"contains", G_TRANSFORM, MOD_CONTAINS},
	{"startswith", G_TRANSFORM, MOD_STARTSWITH},
	{"endswith", G_TRANSFORM, MOD_ENDSWITH},
	{"windash", G_TRANSFORM, MOD_WINDASH},
	{"base64", G_TRANSFORM, MOD_BASE64},
	{"base64offset", G_TRANSFORM, MOD_BASE64OFFSET},
	{"utf16", G_TRANSFORM, MOD_UTF16},
	{"utf16le", G_TRANSFORM, MOD_UTF16LE},
	{"wide", G_TRANSFORM, MOD_UTF16LE},
	{"utf16be", G_TRANSFORM, MOD_UTF16BE},
	{"all", G_ALL, 0},
	{"neq", G_NEQ, 0},
	{"cased", G_CASED, 0},
	{"exists", G_EXISTS, 0},
	{"re", G_REGEX, 0},
	{"i", G_REGEX_FLAG, 'i'},
	{"ignorecase", G_REGEX_FLAG, 'i'},
	{"m", G_REGEX_FLAG, 'm'},
	{"multiline", G_REGEX_FLAG, 'm'},
	{"s", G_REGEX_FLAG, 's'},
	{"dotall", G_REGEX_FLAG, 's'},
	{"lt", G_NUMBER, CMP_LT},
	{"lte", G_NUMBER, CMP_LTE},
	{"gt", G_NUMBER, CMP_GT},
	{"gte", G_NUMBER, CMP_GTE},
	{"minute", G_TIME, PART_MINUTE},
	{"hour", G_TIME, PART_HOUR},
	{"day", G_TIME, PART_DAY},
	{"week", G_TIME, PART_WEEK},
	{"month", G_TIME, PART_MONTH},
	{"year", G_TIME, PART_YEAR},
	{"cidr", G_CIDR, 0},
	{"fieldref", G_FIELDREF, 0},
	{"expand", G_EXPAND, 0},
};

static void expect_known(struct compile *c)
{
	_cleanup_(buf_done) struct buf names = {.max = ERR_SLOT_MAX};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (rows[i].group != G_REGEX_FLAG || !rows[i].name[1])
			buf_add_fmt(&names, "%s%s", i ? " " : "", rows[i].name);
	err_expected(c->err, buf_str(&names));
}

static bool take_flag(struct modifiers *m, char letter)
{
	if (!m->regex)
		return false;
	m->regex_i = m->regex_i || letter == 'i';
	m->regex_m = m->regex_m || letter == 'm';
	m->regex_s = m->regex_s || letter == 's';
	return true;
}

/* False: it cannot stand where it stands. */
static bool take(struct modifiers *m, const struct modifier_row *row)
{
	switch (row->group) {
	case G_TRANSFORM:
		if (m->order_count == COUNT_OF(m->order))
			return false;
		m->order[m->order_count++] = row->what;
		return true;
	case G_NUMBER:
		m->op = (enum cmp_op)row->what;
		return !m->is_number && (m->is_number = true);
	case G_TIME:
		m->part = (enum time_part)row->what;
		return !m->is_time && (m->is_time = true);
	case G_REGEX_FLAG:
		return take_flag(m, (char)row->what);
	case G_ALL:
		return m->all = true;
	case G_NEQ:
		return m->neq = true;
	case G_CASED:
		return m->cased = true;
	case G_EXISTS:
		return m->exists = true;
	case G_REGEX:
		return m->regex = true;
	case G_CIDR:
		return m->cidr = true;
	case G_FIELDREF:
		return m->fieldref = true;
	case G_EXPAND:
		return m->expand = true;
	}
	return false;
}

/* At most one type, and transformations only for text; a field reference may carry the three positions. */
static bool fits_together(const struct modifiers *m)
{
	int types = m->regex + m->cidr + m->exists + m->fieldref + (m->is_number || m->is_time);
	bool keyword = m->field.len == 0;

	if (types > 1 || (types && m->expand))
		return false;
	if (keyword && types && !m->regex)
		return false;
	if (types && !m->fieldref && (m->order_count || m->cased))
		return m->regex && !m->order_count;
	if (m->exists && m->all)
		return false;
	for (uint32_t i = 0; m->fieldref && i < m->order_count; i++)
		if (m->order[i] > MOD_ENDSWITH || m->order_count > 1)
			return false;
	return true;
}

int modifiers_parse(struct compile *c, const struct yaml_node *key, struct modifiers *ret)
{
	struct modifiers m = {0};
	str rest = arena_str(&c->set->arena, key->text), part;

	if (!rest.ptr)
		return compile_full(c, key);
	(void)str_next(&rest, '|', &m.field);
	m.written = rest;
	while (str_next(&rest, '|', &part)) {
		const struct modifier_row *row = NULL;

		for (size_t i = 0; i < COUNT_OF(rows) && !row; i++)
			row = str_eq(part, str_of(rows[i].name)) ? &rows[i] : NULL;
		if (!row) {
			int rc = compile_fail(c, key, "err.rule.modifier", part);

			expect_known(c);
			return rc;
		}
		if (!take(&m, row))
			return compile_fail(c, key, "err.rule.modifiers", key->text);
	}
	if (!fits_together(&m))
		return compile_fail(c, key, "err.rule.modifiers", key->text);
	*ret = m;
	return 0;
}
