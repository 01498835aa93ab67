/* The register of laws as YAML: read whole or refused with a place, within the budget; every duty has a due time or
 * none. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/law/law.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char questions[] = "questions:\n- {id: personal_data, kind: yes_no, text: {en: q, ja: q}}\n"
					"- {id: employees, kind: number, text: {en: q, ja: q}}\n";
	const struct law_clock clock = {.start = (time_us)1795000000 * TIME_SECOND, .zone_min = 540};
	struct law_answer answers[2] = {{.kind = ANSWER_YES}, {.kind = ANSWER_NUMBER, .number = 7}};
	struct content_index *frameworks;
	struct law_files files = {.laws = {(const char *)data, size}, .questions = {questions, sizeof(questions) - 1}};
	struct law_index *index = NULL;
	struct err e = {0};
	uint32_t q;
	int rc;

	CHECK(content_index_load(STR_NONE, &frameworks, NULL) == 0);
	files.framework = content_index_find(frameworks, STR(FRAMEWORK_DEFAULT));
	rc = law_index_read(&files, &index, &e);
	CHECK(rc <= 0);
	CHECK(rc == 0 || (e.id != NULL && index == NULL));
	for (uint32_t i = 0; rc == 0 && i < law_count(index); i++) {
		const struct law *l = law_at(index, i);

		for (uint32_t d = 0; d < l->deadline_count; d++) {
			time_us due = law_due(&l->deadlines[d], &clock);

			CHECK((due == 0) == (l->deadlines[d].unit == LAW_UNKNOWN));
			CHECK(due == 0 || due >= clock.start);
		}
		CHECK(law_judge(l, answers, &q) < LAW_VERDICT_COUNT);
		CHECK(q == UINT32_MAX || q < 2);
	}
	law_index_free(index);
	content_index_free(frameworks);
	return 0;
}
