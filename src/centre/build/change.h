/* change: what was decided together, and taking it back. Part of build.h.
 *
 * Every save is a change: one row edited, a bulk edit, an accepted proposal. A change names its rows with the versions
 * before and after, so that it can be undone as a whole. Undoing writes new versions with the old content (history is
 * never cut) and is refused when somebody has changed one of the rows since: nothing is overwritten. An undo can be
 * undone too ("redo"). Invariant: undo(do(x)) = x in every field, the signature of the scores included.
 */
#ifndef CENTRE_BUILD_CHANGE_H
#define CENTRE_BUILD_CHANGE_H

#include "centre/build/framework.h"
#include "guard/guard.h"

struct service_state;

#define CHANGE_LIST_MAX 50u                    /* changes of one page */
#define CHANGE_ROWS_MAX FRAMEWORK_SERVICES_MAX /* rows of one change */
#define COMMENT_MAX 2000u                      /* bytes */
#define COMMENTS_MAX 200u                      /* of one service */
#define COMMENT_REMOVE_LIFE (10 * TIME_MINUTE) /* so long its author may take it back */

enum change_kind {
	CHANGE_EDIT,
	CHANGE_BULK,
	CHANGE_PROPOSAL,
	CHANGE_PATTERN,
	CHANGE_WIZARD,
	CHANGE_IMPORT,
	CHANGE_RESTORE,
	CHANGE_UNDO,
	CHANGE_REDO,
	CHANGE_KIND_COUNT
};
const char *change_kind_name(enum change_kind kind); /* "edit", …; words key "build.change.<name>" */

/* One row of a set: the whole state that it shall have. `expected` is the version that was read. */
struct service_edit {
	str service;
	int64_t expected;
	const struct service_state *state;
};

struct change_set {
	const struct framework *framework;
	enum change_kind kind; /* not UNDO, REDO: change_undo does those */
	const struct service_edit *edits;
	uint32_t count;
	time_us now;
};
/* Saves all rows or none, in a transaction of its own, with one audit row ("portfolio.<kind>") that holds the set. Rows
 * that stay as they are get no version. *ret_id: the change, 0 when nothing differs. Errors as service_state_save; the
 * error's detail names the service. */
int change_set_save(struct db *db, const struct actor *who, const struct change_set *set, int64_t *ret_id,
		    struct err *e) MUST_CHECK;

struct change_row {
	str service;
	int64_t before, after; /* versions; before 0 = there was none */
};

struct change {
	int64_t id;
	enum change_kind kind;
	uint32_t row_count;
	int64_t user_id;
	str user_name;
	time_us at;
	int64_t undoes, undone_by; /* 0 = none */
	struct change_row *rows;   /* change_list: the first few; */
	uint32_t rows_read;
};

struct change_undo {
	const struct framework *framework;
	int64_t id; /* 0: the actor's newest change that stands */
	time_us now;
};
/* ERR_NOT_FOUND err.build.no_change; ERR_WRONG_STATE err.build.undone; ERR_CONFLICT err.build.undo_changed with the
 * service as value and who changed it as expected. *ret_id: the change that took it back. */
int change_undo(struct db *db, const struct actor *who, const struct change_undo *undo, int64_t *ret_id,
		struct err *e) MUST_CHECK;

/* What the buttons "undo" and "redo" would do for this person: ids, 0 = nothing. */
struct change_buttons {
	int64_t undo, redo;
	enum change_kind undo_kind;
	uint32_t undo_rows;
};
int change_buttons(struct db *db, const struct actor *who, const struct framework *fw, struct change_buttons *ret,
		   struct err *e) MUST_CHECK;

/* Gives a row the content of one of its earlier versions; a declaration of the actor's own. */
struct change_restore {
	const struct framework *framework;
	str service;
	int64_t version, expected;
	time_us now;
};
int change_restore(struct db *db, const struct actor *who, const struct change_restore *restore, int64_t *ret_id,
		   struct err *e) MUST_CHECK;

struct change_query {
	const struct framework *framework;
	int64_t before; /* ids below this one; 0 = from the newest */
	uint32_t rows;  /* rows to read of each */
};
struct change_list { /* newest first */
	struct change *items;
	uint32_t count;
	int64_t next; /* 0: no more */
};
int change_list(struct db *db, struct scope scope, const struct change_query *query, struct arena *a,
		struct change_list *ret, struct err *e) MUST_CHECK;

/* ---- comments ---- */

struct comment {
	int64_t id;
	str service, body, user_name;
	int64_t user_id;
	time_us at, removed_at;
	bool removable; /* by the asking actor, now */
};
struct comment_new {
	const struct framework *framework;
	str service, body;
	time_us now;
};
/* ERR_RANGE err.build.comment; ERR_LIMIT err.build.comments. Audit "service.comment". */
int comment_add(struct db *db, const struct actor *who, const struct comment_new *n, int64_t *ret_id,
		struct err *e) MUST_CHECK;
/* By its author within COMMENT_REMOVE_LIFE, else ERR_DENIED err.build.comment_late. Its text goes, its place stays. */
int comment_remove(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;
struct comment_list { /* oldest first */
	struct comment *items;
	uint32_t count;
};
struct comment_query {
	const struct framework *framework;
	str service;
	time_us now;
};
int comment_list(struct db *db, const struct actor *who, const struct comment_query *query, struct arena *a,
		 struct comment_list *ret, struct err *e) MUST_CHECK;
/* Comments per service, parallel to framework.services; `ret` has room for all. */
int comment_counts(struct db *db, struct scope scope, const struct framework *fw, uint32_t *ret,
		   struct err *e) MUST_CHECK;

/* ---- services of the organisation's own ---- */

#define OWN_SERVICES_MAX 128u
#define OWN_ID_MAX 16u
#define OWN_NAME_MAX 200u
#define OWN_TEXT_MAX 1000u

struct own_service {
	int64_t version; /* 0 = new */
	str id, category;
	struct fw_text name, description;
	enum service_level level;
	uint32_t area;
	str cadence;
	bool is_removed;
	str user_name;
	time_us changed_at;
};
struct own_change {
	const struct framework *framework; /* the base, without own services */
	struct own_service service;        /* version: the one that was read */
	time_us now;
};
/* ERR_RANGE err.build.own.* with path = field; ERR_CONFLICT err.build.own.exists or err.build.changed. Audit
 * "service.own". */
int own_service_save(struct db *db, const struct actor *who, const struct own_change *change, struct err *e) MUST_CHECK;
struct own_list {
	struct own_service *items;
	uint32_t count;
};
int own_service_list(struct db *db, struct scope scope, const struct framework *base, struct arena *a,
		     struct own_list *ret, struct err *e) MUST_CHECK;

/* The framework as this organisation uses it: the base with its own services at the end of their categories. Without
 * any it is the base itself. Lives in *a and in the base. */
int framework_of(struct db *db, struct scope scope, const struct framework *base, struct arena *a,
		 const struct framework **ret, struct err *e) MUST_CHECK;

#endif
