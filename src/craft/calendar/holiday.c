/* Japanese holidays by rule. */
#include "base/check.h"
#include "base/mem.h"
#include "codec/yaml.h"
#include "craft/calendar/calendar.h"
#include "craft/content/content.h"

#define HOLIDAYS_BUDGET ((size_t)1 << 20)

enum rule_kind { RULE_DATE, RULE_MONDAY, RULE_SPRING, RULE_AUTUMN, RULE_SUBSTITUTE, RULE_BETWEEN };

struct rule {
	enum rule_kind kind;
	int month, number; /* day of the month, or which Monday */
	str name[LANG_COUNT];
};

struct holidays {
	struct arena arena;
	struct rule rules[HOLIDAY_RULES_MAX];
	uint32_t count;
	int from, to; /* years */
};

/* ---- reading ---- */

static int refuse(struct err *e, str path, const struct yaml_node *node, const char *expected)
{
	int rc = err_set(e, ERR_PARSE, "err.calendar.holidays");

	if (node && node->kind == YAML_SCALAR)
		err_value(e, node->text);
	err_expected(e, str_of(expected));
	return yaml_err(e, rc, path, node);
}

static bool number(const struct yaml_node *node, str key, int64_t most, int *ret)
{
	int64_t value;

	if (!str_to_i64(yaml_text(node, key), &value) || value < 1 || value > most)
		return false;
	*ret = (int)value;
	return true;
}

static bool read_kind(const struct yaml_node *node, struct rule *r)
{
	str computed = yaml_text(node, STR("computed"));
	static const struct {
		str name;
		enum rule_kind kind;
	} kinds[] = {{STR_INIT("spring_equinox"), RULE_SPRING},
		     {STR_INIT("autumn_equinox"), RULE_AUTUMN},
		     {STR_INIT("substitute"), RULE_SUBSTITUTE},
		     {STR_INIT("between"), RULE_BETWEEN}};

	for (size_t i = 0; computed.len && i < COUNT_OF(kinds); i++)
		if (str_eq(computed, kinds[i].name)) {
			r->kind = kinds[i].kind;
			return true;
		}
	if (computed.len || !number(node, STR("month"), 12, &r->month))
		return false;
	r->kind = yaml_get(node, STR("monday")) ? RULE_MONDAY : RULE_DATE;
	return r->kind == RULE_MONDAY ? number(node, STR("monday"), 5, &r->number)
				      : number(node, STR("day"), 31, &r->number);
}

static int read_rule(struct holidays *h, const struct yaml_node *node, str path, struct err *e)
{
	struct rule *r = &h->rules[h->count];

	if (!read_kind(node, r))
		return refuse(e, path, node, "{month, day} | {month, monday} | {computed}");
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		r->name[lang] = yaml_text(yaml_get(node, STR("name")), str_of(lang_code((enum lang)lang)));
		if (!r->name[lang].len)
			return refuse(e, path, node, "name: {en, ja}");
	}
	h->count++;
	return 0;
}

int holidays_read(str text, str path, struct holidays **ret, struct err *e)
{
	struct holidays *h = mem_alloc(1, sizeof(*h));
	const struct yaml_node *list;
	struct yaml_node *docs;
	uint32_t count;
	int rc;

	arena_init(&h->arena, HOLIDAYS_BUDGET);
	rc = yaml_read(text, path, &h->arena, &docs, &count, e);
	if (!rc && count != 1)
		rc = refuse(e, path, NULL, "1");
	if (!rc && (!number(docs, STR("from"), DAY_YEAR_MAX, &h->from) ||
		    !number(docs, STR("to"), DAY_YEAR_MAX, &h->to) || h->from < 1980 || h->to > 2099))
		rc = refuse(e, path, docs, "from, to: 1980–2099");
	list = rc ? NULL : yaml_get(docs, STR("rules"));
	if (!rc && (!list || list->kind != YAML_LIST || list->count > HOLIDAY_RULES_MAX))
		rc = refuse(e, path, list, "rules");
	for (uint32_t i = 0; !rc && i < list->count; i++)
		rc = read_rule(h, &list->items[i], path, e);
	if (rc) {
		holidays_free(h);
		return rc;
	}
	*ret = h;
	return 0;
}

int holidays_load(str data_folder, struct holidays **ret, struct err *e)
{
	_cleanup_(buf_done) struct buf text = {0};
	int rc;

	buf_init(&text, CONTENT_FILE_MAX);
	rc = content_read(data_folder, STR(HOLIDAYS_CONTENT), &text, e);
	if (rc)
		return rc;
	/* The rules point into the text's tree, which lives in the arena, not into the buffer. */
	return holidays_read(buf_str(&text), STR(HOLIDAYS_CONTENT), ret, e);
}

void holidays_free(struct holidays *h)
{
	if (!h)
		return;
	arena_done(&h->arena);
	free(h);
}

/* ---- days ---- */

/* Millionths of a day; the approximation of 新こよみ便利帳 for 1980 to 2099. */
static int equinox_day(int year, int64_t first)
{
	int64_t years = year - 1980;

	return (int)((first + 242194 * years - 1000000 * (years / 4)) / 1000000);
}

static bool rule_is(const struct rule *r, const struct day_parts *p)
{
	switch (r->kind) {
	case RULE_DATE:
		return p->month == r->month && p->day == r->number;
	case RULE_MONDAY:
		return p->month == r->month && p->weekday == 1 && (p->day + 6) / 7 == r->number;
	case RULE_SPRING:
		return p->month == 3 && p->day == equinox_day(p->year, 20843100);
	case RULE_AUTUMN:
		return p->month == 9 && p->day == equinox_day(p->year, 23248800);
	default:
		return false;
	}
}

static const struct rule *own_holiday(const struct holidays *h, day_t day)
{
	struct day_parts p = day_split(day);

	for (uint32_t i = 0; i < h->count; i++)
		if (rule_is(&h->rules[i], &p))
			return &h->rules[i];
	return NULL;
}

static const struct rule *computed(const struct holidays *h, enum rule_kind kind)
{
	for (uint32_t i = 0; i < h->count; i++)
		if (h->rules[i].kind == kind)
			return &h->rules[i];
	return NULL;
}

/* Article 3 (2): a holiday on a Sunday makes the nearest following day that is none a holiday. */
static bool is_substitute(const struct holidays *h, day_t day)
{
	while (own_holiday(h, --day))
		if (day_split(day).weekday == 0)
			return true;
	return false;
}

bool holidays_cover(const struct holidays *h, day_t day)
{
	int year = day_split(day).year;

	return h && year >= h->from && year <= h->to;
}

str holiday_name(const struct holidays *h, day_t day, enum lang lang)
{
	const struct rule *r;

	if (!holidays_cover(h, day))
		return STR_NONE;
	r = own_holiday(h, day);
	if (!r && is_substitute(h, day))
		r = computed(h, RULE_SUBSTITUTE);
	/* Article 3 (3): a day whose neighbours are both holidays. */
	if (!r && own_holiday(h, day - 1) && own_holiday(h, day + 1))
		r = computed(h, RULE_BETWEEN);
	return r ? r->name[lang] : STR_NONE;
}

bool is_business_day(const struct holidays *h, day_t day)
{
	int weekday = day_split(day).weekday;

	return weekday >= 1 && weekday <= 5 && !holiday_name(h, day, LANG_EN).ptr;
}
