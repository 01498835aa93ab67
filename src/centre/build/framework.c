#include "centre/build/framework.h"

#include "base/buf.h"
#include "base/mem.h"
#include "craft/reader/reader.h"

static const char *const level_ids[SERVICE_LEVEL_COUNT + 1] = {"unnecessary", "basic",    "standard",
							       "advanced",    "optional", ""};
static const char *const assignment_ids[ASSIGN_COUNT + 1] = {"insource", "outsource", "both", "unassigned", ""};
static const char *const area_ids[FRAMEWORK_AREAS] = {"1", "2", "3", "4"};
/* For the reader: without the word for what nobody has decided. */
static const char *const level_words[] = {"unnecessary", "basic", "standard", "advanced", "optional", NULL};
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

static int fw_named(struct reader *r, const struct yaml_node *node, struct fw_name *ret)
{
	struct sourced name;
	int rc = reader_sourced(r, node, READER_BOTH, &name);

	for (size_t lang = 0; !rc && lang < LANG_COUNT; lang++) {
		ret->text.by_lang[lang] = name.text[lang];
		ret->source[lang] = name.source[lang];
		ret->verified[lang] = name.verified[lang];
	}
	return rc;
}

/* ---- terms ---- */

struct term_list {
	const char *key;
	const char *const *ids; /* fixed ids in this order; NULL = any */
	uint32_t least, most;
	bool has_meaning;
};

static int read_terms(struct reader *r, const struct yaml_node *root, const struct term_list *spec,
		      struct fw_term *terms, uint32_t *ret_count)
{
	static const char *const keys[] = {"id", "name", "source", "verified", "meaning", NULL};
	const struct yaml_node *list;
	int rc = reader_list(r, root, str_of(spec->key), (uint32_t[]){spec->least, spec->most}, &list);

	for (uint32_t i = 0; !rc && i < list->count; i++) {
		const struct yaml_node *node = &list->items[i];

		if ((rc = reader_keys(r, node, keys)) || (rc = reader_string(r, node, STR("id"), &terms[i].id)))
			return rc;
		if (spec->ids && !str_eq(terms[i].id, str_of(spec->ids[i])))
			return reader_refuse(r, yaml_get(node, STR("id")), "err.reader.word", str_of(spec->ids[i]));
		rc = fw_named(r, node, &terms[i].name);
		if (!rc && spec->has_meaning)
			rc = reader_texts(r, node, STR("meaning"), READER_BOTH, terms[i].meaning.by_lang);
	}
	if (!rc)
		*ret_count = list->count;
	return rc;
}

static int read_all_terms(struct reader *r, const struct yaml_node *root, struct framework *fw)
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

static int read_rubric(struct reader *r, const struct yaml_node *root, struct framework *fw)
{
	static const char *const sides[] = {"insource", "outsource", NULL};
	static const char *const keys[] = {"score", "meaning", NULL};
	const struct yaml_node *rubric = yaml_get(root, STR("rubric"));
	int rc = reader_keys(r, rubric, sides);

	for (size_t side = 0; !rc && side < SIDE_COUNT; side++) {
		const struct yaml_node *list;

		rc = reader_list(r, rubric, str_of(sides[side]), (uint32_t[]){FRAMEWORK_SCORE_MAX, FRAMEWORK_SCORE_MAX},
				 &list);
		for (uint32_t i = 0; !rc && i < FRAMEWORK_SCORE_MAX; i++) {
			/* Highest first, so each score stands exactly once. */
			uint32_t score = FRAMEWORK_SCORE_MAX - i;

			if ((rc = reader_keys(r, &list->items[i], keys)) ||
			    (rc = reader_number(r, &list->items[i], STR("score"), (uint32_t[]){score, score}, &score)))
				return rc;
			rc = reader_texts(r, &list->items[i], STR("meaning"), READER_BOTH,
					  fw->rubric[side][score].by_lang);
		}
	}
	return rc;
}

/* ---- categories and services ---- */

static int read_phases(struct reader *r, const struct framework *fw, const struct yaml_node *node, uint32_t *ret)
{
	const struct yaml_node *list;
	uint32_t bits = 0;
	int rc = reader_list(r, node, STR("phases"), (uint32_t[]){1, FRAMEWORK_PHASES_MAX}, &list);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t at = 0;

		while (at < fw->phase_count && !str_eq(list->items[i].text, fw->phases[at].id))
			at++;
		if (at == fw->phase_count)
			return reader_refuse(r, &list->items[i], "err.reader.word", STR("phases"));
		bits |= 1u << at;
	}
	*ret = bits;
	return 0;
}

static int read_category(struct reader *r, const struct framework *fw, const struct yaml_node *node,
			 struct fw_category *c)
{
	static const char *const keys[] = {"id",          "name",   "short", "source",       "verified",
					   "description", "phases", "cycle", "phases_basis", NULL};
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = reader_string(r, node, STR("id"), &c->id)) ||
	    (rc = fw_named(r, node, &c->name)) ||
	    (rc = reader_texts(r, node, STR("short"), READER_BOTH, c->short_name.by_lang)) ||
	    (rc = reader_texts(r, node, STR("description"), READER_BOTH, c->description.by_lang)) ||
	    (rc = read_phases(r, fw, node, &c->phases)))
		return rc;
	return reader_string(r, node, STR("cycle"), &c->cycle);
}

