#include "door/api/centre/state.h"

static bool is_text(enum state_field field)
{
	return !state_field_is_number(field) && field != FIELD_LEVEL && field != FIELD_ASSIGNMENT &&
	       field != FIELD_GAP_DUE;
}

static json_t *field_json(const struct service_state *s, enum state_field field, struct arena *a)
{
	str text = state_field_text(s, field, a);
	int64_t number = 0;

	if (field == FIELD_NA)
		return json_boolean(s->not_applicable);
	if (is_text(field))
		return api_text(text);
	if (!state_field_is_number(field))
		return api_text_or_null(text);
	return str_to_i64(text, &number) ? api_number_or_null(number) : json_null();
}

void state_json_put(json_t *out, const struct service_state *s, struct arena *a)
{
	for (enum state_field f = 0; f < FIELD_COUNT; f++)
		api_put(out, state_field_name(f), field_json(s, f, a));
}

static int wrong_type(enum state_field field, const char *expected, struct err *e)
{
	int rc = err_set_value(e, ERR_RANGE, "err.api.field", str_of(state_field_name(field)));

	err_path(e, str_of(state_field_name(field)));
	err_expected(e, str_of(expected));
	return rc;
}

int state_json_field(const json_t *value, enum state_field field, struct arena *a, struct service_state *s,
		     struct err *e)
{
	str text = STR("");

	if (!value || json_is_null(value))
		return state_field_set(s, field, STR(""), e);
	if (field == FIELD_NA) {
		if (!json_is_boolean(value))
			return wrong_type(field, "boolean", e);
		text = json_is_true(value) ? STR("1") : STR("");
	} else if (state_field_is_number(field)) {
		if (!json_is_integer(value))
			return wrong_type(field, "integer", e);
		text = arena_fmt(a, "%lld", (long long)json_integer_value(value));
	} else {
		if (!json_is_string(value))
			return wrong_type(field, "string", e);
		text = arena_str(a, (str){json_string_value(value), json_string_length(value)});
	}
	if (!text.ptr)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	return state_field_set(s, field, text, e);
}

int state_json_read(const json_t *body, struct arena *a, struct service_state *ret, struct err *e)
{
	const char *known[FIELD_COUNT + 1] = {NULL};
	int rc;

	for (enum state_field f = 0; f < FIELD_COUNT; f++)
		known[f] = state_field_name(f);
	*ret = (struct service_state){.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};
	rc = api_known(body, known, e);
	for (enum state_field f = 0; !rc && f < FIELD_COUNT; f++)
		rc = state_json_field(json_object_get(body, state_field_name(f)), f, a, ret, e);
	return rc;
}
