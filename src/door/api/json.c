#include "door/api/json.h"

#include "base/check.h"

json_t *api_json(json_t *j)
{
	CHECK(j != NULL);
	return j;
}

json_t *api_text(str s)
{
	/* Text of the store is UTF-8 already; a slice cut by a limit may not be, and is shown as far as it can be. */
	json_t *text = json_stringn(s.ptr ? s.ptr : "", s.len);

	return text ? text : api_json(json_string(""));
}

json_t *api_text_or_null(str s)
{
	return s.len ? api_text(s) : json_null();
}

json_t *api_time(time_us t)
{
	char text[TIME_TEXT_MAX];

	return t ? api_json(json_stringn(text, time_format(t, text))) : json_null();
}

json_t *api_number_or_null(int64_t value)
{
	return value ? api_json(json_integer(value)) : json_null();
}

void api_put(json_t *object, const char *key, json_t *value)
{
	CHECK(json_object_set_new(object, key, api_json(value)) == 0);
}

void api_add(json_t *array, json_t *value)
{
	CHECK(json_array_append_new(array, api_json(value)) == 0);
}

int response_json(struct response *rs, json_t *body, struct err *e)
{
	_cleanup_free_ char *dumped = json_dumps(api_json(body), JSON_COMPACT | JSON_REAL_PRECISION(4));

	CHECK(dumped != NULL);
	json_decref(body);
	rs->content_type = STR("application/json");
	buf_add(&rs->body, str_of(dumped));
	return buf_check(&rs->body, e);
}

/* Depth of the brackets outside of strings, so that a hostile body cannot nest as deep as the library would follow. */
static bool is_too_deep(str body)
{
	uint32_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < body.len; i++) {
		char c = body.ptr[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '[' || c == '{'))
			depth++;
		else if (!quoted && (c == ']' || c == '}') && depth)
			depth--;
		if (depth > API_JSON_DEPTH_MAX)
			return true;
	}
	return false;
}

int request_json(const struct request *rq, json_t **ret, struct err *e)
{
	json_error_t at = {0};
	json_t *body;
	int rc;

	if (is_too_deep(rq->body))
		return err_set(e, ERR_LIMIT, "err.api.deep");
	body = json_loadb(rq->body.ptr ? rq->body.ptr : "", rq->body.len, JSON_REJECT_DUPLICATES, &at);
	if (!body) {
		rc = err_set(e, ERR_PARSE, "err.api.json");
		err_at(e, at.line > 0 ? (uint32_t)at.line : 0, at.column > 0 ? (uint32_t)at.column : 0);
		err_detail(e, str_of(at.text));
		return rc;
	}
	if (!json_is_object(body)) {
		json_decref(body);
		return err_set(e, ERR_PARSE, "err.api.object");
	}
	*ret = body;
	return 0;
}

static int refuse(struct err *e, const char *key, const char *field, const char *expected)
{
	int rc = err_set_value(e, ERR_RANGE, key, str_of(field));

	err_path(e, str_of(field));
	err_expected(e, str_of(expected));
	return rc;
}

int api_known(const json_t *object, const char *const *known, struct err *e)
{
	const char *field;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, field, value)
	{
		const char *const *k = known;

		while (*k && strcmp(*k, field) != 0)
			k++;
		if (!*k)
			return refuse(e, "err.api.unknown_field", field, "");
	}
	return 0;
}

int api_field_text(const json_t *object, const char *field, str *ret, struct err *e)
{
	json_t *value = json_object_get(object, field);

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return refuse(e, "err.api.field", field, "string");
	*ret = (str){json_string_value(value), json_string_length(value)};
	return 0;
}

int api_field_i64(const json_t *object, const char *field, int64_t *ret, struct err *e)
{
	json_t *value = json_object_get(object, field);

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_integer(value))
		return refuse(e, "err.api.field", field, "integer");
	*ret = json_integer_value(value);
	return 0;
}

int api_field_bool(const json_t *object, const char *field, bool *ret, struct err *e)
{
	json_t *value = json_object_get(object, field);

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_boolean(value))
		return refuse(e, "err.api.field", field, "boolean");
	*ret = json_is_true(value);
	return 0;
}

int api_field_time(const json_t *object, const char *field, time_us *ret, struct err *e)
{
	str text = STR_NONE;
	int rc = api_field_text(object, field, &text, e);

	if (rc || !text.ptr)
		return rc;
	return time_parse(text, ret) ? 0 : refuse(e, "err.api.field", field, "date-time");
}

int api_required(const json_t *object, const char *field, struct err *e)
{
	json_t *value = json_object_get(object, field);

	return value && !json_is_null(value) ? 0 : refuse(e, "err.api.required", field, "");
}

void api_etag(struct request *rq, struct response *rs, int64_t version)
{
	str value = arena_fmt(rq->arena, "\"v%lld\"", (long long)version);

	if (value.ptr)
		response_header(rs, STR("ETag"), value);
}

int api_if_match(const struct request *rq, int64_t *ret_version, struct err *e)
{
	str value = str_trim(request_header(rq, STR("If-Match")));

	if (!value.len)
		return err_set(e, ERR_WRONG_STATE, "err.api.if_match");
	if (value.len < 4 || !str_starts(value, STR("\"v")) || !str_ends(value, STR("\"")) ||
	    !str_to_i64(str_sub(value, 2, value.len - 3), ret_version))
		return err_set_value(e, ERR_CONFLICT, "err.api.changed", value);
	return 0;
}
