/* What changed, line by line: the longest common subsequence between the common head and tail (Hunt and Szymanski's
 * problem by the plain table, which is enough for documents of this size). */
#include "base/check.h"
#include "base/mem.h"
#include "centre/procedure/procedure.h"

struct side {
	str *lines;
	uint32_t count;
};

static int split(str text, struct arena *a, struct side *ret, struct err *e)
{
	str rest = text, line;
	uint32_t count = 1;

	for (size_t i = 0; i < text.len; i++)
		count += text.ptr[i] == '\n';
	ret->lines = arena_alloc(a, count * sizeof(str));
	if (!ret->lines)
		return err_set(e, ERR_LIMIT, "err.db.budget");
	ret->count = 0;
	while (rest.len && str_next(&rest, '\n', &line))
		ret->lines[ret->count++] = str_ends(line, STR("\r")) ? str_sub(line, 0, line.len - 1) : line;
	return 0;
}

struct differ {
	struct side old, new;
	uint32_t head, tail; /* common lines */
	struct diff *out;
	uint16_t *table; /* (rows + 1) × (columns + 1), longest common subsequence of the rest; NULL = too large */
};

static void put(struct differ *d, enum diff_kind kind, uint32_t old, uint32_t new)
{
	d->out->lines[d->out->count++] = (struct diff_line){
		.kind = kind,
		.text = kind == DIFF_ADDED ? d->new.lines[new] : d->old.lines[old],
		.old_line = kind == DIFF_ADDED ? 0 : old + 1,
		.new_line = kind == DIFF_REMOVED ? 0 : new + 1,
	};
}

static void fill_table(struct differ *d, uint32_t rows, uint32_t columns)
{
	for (uint32_t i = rows; i-- > 0;)
		for (uint32_t k = columns; k-- > 0;) {
			uint16_t *cell = &d->table[(size_t)i * (columns + 1) + k];

			if (str_eq(d->old.lines[d->head + i], d->new.lines[d->head + k]))
				*cell = (uint16_t)(cell[columns + 2] + 1);
			else
				*cell = cell[columns + 1] > cell[1] ? cell[columns + 1] : cell[1];
		}
}

static void put_middle(struct differ *d, uint32_t rows, uint32_t columns)
{
	uint32_t i = 0, k = 0;

	while (i < rows || k < columns) {
		const uint16_t *cell = d->table ? &d->table[(size_t)i * (columns + 1) + k] : NULL;

		if (cell && i < rows && k < columns && str_eq(d->old.lines[d->head + i], d->new.lines[d->head + k])) {
			put(d, DIFF_SAME, d->head + i, d->head + k);
			i++;
			k++;
		} else if (i < rows && (!cell || k == columns || cell[columns + 1] >= cell[1])) {
			put(d, DIFF_REMOVED, d->head + i++, 0);
		} else {
			put(d, DIFF_ADDED, 0, d->head + k++);
		}
	}
}

int diff_lines(str before, str after, struct arena *a, struct diff *ret, struct err *e)
{
	struct diff out = {0};
	struct differ d = {.out = &out};
	uint32_t shorter, rows, columns;
	_cleanup_free_ uint16_t *table = NULL;
	int rc;

	if ((rc = split(before, a, &d.old, e)) || (rc = split(after, a, &d.new, e)))
		return rc;
	shorter = d.old.count < d.new.count ? d.old.count : d.new.count;
	while (d.head < shorter && str_eq(d.old.lines[d.head], d.new.lines[d.head]))
		d.head++;
	while (d.tail < shorter - d.head &&
	       str_eq(d.old.lines[d.old.count - 1 - d.tail], d.new.lines[d.new.count - 1 - d.tail]))
		d.tail++;
	rows = d.old.count - d.head - d.tail;
	columns = d.new.count - d.head - d.tail;
	out.lines = arena_alloc(a, ((size_t)d.old.count + d.new.count + 1) * sizeof(*out.lines));
	if (!out.lines)
		return err_set(e, ERR_LIMIT, "err.db.budget");
	/* A cell counts lines, so both sides stay below its maximum. */
	out.is_rough = rows > 60000 || columns > 60000 || ((size_t)rows + 1) * ((size_t)columns + 1) > DIFF_CELLS_MAX;
	if (!out.is_rough) {
		table = mem_alloc(((size_t)rows + 1) * ((size_t)columns + 1), sizeof(*table));
		d.table = table;
		fill_table(&d, rows, columns);
	}
	for (uint32_t i = 0; i < d.head; i++)
		put(&d, DIFF_SAME, i, i);
	put_middle(&d, rows, columns);
	for (uint32_t i = 0; i < d.tail; i++)
		put(&d, DIFF_SAME, d.head + rows + i, d.head + columns + i);
	*ret = out;
	return 0;
}
