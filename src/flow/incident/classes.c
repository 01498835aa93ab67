/* The classes an incident can have, from content. */
#include "base/mem.h"
#include "codec/yaml.h"
#include "craft/content/content.h"
#include "flow/incident/internal.h"

struct reading {
	struct arena *a;
	struct incident_class *classes;
	uint32_t count;
};

static int bad(const struct yaml_node *node, struct err *e)
{
	return yaml_err(e, err_set(e, ERR_PARSE, "err.incident.classes"), STR(INCIDENT_CLASSES_CONTENT), node);
}

static int read_type(struct reading *r, const struct yaml_node *group, const struct yaml_node *type, struct err *e)
{
	struct incident_class *c = &r->classes[r->count];
	str group_id = yaml_text(group, STR("id")), id = yaml_text(type, STR("id"));

	if (r->count == INCIDENT_CLASSES_MAX || group_id.len == 0 || id.len == 0)
		return bad(type, e);
	*c = (struct incident_class){
		.id = arena_fmt(r->a, STR_FMT "/" STR_FMT, STR_ARG(group_id), STR_ARG(id)),
		.name_en = yaml_text(type, STR("name_en")),
		.name_ja = yaml_text(type, STR("name_ja")),
		.group_en = yaml_text(group, STR("name_en")),
		.group_ja = yaml_text(group, STR("name_ja")),
	};
	if (!c->id.ptr)
		return err_set(e, ERR_LIMIT, "err.incident.memory");
	r->count++;
	return 0;
}

static int read_all(struct reading *r, const struct yaml_node *doc, struct err *e)
{
	const struct yaml_node *groups = yaml_get(doc, STR("classes"));

	if (!groups || groups->kind != YAML_LIST)
		return bad(doc, e);
	for (uint32_t g = 0; g < groups->count; g++) {
		const struct yaml_node *types = yaml_get(&groups->items[g], STR("types"));

		for (uint32_t t = 0; types && t < types->count; t++) {
			int rc = read_type(r, &groups->items[g], &types->items[t], e);

			if (rc)
				return rc;
		}
	}
	return 0;
}

int incident_classes(str data_folder, struct arena *a, struct incident_class **ret, uint32_t *ret_count, struct err *e)
{
	struct reading r = {.a = a};
	struct yaml_node *docs;
	uint32_t count;
	struct buf file;
	str text;
	int rc;

	buf_init(&file, YAML_BYTES_MAX);
	rc = content_read(data_folder, STR(INCIDENT_CLASSES_CONTENT), &file, e);
	/* The tree may point into the text, which therefore must live as long. */
	text = rc ? STR_NONE : arena_str(a, buf_str(&file));
	buf_done(&file);
	if (rc)
		return rc;
	r.classes = arena_alloc(a, INCIDENT_CLASSES_MAX * sizeof(*r.classes));
	if (!text.ptr || !r.classes)
		return err_set(e, ERR_LIMIT, "err.incident.memory");
	rc = yaml_read(text, STR(INCIDENT_CLASSES_CONTENT), a, &docs, &count, e);
	if (!rc)
		rc = count == 1 ? read_all(&r, &docs[0], e) : err_set(e, ERR_PARSE, "err.incident.classes");
	if (rc)
		return rc;
	*ret = r.classes;
	*ret_count = r.count;
	return 0;
}

int incident_class_check(str data_folder, str class, struct arena *a, struct err *e)
{
	struct incident_class *classes;
	uint32_t count;
	int rc;

	if (class.len == 0)
		return 0;
	rc = incident_classes(data_folder, a, &classes, &count, e);
	for (uint32_t i = 0; !rc && i < count; i++)
		if (str_eq(classes[i].id, class))
			return 0;
	if (rc)
		return rc;
	rc = err_set_value(e, ERR_RANGE, "err.incident.class", class);
	err_path(e, STR("class"));
	return rc;
}
