/* The verb `restore`: a backup into an empty data folder. Nobody's browser stays signed in over it. */
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "door/cli/remote.h"
#include "door/cli/verbs.h"
#include "guard/session.h"
#include "os/file.h"
#include "store/backup.h"

#define RESTORE_PATH_MAX 4096

static int settle(struct db *db, struct env *env, struct err *e)
{
	struct actor who;
	int rc = actor_from_peer(db, (unsigned)geteuid(), &who, e);

	if (!rc)
		rc = session_end_all(db, e);
	if (!rc)
		rc = audit_append(db, &who, STR("backup.restore"), STR("installation"), STR_NONE, env->now(env->ctx),
				  e);
	return rc;
}

static int end_sessions(const struct cli *c, struct err *e)
{
	char path[RESTORE_PATH_MAX];
	struct db *db = NULL;
	int rc;

	snprintf(path, sizeof(path), STR_FMT "/noroshi.db", STR_ARG(c->data_folder));
	rc = db_open(str_of(path), &db, e);
	if (!rc)
		rc = db_begin(db, e);
	if (!rc)
		rc = settle(db, c->env, e);
	if (!rc)
		rc = db_commit(db, e);
	if (db)
		db_rollback(db);
	db_close(db);
	return rc;
}

/* A folder that is not there yet is made only after the whole backup was found good. */
static int restore(const struct cli *c, str from, struct backup_report *ret, struct err *e)
{
	struct restore r = {from, c->data_folder};
	int lock = -1;
	int rc = file_exists(c->data_folder) ? folder_lock(c->data_folder, &lock, e) : 0;

	if (rc)
		return rc;
	rc = backup_restore(&r, ret, e);
	if (!rc)
		rc = end_sessions(c, e);
	folder_unlock(&lock);
	return rc;
}

static int restore_run(struct cli *c)
{
	struct backup_report report;
	char files[24], bytes[24];
	struct buf text;
	struct err e;
	str from = cli_folder(c, "from");

	if (!from.ptr)
		return EXIT_USAGE;
	if (restore(c, from, &report, &e)) {
		cli_report(c, &e);
		return EXIT_ERROR;
	}
	snprintf(files, sizeof(files), "%lld", (long long)report.files);
	snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)report.bytes);
	buf_init(&text, 8192);
	words_add(
		&text, c->lang, STR("admin.restored"),
		(const struct word_arg[]){{"files", str_of(files)}, {"bytes", str_of(bytes)}, {"path", c->data_folder}},
		3);
	fprintf(c->out, "%s\n", buf_cstr(&text));
	buf_done(&text);
	return EXIT_DONE;
}

static const struct cli_option restore_options[] = {{"from", "DIR", false, false}, {0}};

const struct verb verb_restore = {"restore", "DIR", restore_options, restore_run};
