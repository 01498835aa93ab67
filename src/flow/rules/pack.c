#include "flow/rules/pack.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"
#include "codec/yaml.h"
#include "craft/content/content.h"
#include "flow/rules/catalogue.h"
#include "flow/rules/pack_internal.h"
#include "net/fetch.h"
#include "os/digest.h"
#include "os/file.h"

#define STATE_MAX (1u << 20)
#define TABLE_MAX (256u << 10)
#define TABLE_TREE (4u << 20)
#define VERSION_HEX 16u /* digits of the digest in a version's folder */

/* ---- state ---- */

static str state_path(str data_folder, struct arena *a)
{
	return arena_fmt(a, STR_FMT "/rulepacks/state.json", STR_ARG(data_folder));
}

static str version_folder(str data_folder, str name, str sha256, struct arena *a)
{
	return arena_fmt(a, STR_FMT "/rulepacks/" STR_FMT "/" STR_FMT, STR_ARG(data_folder), STR_ARG(name),
			 STR_ARG(str_sub(sha256, 0, VERSION_HEX)));
}

static str text_of(const json_t *object, const char *key, struct arena *a)
{
	const char *text = json_string_value(json_object_get(object, key));

	return arena_str(a, str_of(text ? text : ""));
}

static void read_pack(const json_t *from, str data_folder, struct arena *a, struct pack *p)
{
	p->name = text_of(from, "name", a);
	p->url = text_of(from, "url", a);
	p->sha256 = text_of(from, "sha256", a);
	p->previous = text_of(from, "previous", a);
	p->version = text_of(from, "version", a);
	p->licence = text_of(from, "licence", a);
	p->author = text_of(from, "author", a);
	p->fetched_at = json_integer_value(json_object_get(from, "fetched_at"));
	p->enabled = json_is_true(json_object_get(from, "enabled"));
	p->folder = version_folder(data_folder, p->name, p->sha256, a);
}

int packs_read(str data_folder, struct arena *a, struct pack_list *ret, struct err *e)
{
	struct pack_list list = {.packs = arena_alloc(a, PACKS_MAX * sizeof(*list.packs))};
	str path = state_path(data_folder, a);
	json_t *state, *row;
	struct buf text;
	size_t i;
	int rc;

	*ret = (struct pack_list){0};
	if (!data_folder.len || !file_exists(path))
		return 0;
	buf_init(&text, STATE_MAX);
	rc = file_read(path, STATE_MAX, &text, e);
	state = rc ? NULL : json_loadb(text.ptr ? text.ptr : "", text.len, 0, NULL);
	buf_done(&text);
	if (rc)
		return rc;
	if (!json_is_array(state) || !list.packs) {
		json_decref(state);
		rc = err_set(e, ERR_CORRUPT, "err.pack.state");
		err_path(e, path);
		return rc;
	}
	json_array_foreach(state, i, row) if (list.count < PACKS_MAX)
		read_pack(row, data_folder, a, &list.packs[list.count++]);
	json_decref(state);
	*ret = list;
	return 0;
}

static json_t *pack_json(const struct pack *p)
{
	json_t *out = json_pack("{s:s%, s:s%, s:s%, s:s%, s:s%, s:s%, s:s%, s:I, s:b}", "name", p->name.ptr,
				p->name.len, "url", p->url.ptr, p->url.len, "sha256", p->sha256.ptr, p->sha256.len,
				"previous", p->previous.ptr ? p->previous.ptr : "", p->previous.len, "version",
				p->version.ptr ? p->version.ptr : "", p->version.len, "licence",
				p->licence.ptr ? p->licence.ptr : "", p->licence.len, "author",
				p->author.ptr ? p->author.ptr : "", p->author.len, "fetched_at",
				(json_int_t)p->fetched_at, "enabled", (int)p->enabled);

	CHECK(out != NULL);
	return out;
}

