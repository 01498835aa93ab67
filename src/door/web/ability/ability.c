#include "door/web/ability/ability.h"

#include "craft/work/work.h"

void ability_put_services(const struct request *rq, struct view *v, const char *name, str services)
{
	str rest = services, id;

	view_list(v, name);
	while (services_next(&rest, &id)) {
		struct view *item = view_item(v, name);

		view_text(item, "id", id);
		view_text(item, "name", show_service_name(rq, id));
		view_text(item, "url", arena_fmt(rq->arena, "/portfolio/" STR_FMT, STR_ARG(id)));
	}
}

static bool known(const void *ctx, str id)
{
	return framework_service(ctx, id) != NULL;
}

int ability_form_services(struct request *rq, str *ret, struct err *e)
{
	struct services_known has = {known, evaluate_framework(rq)};

	return services_read(request_form(rq, STR("services")), &has, rq->arena, ret, e);
}

str ability_day_text(const struct request *rq, time_us day)
{
	char text[TIME_TEXT_MAX];

	if (!day)
		return STR("");
	return arena_str(rq->arena, str_sub((str){text, time_format(day, text)}, 0, 10));
}

int ability_form_day(const struct request *rq, const char *field, time_us *ret, struct err *e)
{
	str text = request_form(rq, str_of(field));
	int rc;

	*ret = 0;
	if (!text.len || (text.len == 10 && time_parse(arena_fmt(rq->arena, STR_FMT "T00:00:00Z", STR_ARG(text)), ret)))
		return 0;
	rc = err_set_value(e, ERR_RANGE, "err.evaluate.day", text);
	err_path(e, str_of(field));
	return rc;
}

int ability_form_number(const struct request *rq, const char *field, int64_t fallback, int64_t *ret, struct err *e)
{
	str text = str_trim(request_form(rq, str_of(field)));
	int rc;

	*ret = fallback;
	if (!text.len || (str_to_i64(text, ret) && *ret >= 0))
		return 0;
	rc = err_set_value(e, ERR_RANGE, "err.build.form", text);
	err_path(e, str_of(field));
	return rc;
}

int ability_refused(struct request *rq, struct response *rs, struct view *v, const struct err *why, struct err *e)
{
	if (!why || evaluate_notice(rq, rs, v, why))
		return 0;
	if (e)
		*e = *why;
	return -(int)why->code;
}

void ability_put_done(const struct request *rq, struct view *v, const char *prefix)
{
	str done = request_query(rq, STR("done"));
	str key = arena_fmt(rq->arena, "%s.done." STR_FMT, prefix, STR_ARG(done));

	if (done.len && key.ptr && words_has(key))
		view_word(v, "notice", key.ptr);
}
