/* Lenses: what ships is whole, every mistake is named, and the weakest linked service speaks for an item. */
#include "tests.h"

#include "base/mem.h"
#include "centre/lens/lens.h"
#include "craft/content/content.h"

struct world {
	struct content_index *frameworks;
	struct lens_index *lenses;
	const struct framework *fw;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e = {0};

	assert_int_equal(content_index_load(STR_NONE, &w->frameworks, &e), 0);
	w->fw = content_index_find(w->frameworks, STR(FRAMEWORK_DEFAULT));
	assert_int_equal(lens_index_load(&(struct lens_load){.frameworks = w->frameworks}, &w->lenses, &e), 0);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	lens_index_free(w->lenses);
	content_index_free(w->frameworks);
	free(w);
	return 0;
}

struct expected {
	const char *id;
	uint32_t groups, items, mapped;
};

/* Textbook v2.1: 9 functions, 54 tasks. CSF 2.0: 6 functions, 22 categories. ISO/IEC 27001:2022 Annex A: 4 themes, 93
 * controls. SIM3 v2i: 45 parameters. FIRST v2.1: 5 areas, 21 services. METI v3: ten instructions. */
static const struct expected shipped[] = {{"isogj-v2.1", 9, 54, 54}, {"csf2", 6, 22, 22},  {"iso27001", 4, 93, 77},
					  {"sim3", 4, 45, 45},       {"first", 5, 21, 21}, {"meti3", 5, 10, 10}};

static void test_what_ships_is_whole(void **state)
{
	struct world *w = *state;

	assert_int_equal(lens_count(w->lenses), 6);
	for (size_t i = 0; i < 6; i++) {
		const struct lens *l = lens_find(w->lenses, str_of(shipped[i].id));
		const struct lens_mapping *m;
		uint32_t in_groups = 0;

		assert_non_null(l);
		assert_int_equal(l->group_count, shipped[i].groups);
		assert_int_equal(l->item_count, shipped[i].items);
		for (uint32_t g = 0; g < l->group_count; g++) {
			assert_int_equal(l->groups[g].first, in_groups);
			in_groups += l->groups[g].count;
		}
		assert_int_equal(in_groups, l->item_count);
		m = lens_mapping_find(w->lenses, l, w->fw);
		assert_non_null(m);
		assert_int_equal(lens_mapped(m), shipped[i].mapped);
		/* Nothing is passed over in silence: an item without a counterpart says so. */
		for (uint32_t k = 0; k < l->item_count; k++)
			assert_true(m->first[k] < m->first[k + 1]);
	}
}

static void test_names_are_honest(void **state)
{
	struct world *w = *state;
	const struct lens *meti = lens_find(w->lenses, STR("meti3")), *iso = lens_find(w->lenses, STR("iso27001"));
	const struct lens *v21 = lens_find(w->lenses, STR("isogj-v2.1"));

	assert_int_equal(lens_verified(meti, LANG_JA), 1); /* only the first instruction's wording was seen */
	assert_int_equal(lens_verified(iso, LANG_EN), 93);
	assert_int_equal(iso->items[0].name.text[LANG_JA].len, 0); /* no Japanese title without a source */
	assert_int_equal(lens_verified(v21, LANG_JA), 53);         /* I-1 was misprinted in the source */
	assert_int_equal(lens_verified(v21, LANG_EN), 0);          /* our translation */
}

/* ---- mistakes ---- */

static const char good_lens[] = "kind: lens\nid: t\nedition: \"1\"\nname: {en: T, ja: テ}\ntitle: {en: T, ja: テ}\n"
				"link: \"https://example.org/\"\nsources: {a: {title: A}}\ngroups:\n"
				"- {id: G, name: {en: G}, source: {en: a}, verified: {en: true}, short: {en: G}, "
				"description: {en: g, ja: じ}}\nitems:\n"
				"- {id: X, group: G, name: {en: X}, source: {en: a}, verified: {en: false}, "
				"description: {en: x, ja: え}}\n";

struct mistake {
	const char *from, *to, *id, *value;
};

static const struct mistake lens_mistakes[] = {
	{"kind: lens", "kind: lense", "err.reader.word", "lense"},
	{"id: t", "id: T/1", "err.lens.id", "T/1"},
	{"group: G", "group: H", "err.reader.word", "H"},
	{"source: {en: a}, verified: {en: false}", "source: {en: b}, verified: {en: false}", "err.reader.source", "b"},
	{"verified: {en: false}", "verified: {en: no}", "err.reader.word", "no"},
	{"description: {en: x, ja: え}", "description: {en: x}", "err.reader.absent", ""},
	{"edition: \"1\"\n", "", "err.reader.absent", ""},
	{"items:", "item:", "err.reader.unknown_key", "item"},
};

