/* assets: the browser's files (style sheets, scripts, icons, htmx), embedded and precompressed by tools/gen_embed.py.
 *
 * Names are flat, e.g. "base.css", "app.js", "htmx.js", "icons.svg"; pages ask for them as /static/<name>. They change
 * only with the program, and their etag is of their bytes.
 */
#ifndef CRAFT_VIEW_ASSETS_H
#define CRAFT_VIEW_ASSETS_H

#include "craft/content/content.h"

extern const struct embedded web_files[];
extern const size_t web_files_count;

#endif
