/* lens: the same answers seen through another framework (textbook v2.1, NIST CSF, ISO/IEC 27001, METI, SIM3, FIRST).
 *
 * Why: a CISO answers once, by the services of X.1060, and reports by whatever the reader asks for. A lens is content
 * (content/frameworks, `kind: lens`): groups of items with names, each with its source and whether that was verified. A
 * mapping (content/mappings-frameworks) says how items relate to services: kind, certainty. No item is ever scored by
 * itself: its figures are those of the weakest linked service, which is named; an item without a link says so.
 * A mapping with `basis: official` replaces ours of the same pair. Everything is read and validated once, immutable
 * then.
 */
#ifndef CENTRE_LENS_H
#define CENTRE_LENS_H

#include "centre/build/build.h"

#define LENS_GROUPS_MAX 24u /* axes of a radar */
#define LENS_ITEMS_MAX 512u
#define LENS_PARTS_MAX 64u /* of one item */
#define LENS_LINKS_MAX 4096u
#define LENS_ID_MAX 32u
#define LENS_BUDGET ((size_t)16 << 20) /* bytes of all lenses and mappings in memory */

struct lens_group {
	str id;
	struct sourced name;
	str short_name[LANG_COUNT], description[LANG_COUNT];
	uint32_t first, count; /* its items: a run of the list */
};

struct lens_part { /* shown with the item; not mapped by itself */
	str id, name;
};

struct lens_item {
	str id;
	uint32_t index, group;
	struct sourced name;
	str description[LANG_COUNT]; /* in our words */
	struct lens_part *parts;
	uint32_t part_count;
};

struct lens {
	str id, edition, link, path;
	str name[LANG_COUNT], title[LANG_COUNT];
	struct reader_source *sources;
	uint32_t source_count;
	struct lens_group *groups;
	uint32_t group_count;
	struct lens_item *items;
	uint32_t item_count;
};

/* What the item is to the service. Words key "lens.kind.<name>". */
enum link_kind { LINK_EQUAL, LINK_PART_OF, LINK_CONTAINS, LINK_OVERLAPS, LINK_NONE, LINK_KIND_COUNT };
enum certainty { CERTAINTY_HIGH, CERTAINTY_MEDIUM, CERTAINTY_LOW, CERTAINTY_COUNT };
const char *link_kind_name(enum link_kind kind);      /* "part_of" */
const char *certainty_name(enum certainty certainty); /* "medium"; words key "lens.certainty.<name>" */

struct lens_link {
	uint32_t item;
	const struct fw_service *service; /* NULL with LINK_NONE */
	enum link_kind kind;
	enum certainty certainty;
};

struct lens_mapping {
	str id, path;
	const struct lens *lens;
	const struct framework *framework;
	bool is_official;
	str source, source_url;  /* title of where the judgement comes from */
	struct lens_link *links; /* by item, then as written */
	uint32_t link_count;
	uint32_t *first; /* links of item i: links[first[i] .. first[i + 1]) */
};

/* ---- content ---- */

struct lens_index;

/* `problem` is told every mistake of every file, and loading goes on without the file (or the row); without it the
 * first mistake ends it. `frameworks` must outlive the index. */
struct lens_load {
	str data_folder; /* may be empty */
	const struct content_index *frameworks;
	void (*problem)(void *ctx, const struct err *why);
	void *ctx;
};
int lens_index_load(const struct lens_load *how, struct lens_index **ret, struct err *e) MUST_CHECK;
void lens_index_free(struct lens_index *index);
uint32_t lens_count(const struct lens_index *index);
const struct lens *lens_at(const struct lens_index *index, uint32_t at);
const struct lens *lens_find(const struct lens_index *index, str lens_id); /* NULL when absent */
const struct lens_item *lens_item_find(const struct lens *lens, str item_id);
/* The mapping that counts between the two: an official one before ours. NULL when there is none. */
const struct lens_mapping *lens_mapping_find(const struct lens_index *index, const struct lens *lens,
					     const struct framework *framework);
/* Items with at least one link to a service. */
uint32_t lens_mapped(const struct lens_mapping *mapping);
uint32_t lens_verified(const struct lens *lens, enum lang lang); /* items whose name in this language is verified */

