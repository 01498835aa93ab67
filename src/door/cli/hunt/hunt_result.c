/* What a hunt found besides matches. */
#include <stdlib.h>

#include "door/cli/hunt/hunt.h"

void hunt_unknown_add(struct hunt_unknown *list, uint32_t *count, str name, uint64_t events)
{
	name = str_sub(name, 0, sizeof(list->name) - 1);
	for (uint32_t i = 0; i < *count; i++) {
		if (str_eq(str_of(list[i].name), name)) {
			list[i].events += events;
			return;
		}
	}
	if (*count == HUNT_UNKNOWN_MAX)
		return;
	if (name.len)
		memcpy(list[*count].name, name.ptr, name.len);
	list[*count].name[name.len] = '\0';
	list[(*count)++].events = events;
}

void hunt_result_done(struct hunt_result *r)
{
	free(r->failures);
	free(r->tried);
	free(r->matched);
	*r = (struct hunt_result){0};
}

static int failure_cmp(const void *a, const void *b)
{
	const struct hunt_failure *x = a, *y = b;

	if (x->input != y->input)
		return x->input < y->input ? -1 : 1;
	return (x->err.line > y->err.line) - (x->err.line < y->err.line);
}

/* An input that was read in pieces tells no more damages than one that was read whole. */
void hunt_failures_sort(struct hunt_result *r)
{
	size_t kept = 0, of_input = 0;

	if (r->failure_count)
		qsort(r->failures, r->failure_count, sizeof(*r->failures), failure_cmp);
	for (size_t i = 0; i < r->failure_count; i++) {
		of_input = i && r->failures[i].input == r->failures[i - 1].input ? of_input + 1 : 0;
		if (of_input < READER_DAMAGES_MAX)
			r->failures[kept++] = r->failures[i];
	}
	r->failure_count = kept;
}

void hunt_span_add(struct hunt_span *s, time_us first, time_us last)
{
	s->first = s->known && s->first < first ? s->first : first;
	s->last = s->known && s->last > last ? s->last : last;
	s->known = true;
}
