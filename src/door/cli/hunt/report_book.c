/* The hunt report as a workbook. */
#include "door/cli/hunt/report_book.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/sheet/sheet.h"

#define SHEETS 6u
#define CELL_MAX 4096u     /* bytes of what decided, in one cell */
#define COLUMNS_MAX 12u    /* of one sheet */
#define FAILURES_MAX 1000u /* files and records that could not be read, told on the first sheet */

void report_book_init(struct report_book *b)
{
	*b = (struct report_book){0};
	arena_init(&b->arena, BOOK_MEMORY);
}

void report_book_done(struct report_book *b)
{
	for (size_t i = 0; i <= LEVEL_CRITICAL; i++)
		free(b->rows[i].list);
	arena_done(&b->arena);
}

void report_book_keep(struct report_book *b, const struct hunt_match *match, const struct rule *rule)
{
	struct report_book_rows *rows = &b->rows[rule->level];
	str text;

	b->seen++;
	if (rows->count == BOOK_MATCHES_MAX)
		return;
	text = arena_str(&b->arena, match->text);
	if (!text.ptr)
		return;
	mem_grow(&rows->list, &rows->cap, rows->count + 1, sizeof(*rows->list));
	rows->list[rows->count++] = (struct report_book_row){
		.time = match->time_known ? match->time : INT64_MAX, .seq = b->seen, .rule = rule, .text = text};
}

/* ---- tables ---- */

struct head {
	const char *word;
	enum sheet_kind kind;
	double width;
};

struct book {
	struct report_book *b;
	struct report *r;
	enum lang lang;
	struct arena arena; /* of texts made for cells */
	struct sheet_table tables[SHEETS];
	struct sheet_cell *cells[SHEETS];
	size_t used, cap; /* of the table that is being filled */
	uint32_t count;
};

static void begin(struct book *k, const char *name, const struct head *heads, uint32_t count)
{
	struct sheet_column *columns = arena_alloc(&k->arena, COLUMNS_MAX * sizeof(*columns));

	CHECK(k->count < SHEETS && count <= COLUMNS_MAX);
	CHECK(columns != NULL); /* the first of what the arena gives */
	for (uint32_t i = 0; i < count; i++)
		columns[i] = (struct sheet_column){words_get(k->lang, str_of(heads[i].word)), heads[i].kind,
						   heads[i].width};
	k->tables[k->count] = (struct sheet_table){
		.name = words_get(k->lang, str_of(name)), .columns = columns, .column_count = count};
	k->used = k->cap = 0;
	k->count++;
}

static void put(struct book *k, struct sheet_cell cell)
{
	uint32_t at = k->count - 1;

	mem_grow(&k->cells[at], &k->cap, k->used + 1, sizeof(*k->cells[at]));
	k->cells[at][k->used++] = cell;
	k->tables[at].cells = k->cells[at];
	k->tables[at].row_count = (uint32_t)(k->used / k->tables[at].column_count);
}

static void put_text(struct book *k, str text)
{
	put(k, sheet_text(text));
}

static void put_count(struct book *k, uint64_t n)
{
	put(k, sheet_number((double)n));
}

static void put_word(struct book *k, const char *word)
{
	put_text(k, words_get(k->lang, str_of(word)));
}

static void put_time(struct book *k, time_us t, bool known)
{
	char text[TIME_TEXT_MAX];

	put_text(k, known ? arena_str(&k->arena, (str){text, time_format_local(t, 0, text)}) : STR_NONE);
}

static void put_tags(struct book *k, const struct rule *rule)
{
	_cleanup_(buf_done) struct buf out = {.max = CELL_MAX};

	for (uint32_t i = 0; i < rule->tag_count; i++) {
		buf_add(&out, i ? STR(" ") : STR(""));
		buf_add(&out, rule->tags[i]);
	}
	put_text(k, arena_str(&k->arena, buf_str(&out)));
}

/* ---- the sheets ---- */

static void pair(struct book *k, const char *word, uint64_t n)
{
	put_word(k, word);
	put_count(k, n);
}

static void pair_text(struct book *k, const char *word, str text)
{
	put_word(k, word);
	put_text(k, text);
}

