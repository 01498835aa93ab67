/* Any bytes as a rule file, matched against one event that has a bit of everything. The first line, when it starts with
 * '#', is the value of the event's fields, so that the fuzzer can aim at a pattern. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/detect.h"
#include "fuzz.h"

#define FIELDS 6

static void match(const struct rule_set *set, const struct event *ev)
{
	const struct rule *const *hits;
	struct matcher *m = NULL;
	struct err e = {0};
	uint32_t count, again;

	CHECK(matcher_create(set, &m, &e) == 0);
	count = matcher_match(m, ev, &hits);
	for (uint32_t i = 0; i < count; i++)
		CHECK(i == 0 || hits[i - 1]->index < hits[i]->index);
	/* The second time the answer comes from the cache and must be the same. */
	again = matcher_match(m, ev, &hits);
	CHECK(again == count);
	matcher_free(m);
}

static void explain(const struct rule_set *set, const struct event *ev)
{
	struct match_reason *reasons;
	uint32_t count;
	struct arena a;
	struct err e = {0};

	arena_init(&a, 1u << 20);
	for (uint32_t i = 0; i < rule_set_count(set) && i < 4; i++)
		CHECK(rule_explain(set, i, ev, &a, &reasons, &count, &e) == 0 || e.code == ERR_LIMIT);
	arena_done(&a);
}

#define ROUNDS 24

static void on_match(void *ctx, const struct correlate_match *m)
{
	uint64_t *matches = ctx;

	(*matches)++;
	CHECK(m->rule->is_correlation && m->start <= m->end && m->events >= m->ref_count && m->ref_count >= 1);
}

/* The event again and again, by turns a moment, seconds and minutes later, with its rules coming in and out. */
static void correlate(const struct rule_set *set, const struct event *ev, str seed)
{
	uint32_t fields = correlation_field_count(set), parts[64];
	str *values = mem_alloc(fields + 1, sizeof(*values));
	uint64_t matches = 0;
	struct correlate_options o = {.set = set, .bytes_max = 65536, .emit = on_match, .ctx = &matches};
	struct correlator *k = correlator_create(&o);
	struct correlate_input in = {.rules = parts, .values = values};
	struct correlate_counts counts;

	correlation_values(set, ev, values);
	for (uint64_t round = 0; round < ROUNDS; round++) {
		unsigned step = seed.len ? (unsigned char)seed.ptr[round % seed.len] : 1;

		in.time += step % 3 == 0 ? 0 : step % 3 == 1 ? TIME_SECOND : step * TIME_SECOND;
		in.ref = round;
		in.rule_count = 0;
		for (uint32_t i = 0; i < rule_set_count(set) && in.rule_count < COUNT_OF(parts); i++)
			if (rule_set_rule(set, i)->is_part && !rule_set_rule(set, i)->is_correlation &&
			    (step >> i % 8 & 1))
				parts[in.rule_count++] = i;
		correlator_push(k, &in);
		correlator_counts(k, &counts);
		CHECK(counts.bytes <= o.bytes_max);
	}
	correlator_finish(k);
	correlator_counts(k, &counts);
	CHECK(counts.groups == 0 && counts.bytes == 0 && counts.matches == matches);
	correlator_free(k);
	free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const fields[FIELDS] = {"CommandLine",   "Image",   "EventID",
						   "DestinationIp", "UtcTime", "Image"};
	str text = {(const char *)data, size}, value = STR("C:\\Windows\\cmd.exe /c \xE2\x80\x93x 10.1.2.3");
	struct event_field list[FIELDS];
	struct event ev = {.fields = list, .field_count = FIELDS, .source_known = true};
	struct name_table *names = name_table_create();
	struct rule_set *set = NULL;
	struct err e = {0};

	if (size && data[0] == '#') {
		str first;

		CHECK(str_next(&text, '\n', &first));
		value = str_from(first, 1);
	}
	CHECK(rule_set_create(names, &set, &e) == 0);
	CHECK(rule_set_add(set, text, STR("fuzz.yml"), &e) == 0);
	CHECK(rule_set_seal(set, &e) == 0);
	for (size_t i = 0; i < FIELDS; i++) {
		str name = str_of(fields[i]);

		list[i] = (struct event_field){name, value, name_table_find(names, name), VALUE_TEXT};
	}
	list[2].text = STR("4688");
	list[2].type = VALUE_NUMBER;
	list[4].text = STR("2026-11-21T07:08:20Z");
	ev.source = (struct log_source){.product = STR("windows"), .categories = {STR("process_creation")}};
	ev.source.category_count = 1;
	match(set, &ev);
	explain(set, &ev);
	correlate(set, &ev, value);
	rule_set_free(set);
	name_table_free(names);
	return 0;
}
