/* What the files of the page of indicators share. */
#ifndef DOOR_WEB_INTEL_PAGES_H
#define DOOR_WEB_INTEL_PAGES_H

#include "craft/view/view.h"
#include "door/http/http.h"

/* The names of the section on kept events. */
int intel_show_retro(const struct request *rq, struct view *v, struct err *e) MUST_CHECK;

#endif