static void add_failures(struct book *k, const struct hunt_result *s)
{
	for (size_t i = 0; i < s->failure_count && i < FAILURES_MAX; i++) {
		_cleanup_(buf_done) struct buf text = {.max = CELL_MAX};

		words_add_err(&text, k->lang, &s->failures[i].err);
		pair_text(k, "hunt.book.failure", arena_str(&k->arena, buf_str(&text)));
	}
}

static void add_summary(struct book *k, const struct hunt_result *s, uint64_t shown)
{
	static const struct head heads[] = {{"hunt.book.what", SHEET_TEXT, 44}, {"hunt.book.value", SHEET_TEXT, 60}};
	const struct env *env = k->r->cli->env;
	uint64_t hit = 0;

	for (uint32_t i = 0; i < rule_set_count(k->r->rules); i++)
		hit += k->r->found[i].count > 0;
	begin(k, "hunt.summary", heads, 2);
	put_word(k, "hunt.book.made");
	put_time(k, env->now(env->ctx) / TIME_SECOND * TIME_SECOND, true);
	pair_text(k, "hunt.command", report_command(k->r, &k->arena));
	pair_text(k, "hunt.version", STR("Noroshi " NOROSHI_VERSION));
	pair(k, "hunt.files", s->inputs);
	pair(k, "hunt.book.inputs_failed", s->inputs_failed);
	pair(k, "hunt.events", s->events);
	put_word(k, "hunt.book.first");
	put_time(k, s->span.first, s->span.known);
	put_word(k, "hunt.book.last");
	put_time(k, s->span.last, s->span.known);
	pair(k, "hunt.matches", s->matches);
	for (enum rule_level level = LEVEL_CRITICAL; level >= LEVEL_INFORMATIONAL; level--)
		pair(k, level_words[level], k->r->by_level[level]);
	pair(k, "hunt.book.left_out", k->b->seen - shown);
	pair(k, "hunt.rules_hit", hit);
	pair(k, "hunt.book.rules", rule_set_count(k->r->rules));
	pair(k, "hunt.book.rules_failed", rule_set_problem_count(k->r->rules));
	pair(k, "hunt.damaged", s->damaged_records);
	pair(k, "hunt.book.unknown", s->unknown_source);
	add_failures(k, s);
}

