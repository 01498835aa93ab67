/* group: what the organisations below one have signed, side by side. Part of evaluate.h.
 *
 * A parent sees the newest SIGNED snapshot of each organisation below it: the sums that were stored with it, never the
 * present answers, alerts or records of a child. A child sees nothing of its siblings, not even how it stands among
 * them: every query runs in the subtree of the reader's own organisation. Customers of a provider are no members (their
 * evaluation is their own). Each organisation has one voice whatever its number of services; who has not signed has
 * none and is counted as missing. Peers are the organisations directly below the same one; a percentile is told from
 * GROUP_PEERS_MIN answers on, because among fewer it says who answered what.
 */
#ifndef CENTRE_EVALUATE_GROUP_H
#define CENTRE_EVALUATE_GROUP_H

#include "centre/build/build.h"

#define GROUP_MEMBERS_MAX 1000u /* directly below one; of more, the first by name */
#define GROUP_SHOWN_MAX 100u    /* of one page, */
#define GROUP_PEERS_MIN 5u
#define GROUP_PERCENTILE_NONE (-1)

/* Where `value` stands among `values` (itself one of them): the share below it and half of those equal to it, in whole
 * percent, rounded half up. GROUP_PERCENTILE_NONE when it is SCORE_NONE or fewer than GROUP_PEERS_MIN have a value. */
int group_percentile(const score_c *values, uint32_t count, score_c value);

struct group_category {
	str id;
	struct fw_text name;
	struct portfolio_group group; /* of a roll-up: sums of the organisations' means, counts of organisations */
	score_c lowest;               /* roll-up only: the lowest mean of an organisation */
	uint32_t answered;            /* roll-up only */
};

struct group_member {
	int64_t tenant_id, snapshot_id; /* snapshot_id 0: has not signed */
	str name, kind;
	uint32_t below; /* organisations below it */
	time_us taken_at;
	struct portfolio_group total;
	int percentile;
	str sums;                          /* as stored */
	struct group_category *categories; /* without names, which stand in the roll-up */
	uint32_t category_count;
};

struct group_view {
	int64_t id, parent_id; /* parent_id 0 when the reader may not go up */
	str name;
	uint32_t below, answered;      /* organisations at any depth */
	time_us oldest, newest;        /* snapshots that count */
	struct group_category *rollup; /* in the framework's order */
	uint32_t category_count;
	struct group_member *members;        /* directly below, by name */
	uint32_t member_count, first, shown; /* percentiles are told of members[first .. first + shown) */
	uint32_t peers;                      /* members with a value */
	bool has_more;
};

struct group_query {
	str framework;
	int64_t of; /* 0: the reader's own organisation */
	uint32_t first;
};
/* ERR_NOT_FOUND err.evaluate.group when `of` is not the reader's or below it. */
int group_load(struct db *db, struct scope scope, const struct group_query *q, struct arena *a, struct group_view *ret,
	       struct err *e) MUST_CHECK;

#endif
