#include "flow/rules/attack.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "codec/yaml.h"
#include "craft/content/content.h"

#define CONTENT_PATH STR("taxonomies/attack.yaml")
#define TAXONOMY_BYTES_MAX (1u << 20)
#define TAXONOMY_TREE_MAX (8u << 20)
#define TECHNIQUE_LEN 5u /* "T1003" */

static uint32_t tactic_bit(const struct attack_matrix *m, str tag)
{
	for (uint32_t t = 0; t < m->tactic_count; t++) {
		str want = m->tactics[t].tag;
		size_t i = 0;

		/* Older rules write the tactic with an underscore. */
		while (tag.len == want.len && i < want.len &&
		       (tag.ptr[i] == want.ptr[i] || (tag.ptr[i] == '_' && want.ptr[i] == '-')))
			i++;
		if (want.len && i == want.len)
			return 1u << t;
	}
	return 0;
}

static void read_tactics(struct attack_matrix *m, const struct yaml_node *list, struct arena *a)
{
	for (uint32_t i = 0; list && i < list->count && m->tactic_count < ATTACK_TACTICS_MAX; i++)
		m->tactics[m->tactic_count++] = (struct attack_tactic){
			arena_str(a, yaml_text(&list->items[i], STR("id"))),
			arena_str(a, yaml_text(&list->items[i], STR("tag")))};
}

static void read_techniques(struct attack_matrix *m, const struct yaml_node *list, struct arena *a)
{
	for (uint32_t i = 0; list && i < list->count && m->technique_count < ATTACK_TECHNIQUES_MAX; i++) {
		const struct yaml_node *tactics = yaml_get(&list->items[i], STR("tactics"));
		struct attack_technique *t = &m->techniques[m->technique_count++];

		t->id = arena_str(a, yaml_text(&list->items[i], STR("id")));
		t->name = arena_str(a, yaml_text(&list->items[i], STR("name")));
		for (uint32_t k = 0; tactics && k < tactics->count; k++)
			t->tactics |= tactic_bit(m, tactics->items[k].text);
	}
}

static int read_file(str data_folder, struct arena *a, struct attack_matrix *m, struct err *e)
{
	_cleanup_(arena_done) struct arena tree;
	struct yaml_node *docs;
	uint32_t count = 0;
	struct buf text;
	int rc;

	arena_init(&tree, TAXONOMY_TREE_MAX);
	buf_init(&text, TAXONOMY_BYTES_MAX);
	rc = content_read(data_folder, CONTENT_PATH, &text, e);
	if (!rc)
		rc = yaml_read(buf_str(&text), CONTENT_PATH, &tree, &docs, &count, e);
	if (!rc && count) {
		m->source = arena_str(a, yaml_text(&docs[0], STR("source")));
		read_tactics(m, yaml_get(&docs[0], STR("tactics")), a);
		read_techniques(m, yaml_get(&docs[0], STR("techniques")), a);
	}
	buf_done(&text);
	return rc;
}

/* "T1003" of "attack.t1003.001", in upper case, into id. */
static bool technique_of(str tag, char id[TECHNIQUE_LEN + 1])
{
	if (!str_starts_nocase(tag, STR("attack.t")) || tag.len < 12)
		return false;
	id[0] = 'T';
	for (size_t i = 1; i < TECHNIQUE_LEN; i++) {
		id[i] = tag.ptr[7 + i];
		if (id[i] < '0' || id[i] > '9')
			return false;
	}
	id[TECHNIQUE_LEN] = 0;
	return tag.len == 12 || tag.ptr[12] == '.';
}

static int by_id(const void *a, const void *b)
{
	return str_cmp(((const struct attack_technique *)a)->id, ((const struct attack_technique *)b)->id);
}

/* Known ones by binary search; new ones gather behind them until the end. */
static struct attack_technique *find(struct attack_matrix *m, uint32_t known, str id, struct arena *a)
{
	const struct attack_technique key = {.id = id};
	struct attack_technique *t = bsearch(&key, m->techniques, known, sizeof(*t), by_id);

