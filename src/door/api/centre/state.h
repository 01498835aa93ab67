/* state: an organisation's decision about one service as JSON, both ways, walking the one table of fields
 * (centre/build/field.h): a field that is added there is read and written here without another line.
 */
#ifndef DOOR_API_CENTRE_STATE_H
#define DOOR_API_CENTRE_STATE_H

#include "centre/build/build.h"
#include "door/api/json.h"

/* Each field under its name: points, area and risk are numbers, what is not decided is null, texts may be empty. */
void state_json_put(json_t *out, const struct service_state *s, struct arena *a);
/* Every field from `body`, the whole state: what is absent becomes empty. A member that is no field is refused. The
 * texts live in `a`. */
int state_json_read(const json_t *body, struct arena *a, struct service_state *ret, struct err *e) MUST_CHECK;
/* One field. ERR_RANGE with the field as path. */
int state_json_field(const json_t *value, enum state_field field, struct arena *a, struct service_state *s,
		     struct err *e) MUST_CHECK;

#endif
