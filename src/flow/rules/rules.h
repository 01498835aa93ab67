/* rules: what people decide about rules, and what rules are beside their program. The parts of this room's public face:
 * whether a rule can ever match (coverage), the texts and packs of a generation (catalogue), counts of matches (hits),
 * decisions asked for each match (desk), what people decide (decide), all rules searched and sorted (list).
 */
#ifndef FLOW_RULES_RULES_H
#define FLOW_RULES_RULES_H

#include "flow/rules/attack.h"
#include "flow/rules/backtest.h"
#include "flow/rules/catalogue.h"
#include "flow/rules/coverage.h"
#include "flow/rules/decide.h"
#include "flow/rules/desk.h"
#include "flow/rules/hits.h"
#include "flow/rules/kept.h"
#include "flow/rules/list.h"
#include "flow/rules/pack.h"

#endif
