/* sandbox: the child's side of child.h: limits first, then the door shuts. Only for os/child.c. */
#ifndef OS_SANDBOX_H
#define OS_SANDBOX_H

#include "os/child.h"

/* Cannot be undone. False when the kernel refused: the child then does not work at all. */
bool sandbox_enter(enum child_reach reach);

#endif
