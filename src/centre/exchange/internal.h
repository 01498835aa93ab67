/* What the files of this room share. */
#ifndef CENTRE_EXCHANGE_INTERNAL_H
#define CENTRE_EXCHANGE_INTERNAL_H

#include "centre/exchange/exchange.h"

/* The columns of the sheet Input, in order. */
enum exchange_kind {
	COLUMN_SERVICE,
	COLUMN_NAME,
	COLUMN_NAME_OTHER,
	COLUMN_CATEGORY,
	COLUMN_PROPOSAL,
	COLUMN_FIELD,
	COLUMN_USED_NOW,
	COLUMN_USED_TARGET,
	COLUMN_GAP,
	COLUMN_EVIDENCE,
	COLUMN_VERSION
};

struct exchange_column {
	const char *key; /* of the hidden row; words key "exchange.column.<key>" */
	enum exchange_kind kind;
	enum state_field field; /* COLUMN_FIELD */
	double width;
};

extern const struct exchange_column exchange_columns[];
extern const uint32_t exchange_column_count;

/* How a field's value looks in a cell. */
enum value_kind { VALUE_TEXT, VALUE_LEVEL, VALUE_ASSIGNMENT, VALUE_NUMBER, VALUE_YES, VALUE_DAY };
enum value_kind exchange_value_kind(enum state_field field);
uint32_t exchange_field_most(enum state_field field); /* of a number; bytes of a text */

/* The title of a column; every title is accepted on the way back. */
str exchange_title(const struct exchange_column *column, enum lang lang);

struct exchange_row_source {
	const struct exchange_order *order;
	const struct portfolio *portfolio;
	struct arena *arena;
};
/* The value of a column of one service, as it is written. */
struct sheet_cell exchange_cell(const struct exchange_row_source *source, const struct exchange_column *column,
				const struct portfolio_item *item);

/* The sheet Result of a workbook whose sheet Input has its services from `first_row` on. */
void exchange_result_sheet(const struct exchange_row_source *source, struct sheet_out *out, uint32_t first_row);
struct exchange_tables {
	struct db *db;
	const struct actor *who;
	const struct exchange_order *order;
	struct arena *arena;
};
/* The table that the order names, other than the portfolio. */
int exchange_table_of(const struct exchange_tables *t, struct sheet_table *ret, struct err *e) MUST_CHECK;
int exchange_workbook(const struct exchange_row_source *source, struct buf *out, struct err *e) MUST_CHECK;
int exchange_csv(const struct exchange_row_source *source, struct buf *out, struct err *e) MUST_CHECK;
int exchange_json(const struct exchange_row_source *source, struct buf *out, struct err *e) MUST_CHECK;
/* A JSON export as a book of one sheet; ERR_PARSE err.exchange.json. */
int exchange_json_book(str bytes, struct arena *a, struct sheet_book *ret, struct err *e) MUST_CHECK;
int exchange_oscal(const struct exchange_row_source *source, struct buf *out, struct err *e) MUST_CHECK;

/* ---- reading ---- */

/* Where the columns of a file are. */
struct exchange_map {
	const struct sheet *sheet;
	uint32_t first_row; /* index into sheet->rows */
	int32_t *places;    /* by exchange_columns: column of the sheet, -1 = absent */
	bool is_json;
};

struct exchange_reader {
	struct arena *arena;
	const struct framework *framework;
	struct exchange_map map;
	struct exchange_message *messages;
	uint32_t count, more, errors;
};

/* Adds a message and returns false when it is an error. */
bool exchange_say(struct exchange_reader *r, const struct exchange_message *m);
str exchange_where(const struct exchange_reader *r, uint32_t row, uint32_t column);

/* Finds the sheet and its columns. ERR_PARSE err.exchange.sheet or .column when it is no such file. */
int exchange_find(struct exchange_reader *r, const struct sheet_book *book, struct err *e) MUST_CHECK;

/* One cell as a field's value into *s. False when it is an error, which has been said. */
struct exchange_value {
	enum state_field field;
	struct sheet_cell cell;
	str where;
};
bool exchange_read_value(struct exchange_reader *r, const struct exchange_value *v, struct service_state *s);

/* Full-width letters, digits and blanks become ASCII; *ret_changed tells. STR_NONE when the arena is spent. */
str exchange_narrow(str text, struct arena *a, bool *ret_changed);
/* "2026/4/1", "2026年4月1日", "令和8年4月1日", "R8.4.1", "20260401"; ISO days too. */
bool exchange_day(str text, time_us *ret);

#endif
