/* pack: packs of rules from outside, fetched by name or address, off until somebody enables them.
 *
 * Shape: <data>/rulepacks/state.json names each pack's present and previous version, whether it is enabled, and where
 * it came from; <data>/rulepacks/NAME/<first 16 hex digits of the archive's SHA-256>/ holds the files of one version. A
 * version is written whole before state.json, which is replaced atomically, names it: a crash leaves the old one at
 * work. The version before stays for undo; older ones are removed. Names: content/rulepacks.yaml, or for an address
 * the caller's own. Only rules and licences are kept of an archive; what is hostile in it refuses the whole of it.
 * Whoever changes a pack holds the data folder (the server, or the verb with the folder's lock).
 */
#ifndef FLOW_RULES_PACK_H
#define FLOW_RULES_PACK_H

#include "base/arena.h"
#include "os/child.h"
#include "os/env.h"

#define PACK_ARCHIVE_MAX (48u << 20) /* bytes of an archive */
#define PACK_UNPACKED_MAX ((size_t)60 << 20)
#define PACK_RATIO_FREE ((size_t)4 << 20) /* so much may come out of anything */
#define PACK_RATIO_MAX 60u                /* beyond it, out : in */
#define PACK_FILE_MAX (1u << 20)
#define PACK_FILES_MAX 60000u
#define PACK_PATH_MAX 512u
#define PACK_NAME_MAX 40u /* a-z 0-9 - */
#define PACKS_MAX 50u

extern const struct child_part pack_unpack_part; /* for child_main */

struct pack {
	str name, url, sha256, previous; /* previous: SHA-256 of the version before; empty = none */
	str version, licence, author;
	str folder; /* of the present version */
	time_us fetched_at;
	bool enabled;
};

struct pack_list {
	struct pack *packs; /* by name */
	uint32_t count;
};
/* No file: no packs. */
int packs_read(str data_folder, struct arena *a, struct pack_list *ret, struct err *e) MUST_CHECK;

/* What content/rulepacks.yaml knows. ERR_NOT_FOUND err.pack.unknown. */
struct pack_known {
	str name, url, sha256, version, licence, author, description;
};
struct pack_known_list {
	struct pack_known *packs;
	uint32_t count;
};
int packs_known(str data_folder, struct arena *a, struct pack_known_list *ret, struct err *e) MUST_CHECK;

struct pack_fetch {
	str data_folder;
	str what;   /* a name of the table, an address, or the path of a file on this machine */
	str name;   /* for an address or file: what to call it; empty = from its last part */
	str sha256; /* expected; empty = what the table says, or any */
	const struct env *env;
};
struct pack_change {
	struct pack pack;
	uint32_t rules, added, removed, changed; /* against the version before */
	bool is_same;                            /* that version is there already: nothing was changed */
};
/* ERR_CONFLICT err.pack.digest; ERR_DENIED, ERR_LIMIT, ERR_PARSE from the archive; err.fetch.*. */
int pack_fetch(const struct pack_fetch *f, struct arena *a, struct pack_change *ret, struct err *e) MUST_CHECK;
/* Exchanges the present version and the one before. ERR_WRONG_STATE err.pack.no_previous. */
int pack_undo(str data_folder, str name, struct arena *a, struct pack *ret, struct err *e) MUST_CHECK;
/* The detector loads enabled packs with its next reload. */
int pack_enable(str data_folder, str name, bool enabled, struct arena *a, struct pack *ret, struct err *e) MUST_CHECK;

#endif
