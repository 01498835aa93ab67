/* The service map: what ships is whole, holes are told, the draft names what was chosen. */
#include "tests.h"

#include "base/mem.h"
#include "centre/map/map.h"
#include "craft/content/content.h"

struct world {
	struct content_index *frameworks;
	const struct framework *fw;
	struct service_map *map;
	struct portfolio_item items[FRAMEWORK_SERVICES_MAX];
	struct portfolio portfolio;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e = {0};

	assert_int_equal(content_index_load(STR_NONE, &w->frameworks, &e), 0);
	w->fw = content_index_find(w->frameworks, STR(FRAMEWORK_DEFAULT));
	assert_int_equal(service_map_load(STR_NONE, w->fw, &w->map, &e), 0);
	w->portfolio = (struct portfolio){.framework = w->fw, .items = w->items};
	for (uint32_t i = 0; i < w->fw->service_count; i++)
		w->items[i] = (struct portfolio_item){
			.service = &w->fw->services[i], .counts = true, .state.assignment = ASSIGN_UNDECIDED};
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	service_map_free(w->map);
	content_index_free(w->frameworks);
	free(w);
	return 0;
}

static const struct map_kind *kind(const struct world *w, const char *id)
{
	for (uint32_t i = 0; i < w->map->kind_count; i++)
		if (str_eq(w->map->kinds[i].term.id, str_of(id)))
			return &w->map->kinds[i];
	fail_msg("%s", id);
	return NULL;
}

static struct portfolio_item *item(struct world *w, const char *service)
{
	return &w->items[framework_service(w->fw, str_of(service))->index];
}

static bool cell_has(const struct map_cell *cell, const struct map_kind *k)
{
	for (uint32_t n = 0; n < cell->count; n++)
		if (cell->kinds[n] == k)
			return true;
	return false;
}

static bool is_placed(const struct service_map *m, const struct map_kind *k)
{
	for (uint32_t at = 0; at < m->row_count * m->column_count; at++)
		if (cell_has(&m->cells[at / m->column_count][at % m->column_count], k))
			return true;
	return false;
}

static void test_what_ships_is_whole(void **state)
{
	struct world *w = *state;

	assert_int_equal(w->map->row_count, 7);
	assert_int_equal(w->map->column_count, 9);
	assert_int_equal(w->map->kind_count, 35);
	for (uint32_t k = 0; k < w->map->kind_count; k++)
		assert_true(is_placed(w->map, &w->map->kinds[k]));
}

static void test_cover(void **state)
{
	struct world *w = *state;
	const struct map_kind *k = kind(w, "devices"); /* B-1, G-2, G-4 */

	assert_int_equal(map_kind_cover(k, &w->portfolio), COVER_HOLE);
	item(w, "B-1")->state.assignment = ASSIGN_OUTSOURCE;
	assert_int_equal(map_kind_cover(k, &w->portfolio), COVER_PARTLY);
	item(w, "G-2")->state.assignment = ASSIGN_NOBODY; /* needed, and nobody takes it */
	assert_int_equal(map_kind_cover(k, &w->portfolio), COVER_PARTLY);
	item(w, "G-2")->counts = false;
	item(w, "G-4")->state.assignment = ASSIGN_INSOURCE;
	assert_int_equal(map_kind_cover(k, &w->portfolio), COVER_FULL);
	item(w, "B-1")->counts = item(w, "G-4")->counts = false;
	assert_int_equal(map_kind_cover(k, &w->portfolio), COVER_OUT);
}

static void test_the_draft_names_what_was_chosen(void **state)
{
	struct world *w = *state;
	struct map_choice choice;
	struct rfp rfp = {.map = w->map, .portfolio = &w->portfolio, .choices = &choice, .count = 1, .lang = LANG_JA};
	_cleanup_(buf_done) struct buf out = {0};

	assert_false(map_choice_parse(w->map, STR("server.never"), &choice));
	assert_false(map_choice_parse(w->map, STR("server"), &choice));
	assert_false(map_choice_parse(w->map, STR(".plan"), &choice));
	assert_true(map_choice_parse(w->map, STR("server.op_analysis"), &choice));
	item(w, "C-1")->state.provider = STR("A*社 [x](javascript:1)");
	rfp.organisation = STR("当組織");
	buf_init(&out, MAP_RFP_MAX);
	map_rfp(&rfp, &out);
	assert_int_equal(buf_check(&out, NULL), 0);
	assert_true(str_find(buf_str(&out), STR("ログ分析")) >= 0);
	assert_true(str_find(buf_str(&out), STR("B-1")) >= 0);
	assert_true(str_find(buf_str(&out), STR("A\\*社 \\[x\\]")) >= 0); /* an own word never becomes a link */
	assert_true(str_find(buf_str(&out), STR("12. 価格")) >= 0);
	assert_true(str_find(buf_str(&out), STR("物理セキュリティ")) < 0);
}

struct mistake {
	const char *from, *to, *id, *value;
};

static const struct mistake mistakes[] = {
	{"services: [A-13]", "services: [Z-1]", "err.lens.no_service", "Z-1"},
	{"plan: [certification", "plan: [certificate", "err.reader.word", "certificate"},
	{"      plan: [", "      plans: [", "err.reader.word", "plans"},
	{"  - id: design\n", "  - id: plan\n", "err.reader.twice", "plan"},
	{"    cannot:", "    can_not:", "err.reader.unknown_key", "can_not"},
};

static void test_mistakes_are_named(void **state)
{
	struct world *w = *state;
	str text = embedded_find(content_files, content_files_count, STR(MAP_CONTENT))->bytes;

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		ptrdiff_t at = str_find(text, str_of(m->from));
		_cleanup_(buf_done) struct buf changed = {0};
		struct service_map *map = NULL;
		struct err e = {0};

		if (at < 0)
			fail_msg("%s", m->from);
		buf_init(&changed, CONTENT_FILE_MAX);
		buf_add(&changed, str_sub(text, 0, (size_t)at));
		buf_add(&changed, str_of(m->to));
		buf_add(&changed, str_from(text, (size_t)at + strlen(m->from)));
		assert_int_equal(service_map_read(buf_str(&changed), w->fw, &map, &e), -ERR_PARSE);
		assert_string_equal(e.id, m->id);
		assert_string_equal(e.value, m->value);
		assert_true(e.line > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_ships_is_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cover, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_draft_names_what_was_chosen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_mistakes_are_named, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
