#include "base/mem.h"
#include "centre/build/build.h"

static int enter_inside(struct db *db, const struct actor *who, const struct work_entry *entry, int64_t *ret_id,
			struct err *e)
{
	_cleanup_(buf_done) struct buf object = {0}, detail = {0};
	struct work w = entry->work;
	int rc;

	w.action = STR("work.enter");
	w.recorded = entry->now;
	if ((rc = work_record(db, who, &w, e)))
		return rc;
	*ret_id = db_last_id(db);
	buf_init(&object, 64);
	buf_add_fmt(&object, "work:%lld", (long long)*ret_id);
	/* The service is one of the framework's, so it needs no escaping. */
	buf_init(&detail, 256);
	buf_add_fmt(&detail, "{\"service\":\"" STR_FMT "\",\"occasion\":\"%s\"}", STR_ARG(w.service),
		    occasion_name(w.occasion));
	return audit_append(db, who, w.action, buf_str(&object), buf_str(&detail), entry->now, e);
}

int service_work_enter(struct db *db, const struct actor *who, const struct work_entry *entry, int64_t *ret_id,
		       struct err *e)
{
	int64_t id = 0;
	int rc;

	if (!framework_service(entry->framework, entry->work.service))
		return err_set_value(e, ERR_NOT_FOUND, "err.build.service", entry->work.service);
	if ((rc = db_begin(db, e)))
		return rc;
	rc = enter_inside(db, who, entry, &id, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = id;
	return rc;
}
