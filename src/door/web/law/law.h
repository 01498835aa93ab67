/* law: what the pages of the register of laws share. Only for this folder. */
#ifndef DOOR_WEB_LAW_H
#define DOOR_WEB_LAW_H

#include "centre/law/law.h"
#include "door/web/show.h"

/* id, url, law, article, title, requirement, applies_class, applies_word, compliance_class, compliance_word, … of a
 * row. */
void law_put_row(const struct request *rq, struct view *v, const struct law_row *row);
/* The list "deadlines" of one law; with `start` each has its due time. */
void law_put_deadlines(const struct request *rq, struct view *v, const struct law *law, time_us start);
int law_load(const struct request *rq, struct law_register *ret, struct err *e) MUST_CHECK;
str law_text(const struct request *rq, const str by_lang[LANG_COUNT]);

#endif
