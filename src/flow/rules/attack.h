/* attack: which techniques of MITRE ATT&CK an organisation's rules can see, and which were seen.
 *
 * The matrix comes from content/taxonomies/attack.yaml (tactics in MITRE's order, techniques with their tactics).
 * Sub-techniques count with their technique. A technique that the file does not know (rules may be newer) stands under
 * the tactics that its rules name. `live` counts only rules that are on, can match, and are fed by log sources whose
 * events came within 30 days: a rule that nothing feeds covers nothing.
 */
#ifndef FLOW_RULES_ATTACK_H
#define FLOW_RULES_ATTACK_H

#include "flow/rules/list.h"

#define ATTACK_TACTICS_MAX 32u
#define ATTACK_TECHNIQUES_MAX 2000u

struct attack_tactic {
	str id, tag; /* "TA0043", "reconnaissance"; id may be empty */
};

struct attack_technique {
	str id, name;     /* "T1003"; the name is English, MITRE's; empty when the file does not know it */
	uint32_t tactics; /* bit by index of the tactic */
	uint32_t rules;   /* at work and on */
	uint32_t live;
	int64_t hits; /* matches of these rules in 90 days */
};

struct attack_matrix {
	str source; /* "MITRE ATT&CK Enterprise v18" */
	struct attack_tactic *tactics;
	uint32_t tactic_count;
	struct attack_technique *techniques; /* by id */
	uint32_t technique_count;
};
int attack_read(const struct rule_world *w, str data_folder, struct arena *a, struct attack_matrix *ret,
		struct err *e) MUST_CHECK;

/* The matrix as a layer of MITRE's ATT&CK Navigator (layer format 4.5), JSON: score = live rules. */
int attack_layer(const struct attack_matrix *m, str name, struct buf *out, struct err *e) MUST_CHECK;

#endif
