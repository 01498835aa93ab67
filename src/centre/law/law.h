/* law: the register of laws that a security operation must know, and how an organisation stands to each.
 *
 * Rows are content (content/laws.yaml) with source, certainty and the day of the last check; an organisation adds rows
 * of its own. Questions (content/law-questions.yaml) tell which rows may apply, with the reason. Per organisation and
 * row: applies or not, compliance with evidence, who is responsible, the next check; every save names the version it
 * read. Orientation, no legal advice: every page and reply says so. Immutable content, shared by all threads.
 */
#ifndef CENTRE_LAW_H
#define CENTRE_LAW_H

#include "centre/build/build.h"
#include "craft/calendar/calendar.h"

#define LAWS_CONTENT "laws.yaml"
#define LAW_QUESTIONS_CONTENT "law-questions.yaml"
#define LAWS_MAX 500u
#define LAW_QUESTIONS_MAX 64u
#define LAW_LIST_MAX 16u   /* deadlines, addressees, triggers, services, conditions of one row */
#define LAW_ID_MAX 32u     /* bytes */
#define LAW_OWN_MAX 200u   /* own rows of one organisation */
#define LAW_TEXT_MAX 2000u /* bytes of a remark, a requirement or evidence */
#define LAW_NAME_MAX 200u  /* bytes of a name */
#define LAW_BUDGET ((size_t)8 << 20)
#define LAW_NUMBER_MAX 100000000 /* an answer that is a number */

/* ---- deadlines ---- */

enum law_unit { LAW_AT_ONCE, LAW_HOURS, LAW_DAYS, LAW_BUSINESS_DAYS, LAW_MONTHS, LAW_UNKNOWN, LAW_UNIT_COUNT };
const char *law_unit_name(enum law_unit unit); /* "business_days"; words key "law.unit.<name>" */

struct law_deadline {
	str name[LANG_COUNT], note[LANG_COUNT];
	enum law_unit unit;
	uint32_t amount;
	str from;       /* when the clock starts: "know", "occurrence", …; words key "law.from.<from>" */
	bool first_day; /* the day of the start is day 1 */
	bool moves;     /* a last day on which offices are closed moves to the next one that is open */
};

/* The last second by which it must be done; 0 when the law names no number. Hours run on the clock; days are calendar
 * days of the zone and end with the day; a month ends on the day of the same number, or on the last day of its month.
 * Offices are closed on Saturdays, Sundays, holidays (NULL: none known) and 29 December to 3 January. Pure. */
struct law_clock {
	time_us start;
	int zone_min; /* minutes east of UTC */
	const struct holidays *holidays;
};
time_us law_due(const struct law_deadline *deadline, const struct law_clock *clock);

/* ---- content ---- */

enum law_certainty { LAW_HIGH, LAW_MEDIUM, LAW_RECALLED, LAW_OWN, LAW_CERTAINTY_COUNT };
const char *law_certainty_name(enum law_certainty certainty); /* words key "law.certainty.<name>" */

/* "employees>=301": all of one group must hold; "always" has no condition. */
struct law_condition {
	uint32_t question; /* index */
	bool at_least;     /* a number, else yes */
	int64_t number;
};

struct law {
	str id, jurisdiction, source, register_2009;
	str article[LANG_COUNT], name[LANG_COUNT], title[LANG_COUNT], requirement[LANG_COUNT], scene[LANG_COUNT],
		status[LANG_COUNT], measure[LANG_COUNT];
	str triggers[LAW_LIST_MAX][LANG_COUNT], addressees[LAW_LIST_MAX][LANG_COUNT];
	struct law_deadline deadlines[LAW_LIST_MAX];
	const struct fw_service *services[LAW_LIST_MAX];
	struct law_condition conditions[LAW_LIST_MAX];
	uint32_t trigger_count, addressee_count, deadline_count, service_count, condition_count;
	enum law_certainty certainty;
};

struct law_question {
	str id;
	bool is_number;
	str text[LANG_COUNT];
};

struct law_index;
int law_index_load(str data_folder, const struct framework *framework, struct law_index **ret,
		   struct err *e) MUST_CHECK;
