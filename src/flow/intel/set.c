/* The life of a set: create, add lists, seal; and where an indicator comes from. */
#include "flow/intel/internal.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "codec/inflate/inflate.h"
#include "craft/content/content.h"
#include "os/file.h"

#define PIECE (256u << 10)
#define FORGET_STEP (16u << 20)
#define OWN_WARNINGS STR("warninglists/")

struct intel_set *intel_set_create(struct hash_key key, time_us now)
{
	struct intel_set *set = mem_alloc(1, sizeof(*set));

	set->watch.key = key;
	set->warning.key = key;
	set->now = now;
	set->origin = 1;
	buf_init(&set->texts, INTEL_CONTEXTS_BYTES_MAX);
	buf_add_byte(&set->texts, '\0');
	map_init(&set->known, key);
	return set;
}

static void list_done(struct intel_list *list)
{
	free((void *)(uintptr_t)list->path.ptr);
	free((void *)(uintptr_t)list->license.ptr);
	free((void *)(uintptr_t)list->source.ptr);
	free((void *)(uintptr_t)list->title.ptr);
}

void intel_set_free(struct intel_set *set)
{
	if (!set)
		return;
	table_done(&set->watch);
	table_done(&set->warning);
	for (size_t i = 0; i < set->file_count; i++)
		list_done(&set->files[i].list);
	free(set->files);
	free(set->contexts);
	free(set->problems);
	buf_done(&set->texts);
	map_done(&set->known);
	free(set);
}

int reading_problem(struct reading *r, const char *id, str value)
{
	struct intel_set *set = r->set;
	struct err *e;

	set->counts.problems++;
	set->files[set->file_count - 1].list.problems++;
	if (set->problem_count == INTEL_PROBLEMS_MAX)
		return 0;
	mem_grow(&set->problems, &set->problem_cap, set->problem_count + 1, sizeof(*set->problems));
	e = &set->problems[set->problem_count++];
	(void)err_set_value(e, ERR_PARSE, id, value);
	err_path(e, r->path);
	err_at(e, (uint32_t)r->line, 0);
	return 0;
}

int reading_add(struct reading *r, enum indicator_type type, str text, struct err *e)
{
	struct value *v = &r->value;
	bool wide;

	if (!value_read(type, text, v))
		return reading_problem(r, "err.intel.value", text);
	wide = v->type == INDICATOR_CIDR &&
	       v->prefix < (address_is_v4(&v->address) ? INTEL_PREFIX_MIN_V4 + 96 : INTEL_PREFIX_MIN_V6);
	if (wide && r->role == INTEL_WATCH)
		return reading_problem(r, "err.intel.wide", text);
	r->set->files[r->set->file_count - 1].list.entries++;
	return table_add(r->role == INTEL_WATCH ? &r->set->watch : &r->set->warning, v, (uint32_t)r->set->origin, e);
}

static void keep_header(str *to, str value)
{
	if (to->ptr || !value.len)
		return;
	value = utf8_cut(value, INTEL_HEADER_MAX);
	*to = (str){mem_dup(value.ptr, value.len), value.len};
}

void reading_header(struct reading *r, str comment)
{
	struct intel_list *list = &r->set->files[r->set->file_count - 1].list;
	const struct {
		const char *name;
		str *to;
	} headers[] = {{"license", &list->license},  {"licence", &list->license}, {"terms of use", &list->license},
		       {"terms", &list->license},    {"source", &list->source},   {"url", &list->source},
		       {"reference", &list->source}, {"title", &list->title},     {"name", &list->title}};
	ptrdiff_t colon;

	while (comment.len && (comment.ptr[0] == '#' || comment.ptr[0] == ' '))
		comment = str_from(comment, 1);
	colon = str_find_byte(comment, ':');
	for (size_t i = 0; colon > 0 && i < COUNT_OF(headers); i++)
		if (str_eq_nocase(str_trim(str_sub(comment, 0, (size_t)colon)), str_of(headers[i].name)))
			keep_header(headers[i].to, str_trim(str_from(comment, (size_t)colon + 1)));
}

/* The offset of the text, kept once. */
static uint32_t keep_text(struct intel_set *set, str text)
{
	uint64_t at = 0;

	text = str_sub(text, 0, INTEL_CONTEXT_MAX);
	if (!text.len || map_get(&set->known, text, &at))
		return (uint32_t)at;
	if (set->texts.len + text.len + 1 > set->texts.max) {
		set->counts.contexts_dropped++;
		return 0;
	}
	at = set->texts.len;
	for (size_t i = 0; i < text.len; i++)
		buf_add_byte(&set->texts, text.ptr[i] ? text.ptr[i] : ' ');
	buf_add_byte(&set->texts, '\0');
	map_put(&set->known, text, at);
	return (uint32_t)at;
}

