#include "model/event.h"

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"

struct name_table {
	struct map ids;
	char **names; /* names[id - 1] */
	size_t *lens;
	size_t count, names_cap, lens_cap;
};

const struct event_field *event_field(const struct event *ev, str name)
{
	for (uint32_t i = 0; i < ev->field_count; i++)
		if (str_eq(ev->fields[i].name, name))
			return &ev->fields[i];
	return NULL;
}

str event_text(const struct event *ev, str name)
{
	const struct event_field *f = event_field(ev, name);

	return f ? f->text : STR_NONE;
}

struct name_table *name_table_create(void)
{
	struct name_table *t = mem_alloc(1, sizeof(*t));

	/* Names come from the operator's rules, not from strangers: a fixed key will do. */
	map_init(&t->ids, (struct hash_key){0x6e6f726f, 0x73686921});
	return t;
}

void name_table_free(struct name_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++)
		free(t->names[i]);
	free(t->names);
	free(t->lens);
	map_done(&t->ids);
	free(t);
}

uint32_t name_table_add(struct name_table *t, str name)
{
	uint32_t id = name_table_find(t, name);

	if (id)
		return id;
	CHECK(t->count < UINT32_MAX - 1);
	mem_grow(&t->names, &t->names_cap, t->count + 1, sizeof(*t->names));
	mem_grow(&t->lens, &t->lens_cap, t->count + 1, sizeof(*t->lens));
	t->names[t->count] = mem_dup(name.ptr, name.len);
	t->lens[t->count] = name.len;
	t->count++;
	map_put(&t->ids, name, t->count);
	return (uint32_t)t->count;
}

uint32_t name_table_find(const struct name_table *t, str name)
{
	uint64_t id = 0;

	return map_get(&t->ids, name, &id) ? (uint32_t)id : 0;
}

uint32_t name_table_count(const struct name_table *t)
{
	return (uint32_t)t->count;
}

str name_table_name(const struct name_table *t, uint32_t id)
{
	CHECK(id >= 1 && id <= t->count);
	return (str){t->names[id - 1], t->lens[id - 1]};
}
