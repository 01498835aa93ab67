/* framework: a catalogue of services with its levels, rubric and names, as content. Part of build.h.
 *
 * Read from content/frameworks (YAML), validated whole, then immutable and shared by all threads. Every name carries
 * its source and whether it was verified against a text of the standard, so a page can say so.
 */
#ifndef CENTRE_BUILD_FRAMEWORK_H
#define CENTRE_BUILD_FRAMEWORK_H

#include "base/arena.h"
#include "base/err.h"
#include "craft/reader/reader.h"

#define FRAMEWORK_SERVICES_MAX 512u
#define FRAMEWORK_CATEGORIES_MAX 32u
#define FRAMEWORK_PHASES_MAX 8u
#define FRAMEWORK_WINDOW_DAYS_MAX 3660u /* ten years */
#define FRAMEWORK_AREAS 4u
#define FRAMEWORK_SCORE_MAX 5u
#define FRAMEWORK_DEFAULT "x1060-2021"
#define FRAMEWORK_INDEX_BUDGET ((size_t)8 << 20) /* bytes of all frameworks in memory */

/* The five recommendation levels of X.1060 9.2 in their order. SERVICE_UNDECIDED is ours: nobody has decided yet. */
enum service_level {
	SERVICE_UNNECESSARY,
	SERVICE_BASIC,
	SERVICE_STANDARD,
	SERVICE_ADVANCED,
	SERVICE_OPTIONAL,
	SERVICE_LEVEL_COUNT,
	SERVICE_UNDECIDED = SERVICE_LEVEL_COUNT
};

/* X.1060 9.3. ASSIGN_UNDECIDED is ours; ASSIGN_NOBODY is the standard's "unassigned": needed, nobody can take it. */
enum assignment {
	ASSIGN_INSOURCE,
	ASSIGN_OUTSOURCE,
	ASSIGN_BOTH,
	ASSIGN_NOBODY,
	ASSIGN_COUNT,
	ASSIGN_UNDECIDED = ASSIGN_COUNT
};

enum side { SIDE_IN, SIDE_OUT, SIDE_COUNT };

struct fw_text {
	str by_lang[LANG_COUNT];
};

/* A name with its proof: where it comes from and whether it was verified against a text of the standard. */
struct fw_name {
	struct fw_text text;
	str source[LANG_COUNT]; /* key of `sources` in the file */
	bool verified[LANG_COUNT];
};

struct fw_term { /* a level, an assignment, an area, a phase */
	str id;
	struct fw_name name;
	struct fw_text meaning; /* empty for areas and phases */
};

struct fw_category {
	str id; /* "A" */
	struct fw_name name;
	struct fw_text short_name; /* for the axes of a radar */
	struct fw_text description;
	uint32_t first, count; /* its services: framework.services[first .. first+count) */
	uint32_t phases;       /* bit per framework.phases */
	str cycle;             /* "short", "long", "both" */
};

struct fw_service {
	str id; /* "B-1" */
	uint32_t index;
	uint32_t category;
	struct fw_name name;
	struct fw_text description;
	enum service_level level; /* proposal (judgement), until the organisation decides */
	uint32_t area;            /* 1..4, an example by judgement */
	str cadence;              /* "daily", … words key "build.cadence.<cadence>" */
	uint32_t window_days;     /* how long an occasion counts as evidence; judgement from the cadence */
};

struct framework {
	str id, edition, path;
	struct fw_text name, title;
	struct reader_source *sources; /* what the `source` of every name means */
	uint32_t source_count;
	struct fw_term levels[SERVICE_LEVEL_COUNT], assignments[ASSIGN_COUNT], areas[FRAMEWORK_AREAS];
	struct fw_term phases[FRAMEWORK_PHASES_MAX];
	uint32_t phase_count;
	struct fw_text rubric[SIDE_COUNT][FRAMEWORK_SCORE_MAX + 1]; /* [side][score]; [0] is empty */
	struct fw_category *categories;
	uint32_t category_count;
	struct fw_service *services; /* in the order of the file: categories one after another */
	uint32_t service_count;
};

struct content_index;

/* Reads every content/frameworks/<name>.yaml, the data folder's copy first; data_folder may be empty. The first mistake
 * ends it: err.framework.* with path, line, value and what was expected. */
int content_index_load(str data_folder, struct content_index **ret, struct err *e) MUST_CHECK;
void content_index_free(struct content_index *index);
uint32_t content_index_count(const struct content_index *index);
const struct framework *content_index_at(const struct content_index *index, uint32_t at);
/* NULL when absent. */
const struct framework *content_index_find(const struct content_index *index, str framework_id);
const struct fw_service *framework_service(const struct framework *fw, str service_id);

/* Files of content/frameworks with `kind: lens` re-present answers (centre/lens) and are no frameworks. */
int framework_is_lens(str text, str path, bool *ret, struct err *e) MUST_CHECK;

/* One file's text, for tests and `check`; everything lives in *a. */
int framework_read(str text, str path, struct arena *a, struct framework *ret, struct err *e) MUST_CHECK;

str service_level_id(enum service_level level); /* "basic"; "" when undecided */
bool service_level_parse(str id, enum service_level *ret);
str assignment_id(enum assignment a); /* "insource", "outsource", "both", "unassigned"; "" when undecided */
bool assignment_parse(str id, enum assignment *ret);

#endif
