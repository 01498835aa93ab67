/* indicators: the lists that `detect` was asked to compare events with, and how a hit is printed. */
#ifndef DOOR_CLI_INDICATORS_H
#define DOOR_CLI_INDICATORS_H

#include "door/cli/cli.h"
#include "flow/intel/intel.h"

struct indicators {
	struct intel_set *set; /* NULL: no list was named */
	struct intel_fields *fields;
	time_us took; /* to load */
};

/* From --indicators and --warninglist, with the built-in warning list. Lines that are no indicator are told. Call it
 * before the rules load. */
int indicators_load(const struct cli *c, struct name_table *names, struct indicators *ret, struct err *e) MUST_CHECK;
void indicators_done(struct indicators *in);

/* ,"indicator":{"type","value","field","source","line"} and "description" when the list has one. */
void indicators_add_json(struct buf *out, const struct intel_hit *hit);
/* For a row of people's output. */
void indicators_add_title(struct buf *out, enum lang lang, const struct intel_hit *hit);
/* ,"indicators":…,"indicators_failed":… of the statistics. */
void indicators_add_stats(struct buf *out, const struct indicators *in, uint64_t suppressed);
/* What warning lists held back, when they did. */
void indicators_tell_suppressed(const struct cli *c, uint64_t count);

#endif
