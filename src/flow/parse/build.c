/* Leaves → the fields of an event. */
#include "base/check.h"
#include "flow/parse/internal.h"

/* What renames and copies of a mapping may add to an event. */
#define FIELDS_EXTRA 64u

struct event_field *build_noted(const struct build *bu, key_no key)
{
	for (uint32_t i = 0; i < bu->noted_count; i++)
		if (bu->noted[i].key == key)
			return &bu->ev->fields[bu->noted[i].field];
	return NULL;
}

static void note(struct build *bu, key_no key)
{
	if (key && bu->noted_count < NOTED_MAX)
		bu->noted[bu->noted_count++] = (struct noted){key, bu->ev->field_count - 1};
}

bool build_add(struct build *bu, struct event_field field, key_no key)
{
	if (bu->ev->field_count == bu->room) {
		bu->ev->fields_dropped++;
		return false;
	}
	bu->ev->fields[bu->ev->field_count++] = field;
	note(bu, key);
	return true;
}

static void see_time(struct build *bu, uint8_t rank, str text)
{
	time_us t;

	if (rank == 0 || (bu->time_rank && rank >= bu->time_rank) || !event_time_parse(text, &t))
		return;
	bu->ev->time = t;
	bu->ev->time_known = true;
	bu->time_rank = rank;
}

/* A field whose name came as a value. */
static void name_by_value(struct build *bu, struct event_field *f, str name)
{
	f->name = name;
	f->name_id = bu->b->names ? name_table_find(bu->b->names, name) : 0;
}

/* Name and text of a pair stand in one order throughout an event: "@Name" first, or, where a writer sorts keys,
 * "#text". */
struct pairing {
	bool seen, text_first;
	bool has_name; /* a name waits for its text */
	str pending;
	uint32_t lonely; /* 1 + field of a text that waits for its name */
};

static void add_empty(struct build *bu, str name)
{
	struct event_field empty = {0};

	name_by_value(bu, &empty, name);
	build_add(bu, empty, mapping_key(bu->b->mapping, name));
}

static void add_pair_name(struct build *bu, struct pairing *p, str name)
{
	p->seen = true;
	if (p->lonely && p->lonely == bu->ev->field_count) {
		name_by_value(bu, &bu->ev->fields[p->lonely - 1], name);
		note(bu, mapping_key(bu->b->mapping, name));
	} else if (p->text_first) {
		add_empty(bu, name);
	} else {
		if (p->has_name)
			add_empty(bu, p->pending);
		p->pending = name;
		p->has_name = true;
	}
	p->lonely = 0;
}

static void add_pair_text(struct build *bu, struct pairing *p, struct event_field field, const struct slot *slot)
{
	if (p->has_name) {
		name_by_value(bu, &field, p->pending);
		build_add(bu, field, mapping_key(bu->b->mapping, p->pending));
		p->has_name = false;
		return;
	}
	p->text_first = p->text_first || !p->seen;
	if (build_add(bu, field, slot->key))
		p->lonely = p->text_first ? bu->ev->field_count : 0;
}

static void add_leaf(struct build *bu, const struct leaf *leaf, struct pairing *pairing)
{
	struct slot scratch UNCLEARED;
	const struct slot *slot = builder_slot(bu->b, bu->shape, leaf, &scratch, bu->arena);
	struct event_field field = {slot->name, leaf->text, slot->name_id, (enum value_type)leaf->type};

	switch (slot->role) {
	case ROLE_DROP:
		return;
	case ROLE_PAIR_NAME:
		add_pair_name(bu, pairing, leaf->text);
		return;
	case ROLE_PAIR_TEXT:
		add_pair_text(bu, pairing, field, slot);
		return;
	default:
		build_add(bu, field, slot->key);
		see_time(bu, slot->time_rank, leaf->text);
	}
}

bool build_event(struct builder *b, const struct leaves *l, struct arena *arena, struct event *ev)
{
	struct pairing pairing = {0};
	struct build bu UNCLEARED;
	uint32_t room = l->count + FIELDS_EXTRA;

	if (room > EVENT_FIELDS_MAX)
		room = EVENT_FIELDS_MAX;
	bu.b = b;
	bu.shape = builder_shape(b, l);
	bu.arena = arena;
	bu.ev = ev;
	bu.room = room;
	bu.noted_count = 0;
	bu.time_rank = 0;
	ev->fields = arena_room(arena, room * sizeof(*ev->fields));
	if (!ev->fields)
		return false;
	ev->field_count = 0;
	ev->fields_dropped = l->dropped;
	for (uint32_t i = 0; i < l->count; i++)
		add_leaf(&bu, &l->items[i], &pairing);
	if (pairing.has_name)
		add_empty(&bu, pairing.pending);
	build_source(&bu);
	return true;
}
