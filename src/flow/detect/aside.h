/* aside: filters that are asked after the match, and what a correlation is made of.
 *
 * The filters of a set are built into their rules when it is sealed, for every event alike. Who decides for some events
 * only (an organisation for its own) keeps them aside in a set of their own and asks: matcher_look at the event, then
 * matcher_passes for each filter that covers the rule that matched. The rule may be of another set.
 */
#ifndef FLOW_DETECT_ASIDE_H
#define FLOW_DETECT_ASIDE_H

#include "flow/detect/detect.h"

void rule_set_keep_filters_aside(struct rule_set *set);                          /* before the seal */
const struct rule *rule_set_filter(const struct rule_set *set, uint32_t filter); /* its title, id, place, log source */
/* By id or name, and by log source. */
bool filter_covers(const struct rule_set *set, uint32_t filter, const struct rule *rule);
bool filter_is_for_any(const struct rule_set *set, uint32_t filter); /* `rules: any` */
void filter_each_rule(const struct rule_set *set, uint32_t filter, void (*fn)(void *ctx, str id_or_name), void *ctx);
void matcher_look(struct matcher *m, const struct event *ev);
bool matcher_passes(struct matcher *m, uint32_t filter); /* false: the filter takes the match away */

/* The rules that a correlation is made of; none for another rule. */
void correlation_each_part(const struct rule_set *set, uint32_t rule_index, void (*fn)(void *ctx, uint32_t part),
			   void *ctx);

#endif
