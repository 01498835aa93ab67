/* Programs and the values of a record → leaves. */
#include "codec/evtx/internal.h"

struct run {
	struct evtx *x;
	const struct value *values;
	uint32_t count;
	uint32_t dynamic_path; /* where ops go whose name is a value */
	str dynamic_name;
};

static bool broken(struct evtx *x)
{
	return evtx_fail(x, "err.evtx.xml");
}

/* Where an op's text goes; a name that is not interned must outlive the chunk, so it is copied. */
static bool target(struct run *r, const struct op *op, uint32_t *ret_path, str *ret_name)
{
	*ret_path = op->dynamic ? r->dynamic_path : op->path;
	*ret_name = op->dynamic ? r->dynamic_name : op->name;
	if (*ret_path != PATH_NONE || op->dynamic)
		return true;
	*ret_name = leaves_copy(r->x->out, op->name);
	return ret_name->ptr ? true : evtx_memory(r->x);
}

static bool emit_one(struct run *r, const struct op *op, const struct value *v)
{
	enum leaf_type type;
	uint32_t path;
	str text, name;

	if (!evtx_value_text(r->x, v, &text, &type) || !target(r, op, &path, &name))
		return false;
	leaves_add(r->x->out, path, name, text, type);
	return true;
}

/* The bytes of the next element of an array, taken off *rest. */
static struct value next_element(struct evtx *x, struct value *rest)
{
	uint8_t kind = rest->kind & (uint8_t)~EVTX_ARRAY;
	struct value v = {rest->at, evtx_element_size(kind), kind};
	const unsigned char *p = evtx_bytes(x, rest->at);
	uint32_t skip;

	if (kind == EVTX_STRING) {
		while (v.size + 2 <= rest->size && (p[v.size] || p[v.size + 1]))
			v.size += 2;
		skip = v.size + 2;
	} else if (kind == EVTX_ANSI) {
		while (v.size < rest->size && p[v.size])
			v.size++;
		skip = v.size + 1;
	} else if (kind == EVTX_SID && rest->size >= 8) {
		v.size = skip = 8 + 4u * p[1];
	} else {
		skip = v.size ? v.size : rest->size;
		v.size = skip;
	}
	if (v.size > rest->size)
		v.size = rest->size;
	if (skip > rest->size)
		skip = rest->size;
	rest->at += skip;
	rest->size -= skip;
	return v;
}

static bool emit_value(struct run *r, const struct op *op)
{
	static const struct value null = {0};
	const struct value *v = op->index < r->count ? &r->values[op->index] : &null;
	struct evtx *x = r->x;

	if (v->kind == EVTX_NULL && op->optional)
		return true;
	if (v->kind == EVTX_BINXML) {
		struct reader_at inner = {v->at, v->at + v->size};

		return v->size ? evtx_fragment(x, &inner, op->path) : true;
	}
	if (v->kind & EVTX_ARRAY) {
		struct value rest = *v;

		while (rest.size) {
			struct value one = next_element(x, &rest);

			if (x->steps++ > EVTX_STEPS_MAX)
				return evtx_fail(x, "err.evtx.steps");
			if (!emit_one(r, op, &one))
				return false;
		}
		return true;
	}
	return emit_one(r, op, v);
}

/* Several pieces make one text: ops [0, count). */
static bool emit_joined(struct run *r, const struct op *ops, uint32_t count)
{
	struct leaves *l = r->x->out;
	enum leaf_type type;
	str all = STR("");
	uint32_t path;
	str name;

	for (uint32_t i = 0; i < count; i++) {
		str piece = ops[i].text;

		if (ops[i].kind == OP_SUBST) {
			static const struct value null = {0};
			const struct value *v = ops[i].index < r->count ? &r->values[ops[i].index] : &null;

			if (v->kind == EVTX_BINXML || !evtx_value_text(r->x, v, &piece, &type))
				return r->x->memory ? false : broken(r->x);
		}
		if (!leaves_room(l, all.len + piece.len + 1, 0))
			return evtx_memory(r->x);
		memcpy(l->at, all.ptr, all.len);
		if (piece.len)
			memcpy(l->at + all.len, piece.ptr, piece.len);
		all = (str){l->at, all.len + piece.len};
		l->at += all.len;
	}
	if (!target(r, ops, &path, &name))
		return false;
	leaves_add(l, path, name, all, LEAF_TEXT);
	return true;
}