/* Puts *p in its place in the list and writes all of it. */
static int write_pack(str data_folder, const struct pack *p, struct arena *a, struct err *e)
{
	json_t *state = json_array();
	struct pack_list list;
	bool placed = false;
	char *text;
	int rc = packs_read(data_folder, a, &list, e);

	for (uint32_t i = 0; !rc && i < list.count; i++) {
		bool same = str_eq(list.packs[i].name, p->name);

		if (!placed && str_cmp(p->name, list.packs[i].name) < 0) {
			json_array_append_new(state, pack_json(p));
			placed = true;
		}
		if (!same || !placed)
			json_array_append_new(state, pack_json(same ? p : &list.packs[i]));
		placed = placed || same;
	}
	if (!placed)
		json_array_append_new(state, pack_json(p));
	if (!rc && json_array_size(state) > PACKS_MAX)
		rc = err_set(e, ERR_LIMIT, "err.pack.many");
	text = json_dumps(state, JSON_INDENT(1));
	CHECK(text != NULL);
	if (!rc)
		rc = file_write_atomic(state_path(data_folder, a), str_of(text), 0600, e);
	free(text);
	json_decref(state);
	return rc;
}

static int find(str data_folder, str name, struct arena *a, struct pack *ret, struct err *e)
{
	struct pack_list list;
	int rc = packs_read(data_folder, a, &list, e);

	for (uint32_t i = 0; !rc && i < list.count; i++)
		if (str_eq(list.packs[i].name, name)) {
			*ret = list.packs[i];
			return 0;
		}
	return rc ? rc : err_set_value(e, ERR_NOT_FOUND, "err.pack.absent", name);
}

int pack_enable(str data_folder, str name, bool enabled, struct arena *a, struct pack *ret, struct err *e)
{
	struct pack p;
	int rc = find(data_folder, name, a, &p, e);

	p.enabled = enabled;
	if (!rc)
		rc = write_pack(data_folder, &p, a, e);
	if (!rc)
		*ret = p;
	return rc;
}

int pack_undo(str data_folder, str name, struct arena *a, struct pack *ret, struct err *e)
{
	struct pack p;
	str present;
	int rc = find(data_folder, name, a, &p, e);

	if (rc)
		return rc;
	if (!p.previous.len)
		return err_set_value(e, ERR_WRONG_STATE, "err.pack.no_previous", name);
	present = p.sha256;
	p.sha256 = p.previous;
	p.previous = present;
	p.folder = version_folder(data_folder, p.name, p.sha256, a);
	rc = write_pack(data_folder, &p, a, e);
	if (!rc)
		*ret = p;
	return rc;
}

/* ---- the table of known packs ---- */

int packs_known(str data_folder, struct arena *a, struct pack_known_list *ret, struct err *e)
{
	_cleanup_(arena_done) struct arena tree;
	struct pack_known_list list = {.packs = arena_alloc(a, PACKS_MAX * sizeof(*list.packs))};
	const struct yaml_node *packs = NULL;
	struct yaml_node *docs;
	uint32_t count = 0;
	struct buf text;
	int rc;

	arena_init(&tree, TABLE_TREE);
	buf_init(&text, TABLE_MAX);
	rc = content_read(data_folder, STR("rulepacks.yaml"), &text, e);
	if (!rc)
		rc = yaml_read(buf_str(&text), STR("rulepacks.yaml"), &tree, &docs, &count, e);
	if (!rc && count)
		packs = yaml_get(&docs[0], STR("packs"));
	for (uint32_t i = 0; packs && list.packs && i < packs->count && list.count < PACKS_MAX; i++) {
		const struct yaml_node *p = &packs->items[i];

		list.packs[list.count++] = (struct pack_known){
			.name = arena_str(a, yaml_text(p, STR("name"))),
			.url = arena_str(a, yaml_text(p, STR("url"))),
			.sha256 = arena_str(a, yaml_text(p, STR("sha256"))),
			.version = arena_str(a, yaml_text(p, STR("version"))),
			.licence = arena_str(a, yaml_text(p, STR("licence"))),
			.author = arena_str(a, yaml_text(p, STR("author"))),
			.description = arena_str(a, yaml_text(p, STR("description")))};
	}
	buf_done(&text);
	if (!rc)
		*ret = list;
	return rc;
}

