/* Incoming name → taxonomy name, worked out once per path and shape. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/parse/internal.h"

#define BITS_KNOWN (1ull << 63)
#define MADE_BUDGET (64u << 20)
#define NAME_ROOM 1024u /* longer names are taken as they are */

void builder_init(struct builder *b, const struct mapping *m, const struct name_table *names, struct path_table *paths)
{
	*b = (struct builder){.mapping = m, .names = names, .paths = paths};
	arena_init(&b->made, MADE_BUDGET);
}

void builder_done(struct builder *b)
{
	for (uint32_t i = 0; i < SHAPES_MAX; i++)
		free(b->slots[i]);
	free(b->bits);
	arena_done(&b->made);
	*b = (struct builder){0};
}

static bool in_list(const str *list, uint32_t count, str s)
{
	for (uint32_t i = 0; i < count; i++)
		if (str_eq(list[i], s))
			return true;
	return false;
}

/* Leaves the parts out that only say "attribute" or "text". The result is `name` itself when nothing changes. */
static str plain_name(const struct shape *s, str name, char room[NAME_ROOM])
{
	str rest = name, part;
	size_t len = 0;
	bool first = true;

	if (s->mark_count + s->text_count == 0 || name.len >= NAME_ROOM)
		return name;
	while (str_next(&rest, '.', &part)) {
		bool last = rest.ptr == NULL;

		if (!first &&
		    (in_list(s->marks, s->mark_count, part) || (last && in_list(s->texts, s->text_count, part))))
			continue;
		if (!first && part.len > 1 && part.ptr[0] == '@')
			part = str_from(part, 1);
		if (!first)
			room[len++] = '.';
		memcpy(room + len, part.ptr, part.len);
		len += part.len;
		first = false;
	}
	return len == name.len ? name : (str){room, len};
}

/* Length of the beginning that is cut, 0 when none fits. A '*' in the pattern is one part of the name. */
static size_t cut_length(str pattern, str name)
{
	size_t p = 0, n = 0;

	while (p < pattern.len && n < name.len) {
		if (pattern.ptr[p] == '*') {
			ptrdiff_t dot = str_find_byte(str_from(name, n), '.');

			if (dot <= 0)
				return 0;
			n += (size_t)dot;
			p++;
		} else if (pattern.ptr[p++] != name.ptr[n++]) {
			return 0;
		}
	}
	return p == pattern.len && n < name.len ? n : 0;
}

static bool is_dropped(const struct shape *s, str name)
{
	ptrdiff_t dot = str_find_last_byte(name, '.');
	str last = str_from(name, (size_t)(dot + 1));
	ptrdiff_t colon = str_find_byte(last, ':');

	/* A prefixed declaration, xmlns:a, is one of xmlns. */
	if (colon >= 0)
		last = str_sub(last, 0, (size_t)colon);
	return in_list(s->drop, s->drop_count, last);
}

static uint8_t time_rank(const struct shape *s, str name)
{
	for (uint32_t i = 0; i < s->time_count; i++)
		if (str_eq(s->times[i], name))
			return (uint8_t)(i + 1);
	return 0;
}

static uint8_t pair_role(const struct shape *s, str name)
{
	for (uint32_t i = 0; i < s->pair_count; i++) {
		if (str_eq(s->pairs[i].name, name))
			return ROLE_PAIR_NAME;
		if (str_eq(s->pairs[i].text, name))
			return ROLE_PAIR_TEXT;
	}
	return ROLE_FIELD;
}

/* Sigma 2.1.0, "Field Usage", 2: names that nothing maps are used as they appear, with all spaces stripped. */
static str without_spaces(str name, char room[NAME_ROOM])
{
	size_t len = 0;

	if (str_find_byte(name, ' ') < 0 || name.len >= NAME_ROOM)
		return name;
	/* name may lie in room already: it is only moved towards the front. */
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] != ' ')
			room[len++] = name.ptr[i];
	return len ? (str){room, len} : name;
}

