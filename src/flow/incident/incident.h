/* incident: what is handled together, from the first report to the lesson learned.
 *
 * States follow ISO/IEC 27035 and NIST SP 800-61r3: new → triage → investigate → contain → eradicate → recover → review
 * → closed. Which step is possible from where, who may take it and what it needs is the table in states.c. Leaving a
 * state is the end of that state's work: the work record names the service of the state that is left, from when it
 * began. Every change runs inside the caller's transaction, has a version (ERR_CONFLICT err.incident.changed), an audit
 * row, a line in the timeline and a work record. The caller has checked the route's permission; incident_move checks
 * the step's own. Evidence: bytes live in store/blobs by their SHA-256 and never change; custody rows say who had them,
 * when and why.
 */
#ifndef FLOW_INCIDENT_INCIDENT_H
#define FLOW_INCIDENT_INCIDENT_H

#include "flow/alert/alert.h"
#include "store/blobs.h"

#define INCIDENT_TITLE_MAX 800u /* bytes: 200 characters, as the forms say; so the rest */
#define INCIDENT_SUMMARY_MAX 32000u
#define INCIDENT_NOTE_MAX 32000u
#define INCIDENT_REASON_MAX 16000u
#define INCIDENT_PAGE_MAX 200u
#define INCIDENT_ENTRIES_MAX 200u      /* of one timeline as read, latest first */
#define INCIDENT_REF_LEN 24            /* "INC-2026-0042" */
#define EVIDENCE_BYTES_MAX (64u << 20) /* no more than a response may carry, or it could not be had back */
#define EVIDENCE_NAME_MAX 255u
#define EVIDENCE_MAX 500u /* files of one incident */
#define INCIDENT_CLASSES_CONTENT "taxonomies/rsit.yaml"

/* X(symbol, "name", service whose work is done in that state). Words: "incident.state.<name>".
 * D-1 incident report acceptance, D-3 classification, D-2 handling, D-4 response and containment, D-5 recovery, F-1
 * post mortem. */
#define INCIDENT_STATES(X)                            \
	X(INCIDENT_NEW, "new", "D-1")                 \
	X(INCIDENT_TRIAGE, "triage", "D-3")           \
	X(INCIDENT_INVESTIGATE, "investigate", "D-2") \
	X(INCIDENT_CONTAIN, "contain", "D-4")         \
	X(INCIDENT_ERADICATE, "eradicate", "D-4")     \
	X(INCIDENT_RECOVER, "recover", "D-5")         \
	X(INCIDENT_REVIEW, "review", "F-1")           \
	X(INCIDENT_CLOSED, "closed", "D-2")

enum incident_state {
#define INCIDENT_ENUM(symbol, name, service) symbol,
	INCIDENT_STATES(INCIDENT_ENUM)
#undef INCIDENT_ENUM
		INCIDENT_STATE_COUNT
};

const char *incident_state_name(enum incident_state s);
bool incident_state_parse(str name, enum incident_state *ret);
const char *incident_state_service(enum incident_state s);

struct incident_step {
	enum incident_state from, to;
	enum permission permission;
	bool needs_reason;
};
/* Ends with a row whose permission is PERM_NONE. In the order in which a page offers them. */
extern const struct incident_step incident_steps[];
const struct incident_step *incident_step_find(enum incident_state from,
					       enum incident_state to); /* NULL = not possible */

struct incident {
	int64_t id, version, year, number;
	char ref[INCIDENT_REF_LEN];
	str title, summary;
	unsigned severity; /* 1 informational … 5 critical */
	str class;         /* "malicious-code/infected-system" (RSIT); empty = not classified yet */
	enum incident_state state;
	time_us state_since;
	int64_t owner_id; /* 0 = nobody */
	str owner_name, created_by;
	time_us created_at, changed_at, closed_at;
	str close_reason;
	int64_t alerts; /* incident_list only */
};

struct incident_new {
	str title, summary;
	unsigned severity;
	struct alert_set alerts; /* count 0 = none */
};
/* Alerts that are linked already: ERR_WRONG_STATE err.alert.other_incident. The actor becomes the owner. */
int incident_create(struct db *db, const struct actor *who, const struct incident_new *new, time_us now,
		    int64_t *ret_id, struct err *e) MUST_CHECK;
/* One action, one audit row with the set. */
int incident_add_alerts(struct db *db, const struct actor *who, int64_t id, const struct alert_set *set, time_us now,
			struct err *e) MUST_CHECK;

