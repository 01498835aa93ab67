/* Kinds of registers out of content/registers.yaml. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/register/register.h"
#include "craft/content/content.h"
#include "craft/reader/reader.h"

#define REGISTERS_BUDGET ((size_t)8 << 20)

static const char *const type_names[] = {"text", "long", "date", "number", "choice", NULL};

static int read_choices(struct reader *r, const struct yaml_node *node, struct register_field *f)
{
	const struct yaml_node *list;
	int rc = reader_list(r, node, STR("choices"), (const uint32_t[2]){2, REGISTER_CHOICES_MAX}, &list);

	for (uint32_t i = 0; !rc && i < list->count; i++) {
		rc = reader_string(r, &list->items[i], STR("id"), &f->choices[i]);
		if (!rc)
			rc = reader_texts(r, &list->items[i], STR("label"), READER_BOTH, f->choice_label[i]);
		f->choice_count++;
	}
	return rc;
}

static int read_field(struct reader *r, const struct yaml_node *node, struct register_field *f)
{
	static const char *const keys[] = {"id", "label", "type", "needed", "least", "most", "choices", NULL};
	uint32_t type = 0;
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = reader_string(r, node, STR("id"), &f->id)) ||
	    (rc = reader_texts(r, node, STR("label"), READER_BOTH, f->label)) ||
	    (rc = reader_word(r, node, STR("type"), type_names, &type)))
		return rc;
	f->type = (enum field_type)type;
	f->needed = str_eq(yaml_text(node, STR("needed")), STR("true"));
	f->most = UINT32_MAX;
	if (f->type == FIELD_NUMBER && yaml_get(node, STR("most")))
		rc = reader_number(r, node, STR("most"), (const uint32_t[2]){1, UINT32_MAX}, &f->most);
	if (!rc && f->type == FIELD_NUMBER && yaml_get(node, STR("least")))
		rc = reader_number(r, node, STR("least"), (const uint32_t[2]){0, f->most}, &f->least);
	return rc ? rc : f->type == FIELD_CHOICE ? read_choices(r, node, f) : 0;
}

static bool state_index(const struct register_kind *k, str id, uint32_t *ret)
{
	for (uint32_t i = 0; i < k->state_count; i++)
		if (str_eq(k->states[i].id, id)) {
			*ret = i;
			return true;
		}
	return false;
}

/* The moves are read once every state is known. */
static int read_states(struct reader *r, const struct yaml_node *node, struct register_kind *k)
{
	const struct yaml_node *list, *next;
	uint32_t to;
	int rc = reader_list(r, node, STR("states"), (const uint32_t[2]){1, REGISTER_STATES_MAX}, &list);

	for (uint32_t i = 0; !rc && i < list->count; i++) {
		struct register_state *s = &k->states[k->state_count++];

		rc = reader_string(r, &list->items[i], STR("id"), &s->id);
		if (!rc)
			rc = reader_texts(r, &list->items[i], STR("label"), READER_BOTH, s->label);
		s->is_final = str_eq(yaml_text(&list->items[i], STR("final")), STR("true"));
	}
	for (uint32_t i = 0; !rc && i < list->count; i++) {
		next = yaml_get(&list->items[i], STR("next"));
		for (uint32_t n = 0; next && next->kind == YAML_LIST && n < next->count; n++) {
			if (!state_index(k, next->items[n].text, &to))
				return reader_refuse(r, &next->items[n], "next", STR("state"));
			k->states[i].next |= 1u << to;
		}
	}
	return rc;
}

static int read_services(struct reader *r, const struct yaml_node *node, const struct framework *fw,
			 struct register_kind *k)
{
	const struct yaml_node *list;
	int rc = reader_list(r, node, STR("services"), (const uint32_t[2]){1, REGISTER_SERVICES_MAX}, &list);

