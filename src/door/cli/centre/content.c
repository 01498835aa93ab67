/* The verb `content list`: which frameworks, lenses and mappings there are, of which edition, and how sure we are of
 * them. */
#include "door/cli/centre/content.h"

#include "craft/content/content.h"
#include "door/cli/verbs.h"
#include "model/event_json.h"

struct content_row {
	str kind, id, name, edition, path;
	uint32_t items, verified[LANG_COUNT], mapped;
	bool has_mapping, is_official;
};

static void print_row_json(struct buf *out, const struct cli *c, const struct content_row *row)
{
	buf_add(out, out->len > 12 ? STR(",\n{\"kind\":") : STR("{\"kind\":"));
	json_add_text(out, row->kind);
	buf_add(out, STR(",\"id\":"));
	json_add_text(out, row->id);
	buf_add(out, STR(",\"name\":"));
	json_add_text(out, row->name);
	buf_add(out, STR(",\"edition\":"));
	json_add_text(out, row->edition);
	buf_add_fmt(out, ",\"items\":%u,\"verified\":{\"en\":%u,\"ja\":%u}", row->items, row->verified[LANG_EN],
		    row->verified[LANG_JA]);
	if (row->has_mapping)
		buf_add_fmt(out, ",\"mapped\":%u,\"mapping\":\"%s\"", row->mapped,
			    row->is_official ? "official" : "judgement");
	buf_add(out, STR(",\"path\":"));
	json_add_text(out, row->path);
	buf_add_fmt(out, ",\"origin\":\"%s\"}", content_origin_name(content_origin(c->data_folder, row->path)));
}

static void add_counts(struct buf *out, const struct cli *c, const char *key, const uint32_t counts[3])
{
	static const char *const names[] = {"en", "ja", "of"};
	struct word_arg args[3];
	char numbers[3][16];

	for (size_t i = 0; i < 3; i++) {
		int len = snprintf(numbers[i], sizeof(numbers[i]), "%u", counts[i]);

		args[i] = (struct word_arg){names[i], {numbers[i], (size_t)len}};
	}
	words_add(out, c->lang, str_of(key), args, 3);
}

static void print_row(struct buf *out, const struct cli *c, const struct content_row *row)
{
	const char *origin = content_origin_name(content_origin(c->data_folder, row->path));
	char key[48];
	int len = snprintf(key, sizeof(key), "content.origin.%s", origin);

	buf_add_fmt(out, STR_FMT "  " STR_FMT " (" STR_FMT ")\n    ", STR_ARG(row->id), STR_ARG(row->name),
		    STR_ARG(row->edition));
	add_counts(out, c, "content.verified",
		   (uint32_t[]){row->verified[LANG_EN], row->verified[LANG_JA], row->items});
	if (row->has_mapping) {
		buf_add(out, STR(" · "));
		add_counts(out, c, row->is_official ? "content.mapped_official" : "content.mapped",
			   (uint32_t[]){row->mapped, row->mapped, row->items});
	}
	buf_add(out, STR(" · "));
	buf_add(out, words_get(c->lang, (str){key, (size_t)len}));
	buf_add_fmt(out, " · " STR_FMT "\n", STR_ARG(row->path));
}

struct listing {
	const struct cli *c;
	struct buf out;
	bool json;
};

static void add(struct listing *l, const struct content_row *row)
{
	if (l->json)
		print_row_json(&l->out, l->c, row);
	else
		print_row(&l->out, l->c, row);
}

static void list_frameworks(struct listing *l, const struct content_index *frameworks)
{
	for (uint32_t i = 0; i < content_index_count(frameworks); i++) {
		const struct framework *fw = content_index_at(frameworks, i);
		struct content_row row = {.kind = STR("framework"),
					  .id = fw->id,
					  .name = fw->name.by_lang[l->c->lang],
					  .edition = fw->edition,
					  .path = fw->path,
					  .items = fw->service_count};

		for (uint32_t s = 0; s < fw->service_count; s++)
			for (size_t lang = 0; lang < LANG_COUNT; lang++)
				row.verified[lang] += fw->services[s].name.verified[lang];
		add(l, &row);
	}
}

static void list_lenses(struct listing *l, const struct lens_index *lenses, const struct framework *fw)
{
	for (uint32_t i = 0; i < lens_count(lenses); i++) {
		const struct lens *lens = lens_at(lenses, i);
		const struct lens_mapping *m = lens_mapping_find(lenses, lens, fw);
		struct content_row row = {.kind = STR("lens"),
					  .id = lens->id,
					  .name = lens->name[l->c->lang],
					  .edition = lens->edition,
					  .path = lens->path,
					  .items = lens->item_count,
					  .has_mapping = m != NULL};

		for (size_t lang = 0; lang < LANG_COUNT; lang++)
			row.verified[lang] = lens_verified(lens, (enum lang)lang);
		if (m) {
			row.mapped = lens_mapped(m);
			row.is_official = m->is_official;
		}
		add(l, &row);
	}
}

static int list_run(struct cli *c)
{
	struct listing l = {.c = c, .json = cli_has(c, "json")};
	struct content_index *frameworks = NULL;
	struct lens_index *lenses = NULL;
	struct lens_load how = {.data_folder = c->data_folder};
	struct err e = {0};
	int status = EXIT_DONE;

	buf_init(&l.out, 1u << 20);
	if (content_index_load(c->data_folder, &frameworks, &e)) {
		status = EXIT_INPUT;
	} else {
		how.frameworks = frameworks;
		if (lens_index_load(&how, &lenses, &e))
			status = EXIT_INPUT;
	}
	if (status == EXIT_DONE) {
		if (l.json)
			buf_add(&l.out, STR("{\"content\":["));
		list_frameworks(&l, frameworks);
		list_lenses(&l, lenses, content_index_find(frameworks, STR(FRAMEWORK_DEFAULT)));
		if (l.json)
			buf_add(&l.out, STR("]}\n"));
		fwrite(l.out.ptr, 1, l.out.len, c->out);
	} else {
		cli_report(c, &e);
	}
	lens_index_free(lenses);
	content_index_free(frameworks);
	buf_done(&l.out);
	return status;
}

static const struct cli_option list_options[] = {
	{"json", NULL, false, false},
	{0},
};

const struct verb verb_content_list = {"content list", NULL, list_options, list_run};
