/* view: values that a template shows, and the templates.
 *
 * Templates are the .html files of web/templates in Mustache syntax, compiled by tools/gen_view.py into tables:
 *   {{name}} {{a.b}} {{#section}} {{^inverted}} {{/…}} {{> partial}} {{! comment }} and {{t:key}} for words
 * (placeholders are looked up among the values in scope by their names). {{$rows}}…{{/rows}} is a block: it renders in
 * place and is also a template of its own, "alert/list#rows", for fragments without the shell. {{lang}} is there
 * unasked. Escaping is by type and cannot be forgotten: text is escaped for where it stands; only a value made by
 * view_html (output of our own renderers: charts, Markdown) goes out as it is. Triple mustache does not exist; the
 * generator refuses a variable in an unquoted attribute, in <script> or in <style>. In an attribute that holds an
 * address, a value at its front is a whole address whose scheme is checked ("#" goes out for javascript: and the like);
 * a value behind written text is one component and is percent-encoded. Names are looked up in the innermost map first,
 * then outwards. A missing name is empty, is counted (view_missing), and CHECKs in debug builds; a missing section name
 * is false. Sections: 0, false, "" and an empty list are false. When the arena's budget is spent the functions do
 * nothing (NULL views are taken) and view_render says ERR_LIMIT. Ownership: values live in the arena given at creation;
 * text is NOT copied: it must live as long.
 */
#ifndef CRAFT_VIEW_H
#define CRAFT_VIEW_H

#include "base/arena.h"
#include "base/buf.h"
#include "craft/words/words.h"

struct view; /* a map of names to values */

struct view *view_create(struct arena *a);
void view_text(struct view *v, const char *name, str text);
void view_fmt(struct view *v, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void view_i64(struct view *v, const char *name, int64_t number);
void view_bool(struct view *v, const char *name, bool yes);
/* A words key: the sentence in the page's language. */
void view_word(struct view *v, const char *name, const char *key);
void view_html(struct view *v, const char *name, str safe_html);
struct view *view_map(struct view *v, const char *name);
/* Appends a map to the list `name` (made when absent) and returns it. */
struct view *view_item(struct view *v, const char *name);
/* A list that exists and is empty: its inverted section shows the empty state. */
void view_list(struct view *v, const char *name);

/* Renders "alert/list" with its shell, or the fragment "alert/list#rows"; err.view.unknown when there is none such. */
int view_render(str template_name, const struct view *v, enum lang lang, struct buf *out, struct err *e) MUST_CHECK;
bool view_exists(str template_name);
/* For renderers of our own whose output goes to view_html: text, escaped to stand between tags or in a quoted
 * attribute; an address, "#" when its scheme is not allowed. */
void view_add_text(struct buf *out, str text);
void view_add_url(struct buf *out, str url);
/* How many variables the renderings of this page did not find, and the first one's name: for the door's log. */
size_t view_missing(const struct view *v, str *ret_name);

#endif
