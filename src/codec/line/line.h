/* line: text formats that put the fields of one event on one line → flat leaves.
 *
 * Why one room: a text line is handed to each of them in turn, and the first that knows it for its own takes it, so
 * that nobody has to say what a source writes. Pure: bytes in, leaves out; no file, no clock. Formats and where they
 * are described: CEF      "CEF:0|vendor|product|version|id|name|severity|key=value …", ArcSight Common Event Format,
 * revision 25 LEEF     "LEEF:1.0|vendor|product|version|id|" and pairs set apart by tabs; "LEEF:2.0|…|id|^|" names its
 * separator audit    "type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0="ls" a1=2D6C", the Linux audit daemon
 *   access   Common and Combined Log Format of Apache httpd and nginx, with a virtual host in front or without
 *   pairs    key=value key="value" …: logfmt, and what firewalls write
 * Names out: as the format writes them; its header as CEFVersion or LEEFVersion, DeviceVendor, DeviceProduct,
 * DeviceVersion, DeviceEventClassID, Name, Severity; access lines in the names of W3C (cs-method, cs-uri-stem …), as
 * they have no names of their own. Limits: LINE_PAIRS_MAX pairs a line, LINE_KEY_MAX bytes a key; what is past them is
 * left in `message` by the caller. Time is linear in the line. Memory: the arena of `leaves`; texts without escapes are
 * slices of the line. Thread-safety: none needed, there is no state.
 */
#ifndef CODEC_LINE_H
#define CODEC_LINE_H

#include "codec/leaf/leaf.h"

#define LINE_PAIRS_MAX 1024u
#define LINE_KEY_MAX 128u
#define AUDIT_ARGS_MAX 1024u /* arguments that are joined to CommandLine */
#define LINE_PAIRS_LEAST 3u  /* so many pairs make a line of free text one of pairs */

enum line_result {
	LINE_OTHER, /* not this format: no leaf was added */
	LINE_READ,
	LINE_FULL /* the arena's budget is spent */
};

/* The first of the formats above that the line is in. */
enum line_result line_leaves(str line, struct leaves *l);

/* Which event an audit record belongs to. */
struct audit_id {
	uint64_t millis, serial;
};
/* False when the line is not an audit record. *ret_alone: a record that comes without others (USER_LOGIN …);
 * *ret_last: no record of this event follows (EOE, PROCTITLE). */
bool audit_identify(str line, struct audit_id *ret, bool *ret_alone, bool *ret_last);
/* The records of one event, one a line. Names stand as often as records have them; hex-encoded values are decoded; the
 * arguments of EXECVE stand as a0, a1 … and joined by blanks as CommandLine; `audit_id` and `timestamp` are added. */
enum line_result audit_leaves(str records, struct leaves *l);

enum line_result cef_leaves(str line, struct leaves *l);
enum line_result leef_leaves(str line, struct leaves *l);
enum line_result access_leaves(str line, struct leaves *l);
enum line_result pairs_leaves(str line, struct leaves *l);

#endif
