/* provider: what provider.c and provider_form.c share. */
#ifndef DOOR_WEB_ABILITY_PROVIDER_H
#define DOOR_WEB_ABILITY_PROVIDER_H

#include "centre/provider/provider.h"
#include "door/http/http.h"

int provider_page(struct request *rq, struct response *rs, const struct err *why, struct err *e) MUST_CHECK;
int provider_report_page(struct request *rq, struct response *rs, const struct err *why, struct err *e) MUST_CHECK;
/* contract_id, provider, reference, due, state_…, url, file_name, opened_by, services, and the judgement. */
void provider_put_slot(const struct request *rq, struct view *row, const struct report_slot *s);

#endif
