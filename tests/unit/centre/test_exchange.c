/* The portfolio out and in again, and every way in which a returned file can be wrong. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/check.h"
#include "base/mem.h"
#include "centre/exchange/internal.h"
#include "guard/audit.h"

struct world {
	struct guarded *g;
	struct content_index *index;
	const struct framework *fw;
	struct arena a;
	struct actor ciso;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	guarded_set_up((void **)&w->g);
	CHECK(content_index_load(STR_NONE, &w->index, NULL) == 0);
	w->fw = content_index_find(w->index, STR(FRAMEWORK_DEFAULT));
	arena_init(&w->a, EXCHANGE_ARENA);
	w->ciso = (struct actor){.kind = ACTOR_SESSION,
				 .role = ROLE_CISO,
				 .permissions = role_permissions(ROLE_CISO),
				 .user_id = 1,
				 .tenant_id = w->g->company};
	snprintf(w->ciso.name, sizeof(w->ciso.name), "ciso");
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	arena_done(&w->a);
	content_index_free(w->index);
	guarded_tear_down((void **)&w->g);
	free(w);
	return 0;
}

static struct portfolio load(struct world *w)
{
	struct portfolio_query query = {.framework = w->fw, .now = NOW};
	struct portfolio p;

	assert_int_equal(portfolio_load(w->g->db, actor_scope(&w->ciso), &query, &w->a, &p, NULL), 0);
	return p;
}

static void save(struct world *w, const char *service, const struct service_state *s)
{
	struct portfolio p = load(w);
	const struct fw_service *found = framework_service(w->fw, str_of(service));
	struct service_change c = {.framework = w->fw,
				   .service = found->id,
				   .expected = p.items[found->index].state.version,
				   .state = s,
				   .now = NOW};
	int64_t version;

	assert_int_equal(service_state_save(w->g->db, &w->ciso, &c, &version, NULL), 0);
}

static const struct service_state b1 = {.level = SERVICE_BASIC,
					.level_reason = STR_INIT("=1+1, \"引用\"\n改行"),
					.assignment = ASSIGN_BOTH,
					.team = STR_INIT("監視チーム"),
					.provider = STR_INIT("@MSS社"),
					.now = {3, 4},
					.target = {5, 4},
					.risk = 2,
					.gap_owner = STR_INIT("佐藤"),
					.gap_due = 1775001600 * TIME_SECOND};
static const struct service_state c2 = {.level = SERVICE_UNDECIDED,
					.assignment = ASSIGN_UNDECIDED,
					.not_applicable = true,
					.not_applicable_reason = STR_INIT("対象なし")};

static void export_as(struct world *w, enum exchange_format format, enum lang lang, struct buf *out)
{
	struct exchange_order order = {
		.framework = w->fw, .lang = lang, .format = format, .organisation = STR("例示会社"), .now = NOW};

	buf_init(out, EXCHANGE_OUT_MAX);
	assert_int_equal(exchange_export(w->g->db, &w->ciso, &order, out, NULL), 0);
}

static struct exchange_plan plan(struct world *w, str bytes)
{
	struct exchange_input input = {w->fw, bytes, true};
	struct exchange_plan p;
	struct err e = {0};
	int rc = exchange_plan(w->g->db, &w->ciso, &input, &w->a, &p, &e);

	if (rc)
		fail_msg("%s: %s", e.id, e.value);
	return p;
}

static int64_t keep(struct world *w, str bytes)
{
	struct exchange_keep k = {w->fw, STR("入力.xlsx"), bytes, NOW};
	int64_t id = 0;

	assert_int_equal(exchange_keep(w->g->db, &w->ciso, &k, &id, NULL), 0);
	return id;
}

static int apply(struct world *w, int64_t id, bool take_all, struct exchange_result *ret, struct err *e)
{
	struct exchange_apply a = {.framework = w->fw, .id = id, .take_all = take_all, .here = true, .now = NOW};

	return exchange_apply(w->g->db, &w->ciso, &a, ret, e);
}

/* import(export(x)) = x, in every format and language, and into an empty organisation it makes the same. */
static void what_goes_out_comes_back(void **state)
{
	static const enum exchange_format formats[] = {EXCHANGE_XLSX, EXCHANGE_CSV, EXCHANGE_JSON};
	struct world *w = *state;

	save(w, "B-1", &b1);
	save(w, "C-2", &c2);
	for (size_t f = 0; f < COUNT_OF(formats); f++)
		for (enum lang lang = 0; lang < LANG_COUNT; lang++) {
			_cleanup_(buf_done) struct buf out = {0};
			struct exchange_plan p;

			export_as(w, formats[f], lang, &out);
			p = plan(w, buf_str(&out));
			assert_int_equal(p.row_count, w->fw->service_count);
			assert_int_equal(p.counts[ROW_UNCHANGED], w->fw->service_count);
			assert_int_equal(p.errors, 0);
			assert_int_equal(p.message_count, 0);
		}
}