void reading_context(struct reading *r, uint32_t origin, uint32_t line, str description)
{
	struct intel_set *set = r->set;

	mem_grow(&set->contexts, &set->context_cap, set->context_count + 1, sizeof(*set->contexts));
	set->contexts[set->context_count++] = (struct context){origin, line, keep_text(set, description)};
}

/* ---- one list ---- */

static int read_packed(struct lines *l, str in, enum inflate_format format, struct err *e)
{
	struct inflate_limits limits = {INTEL_FILE_MAX, INFLATE_RATIO_MAX, INFLATE_WINDOW_LOG_FILE};
	_cleanup_free_ char *room = mem_alloc(PIECE, 1);
	struct inflate *z = NULL;
	size_t len = 0;
	int rc = inflate_create(format, limits, &z, e);

	while (rc == 0 && (in.len || len == PIECE)) {
		rc = inflate_push(z, &in, room, PIECE, &len, e);
		if (rc == 0)
			rc = lines_push(l, (str){room, len}, e);
	}
	if (rc == 0)
		rc = inflate_finish(z, e);
	inflate_free(z);
	return rc;
}

static int read_plain(struct lines *l, str in, struct err *e)
{
	int rc = 0;

	for (size_t at = 0; at < in.len && rc == 0; at += PIECE) {
		rc = lines_push(l, str_sub(in, at, PIECE), e);
		if (l->r->view && at % FORGET_STEP == 0)
			file_view_forget(l->r->view, str_sub(l->r->view->bytes, 0, at));
	}
	return rc;
}

static int read_lines(struct reading *r, str bytes, enum inflate_format format, struct err *e)
{
	struct lines l;
	int rc;

	lines_init(&l, r);
	rc = format == INFLATE_NONE ? read_plain(&l, bytes, e) : read_packed(&l, bytes, format, e);
	if (rc == 0)
		rc = lines_finish(&l, e);
	lines_done(&l);
	return rc;
}

/* The first bytes of a packed list, to tell what is inside. */
static str peek(str bytes, enum inflate_format format, char *room, size_t size)
{
	struct inflate_limits limits = {INTEL_FILE_MAX, INFLATE_RATIO_MAX, INFLATE_WINDOW_LOG_FILE};
	struct inflate *z = NULL;
	size_t len = 0;
	struct err e;

	if (format == INFLATE_NONE)
		return str_sub(bytes, 0, size);
	if (inflate_create(format, limits, &z, &e) == 0 && inflate_push(z, &bytes, room, size, &len, &e) < 0)
		len = 0;
	inflate_free(z);
	return (str){room, len};
}

static int read_stix(struct reading *r, str bytes, enum inflate_format format, struct err *e)
{
	struct inflate_limits limits = {INTEL_STIX_MAX, INFLATE_RATIO_MAX, INFLATE_WINDOW_LOG_FILE};
	_cleanup_(buf_done) struct buf text = {0};
	int rc;

	if (format == INFLATE_NONE && bytes.len <= INTEL_STIX_MAX)
		return stix_read(r, bytes, e);
	if (format == INFLATE_NONE)
		return err_set(e, ERR_LIMIT, "err.intel.large");
	buf_init(&text, INTEL_STIX_MAX);
	rc = inflate_all(bytes, limits, &text, e);
	return rc < 0 ? rc : stix_read(r, buf_str(&text), e);
}

static int read_list(struct reading *r, str bytes, struct err *e)
{
	enum inflate_format format = inflate_detect(bytes);
	struct intel_set *set = r->set;
	char room[256];
	int rc;

	CHECK(!set->sealed);
	if (set->file_count == INTEL_FILES_MAX)
		return err_set(e, ERR_LIMIT, "err.intel.many");
	mem_grow(&set->files, &set->file_cap, set->file_count + 1, sizeof(*set->files));
	r->path.ptr = mem_dup(r->path.ptr, r->path.len);
	set->files[set->file_count++] = (struct list_file){{.path = r->path, .role = r->role}, (uint32_t)set->origin};
	if (stix_is(peek(bytes, format, room, sizeof(room))))
		rc = read_stix(r, bytes, format, e);
	else
		rc = read_lines(r, bytes, format, e);
	set->origin++;
	if (rc < 0)
		err_path(e, r->path);
	return rc;
}

static int add_list(const struct reading *what, str bytes, struct err *e)
{
	struct reading *r = mem_alloc(1, sizeof(*r));
	int rc;

	r->set = what->set;
	r->role = what->role;
	r->path = what->path;
	r->view = what->view;
	rc = read_list(r, bytes, e);
	free(r);
	return rc;
}

int intel_set_add(struct intel_set *set, str bytes, str path, enum intel_role role, struct err *e)
{
	struct reading what = {.set = set, .role = role, .path = path};

	return add_list(&what, bytes, e);
}

struct adding {
	struct intel_set *set;
	enum intel_role role;
	str data_folder;
	bool tries; /* a list that cannot be used is told, and the others are read */
};

