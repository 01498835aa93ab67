/* portfolio_view: the portfolio's figures as values of the templates build/portfolio and build/service. Apart from the
 * handlers, so that a test can render the pages of a store without a server. */
#ifndef DOOR_WEB_PORTFOLIO_VIEW_H
#define DOOR_WEB_PORTFOLIO_VIEW_H

#include "centre/build/build.h"
#include "craft/chart/chart.h"
#include "craft/view/view.h"

#define PORTFOLIO_FIRST_SHOWN 8u /* of what to do first */
#define PORTFOLIO_WORK_SHOWN 12u /* newest records beside the list */

/* What a page is made of; everything lives in the arena. */
struct portfolio_page {
	struct arena *arena;
	enum lang lang;
	const struct portfolio *portfolio;
	const struct portfolio_item *item; /* of the service's page */
	const struct service_state *form;  /* what the form shows: the item's state, or what was typed */
	const struct work_list *work;
	const struct service_history *history;
	const struct comment_list *comments; /* of the service's page */
	time_us now;
	int zone_min;     /* of the reader, minutes east of UTC */
	const char *zone; /* its name, shown beside times; NULL = UTC */
	bool names;       /* the reader may see who did the work: actor_may_see_people */
};

/* Fill v; what is absent in *page (NULL) is only allowed where the other page needs it. */
int portfolio_view_list(struct view *v, const struct portfolio_page *page, struct err *e) MUST_CHECK;
/* An axis per category, for the radar; returns how many. */
uint32_t portfolio_axes(const struct portfolio_page *page, struct chart_axis axes[CHART_AXES_MAX]);
void portfolio_view_service(struct view *v, const struct portfolio_page *page);

#endif
