/* One YAML document → one rule. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/correlation.h"

#define SELECTIONS_MAX 1000u
#define LIST_MAX 1000u /* tags, false positives */

int compile_fail(struct compile *c, const struct yaml_node *node, const char *id, str value)
{
	int rc = err_set_value(c->err, ERR_PARSE, id, value);

	return yaml_err(c->err, rc, c->path, node);
}

int compile_full(struct compile *c, const struct yaml_node *node)
{
	return yaml_err(c->err, err_set(c->err, ERR_LIMIT, "err.rule.memory"), c->path, node);
}

int nodes_take(struct compile *c, const struct yaml_node *node, uint32_t count)
{
	c->nodes += count;
	if (c->nodes > RULE_NODES_MAX)
		return yaml_err(c->err, err_set(c->err, ERR_LIMIT, "err.rule.nodes"), c->path, node);
	return 0;
}

int expr_make(struct compile *c, const struct yaml_node *node, enum expr_kind kind, uint32_t count, struct expr *ret)
{
	struct expr x = {.kind = (uint8_t)kind, .count = count};
	int rc = nodes_take(c, node, count + 1);

	if (rc < 0)
		return rc;
	if (count && !(x.kids = arena_alloc(&c->set->arena, count * sizeof(x))))
		return compile_full(c, node);
	*ret = x;
	return 0;
}

/* ---- cost: what a look at a predicate costs, roughly, in comparisons ---- */

static uint32_t pred_cost(const struct pred *p)
{
	static const uint32_t by_kind[PRED_KIND_COUNT] = {
		[PRED_TEXT] = 2,   [PRED_REGEX] = 200, [PRED_NUMBER] = 10,  [PRED_TIME] = 20, [PRED_CIDR] = 10,
		[PRED_EXISTS] = 1, [PRED_NULL] = 1,    [PRED_FIELDREF] = 4, [PRED_NEVER] = 1,
	};
	uint32_t cost = by_kind[p->kind];

	if (p->kind == PRED_TEXT && p->glob->kind == GLOB_CONTAINS)
		cost = 8;
	if (p->kind == PRED_TEXT && p->glob->kind == GLOB_MIXED)
		cost = 16;
	return p->field == FIELD_KEYWORD ? cost * 20 : cost;
}

static void sort_kids(struct expr *kids, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		struct expr x = kids[i];
		uint32_t at = i;

		for (; at > 0 && kids[at - 1].cost > x.cost; at--)
			kids[at] = kids[at - 1];
		kids[at] = x;
	}
}

void expr_sort(struct expr *x, const struct rule_set *set)
{
	x->cost = 0;
	if (x->kind == EXPR_PRED) {
		x->cost = pred_cost(&set->preds[x->pred]);
		return;
	}
	for (uint32_t i = 0; i < x->count; i++) {
		expr_sort(&x->kids[i], set);
		x->cost += x->kids[i].cost;
	}
	/* Values of one list cost the same mostly; a long list stays as written. */
	if ((x->kind == EXPR_AND || x->kind == EXPR_OR) && x->count <= 32)
		sort_kids(x->kids, x->count);
}

/* ---- the parts of a document ---- */

static int keep_text(struct compile *c, const struct yaml_node *doc, const char *key, str *ret)
{
	str text = yaml_text(doc, str_of(key));

	if (!text.ptr)
		return 0;
	*ret = arena_str(&c->set->arena, text);
	return ret->ptr ? 0 : compile_full(c, doc);
}

static int keep_list(struct compile *c, const struct yaml_node *doc, const char *key, const str **ret,
		     uint32_t *ret_count)
{
	const struct yaml_node *node = yaml_get(doc, str_of(key));
	uint32_t count = 0;
	str *list;

	if (!node || node->kind == YAML_MAP || yaml_is_null(node))
		return 0;
	if (node->kind == YAML_LIST && node->count > LIST_MAX)
		return compile_fail(c, node, "err.rule.list", str_of(key));
	list = arena_alloc(&c->set->arena, (node->count + 1) * sizeof(*list));
	if (!list)
		return compile_full(c, node);
	for (uint32_t i = 0; i < (node->kind == YAML_LIST ? node->count : 1); i++) {
		const struct yaml_node *item = node->kind == YAML_LIST ? &node->items[i] : node;

		if (item->kind != YAML_SCALAR || yaml_is_null(item))
			continue;
		list[count] = arena_str(&c->set->arena, item->text);
		if (!list[count++].ptr)
			return compile_full(c, node);
	}
	*ret = list;
	*ret_count = count;
	return 0;
}

