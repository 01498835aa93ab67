/* Corrections of names and descriptions: appended, never changed; the newest one of a text counts. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/lens/lens.h"
#include "model/event_json.h"
#include "store/queries.gen.h"
#include "store/rows.h"

static const char *const field_names[CORRECT_FIELD_COUNT] = {"name", "description"};

const char *correction_field_name(enum correction_field field)
{
	return field_names[field];
}

bool correction_field_parse(str name, enum correction_field *ret)
{
	for (size_t i = 0; i < CORRECT_FIELD_COUNT; i++)
		if (str_eq(name, str_of(field_names[i]))) {
			*ret = (enum correction_field)i;
			return true;
		}
	return false;
}

static int refuse_long(const char *field, const char *limit, struct err *e)
{
	int rc = err_set(e, ERR_RANGE, "err.build.long");

	err_path(e, str_of(field));
	err_expected(e, str_of(limit));
	return rc;
}

static int correction_check(const struct correction *c, struct err *e)
{
	int rc;

	if (c->text.len > CORRECTION_TEXT_MAX)
		return refuse_long("text", "500", e);
	if (c->source.len > CORRECTION_SOURCE_MAX)
		return refuse_long("source", "500", e);
	if (str_trim(c->text).len && !str_trim(c->source).len) {
		rc = err_set(e, ERR_RANGE, "err.lens.correction_source");
		err_path(e, STR("source"));
		return rc;
	}
	return 0;
}

static int correction_insert(struct db *db, const struct actor *who, const struct correction *c, time_us now,
			     struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_lens_correction_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "content_set", c->set);
	stmt_text(&st, "item", c->item);
	stmt_text(&st, "field", str_of(field_names[c->field]));
	stmt_text(&st, "lang", str_of(lang_code(c->lang)));
	stmt_text(&st, "body", c->text.ptr ? str_trim(c->text) : STR(""));
	stmt_text(&st, "source", c->source.ptr ? str_trim(c->source) : STR(""));
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "at", now);
	return stmt_run(&st, e);
}

static int trail(struct db *db, const struct actor *who, const struct correction *c, time_us now, struct err *e)
{
	_cleanup_(buf_done) struct buf object = {0}, detail = {0};

	buf_init(&object, 256);
	buf_init(&detail, 16384);
	buf_add_fmt(&object, "content:" STR_FMT "/" STR_FMT, STR_ARG(c->set), STR_ARG(c->item));
	buf_add_fmt(&detail, "{\"field\":\"%s\",\"lang\":\"%s\",\"text\":", field_names[c->field], lang_code(c->lang));
	json_add_text(&detail, str_trim(c->text));
	buf_add(&detail, STR(",\"source\":"));
	json_add_text(&detail, str_trim(c->source));
	buf_add_byte(&detail, '}');
	return audit_append(db, who, STR("content.correct"), buf_str(&object), buf_str(&detail), now, e);
}

int correction_save(struct db *db, const struct actor *who, const struct correction *c, time_us now, struct err *e)
{
	int rc = correction_check(c, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	rc = correction_insert(db, who, c, now, e);
	if (!rc)
		rc = trail(db, who, c, now, e);
	return db_end(db, rc, e);
}

static int read_row(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct correction *c = ret;

	*c = (struct correction){.set = stmt_take(st, "content_set", a),
				 .item = stmt_take(st, "item", a),
				 .text = stmt_take(st, "body", a),
				 .source = stmt_take(st, "source", a),
				 .user_name = stmt_take(st, "user_name", a),
				 .at = stmt_col_i64(st, "at")};
	if (correction_field_parse(stmt_col_text(st, "field"), &c->field) &&
	    lang_parse(stmt_col_text(st, "lang"), &c->lang))
		return 0;
	return err_set(e, ERR_CORRUPT, "err.lens.correction_row");
}

static int read_rows(struct stmt *st, struct arena *a, uint32_t most, struct correction_list *ret, struct err *e)
{
	static const struct row_kind kind = {sizeof(struct correction), read_row};
	struct rows rows;
	int rc;

	stmt_i64(st, "count", most);
	if ((rc = rows_read(st, &kind, most, a, &rows, e)))
		return rc;
	*ret = (struct correction_list){.items = rows.items, .count = rows.count};
	return 0;
}

int correction_list(struct db *db, struct scope scope, str set, struct arena *a, struct correction_list *ret,
		    struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_lens_correction_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "content_set", set);
	return read_rows(&st, a, CORRECTIONS_MAX, ret, e);
}

int correction_history(struct db *db, struct scope scope, str set, str item, struct arena *a,
		       struct correction_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_lens_correction_history, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "content_set", set);
	stmt_text(&st, "item", item);
	return read_rows(&st, a, CORRECTION_HISTORY_MAX, ret, e);
}

const struct correction *correction_find(const struct correction_list *list, str item, enum correction_field field,
					 enum lang lang)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const struct correction *c = &list->items[i];

		if (c->field == field && c->lang == lang && str_eq(c->item, item))
			return c->text.len ? c : NULL;
	}
	return NULL;
}
