/* request: what handlers ask of a request. */
#include <stdio.h>

#include "door/http/internal.h"

str request_header(const struct request *rq, str name)
{
	for (size_t i = 0; i < rq->header_count; i++)
		if (str_eq_nocase(rq->headers[i].name, name))
			return rq->headers[i].value;
	return STR_NONE;
}

str request_query(const struct request *rq, str name)
{
	return params_first(&rq->query_params, name);
}

str request_form(const struct request *rq, str name)
{
	return params_first(&rq->form_params, name);
}

bool request_query_each(const struct request *rq, str name, size_t *at, str *ret)
{
	return params_each(&rq->query_params, name, at, ret);
}

bool request_form_each(const struct request *rq, str name, size_t *at, str *ret)
{
	return params_each(&rq->form_params, name, at, ret);
}

bool request_file(const struct request *rq, str field, struct http_file *ret)
{
	for (size_t i = 0; i < rq->file_count; i++) {
		if (str_eq(rq->files[i].field, field)) {
			*ret = rq->files[i];
			return true;
		}
	}
	return false;
}

str request_cookie(const struct request *rq, str name)
{
	for (size_t i = 0; i < rq->header_count; i++) {
		str rest = rq->headers[i].value, pair;

		if (!str_eq_nocase(rq->headers[i].name, STR("cookie")))
			continue;
		while (str_next(&rest, ';', &pair)) {
			ptrdiff_t mark;

			pair = str_trim(pair);
			mark = str_find_byte(pair, '=');
			if (mark > 0 && str_eq(str_sub(pair, 0, (size_t)mark), name))
				return str_from(pair, (size_t)mark + 1);
		}
	}
	return STR_NONE;
}

/* A path that names no number names nothing: not found rather than wrong. */
int request_param_i64(const struct request *rq, size_t index, int64_t *ret, struct err *e)
{
	CHECK(index < HTTP_PATH_PARAMS_MAX);
	if (!str_to_i64(rq->path_params[index], ret))
		return err_set_value(e, ERR_NOT_FOUND, "err.http.not_found", str_sub(rq->path_params[index], 0, 64));
	return 0;
}

int request_limit(const struct request *rq, int64_t fallback, int64_t max, int64_t *ret, struct err *e)
{
	str text = request_query(rq, STR("limit"));
	int64_t value = fallback;

	if (text.ptr && (!str_to_i64(text, &value) || value < 1 || value > max)) {
		int rc = err_set_value(e, ERR_RANGE, "err.http.limit", str_sub(text, 0, 32));
		char range[48];

		snprintf(range, sizeof(range), "1–%lld", (long long)max);
		err_path(e, STR("limit"));
		err_expected(e, str_of(range));
		return rc;
	}
	*ret = value;
	return 0;
}

str cursor_make(struct request *rq, int64_t key, int64_t id)
{
	return arena_fmt(rq->arena, "%016llx%016llx", (unsigned long long)key, (unsigned long long)id);
}

static bool read_hex(str text, int64_t *ret)
{
	uint64_t value = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		value = value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	*ret = (int64_t)value;
	return true;
}

int cursor_read(str cursor, int64_t *ret_key, int64_t *ret_id, struct err *e)
{
	int64_t key, id;

	if (cursor.len != 32 || !read_hex(str_sub(cursor, 0, 16), &key) || !read_hex(str_from(cursor, 16), &id)) {
		int rc = err_set_value(e, ERR_RANGE, "err.http.cursor", str_sub(cursor, 0, 64));

		err_path(e, STR("cursor"));
		return rc;
	}
	*ret_key = key;
	*ret_id = id;
	return 0;
}
