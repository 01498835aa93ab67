/* exchange: the portfolio and its neighbours go out as files and come back.
 *
 * Out: a workbook with the sheets Preparation, Input and Result (in the spirit of ISOG-J's self-check sheet), CSV,
 * JSON, OSCAL assessment results, a report (craft/doc), and plain tables. In: the workbook, the CSV or the JSON, by
 * anybody who was asked to fill them in. An import is looked at first. Each row carries the version of the service it
 * was exported from; its values are compared field by field with that version and with the present (build.h,
 * state_merge): what only the file changed is taken, what others changed meanwhile stays, what both changed is a
 * conflict, shown with both values and never overwritten unless a person chooses the file for that row. A value that is
 * not understood stops the whole import and is told with its address ("入力!F12"), what was expected and what to do.
 * Applying is one change (change_set_save, kind import) in one transaction; undoing it is change_undo.
 * import(export(x)) = x. Columns are found by a hidden row of keys, or by their titles in any language; order does not
 * matter. Limits: those of craft/sheet; EXCHANGE_MESSAGES_MAX messages of one import, the rest is counted.
 */
#ifndef CENTRE_EXCHANGE_EXCHANGE_H
#define CENTRE_EXCHANGE_EXCHANGE_H

#include "centre/build/build.h"
#include "centre/evaluate/evaluate.h"
#include "craft/doc/doc.h"

#define EXCHANGE_MESSAGES_MAX 1000u
#define EXCHANGE_NAME_MAX 200u         /* bytes of a file's name */
#define EXCHANGE_LIST_MAX 20u          /* imports of one page, newest first */
#define EXCHANGE_LIFE (24 * TIME_HOUR) /* so long an import that was only looked at is kept */
#define EXCHANGE_ARENA SHEET_ARENA
#define EXCHANGE_OUT_MAX ((size_t)60 << 20)
#define EXCHANGE_FIRST 10u /* gaps that the report and the result sheet name */

/* ---- what goes out ---- */

enum exchange_format {
	EXCHANGE_XLSX,
	EXCHANGE_CSV,
	EXCHANGE_JSON,
	EXCHANGE_OSCAL,
	EXCHANGE_PDF,
	EXCHANGE_HTML,
	EXCHANGE_FORMAT_COUNT
};
const char *exchange_format_name(enum exchange_format format); /* "xlsx", … as on the command line */
const char *exchange_format_type(enum exchange_format format); /* media type */
const char *exchange_format_end(enum exchange_format format);  /* of a file's name */
bool exchange_format_parse(str name, enum exchange_format *ret);

enum exchange_table {
	EXCHANGE_PORTFOLIO,
	EXCHANGE_CATALOGUE,
	EXCHANGE_ACTIONS,
	EXCHANGE_ROUNDS,
	EXCHANGE_WORK,
	EXCHANGE_TABLE_COUNT
};
const char *exchange_table_name(enum exchange_table table); /* words key "exchange.table.<name>" */
bool exchange_table_parse(str name, enum exchange_table *ret);

struct exchange_order {
	const struct framework *framework; /* as the organisation uses it: framework_of */
	enum combine_rule rule;
	enum lang lang;
	enum exchange_format format;
	enum exchange_table table; /* other than the portfolio: XLSX and CSV only */
	str organisation;          /* its name */
	int zone_min;              /* minutes east of UTC, for days in tables */
	time_us now;
};

/* Appends the file. ERR_UNSUPPORTED err.exchange.format for a table that has no such form. Names of people in work
 * records only for those who may see them. Writes no audit row: what one may read one may save. */
int exchange_export(struct db *db, const struct actor *who, const struct exchange_order *order, struct buf *out,
		    struct err *e) MUST_CHECK;

/* The assessment report as a document. Evaluation's snapshots give the previous figures. */
int exchange_report(struct db *db, const struct actor *who, const struct exchange_order *order, struct doc *ret,
		    struct err *e) MUST_CHECK;

/* ---- what comes in ---- */

enum exchange_status { ROW_NEW, ROW_CHANGED, ROW_UNCHANGED, ROW_CONFLICT, ROW_ERROR, ROW_STATUS_COUNT };
const char *exchange_status_name(enum exchange_status status); /* words key "exchange.row.<name>" */

