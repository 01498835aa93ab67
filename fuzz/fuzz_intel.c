/* Any bytes as a list of indicators, then as the values of an event against the set that came of them. Lists of lines
 * that end in a line feed hold what they say: each value that was taken is found again. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/intel/intel.h"
#include "fuzz.h"

#define FIELDS 6

static void match_values(const struct intel_set *set, str in)
{
	static const char *const names[FIELDS] = {"DestinationIp", "QueryName", "c-uri",
						  "Hashes",        "Image",     "TargetObject"};
	struct name_table *table = name_table_create();
	struct intel_fields *fields = intel_fields_create(table);
	struct event_field values[FIELDS] = {0};
	struct event ev = {.fields = values, .field_count = FIELDS};
	const struct intel_hit *hits;
	struct arena a;
	str line;

	arena_init(&a, 1u << 20);
	for (int lines = 0; lines < 64 && str_next(&in, '\n', &line); lines++) {
		uint32_t count;

		for (int i = 0; i < FIELDS; i++)
			values[i] = (struct event_field){.name = str_of(names[i]),
							 .text = line,
							 .name_id = name_table_find(table, str_of(names[i]))};
		count = intel_match(set, fields, &ev, &a, &hits);
		CHECK(count <= INTEL_HITS_MAX);
		for (uint32_t i = 0; i < count; i++)
			CHECK(hits[i].type != INDICATOR_NONE && hits[i].source.len && hits[i].line);
		arena_reset(&a);
	}
	arena_done(&a);
	intel_fields_free(fields);
	name_table_free(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct intel_set *set = intel_set_create((struct hash_key){1, 2}, 0);
	/* Exactly as large as the input, so that a read behind its end is seen. */
	_cleanup_free_ char *copy = mem_alloc(size ? size : 1, 1);
	struct intel_counts counts;
	const struct err *problems;
	struct err e = {0};
	uint64_t sum = 0;
	int rc;

	if (size)
		memcpy(copy, data, size);
	rc = intel_set_add(set, (str){copy, size}, STR("list"), size & 1 ? INTEL_WARNING : INTEL_WATCH, &e);
	CHECK(rc == 0 || e.id);
	if (rc == 0 && !(size & 1))
		rc = intel_set_add(set, STR("0.0.0.0/1\nexample.com\n"), STR("warning"), INTEL_WARNING, &e);
	intel_set_seal(set);
	intel_set_counts(set, &counts);
	CHECK(intel_set_problems(set, &problems) <= INTEL_PROBLEMS_MAX);
	for (int i = 0; i < INDICATOR_TYPE_COUNT; i++)
		sum += counts.indicators[i];
	CHECK(counts.total <= sum);
	match_values(set, (str){copy, size});
	intel_set_free(set);
	return 0;
}
