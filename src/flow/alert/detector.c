#include "flow/alert/detector.h"

#include <pthread.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/content/content.h"
#include "os/file.h"

#define RULE_FILE_MAX (1u << 20)
#define STARTER_RULES STR("sigma/")
#define PACK_STATE_ARENA (8u << 20)

struct held {
	struct generation pub; /* first: handed out as this */
	struct lists *lists;
	struct intel_fields *fields;
	uint32_t holders; /* the detector's own included */
};

struct detector {
	pthread_mutex_t lock; /* guards current, number and holders */
	pthread_mutex_t reload;
	struct held *current;
	uint64_t number;
	str data_folder;
	str *paths;
	size_t path_count;
	bool starter;
	struct lists_options lists;
};

static void held_free(struct held *h)
{
	if (!h)
		return;
	catalogue_free(h->pub.catalogue);
	rule_set_free(h->pub.rules);
	name_table_free(h->pub.names);
	mapping_free(h->pub.mapping);
	intel_fields_free(h->fields);
	lists_give(h->lists);
	free(h);
}

/* A rule that is wrong is a problem in the set; only what cannot be read at all is an error here. */
static int add_text(struct held *h, str text, str path, struct err *e)
{
	int rc = catalogue_add_text(h->pub.catalogue, path, text, e);

	return rc ? rc : rule_set_add(h->pub.rules, text, path, e);
}

struct adding {
	struct held *h;
	str data_folder;
};

static bool is_rule(str path)
{
	return str_ends_nocase(path, STR(".yml")) || str_ends_nocase(path, STR(".yaml"));
}

static int add_content(void *ctx, str path, struct err *e)
{
	struct adding *add = ctx;
	struct buf text;
	int rc;

	if (!is_rule(path))
		return 0;
	buf_init(&text, RULE_FILE_MAX);
	rc = content_read(add->data_folder, path, &text, e);
	if (!rc)
		rc = add_text(add->h, buf_str(&text), path, e);
	buf_done(&text);
	return rc;
}

static int add_file(void *ctx, str path, struct err *e)
{
	struct adding *add = ctx;
	struct buf text;
	int rc;

	if (!is_rule(path))
		return 0;
	buf_init(&text, RULE_FILE_MAX);
	rc = file_read(path, RULE_FILE_MAX, &text, e);
	if (!rc)
		rc = add_text(add->h, buf_str(&text), path, e);
	buf_done(&text);
	return rc;
}

/* Packs that were fetched and enabled. */
static int add_fetched(struct adding *add, struct err *e)
{
	_cleanup_(arena_done) struct arena a;
	struct pack_list list;
	int rc;

	arena_init(&a, PACK_STATE_ARENA);
	rc = packs_read(add->data_folder, &a, &list, e);
	for (uint32_t i = 0; !rc && i < list.count; i++) {
		const struct pack *p = &list.packs[i];
		const struct rule_pack about = {.kind = PACK_FETCHED,
						.name = p->name,
						.prefix = p->folder,
						.version = p->version.len ? p->version : str_sub(p->sha256, 0, 12),
						.licence = p->licence,
						.author = p->author};

		if (!p->enabled)
			continue;
		rc = catalogue_add_pack(add->h->pub.catalogue, &about, e);
		if (!rc)
			rc = folder_walk(p->folder, STR_NONE, add_file, add, e);
	}
	return rc;
}

static int add_packs(const struct detector *d, struct held *h, struct err *e)
{
	static const struct rule_pack starter = {.kind = PACK_STARTER,
						 .name = STR_INIT("starter"),
						 .prefix = STR_INIT("sigma/"),
						 .version = STR_INIT(NOROSHI_VERSION),
						 .licence = STR_INIT("Apache-2.0"),
						 .author = STR_INIT("Noroshi project")};
	int rc = d->starter ? catalogue_add_pack(h->pub.catalogue, &starter, e) : 0;

	for (size_t i = 0; !rc && i < d->path_count; i++)
		rc = catalogue_add_folder(h->pub.catalogue, d->paths[i], e);
	return rc;
}

/* Before the rules: an event carries only fields that somebody has asked for by then. */
static int load_lists(const struct detector *d, struct held *h, struct err *e)
{
	int rc;

	if (!d->lists.env)
		return 0;
	rc = lists_load(&d->lists, d->current ? d->current->lists : NULL, &h->lists, e);
	if (rc)
		return rc;
	h->pub.lists = h->lists;
	h->pub.intel_fields = h->fields = intel_fields_create(h->pub.names);
	return 0;
}

