#include "centre/build/framework.h"

#include "base/buf.h"
#include "base/mem.h"
#include "centre/build/framework_read.h"

static const char *const level_ids[SERVICE_LEVEL_COUNT + 1] = {"unnecessary", "basic",    "standard",
							       "advanced",    "optional", ""};
static const char *const assignment_ids[ASSIGN_COUNT + 1] = {"insource", "outsource", "both", "unassigned", ""};
static const char *const area_ids[FRAMEWORK_AREAS] = {"1", "2", "3", "4"};
static const char *const cadences[] = {"daily", "weekly", "monthly", "quarterly", "yearly", "on_demand", NULL};

str service_level_id(enum service_level level)
{
	return str_of(level_ids[level]);
}

bool service_level_parse(str id, enum service_level *ret)
{
	for (size_t i = 0; i < SERVICE_LEVEL_COUNT; i++)
		if (str_eq(id, str_of(level_ids[i]))) {
			*ret = (enum service_level)i;
			return true;
		}
	return false;
}

str assignment_id(enum assignment a)
{
	return str_of(assignment_ids[a]);
}

bool assignment_parse(str id, enum assignment *ret)
{
	for (size_t i = 0; i < ASSIGN_COUNT; i++)
		if (str_eq(id, str_of(assignment_ids[i]))) {
			*ret = (enum assignment)i;
			return true;
		}
	return false;
}

/* ---- terms ---- */

struct term_list {
	const char *key;
	const char *const *ids; /* fixed ids in this order; NULL = any */
	uint32_t least, most;
	bool has_meaning;
};

static int read_terms(struct fw_reader *r, const struct yaml_node *root, const struct term_list *spec,
		      struct fw_term *terms, uint32_t *ret_count)
{
	static const char *const keys[] = {"id", "name", "source", "verified", "meaning", NULL};
	const struct yaml_node *list;
	int rc = fw_list(r, root, str_of(spec->key), spec->least, spec->most, &list);

	for (uint32_t i = 0; !rc && i < list->count; i++) {
		const struct yaml_node *node = &list->items[i];

		if ((rc = fw_keys(r, node, keys)) || (rc = fw_string(r, node, STR("id"), &terms[i].id)))
			return rc;
		if (spec->ids && !str_eq(terms[i].id, str_of(spec->ids[i])))
			return fw_refuse(r, yaml_get(node, STR("id")), "err.framework.word", str_of(spec->ids[i]));
		rc = fw_named(r, node, &terms[i].name);
		if (!rc && spec->has_meaning)
			rc = fw_both(r, node, STR("meaning"), &terms[i].meaning);
	}
	if (!rc)
		*ret_count = list->count;
	return rc;
}

static int read_all_terms(struct fw_reader *r, const struct yaml_node *root, struct framework *fw)
{
	static const struct term_list levels = {"levels", level_ids, SERVICE_LEVEL_COUNT, SERVICE_LEVEL_COUNT, true};
	static const struct term_list assignments = {"assignments", assignment_ids, ASSIGN_COUNT, ASSIGN_COUNT, true};
	static const struct term_list areas = {"areas", area_ids, FRAMEWORK_AREAS, FRAMEWORK_AREAS, false};
	static const struct term_list phases = {"phases", NULL, 1, FRAMEWORK_PHASES_MAX, false};
	uint32_t count;
	int rc;

	if ((rc = read_terms(r, root, &levels, fw->levels, &count)) ||
	    (rc = read_terms(r, root, &assignments, fw->assignments, &count)) ||
	    (rc = read_terms(r, root, &areas, fw->areas, &count)))
		return rc;
	return read_terms(r, root, &phases, fw->phases, &fw->phase_count);
}