static void replaced(struct buf *out, const char *text, const struct mistake *m)
{
	str whole = str_of(text);
	ptrdiff_t at = str_find(whole, str_of(m->from));

	assert_true(at >= 0);
	buf_init(out, 1u << 16);
	buf_add(out, str_sub(whole, 0, (size_t)at));
	buf_add(out, str_of(m->to));
	buf_add(out, str_from(whole, (size_t)at + strlen(m->from)));
}

static void test_mistakes_of_a_lens(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lens_mistakes) / sizeof(*lens_mistakes); i++) {
		_cleanup_(arena_done) struct arena a = {0};
		_cleanup_(buf_done) struct buf text = {0};
		struct lens l = {0};
		struct err e = {0};

		arena_init(&a, LENS_BUDGET);
		replaced(&text, good_lens, &lens_mistakes[i]);
		assert_int_equal(lens_read(buf_str(&text), STR("t.yaml"), &a, &l, &e), -ERR_PARSE);
		assert_string_equal(e.id, lens_mistakes[i].id);
		assert_string_equal(e.value, lens_mistakes[i].value);
		assert_true(e.line > 0);
		assert_int_equal(l.item_count, 0);
	}
}

static const char good_mapping[] =
	"id: m\nlens: csf2\nframework: x1060-2021\nbasis: judgement\nsources: {j: {title: J}}\n"
	"source: j\nrows:\n"
	"- {item: GV.OC, service: A-1, kind: overlaps, certainty: low}\n"
	"- {item: GV.OC, service: A-6, kind: part_of, certainty: high}\n"
	"- {item: DE.CM, service: B-1, kind: contains, certainty: high}\n"
	"- {item: RC.CO, kind: none, certainty: medium}\n";

static const struct mistake mapping_mistakes[] = {
	{"lens: csf2", "lens: csf3", "err.lens.no_lens", "csf3"},
	{"x1060-2021", "x1060-1999", "err.lens.no_framework", "x1060-1999"},
	{"item: DE.CM", "item: DE.XX", "err.lens.no_item", "DE.XX"},
	{"service: B-1", "service: Z-1", "err.lens.no_service", "Z-1"},
	{"kind: part_of", "kind: like", "err.reader.word", "like"},
	{"certainty: low", "certainty: sure", "err.reader.word", "sure"},
	{"kind: contains", "kind: none", "err.lens.none_service", "B-1"},
	{"kind: none", "kind: equal", "err.reader.absent", ""},
	{"service: A-6", "service: A-1", "err.reader.twice", "GV.OC"},
	{"source: j", "source: k", "err.reader.source", "k"},
	{"basis: judgement", "basis: guess", "err.reader.word", "guess"},
};

static void count_problem(void *ctx, const struct err *why)
{
	assert_true(why->line > 0);
	++*(uint32_t *)ctx;
}

static int read_mapping(const struct world *w, str text, struct arena *a, struct lens_mapping *m, uint32_t *problems,
			struct err *e)
{
	const struct mapping_parties parties = {.lenses = lens_at(w->lenses, 0),
						.lens_count = lens_count(w->lenses),
						.frameworks = w->frameworks,
						.problem = problems ? count_problem : NULL,
						.ctx = problems};

	return lens_mapping_read(text, STR("m.yaml"), &parties, a, m, e);
}

static void test_mistakes_of_a_mapping(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(mapping_mistakes) / sizeof(*mapping_mistakes); i++) {
		_cleanup_(arena_done) struct arena a = {0};
		_cleanup_(buf_done) struct buf text = {0};
		struct lens_mapping m = {0};
		struct err e = {0};

		arena_init(&a, LENS_BUDGET);
		replaced(&text, good_mapping, &mapping_mistakes[i]);
		assert_int_equal(read_mapping(w, buf_str(&text), &a, &m, NULL, &e), -ERR_PARSE);
		assert_string_equal(e.id, mapping_mistakes[i].id);
		assert_string_equal(e.value, mapping_mistakes[i].value);
		assert_string_equal(e.path, "m.yaml");
		assert_true(e.line > 0);
	}
}

static void test_a_compiler_names_every_row(void **state)
{
	struct world *w = *state;
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_(buf_done) struct buf one = {0}, two = {0};
	struct lens_mapping m = {0};
	struct err e = {0};
	uint32_t problems = 0;

	arena_init(&a, LENS_BUDGET);
	replaced(&one, good_mapping, &mapping_mistakes[2]);
	replaced(&two, buf_cstr(&one), &mapping_mistakes[5]);
	assert_int_equal(read_mapping(w, buf_str(&two), &a, &m, &problems, &e), 0);
	assert_int_equal(problems, 2);
	assert_int_equal(m.link_count, 2); /* the good rows stay */
}

