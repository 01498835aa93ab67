/* The demo's organisation out of content/demo/organisation.yaml, through the rooms that a person would use. */
#include <stdio.h>

#include "app/demo_seeding.h"
#include "base/check.h"
#include "base/mem.h"
#include "centre/build/build.h"
#include "codec/yaml.h"
#include "craft/content/content.h"
#include "flow/alert/alert.h"
#include "guard/tenant.h"
#include "guard/user.h"

int seed_refuse(struct seeding *s, const struct yaml_node *node, str expected)
{
	int rc = err_set(s->e, ERR_PARSE, "err.demo.value");

	if (node && node->kind == YAML_SCALAR)
		err_value(s->e, node->text);
	err_expected(s->e, expected);
	return yaml_err(s->e, rc, DEMO_PATH, node);
}

/* Text in the demo's language: {en: …, ja: …}. */
str seed_text(const struct seeding *s, const struct yaml_node *node)
{
	return yaml_text(node, str_of(lang_code(s->seed->lang)));
}

/* "demo-works", "demo-works-2", … */
static str slug_of(uint32_t number, char out[TENANT_SLUG_MAX])
{
	int len = number == 1 ? snprintf(out, TENANT_SLUG_MAX, "demo-works")
			      : snprintf(out, TENANT_SLUG_MAX, "demo-works-%u", number);

	return (str){out, (size_t)len};
}

/* Counts the demo organisations of this data folder; *ret_id is the newest one's. */
static int count_demos(struct db *db, uint32_t *ret, int64_t *ret_id, struct err *e)
{
	char slug[TENANT_SLUG_MAX];
	uint32_t count = 0;
	int64_t id = 0;

	while (count < DEMO_ORGANISATIONS_MAX) {
		int rc = tenant_find(db, slug_of(count + 1, slug), &id, e);

		if (rc == -ERR_NOT_FOUND)
			break;
		if (rc)
			return rc;
		count++;
		*ret_id = id;
	}
	*ret = count;
	return 0;
}

int demo_tenant_find(struct db *db, int64_t *ret, struct err *e)
{
	uint32_t count;

	*ret = 0;
	return count_demos(db, &count, ret, e);
}

/* ---- people ---- */

static int make_person(struct seeding *s, const struct yaml_node *node)
{
	struct actor system = actor_system(s->tenant_id);
	struct demo_person *p = &s->people[s->people_count];
	struct user_new u = {.display_name = yaml_text(node, STR("name")),
			     .language = str_of(lang_code(s->seed->lang)),
			     .time_zone = STR("Asia/Tokyo"),
			     .now = s->seed->now};
	int rc;

	p->id = yaml_text(node, STR("id"));
	if (!role_parse(yaml_text(node, STR("role")), &u.role))
		return seed_refuse(s, yaml_get(node, STR("role")), STR("role"));
	/* Logins are unique in the installation, and a reset makes the same people again. */
	u.login = s->number == 1 ? arena_fmt(s->arena, STR_FMT "@demo-works.example", STR_ARG(p->id))
				 : arena_fmt(s->arena, STR_FMT ".%u@demo-works.example", STR_ARG(p->id), s->number);
	p->actor = (struct actor){.kind = ACTOR_SESSION,
				  .role = u.role,
				  .permissions = role_permissions(u.role),
				  .tenant_id = s->tenant_id,
				  .home_tenant_id = s->tenant_id,
				  .is_demo = true};
	snprintf(p->actor.name, sizeof(p->actor.name), STR_FMT, STR_ARG(u.display_name));
	if ((rc = user_create(s->db, &system, &u, &p->actor.user_id, s->e)))
		return rc;
	s->people_count++;
	return 0;
}

