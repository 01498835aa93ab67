#include "door/cli/hunt/shelf.h"

#include "base/check.h"
#include "base/mem.h"

void shelf_init(struct shelf *s, size_t memory_max)
{
	*s = (struct shelf){0};
	spool_init(&s->spool, memory_max);
}

void shelf_done(struct shelf *s)
{
	spool_done(&s->spool);
	free(s->entries);
}

static struct shelf_entry *add_entry(struct shelf *s, const struct shelf_entry *what)
{
	mem_grow(&s->entries, &s->cap, s->count + 1, sizeof(*s->entries));
	s->entries[s->count] = *what;
	return &s->entries[s->count++];
}

int shelf_put(struct shelf *s, const struct shelf_entry *what, str text, struct err *e)
{
	uint64_t at;
	int rc = spool_put(&s->spool, text, &at, e);

	if (rc == 0)
		add_entry(s, what)->at = at;
	return rc;
}

void shelf_put_again(struct shelf *s, const struct shelf_entry *what)
{
	const struct shelf_entry *last;
	struct shelf_entry again = *what;

	CHECK(s->count > 0);
	last = &s->entries[s->count - 1];
	again.at = last->at;
	memcpy(again.len, last->len, sizeof(again.len));
	add_entry(s, &again);
}

static int entry_cmp(const void *a, const void *b)
{
	const struct shelf_entry *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->input != y->input)
		return x->input < y->input ? -1 : 1;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

static bool in_order(const struct shelf_entry *entries, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (entry_cmp(&entries[i - 1], &entries[i]) > 0)
			return false;
	return true;
}

struct shelf_entry *shelves_sort(const struct shelf *shelves, uint32_t shelf_count, size_t *ret_count)
{
	struct shelf_entry *all;
	size_t count = 0;

	for (uint32_t i = 0; i < shelf_count; i++)
		count += shelves[i].count;
	all = mem_alloc(count, sizeof(*all));
	*ret_count = count;
	count = 0;
	for (uint32_t i = 0; i < shelf_count; i++) {
		if (shelves[i].count)
			memcpy(all + count, shelves[i].entries, shelves[i].count * sizeof(*all));
		for (size_t k = 0; k < shelves[i].count; k++)
			all[count + k].shelf = i;
		count += shelves[i].count;
	}
	if (!in_order(all, count))
		qsort(all, count, sizeof(*all), entry_cmp);
	return all;
}
