/* The demo through its real rooms: an organisation with people, portfolio and work; its history once and only once; a
 * reset beside it; a link that signs in once. */
#include "tests.h"

#include "../guard/guarded.h"
#include "app/demo_parts.h"
#include "base/mem.h"
#include "centre/build/build.h"
#include "flow/collect/collect.h"
#include "guard/audit.h"
#include "guard/setup.h"

struct world {
	struct folder folder;
	struct db *db;
	struct env env;
	struct services services;
	struct event_sink sink;
	_Atomic uint64_t events;
	_Atomic uint64_t foreign; /* events that are not marked as the demo's, or are of no organisation */
	_Atomic int64_t last_tenant;
};

static int sink_append(void *ctx, const struct raw_event *events, size_t count, event_id *ret_ids, struct err *e)
{
	struct world *w = ctx;

	(void)e;
	for (size_t i = 0; i < count; i++) {
		if (str_find(events[i].raw, STR("\"noroshi_demo\":true")) < 0 || events[i].tenant_id < 1 ||
		    !events[i].time_known)
			w->foreign++;
		/* Every placeholder was replaced. */
		if (str_find(events[i].raw, STR("@TIME@")) >= 0 || str_find(events[i].raw, STR("@PC@")) >= 0 ||
		    str_find(events[i].raw, STR("@PID@")) >= 0)
			w->foreign++;
		w->last_tenant = events[i].tenant_id;
		if (ret_ids)
			ret_ids[i] = w->events + 1;
		w->events++;
	}
	return 0;
}

static int sink_count(void *ctx, int64_t tenant_id, uint64_t batch, event_id from, uint64_t *ret, struct err *e)
{
	(void)ctx, (void)tenant_id, (void)batch, (void)from, (void)e;
	*ret = 0;
	return 0;
}

static event_id sink_end(void *ctx)
{
	return ((struct world *)ctx)->events + 1;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	folder_open_temp(&w->folder);
	w->db = folder_db(&w->folder);
	w->env = env_real(NULL);
	w->sink = (struct event_sink){sink_append, sink_count, sink_end, w};
	w->services.env = &w->env;
	w->services.is_demo = true;
	CHECK(content_index_load(STR_NONE, &w->services.frameworks, NULL) == 0);
	CHECK(intake_open(&w->env, w->sink, &w->services.intake, NULL) == 0);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	intake_close(w->services.intake);
	content_index_free(w->services.frameworks);
	db_close(w->db);
	folder_remove_temp(&w->folder);
	free(w);
	return 0;
}

static void open_demo(struct world *w, bool reset, struct demo **ret)
{
	struct err e = {0};
	int rc = demo_open(&w->services, w->db, reset, ret, &e);

	if (rc)
		print_error("%s %s:%u %s %s\n", e.id, e.path, e.line, e.value, e.expected);
	assert_int_equal(rc, 0);
}

static void test_organisation_is_whole(void **state)
{
	struct world *w = *state;
	struct portfolio_query q = {.framework = content_index_find(w->services.frameworks, STR(FRAMEWORK_DEFAULT)),
				    .now = w->env.now(w->env.ctx)};
	_cleanup_(arena_done) struct arena a = {0};
	struct audit_chain chain = {0};
	struct portfolio p;
	struct demo *d = NULL;

	arena_init(&a, 4u << 20);
	open_demo(w, false, &d);
	assert_int_equal(portfolio_load(w->db, (struct scope){d->tenant_id}, &q, &a, &p, NULL), 0);
	assert_int_equal(p.undecided, 0);
	assert_int_equal(p.unassigned, 3);
	assert_true(p.total.now.count > 50);
	assert_true(p.total.target.count > 50);
	assert_true(p.total.evidence.count > 10);
	assert_int_equal(audit_verify(w->db, d->tenant_id, &chain, NULL), 0);
	assert_int_equal(chain.broken_seq, 0);
	assert_true(chain.rows > 64);
	demo_close(d);
}

static void test_history_comes_once(void **state)
{
	struct world *w = *state;
	struct demo *d = NULL;
	uint64_t history;
	int64_t first;

	open_demo(w, false, &d);
	history = d->story.history_count;
	first = d->tenant_id;
	demo_close(d);
	assert_true(history > 500);
	assert_true(w->events >= history && w->events < history + 20); /* some live ones may have come */
	assert_int_equal(w->foreign, 0);
	open_demo(w, false, &d); /* the same folder again: same organisation, no second history */
	assert_int_equal(d->tenant_id, first);
	demo_close(d);
	assert_true(w->events < history + 40);
}

static void test_reset_stands_beside(void **state)
{
	struct world *w = *state;
	struct demo *d = NULL;
	int64_t first, analyst, again;
	uint64_t before;

	open_demo(w, false, &d);
	first = d->tenant_id;
	assert_int_equal(demo_account(w->db, first, ROLE_ANALYST, &analyst, NULL), 0);
	demo_close(d);
	before = w->events;
	open_demo(w, true, &d);
	assert_int_not_equal(d->tenant_id, first);
	assert_true(w->events >= before + d->story.history_count);
	assert_int_equal(w->last_tenant, d->tenant_id);
	assert_int_equal(demo_account(w->db, d->tenant_id, ROLE_ANALYST, &again, NULL), 0);
	assert_int_not_equal(again, analyst);
	demo_close(d);
}

static void test_link_signs_in_once(void **state)
{
	struct world *w = *state;
	_cleanup_(buf_done) struct buf link = {0};
	struct demo_enter enter = {.address = STR("127.0.0.1"), .user_agent = STR("test")};
	struct session session;
	struct secret cookie;
	struct demo *d = NULL;

	open_demo(w, false, &d);
	buf_init(&link, 1000);
	assert_int_equal(demo_link(d, w->db, STR("http://x"), &link, NULL), 0);
	assert_true(str_starts(buf_str(&link), STR("http://x/demo?token=")));
	enter.token = str_from(buf_str(&link), sizeof("http://x/demo?token=") - 1);
	enter.now = w->env.now(w->env.ctx);
	assert_int_equal(demo_enter(w->db, &w->env, &enter, &cookie, NULL), 0);
	assert_int_equal(session_find(w->db, str_of(cookie.text), enter.now, &session, NULL), 0);
	assert_int_equal(session.actor.role, ROLE_ANALYST);
	assert_true(session.actor.is_demo);
	assert_int_equal(session.tenant_id, d->tenant_id);
	assert_int_not_equal(demo_enter(w->db, &w->env, &enter, &cookie, NULL), 0);
	demo_close(d);
}

static void test_placeholders(void **state)
{
	struct demo_values v = {.time = 1763683200123456, .pc = 14, .number = 5};
	_cleanup_(buf_done) struct buf out = {0};

	(void)state;
	buf_init(&out, 1000);
	demo_event_add(&out, STR("@TIME@ @UTC@ @SYSLOG@ DW-PC-@PC@ @USER@ @PID@ @PORT@ @IP@ a@b @X@"), &v);
	assert_string_equal(buf_cstr(&out),
			    "2025-11-21T00:00:00.123456Z 2025-11-21 00:00:00.123 Nov 21 00:00:00 DW-PC-014 "
			    "yamamoto 2005 1029 203.0.113.3 a@b @X@\n");
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(test_organisation_is_whole), WORLD(test_history_comes_once),      WORLD(test_reset_stands_beside),
		WORLD(test_link_signs_in_once),    cmocka_unit_test(test_placeholders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
