/* Templates out of content/procedures. */
#include "base/mem.h"
#include "centre/procedure/internal.h"
#include "craft/content/content.h"

#define PREFIX "procedures/"

struct loading {
	str data_folder, ending; /* ".ja.md" */
	struct arena *arena;
	struct template_list list;
};

static int refuse(str path, const char *expected, struct err *e)
{
	int rc = err_set(e, ERR_PARSE, "err.procedure.template");

	err_path(e, path);
	err_expected(e, str_of(expected));
	return rc;
}

/* "title: …" up to the end of the line. */
static str head_value(str head, const char *key)
{
	str rest = head, line;

	while (str_next(&rest, '\n', &line))
		if (str_starts(line, str_of(key)))
			return str_trim(str_from(line, strlen(key)));
	return STR_NONE;
}

static int load_one(void *ctx, str path, struct err *e)
{
	struct loading *l = ctx;
	struct procedure_template *t = &l->list.items[l->list.count];
	_cleanup_(buf_done) struct buf bytes = {0};
	ptrdiff_t end;
	str text;
	int rc;

	if (!str_ends(path, l->ending) || l->list.count == PROCEDURE_TEMPLATES_MAX)
		return 0;
	buf_init(&bytes, CONTENT_FILE_MAX);
	if ((rc = content_read(l->data_folder, path, &bytes, e)))
		return rc;
	text = arena_str(l->arena, buf_str(&bytes));
	t->id = arena_str(l->arena, str_sub(path, strlen(PREFIX), path.len - strlen(PREFIX) - l->ending.len));
	if (!text.ptr || !t->id.ptr)
		return err_set(e, ERR_LIMIT, "err.db.budget");
	end = str_find(text, STR("\n---\n"));
	if (end < 0)
		return refuse(path, "---", e);
	t->title = head_value(str_sub(text, 0, (size_t)end), "title:");
	t->services = head_value(str_sub(text, 0, (size_t)end), "services:");
	t->body = str_trim(str_from(text, (size_t)end + 5));
	if (!t->title.len || !t->services.len || !t->body.len)
		return refuse(path, "title: …, services: …", e);
	l->list.count++;
	return 0;
}

int procedure_templates(str data_folder, str lang, struct arena *a, struct template_list *ret, struct err *e)
{
	struct loading l = {
		.data_folder = data_folder, .ending = arena_fmt(a, "." STR_FMT ".md", STR_ARG(lang)), .arena = a};
	int rc;

	l.list.items = arena_alloc(a, PROCEDURE_TEMPLATES_MAX * sizeof(*l.list.items));
	if (!l.list.items || !l.ending.ptr)
		return err_set(e, ERR_LIMIT, "err.db.budget");
	if ((rc = content_each(data_folder, STR(PREFIX), load_one, &l, e)))
		return rc;
	*ret = l.list;
	return 0;
}
