/* Packs of rules: fetched, enabled, undone; for the whole installation. */
#include "flow/rules/rules.h"

#include "door/admin/internal.h"

#define PACK_ARENA (8u << 20)

static json_t *pack_json(const struct pack *p)
{
	json_t *out = admin_json(json_object());

	json_object_set_new(out, "name", admin_text(p->name));
	json_object_set_new(out, "url", admin_text(p->url));
	json_object_set_new(out, "sha256", admin_text(p->sha256));
	json_object_set_new(out, "previous", admin_text(p->previous));
	json_object_set_new(out, "version", admin_text(p->version));
	json_object_set_new(out, "licence", admin_text(p->licence));
	json_object_set_new(out, "author", admin_text(p->author));
	json_object_set_new(out, "fetched_at", admin_time(p->fetched_at));
	json_object_set_new(out, "is_enabled", json_boolean(p->enabled));
	return out;
}

static json_t *known_json(const struct pack_known *k)
{
	json_t *out = admin_json(json_object());

	json_object_set_new(out, "name", admin_text(k->name));
	json_object_set_new(out, "url", admin_text(k->url));
	json_object_set_new(out, "licence", admin_text(k->licence));
	json_object_set_new(out, "author", admin_text(k->author));
	json_object_set_new(out, "description", admin_text(k->description));
	return out;
}

int admin_pack_list(const struct admin_call *c, json_t **ret, struct err *e)
{
	_cleanup_(arena_done) struct arena a;
	struct pack_known_list known;
	json_t *packs, *table;
	struct pack_list list;
	int rc;

	arena_init(&a, PACK_ARENA);
	rc = packs_read(c->data_folder, &a, &list, e);
	if (!rc)
		rc = packs_known(c->data_folder, &a, &known, e);
	if (rc)
		return rc;
	packs = admin_json(json_array());
	table = admin_json(json_array());
	for (uint32_t i = 0; i < list.count; i++)
		CHECK(json_array_append_new(packs, pack_json(&list.packs[i])) == 0);
	for (uint32_t i = 0; i < known.count; i++)
		CHECK(json_array_append_new(table, known_json(&known.packs[i])) == 0);
	*ret = admin_json(json_pack("{s:o, s:o}", "packs", packs, "known", table));
	return 0;
}

/* Packs are loaded for every organisation, so the installation's administrator decides. */
static int check_first(const struct admin_call *c, struct err *e)
{
	bool first = false;
	int rc = admin_is_first(c, &first, e);

	return rc ? rc : first ? 0 : err_set(e, ERR_DENIED, "err.pack.first");
}

static int told(const struct admin_call *c, const char *action, const struct pack *p, struct err *e)
{
	_cleanup_free_ char *detail = NULL;
	json_t *out = pack_json(p);
	char object[PACK_NAME_MAX + 16];
	int rc = db_begin(c->db, e);

	detail = json_dumps(out, JSON_COMPACT);
	json_decref(out);
	CHECK(detail != NULL);
	snprintf(object, sizeof(object), "rule_pack:" STR_FMT, STR_ARG(p->name));
	if (rc)
		return rc;
	return db_end(c->db,
		      audit_append(c->db, c->who, str_of(action), str_of(object), str_of(detail), admin_now(c), e), e);
}

/* Only who sits at the machine may name an address or a file: for others the server would reach where they cannot. */
static int check_what(const struct admin_call *c, str what, struct arena *a, struct err *e)
{
	struct pack_known_list known;
	int rc = c->who->kind == ACTOR_SOCKET ? 0 : packs_known(c->data_folder, a, &known, e);

	if (rc || c->who->kind == ACTOR_SOCKET)
		return rc;
	for (uint32_t i = 0; i < known.count; i++)
		if (str_eq(known.packs[i].name, what))
			return 0;
	return err_set_value(e, ERR_NOT_FOUND, "err.pack.unknown", what);
}

int admin_pack_fetch(const struct admin_call *c, json_t **ret, struct err *e)
{
	_cleanup_(arena_done) struct arena a;
	const char *what = NULL, *name = "", *sha256 = "";
	struct pack_fetch f = {.data_folder = c->data_folder, .env = c->env};
	struct pack_change change;
	json_t *out;
	int rc = admin_read(c, e, "{s:s, s?s, s?s !}", "what", &what, "name", &name, "sha256", &sha256);

	if (rc || (rc = check_first(c, e)))
		return rc;
	arena_init(&a, PACK_ARENA);
	f.what = str_of(what);
	f.name = str_of(name);
	f.sha256 = str_of(sha256);
	rc = check_what(c, f.what, &a, e);
	if (!rc)
		rc = pack_fetch(&f, &a, &change, e);
	if (!rc)
		rc = told(c, "rule_pack.fetch", &change.pack, e);
	if (rc)
		return rc;
	out = pack_json(&change.pack);
	json_object_set_new(out, "rules", json_integer(change.rules));
	json_object_set_new(out, "added", json_integer(change.added));
	json_object_set_new(out, "removed", json_integer(change.removed));
	json_object_set_new(out, "changed", json_integer(change.changed));
	json_object_set_new(out, "is_same", json_boolean(change.is_same));
	*ret = out;
	return 0;
}

int admin_pack_change(const struct admin_call *c, json_t **ret, struct err *e)
{
	_cleanup_(arena_done) struct arena a;
	const char *name = NULL, *action = NULL;
	bool undo, enable;
	struct pack p;
	int rc = admin_read(c, e, "{s:s, s:s !}", "name", &name, "action", &action);

	if (rc || (rc = check_first(c, e)))
		return rc;
	undo = strcmp(action, "undo") == 0;
	enable = strcmp(action, "enable") == 0;
	if (!undo && !enable && strcmp(action, "disable") != 0)
		return err_set_value(e, ERR_RANGE, "err.admin.input", str_of(action));
	arena_init(&a, PACK_ARENA);
	rc = undo ? pack_undo(c->data_folder, str_of(name), &a, &p, e)
		  : pack_enable(c->data_folder, str_of(name), enable, &a, &p, e);
	if (!rc)
		rc = told(c, undo ? "rule_pack.undo" : enable ? "rule_pack.enable" : "rule_pack.disable", &p, e);
	if (!rc)
		*ret = pack_json(&p);
	return rc;
}
