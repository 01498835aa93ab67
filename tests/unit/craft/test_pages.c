/* Renders every page with sample values (tests/data/pages) in both languages: no name may be missing and every element
 * must be closed. With NOROSHI_PAGES=DIR in the environment the pages are written there, to be looked at. */
#include "tests.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/view/assets.h"
#include "craft/view/internal.h"
#include "craft/view/view.h"
#include "os/file.h"

#define PAGE_MAX (4u << 20)
#define OPEN_MAX 64

static void fill(struct view *v, json_t *object);

static void fill_list(struct view *v, const char *name, json_t *list)
{
	json_t *item;
	size_t i;

	view_list(v, name);
	json_array_foreach(list, i, item) fill(view_item(v, name), item);
}

/* "word:key" is a word, "html:<…>" is safe HTML. */
static void fill_text(struct view *v, const char *name, const char *text)
{
	if (strncmp(text, "word:", 5) == 0)
		view_word(v, name, text + 5);
	else if (strncmp(text, "html:", 5) == 0)
		view_html(v, name, str_of(text + 5));
	else
		view_text(v, name, str_of(text));
}

static void fill(struct view *v, json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		if (json_is_object(value))
			fill(view_map(v, name), value);
		else if (json_is_array(value))
			fill_list(v, name, value);
		else if (json_is_boolean(value))
			view_bool(v, name, json_is_true(value));
		else if (json_is_integer(value))
			view_i64(v, name, json_integer_value(value));
		else
			fill_text(v, name, json_string_value(value));
	}
}

static json_t *load(str name)
{
	const char *root = getenv("NOROSHI_SOURCE_ROOT");
	char path[512];
	json_error_t e;
	json_t *values;

	snprintf(path, sizeof(path), "%s/tests/data/pages/%.*s.json", root ? root : ".", (int)name.len, name.ptr);
	for (char *p = strstr(path, "/pages/") + 7; *p; p++)
		if (*p == '/')
			*p = '_';
	values = json_load_file(path, 0, &e);
	if (!values)
		fail_msg("%s:%d: %s", path, e.line, e.text);
	return values;
}

static bool is_void(str name)
{
	static const char *const names[] = {"meta", "link", "input",  "br",   "hr",
					    "img",  "use",  "circle", "path", "rect"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

static str tag_name(str tag)
{
	size_t len = 0;

	while (len < tag.len && (tag.ptr[len] >= 'a' && tag.ptr[len] <= 'z'))
		len++;
	return str_sub(tag, 0, len);
}

/* Open and close tags must pair; our templates are lower case, values are escaped, so '<' is always a tag. */
static void check_balance(const char *page, str html)
{
	str open[OPEN_MAX];
	size_t depth = 0;
	ptrdiff_t at;

	while ((at = str_find_byte(html, '<')) >= 0) {
		html = str_from(html, (size_t)at + 1);
		if (str_starts(html, STR("!")))
			continue;
		if (!str_starts(html, STR("/"))) {
			str name = tag_name(html);
			ptrdiff_t end = str_find_byte(html, '>');

			if (end > 0 && html.ptr[end - 1] != '/' && !is_void(name)) {
				assert_true(depth < OPEN_MAX);
				open[depth++] = name;
			}
			continue;
		}
		if (depth == 0 || !str_eq(open[depth - 1], tag_name(str_from(html, 1))))
			fail_msg("%s: </%.40s closes <%.*s", page, html.ptr + 1, depth ? (int)open[depth - 1].len : 0,
				 depth ? open[depth - 1].ptr : "");
		depth--;
	}
	assert_int_equal(depth, 0);
}

static void write_page(str name, enum lang lang, str html)
{
	const char *folder = getenv("NOROSHI_PAGES");
	char path[512];
	struct err e;

	if (!folder)
		return;
	snprintf(path, sizeof(path), "%s/%.*s.%s.html", folder, (int)name.len, name.ptr, lang_code(lang));
	for (char *p = path + strlen(folder) + 1; *p; p++)
		if (*p == '/')
			*p = '_';
	assert_int_equal(file_write_atomic(str_of(path), html, 0644, &e), 0);
}

static bool is_page(str name)
{
	static const char *const parts[] = {"shell/", "part/", "session/gate"};

	for (size_t i = 0; i < COUNT_OF(parts); i++)
		if (str_starts(name, str_of(parts[i])))
			return false;
	return str_find_byte(name, '#') < 0;
}

static void render(str name, enum lang lang)
{
	_cleanup_(arena_done) struct arena arena = {0};
	_cleanup_(buf_done) struct buf out = {0};
	json_t *shell = load(STR("shell")), *values = load(name);
	struct view *v;
	struct err e;
	str missing;

	arena_init(&arena, PAGE_MAX);
	buf_init(&out, PAGE_MAX);
	v = view_create(&arena);
	fill(v, shell);
	fill(v, values);
	assert_int_equal(view_render(name, v, lang, &out, &e), 0);
	if (view_missing(v, &missing))
		fail_msg("%.*s needs %.*s", (int)name.len, name.ptr, (int)missing.len, missing.ptr);
	check_balance(name.ptr, buf_str(&out));
	write_page(name, lang, buf_str(&out));
	json_decref(shell);
	json_decref(values);
}

static void every_page_renders_whole(void **state)
{
	size_t pages = 0;

	(void)state;
	for (size_t i = 0; i < view_templates_count; i++)
		if (is_page(view_templates[i].name)) {
			render(view_templates[i].name, LANG_EN);
			render(view_templates[i].name, LANG_JA);
			pages++;
		}
	assert_true(pages > 10);
}

static void assets_are_embedded(void **state)
{
	static const char *const names[] = {"app.js", "base.css", "favicon.svg", "htmx.js", "icons.svg", "tokens.css"};
	size_t js = 0, css = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_non_null(embedded_find(web_files, web_files_count, str_of(names[i])));
	for (size_t i = 0; i < web_files_count; i++) {
		size_t size = web_files[i].gzip.len ? web_files[i].gzip.len : web_files[i].bytes.len;

		if (str_ends(web_files[i].path, STR(".js")))
			js += size;
		else if (str_ends(web_files[i].path, STR(".css")))
			css += size;
	}
	/* The budgets of web/README.md, as they travel. */
	assert_true(js <= 30 * 1024);
	assert_true(css <= 15 * 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_renders_whole),
		cmocka_unit_test(assets_are_embedded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
