/* The portfolio as files: what routes and verbs share. */
#include "door/admin/assess.h"

#include "guard/tenant.h"

/* What every operation here needs. */
struct assess {
	const struct admin_call *call;
	struct arena arena;
	struct content_index *own; /* read here, when the door had none */
	const struct framework *framework;
	struct exchange_order order;
};

static int take_name(void *ctx, const struct tenant_row *row)
{
	struct assess *s = ctx;

	if (row->depth == 0)
		s->order.organisation = arena_str(&s->arena, row->name);
	return 0;
}

static void assess_done(struct assess *s)
{
	content_index_free(s->own);
	arena_done(&s->arena);
}

static int assess_init(struct assess *s, const struct admin_call *c, struct err *e)
{
	const struct content_index *index = c->frameworks;
	const struct framework *base;
	int rc;

	s->call = c;
	arena_init(&s->arena, EXCHANGE_ARENA);
	if (!index && (rc = content_index_load(c->data_folder, &s->own, e)))
		return rc;
	base = content_index_find(index ? index : s->own, STR(FRAMEWORK_DEFAULT));
	CHECK(base);
	if ((rc = framework_of(c->db, actor_scope(c->who), base, &s->arena, &s->framework, e)) ||
	    (rc = tenant_each(c->db, c->who->tenant_id, take_name, s, e)))
		return rc;
	s->order.framework = s->framework;
	s->order.now = admin_now(c);
	return 0;
}

/* ---- small inputs ---- */

static int refuse(struct err *e, const char *key, const char *field, str value)
{
	int rc = err_set_value(e, ERR_RANGE, key, value);

	err_path(e, str_of(field));
	return rc;
}

static str in_text(const struct admin_call *c, const char *name)
{
	const json_t *value = json_object_get(c->in, name);

	return json_is_string(value) ? (str){json_string_value(value), json_string_length(value)} : STR_NONE;
}

/* Unknown members are mistakes. */
static int only(const struct admin_call *c, const char *const *known, struct err *e)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)c->in, name, value)
	{
		const char *const *k = known;

		while (*k && strcmp(*k, name) != 0)
			k++;
		if (!*k)
			return admin_input(name, e);
	}
	return 0;
}

static int read_order(struct assess *s, struct err *e)
{
	const struct admin_call *c = s->call;
	str rule = in_text(c, "rule"), lang = in_text(c, "lang"), format = in_text(c, "format");
	str table = in_text(c, "table");

	if (rule.len && !combine_rule_parse(rule, &s->order.rule))
		return refuse(e, "err.build.rule", "rule", rule);
	if (lang.len && !lang_parse(lang, &s->order.lang))
		return refuse(e, "err.cli.lang", "lang", lang);
	if (format.len && !exchange_format_parse(format, &s->order.format))
		return refuse(e, "err.exchange.format", "format", format);
	if (table.len && !exchange_table_parse(table, &s->order.table))
		return refuse(e, "err.exchange.table", "table", table);
	/* Records of work have a permission of their own. */
	if (s->order.table == EXCHANGE_WORK && !actor_may(c->who, PERM_WORK_READ))
		return err_set_value(e, ERR_NOT_FOUND, "err.exchange.table", table);
	return 0;
}

/* ---- out ---- */

int admin_assess_export(const struct admin_call *c, json_t **ret, struct err *e)
{
	static const char *const known[] = {"format", "table", "rule", "lang", NULL};
	_cleanup_(assess_done) struct assess s = {0};
	char day[TIME_TEXT_MAX];
	str name;
	int rc = only(c, known, e);

	if (rc || (rc = assess_init(&s, c, e)) || (rc = read_order(&s, e)) ||
	    (rc = exchange_export(c->db, c->who, &s.order, c->raw_out, e)))
		return rc;
	(void)time_format(s.order.now, day);
	name = arena_fmt(&s.arena, "noroshi-%s-%.10s.%s", exchange_table_name(s.order.table), day,
			 exchange_format_end(s.order.format));
	*ret = admin_json(
		json_pack("{s:s, s:o}", "type", exchange_format_type(s.order.format), "name", admin_text(name)));
	return 0;
}

