/* catalogue: what a generation of rules is beside its program: the text of each file as loaded, the pack each rule came
 * with, and whether it can ever match.
 *
 * Why the texts are kept: a file may change after it was loaded; the rule's page shows what is at work. A pack is what
 * rules come in: the starter rules, a folder of the configuration, or one that was fetched. Its licence and author are
 * shown wherever its rules are (the Detection Rule License asks for attribution). Immutable once sealed; freed with its
 * generation.
 */
#ifndef FLOW_RULES_CATALOGUE_H
#define FLOW_RULES_CATALOGUE_H

#include "flow/rules/coverage.h"

#define CATALOGUE_BYTES_MAX (256u << 20)
#define CATALOGUE_PACKS_MAX 64u
#define PACK_LICENCE_MAX 160u /* bytes of a licence's name: the first line of its text */

enum pack_kind { PACK_STARTER, PACK_FOLDER, PACK_FETCHED };

struct rule_pack {
	enum pack_kind kind;
	str name;    /* "starter", the folder's path, the fetched pack's name */
	str prefix;  /* paths of its rules begin so */
	str version; /* empty when it has none */
	str licence, author;
	uint32_t rules; /* filled by the seal */
};

struct catalogue;

struct catalogue *catalogue_create(void);
void catalogue_free(struct catalogue *c);
/* While loading. Packs past CATALOGUE_PACKS_MAX are counted with the last one. ERR_LIMIT when the memory is spent. */
int catalogue_add_pack(struct catalogue *c, const struct rule_pack *p, struct err *e) MUST_CHECK;
/* A folder of the configuration: its licence is the first line of a LICENSE file in it or beside it. */
int catalogue_add_folder(struct catalogue *c, str folder, struct err *e) MUST_CHECK;
/* The name of the licence that a text is, by what it says. */
str licence_name(str text);
int catalogue_add_text(struct catalogue *c, str path, str text, struct err *e) MUST_CHECK;
/* set is sealed; both outlive the catalogue. */
int catalogue_seal(struct catalogue *c, const struct rule_set *set, const struct mapping *m, struct err *e) MUST_CHECK;

uint32_t catalogue_pack_count(const struct catalogue *c);
const struct rule_pack *catalogue_pack(const struct catalogue *c, uint32_t index);
/* The pack of a rule, by index in the set. */
uint32_t catalogue_pack_of(const struct catalogue *c, uint32_t rule_index);
enum reach catalogue_reach(const struct catalogue *c, uint32_t rule_index);
/* The whole file; STR_NONE when there is none such. */
str catalogue_text(const struct catalogue *c, str path);
/* The document of a rule in its file. */
str catalogue_rule_text(const struct catalogue *c, const struct rule *r);

#endif