static int row_cmp(const void *a, const void *b)
{
	const struct report_book_row *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* The worst that there is room for, in the order of time. The caller frees them. */
static struct report_book_row *choose(const struct report_book *b, size_t *ret_count)
{
	struct report_book_row *all = mem_alloc(BOOK_MATCHES_MAX, sizeof(*all));
	size_t count = 0;

	for (size_t level = LEVEL_CRITICAL + 1; level-- > 0;)
		for (size_t i = 0; i < b->rows[level].count && count < BOOK_MATCHES_MAX; i++)
			all[count++] = b->rows[level].list[i];
	if (count)
		qsort(all, count, sizeof(*all), row_cmp);
	*ret_count = count;
	return all;
}

static void put_decided(struct book *k, str rest)
{
	_cleanup_(buf_done) struct buf out = {.max = CELL_MAX};

	while (rest.len) {
		str field = report_part(&rest), value = report_part(&rest);

		buf_add(&out, out.len ? STR("\n") : STR(""));
		buf_add(&out, field);
		buf_add(&out, field.len ? STR("=") : STR(""));
		buf_add(&out, value);
	}
	put_text(k, arena_str(&k->arena, buf_str(&out)));
}

static void add_matches(struct book *k, const struct report_book_row *rows, size_t count)
{
	static const struct head heads[] = {
		{"hunt.book.time", SHEET_TEXT, 20}, {"hunt.level", SHEET_TEXT, 8},
		{"hunt.rule", SHEET_TEXT, 40},      {"hunt.host", SHEET_TEXT, 24},
		{"hunt.user", SHEET_TEXT, 24},      {"hunt.decided", SHEET_TEXT, 70},
		{"hunt.book.file", SHEET_TEXT, 40}, {"hunt.book.place", SHEET_TEXT, 10},
		{"hunt.book.tags", SHEET_TEXT, 30}, {"hunt.book.id", SHEET_TEXT, 38},
	};

	begin(k, "hunt.matches", heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < count; i++) {
		const struct report_book_row *row = &rows[i];
		str rest = row->text, host = report_part(&rest), user = report_part(&rest), path = report_part(&rest),
		    place = report_part(&rest);

		put_time(k, row->time, row->time != INT64_MAX);
		put_word(k, level_words[row->rule->level]);
		put_text(k, rule_title(row->rule, k->lang));
		put_text(k, host);
		put_text(k, user);
		put_decided(k, rest);
		put_text(k, path);
		put_text(k, place);
		put_tags(k, row->rule);
		put_text(k, row->rule->id);
	}
}

static void add_rules(struct book *k)
{
	static const struct head heads[] = {
		{"hunt.level", SHEET_TEXT, 8},      {"hunt.rule", SHEET_TEXT, 44},
		{"hunt.count", SHEET_NUMBER, 10},   {"hunt.first", SHEET_TEXT, 20},
		{"hunt.last", SHEET_TEXT, 20},      {"hunt.book.about", SHEET_TEXT, 70},
		{"hunt.book.tags", SHEET_TEXT, 36}, {"hunt.author", SHEET_TEXT, 24},
		{"hunt.license", SHEET_TEXT, 14},   {"hunt.book.id", SHEET_TEXT, 38},
	};
	uint32_t count = rule_set_count(k->r->rules);

	begin(k, "hunt.rules", heads, sizeof(heads) / sizeof(heads[0]));
	for (enum rule_level level = LEVEL_CRITICAL; level >= LEVEL_INFORMATIONAL; level--)
		for (uint32_t i = 0; i <= count; i++) {
			const struct report_rule *found = &k->r->found[i];

			if (!found->count || found->rule->level != level)
				continue;
			put_word(k, level_words[level]);
			put_text(k, rule_title(found->rule, k->lang));
			put_count(k, found->count);
			put_time(k, found->first, found->times_known);
			put_time(k, found->last, found->times_known);
			put_text(k, report_about(found->rule, k->lang));
			put_tags(k, found->rule);
			put_text(k, found->rule->author);
			put_text(k, found->rule->license);
			put_text(k, found->rule->id);
		}
}

static void add_names(struct book *k, const char *name, const char *column, struct report_names *n)
{
	const struct head heads[] = {
		{column, SHEET_TEXT, 44}, {"hunt.book.worst", SHEET_TEXT, 12}, {"hunt.count", SHEET_NUMBER, 10}};

	begin(k, name, heads, 3);
	report_names_sort(n);
	for (size_t i = 0; i < n->count; i++) {
		put_text(k, n->list[i].name);
		put_word(k, level_words[n->list[i].worst]);
		put_count(k, n->list[i].count);
	}
}

static void add_timeline(struct book *k)
{
	struct head heads[LEVEL_CRITICAL + 1] = {{"hunt.begin", SHEET_TEXT, 20}};
	const struct report *r = k->r;

	for (size_t i = 0; i < LEVEL_CRITICAL; i++)
		heads[1 + i] = (struct head){level_words[LEVEL_CRITICAL - i], SHEET_NUMBER, 10};
	begin(k, "hunt.timeline", heads, LEVEL_CRITICAL + 1);
	for (size_t i = 0; i < r->step_count; i++) {
		put_time(k, r->steps[i].at * report_units[r->unit], true);
		for (size_t part = LEVEL_CRITICAL; part-- > 0;)
			put_count(k, r->steps[i].parts[part]);
	}
}

int report_book_write(struct report_book *b, struct report *r, const struct hunt_result *result, struct buf *out,
		      struct err *e)
{
	struct book k = {.b = b, .r = r, .lang = r->cli->lang};
	size_t shown;
	struct report_book_row *rows = choose(b, &shown);
	int rc;

	arena_init(&k.arena, BOOK_MEMORY);
	add_summary(&k, result, shown);
	add_matches(&k, rows, shown);
	add_rules(&k);
	add_names(&k, "hunt.hosts", "hunt.host", &r->hosts);
	add_names(&k, "hunt.users", "hunt.user", &r->users);
	add_timeline(&k);
	rc = sheet_tables_xlsx(k.tables, k.count, out, e);
	for (uint32_t i = 0; i < k.count; i++)
		free(k.cells[i]);
	free(rows);
	arena_done(&k.arena);
	return rc;
}