static void a_file_makes_the_same_elsewhere(void **state)
{
	struct world *w = *state;
	_cleanup_(buf_done) struct buf out = {0};
	struct exchange_result r;
	struct portfolio before, after;

	save(w, "B-1", &b1);
	save(w, "C-2", &c2);
	before = load(w);
	export_as(w, EXCHANGE_JSON, LANG_JA, &out);
	w->ciso.tenant_id = w->g->other;
	assert_int_equal(apply(w, keep(w, buf_str(&out)), true, &r, NULL), 0);
	assert_int_equal(r.changed, 2);
	after = load(w);
	for (uint32_t i = 0; i < w->fw->service_count; i++)
		assert_int_equal(state_differs(&before.items[i].state, &after.items[i].state, FIELDS_ALL), 0);
}

/* A CSV of a few columns, as somebody types it. */
static struct exchange_plan typed(struct world *w, const char *text)
{
	return plan(w, arena_str(&w->a, str_of(text)));
}

static const struct exchange_row *row_of(const struct exchange_plan *p, const char *service)
{
	for (uint32_t i = 0; i < p->row_count; i++)
		if (str_eq(p->rows[i].service->id, str_of(service)))
			return &p->rows[i];
	fail_msg("no row %s", service);
	return NULL;
}

static const struct exchange_message *message(const struct exchange_plan *p, const char *key)
{
	for (uint32_t i = 0; i < p->message_count; i++)
		if (strcmp(p->messages[i].key, key) == 0)
			return &p->messages[i];
	fail_msg("no message %s", key);
	return NULL;
}