static int read_level(struct compile *c, const struct yaml_node *doc, enum rule_level *ret)
{
	static const char *const names[] = {"informational", "low", "medium", "high", "critical"};
	const struct yaml_node *node = yaml_get(doc, STR("level"));
	_cleanup_(buf_done) struct buf list = {.max = ERR_SLOT_MAX};
	int rc;

	*ret = LEVEL_MEDIUM;
	if (!node || yaml_is_null(node))
		return 0;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (node->kind == YAML_SCALAR && str_eq_nocase(node->text, str_of(names[i]))) {
			*ret = (enum rule_level)(LEVEL_INFORMATIONAL + i);
			return 0;
		}
	}
	rc = compile_fail(c, node, "err.rule.level", node->text);
	for (size_t i = 0; i < COUNT_OF(names); i++)
		buf_add_fmt(&list, "%s%s", i ? " " : "", names[i]);
	err_expected(c->err, buf_str(&list));
	return rc;
}

static int read_source_part(struct compile *c, const struct yaml_node *source, const char *key, str *ret)
{
	const struct yaml_node *node = yaml_get(source, str_of(key));
	str copy;

	if (!node || yaml_is_null(node))
		return 0;
	if (node->kind != YAML_SCALAR)
		return compile_fail(c, node, "err.rule.logsource", str_of(key));
	copy = arena_str(&c->set->arena, node->text);
	if (!copy.ptr)
		return compile_full(c, node);
	text_fold(copy, (char *)(uintptr_t)copy.ptr);
	*ret = copy;
	return 0;
}

static int read_source(struct compile *c, const struct yaml_node *doc, struct rule *r)
{
	const struct yaml_node *source = yaml_get(doc, STR("logsource"));
	int rc;

	if (!source || yaml_is_null(source))
		return 0;
	if (source->kind != YAML_MAP)
		return compile_fail(c, source, "err.rule.logsource", STR("logsource"));
	rc = read_source_part(c, source, "product", &r->source.product);
	if (rc == 0)
		rc = read_source_part(c, source, "category", &r->source.category);
	if (rc == 0)
		rc = read_source_part(c, source, "service", &r->source.service);
	return rc;
}

static bool is_one_of(str name, const char *const *list)
{
	while (*list && !str_eq(name, str_of(*list)))
		list++;
	return *list != NULL;
}

int rule_read_detection(struct compile *c, const struct yaml_node *map, const char *const *skip, struct expr *ret)
{
	_cleanup_free_ struct expr *exprs = NULL;
	_cleanup_free_ str *names = NULL;
	_cleanup_free_ uint32_t *sizes = NULL;
	struct selections s = {0};

	if (map->count > SELECTIONS_MAX)
		return compile_fail(c, map, "err.rule.nodes", STR_NONE);
	s.exprs = exprs = mem_alloc(map->count, sizeof(*exprs));
	s.names = names = mem_alloc(map->count, sizeof(*names));
	s.sizes = sizes = mem_alloc(map->count, sizeof(*sizes));
	for (uint32_t i = 0; i < map->count; i++) {
		str name = map->keys[i].text;
		uint32_t before = c->nodes;
		int rc;

		if (is_one_of(name, skip))
			continue;
		if (name.len == 0)
			return compile_fail(c, &map->keys[i], "err.rule.empty", STR("detection"));
		rc = selection_compile(c, name, &map->items[i], &exprs[s.count]);
		if (rc < 0)
			return rc;
		sizes[s.count] = c->nodes - before;
		names[s.count++] = name;
	}
	return condition_compile(c, &s, yaml_get(map, STR("condition")), ret);
}

static int read_detection(struct compile *c, const struct yaml_node *doc, struct expr *ret)
{
	/* `timeframe` belonged to the old aggregations, which are refused by their condition. */
	static const char *const skip[] = {"condition", "timeframe", NULL};
	const struct yaml_node *detection = yaml_get(doc, STR("detection"));

	if (!detection || detection->kind != YAML_MAP || detection->count == 0)
		return compile_fail(c, detection ? detection : doc, "err.rule.no_detection", STR_NONE);
	return rule_read_detection(c, detection, skip, ret);
}

void rule_keep_id(struct compile *c, const struct yaml_node *doc, str id)
{
	struct rule_set *set = c->set;

	mem_grow(&set->places, &set->place_cap, set->place_count + 1, sizeof(*set->places));
	set->places[set->place_count] = (struct rule_problem){.path = c->path, .line = doc->line};
	map_put(&set->other_ids, id, set->place_count++);
}

static int check_twin(struct compile *c, const struct yaml_node *doc, str id)
{
	const struct rule_set *set = c->set;
	uint64_t twin;
	uint32_t line;
	str path;
	int rc;

	if (map_get(&set->rule_ids, id, &twin)) {
		path = set->rules[twin].path;
		line = set->rules[twin].line;
	} else if (map_get(&set->other_ids, id, &twin)) {
		path = set->places[twin].path;
		line = set->places[twin].line;
	} else {
		return 0;
	}
	rc = compile_fail(c, yaml_get(doc, STR("id")), "err.rule.twin", id);
	err_detail_fmt(c->err, STR_FMT ":%u", STR_ARG(path), line);
	return rc;
}