static bool set_dynamic(struct run *r, const struct op *op)
{
	static const struct value null = {0};
	const struct value *v = op->index < r->count ? &r->values[op->index] : &null;
	struct path_table *paths = r->x->out->paths;
	enum leaf_type type;
	str key;

	if (!evtx_value_text(r->x, v, &key, &type))
		return false;
	if (key.len == 0)
		key = STR("Data");
	r->dynamic_path = op->path ? path_child(paths, op->path, key) : PATH_NONE;
	if (r->dynamic_path)
		return true;
	r->dynamic_name = leaves_join(r->x->out, op->path ? path_name(paths, op->path) : op->name, key);
	return r->dynamic_name.ptr ? true : evtx_memory(r->x);
}

static bool run(struct evtx *x, const struct program *p, const struct value *values, uint32_t count)
{
	struct run r = {.x = x, .values = values, .count = count};
	bool ok = true;

	for (uint32_t i = 0, next; ok && i < p->count; i = next) {
		const struct op *op = &p->ops[i];

		for (next = i + 1; next < p->count && p->ops[next].part;)
			next++;
		x->steps += next - i;
		if (x->steps > EVTX_STEPS_MAX)
			return evtx_fail(x, "err.evtx.steps");
		if (next - i > 1)
			ok = emit_joined(&r, op, next - i);
		else if (op->kind == OP_SUBST)
			ok = emit_value(&r, op);
		else if (op->kind == OP_NAME)
			ok = set_dynamic(&r, op);
		else
			ok = emit_joined(&r, op, 1);
	}
	return ok;
}

/* Descriptors (size, kind) and then the values they describe. */
static bool read_values(struct evtx *x, struct reader_at *r, uint32_t *ret_count)
{
	struct reader_at table;
	uint32_t count;

	if (!read_u32(x, r, &count) || count > (r->end - r->at) / 4)
		return broken(x);
	if (count > EVTX_VALUES_MAX - x->values_count)
		return evtx_fail(x, "err.evtx.values");
	table = (struct reader_at){r->at, r->at + count * 4};
	r->at += count * 4;
	for (uint32_t i = 0; i < count; i++) {
		struct value *v = &x->values[x->values_count + i];
		const unsigned char *p = evtx_bytes(x, table.at + 4 * i);

		*v = (struct value){r->at, get_u16(p), p[2]};
		if (!read_skip(r, v->size))
			return broken(x);
	}
	*ret_count = count;
	return true;
}

static bool template_instance(struct evtx *x, struct reader_at *r, uint32_t base)
{
	const struct program *program;
	uint32_t definition, first = x->values_count, count;
	bool ok;

	/* Token, a byte, the template's short number. */
	if (!read_skip(r, 6) || !read_u32(x, r, &definition))
		return broken(x);
	/* The definition stands in the stream where its template is used first. */
	if (definition == r->at) {
		uint32_t size;

		if (!read_skip(r, 20) || !read_u32(x, r, &size) || !read_skip(r, size))
			return broken(x);
	}
	if (!read_values(x, r, &count))
		return false;
	program = evtx_program(x, definition, base);
	if (!program)
		return false;
	x->values_count += count;
	ok = run(x, program, &x->values[first], count);
	x->values_count = first;
	return ok;
}

bool evtx_fragment(struct evtx *x, struct reader_at *r, uint32_t base)
{
	struct program program;
	bool ok;

	if (x->nesting == EVTX_NESTING_MAX)
		return evtx_fail(x, "err.evtx.nesting");
	if (r->end - r->at >= 4 && *evtx_bytes(x, r->at) == TOKEN_FRAGMENT)
		r->at += 4;
	if (r->at == r->end)
		return true;
	x->nesting++;
	if (*evtx_bytes(x, r->at) == TOKEN_TEMPLATE)
		ok = template_instance(x, r, base);
	else
		ok = evtx_compile(x, r, base, true, &program) && run(x, &program, NULL, 0);
	x->nesting--;
	return ok;
}
