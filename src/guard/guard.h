/* guard: who may do what, and the trail of who did.
 *
 * An actor is somebody (or some program) whom a door has recognised: a session, an API token, the unix socket's peer,
 * or the system itself. Rooms take an actor and never look at cookies. Permissions are a table (guard/roles.c): role ×
 * permission; a route names the permission it needs. What one may not see answers ERR_NOT_FOUND, not ERR_DENIED.
 * Organisations (tenants) form a tree: group → company → site, provider → customer. An actor works in one organisation
 * at a time (actor.tenant_id), its own or one below it.
 */
#ifndef GUARD_GUARD_H
#define GUARD_GUARD_H

#include "base/time.h"
#include "store/db.h"

/* X(symbol, "name.in.api", minimal description key is "perm.<name>") */
#define GUARD_PERMISSIONS(X)                                                                             \
	X(PERM_NONE, "none")           /* public: login page, health */                                  \
	X(PERM_SIGNED_IN, "signed_in") /* anybody with a session: own settings */                        \
	X(PERM_ALERT_READ, "alert.read")                                                                 \
	X(PERM_ALERT_WORK, "alert.work")         /* acknowledge, verdict, comment */                     \
	X(PERM_ALERT_SUPPRESS, "alert.suppress") /* hold findings back for a while */                    \
	X(PERM_INCIDENT_READ, "incident.read")                                                           \
	X(PERM_INCIDENT_WORK, "incident.work")                                                           \
	X(PERM_INCIDENT_CLOSE, "incident.close")                                                         \
	X(PERM_EVENT_READ, "event.read")                                                                 \
	X(PERM_EVENT_WRITE, "event.write") /* intake */                                                  \
	X(PERM_RULE_READ, "rule.read")                                                                   \
	X(PERM_RULE_WRITE, "rule.write")                                                                 \
	X(PERM_PORTFOLIO_READ, "portfolio.read")                                                         \
	X(PERM_PORTFOLIO_WRITE, "portfolio.write")                                                       \
	X(PERM_PORTFOLIO_APPROVE, "portfolio.approve")                                                   \
	X(PERM_WORK_READ, "work.read")                                                                   \
	X(PERM_WORK_WRITE, "work.write")                                                                 \
	X(PERM_CRITERIA_APPROVE, "criteria.approve") /* triage criteria, action policies */              \
	X(PERM_RESTRICTED_WORK, "restricted.work")   /* internal fraud: beyond one's own need to know */ \
	X(PERM_USER_ADMIN, "user.admin")                                                                 \
	X(PERM_TOKEN_ADMIN, "token.admin")                                                               \
	X(PERM_AUDIT_READ, "audit.read")                                                                 \
	X(PERM_SYSTEM_ADMIN, "system.admin") /* backup, restore, metrics, configuration */

enum permission {
#define GUARD_ENUM(symbol, name) symbol,
	GUARD_PERMISSIONS(GUARD_ENUM)
#undef GUARD_ENUM
		PERM_COUNT
};

enum role {
	ROLE_ADMIN,
	ROLE_CISO,
	ROLE_MANAGER,
	ROLE_ANALYST,
	ROLE_HANDLER,
	ROLE_INTEL,
	ROLE_PROVIDER_ANALYST,
	ROLE_CUSTOMER,
	ROLE_AUDITOR,
	ROLE_API,
	ROLE_COUNT
};

enum actor_kind { ACTOR_NOBODY, ACTOR_SESSION, ACTOR_TOKEN, ACTOR_SOCKET, ACTOR_SYSTEM };

#define ACTOR_NAME_MAX 128

struct actor {
	enum actor_kind kind;
	enum role role;
	uint64_t permissions; /* bit per enum permission: the role's, narrowed by a token's scope */
	int64_t user_id;      /* 0 for the system and for tokens without an owner */
	int64_t token_id;
	int64_t session_id;
	int64_t tenant_id;      /* the organisation worked in */
	int64_t home_tenant_id; /* the organisation belonged to */
	bool is_demo;
	char name[ACTOR_NAME_MAX]; /* shown in trails */
};

/* The program itself, e.g. detection writing alerts for a tenant. */
struct actor actor_system(int64_t tenant_id);
bool actor_may(const struct actor *a, enum permission p);
static inline struct scope actor_scope(const struct actor *a)
{
	return (struct scope){.tenant_id = a->tenant_id};
}

/* May this actor read who did a piece of work? Who leads and who audits; others read how many did. Work lists are not
 * made to watch colleagues, and a customer's portal does not name the provider's people. */
bool actor_may_see_people(const struct actor *a);

const char *permission_name(enum permission p);
bool permission_parse(str name, enum permission *ret);
const char *role_name(enum role r); /* "admin", "ciso", … ; words key "role.<name>" */
bool role_parse(str name, enum role *ret);
uint64_t role_permissions(enum role r);

struct audit_entry {
	str action;      /* "alert.verdict" */
	str object;      /* "alert:17" */
	str detail_json; /* a JSON object */
	time_us now;
};

/* Appends to the organisation's hash chain, inside the caller's transaction. A bulk action is one row with its set. */
int audit_add(struct db *db, const struct actor *who, const struct audit_entry *entry, struct err *e) MUST_CHECK;

/* The same with the entry's members in a row: audit_append(db, who, action, object, detail_json, now, e). */
#define audit_append(db, who, action_, object_, detail_json_, now_, e)                                             \
	audit_add(db, who,                                                                                         \
		  &(const struct audit_entry){                                                                     \
			  .action = (action_), .object = (object_), .detail_json = (detail_json_), .now = (now_)}, \
		  e)

#endif
