#include "flow/parse/text.h"

#include "codec/line/line.h"

static size_t line_length(str text)
{
	const char *end = text.len ? memchr(text.ptr, '\n', text.len) : NULL;

	return end ? (size_t)(end - text.ptr) + 1 : text.len;
}

static void advance(struct text_input *t, size_t len, uint64_t lines)
{
	t->rest = str_from(t->rest, len);
	t->at += len;
	t->line += lines;
}

static bool same_event(const struct audit_id *a, const struct audit_id *b)
{
	return a->serial == b->serial && a->millis == b->millis;
}

/* A record that went with an earlier one of its event. */
static bool taken_before(const struct text_input *t, const struct audit_id *id)
{
	for (uint32_t i = 0; i < AUDIT_RECENT; i++)
		if (same_event(&t->seen[i].id, id) && t->at < t->seen[i].until)
			return true;
	return false;
}

/* What a look at the records ahead found. */
struct gathered {
	size_t len;     /* up to the end of the last record of the event */
	size_t front;   /* records of the event without another between them */
	uint64_t lines; /* of front */
};

/* The event's records among the next lines; the first line is one of them. */
static struct gathered gather(str text, const struct audit_id *id, bool alone)
{
	struct gathered g = {0};
	bool broken = false, done = false;
	size_t at = 0;

	for (uint32_t n = 0; n < AUDIT_AHEAD_LINES && at < text.len && at < AUDIT_AHEAD_BYTES && !done; n++) {
		size_t len = line_length(str_from(text, at));
		bool other_alone, other_last;
		struct audit_id other;
		bool ours = audit_identify(str_trim(str_sub(text, at, len)), &other, &other_alone, &other_last) &&
			    same_event(&other, id);

		broken = broken || !ours;
		at += len;
		if (ours)
			g.len = at;
		if (ours && !broken) {
			g.front = at;
			g.lines = n + 1;
		}
		done = ours && (alone || other_last);
	}
	return g;
}

/* The event's records without those between them, one a line. */
static str pick(str text, const struct audit_id *id, struct leaves *l)
{
	char *start;

	if (!leaves_room(l, text.len + 1, 0))
		return STR_NONE;
	start = l->at;
	while (text.len) {
		size_t len = line_length(text);
		bool alone, last;
		struct audit_id other;

		if (audit_identify(str_trim(str_sub(text, 0, len)), &other, &alone, &last) && same_event(&other, id)) {
			memcpy(l->at, text.ptr, len);
			l->at += len;
		}
		text = str_from(text, len);
	}
	return (str){start, (size_t)(l->at - start)};
}

static enum text_step audit_next(struct text_input *t, bool end, const struct audit_id *id, bool alone,
				 struct leaves *l, str *ret_raw)
{
	struct gathered g;
	str records;

	if (taken_before(t, id)) {
		advance(t, line_length(t->rest), 1);
		return TEXT_SKIP;
	}
	if (!end && t->rest.len < AUDIT_AHEAD_BYTES)
		return TEXT_MORE;
	g = gather(t->rest, id, alone);
	records = str_sub(t->rest, 0, g.len);
	if (g.front != g.len)
		records = pick(records, id, l);
	records = str_trim(records);
	if (!records.ptr || audit_leaves(records, l) != LINE_READ)
		return TEXT_FULL;
	*ret_raw = records;
	t->seen[t->seen_next] = (struct audit_seen){*id, t->at + g.len};
	t->seen_next = (t->seen_next + 1) % AUDIT_RECENT;
	advance(t, g.front, g.lines);
	return TEXT_EVENT;
}

static enum text_step row_next(struct text_input *t, bool last, struct leaves *l, struct text_record *ret)
{
	uint64_t lines;
	size_t len = table_row_length(t->table, t->rest, last, &lines);
	enum line_result rc;

	if (len == 0)
		return TEXT_MORE;
	ret->raw = str_trim(str_sub(t->rest, 0, len));
	ret->line = t->line;
	rc = table_leaves(t->table, str_sub(t->rest, 0, len), l);
	if (rc == LINE_FULL)
		return TEXT_FULL;
	advance(t, len, lines);
	return rc == LINE_READ ? TEXT_EVENT : TEXT_SKIP;
}

enum text_step text_next(struct text_input *t, bool end, struct leaves *l, struct text_record *ret)
{
	size_t len = line_length(t->rest);
	str line = str_trim(str_sub(t->rest, 0, len));
	bool alone, last;
	struct audit_id id;

	l->count = l->dropped = 0;
	if (t->rest.len == 0)
		return TEXT_MORE;
	if (t->table)
		return row_next(t, end, l, ret);
	if (t->rest.ptr[len - 1] != '\n' && !end && len < EVENT_BYTES_MAX)
		return TEXT_MORE;
	ret->line = t->line;
	if (audit_identify(line, &id, &alone, &last))
		return audit_next(t, end, &id, alone || last, l, &ret->raw);
	if (line.len && !syslog_leaves(line, t->parsers, l))
		return TEXT_FULL;
	ret->raw = line;
	advance(t, len, 1);
	return line.len ? TEXT_EVENT : TEXT_SKIP;
}

void text_skip(struct text_input *t)
{
	advance(t, line_length(t->rest), 1);
}