static json_t *score_json(score_c score)
{
	return score == SCORE_NONE ? json_null() : admin_json(json_real(score / 100.0));
}

static json_t *group_json(const struct portfolio_group *g)
{
	score_c now = score_mean_value(&g->now), target = score_mean_value(&g->target);
	json_t *out = admin_json(json_object());

	json_object_set_new(out, "services", json_integer(g->applicable));
	json_object_set_new(out, "now", score_json(now));
	json_object_set_new(out, "target", score_json(target));
	json_object_set_new(out, "gap",
			    now != SCORE_NONE && target != SCORE_NONE ? json_real((target - now) / 100.0)
								      : json_null());
	json_object_set_new(out, "evidence", score_json(score_mean_value(&g->evidence)));
	return out;
}

int admin_assess_score(const struct admin_call *c, json_t **ret, struct err *e)
{
	static const char *const known[] = {"rule", "lang", NULL};
	_cleanup_(assess_done) struct assess s = {0};
	struct portfolio_query query = {0};
	struct portfolio p;
	json_t *categories;
	int rc = only(c, known, e);

	if (rc || (rc = assess_init(&s, c, e)) || (rc = read_order(&s, e)))
		return rc;
	query = (struct portfolio_query){s.framework, s.order.rule, s.order.now};
	if ((rc = portfolio_load(c->db, actor_scope(c->who), &query, &s.arena, &p, e)))
		return rc;
	categories = admin_json(json_array());
	for (uint32_t i = 0; i < s.framework->category_count; i++) {
		json_t *one = group_json(&p.categories[i]);

		json_object_set_new(one, "id", admin_text(s.framework->categories[i].id));
		json_object_set_new(one, "name",
				    admin_text(s.framework->categories[i].name.text.by_lang[s.order.lang]));
		json_array_append_new(categories, one);
	}
	*ret = admin_json(json_pack("{s:o, s:s, s:o, s:o}", "organisation", admin_text(s.order.organisation), "rule",
				    combine_rule_name(s.order.rule), "total", group_json(&p.total), "categories",
				    categories));
	return 0;
}

/* ---- in ---- */

static json_t *import_json(const struct exchange_import *im)
{
	json_t *out = admin_json(json_object());

	json_object_set_new(out, "id", json_integer(im->id));
	json_object_set_new(out, "state", json_string(import_state_name(im->state)));
	json_object_set_new(out, "name", admin_text(im->name));
	json_object_set_new(out, "by", admin_text(im->user_name));
	json_object_set_new(out, "at", admin_time(im->at));
	json_object_set_new(out, "applied_at", admin_time(im->applied_at));
	json_object_set_new(out, "changed", json_integer(im->rows));
	json_object_set_new(out, "change", im->change_id ? json_integer(im->change_id) : json_null());
	return out;
}

static int show(struct assess *s, int64_t id, json_t **ret, struct err *e)
{
	const struct admin_call *c = s->call;
	struct exchange_input input = {.framework = s->framework};
	struct exchange_import im;
	struct exchange_plan plan;
	json_t *out;
	int rc = exchange_load(c->db, actor_scope(c->who), id, &s->arena, &im, &input.bytes, e);

	if (rc)
		return rc;
	if (im.state == IMPORT_SEEN && (rc = exchange_plan(c->db, c->who, &input, &s->arena, &plan, e)))
		return rc;
	out = import_json(&im);
	json_object_set_new(out, "plan",
			    im.state == IMPORT_SEEN ? assess_plan_json(&plan, s->order.lang) : json_null());
	*ret = out;
	return 0;
}

