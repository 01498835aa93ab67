/* portfolio_text: figures and words that both of the portfolio's pages show. Only for portfolio_*.c. */
#ifndef DOOR_WEB_PORTFOLIO_TEXT_H
#define DOOR_WEB_PORTFOLIO_TEXT_H

#include "door/web/build/portfolio_view.h"

/* "4", "2.8" or "2.89"; "" when there is none. */
str portfolio_score_text(const struct portfolio_page *page, score_c score, int decimals);
/* "+2", "0", "−1". */
str portfolio_gap_text(const struct portfolio_page *page, score_c now, score_c target, int decimals);
str portfolio_points_text(const struct portfolio_page *page, uint32_t points);
void portfolio_put_time(struct view *v, const struct portfolio_page *page, time_us t);
str portfolio_day_text(const struct portfolio_page *page, time_us t);
str portfolio_text_in(const struct portfolio_page *page, const struct fw_text *text);
str portfolio_level_text(const struct portfolio_page *page, enum service_level level);
/* CSS class of a level's badge. */
const char *portfolio_level_class(enum service_level level);
str portfolio_assignment_text(const struct portfolio_page *page, enum assignment a);
str portfolio_party_text(const struct portfolio_page *page, const struct service_state *s);
str portfolio_service_url(const struct portfolio_page *page, str id);
void portfolio_put_work(struct view *v, const struct portfolio_page *page, uint32_t most);

#endif
