/* The portfolio's pages rendered from a store: no value may be missing, in either language, and the figures are there.
 */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "craft/view/view.h"
#include "door/web/build/portfolio_view.h"

struct world {
	struct guarded *g;
	struct content_index *index;
	struct portfolio p;
	struct work_list work;
	struct service_history history;
	struct comment_list comments;
	struct arena a;
	struct actor ciso;
};

static void save(struct world *w, const char *service, struct service_state s)
{
	struct service_change c = {.framework = content_index_find(w->index, STR(FRAMEWORK_DEFAULT)),
				   .service = str_of(service),
				   .state = &s,
				   .now = NOW};
	int64_t version;

	assert_int_equal(service_state_save(w->g->db, &w->ciso, &c, &version, NULL), 0);
}

static void work(struct world *w, int64_t user_id)
{
	struct actor who = {.kind = ACTOR_SESSION, .user_id = user_id, .tenant_id = w->g->company, .name = "佐藤 <b>"};
	struct work verdict = {.service = STR("B-1"),
			       .action = STR("alert.verdict"),
			       .object = STR("alert:17+3"),
			       .started = NOW,
			       .ended = NOW};

	assert_int_equal(db_begin(w->g->db, NULL), 0);
	assert_int_equal(work_record(w->g->db, &who, &verdict, NULL), 0);
	assert_int_equal(db_commit(w->g->db, NULL), 0);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct portfolio_query q = {.now = NOW};
	struct history_query h = {.service = STR("B-1")};
	struct scope scope;

	guarded_set_up((void **)&w->g);
	arena_init(&w->a, 16u << 20);
	w->ciso = (struct actor){.kind = ACTOR_SESSION, .user_id = 1, .tenant_id = w->g->company, .name = "高橋 由美"};
	CHECK(content_index_load(STR_NONE, &w->index, NULL) == 0);
	save(w, "B-1",
	     (struct service_state){.level = SERVICE_BASIC,
				    .assignment = ASSIGN_BOTH,
				    .team = STR("SOC"),
				    .provider = STR("MSS & Co"),
				    .now = {4, 3},
				    .target = {5, 5}});
	save(w, "A-13", (struct service_state){.level = SERVICE_UNNECESSARY, .assignment = ASSIGN_UNDECIDED});
	save(w, "E-6",
	     (struct service_state){.level = SERVICE_UNDECIDED, .assignment = ASSIGN_NOBODY, .target = {3, 0}});
	work(w, 7);
	work(w, 8);
	q.framework = h.framework = content_index_find(w->index, STR(FRAMEWORK_DEFAULT));
	scope = (struct scope){w->g->company};
	CHECK(portfolio_load(w->g->db, scope, &q, &w->a, &w->p, NULL) == 0);
	CHECK(work_list(w->g->db, scope, STR_NONE, (struct work_cursor){0}, &w->a, &w->work, NULL) == 0);
	CHECK(service_state_history(w->g->db, scope, &h, &w->a, &w->history, NULL) == 0);
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

/* What door/http adds to every page. */
static struct view *shell(struct world *w)
{
	static const char *const names[] = {"csrf", "path", "user_name", "user_initial", "tenant_name", "role_word"};
	struct view *v = view_create(&w->a);

	for (size_t i = 0; i < COUNT_OF(names); i++)
		view_text(v, names[i], STR("x"));
	view_bool(v, "may_portfolio_read", true);
	view_bool(v, "may_portfolio_write", true);
	view_bool(v, "may_work_write", true);
	return v;
}

static void render(struct view *v, const char *name, enum lang lang, struct buf *out)
{
	struct err e = {0};
	str missing = STR_NONE;

	buf_init(out, 4u << 20);
	assert_int_equal(view_render(str_of(name), v, lang, out, &e), 0);
	if (view_missing(v, &missing))
		fail_msg("%s needs " STR_FMT, name, STR_ARG(missing));
}

static bool shows(const struct buf *page, const char *text)
{
	return str_find(buf_str(page), str_of(text)) >= 0;
}

static void test_list(void **state)
{
	struct world *w = *state;

	for (size_t lang = 0; lang < LANG_COUNT; lang++) {
		struct portfolio_page page = {.arena = &w->a,
					      .lang = (enum lang)lang,
					      .portfolio = &w->p,
					      .work = &w->work,
					      .now = NOW,
					      .zone_min = 540,
					      .zone = "JST",
					      .names = true};
		_cleanup_(buf_done) struct buf out = {0};
		struct view *v = shell(w);

		assert_int_equal(portfolio_view_list(v, &page, NULL), 0);
		render(v, "build/portfolio", (enum lang)lang, &out);
		assert_true(shows(&out, lang == LANG_JA ? "リアルタイム監視" : "Real time asset monitoring"));
		assert_true(shows(&out, lang == LANG_JA ? "ベーシック" : "Basic"));
		assert_true(str_find(buf_str(&out), words_get((enum lang)lang, STR("work.action.alert.verdict"))) >= 0);
		assert_true(shows(&out, "href=\"/alerts/17\""));
		assert_true(shows(&out, "href=\"/portfolio/I-7\""));
		assert_true(shows(&out, "佐藤 &lt;b&gt;"));
		assert_false(shows(&out, "<b>佐藤"));
		assert_true(shows(&out, " JST<"));
		assert_false(shows(&out, " UTC<"));
		assert_true(shows(&out, "<svg"));
		assert_true(shows(&out, "2.50")); /* (4 + 1) / 2: the higher of B-1's two, and unassigned E-6 */
		assert_true(out.len < 300 * 1024);
	}
}

static void test_names_are_for_who_leads(void **state)
{
	struct world *w = *state;
	struct portfolio_page page = {
		.arena = &w->a, .lang = LANG_EN, .portfolio = &w->p, .work = &w->work, .now = NOW};
	_cleanup_(buf_done) struct buf out = {0};
	struct view *v = shell(w);

	assert_int_equal(portfolio_view_list(v, &page, NULL), 0);
	render(v, "build/portfolio", LANG_EN, &out);
	assert_true(shows(&out, "href=\"/alerts/17\""));
	assert_false(shows(&out, "佐藤"));
	assert_true(shows(&out, "People who did this: 2"));
}

static void test_service(void **state)
{
	struct world *w = *state;

	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		for (uint32_t i = 0; i < w->p.framework->service_count; i++) {
			struct portfolio_page page = {.arena = &w->a,
						      .lang = (enum lang)lang,
						      .portfolio = &w->p,
						      .item = &w->p.items[i],
						      .form = &w->p.items[i].state,
						      .work = &w->work,
						      .history = &w->history,
						      .comments = &w->comments,
						      .now = NOW};
			_cleanup_(buf_done) struct buf out = {0};
			struct view *v = shell(w);

			portfolio_view_service(v, &page);
			render(v, "build/service", (enum lang)lang, &out);
			if (!str_eq(page.item->service->id, STR("B-1")))
				continue;
			assert_true(shows(&out, "高橋 由美"));
			assert_true(shows(&out, "MSS &amp; Co"));
			assert_true(shows(&out, "value=\"both\" selected"));
			assert_true(shows(&out, "name=\"version\" value=\"1\""));
			assert_true(shows(&out, lang == LANG_JA ? "2 名がこの作業" : "2 people did this work"));
		}
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {WORLD(test_list), WORLD(test_names_are_for_who_leads), WORLD(test_service)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