static void values_in_many_forms(void **state)
{
	static const struct {
		const char *title, *value;
		enum state_field field;
		const char *text, *key, *where; /* what it becomes; or the message */
	} cases[] = {
		{"自組織 現状", "４", FIELD_IN_NOW, "4", "exchange.note.wide", "CSV!B2"},
		{"自組織 現状", "4.0", FIELD_IN_NOW, "4", NULL, NULL},
		{"In-house as-is", "7", FIELD_IN_NOW, NULL, "err.exchange.number", "CSV!B2"},
		{"in_now", "0", FIELD_IN_NOW, NULL, "err.exchange.number", "CSV!B2"},
		{"in_now", "3.5", FIELD_IN_NOW, NULL, "err.exchange.number", "CSV!B2"},
		{"in_now", "良い", FIELD_IN_NOW, NULL, "err.exchange.number", "CSV!B2"},
		{"期限", "2026/4/1", FIELD_GAP_DUE, "2026-04-01", "exchange.note.day", "CSV!B2"},
		{"期限", "令和8年4月1日", FIELD_GAP_DUE, "2026-04-01", "exchange.note.day", "CSV!B2"},
		{"期限", "令和元年12月31日", FIELD_GAP_DUE, "2019-12-31", "exchange.note.day", "CSV!B2"},
		{"期限", "R8.4.1", FIELD_GAP_DUE, "2026-04-01", "exchange.note.day", "CSV!B2"},
		{"期限", "２０２６年４月１日", FIELD_GAP_DUE, "2026-04-01", "exchange.note.day", "CSV!B2"},
		{"期限", "20260401", FIELD_GAP_DUE, "2026-04-01", "exchange.note.day", "CSV!B2"},
		{"Due", "2026-04-01", FIELD_GAP_DUE, "2026-04-01", NULL, NULL},
		{"Due", "4/1/2026", FIELD_GAP_DUE, NULL, "err.exchange.day", "CSV!B2"},
		{"Due", "2026-02-30", FIELD_GAP_DUE, NULL, "err.exchange.day", "CSV!B2"},
		{"推奨レベル", "ベーシック", FIELD_LEVEL, "basic", NULL, NULL},
		{"level", "Advanced", FIELD_LEVEL, "advanced", NULL, NULL},
		{"Level", "不用", FIELD_LEVEL, NULL, "err.exchange.level", "CSV!B2"},
		{"割り当て", "両方だ", FIELD_ASSIGNMENT, NULL, "err.exchange.assignment", "CSV!B2"},
		{"リスク（1～3）", "3", FIELD_RISK, "3", NULL, NULL},
		{"リスク（1～3）", "5", FIELD_RISK, NULL, "err.exchange.number", "CSV!B2"},
		{"N/A", "○", FIELD_NA, NULL, "err.exchange.na_reason", "CSV!A2"},
		{"N/A", "たぶん", FIELD_NA, NULL, "err.exchange.yes", "CSV!B2"},
		{"担当チーム", "  SOC  ", FIELD_TEAM, "SOC", NULL, NULL},
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		str text = arena_fmt(&w->a, "ID,%s,サービス名\r\nB-1,%s,x\r\n", cases[i].title, cases[i].value);
		struct exchange_plan p = plan(w, text);
		const struct exchange_row *row = row_of(&p, "B-1");

		if (cases[i].key)
			assert_true(str_eq(message(&p, cases[i].key)->where, str_of(cases[i].where)));
		if (!cases[i].text) {
			assert_int_equal(row->status, ROW_ERROR);
			assert_int_equal(p.errors, 1);
			continue;
		}
		assert_int_equal(p.errors, 0);
		assert_int_equal(row->status, ROW_NEW);
		assert_int_equal(row->changes, FIELD_BIT(cases[i].field));
		assert_true(str_eq(state_field_text(&row->merged, cases[i].field, &w->a), str_of(cases[i].text)));
	}
}

static void columns_move_and_are_missed(void **state)
{
	struct world *w = *state;
	struct exchange_plan p = typed(w, "サービス名,自組織現状,ID\r\n監視,3,B-1\r\n");

	assert_int_equal(row_of(&p, "B-1")->merged.now[SIDE_IN], 3);
	assert_true(message(&p, "exchange.note.no_version") != NULL);
	p = typed(w, "ID,レベル理由,自組織 現状,サービス名\r\nB-1,x,3,y\r\n");
	assert_true(str_eq(message(&p, "err.exchange.renamed")->where, STR("CSV!B1")));
	assert_int_equal(p.errors, 1);
}

static void rows_that_make_no_sense(void **state)
{
	struct world *w = *state;
	struct exchange_plan p = typed(w,
				       "ID,自組織 現状,サービス名\r\nZ-9,3,x\r\n,3,x\r\nB-1,3,x\r\nB-1,4,x\r\n,,\r\n");

	assert_true(str_eq(message(&p, "err.exchange.service")->where, STR("CSV!A2")));
	assert_true(str_eq(message(&p, "err.exchange.no_id")->where, STR("CSV!A3")));
	assert_true(str_eq(message(&p, "err.exchange.double")->where, STR("CSV!A5")));
	assert_int_equal(p.errors, 3);
	assert_int_equal(p.row_count, 1);
}

