/* The one pass over objects and arrays: frames for the open ones, a guess for each key. The same code is compiled once
 * for each SCAN_WIDTH, by walk_avx2.c, walk_sse2.c and walk_scalar.c; json_flatten picks one when it runs. */
#ifndef CODEC_NDJSON_WALK_H
#define CODEC_NDJSON_WALK_H

#include "codec/ndjson/string_walk.h"

static inline void skip_space(struct cursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\r' || *c->at == '\t'))
		c->at++;
}

/* A key that has a backslash or a quote inside differs from its bytes in the input, so it is never guessed. */
static bool can_be_guessed(str key)
{
	return str_find_byte(key, '\\') < 0 && str_find_byte(key, '"') < 0;
}

static bool key_slow(struct cursor *c, struct frame *f, uint32_t *ret_path, str *ret_name)
{
	struct path_table *paths = c->out->paths;
	uint32_t path = PATH_NONE;
	str key;

	if (!read_string(c, &key))
		return false;
	if (f->path != PATH_NONE)
		path = path_child(paths, f->path, key);
	if (path == PATH_NONE) {
		*ret_name = leaves_join(c->out, f->path ? path_name(paths, f->path) : f->name, key);
		if (!ret_name->ptr)
			return cursor_memory(c);
	} else if (can_be_guessed(key)) {
		uint32_t *guess = f->prev ? &paths->nodes[f->prev].next : &paths->nodes[f->path].first;

		*guess = path;
	}
	f->prev = path;
	*ret_path = path;
	return true;
}

/* at: the opening quote. */
static inline bool read_key(struct cursor *c, struct frame *f, uint32_t *ret_path, str *ret_name)
{
	const struct path_node *nodes = c->out->paths->nodes;
	uint32_t guess = f->prev ? nodes[f->prev].next : nodes[f->path].first;
	const struct path_node *n = &nodes[guess];

	c->at++;
	if (guess && (size_t)(c->end - c->at) > n->key.len && c->at[n->key.len] == '"' &&
	    memcmp(c->at, n->key.ptr, n->key.len) == 0) {
		c->at += n->key.len + 1;
		f->prev = guess;
		*ret_path = guess;
		return true;
	}
	return key_slow(c, f, ret_path, ret_name);
}

static bool open_frame(struct cursor *c, uint32_t path, str name, char close)
{
	if (c->depth == JSON_DEPTH_MAX) {
		c->fault = "err.json.depth";
		c->code = ERR_LIMIT;
		return false;
	}
	c->at++;
	c->frames[c->depth++] = (struct frame){.path = path, .name = name, .close = close};
	return true;
}

static bool literal(struct cursor *c, const char *word, size_t len, str *ret)
{
	size_t left = (size_t)(c->end - c->at);

	if (memcmp(c->at, word, left < len ? left : len) != 0)
		return cursor_fail(c, "err.json.value");
	if (left < len) {
		c->at = c->end;
		return cursor_fail(c, "err.json.end");
	}
	*ret = (str){c->at, len};
	c->at += len;
	return true;
}

static bool read_value(struct cursor *c, uint32_t path, str name)
{
	enum leaf_type type = LEAF_TEXT;
	str text = STR_NONE;
	bool ok;

	switch (*c->at) {
	case '"':
		c->at++;
		ok = read_string(c, &text);
		break;
	case '{':
		return open_frame(c, path, name, '}');
	case '[':
		return open_frame(c, path, name, ']');
	case 't':
		type = LEAF_BOOL;
		ok = literal(c, "true", 4, &text);
		break;
	case 'f':
		type = LEAF_BOOL;
		ok = literal(c, "false", 5, &text);
		break;
	case 'n':
		type = LEAF_NULL;
		ok = literal(c, "null", 4, &text);
		text = STR_NONE;
		break;
	default:
		type = LEAF_NUMBER;
		if (*c->at != '-' && (*c->at < '0' || *c->at > '9'))
			return cursor_fail(c, "err.json.value");
		ok = json_read_number(c, &text);
	}
	if (ok)
		leaves_add(c->out, path, name, text, type);
	return ok;
}

/* The next member of the open object or array, or its end. */
static bool step(struct cursor *c)
{
	struct frame *f = &c->frames[c->depth - 1];
	uint32_t path = f->path;
	str name = f->name;

	skip_space(c);
	if (c->at == c->end)
		return cursor_fail(c, "err.json.end");
	if (f->filled && *c->at == ',') {
		c->at++;
		skip_space(c);
	} else if (*c->at == f->close) {
		c->at++;
		c->depth--;
		return true;
	} else if (f->filled) {
		return cursor_fail(c, "err.json.comma");
	}
	f->filled = true;
	if (c->at == c->end)
		return cursor_fail(c, "err.json.end");
	if (f->close == '}') {
		if (*c->at != '"')
			return cursor_fail(c, "err.json.key");
		if (!read_key(c, f, &path, &name))
			return false;
		skip_space(c);
		if (c->at < c->end && *c->at != ':')
			return cursor_fail(c, "err.json.colon");
		c->at += c->at < c->end;
		skip_space(c);
		if (c->at == c->end)
			return cursor_fail(c, "err.json.end");
	}
	return read_value(c, path, name);
}

static inline bool walk(struct cursor *c)
{
	bool ok;

	if (c->at < c->end && (*c->at == '{' || *c->at == '['))
		ok = open_frame(c, PATH_ROOT, STR_NONE, *c->at == '{' ? '}' : ']');
	else
		ok = cursor_fail(c, c->at < c->end ? "err.json.value" : "err.json.end");
	while (ok && c->depth)
		ok = step(c);
	return ok;
}

#endif
