/* web: the pages' route tables, one line a file; app/ lists them. Each ends with a zeroed row. */
#ifndef DOOR_WEB_WEB_H
#define DOOR_WEB_WEB_H

#include "door/http/http.h"

extern const struct route now_web_routes[];       /* "/" and the first page: my queue, what changed */
extern const struct route session_web_routes[];   /* sign in and out, language, organisation, the demo's ways in */
extern const struct route setup_web_routes[];     /* the first organisation; a new password by a link */
extern const struct route settings_web_routes[];  /* one's own settings */
extern const struct route users_web_routes[];     /* people, for administrators */
extern const struct route portfolio_web_routes[]; /* portfolio, one service, work by hand */
extern const struct route map_web_routes[];       /* the service map, a draft RFP */
extern const struct route law_web_routes[];       /* the register of laws */
extern const struct route law_row_web_routes[];   /* one law; the questions */
extern const struct route lens_web_routes[];      /* the answers through another framework */
extern const struct route content_web_routes[];   /* the content in use, one item, corrections */

extern const struct route steps_web_routes[];         /* catalogue, profile, portfolio as tables */
extern const struct route proposals_web_routes[];     /* starting proposals by size and sector */
extern const struct route sourcing_web_routes[];      /* four areas, what-if of the sourcing patterns */
extern const struct route own_web_routes[];           /* services of one's own, gaps in their order */
extern const struct route measures_web_routes[];      /* what is counted per service */
extern const struct route start_web_routes[];         /* the first set-up and its report */
extern const struct route approvals_web_routes[];     /* approved versions */
extern const struct route build_changes_web_routes[]; /* who changed what; undo, comments */

extern const struct route exchange_web_routes[];         /* files out and in */
extern const struct route evaluate_web_routes[];         /* rounds, snapshots, trend */
extern const struct route evaluate_round_web_routes[];   /* one round: reviews, sign-off */
extern const struct route evaluate_ask_web_routes[];     /* who is asked for which answers, what is asked of me */
extern const struct route evaluate_group_web_routes[];   /* what organisations below have signed */
extern const struct route evaluate_compare_web_routes[]; /* two snapshots side by side */
extern const struct route actions_web_routes[];          /* improvement actions */

extern const struct route cycle_web_routes[];         /* the cycle of X.1060, what flowed */
extern const struct route registers_web_routes[];     /* registers: overview, lists, entries */
extern const struct route criteria_web_routes[];      /* triage criteria, action policies */
extern const struct route calendar_web_routes[];      /* month, week, list of what is due */
extern const struct route calendar_task_web_routes[]; /* tasks, proposals, closing a day */
extern const struct route calendar_feed_web_routes[]; /* iCalendar addresses */

extern const struct route oncall_web_routes[];      /* who is called, the escalation order, swaps */
extern const struct route oncall_feed_web_routes[]; /* turns as iCalendar */

extern const struct route intel_web_routes[];          /* lists of indicators */
extern const struct route intel_web_routes[];          /* lists of indicators */
extern const struct route retro_web_routes[];          /* lists compared with kept events */
extern const struct route procedure_web_routes[];      /* procedures: list and editor */
extern const struct route procedure_show_web_routes[]; /* one procedure: states, walk-throughs */
extern const struct route people_web_routes[];         /* who can do what */
extern const struct route people_form_web_routes[];
extern const struct route provider_web_routes[]; /* providers and their reports */
extern const struct route provider_form_web_routes[];

extern const struct route suppress_web_routes[];      /* findings held back for a while */
extern const struct route alert_list_web_routes[];    /* the queue and its bulk action */
extern const struct route alert_web_routes[];         /* one alert */
extern const struct route incident_list_web_routes[]; /* incidents, a new one */
extern const struct route incident_web_routes[];      /* one incident, its evidence */
extern const struct route event_web_routes[];         /* raw events */

extern const struct route rules_web_routes[];    /* all rules */
extern const struct route rule_web_routes[];     /* one rule */
extern const struct route tune_web_routes[];     /* tuning filters */
extern const struct route attack_web_routes[];   /* coverage of ATT&CK */
extern const struct route backtest_web_routes[]; /* rules tried on kept events */

#endif
