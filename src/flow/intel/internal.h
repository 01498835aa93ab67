/* What the files of this room share; not for others. */
#ifndef FLOW_INTEL_INTERNAL_H
#define FLOW_INTEL_INTERNAL_H

#include "base/buf.h"
#include "base/map.h"
#include "flow/intel/intel.h"
#include "os/file.h"

/* ---- value.c, address.c: normal forms ---- */

/* An address of either family; IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2). */
struct address {
	uint64_t high, low;
};

/* prefix: 0 … 128, as if the address were IPv6. */
bool address_parse(str text, struct address *ret);
bool network_parse(str text, struct address *ret, unsigned *ret_prefix);
bool address_is_v4(const struct address *a);
void network_bounds(const struct address *a, unsigned prefix, struct address *ret_first, struct address *ret_last);
static inline int address_cmp(const struct address *a, const struct address *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return (a->low > b->low) - (a->low < b->low);
}

struct value {
	enum indicator_type type;
	struct address address; /* IP and CIDR */
	unsigned prefix;        /* CIDR */
	size_t len;             /* of text, for all but CIDR; an IP's is its 16 bytes */
	char text[INTEL_VALUE_MAX];
};

/* Type by name: ours, and those of MISP and of common feeds. INDICATOR_NONE when unknown. */
enum indicator_type indicator_type_of(str name);
/* Brings a list's value to its normal form; type NONE = by its form. Accepts defanged forms. False: it is none. */
bool value_read(enum indicator_type type, str text, struct value *out);
/* Pieces of it that matching uses on an event's values; each writes out->text and out->len, not the type. */
bool value_lower(str text, struct value *out);
bool value_domain(str text, struct value *out);
bool value_url(str text, struct value *out);
bool value_registry(str text, struct value *out);
void value_address(const struct address *a, struct value *out);
bool text_is_hex(str text, size_t len);

/* ---- table.c ---- */

struct slot {
	uint64_t hash;
	uint32_t check;
	uint32_t origin;
};

#define FILTER_WORDS 4
#define RANGE_NONE UINT32_MAX

struct range {
	struct address first, last;
	uint32_t origin;
	uint32_t parent; /* the smallest range around it, or RANGE_NONE */
};

struct table {
	struct hash_key key;
	struct slot *slots;
	size_t count, cap;
	uint32_t *index; /* bucket → first slot; buckets + 1 entries */
	uint64_t buckets;
	uint64_t (*filter)[FILTER_WORDS];
	uint64_t blocks;
	struct range *ranges;
	size_t range_count, range_cap;
	uint64_t of_type[INDICATOR_TYPE_COUNT]; /* added, equal ones included */
};

void table_done(struct table *t);
int table_add(struct table *t, const struct value *v, uint32_t origin, struct err *e) MUST_CHECK;
void table_seal(struct table *t);
/* Of equal indicators the first one. */
bool table_find(const struct table *t, enum indicator_type type, str text, uint32_t *ret_origin);
/* The narrowest network around the address. */
bool table_find_range(const struct table *t, const struct address *a, uint32_t *ret_range);
size_t table_bytes(const struct table *t);

/* ---- set.c ---- */

struct list_file {
	struct intel_list list; /* first: handed out as this */
	uint32_t base;          /* origin of its line 0 */
};

/* What an origin says beyond its file and line; sorted by origin. */
struct context {
	uint32_t origin, line;
	uint32_t text; /* offset in texts; 0 = none */
};

struct intel_set {
	struct table watch, warning;
	struct list_file *files;
	size_t file_count, file_cap;
	struct context *contexts;
	size_t context_count, context_cap;
	struct buf texts; /* NUL-terminated, one behind another */
	struct map known; /* text → offset, while the set is built */
	struct intel_counts counts;
	struct err *problems;
	size_t problem_count, problem_cap;
	uint64_t origin; /* next base */
	time_us now;
	bool sealed;
};

/* The list that is being read. */
struct reading {
	struct intel_set *set;
	enum intel_role role;
	str path;
	const struct file_view *view; /* whose pages may go when they are read; NULL: from memory */
	uint64_t line;                /* of the present piece, 1-based */
	struct value value;
};

/* Tells that the present line is none. Returns 0: reading goes on. */
int reading_problem(struct reading *r, const char *id, str value);
/* A comment of the list's first lines: perhaps its licence, its source or its title. */
void reading_header(struct reading *r, str comment);
/* Adds a value with its context; what is no indicator is told. */
int reading_add(struct reading *r, enum indicator_type type, str text, struct err *e) MUST_CHECK;
/* Context of the present line; description may be empty. */
void reading_context(struct reading *r, uint32_t origin, uint32_t line, str description);

/* Where an origin comes from. */
void set_origin(const struct intel_set *set, uint32_t origin, struct intel_hit *ret);

/* ---- lines.c, stix.c ---- */

/* A list of lines, piece by piece. */
struct lines {
	struct reading *r;
	struct buf rest; /* a line whose end has not come */
	bool begun, csv, skipping;
	char separator;
	int value_column, type_column, text_column; /* -1 = none */
};

void lines_init(struct lines *l, struct reading *r);
void lines_done(struct lines *l);
int lines_push(struct lines *l, str piece, struct err *e) MUST_CHECK;
int lines_finish(struct lines *l, struct err *e) MUST_CHECK;

bool stix_is(str head);
int stix_read(struct reading *r, str text, struct err *e) MUST_CHECK;
/* The comparisons of a pattern, joined by OR. Negative: err.intel.pattern (unsupported or broken). */
int stix_pattern(str pattern, int (*found)(void *ctx, enum indicator_type type, str value, struct err *e), void *ctx,
		 struct err *e) MUST_CHECK;

/* ---- fields.c ---- */

enum field_kind {
	KIND_NONE,
	KIND_IP,
	KIND_HOST,
	KIND_URL,
	KIND_HASH,
	KIND_HASHES,
	KIND_FILE,
	KIND_EMAIL,
	KIND_JA3,
	KIND_JA4,
	KIND_AGENT,
	KIND_REGISTRY,
	KIND_MUTEX,
	KIND_COUNT
};

struct field_use {
	enum field_kind kind;
	uint32_t partner; /* name id of the port of an address, of the host of a URL's path; 0 = none */
};

struct intel_fields {
	struct field_use *of; /* by name id */
	uint32_t count;
};

#endif
