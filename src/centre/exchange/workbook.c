/* The workbook: how to fill in, what to fill in, what comes out, and a hidden sheet with the lists to choose from. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/exchange/internal.h"

#define KEY_ROW 0u
#define TITLE_ROW 1u
#define OTHER_ROW 2u
#define FIRST_ROW 3u
#define LISTS STR("lists") /* hidden; formulas refer to it by this name */

struct book {
	const struct exchange_row_source *src;
	struct sheet_out *out;
	enum lang lang, other;
	str input; /* the sheet's name */
	uint32_t last_row;
};

static str word(const struct book *b, const char *key)
{
	return words_get(b->lang, str_of(key));
}

static struct sheet_address address(const char *key, uint32_t row)
{
	uint32_t at = 0;

	while (at < exchange_column_count && strcmp(exchange_columns[at].key, key) != 0)
		at++;
	CHECK(at < exchange_column_count);
	return sheet_address(row, at);
}

/* ---- Input ---- */

static enum sheet_style style_of(const struct exchange_column *c)
{
	if (c->kind == COLUMN_USED_NOW || c->kind == COLUMN_USED_TARGET || c->kind == COLUMN_GAP ||
	    c->kind == COLUMN_EVIDENCE)
		return SHEET_FIXED_SCORE;
	if (c->kind != COLUMN_FIELD)
		return SHEET_FIXED;
	switch (exchange_value_kind(c->field)) {
	case VALUE_TEXT:
		return SHEET_INPUT;
	case VALUE_DAY:
		return SHEET_INPUT_DATE;
	default:
		return SHEET_INPUT_CENTRE;
	}
}

static void write_head(struct book *b)
{
	for (uint32_t c = 0; c < exchange_column_count; c++) {
		const struct exchange_column *column = &exchange_columns[c];

		sheet_out_width(b->out, c, column->width);
		sheet_out_text(b->out, (struct sheet_spot){KEY_ROW, c}, SHEET_HEAD2, str_of(column->key));
		sheet_out_text(b->out, (struct sheet_spot){TITLE_ROW, c}, SHEET_HEAD, exchange_title(column, b->lang));
		sheet_out_text(b->out, (struct sheet_spot){OTHER_ROW, c}, SHEET_HEAD2,
			       exchange_title(column, b->other));
	}
	sheet_out_height(b->out, KEY_ROW, 0);
	sheet_out_height(b->out, TITLE_ROW, 42);
	sheet_out_height(b->out, OTHER_ROW, 26);
}

/* The rule of combination as a function of spreadsheets. */
static const char *function_of(enum combine_rule rule)
{
	static const char *const names[COMBINE_COUNT] = {"MAX", "MIN", "AVERAGE"};

	return names[rule];
}

/* Neither 不要 nor N/A: the same condition as in build/portfolio.c, on cells. */
static void add_counts(struct buf *f, uint32_t row)
{
	buf_add_fmt(f, "AND(%s=\"\",IF(%s=\"\",%s,%s)<>lists!$A$1)", address("not_applicable", row).text,
		    address("level", row).text, address("proposal", row).text, address("level", row).text);
}

static void add_used_now(struct buf *f, enum combine_rule rule, uint32_t row)
{
	struct sheet_address in = address("in_now", row), out = address("out_now", row),
			     who = address("assignment", row);

	buf_add(f, STR("IF("));
	add_counts(f, row);
	buf_add_fmt(f,
		    ",IF(%s=lists!$B$1,IF(%s=\"\",\"\",%s),IF(%s=lists!$B$2,IF(%s=\"\",\"\",%s),IF(%s=lists!$B$3,"
		    "IF(COUNT(%s,%s)=0,\"\",%s(%s,%s)),IF(%s=lists!$B$4,1,\"\")))),\"\")",
		    who.text, in.text, in.text, who.text, out.text, out.text, who.text, in.text, out.text,
		    function_of(rule), in.text, out.text, who.text);
}

static void add_used_target(struct buf *f, enum combine_rule rule, uint32_t row)
{
	struct sheet_address in = address("in_target", row), out = address("out_target", row);

	buf_add(f, STR("IF("));
	add_counts(f, row);
	buf_add_fmt(f, ",IF(COUNT(%s,%s)=0,\"\",%s(%s,%s)),\"\")", in.text, out.text, function_of(rule), in.text,
		    out.text);
}

static void add_gap(struct buf *f, uint32_t row)
{
	struct sheet_address now = address("used_now", row), target = address("used_target", row);

	buf_add_fmt(f, "IF(OR(%s=\"\",%s=\"\"),\"\",%s-%s)", now.text, target.text, target.text, now.text);
}

static void write_formula(struct book *b, const struct exchange_column *c, struct sheet_spot at,
			  struct sheet_cell cached)
{
	_cleanup_(buf_done) struct buf f = {0};
	enum combine_rule rule = b->src->order->rule;