/* A list that cannot be used stands among the others, with the reason. */
static int add_failed(struct intel_set *set, const struct reading *what, const struct err *why)
{
	uint32_t last = (uint32_t)set->file_count;

	/* It may have begun before it failed. */
	if (!last || !str_eq(set->files[last - 1].list.path, what->path)) {
		if (last == INTEL_FILES_MAX)
			return 0;
		mem_grow(&set->files, &set->file_cap, last + 1, sizeof(*set->files));
		set->files[last] = (struct list_file){{.role = what->role}, (uint32_t)set->origin++};
		set->files[last].list.path = (str){mem_dup(what->path.ptr, what->path.len), what->path.len};
		set->file_count++;
	}
	set->files[set->file_count - 1].list.failed = true;
	set->files[set->file_count - 1].list.failure = *why;
	return 0;
}

static int add_file(void *ctx, str path, struct err *e)
{
	struct adding *add = ctx;
	struct reading what = {.set = add->set, .role = add->role, .path = path};
	struct file_view view = {0};
	struct err why = {0};
	int rc = file_view_open(path, INTEL_FILE_MAX, &view, &why);

	if (rc == 0) {
		what.view = view.mapped ? &view : NULL;
		rc = add_list(&what, view.bytes, &why);
		file_view_close(&view);
	}
	if (rc < 0 && add->tries)
		return add_failed(add->set, &what, &why);
	if (rc < 0 && e)
		*e = why;
	return rc;
}

int intel_set_try_path(struct intel_set *set, str path, enum intel_role role, struct err *e)
{
	struct adding add = {.set = set, .role = role, .tries = true};

	return folder_walk(path, STR_NONE, add_file, &add, e);
}

int intel_set_add_path(struct intel_set *set, str path, enum intel_role role, struct err *e)
{
	struct adding add = {.set = set, .role = role};

	return folder_walk(path, STR_NONE, add_file, &add, e);
}

static int add_content(void *ctx, str path, struct err *e)
{
	struct adding *add = ctx;
	struct buf text;
	int rc;

	if (str_ends(path, STR(".md")))
		return 0;
	buf_init(&text, CONTENT_FILE_MAX);
	rc = content_read(add->data_folder, path, &text, e);
	if (rc == 0)
		rc = intel_set_add(add->set, buf_str(&text), path, INTEL_WARNING, e);
	buf_done(&text);
	return rc;
}

int intel_set_add_own_warnings(struct intel_set *set, str data_folder, struct err *e)
{
	struct adding add = {.set = set, .role = INTEL_WARNING, .data_folder = data_folder};

	return content_each(data_folder, OWN_WARNINGS, add_content, &add, e);
}

/* ---- sealed ---- */

void intel_set_seal(struct intel_set *set)
{
	struct intel_counts *c = &set->counts;

	CHECK(!set->sealed);
	memcpy(c->indicators, set->watch.of_type, sizeof(c->indicators));
	table_seal(&set->watch);
	table_seal(&set->warning);
	map_done(&set->known);
	set->sealed = true;
	c->total = set->watch.count + set->watch.range_count;
	c->warnings = set->warning.count + set->warning.range_count;
	c->bytes = sizeof(*set) + table_bytes(&set->watch) + table_bytes(&set->warning) + set->texts.cap +
		   set->context_cap * sizeof(*set->contexts);
}

void intel_set_counts(const struct intel_set *set, struct intel_counts *ret)
{
	*ret = set->counts;
}

uint32_t intel_set_problems(const struct intel_set *set, const struct err **ret)
{
	*ret = set->problems;
	return (uint32_t)set->problem_count;
}

uint32_t intel_set_list_count(const struct intel_set *set)
{
	return (uint32_t)set->file_count;
}

const struct intel_list *intel_set_list(const struct intel_set *set, uint32_t index)
{
	CHECK(index < set->file_count);
	return &set->files[index].list;
}

static int context_cmp(const void *key, const void *row)
{
	uint32_t origin = *(const uint32_t *)key, at = ((const struct context *)row)->origin;

	return (origin > at) - (origin < at);
}

void set_origin(const struct intel_set *set, uint32_t origin, struct intel_hit *ret)
{
	const struct context *c = NULL;
	size_t from = 0, to = set->file_count;

	while (to - from > 1) {
		size_t mid = from + (to - from) / 2;

		if (set->files[mid].base <= origin)
			from = mid;
		else
			to = mid;
	}
	ret->list = &set->files[from].list;
	ret->source = ret->list->path;
	ret->line = origin - set->files[from].base;
	ret->description = STR("");
	if (set->context_count)
		c = bsearch(&origin, set->contexts, set->context_count, sizeof(*c), context_cmp);
	if (!c)
		return;
	ret->line = c->line;
	ret->description = str_of(set->texts.ptr + c->text);
}