static void files_of_another_kind(void **state)
{
	static const struct {
		const char *text, *key;
	} cases[] = {
		{"a,b,c\r\n1,2,3\r\n", "err.exchange.sheet"},
		{"レベルの理由,サービス名,自組織 現状\r\n1,2,3\r\n", "err.exchange.no_service"},
		{"ID,ID,サービス名\r\n", "err.exchange.twice"},
		{"{\"format\":\"x\"}", "err.exchange.json_format"},
		{"{oops", "err.exchange.json"},
		{"{\"format\":\"noroshi-assessment\",\"services\":[1]}", "err.exchange.json_service"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct exchange_input input = {w->fw, str_of(cases[i].text), true};
		struct exchange_plan p;
		struct err e = {0};

		assert_true(exchange_plan(w->g->db, &w->ciso, &input, &w->a, &p, &e) < 0);
		assert_string_equal(e.id, cases[i].key);
	}
}

/* Two people with the same export: the second one's file is compared with what it was exported from. */
static void an_older_file_overwrites_nothing(void **state)
{
	struct world *w = *state;
	struct service_state other = b1;
	struct exchange_plan p;
	const struct exchange_row *row;
	struct exchange_result r;
	int64_t id;

	save(w, "B-1", &b1);
	other.now[SIDE_IN] = 2;
	other.team = STR("別のチーム");
	save(w, "B-1", &other); /* version 2 */
	p = typed(w, "ID,版,自組織 現状,担当チーム,リスク（1～3）\r\nB-1,1,5,監視チーム,3\r\n");
	row = row_of(&p, "B-1");
	assert_int_equal(row->status, ROW_CONFLICT);
	assert_int_equal(row->conflict_count, 1);
	assert_int_equal(row->conflicts[0].field, FIELD_IN_NOW);
	assert_true(str_eq(row->conflicts[0].where, STR("CSV!C2")));
	assert_true(str_eq(row->conflicts[0].file, STR("5")) && str_eq(row->conflicts[0].present, STR("2")));
	assert_true(str_eq(row->merged.team, STR("別のチーム"))); /* the file had left it as exported */
	id = keep(w, STR("ID,版,自組織 現状,担当チーム,リスク（1～3）\r\nB-1,1,5,監視チーム,3\r\n"));
	assert_int_equal(apply(w, id, false, &r, NULL), 0);
	assert_int_equal(r.changed, 0);
	assert_int_equal(r.left, 1);
	assert_int_equal(load(w).items[row->service->index].state.now[SIDE_IN], 2);
	id = keep(w, STR("ID,版,自組織 現状,担当チーム,リスク（1～3）\r\nB-1,1,5,監視チーム,3\r\n"));
	assert_int_equal(apply(w, id, true, &r, NULL), 0);
	assert_int_equal(r.changed, 1);
	assert_int_equal(load(w).items[row->service->index].state.now[SIDE_IN], 5);
	assert_true(str_eq(load(w).items[row->service->index].state.team, STR("別のチーム")));
}

static void all_or_nothing_and_back(void **state)
{
	struct world *w = *state;
	const char *good = "ID,自組織 現状,担当チーム\r\nB-1,3,SOC\r\nB-2,4,SOC\r\n";
	const char *bad = "ID,自組織 現状,担当チーム\r\nB-1,5,SOC\r\nB-2,7,SOC\r\n";
	const struct fw_service *service = framework_service(w->fw, STR("B-1"));
	struct exchange_undo undo = {.framework = w->fw, .now = NOW};
	struct exchange_imports list;
	struct exchange_result r;
	struct audit_chain chain;
	struct err e = {0};

	assert_int_equal(apply(w, keep(w, str_of(bad)), true, &r, &e), -ERR_WRONG_STATE);
	assert_string_equal(e.id, "err.exchange.errors");
	assert_int_equal(load(w).items[service->index].state.version, 0);
	undo.id = keep(w, str_of(good));
	assert_int_equal(apply(w, undo.id, false, &r, NULL), 0);
	assert_int_equal(r.changed, 2);
	assert_int_equal(load(w).items[service->index].state.now[SIDE_IN], 3);
	assert_int_equal(apply(w, undo.id, false, &r, &e), -ERR_WRONG_STATE);
	assert_int_equal(exchange_undo(w->g->db, &w->ciso, &undo, NULL), 0);
	assert_int_equal(load(w).items[service->index].state.now[SIDE_IN], 0);
	assert_int_equal(exchange_undo(w->g->db, &w->ciso, &undo, &e), -ERR_WRONG_STATE);
	assert_int_equal(exchange_list(w->g->db, actor_scope(&w->ciso), &w->a, &list, NULL), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.items[0].state, IMPORT_UNDONE);
	assert_int_equal(list.items[0].rows, 2);
	assert_int_equal(audit_verify(w->g->db, w->g->company, &chain, NULL), 0);
	assert_int_equal(chain.broken_seq, 0);
	/* Another organisation sees none of it. */
	w->ciso.tenant_id = w->g->other;
	assert_int_equal(exchange_list(w->g->db, actor_scope(&w->ciso), &w->a, &list, NULL), 0);
	assert_int_equal(list.count, 0);
	assert_int_equal(exchange_undo(w->g->db, &w->ciso, &undo, &e), -ERR_NOT_FOUND);
}

static void what_was_changed_since_is_not_taken_back(void **state)
{
	struct world *w = *state;
	struct exchange_undo undo = {.framework = w->fw, .now = NOW};
	struct exchange_result r;
	struct err e = {0};

	undo.id = keep(w, STR("ID,自組織 現状,担当チーム\r\nB-1,3,SOC\r\n"));
	assert_int_equal(apply(w, undo.id, false, &r, NULL), 0);
	save(w, "B-1", &b1);
	assert_int_equal(exchange_undo(w->g->db, &w->ciso, &undo, &e), -ERR_CONFLICT);
	assert_string_equal(e.value, "B-1");
}

static void tables_and_reports_are_written(void **state)
{
	struct world *w = *state;

	save(w, "B-1", &b1);
	for (enum exchange_table t = EXCHANGE_CATALOGUE; t < EXCHANGE_TABLE_COUNT; t++) {
		struct exchange_order order = {
			.framework = w->fw, .lang = LANG_JA, .format = EXCHANGE_CSV, .table = t, .now = NOW};
		_cleanup_(buf_done) struct buf out = {0};
		struct err e = {0};

		buf_init(&out, EXCHANGE_OUT_MAX);
		assert_int_equal(exchange_export(w->g->db, &w->ciso, &order, &out, NULL), 0);
		assert_true(out.len > 20);
		order.format = EXCHANGE_OSCAL;
		assert_int_equal(exchange_export(w->g->db, &w->ciso, &order, &out, &e), -ERR_UNSUPPORTED);
	}
	for (enum lang lang = 0; lang < LANG_COUNT; lang++) {
		_cleanup_(buf_done) struct buf html = {0}, oscal = {0}, again = {0};

		export_as(w, EXCHANGE_HTML, lang, &html);
		assert_non_null(strstr(buf_cstr(&html), "監視チーム"));
		export_as(w, EXCHANGE_OSCAL, lang, &oscal);
		export_as(w, EXCHANGE_OSCAL, lang, &again);
		assert_true(str_eq(buf_str(&oscal), buf_str(&again)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_goes_out_comes_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_makes_the_same_elsewhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(values_in_many_forms, set_up, tear_down),
		cmocka_unit_test_setup_teardown(columns_move_and_are_missed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rows_that_make_no_sense, set_up, tear_down),
		cmocka_unit_test_setup_teardown(files_of_another_kind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_older_file_overwrites_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(all_or_nothing_and_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_changed_since_is_not_taken_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tables_and_reports_are_written, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
