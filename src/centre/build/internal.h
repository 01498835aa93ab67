/* What the files of this room share. */
#ifndef CENTRE_BUILD_INTERNAL_H
#define CENTRE_BUILD_INTERNAL_H

#include <jansson.h>

#include "centre/build/build.h"

static inline void json_done(json_t **j)
{
	json_decref(*j);
}
#define _cleanup_json_ __attribute__((cleanup(json_done)))

/* The present row into *ret, texts copied into *a. False when the arena's budget is spent. */
bool state_row_read(struct stmt *st, struct arena *a, struct service_state *ret);

/* Values that are allowed: ERR_RANGE with path = field. */
int state_check(const struct service_state *s, struct err *e) MUST_CHECK;

/* What a change writes: its rows inside the caller's transaction. */
struct change_write {
	const struct change_set *set;
	int64_t undoes;       /* 0 = none */
	bool keep_same;       /* a row that stays as it is gets a version, too */
	bool keep_signatures; /* of the states given: undoing brings back who had signed */
};
int change_write(struct db *db, const struct actor *who, const struct change_write *w, int64_t *ret_id,
		 struct err *e) MUST_CHECK;

/* {"field": [from, to]} of what differs; the caller owns it. */
json_t *trail_make(const struct service_state *from, const struct service_state *to, int64_t version);

/* Fills the evidence of every item: work, due work, procedures and providers' reports, each read once. */
int evidence_load(struct db *db, struct scope scope, struct portfolio *p, time_us now, struct arena *a,
		  struct err *e) MUST_CHECK;

#endif