/* ---- fetching ---- */

static bool is_name(str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 0)))
			return false;
	}
	return name.len > 0 && name.len <= PACK_NAME_MAX;
}

/* "Sigma_Core+.zip" → "sigma-core" */
static str name_from(str url, struct arena *a)
{
	str last = str_from(url, (size_t)(str_find_last_byte(url, '/') + 1));
	char *name = arena_alloc(a, PACK_NAME_MAX + 1);
	size_t len = 0;

	for (size_t i = 0; name && i < last.len && last.ptr[i] != '.' && last.ptr[i] != '?' && len < PACK_NAME_MAX;
	     i++) {
		char c = last.ptr[i];

		c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
			c = '-';
		if (c != '-' || (len && name[len - 1] != '-'))
			name[len++] = c;
	}
	while (len && name[len - 1] == '-')
		len--;
	return (str){name, len};
}

/* What is fetched: by name from the table, else the address or file itself. */
static int resolve(const struct pack_fetch *f, struct arena *a, struct pack *p, str *ret_sha256, struct err *e)
{
	struct pack_known_list known;
	int rc = packs_known(f->data_folder, a, &known, e);

	*ret_sha256 = f->sha256;
	for (uint32_t i = 0; !rc && i < known.count; i++) {
		const struct pack_known *k = &known.packs[i];

		if (!str_eq(k->name, f->what))
			continue;
		*p = (struct pack){.name = k->name,
				   .url = k->url,
				   .version = k->version,
				   .licence = k->licence,
				   .author = k->author};
		if (!f->sha256.len)
			*ret_sha256 = k->sha256;
		return 0;
	}
	if (rc)
		return rc;
	if (str_find(f->what, STR("://")) < 0 && !file_exists(f->what))
		return err_set_value(e, ERR_NOT_FOUND, "err.pack.unknown", f->what);
	p->url = arena_str(a, f->what);
	if (str_find(f->what, STR("://")) >= 0 && (rc = fetch_check(f->what, e)))
		return rc;
	p->name = f->name.len ? arena_str(a, f->name) : name_from(f->what, a);
	return is_name(p->name) ? 0 : err_set_value(e, ERR_RANGE, "err.pack.name", p->name);
}

static int download(const struct pack *p, struct buf *out, struct err *e)
{
	if (str_find(p->url, STR("://")) >= 0)
		return fetch_url(p->url, out, e);
	return file_read(p->url, PACK_ARCHIVE_MAX, out, e);
}

static int check_digest(const struct pack *p, str expected, struct err *e)
{
	int rc;

	if (!expected.len || str_eq_nocase(expected, p->sha256))
		return 0;
	rc = err_set_value(e, ERR_CONFLICT, "err.pack.digest", p->sha256);
	err_expected(e, expected);
	return rc;
}

struct writing {
	str folder;
	struct arena *arena;
	struct pack *pack;
	struct map digests; /* path → stable hash of the file */
	uint32_t rules;
};

static int write_file(void *ctx, str path, str bytes, struct err *e)
{
	struct writing *w = ctx;
	str to = arena_fmt(w->arena, STR_FMT "/" STR_FMT, STR_ARG(w->folder), STR_ARG(path));
	int rc;

	if (!to.ptr)
		return err_set(e, ERR_LIMIT, "err.rule.memory");
	rc = folder_make(str_sub(to, 0, (size_t)str_find_last_byte(to, '/')), e);
	if (!rc)
		rc = file_write_atomic(to, bytes, 0600, e);
	if (!rc && pack_is_licence(path) && !w->pack->licence.len)
		w->pack->licence = arena_str(w->arena, licence_name(bytes));
	if (rc || !pack_is_rule(path))
		return rc;
	map_put(&w->digests, path, hash_stable(bytes));
	w->rules++;
	return 0;
}

