/* A cell as a value: what people write in the many forms that they write it in. */
#include <math.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "centre/exchange/internal.h"

#define SERIAL_LEAST 20000.0 /* 1954: a number below is no day of ours */
#define SERIAL_MOST 80000.0  /* 2119 */

str exchange_narrow(str text, struct arena *a, bool *ret_changed)
{
	char *out = arena_alloc(a, text.len + 1);
	size_t len = 0;

	*ret_changed = false;
	if (!out)
		return STR_NONE;
	for (size_t at = 0, step; at < text.len; at += step) {
		uint32_t c = utf8_decode(str_from(text, at), &step);

		if (c >= 0xFF01 && c <= 0xFF5E) {
			out[len++] = (char)(c - 0xFF01 + '!');
			*ret_changed = true;
		} else if (c == 0x3000) {
			out[len++] = ' ';
		} else {
			memcpy(out + len, text.ptr + at, step);
			len += step;
		}
	}
	return str_trim((str){out, len});
}

/* ---- days ---- */

static bool take_number(str *rest, int *ret)
{
	size_t n = 0;
	int value = 0;

	while (n < rest->len && n < 8 && rest->ptr[n] >= '0' && rest->ptr[n] <= '9')
		value = value * 10 + (rest->ptr[n++] - '0');
	if (!n)
		return false;
	*rest = str_from(*rest, n);
	*ret = value;
	return true;
}

/* One of the separators of a form, or nothing at the end. */
static void take_separator(str *rest)
{
	static const str separators[] = {STR_INIT("\u5e74"), STR_INIT("\u6708"), STR_INIT("\u65e5"), STR_INIT("/"),
					 STR_INIT("-"),      STR_INIT("."),      STR_INIT(" ")};

	for (size_t i = 0; i < COUNT_OF(separators); i++)
		if (str_starts(*rest, separators[i])) {
			*rest = str_from(*rest, separators[i].len);
			return;
		}
}

/* The year before the first of an era: 令和1年 is 2019. */
static int take_era(str *rest)
{
	static const struct {
		str name;
		int before;
	} eras[] = {{STR_INIT("\u4ee4\u548c"), 2018},
		    {STR_INIT("\u5e73\u6210"), 1988},
		    {STR_INIT("\u662d\u548c"), 1925},
		    {STR_INIT("R"), 2018},
		    {STR_INIT("H"), 1988},
		    {STR_INIT("S"), 1925}};

	for (size_t i = 0; i < COUNT_OF(eras); i++)
		if (str_starts(*rest, eras[i].name)) {
			*rest = str_trim(str_from(*rest, eras[i].name.len));
			return eras[i].before;
		}
	return 0;
}

