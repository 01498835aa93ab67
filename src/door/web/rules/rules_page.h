/* What the pages of the rule desk share. */
#ifndef DOOR_WEB_RULES_PAGE_H
#define DOOR_WEB_RULES_PAGE_H

#include "door/web/show.h"
#include "flow/rules/rules.h"

/* The present generation, held until rules_give: texts of the view point into it. */
const struct generation *rules_take(struct request *rq);
void rules_give(struct request *rq, const struct generation *g);
/* Everything about the generation's rules for the organisation of the request. */
int rules_world(struct request *rq, const struct generation *g, struct rule_world *ret, struct err *e) MUST_CHECK;
/* The rule of the path's first parameter. ERR_NOT_FOUND err.rules.absent. */
int rules_find(struct request *rq, const struct generation *g, const struct rule **ret, struct err *e) MUST_CHECK;

str rules_source(const struct request *rq, const struct rule *r); /* "windows / process_creation" */
str rules_tag_text(const struct request *rq, str tag);            /* "T1003.001"; another tag as it is */
str rules_url(const struct request *rq, str rule_id);             /* "/rules/…" */
/* "1.2 %" of the events looked at; empty when nothing is known. */
str rules_cost(const struct request *rq, const struct rule_line *l, uint64_t events);
/* A few letters: of a folder its last part. */
str rules_pack_short(const struct request *rq, const struct rule_pack *p);
/* pack_name, pack_short, pack_word, pack_version, pack_licence, pack_author, rule_licence, rule_author */
void rules_show_pack(const struct request *rq, struct view *v, const struct rule_pack *p, const struct rule *r);
/* After a change was committed: decisions anew. */
int rules_decided(struct request *rq, struct err *e) MUST_CHECK;

#endif
