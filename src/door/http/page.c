/* page: pages for people, with what every page shows. The names are those of web/templates/shell. */
#include "door/http/internal.h"

#include <stdio.h>

#include "base/utf8.h"

/* Choices that a browser keeps in cookies; anything else in them is as if they were absent. */
static void add_choice(struct request *rq, struct view *v, const char *name, const char *const *choices)
{
	char cookie[32];
	str value;

	snprintf(cookie, sizeof(cookie), "noroshi_%s", name);
	value = request_cookie(rq, str_of(cookie));
	for (; *choices; choices++)
		if (str_eq(value, str_of(*choices)))
			view_text(v, name, str_of(*choices));
}

static void add_permissions(struct request *rq, struct view *v)
{
	for (int p = PERM_NONE; p < PERM_COUNT; p++) {
		char *name = arena_alloc(rq->arena, 40);

		if (!name || rq->actor.kind == ACTOR_NOBODY || !actor_may(&rq->actor, (enum permission)p))
			continue;
		snprintf(name, 40, "may_%s", permission_name((enum permission)p));
		for (char *c = name; *c; c++)
			*c = *c == '.' ? '_' : *c;
		view_bool(v, name, true);
	}
}

static void add_person(struct request *rq, struct view *v)
{
	static const enum role demo_roles[] = {ROLE_ANALYST, ROLE_HANDLER, ROLE_CISO};
	str name = str_of(rq->actor.name);
	size_t len = 0;

	if (rq->actor.kind == ACTOR_NOBODY)
		return;
	if (name.len)
		utf8_decode(name, &len);
	view_text(v, "user_name", name);
	view_text(v, "user_initial", str_sub(name, 0, len));
	view_word(v, "role_word", arena_fmt(rq->arena, "role.%s", role_name(rq->actor.role)).ptr);
	view_text(v, "tenant_name", rq->session ? str_of(rq->session->tenant_name) : STR(""));
	view_bool(v, "is_demo", rq->actor.is_demo);
	for (size_t i = 0; rq->actor.is_demo && i < COUNT_OF(demo_roles); i++) {
		struct view *item = view_item(v, "demo_roles");

		view_text(item, "role", str_of(role_name(demo_roles[i])));
		view_word(item, "role_word", arena_fmt(rq->arena, "role.%s", role_name(demo_roles[i])).ptr);
		view_bool(item, "current", demo_roles[i] == rq->actor.role);
	}
}

int page_write(struct request *rq, struct response *rs, str template_name, struct view *v, struct err *e)
{
	view_text(v, "csrf", rq->csrf);
	view_text(v, "path",
		  rq->query.len ? arena_fmt(rq->arena, STR_FMT "?" STR_FMT, STR_ARG(rq->path), STR_ARG(rq->query))
				: rq->path);
	add_choice(rq, v, "theme", (const char *const[]){"light", "dark", NULL});
	add_choice(rq, v, "contrast", (const char *const[]){"more", "normal", NULL});
	add_choice(rq, v, "density", (const char *const[]){"compact", "roomy", NULL});
	add_permissions(rq, v);
	add_person(rq, v);
	rs->content_type = STR("text/html; charset=utf-8");
	return view_render(template_name, v, rq->lang, &rs->body, e);
}

int response_page(struct request *rq, struct response *rs, str template_name, struct view *v, struct err *e)
{
	return page_write(rq, rs, template_name, v, e);
}