/* Texts of the two files, for tests and fuzzing. */
struct law_files {
	str laws, questions;
	const struct framework *framework;
};
int law_index_read(const struct law_files *files, struct law_index **ret, struct err *e) MUST_CHECK;
void law_index_free(struct law_index *index);
uint32_t law_count(const struct law_index *index);
const struct law *law_at(const struct law_index *index, uint32_t at);
str law_checked(const struct law_index *index); /* "2026-11-21" */
uint32_t law_question_count(const struct law_index *index);
const struct law_question *law_question_at(const struct law_index *index, uint32_t at);

/* ---- answers ---- */

enum law_answer_kind { ANSWER_NONE, ANSWER_NO, ANSWER_YES, ANSWER_NUMBER };
struct law_answer {
	enum law_answer_kind kind;
	int64_t number;
	str user_name;
	time_us at;
};

enum law_verdict { LAW_OPEN, LAW_APPLIES, LAW_DOES_NOT, LAW_VERDICT_COUNT };
const char *law_verdict_name(enum law_verdict verdict); /* "open", "yes", "no"; words key "law.applies.<name>" */
bool law_verdict_parse(str name, enum law_verdict *ret);
/* What the answers (one per question) say; *ret_question is the question that decided or is still open, or UINT32_MAX
 * ("always"). Pure. */
enum law_verdict law_judge(const struct law *law, const struct law_answer *answers, uint32_t *ret_question);

int law_answers_load(struct db *db, struct scope scope, const struct law_index *index, struct arena *a,
		     struct law_answer **ret, struct err *e) MUST_CHECK;
/* One transaction with the audit trail ("law.answer"); `answers` has one entry per question. */
int law_answers_save(struct db *db, const struct actor *who, const struct law_index *index,
		     const struct law_answer *answers, time_us now, struct err *e) MUST_CHECK;

/* ---- how an organisation stands ---- */

enum law_compliance { COMPLIANCE_UNKNOWN, COMPLIANCE_MET, COMPLIANCE_PARTLY, COMPLIANCE_NOT, COMPLIANCE_COUNT };
const char *law_compliance_name(enum law_compliance c); /* words key "law.compliance.<name>" */
bool law_compliance_parse(str name, enum law_compliance *ret);

struct law_state {
	int64_t version;          /* 0 = nothing saved */
	enum law_verdict applies; /* by a person; LAW_OPEN = as the answers say */
	enum law_compliance compliance;
	str evidence; /* references: procedures, documents, work records */
	str responsible, remark;
	time_us next_check; /* 0 = none */
	str user_name;
	time_us changed_at;
};

struct law_row {
	const struct law *law;
	bool is_own;
	struct law_state state;
	enum law_verdict by_answers, applies; /* applies: the person's, else the answers' */
	uint32_t question;                    /* of by_answers */
};
struct law_register {
	struct law_row *rows;
	uint32_t count;
	struct law_answer *answers;
};
int law_register_load(struct db *db, struct scope scope, const struct law_index *index, struct arena *a,
		      struct law_register *ret, struct err *e) MUST_CHECK;
/* NULL when absent. */
const struct law_row *law_row_find(const struct law_register *r, str law_id);
/* Does any text of the row, in either language, hold these bytes (ASCII letters without case)? Two Japanese characters
 * are enough. */
bool law_row_matches(const struct law_row *row, str text);

struct law_change {
	str law;
	const struct law_state *state; /* version = the one that was read */
	time_us now;
};
/* In a transaction of its own with the audit trail ("law.state"). ERR_CONFLICT err.law.changed; ERR_RANGE err.record.*.
 */
int law_state_save(struct db *db, const struct actor *who, const struct law_change *change, struct err *e) MUST_CHECK;

struct law_own {
	str name, article, title, requirement, source;
};
/* A row of the organisation's own ("law.own"); *ret_id: its number, "own-<number>" is its id. */
int law_own_add(struct db *db, const struct actor *who, const struct law_own *own, time_us now, int64_t *ret_id,
		struct err *e) MUST_CHECK;

#endif