	buf_init(&f, 2048);
	if (c->kind == COLUMN_USED_NOW)
		add_used_now(&f, rule, at.row);
	else if (c->kind == COLUMN_USED_TARGET)
		add_used_target(&f, rule, at.row);
	else
		add_gap(&f, at.row);
	sheet_out_formula(b->out, at, style_of(c), buf_str(&f), cached);
}

static void write_row(struct book *b, const struct portfolio_item *item, uint32_t row)
{
	for (uint32_t c = 0; c < exchange_column_count; c++) {
		const struct exchange_column *column = &exchange_columns[c];
		struct sheet_cell cell = exchange_cell(b->src, column, item);
		struct sheet_spot at = {row, c};

		if (column->kind == COLUMN_USED_NOW || column->kind == COLUMN_USED_TARGET || column->kind == COLUMN_GAP)
			write_formula(b, column, at, cell);
		else
			sheet_out_cell(b->out, at, style_of(column), cell);
	}
}

static void write_checks(struct book *b)
{
	static const char *const sources[] = {[VALUE_LEVEL] = "=lists!$A$1:$A$5",
					      [VALUE_ASSIGNMENT] = "=lists!$B$1:$B$4",
					      [VALUE_YES] = "=lists!$C$1"};

	for (uint32_t c = 0; c < exchange_column_count; c++) {
		const struct exchange_column *column = &exchange_columns[c];
		struct sheet_range range = {{FIRST_ROW, c}, {b->last_row, c}};
		enum value_kind kind = exchange_value_kind(column->field);

		if (column->kind != COLUMN_FIELD)
			continue;
		if (kind == VALUE_NUMBER)
			sheet_out_whole(b->out, range, 1, (int)exchange_field_most(column->field));
		else if (kind == VALUE_LEVEL || kind == VALUE_ASSIGNMENT || kind == VALUE_YES)
			sheet_out_choice(b->out, range, str_of(sources[kind]));
	}
}

static void write_input(struct book *b)
{
	const struct portfolio *p = b->src->portfolio;
	char mark[128];

	sheet_out_sheet(b->out, b->input);
	write_head(b);
	for (uint32_t i = 0; i < p->framework->service_count; i++)
		write_row(b, &p->items[i], FIRST_ROW + i);
	write_checks(b);
	/* N/A needs its reason: red until it is there. */
	snprintf(mark, sizeof(mark), "=AND($%s<>\"\",$%s=\"\")", address("not_applicable", FIRST_ROW).text,
		 address("not_applicable_reason", FIRST_ROW).text);
	sheet_out_mark(b->out, (struct sheet_range){{FIRST_ROW, 0}, {b->last_row, exchange_column_count - 2}},
		       str_of(mark));
	sheet_out_freeze(b->out, (struct sheet_spot){FIRST_ROW, 2});
	sheet_out_filter(b->out, (struct sheet_range){{OTHER_ROW, 0}, {b->last_row, exchange_column_count - 1}});
	sheet_out_protect(b->out);
	sheet_out_landscape(b->out);
}

/* ---- lists ---- */

static void write_lists(struct book *b)
{
	const struct framework *fw = b->src->portfolio->framework;

	sheet_out_sheet(b->out, LISTS);
	for (uint32_t i = 0; i < SERVICE_LEVEL_COUNT; i++)
		sheet_out_text(b->out, (struct sheet_spot){i, 0}, SHEET_PLAIN,
			       fw->levels[i].name.text.by_lang[b->lang]);
	for (uint32_t i = 0; i < ASSIGN_COUNT; i++)
		sheet_out_text(b->out, (struct sheet_spot){i, 1}, SHEET_PLAIN,
			       fw->assignments[i].name.text.by_lang[b->lang]);
	sheet_out_text(b->out, (struct sheet_spot){0, 2}, SHEET_PLAIN, STR("N/A"));
	sheet_out_hide(b->out);
}

/* ---- Preparation ---- */

static uint32_t write_facts(struct book *b, uint32_t row)
{
	const struct exchange_order *o = b->src->order;
	const struct framework *fw = b->src->portfolio->framework;
	char rule[48], day[TIME_TEXT_MAX];
	struct {
		const char *key;
		str value;
	} facts[] = {
		{"exchange.prep.organisation", o->organisation},
		{"exchange.prep.framework", fw->name.by_lang[b->lang]},
		{"exchange.prep.edition", fw->edition},
		{"exchange.prep.rule", STR_NONE},
		{"exchange.prep.exported", STR_NONE},
	};

	snprintf(rule, sizeof(rule), "build.rule.%s", combine_rule_name(o->rule));
	facts[3].value = word(b, rule);
	facts[4].value = (str){day, time_format_local(o->now, o->zone_min, day)};
	for (size_t i = 0; i < COUNT_OF(facts); i++, row++) {
		sheet_out_text(b->out, (struct sheet_spot){row, 0}, SHEET_FIXED, word(b, facts[i].key));
		sheet_out_text(b->out, (struct sheet_spot){row, 1}, SHEET_FIXED, facts[i].value);
	}
	return row + 1;
}

