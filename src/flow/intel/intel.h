/* intel: indicators of compromise, compared with every event.
 *
 * Why: a list of known bad addresses, names and hashes is the cheapest detection there is, and lists have millions of
 * lines. A set is built once, then read-only and shared between threads; a new list is a new set, swapped whole.
 *
 * Shape of a set: an exact indicator is a slot of 16 bytes, {64-bit keyed hash, 32 more bits of a second keyed hash,
 * origin}, in one array sorted by hash with an index over it, behind a blocked Bloom filter of 12 bits an indicator.
 * The text is not kept: 96 bits under a secret key say that it is the same one (with ten million indicators and 10^12
 * different values compared, a false match has a chance of 10^-10). Networks are sorted ranges that know the range
 * around them.
 *
 * Files: told by content. Plain lines (`#` begins a comment), CSV with a header (value or indicator or ioc; type;
 * description or context or comment), STIX 2.x bundles or single objects (indicators with comparisons by `=` or `IN`
 * joined by OR, OASIS STIX 2.1 section 9; other patterns are named as unsupported and counted); each may be packed by
 * gzip or zstd. A line that is no indicator is told with its number and counted, never fatal.
 *
 * Warning lists have the same forms. A value that a warning list holds (its network, a parent of its name) is a hit
 * with suppressed = true: it is counted and shown, and raises nothing.
 *
 * Ownership: a set owns everything; slices of a hit point into the set and the arena.
 */
#ifndef FLOW_INTEL_H
#define FLOW_INTEL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "model/event.h"

#define INTEL_INDICATORS_MAX 64000000u      /* of one set, before equal ones are joined: 1 GiB of slots */
#define INTEL_RANGES_MAX 4000000u           /* networks of one set */
#define INTEL_LINE_MAX 65536u               /* bytes of a line; a longer one is told and skipped */
#define INTEL_VALUE_MAX 2048u               /* bytes of an indicator */
#define INTEL_FILE_MAX ((uint64_t)16 << 30) /* bytes of a list, unpacked */
#define INTEL_STIX_MAX ((size_t)1 << 30)    /* bytes of a STIX document, unpacked: it is held in memory */
#define INTEL_CONTEXT_MAX 512u              /* bytes of a description; cut there */
#define INTEL_CONTEXTS_BYTES_MAX (128u << 20)
#define INTEL_PROBLEMS_MAX 100u /* told one by one; more are counted */
#define INTEL_FILES_MAX 10000u
#define INTEL_HITS_MAX 64u  /* of one event */
#define INTEL_WALK_MAX 128u /* parents of a name that are tried */
/* A network wider than this is a mistake in a list of bad addresses; a warning list may have it. */
#define INTEL_PREFIX_MIN_V4 8u
#define INTEL_PREFIX_MIN_V6 16u

enum indicator_type {
	INDICATOR_NONE, /* not told: recognised by its form */
	INDICATOR_MD5,
	INDICATOR_SHA1,
	INDICATOR_SHA256,
	INDICATOR_IMPHASH,
	INDICATOR_IP,       /* 4 or 6 */
	INDICATOR_CIDR,     /* 4 or 6 */
	INDICATOR_ENDPOINT, /* address or name with a port */
	INDICATOR_DOMAIN,   /* and every name below it */
	INDICATOR_URL,      /* without scheme, user and fragment; host in lower case */
	INDICATOR_PATH,     /* path of a URL on any host */
	INDICATOR_EMAIL,
	INDICATOR_FILENAME, /* last component, or a whole path */
	INDICATOR_JA3,
	INDICATOR_JA4,
	INDICATOR_USER_AGENT, /* whole, with its case */
	INDICATOR_MUTEX,      /* whole, with its case */
	INDICATOR_REGISTRY,   /* and everything below it */
	INDICATOR_TYPE_COUNT
};

/* "md5", "ip", "user_agent" …; stable, used in JSON and in rule ids. */
const char *indicator_type_name(enum indicator_type type);

enum intel_role { INTEL_WATCH, INTEL_WARNING };

struct intel_set;

