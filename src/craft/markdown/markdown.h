/* markdown: text that people write (procedures, notes) as HTML that is safe to show.
 *
 * CommonMark with tables, strike-through, task lists and bare addresses, parsed by md4c; the output is our own
 * renderer's, because md4c's lets raw HTML and `javascript:` through. Rules: raw HTML is text, as everything the
 * renderer does not know; an address must be http, https, mailto or a path of our own, else it becomes "#" (craft/view
 * has the one rule); a picture becomes a link to it, so reading a document tells nobody that it is read; headings start
 * at <h2>, below the page's title. The result goes to view_html. Errors: ERR_LIMIT err.markdown.long (source past
 * MARKDOWN_MAX), err.markdown.depth (quotes and lists deeper than MARKDOWN_DEPTH_MAX), err.markdown.html (output past
 * MARKDOWN_HTML_MAX); the output is then cut and not to be shown.
 */
#ifndef CRAFT_MARKDOWN_MARKDOWN_H
#define CRAFT_MARKDOWN_MARKDOWN_H

#include "base/buf.h"

#define MARKDOWN_MAX (128u << 10)    /* bytes of a document */
#define MARKDOWN_HTML_MAX (2u << 20) /* bytes of its HTML */
#define MARKDOWN_DEPTH_MAX 48u       /* quotes, lists and spans in one another */

/* Appends the HTML. */
int markdown_html(str source, struct buf *out, struct err *e) MUST_CHECK;

#endif
