/* What every write of a record does. */
#include "craft/record/record.h"

#include <jansson.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"

int name_find(const struct name_table *table, str name)
{
	for (size_t i = 0; i < table->count; i++)
		if (str_eq(name, str_of(table->names[i])))
			return (int)i;
	return -1;
}

int check_length(const char *field, str value, uint32_t max, bool needed, struct err *e)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%u", max), rc;

	if (value.len <= max && (!needed || str_trim(value).len))
		return 0;
	rc = err_set(e, ERR_RANGE, value.len > max ? "err.record.long" : "err.record.empty");
	err_path(e, str_of(field));
	err_expected(e, (str){text, (size_t)len});
	return rc;
}

static str object_of(const struct trail *t, char text[64])
{
	int len = snprintf(text, 64, "%s:%lld", t->kind, (long long)t->id);

	return (str){text, (size_t)len};
}

int trail_add(struct db *db, const struct actor *who, const struct trail *t, struct err *e)
{
	char object[64];
	_cleanup_free_ char *detail = NULL;
	json_t *json = json_object();

	CHECK(json);
	for (const struct trail_pair *p = t->pairs; p && p->name; p++)
		json_object_set_new(json, p->name, json_stringn(p->value.ptr ? p->value.ptr : "", p->value.len));
	detail = json_dumps(json, JSON_COMPACT);
	CHECK(detail);
	json_decref(json);
	return audit_append(db, who, str_of(t->action), object_of(t, object), str_of(detail), t->now, e);
}

int work_add(struct db *db, const struct actor *who, const struct trail *t, const char *service, struct err *e)
{
	char object[64];
	struct work w = {.service = str_of(service),
			 .action = str_of(t->action),
			 .object = object_of(t, object),
			 .started = t->now,
			 .ended = t->now};

	return work_record(db, who, &w, e);
}

str row_text(struct stmt *st, const char *name, struct arena *a, bool *failed)
{
	str s = arena_str(a, stmt_col_text(st, name));

	*failed |= !s.ptr;
	return s;
}
