#include "flow/rules/catalogue.h"

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "os/file.h"

#define LICENCE_FILE_MAX (256u << 10)
#define LICENCE_PATH_MAX 4096u

struct catalogue {
	struct arena arena;
	struct map by_path; /* index in texts */
	str *texts;
	size_t text_count, text_cap;
	struct rule_pack packs[CATALOGUE_PACKS_MAX];
	uint32_t pack_count;
	uint8_t *pack_of, *reach; /* by rule */
	uint32_t rule_count;
};

struct catalogue *catalogue_create(void)
{
	struct catalogue *c = mem_alloc(1, sizeof(*c));

	arena_init(&c->arena, CATALOGUE_BYTES_MAX);
	/* Paths are the operator's own. */
	map_init(&c->by_path, (struct hash_key){0x63617461, 0x6c6f67});
	return c;
}

void catalogue_free(struct catalogue *c)
{
	if (!c)
		return;
	map_done(&c->by_path);
	arena_done(&c->arena);
	free(c->texts);
	free(c->pack_of);
	free(c->reach);
	free(c);
}

int catalogue_add_pack(struct catalogue *c, const struct rule_pack *p, struct err *e)
{
	struct rule_pack *to;

	if (c->pack_count == CATALOGUE_PACKS_MAX)
		return 0;
	to = &c->packs[c->pack_count];
	to->kind = p->kind;
	to->name = arena_str(&c->arena, p->name);
	to->prefix = arena_str(&c->arena, p->prefix);
	to->version = arena_str(&c->arena, p->version);
	to->licence = arena_str(&c->arena, p->licence);
	to->author = arena_str(&c->arena, p->author);
	if (!to->name.ptr || !to->prefix.ptr || !to->version.ptr || !to->licence.ptr || !to->author.ptr)
		return err_set(e, ERR_LIMIT, "err.rule.memory");
	c->pack_count++;
	return 0;
}

/* The first line with anything in it, without the marks of a heading. */
static str first_line(str text)
{
	str line;

	while (str_next(&text, '\n', &line)) {
		line = str_trim(line);
		while (line.len && (line.ptr[0] == '#' || line.ptr[0] == '=' || line.ptr[0] == ' '))
			line = str_from(line, 1);
		if (line.len && utf8_is_valid(line))
			return utf8_cut(line, PACK_LICENCE_MAX);
	}
	return STR("");
}

/* A licence that the text names is worth more than the file's heading. */
str licence_name(str text)
{
	static const struct {
		str says, name; /* SPDX's names, where it has one */
	} known[] = {{STR_INIT("(DRL) 1.1"), STR_INIT("DRL-1.1")},         {STR_INIT("(DRL) 1.0"), STR_INIT("DRL-1.0")},
		     {STR_INIT("Apache License"), STR_INIT("Apache-2.0")}, {STR_INIT("MIT License"), STR_INIT("MIT")},
		     {STR_INIT("GNU Affero"), STR_INIT("AGPL-3.0")},       {STR_INIT("GNU General"), STR_INIT("GPL")}};

	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (str_find_nocase(text, known[i].says) >= 0)
			return known[i].name;
	return first_line(text);
}

static bool read_licence(str folder, const char *where, struct buf *text)
{
	static const char *const names[] = {"LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "COPYING"};
	struct buf path;
	bool found = false;

	buf_init(&path, LICENCE_PATH_MAX);
	for (size_t i = 0; i < COUNT_OF(names) && !found; i++) {
		buf_clear(&path);
		buf_clear(text);
		buf_add(&path, folder);
		buf_add_fmt(&path, "/%s%s", where, names[i]);
		found = file_read(buf_str(&path), LICENCE_FILE_MAX, text, NULL) == 0;
	}
	buf_done(&path);
	return found;
}

int catalogue_add_folder(struct catalogue *c, str folder, struct err *e)
{
	struct rule_pack p = {.kind = PACK_FOLDER, .name = folder, .prefix = folder};
	struct buf text;
	int rc;

	buf_init(&text, LICENCE_FILE_MAX);
	/* In the folder, or beside it: a checkout of rules keeps one licence for several folders. */
	if (read_licence(folder, "", &text) || read_licence(folder, "../", &text))
		p.licence = licence_name(buf_str(&text));
	rc = catalogue_add_pack(c, &p, e);
	buf_done(&text);
	return rc;
}

int catalogue_add_text(struct catalogue *c, str path, str text, struct err *e)
{
	str copy = arena_str(&c->arena, text);

	if (!copy.ptr)
		return err_set(e, ERR_LIMIT, "err.rule.memory");
	mem_grow(&c->texts, &c->text_cap, c->text_count + 1, sizeof(*c->texts));
	c->texts[c->text_count] = copy;
	map_put(&c->by_path, path, c->text_count++);
	return 0;
}

/* The pack whose prefix is the longest. */
static uint32_t find_pack(const struct catalogue *c, str path)
{
	uint32_t best = 0;
	size_t best_len = 0;

	for (uint32_t i = 0; i < c->pack_count; i++) {
		if (!str_starts(path, c->packs[i].prefix) || c->packs[i].prefix.len < best_len)
			continue;
		best = i;
		best_len = c->packs[i].prefix.len;
	}
	return best;
}

int catalogue_seal(struct catalogue *c, const struct rule_set *set, const struct mapping *m, struct err *e)
{
	const struct rule_pack none = {.kind = PACK_FOLDER};
	int rc = c->pack_count ? 0 : catalogue_add_pack(c, &none, e);

	if (rc)
		return rc;
	c->rule_count = rule_set_count(set);
	c->pack_of = mem_alloc(c->rule_count + 1u, 1);
	c->reach = mem_alloc(c->rule_count + 1u, 1);
	for (uint32_t i = 0; i < c->rule_count; i++) {
		c->pack_of[i] = (uint8_t)find_pack(c, rule_set_rule(set, i)->path);
		c->packs[c->pack_of[i]].rules++;
		c->reach[i] = (uint8_t)rule_reach(set, m, i);
	}
	return 0;
}

uint32_t catalogue_pack_count(const struct catalogue *c)
{
	return c->pack_count;
}

const struct rule_pack *catalogue_pack(const struct catalogue *c, uint32_t index)
{
	CHECK(index < c->pack_count);
	return &c->packs[index];
}

uint32_t catalogue_pack_of(const struct catalogue *c, uint32_t rule_index)
{
	CHECK(rule_index < c->rule_count);
	return c->pack_of[rule_index];
}

enum reach catalogue_reach(const struct catalogue *c, uint32_t rule_index)
{
	CHECK(rule_index < c->rule_count);
	return (enum reach)c->reach[rule_index];
}

str catalogue_text(const struct catalogue *c, str path)
{
	uint64_t at;

	return map_get(&c->by_path, path, &at) ? c->texts[at] : STR_NONE;
}

static bool is_separator(str line)
{
	return str_starts(line, STR("---")) && str_trim(str_from(line, 3)).len == 0;
}

/* From the separator above the rule's line to the one below it. */
str catalogue_rule_text(const struct catalogue *c, const struct rule *r)
{
	str text = catalogue_text(c, r->path), rest = text, line;
	size_t from = 0, to = text.len;
	uint32_t number = 0;

	while (rest.ptr && str_next(&rest, '\n', &line)) {
		number++;
		if (!is_separator(line))
			continue;
		if (number <= r->line) {
			from = rest.ptr ? (size_t)(rest.ptr - text.ptr) : text.len;
			continue;
		}
		to = (size_t)(line.ptr - text.ptr);
		break;
	}
	return str_sub(text, from, to - from);
}
