/* register: the many lists that a centre keeps (products, changes, samples, tests, notices, contacts, …) in one room.
 *
 * What a kind of list has is content (content/registers.yaml): its services, fields with type and limits, states and
 * moves, how often an entry is looked at again, and whether it is restricted (need to know) or has people (attendance
 * of an exercise, receipts of a notice). A change of state is work of the entry's service; when an entry with
 * attendance ends, everybody who attended gets a record of work with the kind's occasion (exercise, training), so it
 * counts as evidence of ability. A restricted entry exists only for who made it, who was told (need to know), and who
 * may everything (restricted.work); for everybody else it answers ERR_NOT_FOUND. Values are texts, checked by their
 * field's type.
 */
#ifndef CENTRE_REGISTER_REGISTER_H
#define CENTRE_REGISTER_REGISTER_H

#include "base/arena.h"
#include "centre/build/build.h"
#include "craft/calendar/calendar.h"
#include "guard/guard.h"

#define REGISTER_CONTENT "registers.yaml"
#define REGISTER_KINDS_MAX 64u
#define REGISTER_FIELDS_MAX 24u
#define REGISTER_STATES_MAX 12u
#define REGISTER_CHOICES_MAX 24u
#define REGISTER_SERVICES_MAX 16u /* of one kind */
#define REGISTER_TITLE_MAX 400u   /* bytes */
#define REGISTER_TEXT_MAX 800u    /* of a short field */
#define REGISTER_LONG_MAX 16000u  /* of a long one */
#define REGISTER_LIST_MAX 500u    /* entries of one list */
#define REGISTER_ENTRIES_MAX 200u /* of one history */
#define REGISTER_PEOPLE_MAX 300u  /* of one entry */

enum field_type { FIELD_TEXT, FIELD_LONG, FIELD_DATE, FIELD_NUMBER, FIELD_CHOICE, FIELD_TYPE_COUNT };

struct register_field {
	str id;
	str label[LANG_COUNT];
	enum field_type type;
	bool needed;
	uint32_t least, most;              /* FIELD_NUMBER */
	str choices[REGISTER_CHOICES_MAX]; /* FIELD_CHOICE: ids */
	str choice_label[REGISTER_CHOICES_MAX][LANG_COUNT];
	uint32_t choice_count;
};

struct register_state {
	str id;
	str label[LANG_COUNT];
	bool is_final;
	uint32_t next; /* bit per state it may become */
};

struct register_kind {
	str id;
	str title[LANG_COUNT], what[LANG_COUNT];
	str services[REGISTER_SERVICES_MAX]; /* the first is proposed */
	uint32_t service_count;
	bool is_restricted;
	bool has_people;        /* attendance or receipts */
	enum occasion occasion; /* of the work record of who attended; OCCASION_COUNT = receipts only */
	uint32_t review_days;   /* proposed: looked at again after; 0 = not */
	struct register_field fields[REGISTER_FIELDS_MAX];
	uint32_t field_count;
	struct register_state states[REGISTER_STATES_MAX]; /* the first is a new entry's */
	uint32_t state_count;
};
struct registers {
	struct arena arena;
	struct register_kind *kinds;
	uint32_t count;
};
/* err.reader.* with place. data_folder may be empty. */
int registers_load(str data_folder, const struct framework *fw, struct registers **ret, struct err *e) MUST_CHECK;
void registers_free(struct registers *r);
const struct register_kind *register_kind_find(const struct registers *r, str id);

struct register_item {
	int64_t id, version, number;
	const struct register_kind *kind;
	uint32_t state; /* index */
	str title, service, owner_name;
	str values[REGISTER_FIELDS_MAX]; /* parallel to kind->fields; empty = not said */
	day_t review;                    /* looked at again on; DAY_NONE = not */
	int64_t created_id;
	str created_by, changed_by;
	time_us created_at, changed_at;
};

struct register_house {
	const struct registers *registers;
	const struct framework *framework;
	time_us now;
};

/* A new one (id 0) or a changed one (id and version as read); kind and state of a changed one are not. In a transaction
 * of its own. ERR_RANGE with path = field; ERR_CONFLICT err.register.changed. */
int register_save(struct db *db, const struct actor *who, const struct register_house *h,
		  const struct register_item *item, int64_t *ret_id, struct err *e) MUST_CHECK;
struct register_move {
	int64_t id, version;
	str to, note;
};
/* ERR_WRONG_STATE err.register.move when the table has no such move. */
int register_move(struct db *db, const struct actor *who, const struct register_house *h, const struct register_move *m,
		  struct err *e) MUST_CHECK;
/* ERR_NOT_FOUND err.register.absent also for what one need not know. */
int register_load(struct db *db, const struct actor *who, const struct registers *r, int64_t id, struct arena *a,
		  struct register_item *ret, struct err *e) MUST_CHECK;
struct register_list {
	struct register_item *items; /* open ones first, the latest change first */
	uint32_t count;
};
int register_list(struct db *db, const struct actor *who, const struct register_kind *kind, struct arena *a,
		  struct register_list *ret, struct err *e) MUST_CHECK;
/* Per kind, in the order of registers->kinds; a restricted kind counts only for who may everything there. */
struct register_count {
	int64_t open, all, late;
};
int register_counts(struct db *db, const struct actor *who, const struct register_house *h, struct arena *a,
		    struct register_count **ret, struct err *e) MUST_CHECK;

struct register_entry {
	time_us at;
	str user_name, action, state, note;
};
int register_entries(struct db *db, struct scope scope, int64_t id, struct arena *a, struct register_entry **ret,
		     uint32_t *ret_count, struct err *e) MUST_CHECK;

/* X(symbol, "name") words key "register.part.<name>" */
enum register_part { PART_INVITED, PART_ATTENDED, PART_ABSENT, PART_READ, PART_KNOWS, PART_COUNT };
const char *register_part_name(enum register_part part);
bool register_part_parse(str name, enum register_part *ret);
struct register_person {
	int64_t user_id;
	str user_name;
	enum register_part part;
	time_us at;
};
struct register_people {
	struct register_person *items;
	uint32_t count;
};
int register_people(struct db *db, struct scope scope, int64_t id, struct arena *a, struct register_people *ret,
		    struct err *e) MUST_CHECK;
/* Who takes part, or needs to know; PART_READ only for oneself (ERR_DENIED err.register.receipt). */
struct register_person_put {
	int64_t item_id, person_id;
	str person_name;
	enum register_part part;
};
int register_person_put(struct db *db, const struct actor *who, const struct register_house *h,
			const struct register_person_put *p, struct err *e) MUST_CHECK;

#endif