static int read_rubric(struct fw_reader *r, const struct yaml_node *root, struct framework *fw)
{
	static const char *const sides[] = {"insource", "outsource", NULL};
	static const char *const keys[] = {"score", "meaning", NULL};
	const struct yaml_node *rubric = yaml_get(root, STR("rubric"));
	int rc = fw_keys(r, rubric, sides);

	for (size_t side = 0; !rc && side < SIDE_COUNT; side++) {
		const struct yaml_node *list;

		rc = fw_list(r, rubric, str_of(sides[side]), FRAMEWORK_SCORE_MAX, FRAMEWORK_SCORE_MAX, &list);
		for (uint32_t i = 0; !rc && i < FRAMEWORK_SCORE_MAX; i++) {
			/* Highest first, so each score stands exactly once. */
			uint32_t score = FRAMEWORK_SCORE_MAX - i;

			if ((rc = fw_keys(r, &list->items[i], keys)) ||
			    (rc = fw_number(r, &list->items[i], STR("score"), (uint32_t[]){score, score}, &score)))
				return rc;
			rc = fw_both(r, &list->items[i], STR("meaning"), &fw->rubric[side][score]);
		}
	}
	return rc;
}

/* ---- categories and services ---- */

static int read_phases(struct fw_reader *r, const struct framework *fw, const struct yaml_node *node, uint32_t *ret)
{
	const struct yaml_node *list;
	uint32_t bits = 0;
	int rc = fw_list(r, node, STR("phases"), 1, FRAMEWORK_PHASES_MAX, &list);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t at = 0;

		while (at < fw->phase_count && !str_eq(list->items[i].text, fw->phases[at].id))
			at++;
		if (at == fw->phase_count)
			return fw_refuse(r, &list->items[i], "err.framework.word", STR("phases"));
		bits |= 1u << at;
	}
	*ret = bits;
	return 0;
}

static int read_category(struct fw_reader *r, const struct framework *fw, const struct yaml_node *node,
			 struct fw_category *c)
{
	static const char *const keys[] = {"id",          "name",   "short", "source",       "verified",
					   "description", "phases", "cycle", "phases_basis", NULL};
	int rc;

	if ((rc = fw_keys(r, node, keys)) || (rc = fw_string(r, node, STR("id"), &c->id)) ||
	    (rc = fw_named(r, node, &c->name)) || (rc = fw_both(r, node, STR("short"), &c->short_name)) ||
	    (rc = fw_both(r, node, STR("description"), &c->description)) || (rc = read_phases(r, fw, node, &c->phases)))
		return rc;
	return fw_string(r, node, STR("cycle"), &c->cycle);
}

static int read_categories(struct fw_reader *r, const struct yaml_node *root, struct framework *fw)
{
	const struct yaml_node *list;
	int rc = fw_list(r, root, STR("categories"), 1, FRAMEWORK_CATEGORIES_MAX, &list);

	if (rc)
		return rc;
	fw->categories = arena_alloc(r->arena, list->count * sizeof(*fw->categories));
	if (!fw->categories)
		return err_set(r->e, ERR_LIMIT, "err.framework.budget");
	for (uint32_t i = 0; !rc && i < list->count; i++) {
		rc = read_category(r, fw, &list->items[i], &fw->categories[i]);
		for (uint32_t k = 0; !rc && k < i; k++)
			if (str_eq(fw->categories[k].id, fw->categories[i].id))
				rc = fw_refuse(r, yaml_get(&list->items[i], STR("id")), "err.framework.twice",
					       STR_NONE);
	}
	if (!rc)
		fw->category_count = list->count;
	return rc;
}

/* The text of the key is none of the words. */
static int refuse_word(struct fw_reader *r, const struct yaml_node *node, str key, const char *const words[])
{
	_cleanup_(buf_done) struct buf list = {0};

	buf_init(&list, ERR_SLOT_MAX);
	for (size_t i = 0; words[i] && words[i][0]; i++) {
		if (i)
			buf_add(&list, STR(", "));
		buf_add(&list, str_of(words[i]));
	}
	return fw_refuse(r, yaml_get(node, key), "err.framework.word", buf_str(&list));
}

static int read_words(struct fw_reader *r, const struct yaml_node *node, struct fw_service *s)
{
	str level;
	int rc;

	if ((rc = fw_string(r, node, STR("level"), &level)) || (rc = fw_string(r, node, STR("cadence"), &s->cadence)))
		return rc;
	if (!service_level_parse(level, &s->level))
		return refuse_word(r, node, STR("level"), level_ids);
	for (size_t i = 0; cadences[i]; i++)
		if (str_eq(s->cadence, str_of(cadences[i])))
			return 0;
	return refuse_word(r, node, STR("cadence"), cadences);
}