static int read_categories(struct reader *r, const struct yaml_node *root, struct framework *fw)
{
	const struct yaml_node *list;
	int rc = reader_list(r, root, STR("categories"), (uint32_t[]){1, FRAMEWORK_CATEGORIES_MAX}, &list);

	if (rc)
		return rc;
	fw->categories = arena_alloc(r->arena, list->count * sizeof(*fw->categories));
	if (!fw->categories)
		return err_set(r->e, ERR_LIMIT, "err.reader.budget");
	for (uint32_t i = 0; !rc && i < list->count; i++) {
		rc = read_category(r, fw, &list->items[i], &fw->categories[i]);
		for (uint32_t k = 0; !rc && k < i; k++)
			if (str_eq(fw->categories[k].id, fw->categories[i].id))
				rc = reader_refuse(r, yaml_get(&list->items[i], STR("id")), "err.reader.twice",
						   STR_NONE);
	}
	if (!rc)
		fw->category_count = list->count;
	return rc;
}

static int read_words(struct reader *r, const struct yaml_node *node, struct fw_service *s)
{
	uint32_t level, cadence;
	int rc = reader_word(r, node, STR("level"), level_words, &level);

	if (rc || (rc = reader_word(r, node, STR("cadence"), cadences, &cadence)))
		return rc;
	s->level = (enum service_level)level;
	s->cadence = str_of(cadences[cadence]);
	return 0;
}

static int read_service(struct reader *r, const struct framework *fw, const struct yaml_node *node,
			struct fw_service *s)
{
	static const char *const keys[] = {"id",    "category", "name",    "source",      "verified", "description",
					   "level", "area",     "cadence", "window_days", "basis",    NULL};
	str category;
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = reader_string(r, node, STR("id"), &s->id)) ||
	    (rc = reader_string(r, node, STR("category"), &category)) || (rc = fw_named(r, node, &s->name)) ||
	    (rc = reader_texts(r, node, STR("description"), READER_BOTH, s->description.by_lang)) ||
	    (rc = read_words(r, node, s)) ||
	    (rc = reader_number(r, node, STR("area"), (uint32_t[]){1, FRAMEWORK_AREAS}, &s->area)) ||
	    (rc = reader_number(r, node, STR("window_days"), (uint32_t[]){1, FRAMEWORK_WINDOW_DAYS_MAX},
				&s->window_days)))
		return rc;
	if (s->id.len > 32)
		return reader_refuse(r, yaml_get(node, STR("id")), "err.reader.id_long", STR("32"));
	while (s->category < fw->category_count && !str_eq(fw->categories[s->category].id, category))
		s->category++;
	if (s->category == fw->category_count)
		return reader_refuse(r, yaml_get(node, STR("category")), "err.reader.word", STR("categories"));
	return 0;
}

/* Services of a category stand together, so that a category is a run of the list. */
static int place_service(struct reader *r, struct framework *fw, const struct yaml_node *node, uint32_t at)
{
	struct fw_service *s = &fw->services[at];
	struct fw_category *c = &fw->categories[s->category];

	for (uint32_t i = 0; i < at; i++)
		if (str_eq(fw->services[i].id, s->id))
			return reader_refuse(r, yaml_get(node, STR("id")), "err.reader.twice", STR_NONE);
	if (c->count && fw->services[at - 1].category != s->category)
		return reader_refuse(r, yaml_get(node, STR("category")), "err.framework.order", c->id);
	if (!c->count)
		c->first = at;
	c->count++;
	s->index = at;
	return 0;
}

static int read_services(struct reader *r, const struct yaml_node *root, struct framework *fw)
{
	const struct yaml_node *list;
	int rc = reader_list(r, root, STR("services"), (uint32_t[]){1, FRAMEWORK_SERVICES_MAX}, &list);

	if (rc)
		return rc;
	fw->services = arena_alloc(r->arena, list->count * sizeof(*fw->services));
	if (!fw->services)
		return err_set(r->e, ERR_LIMIT, "err.reader.budget");
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
	struct reader r = {.path = path, .arena = a, .e = e};
	struct framework fw = {.path = path};
	const struct yaml_node *root;
	int rc = reader_document(&r, text, &root);

	if (rc)
		return rc;
	if ((rc = reader_keys(&r, root, keys)) || (rc = reader_sources(&r, root, &fw.sources, &fw.source_count)) ||
	    (rc = reader_string(&r, root, STR("id"), &fw.id)) ||
	    (rc = reader_string(&r, root, STR("edition"), &fw.edition)) ||
	    (rc = reader_texts(&r, root, STR("name"), READER_BOTH, fw.name.by_lang)) ||
	    (rc = reader_texts(&r, root, STR("title"), READER_BOTH, fw.title.by_lang)) ||
	    (rc = read_all_terms(&r, root, &fw)) || (rc = read_rubric(&r, root, &fw)) ||
	    (rc = read_categories(&r, root, &fw)) || (rc = read_services(&r, root, &fw)))
		return rc;
	*ret = fw;
	return 0;
}