static int make_organisation(struct seeding *s)
{
	const struct yaml_node *users = yaml_get(s->root, STR("users"));
	char slug[TENANT_SLUG_MAX];
	struct tenant_new t = {.slug = slug_of(s->number, slug),
			       .name = yaml_text(s->root, STR("name")),
			       .kind = STR("company"),
			       .language = str_of(lang_code(s->seed->lang)),
			       .time_zone = STR("Asia/Tokyo"),
			       .is_demo = true};
	int rc;

	if (!users || users->kind != YAML_LIST || users->count > DEMO_PEOPLE_MAX)
		return seed_refuse(s, users, STR("users"));
	if ((rc = db_begin(s->db, s->e)))
		return rc;
	rc = tenant_create(s->db, &t, s->seed->now, &s->tenant_id, s->e);
	for (uint32_t i = 0; !rc && i < users->count; i++)
		rc = make_person(s, &users->items[i]);
	return db_end(s->db, rc, s->e);
}

const struct actor *seed_person(const struct seeding *s, str id)
{
	for (uint32_t i = 0; i < s->people_count; i++)
		if (str_eq(s->people[i].id, id))
			return &s->people[i].actor;
	return NULL;
}

/* ---- portfolio ---- */

/* The name behind a key of `teams` or `providers`. */
static int read_party(struct seeding *s, const struct yaml_node *node, str key, str list, str *ret)
{
	str id = yaml_text(node, key);

	if (!id.len)
		return 0;
	*ret = seed_text(s, yaml_get(yaml_get(s->root, list), id));
	return ret->len ? 0 : seed_refuse(s, yaml_get(node, key), list);
}

/* [now, target] */
static int read_pair(struct seeding *s, const struct yaml_node *node, enum side side, struct service_state *state)
{
	const struct yaml_node *pair = yaml_get(node, side == SIDE_IN ? STR("in") : STR("out"));
	uint64_t values[2];

	if (!pair)
		return 0;
	if (pair->kind != YAML_LIST || pair->count != 2)
		return seed_refuse(s, pair, STR("[now, target]"));
	for (uint32_t i = 0; i < 2; i++)
		if (!str_to_u64(pair->items[i].text, &values[i]) || values[i] > FRAMEWORK_SCORE_MAX)
			return seed_refuse(s, &pair->items[i], STR("0–5"));
	state->now[side] = (uint32_t)values[0];
	state->target[side] = (uint32_t)values[1];
	return 0;
}

static int seed_service(struct seeding *s, const struct yaml_node *node)
{
	const struct actor *ciso = seed_person(s, STR("ciso"));
	const struct yaml_node *reason = yaml_get(node, STR("not_applicable"));
	struct service_state state = {.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};
	struct service_change change = {.framework = s->seed->framework,
					.service = yaml_text(node, STR("service")),
					.state = &state,
					.now = s->at};
	struct seeded *before;
	str assignment = yaml_text(node, STR("assignment"));
	int64_t version;
	int rc;

	if (!framework_service(change.framework, change.service))
		return seed_refuse(s, yaml_get(node, STR("service")), STR("service"));
	if (!ciso || !service_level_parse(yaml_text(node, STR("level")), &state.level))
		return seed_refuse(s, yaml_get(node, STR("level")), STR("level"));
	if (assignment.len && !assignment_parse(assignment, &state.assignment))
		return seed_refuse(s, yaml_get(node, STR("assignment")), STR("assignment"));
	if ((rc = read_party(s, node, STR("team"), STR("teams"), &state.team)) ||
	    (rc = read_party(s, node, STR("provider"), STR("providers"), &state.provider)) ||
	    (rc = read_pair(s, node, SIDE_IN, &state)) || (rc = read_pair(s, node, SIDE_OUT, &state)))
		return rc;
	state.not_applicable = reason != NULL;
	state.not_applicable_reason = seed_text(s, reason);
	before = seed_past(s, change.service, &state);
	if (!before)
		return 0;
	change.expected = before->version;
	rc = service_state_save(s->db, ciso, &change, &version, s->e);
	if (!rc)
		before->version = version;
	return rc;
}

int seed_number(struct seeding *s, const struct yaml_node *node, str key, uint64_t most, int64_t *ret)
{
	uint64_t value;

	if (!str_to_u64(yaml_text(node, key), &value) || value > most)
		return seed_refuse(s, yaml_get(node, key), key);
	*ret = (int64_t)value;
	return 0;
}