/* `arena` holds the name when it is neither the mapping's nor a slice of `name`. */
static void slot_make(const struct builder *b, const struct shape *s, str name, struct arena *arena, struct slot *ret)
{
	char room[NAME_ROOM];
	str plain = plain_name(s, name, room);
	uint64_t out;

	*ret = (struct slot){.ready = true, .role = pair_role(s, plain)};
	if (is_dropped(s, plain)) {
		ret->role = ROLE_DROP;
		return;
	}
	if (map_get(&s->names, plain, &out)) {
		ret->name = s->outs[out];
	} else {
		for (uint32_t i = 0; i < s->cut_count; i++) {
			size_t cut = cut_length(s->cut[i], plain);

			if (cut) {
				plain = str_from(plain, cut);
				break;
			}
		}
		plain = without_spaces(plain, room);
		ret->name = plain;
		if (plain.ptr >= room && plain.ptr < room + NAME_ROOM) {
			ret->name = arena_str(arena, plain);
			if (!ret->name.ptr)
				ret->name = name;
		}
	}
	ret->name_id = b->names ? name_table_find(b->names, ret->name) : 0;
	ret->key = mapping_key(b->mapping, ret->name);
	ret->time_rank = time_rank(s, ret->name);
}

static uint64_t bits_of(const struct builder *b, str name)
{
	const struct mapping *m = b->mapping;
	char room[NAME_ROOM];
	uint64_t bits = BITS_KNOWN;

	for (uint32_t i = 0; i < m->shape_count; i++) {
		const struct shape *s = &m->shapes[i];
		str plain = plain_name(s, name, room);

		for (uint32_t w = 0; w < s->when_count; w++)
			if (str_eq(s->when[w], plain))
				bits |= 1ull << s->when_bit[w];
	}
	return bits;
}

static uint64_t path_bits(struct builder *b, uint32_t path)
{
	if (path >= b->bits_cap) {
		size_t had = b->bits_cap;

		mem_grow(&b->bits, &b->bits_cap, path + 1, sizeof(*b->bits));
		memset(b->bits + had, 0, (b->bits_cap - had) * sizeof(*b->bits));
	}
	if (!b->bits[path])
		b->bits[path] = bits_of(b, path_name(b->paths, path));
	return b->bits[path];
}

const struct shape *builder_shape(struct builder *b, const struct leaves *l)
{
	const struct mapping *m = b->mapping;
	uint64_t bits = 0;

	for (uint32_t i = 0; i < l->count; i++) {
		uint32_t path = l->items[i].path;

		if (path == PATH_NONE)
			bits |= bits_of(b, l->items[i].name);
		else
			bits |= path < b->bits_cap && b->bits[path] ? b->bits[path] : path_bits(b, path);
	}
	for (uint32_t i = 0; i < m->shape_count; i++)
		if ((bits & m->shapes[i].bits) == m->shapes[i].bits)
			return &m->shapes[i];
	/* No shape fits everything when a user replaced the last one: names stay as the last shape leaves them. */
	return &m->shapes[m->shape_count - 1];
}

const struct slot *builder_slot(struct builder *b, const struct shape *shape, const struct leaf *leaf,
				struct slot *scratch, struct arena *arena)
{
	size_t i = (size_t)(shape - b->mapping->shapes);
	uint32_t path = leaf->path;

	if (path == PATH_NONE) {
		slot_make(b, shape, leaf->name, arena, scratch);
		return scratch;
	}
	if (path >= b->slots_cap[i]) {
		size_t had = b->slots_cap[i];

		mem_grow(&b->slots[i], &b->slots_cap[i], path + 1, sizeof(*b->slots[i]));
		memset(b->slots[i] + had, 0, (b->slots_cap[i] - had) * sizeof(*b->slots[i]));
	}
	if (!b->slots[i][path].ready)
		slot_make(b, shape, leaf->name, &b->made, &b->slots[i][path]);
	return &b->slots[i][path];
}
