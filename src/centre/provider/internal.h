/* What the files of this room share. */
#ifndef CENTRE_PROVIDER_INTERNAL_H
#define CENTRE_PROVIDER_INTERNAL_H

#include "centre/provider/provider.h"
#include "craft/record/record.h"
#include "store/rows.h"

#define PROVIDER_WORK "A-11" /* quality management: to judge what a provider delivers */

/* One row of a query on provider_report. */
extern const struct row_kind report_kind;

#endif
