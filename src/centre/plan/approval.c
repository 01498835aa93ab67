/* Approved versions: the whole result as JSON, frozen, hashed, compared with the present. */
#include <jansson.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/plan/plan.h"
#include "craft/record/record.h"
#include "os/digest.h"
#include "store/queries.gen.h"

#define APPROVAL_BUDGET ((size_t)4 << 20) /* bytes: a portfolio and its text */

static const char *const subject_names[APPROVAL_SUBJECT_COUNT] = {"catalogue", "profile", "portfolio"};

static void json_done(json_t **j)
{
	json_decref(*j);
}

const char *approval_subject_name(enum approval_subject subject)
{
	CHECK(subject < APPROVAL_SUBJECT_COUNT);
	return subject_names[subject];
}

bool approval_subject_parse(str name, enum approval_subject *ret)
{
	int at = name_find(&(struct name_table){subject_names, COUNT_OF(subject_names)}, name);

	if (at >= 0)
		*ret = (enum approval_subject)at;
	return at >= 0;
}

uint32_t approval_fields(enum approval_subject subject)
{
	return subject == APPROVE_CATALOGUE ? FIELDS_CATALOGUE
	       : subject == APPROVE_PROFILE ? FIELDS_PROFILE
					    : FIELDS_PORTFOLIO;
}

/* ---- the text ---- */

static json_t *text_json(str s)
{
	json_t *j = json_stringn(s.ptr ? s.ptr : "", s.len);

	CHECK(j); /* texts of the store are UTF-8 */
	return j;
}

static json_t *service_json(const struct portfolio *p, const struct portfolio_item *item, uint32_t fields,
			    struct arena *a)
{
	json_t *out = json_object(), *names = json_object();

	CHECK(out && names);
	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		json_object_set_new(names, lang_code((enum lang)lang),
				    text_json(item->service->name.text.by_lang[lang]));
	json_object_set_new(out, "id", text_json(item->service->id));
	json_object_set_new(out, "category", text_json(p->framework->categories[item->service->category].id));
	json_object_set_new(out, "name", names);
	json_object_set_new(out, "level_used", text_json(service_level_id(item->level)));
	for (enum state_field f = 0; f < FIELD_COUNT; f++)
		if (fields & FIELD_BIT(f))
			json_object_set_new(out, state_field_name(f), text_json(state_field_text(&item->state, f, a)));
	return out;
}

static char *body_make(const struct portfolio *p, const struct approval_new *n, const struct actor *who, int64_t number)
{
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_(json_done) json_t *out = json_object();
	json_t *services = json_array();
	char at[TIME_TEXT_MAX];
	char *text;

	CHECK(out && services);
	arena_init(&a, APPROVAL_BUDGET);
	for (uint32_t i = 0; i < p->framework->service_count; i++)
		json_array_append_new(services, service_json(p, &p->items[i], approval_fields(n->subject), &a));
	(void)time_format(n->now, at);
	json_object_set_new(out, "format", json_string("noroshi approval 1"));
	json_object_set_new(out, "subject", json_string(approval_subject_name(n->subject)));
	json_object_set_new(out, "number", json_integer((json_int_t)number));
	json_object_set_new(out, "framework", text_json(p->framework->id));
	json_object_set_new(out, "edition", text_json(p->framework->edition));
	json_object_set_new(out, "approved_by", text_json(str_of(who->name)));
	json_object_set_new(out, "approved_at", json_string(at));
	json_object_set_new(out, "remark", text_json(str_trim(n->remark)));
	json_object_set_new(out, "services", services);
	text = json_dumps(out, JSON_INDENT(1) | JSON_ENSURE_ASCII | JSON_SORT_KEYS);
	CHECK(text);
	return text;
}

/* ---- making one ---- */

static int next_number(struct db *db, struct scope scope, const struct approval_new *n, int64_t *ret, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct approval_query query = {n->framework->id, n->subject, 1};
	struct approval_list list;
	int rc;

	arena_init(&a, 1u << 20);
	rc = approval_list(db, scope, &query, &a, &list, e);
	if (!rc)
		*ret = list.count ? list.items[0].number + 1 : 1;
	return rc;
}

static int insert(struct db *db, const struct actor *who, const struct approval_new *n, const struct approval *a,
		  struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_approval_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", n->framework->id);
	stmt_text(&st, "subject", str_of(approval_subject_name(n->subject)));
	stmt_i64(&st, "number", a->number);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "at", n->now);
	stmt_text(&st, "remark", str_trim(n->remark).ptr ? str_trim(n->remark) : STR(""));
	stmt_i64(&st, "row_count", a->row_count);
	stmt_text(&st, "hash", a->hash);
	stmt_text(&st, "body", a->body);
	return stmt_run(&st, e);
}

static int make_inside(struct db *db, const struct actor *who, const struct approval_new *n, int64_t *ret_id,
		       struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	_cleanup_free_ char *body = NULL;
	struct portfolio_query query = {.framework = n->framework, .now = n->now};
	struct approval a = {.row_count = n->framework->service_count};
	struct digest_hex hash;
	struct portfolio p;
	struct trail_pair pairs[4] = {{0}};
	struct trail t = {.action = "portfolio.approve", .kind = "approval", .now = n->now, .pairs = pairs};
	char number[24];
	int rc;

	arena_init(&arena, APPROVAL_BUDGET);
	if ((rc = portfolio_load(db, actor_scope(who), &query, &arena, &p, e)) ||
	    (rc = next_number(db, actor_scope(who), n, &a.number, e)))
		return rc;
	body = body_make(&p, n, who, a.number);
	a.body = str_of(body);
	hash = digest_sha256_hex(a.body);
	a.hash = str_of(hash.text);
	if ((rc = insert(db, who, n, &a, e)))
		return rc;
	*ret_id = t.id = db_last_id(db);
	(void)snprintf(number, sizeof(number), "%lld", (long long)a.number);
	pairs[0] = (struct trail_pair){"subject", str_of(approval_subject_name(n->subject))};
	pairs[1] = (struct trail_pair){"number", str_of(number)};
	pairs[2] = (struct trail_pair){"sha256", a.hash};
	return trail_add(db, who, &t, e);
}

