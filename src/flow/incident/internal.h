#ifndef FLOW_INCIDENT_INTERNAL_H
#define FLOW_INCIDENT_INTERNAL_H

#include "flow/incident/incident.h"

/* What one action leaves behind: a line in the timeline, an audit row, a work record. */
struct incident_trace {
	int64_t id;
	const char *kind;   /* of the timeline */
	const char *action; /* of audit and work: "incident.move" */
	const char *service;
	str text, detail; /* of the timeline */
	str audit_json;
	str result;      /* of the work */
	time_us started; /* of the work; 0 = a moment */
};
int incident_trace(struct db *db, const struct actor *who, const struct incident_trace *t, time_us now,
		   struct err *e) MUST_CHECK;

/* Writes every changeable field under the version that was read. */
int incident_save(struct db *db, const struct actor *who, const struct incident *in, time_us now,
		  struct err *e) MUST_CHECK;
/* Reads and checks the version; 0 = any. */
struct incident_key {
	int64_t id, version;
};
int incident_load(struct db *db, const struct actor *who, const struct incident_key *key, struct arena *a,
		  struct incident *ret, struct err *e) MUST_CHECK;
bool incident_text_ok(str s, size_t least, size_t most);

#endif
