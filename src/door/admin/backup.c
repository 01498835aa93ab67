#include "store/backup.h"

#include <stdio.h>

#include "door/admin/internal.h"

#define OUT_MAX 4096

/* Over the socket the caller has the system's rights anyway and names any folder; from afar only a name of our own. */
static int folder_of(const struct admin_call *c, str wanted, char out[OUT_MAX], struct err *e)
{
	if (c->who->kind == ACTOR_SOCKET) {
		if (!str_starts(wanted, STR("/")) || wanted.len >= OUT_MAX)
			return err_set_value(e, ERR_RANGE, "err.admin.folder", wanted);
		snprintf(out, OUT_MAX, STR_FMT, STR_ARG(wanted));
		return 0;
	}
	for (size_t i = 0; i < wanted.len; i++) {
		char ch = wanted.ptr[i];
		bool is_good = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_';

		if (!is_good || i >= 64)
			return err_set_value(e, ERR_RANGE, "err.admin.backup_name", wanted);
	}
	if (wanted.len == 0)
		return err_set_value(e, ERR_RANGE, "err.admin.backup_name", wanted);
	snprintf(out, OUT_MAX, STR_FMT "/backups/" STR_FMT, STR_ARG(c->data_folder), STR_ARG(wanted));
	return 0;
}

static int note(const struct admin_call *c, json_t **ret, struct err *e)
{
	(void)ret;
	return audit_append(c->db, c->who, STR("backup.make"), STR("installation"), STR_NONE, admin_now(c), e);
}

int admin_backup(const struct admin_call *c, json_t **ret, struct err *e)
{
	struct backup b = {.data_folder = c->data_folder, .now = admin_now(c)};
	struct backup_report report;
	const char *wanted = NULL;
	json_t *nothing = NULL;
	char out[OUT_MAX];
	bool is_first = false;
	int rc = admin_is_first(c, &is_first, e);

	if (!rc && !is_first)
		rc = err_set(e, ERR_NOT_FOUND, "err.admin.first_only");
	if (!rc)
		rc = admin_read(c, e, "{s:s !}", "out", &wanted);
	if (!rc)
		rc = folder_of(c, str_of(wanted), out, e);
	/* The trail says so before the copy is made, so that the copy says it too. */
	if (!rc)
		rc = admin_write(c, note, &nothing, e);
	if (rc)
		return rc;
	b.out = str_of(out);
	rc = backup_make(c->db, &b, &report, e);
	if (rc)
		return rc;
	*ret = admin_json(json_pack("{s:s, s:I, s:I}", "path", out, "files", (json_int_t)report.files, "bytes",
				    (json_int_t)report.bytes));
	return 0;
}