int approval_make(struct db *db, const struct actor *who, const struct approval_new *n, int64_t *ret_id, struct err *e)
{
	int64_t id = 0;
	int rc = check_length("remark", n->remark, APPROVAL_REMARK_MAX, false, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	rc = db_end(db, make_inside(db, who, n, &id, e), e);
	if (!rc)
		*ret_id = id;
	return rc;
}

/* ---- reading ---- */

static bool read_row(struct stmt *st, struct arena *a, struct approval *ret)
{
	bool failed = false;

	*ret = (struct approval){.id = stmt_col_i64(st, "id"),
				 .number = stmt_col_i64(st, "number"),
				 .framework = row_text(st, "framework", a, &failed),
				 .user_name = row_text(st, "user_name", a, &failed),
				 .remark = row_text(st, "remark", a, &failed),
				 .hash = row_text(st, "hash", a, &failed),
				 .at = stmt_col_i64(st, "at"),
				 .row_count = (uint32_t)stmt_col_i64(st, "row_count")};
	(void)approval_subject_parse(stmt_col_text(st, "subject"), &ret->subject);
	return !failed;
}

int approval_list(struct db *db, struct scope scope, const struct approval_query *query, struct arena *a,
		  struct approval_list *ret, struct err *e)
{
	uint32_t most = query->most && query->most < APPROVALS_MAX ? query->most : APPROVALS_MAX;
	struct approval_list list = {.items = arena_alloc(a, most * sizeof(*list.items))};
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_approval_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!list.items)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	stmt_text(&st, "framework", query->framework);
	stmt_text(&st, "subject", str_of(approval_subject_name(query->subject)));
	stmt_i64(&st, "count", most);
	while ((rc = stmt_step(&st, e)) > 0)
		if (!read_row(&st, a, &list.items[list.count++]))
			return err_set(e, ERR_LIMIT, "err.build.budget");
	if (rc < 0)
		return rc;
	*ret = list;
	return 0;
}

int approval_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct approval *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct digest_hex hash;
	int rc = db_prepare(db, &Q_approval_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "err.plan.approval");
	if (!read_row(&st, a, ret))
		return err_set(e, ERR_LIMIT, "err.build.budget");
	ret->body = arena_str(a, stmt_col_text(&st, "body"));
	if (!ret->body.ptr)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	hash = digest_sha256_hex(ret->body);
	return str_eq(str_of(hash.text), ret->hash) ? 0 : err_set(e, ERR_CORRUPT, "err.plan.hash");
}

/* ---- comparing ---- */

struct comparing {
	struct arena *arena;
	struct approval_comparison *out;
	size_t cap;
};

static str text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? str_of(text) : STR("");
}

static void differ(struct comparing *c, str service, enum state_field field, str before, str after)
{
	if (c->out->count < c->cap)
		c->out->items[c->out->count++] = (struct approval_difference){
			arena_str(c->arena, service), field, arena_str(c->arena, before), arena_str(c->arena, after)};
}

static void compare_service(struct comparing *c, const json_t *frozen, const struct portfolio_item *item,
			    uint32_t fields)
{
	uint32_t before = c->out->count;

	for (enum state_field f = 0; f < FIELD_COUNT; f++) {
		str then = text_of(frozen, state_field_name(f)), now = state_field_text(&item->state, f, c->arena);

		if ((fields & FIELD_BIT(f)) && !str_eq(then, now))
			differ(c, item->service->id, f, then, now);
	}
	c->out->rows += c->out->count > before;
}

static const json_t *frozen_service(const json_t *services, str id)
{
	size_t i;
	json_t *one;

	json_array_foreach(services, i, one) if (str_eq(text_of(one, "id"), id)) return one;
	return NULL;
}

int approval_compare(const struct approval *a, const struct portfolio *present, struct arena *arena,
		     struct approval_comparison *ret, struct err *e)
{
	_cleanup_(json_done) json_t *body = json_loadb(a->body.ptr, a->body.len, 0, NULL);
	const json_t *services = json_object_get(body, "services");
	const struct framework *fw = present->framework;
	struct approval_comparison out = {0};
	struct comparing c = {
		.arena = arena, .out = &out, .cap = (fw->service_count + json_array_size(services)) * FIELD_COUNT};
	size_t i;
	json_t *one;

	if (!json_is_array(services))
		return err_set(e, ERR_CORRUPT, "err.plan.hash");
	out.items = arena_alloc(arena, c.cap * sizeof(*out.items));
	if (!out.items)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	for (uint32_t k = 0; k < fw->service_count; k++) {
		const json_t *then = frozen_service(services, fw->services[k].id);

		if (then) {
			compare_service(&c, then, &present->items[k], approval_fields(a->subject));
			continue;
		}
		differ(&c, fw->services[k].id, FIELD_COUNT, STR(""), fw->services[k].id);
		out.rows++;
	}
	json_array_foreach(services, i, one) if (!framework_service(fw, text_of(one, "id")))
	{
		differ(&c, text_of(one, "id"), FIELD_COUNT, text_of(one, "id"), STR(""));
		out.rows++;
	}
	*ret = out;
	return 0;
}
