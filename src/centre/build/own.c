/* Services of the organisation's own, and the framework with them in it. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/build/internal.h"
#include "store/queries.gen.h"

static const char *const cadences[] = {"daily", "weekly", "monthly", "quarterly", "yearly", "on_demand"};

/* How long an occasion counts, for services that no file describes; the figures of content/frameworks. */
static const uint32_t windows[] = {90, 120, 180, 270, 400, 400};

static int cadence_at(str cadence)
{
	for (size_t i = 0; i < COUNT_OF(cadences); i++)
		if (str_eq(cadence, str_of(cadences[i])))
			return (int)i;
	return -1;
}

static str copy(struct stmt *st, struct arena *a, const char *column)
{
	return arena_str(a, stmt_col_text(st, column));
}

static bool own_read(struct stmt *st, struct arena *a, struct own_service *s)
{
	*s = (struct own_service){.version = stmt_col_i64(st, "version"),
				  .id = copy(st, a, "service"),
				  .category = copy(st, a, "category"),
				  .level = SERVICE_UNDECIDED,
				  .area = (uint32_t)stmt_col_i64(st, "area"),
				  .cadence = copy(st, a, "cadence"),
				  .is_removed = stmt_col_i64(st, "is_removed") != 0,
				  .user_name = copy(st, a, "user_name"),
				  .changed_at = stmt_col_i64(st, "changed_at")};
	(void)service_level_parse(stmt_col_text(st, "level"), &s->level);
	s->name.by_lang[LANG_EN] = copy(st, a, "name_en");
	s->name.by_lang[LANG_JA] = copy(st, a, "name_ja");
	s->description.by_lang[LANG_EN] = copy(st, a, "description_en");
	s->description.by_lang[LANG_JA] = copy(st, a, "description_ja");
	return s->id.ptr && s->category.ptr && s->cadence.ptr && s->user_name.ptr && s->name.by_lang[LANG_EN].ptr &&
	       s->name.by_lang[LANG_JA].ptr && s->description.by_lang[LANG_EN].ptr &&
	       s->description.by_lang[LANG_JA].ptr;
}

int own_service_list(struct db *db, struct scope scope, const struct framework *base, struct arena *a,
		     struct own_list *ret, struct err *e)
{
	struct own_list list = {.items = arena_alloc(a, OWN_SERVICES_MAX * sizeof(*list.items))};
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_own_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!list.items)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	stmt_text(&st, "framework", base->id);
	stmt_i64(&st, "count", OWN_SERVICES_MAX);
	while ((rc = stmt_step(&st, e)) > 0)
		if (!own_read(&st, a, &list.items[list.count++]))
			return err_set(e, ERR_LIMIT, "err.build.budget");
	if (rc < 0)
		return rc;
	*ret = list;
	return 0;
}

/* ---- the framework with them ---- */

static struct fw_service service_of(const struct own_service *own, uint32_t category)
{
	int at = cadence_at(own->cadence);
	struct fw_service s = {.id = own->id,
			       .category = category,
			       .name.text = own->name,
			       .description = own->description,
			       .level = own->level,
			       .area = own->area,
			       .cadence = own->cadence,
			       .window_days = at < 0 ? 400 : windows[at]};

	for (size_t lang = 0; lang < LANG_COUNT; lang++) {
		s.name.source[lang] = STR("own");
		s.name.verified[lang] = true; /* the organisation's word about its own service */
	}
	return s;
}

static void put_category(struct framework *fw, const struct framework *base, const struct own_list *own, uint32_t at)
{
	struct fw_category *c = &fw->categories[at];
	const struct fw_category *from = &base->categories[at];

	*c = *from;
	c->first = fw->service_count;
	for (uint32_t i = 0; i < from->count; i++)
		fw->services[fw->service_count++] = base->services[from->first + i];
	for (uint32_t i = 0; i < own->count; i++)
		if (!own->items[i].is_removed && str_eq(own->items[i].category, from->id))
			fw->services[fw->service_count++] = service_of(&own->items[i], at);
	c->count = fw->service_count - c->first;
}

int framework_of(struct db *db, struct scope scope, const struct framework *base, struct arena *a,
		 const struct framework **ret, struct err *e)
{
	struct framework *fw;
	struct own_list own;
	int rc = own_service_list(db, scope, base, a, &own, e);

	if (rc)
		return rc;
	*ret = base;
	if (own.count == 0)
		return 0;
	fw = arena_alloc(a, sizeof(*fw));
	if (fw) {
		*fw = *base;
		fw->services = arena_alloc(a, (base->service_count + own.count) * sizeof(*fw->services));
		fw->categories = arena_alloc(a, base->category_count * sizeof(*fw->categories));
	}
	if (!fw || !fw->services || !fw->categories)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	fw->service_count = 0;
	for (uint32_t i = 0; i < base->category_count; i++)
		put_category(fw, base, &own, i);
	for (uint32_t i = 0; i < fw->service_count; i++)
		fw->services[i].index = i;
	*ret = fw;
	return 0;
}

/* ---- saving ---- */

static int refuse(const char *field, const char *key, str value, struct err *e)
{
	int rc = err_set_value(e, ERR_RANGE, key, value);

	err_path(e, str_of(field));
	return rc;
}

