/* The log source of an event, and the second names that its kind asks for. */
#include "flow/parse/mapping.h"

static str noted_text(const struct build *bu, key_no key)
{
	const struct event_field *f = build_noted(bu, key);

	return f ? f->text : STR_NONE;
}

static const struct service *service_at(const struct map *map, str address)
{
	char room[LOWER_ROOM];
	uint64_t at;
	str low;

	if (address.len == 0 || !lower_into(address, room, sizeof(room), &low) || !map_get(map, low, &at))
		return NULL;
	return (const struct service *)(uintptr_t)at;
}

static const struct service *service_declared(const struct build *bu, str product, str service)
{
	char room[LOWER_ROOM];
	uint64_t at;

	if (product.len == 0 || service.len == 0 || product.len + service.len + 1 > sizeof(room))
		return NULL;
	memcpy(room, product.ptr, product.len);
	room[product.len] = '/';
	memcpy(room + product.len + 1, service.ptr, service.len);
	if (!map_get(&bu->b->mapping->declared, (str){room, product.len + 1 + service.len}, &at))
		return NULL;
	return (const struct service *)(uintptr_t)at;
}

static const struct event_rule *rule_of(const struct service *s, str event_id)
{
	uint32_t low = 0, high = s->event_count;
	int64_t id;

	if (!str_to_i64(event_id, &id))
		return NULL;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (s->events[mid].id == id)
			return &s->events[mid];
		if (s->events[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void rename_all(struct build *bu, const struct alias *a, uint32_t name_id)
{
	for (uint32_t n = 0; n < bu->noted_count; n++) {
		struct event_field *f = &bu->ev->fields[bu->noted[n].field];

		if (bu->noted[n].key != a->from)
			continue;
		f->name = a->to;
		f->name_id = name_id;
		bu->noted[n].key = a->to_key;
	}
}

/* Every element of an array. */
static void copy_all(struct build *bu, const struct alias *a, uint32_t name_id)
{
	uint32_t count = bu->noted_count;

	for (uint32_t n = 0; n < count; n++) {
		struct event_field copy = bu->ev->fields[bu->noted[n].field];

		if (bu->noted[n].key != a->from)
			continue;
		copy.name = a->to;
		copy.name_id = name_id;
		build_add(bu, copy, a->to_key);
	}
}

/* Renames first, as they stand first; a copy is made only when the event has no field of the new name. */
static void apply_aliases(struct build *bu, const struct aliases *aliases)
{
	for (uint32_t i = 0; i < aliases->count; i++) {
		const struct alias *a = &aliases->items[i];
		uint32_t name_id;

		if (!build_noted(bu, a->from) || (!a->rename && build_noted(bu, a->to_key)))
			continue;
		name_id = bu->b->names ? name_table_find(bu->b->names, a->to) : 0;
		if (a->rename)
			rename_all(bu, a, name_id);
		else
			copy_all(bu, a, name_id);
	}
}

static bool row_fits(const struct build *bu, const struct source_row *row)
{
	for (uint32_t i = 0; i < row->when_count; i++) {
		const struct source_when *w = &row->when[i];
		bool any = str_eq(w->value, STR("*")), hit = false;

		/* An array has several fields of one name: one of them is enough. */
		for (uint32_t n = 0; n < bu->noted_count && !hit; n++)
			hit = bu->noted[n].key == w->key &&
			      (any || str_eq_nocase(bu->ev->fields[bu->noted[n].field].text, w->value));
		if (!hit)
			return false;
	}
	return true;
}

/* Which keys the event has, so that most rows are passed over without looking at a field. */
#define SEEN_KEYS 2048u
struct seen {
	uint64_t bits[SEEN_KEYS / 64];
};

static bool row_has_keys(const struct seen *seen, const struct source_row *row)
{
	for (uint32_t i = 0; i < row->when_count; i++) {
		key_no key = row->when[i].key;

		if (key < SEEN_KEYS && !(seen->bits[key / 64] >> (key % 64) & 1))
			return false;
	}
	return true;
}

static void source_by_rows(struct build *bu)
{
	const struct mapping *m = bu->b->mapping;
	struct log_source *s = &bu->ev->source;
	struct seen seen = {0};

	for (uint32_t n = 0; n < bu->noted_count; n++)
		if (bu->noted[n].key < SEEN_KEYS)
			seen.bits[bu->noted[n].key / 64] |= 1ull << (bu->noted[n].key % 64);

	for (size_t i = 0; i < m->row_count; i++) {
		const struct source_row *row = &m->rows[i];

		if (!row_has_keys(&seen, row) || !row_fits(bu, row))
			continue;
		s->product = row->product;
		s->service = row->service;
		memcpy(s->categories, row->categories, sizeof(s->categories));
		s->category_count = row->category_count;
		apply_aliases(bu, &row->aliases);
		return;
	}
}

/* A line that a text parser knows. */
static bool source_by_parser(struct build *bu)
{
	const struct text_parser *p = text_parsers_find(&bu->b->mapping->parsers, noted_text(bu, KEY_TEXT_PARSER));

	if (p)
		bu->ev->source = p->source;
	return p != NULL;
}

/* What the event declares wins; the mapping fills what is missing. */
void build_source(struct build *bu)
{
	const struct mapping *m = bu->b->mapping;
	struct log_source *s = &bu->ev->source;
	const struct service *service;
	const struct event_rule *rule = NULL;
	str channel, category = STR_NONE;

	*s = (struct log_source){0};
	if (!bu->shape->plain) {
		category = noted_text(bu, KEY_CATEGORY);
		s->product = noted_text(bu, KEY_PRODUCT);
		s->service = noted_text(bu, KEY_SERVICE);
	}
	apply_aliases(bu, &bu->shape->aliases);
	channel = noted_text(bu, KEY_CHANNEL);
	service = service_declared(bu, s->product, s->service);
	if (!service)
		service = service_at(&m->channels, channel);
	if (!service && channel.len == 0)
		service = service_at(&m->providers, noted_text(bu, KEY_PROVIDER));
	/* A declared source of another product or service is not ours to complete. */
	if (service && ((s->product.len && !str_eq(s->product, service->product)) ||
			(s->service.len && !str_eq(s->service, service->name))))
		service = NULL;
	if (category.len)
		s->categories[s->category_count++] = category;
	if (service) {
		s->product = service->product;
		s->service = service->name;
		rule = rule_of(service, noted_text(bu, KEY_EVENT_ID));
	}
	if (rule) {
		for (uint32_t i = 0; category.len == 0 && i < rule->category_count; i++)
			s->categories[s->category_count++] = rule->categories[i];
		apply_aliases(bu, &rule->aliases);
	}
	if (!s->product.len && !s->service.len && !s->category_count && !source_by_parser(bu))
		source_by_rows(bu);
	if (!s->product.len && !category.len)
		s->product = bu->shape->product;
	bu->ev->source_known = s->product.len || s->service.len || s->category_count;
}
