#include "craft/view/view.h"

#include <stdarg.h>
#include <stdio.h>

#include "craft/view/internal.h"

#define VIEW_FMT_MAX 4096

struct view *view_create(struct arena *a)
{
	struct view *v = arena_alloc(a, sizeof(*v));
	struct view_page *page = arena_alloc(a, sizeof(*page));

	if (!v || !page)
		return NULL;
	page->arena = a;
	v->page = page;
	return v;
}

static void *page_alloc(struct view *v, size_t size)
{
	void *p = v ? arena_alloc(v->page->arena, size) : NULL;

	if (v && !p)
		v->page->failed = true;
	return p;
}

static struct view_value *value_add(struct view *v, const char *name, enum view_kind kind)
{
	struct view_value *value = page_alloc(v, sizeof(*value));

	if (!value)
		return NULL;
	value->name = name;
	value->hash = view_hash(str_of(name));
	value->kind = kind;
	value->next = v->values;
	v->values = value;
	return value;
}

void view_text(struct view *v, const char *name, str text)
{
	struct view_value *value = value_add(v, name, VIEW_TEXT);

	if (value)
		value->text = text;
}

void view_fmt(struct view *v, const char *name, const char *fmt, ...)
{
	char line[VIEW_FMT_MAX];
	va_list args;
	int len;
	str copy;

	if (!v)
		return;
	va_start(args, fmt);
	len = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (len < 0)
		len = 0;
	copy = arena_str(v->page->arena, str_sub((str){line, sizeof(line) - 1}, 0, (size_t)len));
	if (!copy.ptr)
		v->page->failed = true;
	view_text(v, name, copy);
}

void view_i64(struct view *v, const char *name, int64_t number)
{
	struct view_value *value = value_add(v, name, VIEW_I64);

	if (value)
		value->number = number;
}

void view_bool(struct view *v, const char *name, bool yes)
{
	struct view_value *value = value_add(v, name, VIEW_BOOL);

	if (value)
		value->number = yes;
}

void view_word(struct view *v, const char *name, const char *key)
{
	struct view_value *value = value_add(v, name, VIEW_WORD);

	if (value)
		value->text = str_of(key);
}

void view_html(struct view *v, const char *name, str safe_html)
{
	struct view_value *value = value_add(v, name, VIEW_HTML);

	if (value)
		value->text = safe_html;
}

static struct view *child_create(struct view *v)
{
	struct view *child = page_alloc(v, sizeof(*child));

	if (!child)
		return NULL;
	child->page = v->page;
	child->parent = v;
	return child;
}

struct view *view_map(struct view *v, const char *name)
{
	struct view *child = child_create(v);
	struct view_value *value = child ? value_add(v, name, VIEW_MAP) : NULL;

	if (!value)
		return NULL;
	value->first = child;
	return child;
}

/* Only in this map: a list of the same name further out is another list. */
static struct view_value *list_of(struct view *v, const char *name)
{
	uint32_t hash = view_hash(str_of(name));

	for (struct view_value *value = v ? v->values : NULL; value; value = value->next)
		if (value->hash == hash && value->kind == VIEW_LIST && str_eq(str_of(value->name), str_of(name)))
			return value;
	return value_add(v, name, VIEW_LIST);
}

void view_list(struct view *v, const char *name)
{
	list_of(v, name);
}

struct view *view_item(struct view *v, const char *name)
{
	struct view_value *list = list_of(v, name);
	struct view *child = list ? child_create(v) : NULL;

	if (!child)
		return NULL;
	if (list->last)
		list->last->next = child;
	else
		list->first = child;
	list->last = child;
	return child;
}
