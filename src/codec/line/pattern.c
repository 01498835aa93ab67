/* The text of a pattern → its items. */
#include "codec/line/pattern.h"

#include "codec/line/pattern_internal.h"

struct making {
	str text;
	size_t at;
	struct arena *a;
	struct pattern *p;
	bool inside; /* of [ ] */
	uint32_t open;
	struct err *e;
};

static int fail(struct making *m, const char *id, size_t from, size_t len)
{
	int rc = err_set_value(m->e, ERR_PARSE, id, str_sub(m->text, from, len));

	err_at(m->e, 1, (uint32_t)from + 1);
	return rc;
}

static struct item *item_add(struct making *m, enum item_kind kind)
{
	struct item *it;

	if (m->p->count == PATTERN_ITEMS_MAX)
		return NULL;
	it = &m->p->items[m->p->count++];
	it->kind = kind;
	it->column = (uint32_t)m->at + 1;
	return it;
}

static int too_many(struct making *m)
{
	return fail(m, "err.pattern.items", m->at, m->text.len);
}

static bool is_name(str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!letter && !(c >= '0' && c <= '9') && !(c && strchr("_-.@()", c)))
			return false;
	}
	return s.len <= PATTERN_NAME_MAX;
}

static bool type_of(str s, enum field_type *ret)
{
	static const char *const names[] = {
		[FIELD_TEXT] = "text",       [FIELD_LONG] = "long", [FIELD_WORD] = "word", [FIELD_INT] = "int",
		[FIELD_DECIMAL] = "decimal", [FIELD_HEX] = "hex",   [FIELD_IP] = "ip",     [FIELD_QUOTED] = "quoted",
		[FIELD_BLANKS] = "blanks",   [FIELD_REST] = "rest",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eq(s, str_of(names[i]))) {
			*ret = (enum field_type)i;
			return true;
		}
	}
	return false;
}

/* 1 + the place of the name; 0 when there is no room for another. */
static uint32_t name_no(struct making *m, str name)
{
	struct pattern *p = m->p;
	uint32_t i = 0;

	while (i < p->name_count && !str_eq(p->names[i], name))
		i++;
	if (i == PATTERN_FIELDS_MAX)
		return 0;
	if (i == p->name_count)
		p->names[p->name_count++] = name;
	return i + 1;
}

/* At a "{". */
static int take_field(struct making *m)
{
	ptrdiff_t close = str_find_byte(str_from(m->text, m->at), '}');
	str inside, name, type = STR("text");
	struct item *it;
	ptrdiff_t colon;

	if (close < 0)
		return fail(m, "err.pattern.open", m->at, m->text.len);
	inside = str_sub(m->text, m->at + 1, (size_t)close - 1);
	colon = str_find_byte(inside, ':');
	name = colon < 0 ? inside : str_sub(inside, 0, (size_t)colon);
	if (colon >= 0)
		type = str_from(inside, (size_t)colon + 1);
	it = item_add(m, ITEM_FIELD);
	if (!it)
		return too_many(m);
	if (!is_name(name))
		return fail(m, "err.pattern.name", m->at, (size_t)close + 1);
	if (!type_of(type, &it->type)) {
		int rc = fail(m, "err.pattern.type", m->at, (size_t)close + 1);

		err_expected(m->e, STR("text|long|word|int|decimal|hex|ip|quoted|blanks|rest"));
		return rc;
	}
	if (name.len)
		it->field = name_no(m, name);
	if (name.len && it->field == 0)
		return too_many(m);
	m->at += (size_t)close + 1;
	return 0;
}

static int take_bracket(struct making *m)
{
	bool opens = m->text.ptr[m->at] == '[';
	struct item *it = item_add(m, opens ? ITEM_OPEN : ITEM_CLOSE);

	if (!it)
		return too_many(m);
	if (opens == m->inside)
		return fail(m, opens ? "err.pattern.nested" : "err.pattern.close", m->at, 1);
	if (opens)
		m->open = m->p->count - 1;
	else
		m->p->items[m->open].close = m->p->count - 1;
	if (!opens && m->p->count - 1 == m->open + 1)
		return fail(m, "err.pattern.empty", m->at - 1, 2);
	m->inside = opens;
	m->at++;
	return 0;
}

