/* A folder of its own for each test, removed at the end. */
#ifndef TESTS_UNIT_STORE_FOLDER_H
#define TESTS_UNIT_STORE_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "store/db.h"

struct folder {
	char path[128];
};

static inline int folder_remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline void folder_open_temp(struct folder *f)
{
	snprintf(f->path, sizeof(f->path), "/tmp/noroshi-test-XXXXXX");
	CHECK(mkdtemp(f->path) != NULL);
}

static inline void folder_remove_temp(struct folder *f)
{
	nftw(f->path, folder_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* path/name in a static buffer of the caller. */
static inline str folder_file(const struct folder *f, const char *name, char out[256])
{
	snprintf(out, 256, "%s/%s", f->path, name);
	return str_of(out);
}

static inline struct db *folder_db(const struct folder *f)
{
	char path[256];
	struct err e = {0};
	struct db *db = NULL;

	if (db_open(folder_file(f, "noroshi.db", path), &db, &e) || db_migrate(db, &e)) {
		fprintf(stderr, "%s: %s %s\n", e.id, e.path, e.detail);
		abort();
	}
	return db;
}

#endif