/* ---- the weakest link ---- */

struct answer {
	const char *service;
	bool counts;
	score_c now, target;
	uint32_t evidence;
};

struct judged {
	struct answer answers[2];
	score_c now, target, evidence;
	const char *weakest;
	uint32_t counting;
};

/* GV.OC is linked to in good_mapping. */
static const struct judged cases[] = {
	{{{"A-1", true, 400, 500, 3}, {"A-6", true, 200, 400, 4}}, 200, 400, 300, "A-6", 2},
	{{{"A-1", true, 300, 300, 2}, {"A-6", true, 300, 300, 2}}, 300, 300, 200, "A-1", 2}, /* even: the first */
	{{{"A-1", true, 400, 500, 3}, {"A-6", false, 100, 100, 1}}, 400, 500, 300, "A-1", 1},
	{{{"A-1", false, 0, 0, 0}, {"A-6", false, 0, 0, 0}}, SCORE_NONE, SCORE_NONE, SCORE_NONE, NULL, 0},
	{{{"A-1", true, SCORE_NONE, SCORE_NONE, 0}, {"A-6", true, 500, 500, 0}}, 500, 500, SCORE_NONE, "A-6", 2},
};

static void test_the_weakest_link_speaks(void **state)
{
	struct world *w = *state;
	_cleanup_(arena_done) struct arena a = {0};
	struct lens_mapping m = {0};
	struct err e = {0};
	const struct lens *csf = lens_find(w->lenses, STR("csf2"));
	uint32_t at = lens_item_find(csf, STR("GV.OC"))->index;

	arena_init(&a, LENS_BUDGET);
	assert_int_equal(read_mapping(w, str_of(good_mapping), &a, &m, NULL, &e), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct portfolio_item *items = arena_alloc(&a, w->fw->service_count * sizeof(*items));
		struct portfolio p = {.framework = w->fw, .items = items};
		struct lens_result r;

		for (uint32_t s = 0; s < w->fw->service_count; s++)
			items[s].service = &w->fw->services[s];
		for (size_t k = 0; k < 2; k++) {
			const struct answer *n = &cases[i].answers[k];
			struct portfolio_item *item = &items[framework_service(w->fw, str_of(n->service))->index];

			item->counts = n->counts;
			item->now = n->now;
			item->target = n->target;
			item->evidence.score = n->evidence;
		}
		lens_judge(&m, &p, at, &r);
		assert_int_equal(r.now.value, cases[i].now);
		assert_int_equal(r.target.value, cases[i].target);
		assert_int_equal(r.evidence.value, cases[i].evidence);
		assert_int_equal(r.links, 2);
		assert_int_equal(r.counting, cases[i].counting);
		if (cases[i].weakest)
			assert_true(str_eq(r.now.weakest->service->id, str_of(cases[i].weakest)));
		else
			assert_null(r.now.weakest);
	}
}

static void test_unmapped_items_have_no_figure(void **state)
{
	struct world *w = *state;
	_cleanup_(arena_done) struct arena a = {0};
	struct portfolio_item *items;
	struct lens_mapping m = {0};
	struct lens_picture picture;
	struct err e = {0};
	struct portfolio p = {.framework = w->fw};

	arena_init(&a, LENS_BUDGET);
	assert_int_equal(read_mapping(w, str_of(good_mapping), &a, &m, NULL, &e), 0);
	items = arena_alloc(&a, w->fw->service_count * sizeof(*items));
	for (uint32_t s = 0; s < w->fw->service_count; s++)
		items[s] = (struct portfolio_item){.service = &w->fw->services[s], .counts = true, .now = 400};
	p.items = items;
	assert_int_equal(lens_paint(&m, &p, &a, &picture, &e), 0);
	assert_int_equal(picture.total.mapped, 2);
	assert_int_equal(picture.total.now.count, 2);
	assert_int_equal(score_mean_value(&picture.total.now), 400);
	assert_int_equal(picture.items[lens_item_find(m.lens, STR("RC.CO"))->index].now.value, SCORE_NONE);
	assert_int_equal(picture.items[lens_item_find(m.lens, STR("PR.AT"))->index].links, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_ships_is_whole),
		cmocka_unit_test(test_names_are_honest),
		cmocka_unit_test(test_mistakes_of_a_lens),
		cmocka_unit_test(test_mistakes_of_a_mapping),
		cmocka_unit_test(test_a_compiler_names_every_row),
		cmocka_unit_test(test_the_weakest_link_speaks),
		cmocka_unit_test(test_unmapped_items_have_no_figure),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
