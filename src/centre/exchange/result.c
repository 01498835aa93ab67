/* The sheet Result: means of the categories as live formulas, a radar chart, the first gaps. */
#include <stdio.h>

#include "base/mem.h"
#include "centre/exchange/internal.h"

#define HEAD_ROW 2u
#define FIRST_ROW 3u
#define GAPS_COLUMN 0u

struct result {
	const struct exchange_row_source *src;
	struct sheet_out *out;
	str sheet, input;
	uint32_t first, last; /* rows of Input */
};

static str word(const struct result *r, const char *key)
{
	return words_get(r->src->order->lang, str_of(key));
}

/* The column letters of a key: "R" of "R4". */
static void column_of(const char *key, char out[SHEET_ADDRESS_MAX])
{
	uint32_t at = 0;
	size_t len = 0;
	struct sheet_address a;

	while (at < exchange_column_count && strcmp(exchange_columns[at].key, key) != 0)
		at++;
	a = sheet_address(0, at);
	while (a.text[len] >= 'A' && a.text[len] <= 'Z')
		len++;
	memcpy(out, a.text, len);
	out[len] = '\0';
}

static void add_range(const struct result *r, struct buf *f, const char *key)
{
	char column[SHEET_ADDRESS_MAX];

	column_of(key, column);
	buf_add_fmt(f, "'" STR_FMT "'!$%s$%u:$%s$%u", STR_ARG(r->input), column, r->first + 1, column, r->last + 1);
}

static struct sheet_cell mean_cell(const struct score_mean *m)
{
	score_c value = score_mean_value(m);

	return value == SCORE_NONE ? (struct sheet_cell){0} : sheet_number(value / 100.0);
}

/* The mean of a column's figures, of one category or of all; texts ("") do not count, so N/A never enters. */
static void write_mean(const struct result *r, struct sheet_spot at, const char *key, const struct score_mean *m)
{
	_cleanup_(buf_done) struct buf f = {0};
	bool is_total = at.row == FIRST_ROW + r->src->portfolio->framework->category_count;

	buf_init(&f, 1024);
	buf_add(&f, is_total ? STR("IFERROR(ROUND(AVERAGE(") : STR("IFERROR(ROUND(AVERAGEIFS("));
	add_range(r, &f, key);
	if (!is_total) {
		buf_add(&f, STR(","));
		add_range(r, &f, "category");
		buf_add_fmt(&f, ",$A%u", at.row + 1);
	}
	buf_add(&f, STR("),2),\"\")"));
	sheet_out_formula(r->out, at, SHEET_SCORE, buf_str(&f), mean_cell(m));
}

static void write_group(const struct result *r, uint32_t row, const struct portfolio_group *g)
{
	char gap[80];
	score_c now = score_mean_value(&g->now), target = score_mean_value(&g->target);
	bool has_gap = now != SCORE_NONE && target != SCORE_NONE;

	sheet_out_cell(r->out, (struct sheet_spot){row, 2}, SHEET_COUNT, sheet_number(g->applicable));
	write_mean(r, (struct sheet_spot){row, 3}, "used_now", &g->now);
	write_mean(r, (struct sheet_spot){row, 4}, "used_target", &g->target);
	snprintf(gap, sizeof(gap), "IF(OR(D%u=\"\",E%u=\"\"),\"\",E%u-D%u)", row + 1, row + 1, row + 1, row + 1);
	sheet_out_formula(r->out, (struct sheet_spot){row, 5}, SHEET_SCORE, str_of(gap),
			  has_gap ? sheet_number((target - now) / 100.0) : (struct sheet_cell){0});
	write_mean(r, (struct sheet_spot){row, 6}, "evidence", &g->evidence);
}

static void write_categories(const struct result *r)
{
	static const char *const heads[] = {
		"exchange.column.category", "exchange.result.name", "exchange.result.services", "exchange.result.now",
		"exchange.result.target",   "exchange.result.gap",  "exchange.result.evidence"};
	const struct portfolio *p = r->src->portfolio;
	enum lang lang = r->src->order->lang;
	uint32_t row = FIRST_ROW;

	for (uint32_t c = 0; c < sizeof(heads) / sizeof(heads[0]); c++)
		sheet_out_text(r->out, (struct sheet_spot){HEAD_ROW, c}, SHEET_HEAD, word(r, heads[c]));
	for (uint32_t i = 0; i < p->framework->category_count; i++, row++) {
		sheet_out_text(r->out, (struct sheet_spot){row, 0}, SHEET_FIXED, p->framework->categories[i].id);
		sheet_out_text(r->out, (struct sheet_spot){row, 1}, SHEET_FIXED,
			       p->framework->categories[i].name.text.by_lang[lang]);
		write_group(r, row, &p->categories[i]);
	}
	sheet_out_text(r->out, (struct sheet_spot){row, 1}, SHEET_FIXED, word(r, "exchange.result.total"));
	write_group(r, row, &p->total);
}