/* Words key with {value} {expected} {where}; a remedy is the twin "<key>.fix". */
struct exchange_message {
	const char *key;
	bool is_error; /* else a note: it was understood so */
	str where;     /* "入力!F12", or "services[3].level" of JSON; may be empty */
	str value, expected;
};

/* "入力!F12: the sentence. The remedy." in the reader's language. */
void exchange_message_add(struct buf *out, enum lang lang, const struct exchange_message *m);

struct exchange_conflict {
	enum state_field field;
	str where, file, present; /* texts as state_field_text gives them */
};

struct exchange_row {
	const struct fw_service *service;
	enum exchange_status status;
	str where;                           /* of its first cell */
	int64_t version, present;            /* of the file; of the store */
	str present_by;                      /* who wrote the present version */
	uint32_t changes;                    /* bits of the fields that would change */
	struct service_state before, merged; /* the store's, and what importing makes of it */
	struct service_state taken;          /* with the file's values where they are in conflict */
	struct exchange_conflict *conflicts;
	uint32_t conflict_count;
	uint32_t first_message, message_count; /* in the plan's list */
};

struct exchange_plan {
	const struct framework *framework;
	str sheet;
	struct exchange_row *rows;
	uint32_t row_count;
	struct exchange_message *messages; /* those of a row by its first_message; the others are of the whole file */
	uint32_t message_count, message_more;
	uint32_t counts[ROW_STATUS_COUNT];
	uint32_t errors; /* messages that stop the import */
};

/* Reads the file and compares it with the store. Runs the reader in a child unless `here` (tests). The bytes as a whole
 * being no such file: ERR_PARSE, ERR_LIMIT or ERR_UNSUPPORTED err.sheet.* or err.exchange.*; everything inside it is
 * told in the plan. */
struct exchange_input {
	const struct framework *framework;
	str bytes;
	bool here;
};
int exchange_plan(struct db *db, const struct actor *who, const struct exchange_input *input, struct arena *a,
		  struct exchange_plan *ret, struct err *e) MUST_CHECK;

/* Keeps the file for EXCHANGE_LIFE, so that it can be applied after a person has looked. */
struct exchange_keep {
	const struct framework *framework;
	str name, bytes;
	time_us now;
};
int exchange_keep(struct db *db, const struct actor *who, const struct exchange_keep *keep, int64_t *ret_id,
		  struct err *e) MUST_CHECK;

enum import_state { IMPORT_SEEN, IMPORT_APPLIED, IMPORT_UNDONE, IMPORT_STATE_COUNT };
const char *import_state_name(enum import_state state); /* words key "exchange.state.<name>" */

struct exchange_import {
	int64_t id, change_id; /* change 0: nothing differed, or not applied */
	enum import_state state;
	str name, user_name;
	time_us at, applied_at;
	int64_t rows; /* that were changed */
};
/* One kept import with its file; `bytes` is empty once it was applied. ERR_NOT_FOUND err.exchange.import. */
int exchange_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct exchange_import *ret,
		  str *ret_bytes, struct err *e) MUST_CHECK;
struct exchange_imports {
	struct exchange_import *items;
	uint32_t count;
};
int exchange_list(struct db *db, struct scope scope, struct arena *a, struct exchange_imports *ret,
		  struct err *e) MUST_CHECK;

/* Applies a kept import. Rows in conflict stay as they are but for those whose service is among `take`. ERR_WRONG_STATE
 * err.exchange.errors while a row has an error, err.exchange.state when it was applied before; ERR_CONFLICT when
 * somebody was faster (look again). Audit "portfolio.import" with the set, "exchange.apply" with the file. */
struct exchange_apply {
	const struct framework *framework;
	int64_t id;
	const str *take;
	size_t take_count;
	bool take_all; /* the file wins in every row */
	bool here;
	time_us now;
};
struct exchange_result {
	int64_t change_id;
	uint32_t changed, left; /* rows; left: in conflict */
};
int exchange_apply(struct db *db, const struct actor *who, const struct exchange_apply *apply,
		   struct exchange_result *ret, struct err *e) MUST_CHECK;

/* Takes an applied import back as one deed. ERR_CONFLICT err.build.undo_changed names what was changed since. */
struct exchange_undo {
	const struct framework *framework;
	int64_t id;
	time_us now;
};
int exchange_undo(struct db *db, const struct actor *who, const struct exchange_undo *undo, struct err *e) MUST_CHECK;

#endif