/* One list as it was read. license, source and title stand in its first lines as "# License: …", "# Source: …",
 * "# Title: …" ("Terms of use" is a licence too); they are shown wherever an indicator of the list is, as many lists
 * ask. */
#define INTEL_HEADER_LINES 50u /* lines in which they are looked for */
#define INTEL_HEADER_MAX 300u  /* bytes of each; cut there */

struct intel_list {
	str path;
	enum intel_role role;
	uint64_t entries;  /* taken, equal ones of other lists included */
	uint64_t problems; /* lines that are none */
	str license, source, title;
	bool failed; /* not read to its end: `failure` says why; what came before counts */
	struct err failure;
};

/* key: secret random numbers. now: STIX indicators whose valid_until is past are left out and counted. */
struct intel_set *intel_set_create(struct hash_key key, time_us now);
void intel_set_free(struct intel_set *set);
/* A list from memory. Negative only when the whole list cannot be used: damaged packing, too many indicators. */
int intel_set_add(struct intel_set *set, str bytes, str path, enum intel_role role, struct err *e) MUST_CHECK;
/* A file, or every file below a folder. */
int intel_set_add_path(struct intel_set *set, str path, enum intel_role role, struct err *e) MUST_CHECK;
/* A file, or every file below a folder; a list that cannot be used is told (intel_list.failed) and the others are read.
 * A path that is not there is an error. */
int intel_set_try_path(struct intel_set *set, str path, enum intel_role role, struct err *e) MUST_CHECK;
uint32_t intel_set_list_count(const struct intel_set *set);
const struct intel_list *intel_set_list(const struct intel_set *set, uint32_t index);
/* content/warninglists, and what <data_folder>/content/warninglists adds. */
int intel_set_add_own_warnings(struct intel_set *set, str data_folder, struct err *e) MUST_CHECK;
/* Sorts and indexes; no more adds. */
void intel_set_seal(struct intel_set *set);

struct intel_counts {
	uint64_t indicators[INDICATOR_TYPE_COUNT]; /* to watch for, as read */
	uint64_t total;                            /* different ones to watch for */
	uint64_t warnings;                         /* entries of warning lists */
	uint64_t problems;                         /* lines and objects that are no indicator */
	uint64_t unsupported;                      /* of these, STIX patterns that Noroshi does not compare */
	uint64_t expired;                          /* STIX: revoked, or valid_until is past */
	uint64_t contexts_dropped;                 /* descriptions past INTEL_CONTEXTS_BYTES_MAX */
	uint64_t bytes;                            /* memory of the sealed set */
};
void intel_set_counts(const struct intel_set *set, struct intel_counts *ret);
/* The first INTEL_PROBLEMS_MAX, in the order of reading; each has path and line. */
uint32_t intel_set_problems(const struct intel_set *set, const struct err **ret);

/* Which fields of an event can hold what. Adds the fields' names to the table, so make it before the rules load. */
struct intel_fields;
struct intel_fields *intel_fields_create(struct name_table *names);
void intel_fields_free(struct intel_fields *f);

struct intel_hit {
	enum indicator_type type;
	str value;       /* in normal form: what the list holds, so a parent of the event's name */
	str field;       /* of the event */
	str source;      /* path of the list */
	str description; /* empty when the list has none */
	uint32_t line;   /* of the list, 1-based */
	bool suppressed; /* a warning list holds the value: */
	str warning_source;
	uint32_t warning_line;
	const struct intel_list *list; /* that holds it */
};

/* How bad it is to meet one, 1 … 5 as rules have it: what is not shared by many weighs more. */
unsigned indicator_level(enum indicator_type type);

/* The hits of an event in the order of its fields, one an indicator; *ret lives in the arena. When the arena's budget
 * is spent, the hits that fitted. Thread-safe: everything but the arena is only read. */
uint32_t intel_match(const struct intel_set *set, const struct intel_fields *fields, const struct event *ev,
		     struct arena *a, const struct intel_hit **ret);

/* One value looked up, as the desk's search box does it; type may be INDICATOR_NONE. False: not held. */
bool intel_find(const struct intel_set *set, enum indicator_type type, str value, struct arena *a,
		struct intel_hit *ret);

#endif
