/* Tables as JSON: how the store keeps them and the API shows them. */
#include <jansson.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/criteria/internal.h"

static json_t *triage_json(const struct triage_table *t)
{
	json_t *out = json_object(), *adjust = json_array(), *minutes = json_array();

	for (int i = 0; i < TRIAGE_STEPS; i++) {
		json_t *row = json_array();

		for (int k = 0; k < TRIAGE_STEPS; k++)
			json_array_append_new(row, json_integer(t->adjust[i][k]));
		json_array_append_new(adjust, row);
	}
	for (int i = 0; i < TRIAGE_LEVELS; i++)
		json_array_append_new(minutes, json_integer(t->acknowledge_min[i]));
	json_object_set_new(out, "adjust", adjust);
	json_object_set_new(out, "acknowledge_min", minutes);
	return out;
}

static json_t *text(str s)
{
	return json_stringn(s.ptr ? s.ptr : "", s.len);
}

static json_t *policy_json(const struct policy_table *t)
{
	json_t *out = json_object(), *rows = json_array();

	for (uint32_t i = 0; i < t->count; i++) {
		const struct policy *p = &t->rows[i];
		json_t *row = json_object();

		json_object_set_new(row, "id", text(p->id));
		json_object_set_new(row, "name", text(p->name));
		json_object_set_new(row, "states", text(p->states));
		json_object_set_new(row, "severity_min", json_integer(p->severity_min));
		json_object_set_new(row, "decider", text(p->decider));
		json_object_set_new(row, "minutes", json_integer(p->minutes));
		json_object_set_new(row, "consent", json_boolean(p->consent));
		json_object_set_new(row, "remark", text(p->remark));
		json_array_append_new(rows, row);
	}
	json_object_set_new(out, "actions", rows);
	return out;
}

int criteria_write(const struct criteria *c, struct buf *out, struct err *e)
{
	json_t *json = c->kind == CRITERIA_TRIAGE ? triage_json(&c->triage) : policy_json(&c->policy);
	_cleanup_free_ char *dump = NULL;

	CHECK(json);
	dump = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	/* A text that is no UTF-8 has no JSON: the forms give none. */
	if (!dump)
		return err_set(e, ERR_RANGE, "err.criteria.body");
	buf_add(out, str_of(dump));
	return buf_check(out, e);
}

/* ---- reading ---- */

static bool number(const json_t *j, int *ret)
{
	if (!json_is_integer(j) || json_integer_value(j) < -100000 || json_integer_value(j) > 100000)
		return false;
	*ret = (int)json_integer_value(j);
	return true;
}

static bool triage_read(const json_t *j, struct triage_table *t)
{
	const json_t *adjust = json_object_get(j, "adjust"), *minutes = json_object_get(j, "acknowledge_min");

	if (json_array_size(adjust) != TRIAGE_STEPS || json_array_size(minutes) != TRIAGE_LEVELS)
		return false;
	for (size_t i = 0; i < (size_t)TRIAGE_STEPS * TRIAGE_STEPS; i++)
		if (!number(json_array_get(json_array_get(adjust, i / TRIAGE_STEPS), i % TRIAGE_STEPS),
			    &t->adjust[i / TRIAGE_STEPS][i % TRIAGE_STEPS]))
			return false;
	for (size_t i = 0; i < TRIAGE_LEVELS; i++)
		if (!number(json_array_get(minutes, i), &t->acknowledge_min[i]))
			return false;
	return true;
}

static bool take(const json_t *row, const char *key, struct arena *a, str *ret)
{
	const json_t *j = json_object_get(row, key);

	*ret = arena_str(a, json_is_string(j) ? (str){json_string_value(j), json_string_length(j)} : STR(""));
	return ret->ptr != NULL;
}

static bool policy_read(const json_t *j, struct arena *a, struct policy_table *t)
{
	const json_t *rows = json_object_get(j, "actions");
	size_t count = json_array_size(rows);

	t->rows = arena_alloc(a, (count + 1) * sizeof(*t->rows));
	if (!json_is_array(rows) || count > POLICY_MAX || !t->rows)
		return false;
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i);
		struct policy *p = &t->rows[t->count++];

		if (!take(row, "id", a, &p->id) || !take(row, "name", a, &p->name) ||
		    !take(row, "states", a, &p->states) || !take(row, "decider", a, &p->decider) ||
		    !take(row, "remark", a, &p->remark) ||
		    !number(json_object_get(row, "severity_min"), &p->severity_min) ||
		    !number(json_object_get(row, "minutes"), &p->minutes))
			return false;
		p->consent = json_is_true(json_object_get(row, "consent"));
	}
	return true;
}

int criteria_read(str body, struct arena *a, struct criteria *ret, struct err *e)
{
	json_t *j = json_loadb(body.ptr ? body.ptr : "", body.len, 0, NULL);
	bool ok = j && (ret->kind == CRITERIA_TRIAGE ? triage_read(j, &ret->triage) : policy_read(j, a, &ret->policy));

	json_decref(j);
	return ok ? 0 : err_set(e, ERR_CORRUPT, "err.criteria.body");
}
