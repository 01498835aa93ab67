/* internal: the shapes of values and of compiled templates. */
#ifndef CRAFT_VIEW_INTERNAL_H
#define CRAFT_VIEW_INTERNAL_H

#include "craft/view/view.h"

/* Sections and partials in one another; the generator refuses circles, so only a mistake of ours comes near. */
#define VIEW_DEPTH_MAX 64
/* A word whose placeholder is a word whose placeholder …: a circle among values would not end. */
#define VIEW_WORD_DEPTH_MAX 4

enum view_op_kind { OP_TEXT, OP_VALUE, OP_SECTION, OP_INVERTED, OP_PARTIAL, OP_WORD };

enum view_escape {
	ESCAPE_TEXT,      /* between tags; the only place where view_html goes out as it is */
	ESCAPE_ATTRIBUTE, /* in a quoted attribute value, in <title> and in <textarea> */
	ESCAPE_URL,       /* a whole address, or the front of one, in an attribute: its scheme is checked */
	ESCAPE_URL_PART,  /* a component behind written text: percent-encoded */
};

struct view_op {
	uint8_t kind;
	uint8_t escape;
	uint16_t end;  /* section: op behind it; partial: index of the template */
	uint32_t hash; /* of the first part of a name */
	str text;      /* literal, name or words key */
};

struct view_template {
	str name;
	const struct view_op *ops;
	uint16_t from, to;
};

extern const struct view_template view_templates[];
extern const size_t view_templates_count;

/* A set of templates; the pages are one, the tests have another. */
struct view_set {
	const struct view_template *templates;
	size_t count;
};

int view_render_from(const struct view_set *set, str template_name, const struct view *v, enum lang lang,
		     struct buf *out) MUST_CHECK; /* 0, or a negative error code without a story */

enum view_kind { VIEW_TEXT, VIEW_I64, VIEW_BOOL, VIEW_WORD, VIEW_HTML, VIEW_MAP, VIEW_LIST };

struct view_value {
	struct view_value *next;
	const char *name;
	uint32_t hash;
	enum view_kind kind;
	str text; /* VIEW_TEXT, VIEW_HTML, and the key of VIEW_WORD */
	int64_t number;
	struct view *first, *last; /* VIEW_MAP: first; VIEW_LIST: the items */
};

/* What the maps of one page share. */
struct view_page {
	struct arena *arena;
	bool failed; /* the arena's budget was spent while values were put in */
	size_t missing_count;
	str missing_name; /* the first one; static text of the template */
};

struct view {
	struct view_page *page;
	struct view_value *values; /* newest first, so that a later value wins */
	struct view *parent, *next;
};

/* FNV-1a, 32 bits (RFC 9923); tools/gen_view.py computes the same at build. */
static inline uint32_t view_hash(str name)
{
	uint32_t h = 0x811C9DC5u;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (uint8_t)name.ptr[i]) * 0x01000193u;
	return h;
}

/* Escapes value for the place. Ill-formed UTF-8 becomes U+FFFD; control characters and bidirectional overrides become
 * visible signs, because a log line must not rewrite the page that shows it. */
void view_escape(struct buf *out, str value, enum view_escape place);

#endif
