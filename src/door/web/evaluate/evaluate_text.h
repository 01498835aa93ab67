/* evaluate_text: what the pages of evaluation share: figures, states and choices as values of the templates. Only for
 * evaluate*.c and actions.c. */
#ifndef DOOR_WEB_EVALUATE_TEXT_H
#define DOOR_WEB_EVALUATE_TEXT_H

#include "centre/evaluate/evaluate.h"
#include "craft/chart/chart.h"
#include "door/web/show.h"

#define EVALUATE_NOW STR("now") /* of a comparison: the present */

const struct framework *evaluate_framework(const struct request *rq);
int evaluate_portfolio(const struct request *rq, enum combine_rule rule, struct portfolio *ret,
		       struct err *e) MUST_CHECK;

str evaluate_score(const struct request *rq, score_c score); /* "2.89", "—" when there is none */
str evaluate_mean(const struct request *rq, const struct score_mean *m);
str evaluate_change(const struct request *rq, score_c from, score_c to); /* "+1.00", "±0", "—" */
/* state_class, state_word, start, deadline, is_late of a round. */
void evaluate_put_round(const struct request *rq, struct view *v, const struct round *r);
/* service, title, owner, due, is_late, state_class, state_word of an action. */
void evaluate_put_action(const struct request *rq, struct view *v, const struct action *a);
int evaluate_put_svg(const struct request *rq, struct view *v, const char *name, const struct chart *chart,
		     struct err *e) MUST_CHECK;
/* A choice of a <select>. */
void evaluate_put_choice(struct view *v, const char *list, str value, str label, bool selected);
/* The choices of pictures to compare: every snapshot, then the present. */
void evaluate_put_pictures(const struct request *rq, struct view *v, const char *list,
			   const struct snapshot_list *snapshots, str chosen);

/* "2026-11-21" of a form as the first moment of that day in the reader's zone; 0 when empty. ERR_RANGE. */
int evaluate_day(const struct request *rq, const char *field, time_us *ret, struct err *e) MUST_CHECK;
int evaluate_form_id(const struct request *rq, const char *field, int64_t *ret, struct err *e) MUST_CHECK;
/* `notice` out of an error that a person can mend, with the response's status; false for any other error. */
bool evaluate_notice(struct request *rq, struct response *rs, struct view *v, const struct err *why);

#endif
