/* Roles, permissions and which role may what: one table. Descriptions are the words "role.<name>" and "perm.<name>". */
#include "base/check.h"
#include "guard/guard.h"

static const char *const permission_names[PERM_COUNT] = {
#define GUARD_NAME(symbol, name) [symbol] = name,
	GUARD_PERMISSIONS(GUARD_NAME)
#undef GUARD_NAME
};

_Static_assert(PERM_COUNT < 64, "one bit per permission");

#define BIT(p) (UINT64_C(1) << (p))
#define ANYBODY (BIT(PERM_NONE) | BIT(PERM_SIGNED_IN))
#define READ_WORK (BIT(PERM_ALERT_READ) | BIT(PERM_INCIDENT_READ) | BIT(PERM_EVENT_READ) | BIT(PERM_RULE_READ))
#define READ_PLAN (BIT(PERM_PORTFOLIO_READ) | BIT(PERM_WORK_READ))
#define READ_ALL (ANYBODY | READ_WORK | READ_PLAN)

struct role_row {
	const char *name;
	uint64_t permissions;
};

/* Who may what. The administrator may everything, because a team may be one person; larger teams keep that role for the
 * installation and give people the narrower ones. */
static const struct role_row roles[ROLE_COUNT] = {
	[ROLE_ADMIN] = {"admin", BIT(PERM_COUNT) - 1},
	[ROLE_CISO] = {"ciso", READ_ALL | BIT(PERM_PORTFOLIO_WRITE) | BIT(PERM_PORTFOLIO_APPROVE) |
				       BIT(PERM_INCIDENT_CLOSE) | BIT(PERM_WORK_WRITE) | BIT(PERM_AUDIT_READ) |
				       BIT(PERM_CRITERIA_APPROVE) | BIT(PERM_RESTRICTED_WORK)},
	[ROLE_MANAGER] = {"manager", READ_ALL | BIT(PERM_ALERT_WORK) | BIT(PERM_ALERT_SUPPRESS) |
					     BIT(PERM_INCIDENT_WORK) | BIT(PERM_INCIDENT_CLOSE) | BIT(PERM_RULE_WRITE) |
					     BIT(PERM_PORTFOLIO_WRITE) | BIT(PERM_WORK_WRITE) |
					     BIT(PERM_CRITERIA_APPROVE)},
	[ROLE_ANALYST] = {"analyst", READ_ALL | BIT(PERM_ALERT_WORK) | BIT(PERM_INCIDENT_WORK) | BIT(PERM_RULE_WRITE) |
					     BIT(PERM_WORK_WRITE)},
	[ROLE_HANDLER] = {"handler", READ_ALL | BIT(PERM_ALERT_WORK) | BIT(PERM_ALERT_SUPPRESS) |
					     BIT(PERM_INCIDENT_WORK) | BIT(PERM_INCIDENT_CLOSE) | BIT(PERM_WORK_WRITE)},
	[ROLE_INTEL] = {"intel", READ_ALL | BIT(PERM_RULE_WRITE) | BIT(PERM_WORK_WRITE)},
	[ROLE_PROVIDER_ANALYST] = {"provider_analyst", ANYBODY | READ_WORK | BIT(PERM_WORK_READ) |
							       BIT(PERM_ALERT_WORK) | BIT(PERM_INCIDENT_WORK) |
							       BIT(PERM_WORK_WRITE)},
	[ROLE_CUSTOMER] = {"customer", ANYBODY | BIT(PERM_ALERT_READ) | BIT(PERM_INCIDENT_READ) | READ_PLAN},
	[ROLE_AUDITOR] = {"auditor", READ_ALL | BIT(PERM_AUDIT_READ)},
	/* A token's reach is this row and its own scope: everything a program may be given. */
	[ROLE_API] = {"api", READ_ALL | BIT(PERM_EVENT_WRITE) | BIT(PERM_ALERT_WORK) | BIT(PERM_INCIDENT_WORK) |
				     BIT(PERM_RULE_WRITE) | BIT(PERM_PORTFOLIO_WRITE) | BIT(PERM_WORK_WRITE) |
				     BIT(PERM_AUDIT_READ)},
};

bool actor_may(const struct actor *a, enum permission p)
{
	CHECK(p >= PERM_NONE && p < PERM_COUNT);
	return p == PERM_NONE || (a->permissions & BIT(p)) != 0;
}

bool actor_may_see_people(const struct actor *a)
{
	return a->role == ROLE_ADMIN || a->role == ROLE_CISO || a->role == ROLE_MANAGER || a->role == ROLE_AUDITOR;
}

struct actor actor_system(int64_t tenant_id)
{
	struct actor a = {.kind = ACTOR_SYSTEM, .role = ROLE_ADMIN, .permissions = ~UINT64_C(0)};

	a.tenant_id = a.home_tenant_id = tenant_id;
	memcpy(a.name, "noroshi", sizeof("noroshi"));
	return a;
}

const char *permission_name(enum permission p)
{
	CHECK(p >= PERM_NONE && p < PERM_COUNT);
	return permission_names[p];
}

bool permission_parse(str name, enum permission *ret)
{
	for (int p = 0; p < PERM_COUNT; p++)
		if (str_eq(name, str_of(permission_names[p]))) {
			*ret = (enum permission)p;
			return true;
		}
	return false;
}

const char *role_name(enum role r)
{
	CHECK(r >= ROLE_ADMIN && r < ROLE_COUNT);
	return roles[r].name;
}

bool role_parse(str name, enum role *ret)
{
	for (int r = 0; r < ROLE_COUNT; r++)
		if (str_eq(name, str_of(roles[r].name))) {
			*ret = (enum role)r;
			return true;
		}
	return false;
}

uint64_t role_permissions(enum role r)
{
	CHECK(r >= ROLE_ADMIN && r < ROLE_COUNT);
	return roles[r].permissions;
}