/* The id stands in addresses and trails: capital letters, digits and hyphens, as those of the standard. */
static bool id_fits(str id)
{
	bool ok = id.len >= 2 && id.len <= OWN_ID_MAX && id.ptr[0] >= 'A' && id.ptr[0] <= 'Z';

	for (size_t i = 0; ok && i < id.len; i++)
		ok = (id.ptr[i] >= 'A' && id.ptr[i] <= 'Z') || (id.ptr[i] >= '0' && id.ptr[i] <= '9') ||
		     id.ptr[i] == '-';
	return ok;
}

static int check_words(const struct own_service *s, struct err *e)
{
	for (size_t lang = 0; lang < LANG_COUNT; lang++) {
		str name = str_trim(s->name.by_lang[lang]);

		if (!name.len || name.len > OWN_NAME_MAX)
			return refuse(lang == LANG_EN ? "name_en" : "name_ja", "err.build.own.name", name, e);
		if (s->description.by_lang[lang].len > OWN_TEXT_MAX)
			return refuse(lang == LANG_EN ? "description_en" : "description_ja", "err.build.own.text",
				      STR_NONE, e);
	}
	return 0;
}

static int own_check(const struct own_change *c, struct err *e)
{
	const struct own_service *s = &c->service;
	bool category = false;

	for (uint32_t i = 0; i < c->framework->category_count; i++)
		category = category || str_eq(c->framework->categories[i].id, s->category);
	if (!id_fits(s->id))
		return refuse("id", "err.build.own.id", s->id, e);
	if (framework_service(c->framework, s->id))
		return refuse("id", "err.build.own.taken", s->id, e);
	if (!category)
		return refuse("category", "err.build.own.category", s->category, e);
	if (s->level >= SERVICE_LEVEL_COUNT)
		return refuse("level", "err.build.level", STR_NONE, e);
	if (s->area < 1 || s->area > FRAMEWORK_AREAS)
		return refuse("area", "err.build.own.area", STR_NONE, e);
	if (cadence_at(s->cadence) < 0)
		return refuse("cadence", "err.build.own.cadence", s->cadence, e);
	return check_words(s, e);
}

static void bind_text(struct stmt *st, const char *name, str text)
{
	stmt_text(st, name, text.ptr ? str_trim(text) : STR(""));
}

static int own_write(struct db *db, const struct actor *who, const struct own_change *c, struct err *e)
{
	const struct own_service *s = &c->service;
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, s->version ? &Q_own_update : &Q_own_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", c->framework->id);
	stmt_text(&st, "service", s->id);
	if (s->version)
		stmt_i64(&st, "version", s->version);
	bind_text(&st, "category", s->category);
	bind_text(&st, "name_en", s->name.by_lang[LANG_EN]);
	bind_text(&st, "name_ja", s->name.by_lang[LANG_JA]);
	bind_text(&st, "description_en", s->description.by_lang[LANG_EN]);
	bind_text(&st, "description_ja", s->description.by_lang[LANG_JA]);
	stmt_text(&st, "level", service_level_id(s->level));
	stmt_i64(&st, "area", s->area);
	stmt_text(&st, "cadence", s->cadence);
	stmt_i64(&st, "is_removed", s->is_removed);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "changed_at", c->now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	if (db_changes(db) == 1)
		return 0;
	return err_set_value(e, ERR_CONFLICT, s->version ? "err.build.changed" : "err.build.own.exists", s->id);
}

static int own_trail(struct db *db, const struct actor *who, const struct own_change *c, struct err *e)
{
	const struct own_service *s = &c->service;
	_cleanup_(buf_done) struct buf object = {0};
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ json_t *detail = json_pack(
		"{sI ss% ss% ss% sb}", "version", (json_int_t)(s->version + 1), "category", s->category.ptr,
		s->category.len, "name_en", s->name.by_lang[LANG_EN].ptr, s->name.by_lang[LANG_EN].len, "name_ja",
		s->name.by_lang[LANG_JA].ptr, s->name.by_lang[LANG_JA].len, "removed", (int)s->is_removed);

	CHECK(detail);
	text = json_dumps(detail, JSON_COMPACT);
	CHECK(text);
	buf_init(&object, 128);
	buf_add_fmt(&object, "service:" STR_FMT "/" STR_FMT, STR_ARG(c->framework->id), STR_ARG(s->id));
	return audit_append(db, who, STR("service.own"), buf_str(&object), str_of(text), c->now, e);
}

static int check_room(struct db *db, const struct actor *who, const struct own_change *c, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct own_list list;
	int rc;

	if (c->service.version)
		return 0;
	arena_init(&arena, 1u << 20);
	rc = own_service_list(db, actor_scope(who), c->framework, &arena, &list, e);
	if (!rc && list.count >= OWN_SERVICES_MAX)
		return err_set(e, ERR_LIMIT, "err.build.own.many");
	return rc;
}

int own_service_save(struct db *db, const struct actor *who, const struct own_change *change, struct err *e)
{
	int rc = own_check(change, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	rc = check_room(db, who, change, e);
	if (!rc)
		rc = own_write(db, who, change, e);
	if (!rc)
		rc = own_trail(db, who, change, e);
	return db_end(db, rc, e);
}
