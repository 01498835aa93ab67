/* Seeding the demo's organisation: what demo_seed.c and demo_rounds.c share. */
#ifndef APP_DEMO_SEEDING_H
#define APP_DEMO_SEEDING_H

#include "app/demo_parts.h"
#include "centre/evaluate/evaluate.h"
#include "codec/yaml.h"

#define DEMO_PATH STR("demo/organisation.yaml")
#define DEMO_PEOPLE_MAX 32u

struct demo_person {
	str id;
	struct actor actor;
};

struct seeded {
	int64_t version; /* last saved, 0 = not yet */
	uint32_t lower;  /* with so many points less than now */
	bool insourced;  /* and without its provider */
};

struct seeding {
	struct db *db;
	const struct demo_seed *seed;
	const struct yaml_node *root;
	struct arena *arena;
	struct demo_person people[DEMO_PEOPLE_MAX];
	uint32_t people_count;
	int64_t tenant_id;
	uint32_t number; /* of the organisation in this data folder, from 1 */
	/* The time being seeded: rounds of the past first, then the present. */
	time_us at;
	int64_t work_from, work_before;                 /* days ago: work of [work_from, work_before) */
	const struct registers *registers;              /* NULL: no entries */
	const struct yaml_node *past;                   /* the round being seeded, NULL for the present */
	struct seeded services[FRAMEWORK_SERVICES_MAX]; /* by the framework's order */
	struct err *e;
};

/* ERR_PARSE with the node's place. */
int seed_refuse(struct seeding *s, const struct yaml_node *node, str expected);
/* Text in the demo's language: {en: …, ja: …}. */
str seed_text(const struct seeding *s, const struct yaml_node *node);
const struct actor *seed_person(const struct seeding *s, str id);
int seed_number(struct seeding *s, const struct yaml_node *node, str key, uint64_t most, int64_t *ret);
int seed_each(struct seeding *s, str key, int (*fn)(struct seeding *s, const struct yaml_node *node));
int seed_state(struct seeding *s);

/* The whole of the organisation's past and present. */
int seed_rounds(struct seeding *s);
/* Recurring work of the last weeks. */
int seed_manage(struct seeding *s, const struct demo_calendar *calendar);
/* People, procedures, contracts with their reports. */
int seed_ability(struct seeding *s);
/* Turns the present state of a service that the framework has into that of the round being seeded. NULL when nothing
 * changed since it was last saved. */
struct seeded *seed_past(struct seeding *s, str service, struct service_state *state);

#endif
