/* What the files of this room share. */
#ifndef CENTRE_LAW_INTERNAL_H
#define CENTRE_LAW_INTERNAL_H

#include "centre/law/law.h"

struct law_index {
	struct arena arena;
	struct law *laws;
	struct law_question *questions;
	uint32_t law_count, question_count;
	str checked;
};

#endif
