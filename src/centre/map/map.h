/* map: the service map. What is protected (rows) by phases (columns); which kinds of service belong into each cell, who
 * covers them according to the organisation's profile, and where the holes are.
 *
 * Content (content/service-map.yaml): kinds of service with what each does, cannot do and what one may do instead, and
 * the services of X.1060 behind it. Nothing is placed by hand: the profile already names teams and providers. A kind is
 * covered when every service behind it that counts is assigned, partly when some are. Immutable content.
 */
#ifndef CENTRE_MAP_H
#define CENTRE_MAP_H

#include "centre/build/build.h"

#define MAP_CONTENT "service-map.yaml"
#define MAP_COLUMNS_MAX 16u
#define MAP_ROWS_MAX 32u
#define MAP_KINDS_MAX 128u
#define MAP_CELL_MAX 16u    /* kinds of one cell */
#define MAP_SERVICES_MAX 8u /* of one kind */
#define MAP_CHOSEN_MAX 64u  /* cells of one request for proposal */
#define MAP_BUDGET ((size_t)4 << 20)
#define MAP_RFP_MAX (256u << 10) /* bytes of a draft */

struct map_term {
	str id;
	str name[LANG_COUNT];
};

struct map_kind {
	struct map_term term;
	str does[LANG_COUNT], cannot[LANG_COUNT], instead[LANG_COUNT];
	const struct fw_service *services[MAP_SERVICES_MAX];
	uint32_t service_count;
};

struct map_cell {
	const struct map_kind *kinds[MAP_CELL_MAX];
	uint32_t count;
};

struct service_map {
	struct map_term columns[MAP_COLUMNS_MAX], rows[MAP_ROWS_MAX];
	struct map_kind *kinds;
	struct map_cell (*cells)[MAP_COLUMNS_MAX]; /* [row][column] */
	uint32_t column_count, row_count, kind_count;
	struct arena arena;
};

int service_map_load(str data_folder, const struct framework *framework, struct service_map **ret,
		     struct err *e) MUST_CHECK;
int service_map_read(str text, const struct framework *framework, struct service_map **ret, struct err *e) MUST_CHECK;
void service_map_free(struct service_map *map);

enum map_cover { COVER_HOLE, COVER_PARTLY, COVER_FULL, COVER_OUT, COVER_COUNT };
const char *map_cover_name(enum map_cover cover); /* "hole"; words key "map.cover.<name>" */
/* COVER_OUT: every service behind it is out of scope (不要, N/A). Pure. */
enum map_cover map_kind_cover(const struct map_kind *kind, const struct portfolio *portfolio);

struct map_choice {
	uint32_t row, column;
};
/* "server.op_monitor". */
bool map_choice_parse(const struct service_map *map, str text, struct map_choice *ret);

/* A draft request for proposal in Markdown for the chosen cells: background, scope, what is asked of each kind,
 * questions, service levels, exit. `out` holds it. */
struct rfp {
	const struct service_map *map;
	const struct portfolio *portfolio;
	const struct map_choice *choices;
	uint32_t count;
	enum lang lang;
	str organisation;
};
void map_rfp(const struct rfp *rfp, struct buf *out);

#endif