static bool join_day(int year, int month, int day, time_us *ret)
{
	struct time_parts parts = {.year = year, .month = month, .day = day}, again;
	time_us t;

	if (year < 1950 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	t = time_join(&parts);
	time_split(t, &again);
	if (again.day != day || again.month != month)
		return false; /* 31 April */
	*ret = t;
	return true;
}

bool exchange_day(str text, time_us *ret)
{
	int year, month, day, era = take_era(&text);
	str rest = text;

	/* 元年 is the first. */
	if (era && str_starts(rest, STR("\u5143"))) {
		year = 1;
		rest = str_from(rest, strlen("\u5143"));
	} else if (!take_number(&rest, &year)) {
		return false;
	}
	if (!era && year >= 19500101 && !rest.len)
		return join_day(year / 10000, year / 100 % 100, year % 100, ret);
	take_separator(&rest);
	if (!take_number(&rest, &month))
		return false;
	take_separator(&rest);
	if (!take_number(&rest, &day))
		return false;
	take_separator(&rest);
	/* A time of day behind it is of no account, anything else is. */
	rest = str_trim(rest);
	if (rest.len && !(rest.ptr[0] >= '0' && rest.ptr[0] <= '9') && rest.ptr[0] != 'T')
		return false;
	return join_day(era + year, month, day, ret);
}

/* ---- what is told ---- */

static bool say(struct exchange_reader *r, const struct exchange_value *v, const char *key, str value, str expected)
{
	return exchange_say(r, &(struct exchange_message){.key = key,
							  .is_error = str_starts(str_of(key), STR("err.")),
							  .where = v->where,
							  .value = value,
							  .expected = expected});
}

static str number_text(struct exchange_reader *r, double x)
{
	return x == floor(x) && fabs(x) < 1e15 ? arena_fmt(r->arena, "%lld", (long long)x)
					       : arena_fmt(r->arena, "%g", x);
}

static str text_of(struct exchange_reader *r, const struct exchange_value *v)
{
	char day[TIME_TEXT_MAX];

	switch (v->cell.kind) {
	case SHEET_TEXT:
		return v->cell.text;
	case SHEET_NUMBER:
		return number_text(r, v->cell.number);
	case SHEET_BOOL:
		return v->cell.number != 0 ? STR("TRUE") : STR("FALSE");
	case SHEET_DATE:
		(void)time_format(sheet_time(v->cell.number), day);
		return arena_str(r->arena, (str){day, 10});
	default:
		return STR("");
	}
}

/* ---- kinds ---- */

static str names_of(struct exchange_reader *r, bool levels, enum lang lang)
{
	const struct framework *fw = r->framework;
	struct buf all;
	str names;

	buf_init(&all, 512);
	for (size_t i = 0; i < (levels ? (size_t)SERVICE_LEVEL_COUNT : (size_t)ASSIGN_COUNT); i++) {
		buf_add(&all, i ? STR(" / ") : STR(""));
		buf_add(&all,
			levels ? fw->levels[i].name.text.by_lang[lang] : fw->assignments[i].name.text.by_lang[lang]);
	}
	names = arena_str(r->arena, buf_str(&all));
	buf_done(&all);
	return names;
}

static bool is_term(const struct fw_term *term, str text)
{
	bool same = str_eq_nocase(term->id, text);

	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		same = same || str_eq_nocase(term->name.text.by_lang[lang], text);
	return same;
}

static bool read_level(struct exchange_reader *r, const struct exchange_value *v, struct service_state *s)
{
	bool wide;
	str text = text_of(r, v), narrow = exchange_narrow(text, r->arena, &wide);

	s->level = SERVICE_UNDECIDED;
	for (size_t i = 0; narrow.len && i < SERVICE_LEVEL_COUNT; i++)
		if (is_term(&r->framework->levels[i], narrow))
			s->level = (enum service_level)i;
	if (!narrow.len || s->level != SERVICE_UNDECIDED)
		return true;
	return say(r, v, "err.exchange.level", text, names_of(r, true, LANG_JA));
}

static bool read_assignment(struct exchange_reader *r, const struct exchange_value *v, struct service_state *s)
{
	bool wide;
	str text = text_of(r, v), narrow = exchange_narrow(text, r->arena, &wide);

	s->assignment = ASSIGN_UNDECIDED;
	for (size_t i = 0; narrow.len && i < ASSIGN_COUNT; i++)
		if (is_term(&r->framework->assignments[i], narrow))
			s->assignment = (enum assignment)i;
	if (!narrow.len || s->assignment != ASSIGN_UNDECIDED)
		return true;
	return say(r, v, "err.exchange.assignment", text, names_of(r, false, LANG_JA));
}

static bool set_text(struct exchange_reader *r, const struct exchange_value *v, struct service_state *s, str text)
{
	struct err e = {0};

	if (state_field_set(s, v->field, text, &e) == 0)
		return true;
	return say(r, v, "err.exchange.value", text, arena_str(r->arena, str_of(e.expected)));
}

static bool read_number(struct exchange_reader *r, const struct exchange_value *v, struct service_state *s)
{
	uint32_t most = exchange_field_most(v->field);
	str text = text_of(r, v), narrow, range = arena_fmt(r->arena, "1–%u", most);
	uint64_t value = 0;
	bool wide;

	narrow = exchange_narrow(text, r->arena, &wide);
	if (!narrow.len)
		return set_text(r, v, s, STR(""));
	/* Spreadsheets and CSV write 4 as "4.0" or "4.00" at times. */
	if (str_ends(narrow, STR(".0")) || str_ends(narrow, STR(".00")))
		narrow = str_sub(narrow, 0, (size_t)str_find_byte(narrow, '.'));
	if (!str_to_u64(narrow, &value) || value < 1 || value > most)
		return say(r, v, "err.exchange.number", text, range);
	if (wide)
		(void)say(r, v, "exchange.note.wide", text, narrow);
	return set_text(r, v, s, narrow);
}

static bool read_yes(struct exchange_reader *r, const struct exchange_value *v, struct service_state *s)
{
	static const str yes[] = {STR_INIT("n/a"),
				  STR_INIT("na"),
				  STR_INIT("1"),
				  STR_INIT("true"),
				  STR_INIT("yes"),
				  STR_INIT("y"),
				  STR_INIT("x"),
				  STR_INIT("\u25cb"),
				  STR_INIT("\u3007"),
				  STR_INIT("\u306f\u3044"),
				  STR_INIT("\u2713"),
				  STR_INIT("\u2714"),
				  STR_INIT("\u8a72\u5f53\u306a\u3057"),
				  STR_INIT("\u5bfe\u8c61\u5916")};
	static const str no[] = {STR_INIT("0"), STR_INIT("false"), STR_INIT("no"), STR_INIT("n"),
				 STR_INIT("\u3044\u3044\u3048")};
	bool wide;
	str text = text_of(r, v), narrow = exchange_narrow(text, r->arena, &wide);

	s->not_applicable = false;
	for (size_t i = 0; i < COUNT_OF(yes); i++)
		s->not_applicable = s->not_applicable || str_eq_nocase(narrow, yes[i]);
	for (size_t i = 0; i < COUNT_OF(no); i++)
		if (str_eq_nocase(narrow, no[i]))
			return true;
	if (!narrow.len || s->not_applicable)
		return true;
	return say(r, v, "err.exchange.yes", text, STR("N/A"));
}

static bool read_day(struct exchange_reader *r, const struct exchange_value *v, struct service_state *s)
{
	str text = text_of(r, v), narrow, iso;
	char day[TIME_TEXT_MAX];
	time_us t = 0;
	bool wide;

	if (v->cell.kind == SHEET_NUMBER && v->cell.number >= SERIAL_LEAST && v->cell.number <= SERIAL_MOST)
		t = sheet_time(floor(v->cell.number));
	narrow = exchange_narrow(text, r->arena, &wide);
	if (!narrow.len)
		return set_text(r, v, s, STR(""));
	if (!t && !exchange_day(narrow, &t))
		return say(r, v, "err.exchange.day", text, STR("YYYY-MM-DD"));
	(void)time_format(t, day);
	iso = arena_str(r->arena, (str){day, 10});
	if (!str_eq(iso, text))
		(void)say(r, v, "exchange.note.day", text, iso);
	return set_text(r, v, s, iso);
}

static bool read_text(struct exchange_reader *r, const struct exchange_value *v, struct service_state *s)
{
	str text = str_trim(text_of(r, v));
	uint32_t most = exchange_field_most(v->field);

	if (text.len > most)
		return say(r, v, "err.exchange.long", utf8_cut(text, 60), arena_fmt(r->arena, "%u", most));
	return set_text(r, v, s, text);
}

bool exchange_read_value(struct exchange_reader *r, const struct exchange_value *v, struct service_state *s)
{
	if (v->cell.kind == SHEET_ERROR)
		return say(r, v, "err.exchange.cell_error", v->cell.text, STR_NONE);
	if (v->cell.is_formula && v->cell.kind == SHEET_EMPTY)
		return say(r, v, "err.exchange.formula", STR_NONE, STR_NONE);
	if (v->cell.is_formula)
		(void)say(r, v, "exchange.note.formula", text_of(r, v), STR_NONE);
	switch (exchange_value_kind(v->field)) {
	case VALUE_LEVEL:
		return read_level(r, v, s);
	case VALUE_ASSIGNMENT:
		return read_assignment(r, v, s);
	case VALUE_NUMBER:
		return read_number(r, v, s);
	case VALUE_YES:
		return read_yes(r, v, s);
	case VALUE_DAY:
		return read_day(r, v, s);
	default:
		return read_text(r, v, s);
	}
}