static void write_radar(const struct result *r)
{
	static const struct {
		const char *name;
		char column;
	} lines[] = {{"exchange.result.now", 'D'}, {"exchange.result.target", 'E'}, {"exchange.result.evidence", 'G'}};
	uint32_t first = FIRST_ROW + 1, last = FIRST_ROW + r->src->portfolio->framework->category_count;
	struct sheet_series series[3];
	struct buf text[3][2];

	for (size_t i = 0; i < 3; i++) {
		buf_init(&text[i][0], 256);
		buf_init(&text[i][1], 256);
		buf_add_fmt(&text[i][0], "='" STR_FMT "'!$A$%u:$A$%u", STR_ARG(r->sheet), first, last);
		buf_add_fmt(&text[i][1], "='" STR_FMT "'!$%c$%u:$%c$%u", STR_ARG(r->sheet), lines[i].column, first,
			    lines[i].column, last);
		series[i] = (struct sheet_series){word(r, lines[i].name), buf_str(&text[i][0]), buf_str(&text[i][1])};
	}
	sheet_out_radar(r->out, (struct sheet_spot){HEAD_ROW, 8}, word(r, "exchange.result.radar"), series, 3);
	for (size_t i = 0; i < 3; i++) {
		buf_done(&text[i][0]);
		buf_done(&text[i][1]);
	}
}

static void write_gaps(const struct result *r)
{
	const struct portfolio *p = r->src->portfolio;
	enum lang lang = r->src->order->lang;
	uint32_t row = FIRST_ROW + p->framework->category_count + 3;

	sheet_out_text(r->out, (struct sheet_spot){row++, GAPS_COLUMN}, SHEET_HEAD, word(r, "exchange.result.first"));
	for (uint32_t i = 0; i < p->first_count && i < EXCHANGE_FIRST; i++, row++) {
		const struct portfolio_item *item = p->first[i];

		sheet_out_text(r->out, (struct sheet_spot){row, 0}, SHEET_FIXED, item->service->id);
		sheet_out_text(r->out, (struct sheet_spot){row, 1}, SHEET_FIXED,
			       item->service->name.text.by_lang[lang]);
		sheet_out_text(r->out, (struct sheet_spot){row, 2}, SHEET_FIXED,
			       p->framework->levels[item->level].name.text.by_lang[lang]);
		sheet_out_cell(r->out, (struct sheet_spot){row, 3}, SHEET_SCORE, sheet_number(item->now / 100.0));
		sheet_out_cell(r->out, (struct sheet_spot){row, 4}, SHEET_SCORE, sheet_number(item->target / 100.0));
		sheet_out_cell(r->out, (struct sheet_spot){row, 5}, SHEET_SCORE, sheet_number(item->gap / 100.0));
	}
	sheet_out_text(r->out, (struct sheet_spot){row + 1, 1}, SHEET_NOTE, word(r, "exchange.result.note"));
}

void exchange_result_sheet(const struct exchange_row_source *src, struct sheet_out *out, uint32_t first_row)
{
	struct result r = {.src = src,
			   .out = out,
			   .sheet = words_get(src->order->lang, STR("exchange.sheet.result")),
			   .input = words_get(src->order->lang, STR("exchange.sheet.input")),
			   .first = first_row,
			   .last = first_row + src->portfolio->framework->service_count - 1};

	sheet_out_sheet(out, r.sheet);
	sheet_out_width(out, 0, 9);
	sheet_out_width(out, 1, 42);
	for (uint32_t c = 2; c < 7; c++)
		sheet_out_width(out, c, 13);
	sheet_out_text(out, (struct sheet_spot){0, 0}, SHEET_TITLE, word(&r, "exchange.result.title"));
	write_categories(&r);
	write_radar(&r);
	write_gaps(&r);
	sheet_out_protect(out);
	sheet_out_landscape(out);
}
