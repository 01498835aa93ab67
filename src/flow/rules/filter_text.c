/* The YAML of a filter: written from a form's conditions, checked as the loader checks it. */
#include "base/utf8.h"
#include "flow/detect/detect.h"
#include "flow/rules/decide.h"

#define VALUE_MAX 4096u /* bytes of a condition's value */
#define FIELD_MAX 256u

const char *const filter_modifiers[] = {"", "contains", "startswith", "endswith", "cidr", "re", NULL};

static bool is_known(str modifier)
{
	for (const char *const *m = filter_modifiers; *m; m++)
		if (str_eq(modifier, str_of(*m)))
			return true;
	return false;
}

/* A double-quoted YAML scalar can hold any text. */
static void add_quoted(struct buf *out, str s)
{
	buf_add_byte(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c == '"' || c == '\\')
			buf_add_byte(out, '\\');
		if (c < 0x20 || c == 0x7f)
			buf_add_fmt(out, "\\x%02x", c);
		else
			buf_add_byte(out, (char)c);
	}
	buf_add_byte(out, '"');
}

/* In Sigma '*' and '?' are wildcards and '\' takes their meaning away: what stands in an event stands for itself. */
static void add_literal(struct buf *out, str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\\' || s.ptr[i] == '*' || s.ptr[i] == '?')
			buf_add_byte(out, '\\');
		buf_add_byte(out, s.ptr[i]);
	}
}

static int refuse(const struct filter_condition *c, const char *path, struct err *e)
{
	int rc = err_set_value(e, ERR_RANGE, "err.rules.condition", str_sub(c->field, 0, 80));

	err_path(e, str_of(path));
	return rc;
}

static int check(const struct filter_condition *c, struct err *e)
{
	if (c->field.len == 0 || c->field.len > FIELD_MAX || !utf8_is_valid(c->field) ||
	    str_find_byte(c->field, '|') >= 0)
		return refuse(c, "field", e);
	if (!is_known(c->modifier))
		return refuse(c, "modifier", e);
	if (c->value.len > VALUE_MAX || !utf8_is_valid(c->value))
		return refuse(c, "value", e);
	return 0;
}

static void add_condition(struct buf *out, const struct filter_condition *c)
{
	bool as_is = str_eq(c->modifier, STR("re")) || str_eq(c->modifier, STR("cidr"));
	struct buf text;

	buf_init(&text, FIELD_MAX + 32);
	buf_add(&text, c->field);
	if (c->modifier.len) {
		buf_add_byte(&text, '|');
		buf_add(&text, c->modifier);
	}
	buf_add(out, STR("        "));
	add_quoted(out, buf_str(&text));
	buf_add(out, STR(": "));
	buf_done(&text);
	buf_init(&text, 2 * VALUE_MAX);
	if (as_is)
		buf_add(&text, c->value);
	else
		add_literal(&text, c->value);
	add_quoted(out, buf_str(&text));
	buf_add_byte(out, '\n');
	buf_done(&text);
}

static void add_source(struct buf *out, const struct rule *r)
{
	const struct {
		const char *key;
		str value;
	} parts[] = {{"product", r->source.product}, {"category", r->source.category}, {"service", r->source.service}};

	buf_add(out, STR("logsource:"));
	if (!r->source.product.len && !r->source.category.len && !r->source.service.len)
		buf_add(out, STR(" {}"));
	buf_add_byte(out, '\n');
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].value.len)
			continue;
		buf_add_fmt(out, "    %s: ", parts[i].key);
		add_quoted(out, parts[i].value);
		buf_add_byte(out, '\n');
	}
}

int filter_write(const struct filter_text *t, struct buf *out, struct err *e)
{
	int rc = 0;

	if (t->count == 0 || t->count > FILTER_CONDITIONS_MAX)
		return refuse(&(const struct filter_condition){.field = STR("")}, "field", e);
	for (uint32_t i = 0; !rc && i < t->count; i++)
		rc = check(&t->conditions[i], e);
	if (rc)
		return rc;
	buf_add(out, STR("title: "));
	add_quoted(out, t->title);
	buf_add(out, STR("\nid: "));
	add_quoted(out, t->id);
	buf_add_byte(out, '\n');
	add_source(out, t->rule);
	buf_add(out, STR("filter:\n    rules:\n        - "));
	add_quoted(out, t->rule->id);
	buf_add(out, STR("\n    selection:\n"));
	for (uint32_t i = 0; i < t->count; i++)
		add_condition(out, &t->conditions[i]);
	buf_add(out, STR("    condition: selection\n"));
	return buf_check(out, e);
}

static int check_set(struct rule_set *set, str yaml, const struct rule *rule, struct err *e)
{
	int rc;

	rule_set_keep_filters_aside(set);
	rc = rule_set_add(set, yaml, STR("filter"), e);
	if (rc)
		return rc;
	if (rule_set_problem_count(set)) {
		*e = rule_set_problem(set, 0)->err;
		return -(int)e->code;
	}
	if (rule_set_filter_count(set) != 1 || rule_set_count(set) != 0)
		return err_set(e, ERR_RANGE, "err.rules.one_filter");
	if (rule && !filter_covers(set, 0, rule))
		return err_set_value(e, ERR_RANGE, "err.rules.other_rule", rule->id);
	return 0;
}

int filter_check(str yaml, const struct rule *rule, struct err *e)
{
	struct name_table *names = name_table_create();
	struct rule_set *set = NULL;
	struct err own = {0};
	int rc = yaml.len > FILTER_YAML_MAX ? err_set(&own, ERR_LIMIT, "err.rules.yaml_large")
					    : rule_set_create(names, &set, &own);

	if (!rc)
		rc = check_set(set, yaml, rule, &own);
	rule_set_free(set);
	name_table_free(names);
	if (rc && e)
		*e = own;
	return rc;
}
