/* table: logs whose columns are named once, at the top: CSV (RFC 4180), Zeek's tables, W3C extended logs (IIS,
 * proxies).
 *
 * Told by the first lines: "#separator \\x09" is Zeek, "#Fields:" or "#Software:" is W3C; CSV has a first line of at
 * least TABLE_COLUMNS_LEAST different names and, when there is one, a second row of as many columns. Out of a row: one
 * leaf a column under the column's name. "-" stands for nothing in Zeek and W3C, and "(empty)" for an empty text; sets
 * and vectors of Zeek give a leaf per element; `date` and `time` of W3C also as `timestamp`; Zeek's
 * "#path dns" as `_path`. Columns past the header are dropped and counted.
 * Limits: TABLE_COLUMNS_MAX columns; names of TABLE_NAMES_MAX bytes together. A table that has more is not one.
 * Thread-safety: one owner.
 */
#ifndef CODEC_TABLE_H
#define CODEC_TABLE_H

#include "codec/line/line.h"

#define TABLE_COLUMNS_MAX 1024u
#define TABLE_COLUMNS_LEAST 3u
#define TABLE_NAMES_MAX (16u << 10)
#define TABLE_ROW_MAX (1u << 20) /* a quote that is open for longer was none: the row ends with its line */

enum table_kind { TABLE_NONE, TABLE_CSV, TABLE_ZEEK, TABLE_W3C };

struct table;

/* What a text begins with; head should hold its first lines. *ret_separator is set for CSV: one of "," ";" tab. */
enum table_kind table_detect(str head, char *ret_separator);
struct table *table_create(enum table_kind kind, char separator);
void table_free(struct table *t);

/* Length of the row at the front with its line end, 0 when its end is not in sight. A quoted column of CSV may hold
 * line ends. last: the text ends here. *ret_lines: line ends in it. */
size_t table_row_length(const struct table *t, str text, bool last, uint64_t *ret_lines);
/* LINE_OTHER: a header, a comment or an empty row, which is no event. */
enum line_result table_leaves(struct table *t, str row, struct leaves *l);

#endif
