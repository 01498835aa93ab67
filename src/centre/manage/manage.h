/* manage: the second process of X.1060, the daily work: what is due, who does it, what it leads to.
 *
 * The parts have a header each; they share the organisation's calendar and its zone.
 */
#ifndef CENTRE_MANAGE_MANAGE_H
#define CENTRE_MANAGE_MANAGE_H

#include "centre/manage/task.h"

#endif
