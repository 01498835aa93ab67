/* event_json: an event as a JSON object with its flat names, for the command line, the API and exports.
 *
 * Names appear in the order of their first field; a name that occurs several times becomes one array. Numbers and
 * booleans stay what they are when their text is one in JSON (RFC 8259), else they become strings. */
#ifndef MODEL_EVENT_JSON_H
#define MODEL_EVENT_JSON_H

#include "base/buf.h"
#include "model/event.h"

/* {"EventID":1,"Image":"…"} */
void event_add_json(struct buf *out, const struct event *ev);
/* A JSON string with its quotes. Ill-formed UTF-8 becomes U+FFFD. */
void json_add_text(struct buf *out, str text);

#endif
