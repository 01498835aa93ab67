/* Binary XML → programs: what to put where, with every path resolved once. */
#include "codec/evtx/internal.h"

/* Space for ops is taken in steps while a template is read. */
#define OPS_STEP 64u
#define DEFINITION_HEADER 24u

struct element {
	uint32_t path;
	str name;     /* of the path when it is not interned */
	bool data;    /* a <Data> element: says something even when it is empty */
	bool dynamic; /* its name is a value */
	bool content; /* text or a child was seen */
	bool text;    /* the last thing seen was text: more text joins it */
};

struct compiler {
	struct evtx *x;
	struct reader_at *r;
	struct program *program;
	uint32_t cap;
	uint32_t depth;
	bool bare;
	struct element stack[EVTX_DEPTH_MAX + 1];
};

static bool broken(struct compiler *c)
{
	return evtx_fail(c->x, "err.evtx.xml");
}

static bool budget(struct compiler *c)
{
	return evtx_fail(c->x, "err.evtx.programs");
}

static bool op_add(struct compiler *c, struct op op)
{
	struct program *p = c->program;

	if (p->count == EVTX_OPS_MAX)
		return evtx_fail(c->x, "err.evtx.ops");
	if (p->count == c->cap) {
		struct op *more = arena_alloc(&c->x->programs, (c->cap * 2 + OPS_STEP) * sizeof(*more));

		if (!more)
			return budget(c);
		if (p->count)
			memcpy(more, p->ops, p->count * sizeof(*more));
		p->ops = more;
		c->cap = c->cap * 2 + OPS_STEP;
	}
	p->ops[p->count++] = op;
	return true;
}

static bool text_make(struct compiler *c, uint32_t at, uint32_t units, str *ret)
{
	char *out = arena_alloc(&c->x->programs, (size_t)units * 3 + 1);

	if (!out)
		return budget(c);
	*ret = (str){out, evtx_utf8(evtx_bytes(c->x, at), units, out)};
	return true;
}

/* A name lies where its offset says; the first use of a name in a chunk is in the stream itself. */
static bool read_name(struct compiler *c, str *ret)
{
	struct reader_at there = {0, (uint32_t)c->x->chunk.len};
	uint32_t offset;
	uint16_t units;
	bool here;

	if (!read_u32(c->x, c->r, &offset) || offset >= there.end)
		return broken(c);
	here = offset == c->r->at;
	there.at = offset;
	/* Link to the next name with this hash (not followed), hash, length. */
	if (!read_skip(&there, 6) || !read_u16(c->x, &there, &units) ||
	    there.end - there.at < ((uint32_t)units + 1) * 2)
		return broken(c);
	if (here && !read_skip(c->r, 8 + ((uint32_t)units + 1) * 2))
		return broken(c);
	return text_make(c, there.at, units, ret);
}

static bool child(struct compiler *c, const struct element *parent, str key, struct element *ret)
{
	str name;
	char *join;

	*ret = (struct element){.path = PATH_NONE};
	if (parent->path != PATH_NONE)
		ret->path = path_child(c->x->out->paths, parent->path, key);
	if (ret->path != PATH_NONE)
		return true;
	name = parent->path ? path_name(c->x->out->paths, parent->path) : parent->name;
	join = arena_alloc(&c->x->programs, name.len + 1 + key.len + 1);
	if (!join)
		return budget(c);
	memcpy(join, name.ptr ? name.ptr : "", name.len);
	join[name.len] = '.';
	memcpy(join + name.len + 1, key.ptr, key.len);
	ret->name = name.len ? (str){join, name.len + 1 + key.len} : (str){join + 1, key.len};
	return true;
}

static str entity_text(str name)
{
	static const struct {
		str name, text;
	} known[] = {{STR_INIT("lt"), STR_INIT("<")},
		     {STR_INIT("gt"), STR_INIT(">")},
		     {STR_INIT("amp"), STR_INIT("&")},
		     {STR_INIT("quot"), STR_INIT("\"")},
		     {STR_INIT("apos"), STR_INIT("'")}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_eq(name, known[i].name))
			return known[i].text;
	return name;
}

