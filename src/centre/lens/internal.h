/* What the files of this room share. */
#ifndef CENTRE_LENS_INTERNAL_H
#define CENTRE_LENS_INTERNAL_H

#include "centre/lens/lens.h"

bool lens_id_fits(str id);

#endif