	for (uint32_t i = known; !t && i < m->technique_count; i++)
		if (str_eq(m->techniques[i].id, id))
			t = &m->techniques[i];
	if (t || m->technique_count == ATTACK_TECHNIQUES_MAX)
		return t;
	t = &m->techniques[m->technique_count++];
	*t = (struct attack_technique){.id = arena_str(a, id), .name = STR("")};
	return t;
}

static uint32_t tactics_of(const struct attack_matrix *m, const struct rule *r)
{
	uint32_t bits = 0;

	for (uint32_t i = 0; i < r->tag_count; i++)
		if (str_starts_nocase(r->tags[i], STR("attack.")))
			bits |= tactic_bit(m, str_from(r->tags[i], 7));
	return bits;
}

static void count_rule(struct attack_matrix *m, uint32_t known, const struct rule_line *l, struct arena *a)
{
	bool live = l->reach == REACH_CAN_MATCH && l->is_fed;
	struct attack_technique *seen[32];
	uint32_t seen_count = 0;

	for (uint32_t i = 0; i < l->rule->tag_count; i++) {
		char id[TECHNIQUE_LEN + 1];
		struct attack_technique *t;
		bool again = false;

		if (!technique_of(l->rule->tags[i], id) || !(t = find(m, known, str_of(id), a)))
			continue;
		/* Two sub-techniques of one are one. */
		for (uint32_t k = 0; k < seen_count; k++)
			again = again || seen[k] == t;
		if (again || seen_count == COUNT_OF(seen))
			continue;
		seen[seen_count++] = t;
		t->rules++;
		t->live += live;
		t->hits += l->hits.quarter;
		if (t >= m->techniques + known)
			t->tactics |= tactics_of(m, l->rule);
	}
}

int attack_read(const struct rule_world *w, str data_folder, struct arena *a, struct attack_matrix *ret, struct err *e)
{
	struct attack_matrix m = {.source = STR("")};
	uint32_t known;
	int rc;

	m.tactics = arena_alloc(a, ATTACK_TACTICS_MAX * sizeof(*m.tactics));
	m.techniques = arena_alloc(a, ATTACK_TECHNIQUES_MAX * sizeof(*m.techniques));
	if (!m.tactics || !m.techniques)
		return err_set(e, ERR_LIMIT, "err.rule.memory");
	rc = read_file(data_folder, a, &m, e);
	if (rc)
		return rc;
	known = m.technique_count;
	qsort(m.techniques, known, sizeof(*m.techniques), by_id);
	for (uint32_t i = 0; i < rule_set_count(w->set); i++) {
		struct rule_line l;

		rule_line_of(w, i, &l);
		if (!l.is_off)
			count_rule(&m, known, &l, a);
	}
	qsort(m.techniques, m.technique_count, sizeof(*m.techniques), by_id);
	*ret = m;
	return 0;
}

int attack_layer(const struct attack_matrix *m, str name, struct buf *out, struct err *e)
{
	json_t *list = json_array(), *layer;
	char *text;
	uint32_t most = 1;

	for (uint32_t i = 0; i < m->technique_count; i++) {
		const struct attack_technique *t = &m->techniques[i];
		char comment[128];

		if (!t->rules)
			continue;
		most = t->live > most ? t->live : most;
		snprintf(comment, sizeof(comment), "on=%u fed=%u matches_90d=%lld", t->rules, t->live,
			 (long long)t->hits);
		json_array_append_new(list, json_pack("{s:s%, s:i, s:s, s:b}", "techniqueID", t->id.ptr, t->id.len,
						      "score", (int)t->live, "comment", comment, "enabled", 1));
	}
	layer = json_pack("{s:s%, s:{s:s, s:s}, s:s, s:o, s:{s:[s,s], s:i, s:i}}", "name", name.ptr, name.len,
			  "versions", "layer", "4.5", "navigator", "5.1.0", "domain", "enterprise-attack", "techniques",
			  list, "gradient", "colors", "#e8f0fe", "#1a56b0", "minValue", 0, "maxValue", (int)most);
	text = layer ? json_dumps(layer, JSON_INDENT(1)) : NULL;
	CHECK(text != NULL);
	buf_add(out, str_of(text));
	free(text);
	json_decref(layer);
	return buf_check(out, e);
}