static int seed_work(struct seeding *s, const struct yaml_node *node)
{
	const struct actor *who = seed_person(s, yaml_text(node, STR("by")));
	struct work_entry entry = {.framework = s->seed->framework, .now = s->seed->now};
	int64_t days = 0, minutes = 0, id;
	int rc;

	if (!who || !occasion_parse(yaml_text(node, STR("occasion")), &entry.work.occasion))
		return seed_refuse(s, node, STR("by, occasion"));
	if ((rc = seed_number(s, node, STR("days_ago"), 3660, &days)) ||
	    (rc = seed_number(s, node, STR("minutes"), 1440, &minutes)))
		return rc;
	if (days < s->work_from || days >= s->work_before)
		return 0;
	entry.work.service = yaml_text(node, STR("service"));
	entry.work.result = seed_text(s, yaml_get(node, STR("result")));
	entry.work.ended = s->seed->now - days * TIME_DAY;
	entry.work.started = entry.work.ended - minutes * TIME_MINUTE;
	return service_work_enter(s->db, who, &entry, &id, s->e);
}

int seed_each(struct seeding *s, str key, int (*fn)(struct seeding *s, const struct yaml_node *node))
{
	const struct yaml_node *list = yaml_get(s->root, key);
	int rc = 0;

	if (!list || list->kind != YAML_LIST)
		return seed_refuse(s, list, key);
	for (uint32_t i = 0; !rc && i < list->count; i++)
		rc = fn(s, &list->items[i]);
	return rc;
}

/* The portfolio and the work as they were at s->at. */
int seed_state(struct seeding *s)
{
	int rc = seed_each(s, STR("portfolio"), seed_service);

	return rc ? rc : seed_each(s, STR("work"), seed_work);
}

/* What the desk holds back on purpose; before the history comes in, so that it has something to hold back. */
static int seed_suppression(struct seeding *s, const struct yaml_node *node)
{
	const struct actor *who = seed_person(s, yaml_text(node, STR("by")));
	struct suppression what = {.rule_id = yaml_text(node, STR("rule")),
				   .rule_title = yaml_text(node, STR("title")),
				   .asset = yaml_text(node, STR("asset")),
				   .account = yaml_text(node, STR("account")),
				   .reason = seed_text(s, yaml_get(node, STR("reason")))};
	int64_t days = 0, id;
	int rc;

	if (!who)
		return seed_refuse(s, node, STR("by"));
	if ((rc = seed_number(s, node, STR("days"), SUPPRESS_TIME_MAX / TIME_DAY, &days)) ||
	    (rc = db_begin(s->db, s->e)))
		return rc;
	what.expires_at = s->seed->now + days * TIME_DAY;
	return db_end(s->db, suppression_create(s->db, who, &what, s->seed->now, &id, s->e), s->e);
}

int demo_seed(struct db *db, const struct demo_seed *seed, int64_t *ret_tenant, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	_cleanup_(buf_done) struct buf text = {0};
	struct seeding s = {.db = db, .seed = seed, .arena = &arena, .e = e};
	struct yaml_node *docs;
	uint32_t count;
	int64_t last = 0;
	int rc;

	arena_init(&arena, 4u << 20);
	buf_init(&text, CONTENT_FILE_MAX);
	if ((rc = content_read(seed->data_folder, DEMO_PATH, &text, e)) ||
	    (rc = yaml_read(buf_str(&text), DEMO_PATH, &arena, &docs, &count, e)) ||
	    (rc = count_demos(db, &s.number, &last, e)))
		return rc;
	if (count != 1)
		return seed_refuse(&s, NULL, STR("1"));
	s.root = docs;
	s.number++;
	if ((rc = make_organisation(&s)) || (rc = seed_rounds(&s)) || (rc = seed_ability(&s)))
		return rc;
	if (seed->calendar.proposals && (rc = seed_manage(&s, &seed->calendar)))
		return rc;
	if ((rc = seed_each(&s, STR("suppressions"), seed_suppression)))
		return rc;
	*ret_tenant = s.tenant_id;
	return 0;
}