int admin_assess_import(const struct admin_call *c, json_t **ret, struct err *e)
{
	static const char *const known[] = {"name", "lang", NULL};
	_cleanup_(assess_done) struct assess s = {0};
	struct exchange_keep keep = {.bytes = c->raw_in, .name = in_text(c, "name")};
	struct exchange_input input = {.bytes = c->raw_in};
	struct exchange_plan plan;
	int64_t id;
	int rc = only(c, known, e);

	if (!rc && !c->raw_in.len)
		return err_set(e, ERR_RANGE, "err.exchange.no_file");
	if (rc || (rc = assess_init(&s, c, e)) || (rc = read_order(&s, e)))
		return rc;
	input.framework = keep.framework = s.framework;
	keep.now = s.order.now;
	/* What cannot be read at all is not kept. */
	if ((rc = exchange_plan(c->db, c->who, &input, &s.arena, &plan, e)) ||
	    (rc = exchange_keep(c->db, c->who, &keep, &id, e)))
		return rc;
	*ret = admin_json(json_pack("{s:I, s:s, s:o}", "id", (json_int_t)id, "state", import_state_name(IMPORT_SEEN),
				    "plan", assess_plan_json(&plan, s.order.lang)));
	return 0;
}

int admin_assess_show(const struct admin_call *c, json_t **ret, struct err *e)
{
	_cleanup_(assess_done) struct assess s = {0};
	int rc = assess_init(&s, c, e);

	if (rc || (rc = read_order(&s, e)))
		return rc;
	return show(&s, c->id, ret, e);
}

int admin_assess_list(const struct admin_call *c, json_t **ret, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct exchange_imports list;
	json_t *items;
	int rc;

	arena_init(&a, 1u << 20);
	if ((rc = exchange_list(c->db, actor_scope(c->who), &a, &list, e)))
		return rc;
	items = admin_json(json_array());
	for (uint32_t i = 0; i < list.count; i++)
		json_array_append_new(items, import_json(&list.items[i]));
	*ret = admin_json(json_pack("{s:o}", "imports", items));
	return 0;
}

static int read_take(const struct admin_call *c, struct arena *a, struct exchange_apply *apply, struct err *e)
{
	const json_t *take = json_object_get(c->in, "take"), *all = json_object_get(c->in, "take_all"), *one;
	str *services;
	size_t i;

	if ((take && !json_is_array(take)) || (all && !json_is_boolean(all)))
		return admin_input(take && !json_is_array(take) ? "take" : "take_all", e);
	services = arena_alloc(a, json_array_size(take) * sizeof(*services));
	if (!services)
		return err_set(e, ERR_LIMIT, "err.sheet.budget");
	json_array_foreach((json_t *)(uintptr_t)take, i, one)
	{
		if (!json_is_string(one))
			return admin_input("take", e);
		services[apply->take_count++] = (str){json_string_value(one), json_string_length(one)};
	}
	apply->take = services;
	apply->take_all = json_is_true(all);
	return 0;
}

int admin_assess_apply(const struct admin_call *c, json_t **ret, struct err *e)
{
	static const char *const known[] = {"take", "take_all", NULL};
	_cleanup_(assess_done) struct assess s = {0};
	struct exchange_apply apply = {.id = c->id};
	struct exchange_result r;
	int rc = only(c, known, e);

	if (rc || (rc = assess_init(&s, c, e)) || (rc = read_take(c, &s.arena, &apply, e)))
		return rc;
	apply.framework = s.framework;
	apply.now = s.order.now;
	if ((rc = exchange_apply(c->db, c->who, &apply, &r, e)))
		return rc;
	*ret = admin_json(json_pack("{s:o, s:I, s:I}", "change", r.change_id ? json_integer(r.change_id) : json_null(),
				    "changed", (json_int_t)r.changed, "left", (json_int_t)r.left));
	return 0;
}

int admin_assess_undo(const struct admin_call *c, json_t **ret, struct err *e)
{
	_cleanup_(assess_done) struct assess s = {0};
	struct exchange_undo undo = {.id = c->id};
	int rc = assess_init(&s, c, e);

	if (rc)
		return rc;
	undo.framework = s.framework;
	undo.now = s.order.now;
	if ((rc = exchange_undo(c->db, c->who, &undo, e)))
		return rc;
	*ret = admin_json(json_object());
	return 0;
}