/* A rule without an id is known by its title: the same from run to run, as alerts refer to it. */
static int read_id(struct compile *c, const struct yaml_node *doc, struct rule *r)
{
	if (r->id.len)
		return 0;
	r->id = arena_fmt(&c->set->arena, "title-%016llx", (unsigned long long)hash_stable(r->title));
	return r->id.ptr ? 0 : compile_full(c, doc);
}

/* The specification leaves `custom` to whoever writes rules; a text there that is not ours is none of our business. */
static int read_japanese(struct compile *c, const struct yaml_node *doc, struct rule *r)
{
	const struct yaml_node *custom = yaml_get(doc, STR("custom"));
	int rc;

	if (!custom || custom->kind != YAML_MAP)
		return 0;
	rc = keep_text(c, custom, "title_ja", &r->title_ja);
	return rc ? rc : keep_text(c, custom, "description_ja", &r->description_ja);
}

static int read_texts(struct compile *c, const struct yaml_node *doc, struct rule *r)
{
	const struct {
		const char *key;
		str *to;
	} texts[] = {{"id", &r->id},         {"title", &r->title},
		     {"name", &r->name},     {"description", &r->description},
		     {"author", &r->author}, {"license", &r->license},
		     {"status", &r->status}};
	int rc = 0;

	for (size_t i = 0; i < COUNT_OF(texts) && rc == 0; i++)
		rc = keep_text(c, doc, texts[i].key, texts[i].to);
	if (rc == 0)
		rc = read_japanese(c, doc, r);
	if (rc == 0)
		rc = read_id(c, doc, r);
	if (rc == 0)
		rc = keep_list(c, doc, "tags", &r->tags, &r->tag_count);
	if (rc == 0)
		rc = keep_list(c, doc, "falsepositives", &r->falsepositives, &r->falsepositive_count);
	return rc;
}

/* What the document says, whatever its layout and comments. The depth of a document is YAML's own limit. */
static uint64_t content_digest(uint64_t digest, const struct yaml_node *node)
{
	digest = hash_mix(digest, (uint64_t)node->kind * 2 + node->plain);
	if (node->kind == YAML_SCALAR)
		return hash_mix(digest, hash_stable(node->text));
	for (uint32_t i = 0; i < node->count; i++) {
		if (node->kind == YAML_MAP)
			digest = content_digest(digest, &node->keys[i]);
		digest = content_digest(digest, &node->items[i]);
	}
	return hash_mix(digest, node->count);
}

int rule_read_meta(struct compile *c, const struct yaml_node *doc, struct rule *ret)
{
	int rc;

	if (str_trim(yaml_text(doc, STR("title"))).len == 0)
		return compile_fail(c, doc, "err.rule.no_title", STR_NONE);
	*ret = (struct rule){.line = doc->line, .path = c->path, .content = content_digest(0, doc)};
	rc = read_texts(c, doc, ret);
	if (rc == 0)
		rc = check_twin(c, doc, ret->id);
	if (rc == 0)
		rc = read_level(c, doc, &ret->level);
	if (rc == 0)
		rc = read_source(c, doc, ret);
	return rc;
}

int rule_compile(struct compile *c, const struct yaml_node *doc)
{
	struct rule_set *set = c->set;
	struct rule r;
	struct expr x;
	int rc;

	if (doc->kind != YAML_MAP)
		return compile_fail(c, doc, "err.rule.not_map", STR_NONE);
	if (yaml_get(doc, STR("filter")))
		return filter_compile(c, doc);
	if (yaml_get(doc, STR("correlation")))
		return correlation_compile(c, doc);
	if (set->rule_count >= RULES_MAX)
		return yaml_err(c->err, err_set(c->err, ERR_LIMIT, "err.rule.count"), c->path, doc);
	rc = rule_read_meta(c, doc, &r);
	if (rc == 0)
		rc = read_detection(c, doc, &x);
	if (rc < 0)
		return rc;
	expr_sort(&x, set);
	mem_grow(&set->exprs, &set->expr_cap, set->rule_count + 1, sizeof(*set->exprs));
	mem_grow(&set->rules, &set->rule_cap, set->rule_count + 1, sizeof(*set->rules));
	r.index = (uint32_t)set->rule_count;
	set->exprs[set->rule_count] = x;
	set->rules[set->rule_count++] = r;
	map_put(&set->rule_ids, r.id, r.index);
	return 0;
}
