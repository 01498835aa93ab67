/* The life of a rule set: create, add, seal, free; and what it tells about itself. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/correlation.h"
#include "flow/detect/load.h"
#include "os/file.h"

#define YAML_ARENA_MAX (256u << 20) /* the tree of one file */

int rule_set_create(struct name_table *names, struct rule_set **ret, struct err *e)
{
	struct rule_set *set = mem_alloc(1, sizeof(*set));

	(void)e;
	arena_init(&set->arena, RULE_SET_BYTES_MAX);
	/* Keys are the operator's rules, not strangers' values. */
	map_init(&set->pred_ids, (struct hash_key){0x70726564, 0x73});
	map_init(&set->rule_ids, (struct hash_key){0x72756c65, 0x73});
	map_init(&set->other_ids, (struct hash_key){0x6f746865, 0x72});
	map_init(&set->correlation_field_ids, (struct hash_key){0x66696564, 0x73});
	map_init(&set->names_of_rules, (struct hash_key){0x6e616d65, 0x73});
	set->names = names;
	*ret = set;
	return 0;
}

void rule_set_free(struct rule_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->regex_count; i++)
		regex_free(set->regexes[i]);
	free(set->regexes);
	free(set->rules_of_first);
	free(set->rules_of);
	free(set->unwitnessed);
	free(set->preds);
	free(set->leaves);
	free(set->rules);
	free(set->exprs);
	free(set->problems);
	free(set->notes);
	map_done(&set->pred_ids);
	map_done(&set->rule_ids);
	map_done(&set->other_ids);
	map_done(&set->names_of_rules);
	map_done(&set->correlation_field_ids);
	free(set->correlations);
	free(set->correlation_fields);
	free(set->subscribed);
	free(set->subscribed_first);
	free(set->filters);
	free(set->places);
	arena_done(&set->arena);
	free(set);
}

void problem_add(struct rule_set *set, str path, const struct err *e)
{
	set->problem_total++;
	if (set->problem_count == RULE_PROBLEMS_MAX)
		return;
	mem_grow(&set->problems, &set->problem_cap, set->problem_count + 1, sizeof(*set->problems));
	set->problems[set->problem_count++] = (struct rule_problem){
		.path = path, .line = e->line, .column = e->column, .err = *e};
}

void note_add(struct rule_set *set, str path, const struct err *e)
{
	if (set->note_count == RULE_PROBLEMS_MAX)
		return;
	mem_grow(&set->notes, &set->note_cap, set->note_count + 1, sizeof(*set->notes));
	set->notes[set->note_count++] = (struct rule_problem){
		.path = path, .line = e->line, .column = e->column, .err = *e};
}

void compile_note(struct compile *c, const struct yaml_node *node, const char *id, str value)
{
	struct err e = {0};

	(void)yaml_err(&e, err_set_value(&e, ERR_RANGE, id, value), c->path, node);
	note_add(c->set, c->path, &e);
}

/* The names a failed rule leaves behind in the tables do no harm: nothing points to them. */
static void add_document(struct rule_set *set, str path, const struct yaml_node *doc)
{
	struct err problem = {0};
	struct compile c = {.set = set, .path = path, .err = &problem};

	if (rule_compile(&c, doc) < 0)
		problem_add(set, path, &problem);
}

void rule_tree_init(struct rule_tree *t)
{
	*t = (struct rule_tree){0};
	arena_init(&t->arena, YAML_ARENA_MAX);
}

void rule_tree_done(struct rule_tree *t)
{
	arena_done(&t->arena);
}

void rule_tree_read(struct rule_tree *t, str text, str path)
{
	t->failed = yaml_read(text, path, &t->arena, &t->docs, &t->count, &t->problem) < 0;
}

int rule_tree_add(struct rule_set *set, str path, const struct rule_tree *t, struct err *e)
{
	CHECK(!set->sealed);
	path = arena_str(&set->arena, path);
	if (!path.ptr)
		return err_set(e, ERR_LIMIT, "err.rule.memory");
	if (t->failed) {
		problem_add(set, path, &t->problem);
		return 0;
	}
	if (t->count == 0) {
		struct err problem;

		(void)err_set(&problem, ERR_PARSE, "err.rule.no_document");
		err_path(&problem, path);
		err_at(&problem, 1, 1);
		problem_add(set, path, &problem);
	}
	for (uint32_t i = 0; i < t->count; i++)
		/* `---` at the end of a file opens a document with nothing in it. */
		if (!yaml_is_null(&t->docs[i]) || t->count == 1)
			add_document(set, path, &t->docs[i]);
	return 0;
}