/* The longest start of a text that may be a title. */
str incident_title_cut(str text);

int incident_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct incident *ret,
		  struct err *e) MUST_CHECK;

struct incident_filter {
	bool open, closed; /* none set = open */
	bool has_state;
	enum incident_state state;
	int64_t owner_id; /* ALERT_ANYBODY = all */
	str text;
	int64_t before_id; /* 0 = from the newest */
	uint32_t limit;    /* 0 = INCIDENT_PAGE_MAX */
};
struct incident_list {
	struct incident *incidents; /* newest first */
	uint32_t count;
	bool has_more;
};
int incident_list(struct db *db, struct scope scope, const struct incident_filter *f, struct arena *a,
		  struct incident_list *ret, struct err *e) MUST_CHECK;
/* Live ones by state. */
int incident_counts(struct db *db, struct scope scope, int64_t ret[INCIDENT_STATE_COUNT], struct err *e) MUST_CHECK;

struct incident_move {
	int64_t id, version; /* version 0 = whatever it is */
	enum incident_state to;
	str reason;
};
int incident_move(struct db *db, const struct actor *who, const struct incident_move *m, time_us now,
		  struct err *e) MUST_CHECK;

struct incident_edit {
	int64_t id, version;
	bool take; /* the actor becomes the owner */
	str title; /* ptr NULL = as it was, and so the rest */
	str summary;
	str class;
	unsigned severity; /* 0 = as it was */
};
/* The caller has looked the class up in incident_classes. A new class or severity is D-3 work, the rest D-2. */
int incident_edit(struct db *db, const struct actor *who, const struct incident_edit *edit, time_us now,
		  struct err *e) MUST_CHECK;

int incident_note(struct db *db, const struct actor *who, int64_t id, str text, time_us now, struct err *e) MUST_CHECK;

struct incident_entry {
	int64_t id;
	time_us at, recorded_at;
	str kind; /* "note" "state" "alerts" "evidence" "edit" "created" "owner"; words "incident.entry.<kind>" */
	str user_name, text;
	str detail; /* state: the state's name; evidence: the file's name; else empty */
};
int incident_timeline(struct db *db, struct scope scope, int64_t id, struct arena *a, struct incident_entry **ret,
		      uint32_t *ret_count, struct err *e) MUST_CHECK;

struct evidence_item {
	int64_t id, number;
	str name, description, sha256, user_name;
	int64_t size_bytes;
	time_us added_at;
};
struct evidence_new {
	int64_t incident_id;
	str name;        /* as the sender's file was called; only shown, never a path */
	str description; /* why it was collected */
	struct blob blob;
};
int evidence_add(struct db *db, const struct actor *who, const struct evidence_new *new, time_us now, int64_t *ret_id,
		 struct err *e) MUST_CHECK;
int evidence_list(struct db *db, struct scope scope, int64_t incident_id, struct arena *a, struct evidence_item **ret,
		  uint32_t *ret_count, struct err *e) MUST_CHECK;
struct evidence_key {
	int64_t incident_id, id;
};
/* ERR_NOT_FOUND err.evidence.absent. */
int evidence_find(struct db *db, struct scope scope, const struct evidence_key *key, struct arena *a,
		  struct evidence_item *ret, struct err *e) MUST_CHECK;
/* Writes the custody row and the audit row of a reading; call it before the bytes go out. */
int evidence_read(struct db *db, const struct actor *who, const struct evidence_item *ev, str reason, time_us now,
		  struct err *e) MUST_CHECK;

struct custody {
	time_us at;
	str action, user_name, reason;
};
int custody_list(struct db *db, struct scope scope, int64_t evidence_id, struct arena *a, struct custody **ret,
		 uint32_t *ret_count, struct err *e) MUST_CHECK;

/* Classes of content/taxonomies/rsit.yaml. */
struct incident_class {
	str id; /* "malicious-code/infected-system" */
	str name_en, name_ja, group_en, group_ja;
};
#define INCIDENT_CLASSES_MAX 200u
int incident_classes(str data_folder, struct arena *a, struct incident_class **ret, uint32_t *ret_count,
		     struct err *e) MUST_CHECK;
/* ERR_RANGE, err.incident.class, when there is no such class; "" is none yet. */
int incident_class_check(str data_folder, str class, struct arena *a, struct err *e) MUST_CHECK;

#endif