static int load(const struct detector *d, struct held *h, struct err *e)
{
	struct adding add = {h, d->data_folder};
	int rc = load_lists(d, h, e);

	if (!rc)
		rc = rule_set_create(h->pub.names, &h->pub.rules, e);

	h->pub.catalogue = catalogue_create();
	if (!rc)
		rc = add_packs(d, h, e);
	if (!rc && d->starter)
		rc = content_each(d->data_folder, STARTER_RULES, add_content, &add, e);
	for (size_t i = 0; !rc && i < d->path_count; i++)
		rc = folder_walk(d->paths[i], STR_NONE, add_file, &add, e);
	if (!rc)
		rc = add_fetched(&add, e);
	if (!rc)
		rc = rule_set_seal(h->pub.rules, e);
	if (!rc)
		rc = mapping_load(d->data_folder, &h->pub.mapping, e);
	if (!rc)
		rc = catalogue_seal(h->pub.catalogue, h->pub.rules, h->pub.mapping, e);
	return rc;
}

int detector_reload(struct detector *d, struct err *e)
{
	struct held *next = mem_alloc(1, sizeof(*next));
	const struct generation *old = NULL;
	int rc;

	/* One compilation at a time; whoever detects goes on with the present generation meanwhile. */
	pthread_mutex_lock(&d->reload);
	next->holders = 1;
	next->pub.names = name_table_create();
	rc = load(d, next, e);
	if (rc) {
		held_free(next);
	} else {
		pthread_mutex_lock(&d->lock);
		next->pub.number = ++d->number;
		old = d->current ? &d->current->pub : NULL;
		d->current = next;
		pthread_mutex_unlock(&d->lock);
	}
	pthread_mutex_unlock(&d->reload);
	if (old)
		detector_give(d, old);
	return rc;
}

static str *copy_paths(const str *from, size_t count)
{
	str *to = mem_alloc(count ? count : 1, sizeof(*to));

	for (size_t i = 0; i < count; i++)
		to[i] = (str){mem_dup(from[i].ptr, from[i].len), from[i].len};
	return to;
}

static void free_paths(const str *paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free((void *)(uintptr_t)paths[i].ptr);
	free((void *)(uintptr_t)paths);
}

int detector_open(const struct detector_options *o, struct detector **ret, struct err *e)
{
	struct detector *d = mem_alloc(1, sizeof(*d));
	int rc;

	pthread_mutex_init(&d->lock, NULL);
	pthread_mutex_init(&d->reload, NULL);
	d->data_folder = (str){mem_dup(o->data_folder.ptr ? o->data_folder.ptr : "", o->data_folder.len),
			       o->data_folder.len};
	d->paths = copy_paths(o->paths, o->path_count);
	d->path_count = o->path_count;
	d->starter = o->starter;
	d->lists = o->lists;
	d->lists.data_folder = d->data_folder;
	d->lists.paths = copy_paths(o->lists.paths, o->lists.path_count);
	d->lists.warnings = copy_paths(o->lists.warnings, o->lists.warning_count);
	rc = detector_reload(d, e);
	if (rc) {
		detector_close(d);
		return rc;
	}
	*ret = d;
	return 0;
}

void detector_close(struct detector *d)
{
	if (!d)
		return;
	CHECK(!d->current || d->current->holders == 1);
	held_free(d->current);
	free_paths(d->paths, d->path_count);
	free_paths(d->lists.paths, d->lists.path_count);
	free_paths(d->lists.warnings, d->lists.warning_count);
	free((void *)(uintptr_t)d->data_folder.ptr);
	pthread_mutex_destroy(&d->reload);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

const struct generation *detector_take(struct detector *d)
{
	const struct generation *g;

	pthread_mutex_lock(&d->lock);
	d->current->holders++;
	g = &d->current->pub;
	pthread_mutex_unlock(&d->lock);
	return g;
}

void detector_give(struct detector *d, const struct generation *g)
{
	struct held *h = (struct held *)(uintptr_t)g;
	bool last;

	pthread_mutex_lock(&d->lock);
	CHECK(h->holders > 0);
	last = --h->holders == 0;
	pthread_mutex_unlock(&d->lock);
	if (last)
		held_free(h);
}

uint64_t detector_number(struct detector *d)
{
	uint64_t number;

	pthread_mutex_lock(&d->lock);
	number = d->number;
	pthread_mutex_unlock(&d->lock);
	return number;
}