struct comparing {
	struct writing *w;
	str folder; /* of the version before */
	struct pack_change *change;
	uint32_t seen;
};

static int compare_file(void *ctx, str file, struct err *e)
{
	struct comparing *c = ctx;
	str path = str_from(file, c->folder.len + 1);
	struct buf text;
	uint64_t now;
	int rc;

	if (!pack_is_rule(path))
		return 0;
	if (!map_get(&c->w->digests, path, &now)) {
		c->change->removed++;
		return 0;
	}
	buf_init(&text, PACK_FILE_MAX);
	rc = file_read(file, PACK_FILE_MAX, &text, e);
	if (!rc) {
		c->seen++;
		c->change->changed += hash_stable(buf_str(&text)) != now;
	}
	buf_done(&text);
	return rc;
}

static int compare(struct writing *w, str before, struct pack_change *change, struct err *e)
{
	struct comparing c = {.w = w, .folder = before, .change = change};
	int rc = before.len && file_exists(before) ? folder_walk(before, STR_NONE, compare_file, &c, e) : 0;

	change->rules = w->rules;
	change->added = w->rules - c.seen;
	return rc;
}

static int store(const struct pack_fetch *f, str archive, struct arena *a, struct pack_change *change, struct err *e)
{
	struct writing w = {.arena = a, .pack = &change->pack};
	struct pack old = {0};
	struct buf unpacked;
	bool known = find(f->data_folder, change->pack.name, a, &old, NULL) == 0;
	int rc;

	if (known) {
		change->pack.enabled = old.enabled;
		change->is_same = str_eq(old.sha256, change->pack.sha256);
		change->pack.previous = change->is_same ? old.previous : old.sha256;
	}
	w.folder = change->pack.folder = version_folder(f->data_folder, change->pack.name, change->pack.sha256, a);
	map_init(&w.digests, (struct hash_key){0x7061636b, 0x73});
	buf_init(&unpacked, PACK_UNPACKED_MAX + (4u << 20));
	rc = child_run(&pack_unpack_part, archive, &unpacked, e);
	if (!rc)
		rc = folder_make(w.folder, e);
	if (!rc)
		rc = pack_each_file(buf_str(&unpacked), write_file, &w, e);
	if (!rc && !w.rules)
		rc = err_set_value(e, ERR_PARSE, "err.pack.empty", change->pack.name);
	if (!rc)
		rc = compare(&w,
			     known && !change->is_same ? old.folder
			     : change->is_same         ? w.folder
						       : STR(""),
			     change, e);
	if (!rc)
		rc = write_pack(f->data_folder, &change->pack, a, e);
	buf_done(&unpacked);
	map_done(&w.digests);
	return rc;
}

int pack_fetch(const struct pack_fetch *f, struct arena *a, struct pack_change *ret, struct err *e)
{
	struct pack_change change = {
		.pack = {.previous = STR(""), .version = STR(""), .licence = STR(""), .author = STR("")}};
	struct digest_hex digest;
	struct buf archive;
	str expected;
	int rc = resolve(f, a, &change.pack, &expected, e);

	if (rc)
		return rc;
	buf_init(&archive, PACK_ARCHIVE_MAX);
	rc = download(&change.pack, &archive, e);
	if (!rc) {
		digest = digest_sha256_hex(buf_str(&archive));
		change.pack.sha256 = arena_str(a, digest_str(&digest));
		change.pack.fetched_at = f->env->now(f->env->ctx);
		rc = check_digest(&change.pack, expected, e);
	}
	if (!rc)
		rc = store(f, buf_str(&archive), a, &change, e);
	buf_done(&archive);
	if (!rc)
		*ret = change;
	return rc;
}
