/* A rule from a text and an event from pairs, for the tests of detect. */
#ifndef TESTS_UNIT_FLOW_DETECT_FIXTURE_H
#define TESTS_UNIT_FLOW_DETECT_FIXTURE_H

#include "base/buf.h"
#include "base/mem.h"
#include "flow/detect/detect.h"

#define FIXTURE_FIELDS 16

struct fixture {
	struct name_table *names;
	struct rule_set *set;
	struct matcher *matcher;
	struct event_field fields[FIXTURE_FIELDS];
	struct event event;
	struct err err;
};

static inline void fixture_done(struct fixture *f)
{
	matcher_free(f->matcher);
	rule_set_free(f->set);
	name_table_free(f->names);
}

static inline void fixture_load(struct fixture *f, str text)
{
	f->names = name_table_create();
	assert_int_equal(rule_set_create(f->names, &f->set, &f->err), 0);
	assert_int_equal(rule_set_add(f->set, text, STR("r.yml"), &f->err), 0);
	assert_int_equal(rule_set_seal(f->set, &f->err), 0);
	assert_int_equal(matcher_create(f->set, &f->matcher, &f->err), 0);
	f->event.fields = f->fields;
	f->event.source_known = true;
}

static inline void fixture_clear(struct fixture *f)
{
	f->event.field_count = 0;
}

static inline void fixture_field(struct fixture *f, const char *name, const char *value, enum value_type type)
{
	assert_true(f->event.field_count < FIXTURE_FIELDS);
	f->fields[f->event.field_count++] = (struct event_field){str_of(name), str_of(value),
								 name_table_find(f->names, str_of(name)), type};
}

/* How many rules match; asked twice, as the second answer comes from the cache. */
static inline uint32_t fixture_match(struct fixture *f)
{
	const struct rule *const *hits;
	uint32_t count = matcher_match(f->matcher, &f->event, &hits);

	assert_int_equal(matcher_match(f->matcher, &f->event, &hits), count);
	return count;
}

#endif
