/* What the files of this room share. */
#ifndef CENTRE_PROCEDURE_INTERNAL_H
#define CENTRE_PROCEDURE_INTERNAL_H

#include "centre/procedure/procedure.h"
#include "craft/record/record.h"
#include "store/rows.h"

#define PROCEDURE_WORK "A-11"       /* quality management */
#define ROW_ARENA ((size_t)1 << 20) /* of one version with its text */

#endif
