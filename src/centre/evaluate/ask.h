/* ask: a round's answers are asked of people and teams. Part of evaluate.h.
 *
 * A person or a team is asked for a category or one service of a round that is not signed, with a date. "Asked of me"
 * is what is asked of the person of one's login or of its team. Progress is counted, not claimed: of the services asked
 * for, those saved since the round began; beside it the respondent says "answered" (also when nothing had to change).
 * A reminder is shown on Now and in the round; nothing is sent by mail. Each write has its own transaction and audit
 * row.
 */
#ifndef CENTRE_EVALUATE_ASK_H
#define CENTRE_EVALUATE_ASK_H

#include "centre/build/build.h"

struct people; /* centre/people/people.h */

#define ASKS_MAX 500u        /* of one list, what waits first */
#define ASK_REMARK_MAX 1000u /* bytes */

struct ask {
	int64_t id, round_id;
	str round_name;
	time_us round_start;
	bool is_signed;             /* the round */
	str item;                   /* "B" or "B-1" */
	int64_t person_id, team_id; /* one of them is 0 */
	time_us due;
	str remark, asked_by;
	time_us asked_at;
	uint32_t reminders;
	time_us reminded_at;
	str answered_by;
	time_us answered_at; /* 0: waits */
};

struct ask_new {
	const struct framework *framework;
	int64_t round_id;
	str item;
	int64_t person_id, team_id; /* exactly one */
	time_us due;
	str remark;
	time_us now;
};
/* ERR_RANGE with path = field: err.evaluate.ask_item, err.evaluate.ask_who, err.evaluate.day; ERR_CONFLICT
 * err.evaluate.ask_twice; ERR_WRONG_STATE err.evaluate.state when the round is signed. */
int ask_add(struct db *db, const struct actor *who, const struct ask_new *n, int64_t *ret_id, struct err *e) MUST_CHECK;

enum ask_deed { ASK_REMIND, ASK_ANSWER, ASK_WITHDRAW };
/* ERR_NOT_FOUND err.evaluate.ask; ERR_DENIED err.evaluate.ask_not_yours when somebody answers what is not asked of
 * them; ERR_WRONG_STATE err.evaluate.state once the round is signed. */
int ask_do(struct db *db, const struct actor *who, int64_t id, enum ask_deed deed, time_us now,
	   struct err *e) MUST_CHECK;

struct ask_list {
	struct ask *items;
	uint32_t count;
};
/* round_id 0: of all rounds that are not signed. */
int ask_list(struct db *db, struct scope scope, int64_t round_id, struct arena *a, struct ask_list *ret,
	     struct err *e) MUST_CHECK;

struct ask_waiting {
	uint32_t count;
	time_us first_due, reminded_at; /* reminded_at 0: never */
};
int ask_waiting(struct db *db, const struct actor *who, struct ask_waiting *ret, struct err *e) MUST_CHECK;

/* Pure: is it asked of this login; does it ask for this service; how many it asks for and how many of them were saved.
 */
bool ask_is_of(const struct ask *ask, const struct people *people, int64_t account_id);
bool ask_wants(const struct ask *ask, const struct framework *fw, const struct fw_service *service);
struct ask_progress {
	uint32_t services, saved;
};
struct ask_progress ask_progress(const struct ask *ask, const struct portfolio *p);

#endif
