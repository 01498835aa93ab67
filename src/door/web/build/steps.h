/* steps: the three steps of building (catalogue, profile, portfolio) as tables that are edited in place. What their
 * files share; for this folder only. */
#ifndef DOOR_WEB_STEPS_H
#define DOOR_WEB_STEPS_H

#include "door/web/build/portfolio_text.h"
#include "door/web/show.h"
#include "guard/user.h"

enum step_id { STEP_CATALOGUE, STEP_PROFILE, STEP_PORTFOLIO, STEP_COUNT };

struct step {
	const char *name;         /* "catalogue": address and words */
	const char *page;         /* its template */
	uint32_t fields;          /* that its rows edit */
	uint32_t bulk;            /* that many rows take at once */
	enum state_field missing; /* what "next undecided" looks for */
};
extern const struct step steps[STEP_COUNT];
/* From "/build/<name>…"; NULL when it is none. */
const struct step *step_of(const struct request *rq);

/* What was asked for in the query. */
struct step_filter {
	str category, level, assignment, missing, text;
};
void step_filter_read(const struct request *rq, struct step_filter *ret);
bool step_filter_fits(const struct step_filter *f, const struct portfolio_page *page,
		      const struct portfolio_item *item);

/* Nothing is left to decide for this service in this step. */
bool step_is_decided(const struct step *step, const struct portfolio_item *item);
/* Takes part in the step: the catalogue asks about all, the others about services that count. */
bool step_asks(const struct step *step, const struct portfolio_item *item);

/* A row that is not simply the stored one. */
struct step_row {
	str service;
	const struct service_state *shown; /* what the fields show */
	const struct err *why;             /* refused */
	uint32_t conflicts;                /* bits of fields; both values are shown */
	const struct service_state *mine;
	bool saved;
};

struct step_page {
	struct request *rq;
	const struct step *step;
	struct portfolio portfolio;
	struct portfolio_page text; /* for the words of portfolio_text */
	struct step_filter filter;
	struct change_buttons buttons;
	uint32_t *comments; /* parallel to framework.services */
	const struct step_row *special;
};
/* The organisation's framework and portfolio, comments, undo. */
int step_load(struct request *rq, const struct step *step, struct step_page *ret, struct err *e) MUST_CHECK;
int step_view(struct view *v, const struct step_page *page, struct err *e) MUST_CHECK;
/* One row with its fields, for a fragment or a place in the table. */
void step_view_row(struct view *v, const struct step_page *page, const struct portfolio_item *item);
void step_view_progress(struct view *v, const struct step_page *page);

/* The framework of the organisation that the caller works in. */
int build_framework(const struct request *rq, const struct framework **ret, struct err *e) MUST_CHECK;
/* The names notice and notice_is_bad: what was done (the query's "done"), or why not. */
void build_notice(const struct request *rq, struct view *v, const struct err *why);
/* The status of a form that was refused; 0 = not a matter of the form. */
int build_refusal(const struct err *why);
/* Back to the form's "next" with ?done=<what>; only to pages of our own. */
void build_return(struct request *rq, struct response *rs, const char *fallback, const char *done);
void build_option(struct view *v, const char *list, str value, str label, bool selected);

#endif