static int take_literal(struct making *m)
{
	struct item *it = item_add(m, ITEM_LITERAL);
	size_t len = 0;
	char *out;

	if (!it)
		return too_many(m);
	out = arena_room(m->a, m->text.len - m->at + 1);
	if (!out)
		return err_set(m->e, ERR_LIMIT, "err.pattern.items");
	while (m->at < m->text.len && !strchr("{[]", m->text.ptr[m->at])) {
		if (m->text.ptr[m->at] == '}')
			return fail(m, "err.pattern.close", m->at, 1);
		if (m->text.ptr[m->at] == '\\' && ++m->at == m->text.len)
			return fail(m, "err.pattern.escape", m->at - 1, 1);
		out[len++] = m->text.ptr[m->at++];
	}
	it->text = (str){out, len};
	if (!m->inside && len > m->p->needed.len)
		m->p->needed = it->text;
	return 0;
}

/* The items that can come behind field i. False when its end could not be told. */
static bool find_ends(struct pattern *p, uint32_t i)
{
	struct item *it = &p->items[i];
	uint32_t k = i + 1;

	for (;;) {
		uint32_t end = k < p->count && p->items[k].kind == ITEM_OPEN ? k + 1 : k;
		const struct item *next = end < p->count ? &p->items[end] : NULL;

		if (next && next->kind == ITEM_CLOSE) {
			k = end + 1;
			continue;
		}
		if (next && next->kind == ITEM_FIELD && next->type != FIELD_BLANKS && next->type != FIELD_QUOTED)
			return false;
		if (it->end_count == ENDS_MAX)
			return false;
		it->ends[it->end_count++] = (uint16_t)end;
		if (end == k)
			return true;
		k = p->items[k].close + 1;
	}
}

static int check_items(struct making *m)
{
	struct pattern *p = m->p;

	for (uint32_t i = 0; i < p->count; i++) {
		const struct item *it = &p->items[i];
		bool last = i + 1 == p->count || (i + 2 == p->count && p->items[i + 1].kind == ITEM_CLOSE);
		size_t at = it->column - 1;

		if (it->kind != ITEM_FIELD)
			continue;
		if (it->type == FIELD_REST && !last)
			return fail(m, "err.pattern.rest", at, m->text.len);
		if (it->type <= FIELD_WORD && !find_ends(p, i))
			return fail(m, "err.pattern.end", at, m->text.len);
	}
	return 0;
}

int pattern_compile(str text, struct arena *a, const struct pattern **ret, struct err *e)
{
	struct making m = {.a = a, .e = e};
	int rc = 0;

	m.text = arena_str(a, text);
	m.p = arena_alloc(a, sizeof(*m.p));
	if (m.p)
		m.p->items = arena_alloc(a, PATTERN_ITEMS_MAX * sizeof(*m.p->items));
	if (!m.text.ptr || !m.p || !m.p->items)
		return err_set(e, ERR_LIMIT, "err.pattern.items");
	if (text.len == 0 || text.len > PATTERN_BYTES_MAX || str_find_byte(text, '\0') >= 0)
		return fail(&m, "err.pattern.size", 0, text.len);
	while (!rc && m.at < m.text.len) {
		char c = m.text.ptr[m.at];

		if (c == '{')
			rc = take_field(&m);
		else
			rc = c == '[' || c == ']' ? take_bracket(&m) : take_literal(&m);
	}
	if (!rc && m.inside)
		rc = fail(&m, "err.pattern.open", m.p->items[m.open].column - 1, m.text.len);
	if (!rc)
		rc = check_items(&m);
	*ret = rc ? NULL : m.p;
	return rc;
}

uint32_t pattern_names(const struct pattern *p)
{
	return p->name_count;
}

str pattern_name(const struct pattern *p, uint32_t i)
{
	return p->names[i];
}
