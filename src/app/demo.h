/* demo: a fictitious company, marked as such, whose synthesised logs run through the real pipeline.
 *
 * Opened after the stations and before the door. A first open makes the organisation and its people through guard,
 * seeds the portfolio through centre/build, and hands the story's past days to the intake; then a thread hands in live
 * events every few seconds until demo_close. Nothing bypasses the rooms: what one sees is what the program does.
 */
#ifndef APP_DEMO_H
#define APP_DEMO_H

#include "door/http/http.h"

struct demo;

/* db: the caller's connection, used during this call only. reset: forget the demonstration's records first. */
int demo_open(struct services *s, struct db *db, bool reset, struct demo **ret, struct err *e) MUST_CHECK;
/* Ends the thread. NULL is fine. */
void demo_close(struct demo *d);
/* "/demo/reset" and "/demo/own"; ends with a zeroed row. */
extern const struct route demo_routes[];
/* Appends "<url>/demo?token=…": signs the opener in, once, as the analyst. */
int demo_link(struct demo *d, struct db *db, str url, struct buf *ret_link, struct err *e) MUST_CHECK;

#endif