	for (uint32_t i = 0; !rc && i < list->count; i++) {
		k->services[k->service_count] = list->items[i].text;
		if (!framework_service(fw, k->services[k->service_count++]))
			rc = reader_refuse(r, &list->items[i], "services", STR("A-1 … I-7"));
	}
	return rc;
}

static int read_flags(struct reader *r, const struct yaml_node *node, struct register_kind *k)
{
	str people;
	int rc = reader_string_if(r, node, STR("people"), &people);

	k->is_restricted = str_eq(yaml_text(node, STR("restricted")), STR("true"));
	k->has_people = people.len != 0;
	k->occasion = OCCASION_COUNT;
	if (!rc && people.len && !str_eq(people, STR("receipt")) && !occasion_parse(people, &k->occasion))
		return reader_refuse(r, node, "people", STR("receipt|exercise|training|walk_through"));
	if (!rc && yaml_get(node, STR("review_days")))
		rc = reader_number(r, node, STR("review_days"), (const uint32_t[2]){1, 3660}, &k->review_days);
	return rc;
}

static int read_kind(struct reader *r, const struct yaml_node *node, const struct framework *fw,
		     struct register_kind *k)
{
	static const char *const keys[] = {"id",     "title",       "what",   "services", "restricted",
					   "people", "review_days", "fields", "states",   NULL};
	const struct yaml_node *fields;
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = reader_string(r, node, STR("id"), &k->id)) ||
	    (rc = reader_texts(r, node, STR("title"), READER_BOTH, k->title)) ||
	    (rc = reader_texts(r, node, STR("what"), READER_BOTH, k->what)) || (rc = read_services(r, node, fw, k)) ||
	    (rc = read_flags(r, node, k)) ||
	    (rc = reader_list(r, node, STR("fields"), (const uint32_t[2]){1, REGISTER_FIELDS_MAX}, &fields)))
		return rc;
	for (uint32_t i = 0; !rc && i < fields->count; i++)
		rc = read_field(r, &fields->items[i], &k->fields[k->field_count++]);
	return rc ? rc : read_states(r, node, k);
}

static int read_all(struct reader *r, str text, const struct framework *fw, struct registers *out)
{
	const struct yaml_node *root, *list;
	int rc;

	if ((rc = reader_document(r, text, &root)) ||
	    (rc = reader_list(r, root, STR("registers"), (const uint32_t[2]){1, REGISTER_KINDS_MAX}, &list)) ||
	    (rc = reader_alloc(r, list->count, sizeof(*out->kinds), &out->kinds)))
		return rc;
	for (uint32_t i = 0; !rc && i < list->count; i++) {
		rc = read_kind(r, &list->items[i], fw, &out->kinds[i]);
		for (uint32_t k = 0; !rc && k < i; k++)
			if (str_eq(out->kinds[k].id, out->kinds[i].id))
				rc = reader_refuse(r, &list->items[i], "id", STR("id"));
		out->count++;
	}
	return rc;
}

int registers_load(str data_folder, const struct framework *fw, struct registers **ret, struct err *e)
{
	_cleanup_(buf_done) struct buf text = {0};
	struct reader r = {.path = STR(REGISTER_CONTENT), .e = e};
	struct registers *out;
	int rc;

	buf_init(&text, CONTENT_FILE_MAX);
	if ((rc = content_read(data_folder, STR(REGISTER_CONTENT), &text, e)))
		return rc;
	out = mem_alloc(1, sizeof(*out));
	arena_init(&out->arena, REGISTERS_BUDGET);
	r.arena = &out->arena;
	if ((rc = read_all(&r, buf_str(&text), fw, out))) {
		registers_free(out);
		return rc;
	}
	*ret = out;
	return 0;
}

void registers_free(struct registers *r)
{
	if (!r)
		return;
	arena_done(&r->arena);
	free(r);
}

const struct register_kind *register_kind_find(const struct registers *r, str id)
{
	for (uint32_t i = 0; i < r->count; i++)
		if (str_eq(r->kinds[i].id, id))
			return &r->kinds[i];
	return NULL;
}