/* One piece of a text: a fixed string, a character, an entity, a substitution. False in *ret_any: the token is not
 * text. */
static bool read_piece(struct compiler *c, struct op *ret, bool *ret_any)
{
	uint8_t token = *evtx_bytes(c->x, c->r->at) & (uint8_t)~TOKEN_MORE, kind;
	uint16_t units;
	str name;

	*ret = (struct op){.kind = OP_TEXT};
	*ret_any = true;
	switch (token) {
	case TOKEN_TEXT:
	case TOKEN_CDATA:
		c->r->at++;
		if (token == TOKEN_TEXT && (!read_u8(c->x, c->r, &kind) || kind != EVTX_STRING))
			return broken(c);
		if (!read_u16(c->x, c->r, &units) || c->r->end - c->r->at < units * 2u)
			return broken(c);
		if (!text_make(c, c->r->at, units, &ret->text))
			return false;
		c->r->at += units * 2u;
		return true;
	case TOKEN_CHARREF:
		c->r->at++;
		if (!read_u16(c->x, c->r, &units))
			return broken(c);
		return text_make(c, c->r->at - 2, 1, &ret->text);
	case TOKEN_ENTITY:
		c->r->at++;
		if (!read_name(c, &name))
			return false;
		ret->text = entity_text(name);
		return true;
	case TOKEN_SUBST:
	case TOKEN_SUBST_OPTIONAL:
		c->r->at++;
		ret->kind = OP_SUBST;
		ret->optional = token == TOKEN_SUBST_OPTIONAL;
		if (!read_u16(c->x, c->r, &ret->index) || !read_u8(c->x, c->r, &kind))
			return broken(c);
		return true;
	default:
		*ret_any = false;
		return true;
	}
}

/* All pieces of one attribute's value. */
static bool read_attribute(struct compiler *c, const struct element *owner, struct element *named)
{
	struct element target;
	bool first = true, any = true;
	str name;

	if (!read_name(c, &name))
		return false;
	bool naming = named && str_eq(name, STR("Name"));
	bool silent = str_starts(name, STR("xmlns"));

	if (!child(c, owner, name, &target))
		return false;
	while (c->r->at < c->r->end) {
		struct op op;

		if (!read_piece(c, &op, &any))
			return false;
		if (!any)
			break;
		if (silent)
			continue;
		if (naming && op.kind == OP_TEXT && first) {
			struct element parent = c->stack[c->depth];

			if (!child(c, &parent, op.text, named))
				return false;
		} else if (naming && first) {
			op.kind = OP_NAME;
			op.path = c->stack[c->depth].path;
			named->dynamic = true;
			if (!op_add(c, op))
				return false;
		} else if (!naming) {
			op.path = target.path;
			op.name = target.name;
			op.part = !first;
			if (!op_add(c, op))
				return false;
		}
		first = false;
	}
	return true;
}

static bool read_attributes(struct compiler *c, struct element *el, bool data)
{
	const struct element owner = *el;
	uint32_t size;

	if (!read_u32(c->x, c->r, &size))
		return broken(c);
	while (c->r->at < c->r->end && (*evtx_bytes(c->x, c->r->at) & ~TOKEN_MORE) == TOKEN_ATTRIBUTE) {
		c->r->at++;
		if (!read_attribute(c, &owner, data ? el : NULL))
			return false;
	}
	return true;
}

static bool end_element(struct compiler *c)
{
	struct element *el = &c->stack[c->depth];

	if (c->depth == 0)
		return broken(c);
	if (el->data && !el->content) {
		struct op op = {.kind = OP_TEXT, .path = el->path, .name = el->name, .dynamic = el->dynamic};

		if (!op_add(c, op))
			return false;
	}
	c->depth--;
	return true;
}

