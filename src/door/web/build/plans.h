/* plans: what the pages of proposals, patterns and first set-up share: the preview of a plan and the rows chosen from
 * it. For this folder only. */
#ifndef DOOR_WEB_PLANS_H
#define DOOR_WEB_PLANS_H

#include "centre/plan/plan.h"
#include "door/web/build/steps.h"

/* The list "plan" of part/build_plan, and plan_count. */
void plan_view(struct view *v, const struct step_page *page, const struct plan *plan);
/* Saves the rows ticked in the form ("id:version", field "row"). */
int plan_save(struct request *rq, const struct framework *fw, const struct plan *plan, enum change_kind kind,
	      struct err *e) MUST_CHECK;
/* "approved vN by X on D, changed since: n rows" of this step: approved_number 0 when there is none. */
int approval_view(struct view *v, const struct step_page *page, struct err *e) MUST_CHECK;
/* A text of the framework's content in the page's language. */
str plan_text(const struct step_page *page, const struct fw_text *text);
/* The value of a field as people read it. */
str field_text(const struct step_page *page, const struct service_state *s, enum state_field f);

#endif
