/* backup: one folder with everything that a data folder must not lose, made while the program runs, and the way back.
 *
 * Shape of the folder: noroshi.db (SQLite's online backup, one state), events/, blobs/, content/ as in the data folder,
 * and manifest.json with the size and SHA-256 of each file, written last: a backup without it is not one. Why it is
 * consistent: records are taken first; event segments and blobs are only ever added to and never changed, so what the
 * records speak of is in the copies that follow. An event group that was being written when it was copied is cut off by
 * the archive's recovery, as after a crash. A backup holds password hashes, second-factor secrets and evidence: keep it
 * as you keep the data folder. It is made with mode 0700/0600. Locks, sockets, TLS keys and half-written files are not
 * in it.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "base/time.h"
#include "store/db.h"

#define BACKUP_FORMAT 1
#define BACKUP_MANIFEST_MAX (256u << 20)
#define BACKUP_FILES_MAX 5000000

struct backup {
	str data_folder;
	str out; /* a folder that does not exist or is empty */
	time_us now;
};

struct backup_report {
	int64_t files;
	uint64_t bytes;
};

/* db: any connection to the data folder's database, outside of a transaction. ERR_CONFLICT, err.backup.not_empty. */
int backup_make(struct db *db, const struct backup *b, struct backup_report *ret, struct err *e) MUST_CHECK;

struct restore {
	str from;        /* a backup's folder */
	str data_folder; /* must not exist, or be empty (a lock file does not count) */
};

/* Checks the manifest against every file, copies, opens and checks the database. Nothing is left behind when it fails
 * before the first copy; after that ERR_… names the file and the half-made folder stays for inspection. The caller
 * holds the folder's lock when it exists. ERR_CONFLICT err.restore.not_empty; ERR_CORRUPT err.restore.damaged. */
int backup_restore(const struct restore *r, struct backup_report *ret, struct err *e) MUST_CHECK;

#endif