static bool open_element(struct compiler *c, bool attributes)
{
	struct element el;
	uint8_t token;
	uint32_t size;
	str name;
	bool data;

	/* A number that says which template needs this one; XML written without a template has none. */
	if ((!c->bare && !read_skip(c->r, 2)) || !read_u32(c->x, c->r, &size))
		return broken(c);
	if (!read_name(c, &name))
		return false;
	c->stack[c->depth].content = true;
	c->stack[c->depth].text = false;
	data = str_eq(name, STR("Data"));
	if (!child(c, &c->stack[c->depth], name, &el))
		return false;
	if (attributes && !read_attributes(c, &el, data))
		return false;
	el.data = data;
	if (c->depth == EVTX_DEPTH_MAX)
		return evtx_fail(c->x, "err.evtx.depth");
	c->stack[++c->depth] = el;
	if (!read_u8(c->x, c->r, &token))
		return broken(c);
	if (token == TOKEN_CLOSE_EMPTY)
		return end_element(c);
	return token == TOKEN_CLOSE_OPEN ? true : broken(c);
}

static bool content(struct compiler *c)
{
	struct element *el = &c->stack[c->depth];
	struct op op;
	bool any;

	if (!read_piece(c, &op, &any))
		return false;
	/* Text belongs to an element. */
	if (!any || (c->depth == 0 && el->path == PATH_ROOT))
		return broken(c);
	op.path = el->path;
	op.name = el->name;
	op.dynamic = el->dynamic;
	op.part = el->text;
	el->content = el->text = true;
	return op_add(c, op);
}

static bool processing_instruction(struct compiler *c)
{
	uint8_t token;
	uint16_t units;
	str name;

	if (!read_name(c, &name))
		return false;
	if (!read_u8(c->x, c->r, &token) || token != TOKEN_PI_DATA || !read_u16(c->x, c->r, &units) ||
	    !read_skip(c->r, units * 2u))
		return broken(c);
	return true;
}

bool evtx_compile(struct evtx *x, struct reader_at *r, uint32_t base, bool bare, struct program *ret)
{
	struct compiler c;
	bool ok = true;

	c.x = x;
	c.r = r;
	c.program = ret;
	c.cap = c.depth = 0;
	c.bare = bare;
	c.stack[0] = (struct element){.path = base};
	*ret = (struct program){0};
	while (ok && r->at < r->end) {
		uint8_t token = *evtx_bytes(x, r->at);

		switch (token) {
		case TOKEN_EOF:
			r->at++;
			return c.depth == 0 ? true : broken(&c);
		case TOKEN_FRAGMENT:
			ok = read_skip(r, 4) ? true : broken(&c);
			break;
		case TOKEN_OPEN:
		case TOKEN_OPEN | TOKEN_MORE:
			r->at++;
			ok = open_element(&c, token & TOKEN_MORE);
			break;
		case TOKEN_END:
			r->at++;
			ok = end_element(&c);
			break;
		case TOKEN_PI_TARGET:
			r->at++;
			ok = processing_instruction(&c);
			break;
		default:
			ok = content(&c);
		}
	}
	return ok && (c.depth == 0 ? true : broken(&c));
}

const struct program *evtx_program(struct evtx *x, uint32_t definition, uint32_t base)
{
	uint32_t at = (definition * 2654435761u ^ base * 40503u) % SLOTS, size;
	struct reader_at r;
	struct slot *s;

	for (;; at = (at + 1) % SLOTS) {
		s = &x->slots[at];
		if (!s->used)
			break;
		if (s->definition == definition && s->base == base)
			return &s->program;
	}
	if (x->slots_used >= SLOTS / 2 || definition > x->chunk.len || x->chunk.len - definition < DEFINITION_HEADER) {
		evtx_fail(x, "err.evtx.template");
		return NULL;
	}
	size = get_u32(evtx_bytes(x, definition + DEFINITION_HEADER - 4));
	r.at = definition + DEFINITION_HEADER;
	r.end = (uint32_t)x->chunk.len;
	if (size < r.end - r.at)
		r.end = r.at + size;
	if (!evtx_compile(x, &r, base, false, &s->program))
		return NULL;
	s->definition = definition;
	s->base = base;
	s->used = true;
	x->slots_used++;
	return &s->program;
}