static int read_service(struct fw_reader *r, const struct framework *fw, const struct yaml_node *node,
			struct fw_service *s)
{
	static const char *const keys[] = {"id",    "category", "name",    "source",      "verified", "description",
					   "level", "area",     "cadence", "window_days", "basis",    NULL};
	str category;
	int rc;

	if ((rc = fw_keys(r, node, keys)) || (rc = fw_string(r, node, STR("id"), &s->id)) ||
	    (rc = fw_string(r, node, STR("category"), &category)) || (rc = fw_named(r, node, &s->name)) ||
	    (rc = fw_both(r, node, STR("description"), &s->description)) || (rc = read_words(r, node, s)) ||
	    (rc = fw_number(r, node, STR("area"), (uint32_t[]){1, FRAMEWORK_AREAS}, &s->area)) ||
	    (rc = fw_number(r, node, STR("window_days"), (uint32_t[]){1, FRAMEWORK_WINDOW_DAYS_MAX}, &s->window_days)))
		return rc;
	if (s->id.len > 32)
		return fw_refuse(r, yaml_get(node, STR("id")), "err.framework.id_long", STR("32"));
	while (s->category < fw->category_count && !str_eq(fw->categories[s->category].id, category))
		s->category++;
	if (s->category == fw->category_count)
		return fw_refuse(r, yaml_get(node, STR("category")), "err.framework.word", STR("categories"));
	return 0;
}

/* Services of a category stand together, so that a category is a run of the list. */
static int place_service(struct fw_reader *r, struct framework *fw, const struct yaml_node *node, uint32_t at)
{
	struct fw_service *s = &fw->services[at];
	struct fw_category *c = &fw->categories[s->category];

	for (uint32_t i = 0; i < at; i++)
		if (str_eq(fw->services[i].id, s->id))
			return fw_refuse(r, yaml_get(node, STR("id")), "err.framework.twice", STR_NONE);
	if (c->count && fw->services[at - 1].category != s->category)
		return fw_refuse(r, yaml_get(node, STR("category")), "err.framework.order", c->id);
	if (!c->count)
		c->first = at;
	c->count++;
	s->index = at;
	return 0;
}

static int read_services(struct fw_reader *r, const struct yaml_node *root, struct framework *fw)
{
	const struct yaml_node *list;
	int rc = fw_list(r, root, STR("services"), 1, FRAMEWORK_SERVICES_MAX, &list);

	if (rc)
		return rc;
	fw->services = arena_alloc(r->arena, list->count * sizeof(*fw->services));
	if (!fw->services)
		return err_set(r->e, ERR_LIMIT, "err.framework.budget");
	for (uint32_t i = 0; !rc && i < list->count; i++) {
		rc = read_service(r, fw, &list->items[i], &fw->services[i]);
		if (!rc)
			rc = place_service(r, fw, &list->items[i], i);
	}
	if (!rc)
		fw->service_count = list->count;
	return rc;
}

int framework_read(str text, str path, struct arena *a, struct framework *ret, struct err *e)
{
	static const char *const keys[] = {"id",         "edition",     "name",  "title",  "sources",
					   "levels",     "assignments", "areas", "rubric", "phases",
					   "categories", "services",    NULL};
	struct fw_reader r = {.path = path, .arena = a, .e = e};
	struct framework fw = {0};
	struct yaml_node *root;
	uint32_t count;
	int rc = yaml_read(text, path, a, &root, &count, e);

	if (rc)
		return rc;
	if (count != 1)
		return fw_refuse(&r, count ? &root[1] : NULL, "err.framework.documents", STR("1"));
	r.sources = yaml_get(root, STR("sources"));
	if ((rc = fw_keys(&r, root, keys)) || (rc = fw_string(&r, root, STR("id"), &fw.id)) ||
	    (rc = fw_string(&r, root, STR("edition"), &fw.edition)) ||
	    (rc = fw_both(&r, root, STR("name"), &fw.name)) || (rc = fw_both(&r, root, STR("title"), &fw.title)) ||
	    (rc = read_all_terms(&r, root, &fw)) || (rc = read_rubric(&r, root, &fw)) ||
	    (rc = read_categories(&r, root, &fw)) || (rc = read_services(&r, root, &fw)))
		return rc;
	*ret = fw;
	return 0;
}
