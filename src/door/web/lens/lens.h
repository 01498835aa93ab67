/* lens: what the pages of lenses and of content share. Only for this folder and the portfolio's list. */
#ifndef DOOR_WEB_LENS_H
#define DOOR_WEB_LENS_H

#include "centre/lens/lens.h"
#include "door/web/show.h"

/* GET /lens/{lens}, also /portfolio?lens=…: the answers seen through it. */
int lens_page(struct request *rq, struct response *rs, str lens_id, struct err *e) MUST_CHECK;
/* The list "lenses" of part/lenses: X.1060 and every lens; `current` is an id. */
void lens_put_choices(const struct request *rq, struct view *v, str current);

/* A name or description as this organisation knows it. */
struct fact {
	str text;
	bool corrected;
	bool is_english; /* shown for want of the reader's language */
};
struct fact lens_fact(const struct request *rq, const struct correction_list *corrections, str item,
		      enum correction_field field, const str content[LANG_COUNT]);
/* Members <name>, <name>_lang ("en" when it is not the reader's language, else ""), <name>_corrected. */
void lens_put_fact(const struct request *rq, struct view *v, const char *name, const struct fact *f);

/* "4", "2.5", "" when there is none. */
str lens_score(const struct request *rq, score_c score);

#endif
