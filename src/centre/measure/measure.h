/* measure: what is counted per service, from what the program already keeps.
 *
 * Measures are content (content/measures.yaml): which service, in which unit, whether more or less is better, and the
 * named query that counts. A measure shows how the work goes; it never becomes a score of ability (evidence does that).
 * One whose source has nothing in the time asked for is absent, never zero. Queries answer `part` and `whole`: a share
 * is part of whole, a middle value (median) or a number stands in `part` with whole 1, and whole 0 says that there is
 * nothing. A measure over a span has a value for every week; one of the moment knows only now.
 */
#ifndef CENTRE_MEASURE_MEASURE_H
#define CENTRE_MEASURE_MEASURE_H

#include "centre/build/build.h"

#define MEASURE_CONTENT "measures.yaml"
#define MEASURES_MAX 128u
#define MEASURE_WEEKS 12u
#define MEASURE_SPAN_DAYS 30 /* of the value that is shown */
#define MEASURE_BUDGET ((size_t)1 << 20)

/* Words key "measure.unit.<name>". Times come from the store in microseconds. */
enum measure_unit { MEASURE_PERCENT, MEASURE_NUMBER, MEASURE_MINUTES, MEASURE_HOURS, MEASURE_UNIT_COUNT };
const char *measure_unit_name(enum measure_unit unit); /* "percent", "number", "minutes", "hours" */

enum measure_direction { MEASURE_UP, MEASURE_DOWN, MEASURE_NEITHER, MEASURE_DIRECTION_COUNT };
const char *measure_direction_name(enum measure_direction direction); /* "up": more is better; "down", "none" */

struct measure_query; /* one of the named queries; sql/query/measure.sql */

struct measure {
	str id;
	const struct fw_service *service;
	struct fw_text name, what; /* and how it is counted */
	enum measure_unit unit;
	enum measure_direction direction;
	bool has_target;
	uint32_t target; /* in the unit */
	const struct measure_query *query;
};
struct measures {
	struct measure *items; /* in the file's order */
	uint32_t count;
};
/* content/measures.yaml, the data folder's copy first; everything lives in *a and in the framework. ERR_PARSE
 * err.reader.* with place: also for a service or a query that does not exist. */
int measures_load(str data_folder, const struct framework *fw, struct arena *a, struct measures *ret,
		  struct err *e) MUST_CHECK;
int measures_read(str text, const struct framework *fw, struct arena *a, struct measures *ret,
		  struct err *e) MUST_CHECK;

struct measure_value {
	bool is_there; /* false: nothing to count */
	double value;  /* in the unit */
	int64_t cases; /* what a share is of, 0 = not said */
};
struct measured {
	const struct measure *measure;
	struct measure_value now;                  /* of the last MEASURE_SPAN_DAYS, or of the moment */
	struct measure_value weeks[MEASURE_WEEKS]; /* the oldest first; the last one ends now */
	bool has_weeks;                            /* the query looks at a span, and a week has a value */
	bool is_met;                               /* has a target and a value, and reaches it */
};
struct measured_list {
	struct measured *items; /* only what is there */
	uint32_t count;
};
struct measure_ask {
	const struct measures *measures;
	str service; /* "" = all */
	bool weeks;
	time_us now;
};
int measure_all(struct db *db, struct scope scope, const struct measure_ask *ask, struct arena *a,
		struct measured_list *ret, struct err *e) MUST_CHECK;

#endif