/* One service of a framework or one item of a lens, with the proof of its name. The arrays have LANG_COUNT entries. */
struct content_item {
	str set, id; /* "csf2", "GV.OC" */
	const str *set_name, *name, *description, *source;
	const bool *verified;
	const struct reader_source *sources;
	uint32_t source_count;
	const struct lens *lens; /* NULL: a service of a framework */
	const struct lens_item *lens_item;
};
struct content_key {
	str set, id;
};
/* ERR_NOT_FOUND err.lens.absent, err.lens.item. */
int content_item_find(const struct content_index *frameworks, const struct lens_index *lenses,
		      const struct content_key *key, struct content_item *ret, struct err *e) MUST_CHECK;

/* One file's text, for tests and fuzzing; everything lives in *a. */
int lens_read(str text, str path, struct arena *a, struct lens *ret, struct err *e) MUST_CHECK;
/* The parties are found among these; `problem` as in lens_load. */
struct mapping_parties {
	const struct lens *lenses;
	size_t lens_count;
	const struct content_index *frameworks;
	void (*problem)(void *ctx, const struct err *why);
	void *ctx;
};
int lens_mapping_read(str text, str path, const struct mapping_parties *parties, struct arena *a,
		      struct lens_mapping *ret, struct err *e) MUST_CHECK;

/* ---- the same answers ---- */

struct lens_figure {
	score_c value;                        /* of the weakest linked service that has one; SCORE_NONE */
	const struct portfolio_item *weakest; /* whose it is */
	uint32_t known;                       /* linked services that count and have one */
};

struct lens_result {
	struct lens_figure now, target, evidence;
	uint32_t links;    /* to services; 0 = unmapped */
	uint32_t counting; /* of them neither 不要 nor N/A; 0 with links = decided not to do it */
	bool has_gap;      /* of the weakest service of `now` */
	score_c gap;
};

/* Pure. */
void lens_judge(const struct lens_mapping *mapping, const struct portfolio *portfolio, uint32_t item,
		struct lens_result *ret);

struct lens_group_result { /* means of its items' figures */
	struct score_mean now, target, evidence;
	uint32_t mapped;
};
struct lens_picture {
	const struct lens_mapping *mapping;
	struct lens_result *items;        /* parallel to lens.items */
	struct lens_group_result *groups; /* parallel to lens.groups */
	struct lens_group_result total;
};
/* ERR_LIMIT err.reader.budget when the arena is spent. */
int lens_paint(const struct lens_mapping *mapping, const struct portfolio *portfolio, struct arena *a,
	       struct lens_picture *ret, struct err *e) MUST_CHECK;

/* ---- corrections: an organisation knows a name or a description better ---- */

#define CORRECTION_TEXT_MAX 500u
#define CORRECTION_SOURCE_MAX 500u
#define CORRECTIONS_MAX 2000u /* in force, of one organisation and framework */
#define CORRECTION_HISTORY_MAX 50u

enum correction_field { CORRECT_NAME, CORRECT_DESCRIPTION, CORRECT_FIELD_COUNT };
const char *correction_field_name(enum correction_field field); /* "name", "description" */
bool correction_field_parse(str name, enum correction_field *ret);

struct correction {
	str set, item; /* "csf2", "GV.OC" */
	enum correction_field field;
	enum lang lang;
	str text;   /* empty: the content's own again */
	str source; /* where the corrector has it from */
	str user_name;
	time_us at;
};
struct correction_list {
	struct correction *items;
	uint32_t count;
};

/* Appends in a transaction of its own with the audit trail ("content.correct"). The caller has checked that the item
 * exists. ERR_RANGE err.lens.correction_* with path = field: too long, no source. */
int correction_save(struct db *db, const struct actor *who, const struct correction *c, time_us now,
		    struct err *e) MUST_CHECK;
/* In force, of one framework or lens. */
int correction_list(struct db *db, struct scope scope, str set, struct arena *a, struct correction_list *ret,
		    struct err *e) MUST_CHECK;
/* Every one of an item, newest first. */
int correction_history(struct db *db, struct scope scope, str set, str item, struct arena *a,
		       struct correction_list *ret, struct err *e) MUST_CHECK;
/* The one in force, or NULL. */
const struct correction *correction_find(const struct correction_list *list, str item, enum correction_field field,
					 enum lang lang);

#endif