static uint32_t write_terms(struct book *b, uint32_t row)
{
	const struct framework *fw = b->src->portfolio->framework;

	sheet_out_text(b->out, (struct sheet_spot){row, 0}, SHEET_HEAD, word(b, "exchange.column.level"));
	sheet_out_text(b->out, (struct sheet_spot){row++, 1}, SHEET_HEAD, word(b, "exchange.prep.meaning"));
	for (size_t i = 0; i < SERVICE_LEVEL_COUNT; i++, row++) {
		sheet_out_text(b->out, (struct sheet_spot){row, 0}, SHEET_FIXED,
			       fw->levels[i].name.text.by_lang[b->lang]);
		sheet_out_text(b->out, (struct sheet_spot){row, 1}, SHEET_FIXED,
			       fw->levels[i].meaning.by_lang[b->lang]);
	}
	row++;
	sheet_out_text(b->out, (struct sheet_spot){row, 0}, SHEET_HEAD, word(b, "exchange.column.assignment"));
	sheet_out_text(b->out, (struct sheet_spot){row++, 1}, SHEET_HEAD, word(b, "exchange.prep.meaning"));
	for (size_t i = 0; i < ASSIGN_COUNT; i++, row++) {
		sheet_out_text(b->out, (struct sheet_spot){row, 0}, SHEET_FIXED,
			       fw->assignments[i].name.text.by_lang[b->lang]);
		sheet_out_text(b->out, (struct sheet_spot){row, 1}, SHEET_FIXED,
			       fw->assignments[i].meaning.by_lang[b->lang]);
	}
	return row + 1;
}

static void write_rubric(struct book *b, uint32_t row)
{
	const struct framework *fw = b->src->portfolio->framework;

	sheet_out_text(b->out, (struct sheet_spot){row, 0}, SHEET_HEAD, word(b, "exchange.prep.score"));
	sheet_out_text(b->out, (struct sheet_spot){row, 1}, SHEET_HEAD, word(b, "build.side.in"));
	sheet_out_text(b->out, (struct sheet_spot){row++, 2}, SHEET_HEAD, word(b, "build.side.out"));
	for (uint32_t score = FRAMEWORK_SCORE_MAX; score >= 1; score--, row++) {
		sheet_out_cell(b->out, (struct sheet_spot){row, 0}, SHEET_FIXED_SCORE, sheet_number(score));
		for (uint32_t side = 0; side < SIDE_COUNT; side++)
			sheet_out_text(b->out, (struct sheet_spot){row, 1 + side}, SHEET_FIXED,
				       fw->rubric[side][score].by_lang[b->lang]);
	}
}

static void write_preparation(struct book *b)
{
	static const char *const steps[] = {"exchange.prep.how1", "exchange.prep.how2", "exchange.prep.how3",
					    "exchange.prep.how4", "exchange.prep.how5"};
	uint32_t row = 2;

	sheet_out_sheet(b->out, word(b, "exchange.sheet.preparation"));
	sheet_out_width(b->out, 0, 24);
	sheet_out_width(b->out, 1, 60);
	sheet_out_width(b->out, 2, 60);
	sheet_out_text(b->out, (struct sheet_spot){0, 0}, SHEET_TITLE, word(b, "exchange.book.title"));
	row = write_facts(b, row);
	sheet_out_text(b->out, (struct sheet_spot){row++, 0}, SHEET_HEAD, word(b, "exchange.prep.how"));
	for (size_t i = 0; i < COUNT_OF(steps); i++)
		sheet_out_text(b->out, (struct sheet_spot){row++, 1}, SHEET_NOTE, word(b, steps[i]));
	row = write_terms(b, row + 1);
	write_rubric(b, row);
	sheet_out_protect(b->out);
	sheet_out_landscape(b->out);
}

int exchange_workbook(const struct exchange_row_source *src, struct buf *out, struct err *e)
{
	const struct exchange_order *o = src->order;
	struct book b = {.src = src,
			 .lang = o->lang,
			 .other = o->lang == LANG_JA ? LANG_EN : LANG_JA,
			 .input = words_get(o->lang, STR("exchange.sheet.input")),
			 .last_row = FIRST_ROW + src->portfolio->framework->service_count - 1};
	int rc = sheet_out_create(words_get(o->lang, STR("exchange.book.title")), o->organisation, o->now, &b.out, e);

	if (rc)
		return rc;
	write_preparation(&b);
	write_input(&b);
	exchange_result_sheet(src, b.out, FIRST_ROW);
	write_lists(&b);
	rc = sheet_out_finish(b.out, out, e);
	sheet_out_free(b.out);
	return rc;
}