int rule_set_add(struct rule_set *set, str text, str path, struct err *e)
{
	struct rule_tree tree;
	int rc;

	rule_tree_init(&tree);
	rule_tree_read(&tree, text, path);
	rc = rule_tree_add(set, path, &tree, e);
	rule_tree_done(&tree);
	return rc;
}

/* A file that is named is read whatever its name ends in. */
static int load_named(struct rule_set *set, str file, struct err *e)
{
	struct file_view view = {0};
	int rc = file_view_open(file, YAML_BYTES_MAX, &view, e);

	if (rc < 0)
		return rc;
	rc = rule_set_add(set, view.bytes, file, e);
	file_view_close(&view);
	return rc;
}

static int load_path(struct rule_set *set, str path, struct err *e)
{
	struct err file = {0};

	if (load_named(set, path, &file) == 0)
		return 0;
	if (file.id && strcmp(file.id, "err.file.is_folder") == 0)
		return rule_set_load_folder(set, path, e);
	if (e)
		*e = file;
	return -(int)file.code;
}

int rule_set_load(const str *paths, size_t path_count, struct name_table *names, struct rule_set **ret, struct err *e)
{
	struct rule_set *set;
	int rc = rule_set_create(names, &set, e);

	for (size_t i = 0; i < path_count && rc == 0; i++)
		rc = load_path(set, paths[i], e);
	if (rc == 0)
		rc = rule_set_seal(set, e);
	if (rc < 0) {
		rule_set_free(set);
		return rc;
	}
	*ret = set;
	return 0;
}

/* ---- seal ---- */

int rule_set_seal(struct rule_set *set, struct err *e __attribute__((unused)))
{
	_cleanup_free_ struct witness_pair *pairs = NULL;
	size_t count;

	CHECK(!set->sealed);
	set->sealed = true;
	refs_index(set);
	if (!set->filters_aside)
		filters_apply(set);
	correlations_resolve(set);
	set->name_count = name_table_count(set->names);
	witness_choose(set, &pairs, &count);
	set->rules_of_first = mem_alloc(set->pred_count + 1, sizeof(*set->rules_of_first));
	set->rules_of = mem_alloc(count + 1, sizeof(*set->rules_of));
	for (size_t i = 0; i < count; i++) {
		set->rules_of[i] = pairs[i].rule;
		set->rules_of_first[pairs[i].pred + 1]++;
	}
	for (size_t i = 0; i < set->pred_count; i++)
		set->rules_of_first[i + 1] += set->rules_of_first[i];
	return 0;
}

/* ---- questions ---- */

uint32_t rule_set_count(const struct rule_set *set)
{
	return (uint32_t)set->rule_count;
}

const struct rule *rule_set_rule(const struct rule_set *set, uint32_t index)
{
	CHECK(index < set->rule_count);
	return &set->rules[index];
}

const struct rule *rule_set_find(const struct rule_set *set, str id)
{
	uint64_t index;

	return map_get(&set->rule_ids, id, &index) ? &set->rules[index] : NULL;
}

uint32_t rule_set_filter_count(const struct rule_set *set)
{
	return (uint32_t)set->filter_count;
}

uint32_t rule_set_correlation_count(const struct rule_set *set)
{
	return (uint32_t)set->correlation_count;
}

uint32_t rule_set_problem_count(const struct rule_set *set)
{
	return (uint32_t)set->problem_count;
}

const struct rule_problem *rule_set_problem(const struct rule_set *set, uint32_t index)
{
	CHECK(index < set->problem_count);
	return &set->problems[index];
}

uint32_t rule_set_note_count(const struct rule_set *set)
{
	return (uint32_t)set->note_count;
}

const struct rule_problem *rule_set_note(const struct rule_set *set, uint32_t index)
{
	CHECK(index < set->note_count);
	return &set->notes[index];
}
