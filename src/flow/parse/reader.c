/* Batches of events from a whole input. */
#include "base/check.h"
#include "base/mem.h"
#include "codec/evtx/evtx.h"
#include "codec/ndjson/ndjson.h"
#include "flow/parse/internal.h"
#include "flow/parse/text.h"
#include "flow/parse/window.h"

/* How far into an input its kind is looked for. */
#define SNIFF_BYTES ((size_t)64 << 10)
/* One control character in so many bytes is still text. */
#define TEXT_CONTROL_SHARE 50u
/* The most memory that a batch keeps between two fillings. */
#define BATCH_WARM_MAX ((size_t)32 << 20)

enum input_kind { INPUT_NONE, INPUT_EVTX, INPUT_JSON, INPUT_TEXT };

struct reader {
	str path;
	enum input_kind kind;
	struct window window;
	struct path_table paths;
	struct leaves leaves;
	struct builder builder;
	struct json_stream json;
	struct evtx *evtx;
	str plain; /* the mapped input, or the window's copy in the batch */
	struct text_input text;
	struct read_counts counts;
	struct err damages[READER_DAMAGES_MAX];
	uint32_t damage_count;
	bool done;
};

/* Text has no NUL and next to no control characters; colours of a terminal (ESC) may be in it. */
static bool is_text(str s)
{
	size_t control = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c == '\0')
			return false;
		control += (c < 0x20 && !memchr("\t\n\r\f\x1b", c, 5)) || c == 0x7f;
	}
	return control * TEXT_CONTROL_SHARE <= s.len;
}

/* JSON when the first thing is a bracket, or when a later line begins an object (the first one is then damaged). A
 * power cut leaves blocks of NUL inside such a file; they are damaged lines, not a reason to refuse the rest. */
static enum input_kind sniff(str head)
{
	str text = str_sub(head, 0, SNIFF_BYTES);

	if (evtx_detect(head))
		return INPUT_EVTX;
	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_from(text, 3);
	text = str_trim(text);
	if (text.len == 0 || text.ptr[0] == '{' || text.ptr[0] == '[')
		return INPUT_JSON;
	if (!is_text(text))
		return INPUT_NONE;
	return str_find(text, STR("\n{")) >= 0 ? INPUT_JSON : INPUT_TEXT;
}

static int not_known(const struct reader *r, struct err *e)
{
	int rc = err_set(e, ERR_UNSUPPORTED, "err.parse.format");

	err_path(e, r->path);
	return rc;
}

/* A mark of UTF-8 at the front would become part of the first name or line. */
static void text_start(struct reader *r)
{
	enum table_kind kind;
	char separator = ',';

	if (str_starts(r->plain, STR("\xEF\xBB\xBF"))) {
		r->plain = str_from(r->plain, 3);
		r->text.at = 3;
	}
	r->text.rest = r->plain;
	kind = table_detect(str_sub(r->plain, 0, SNIFF_BYTES), &separator);
	if (kind != TABLE_NONE)
		r->text.table = table_create(kind, separator);
}

static int reader_start(struct reader *r, struct err *e)
{
	r->kind = sniff(r->plain);
	switch (r->kind) {
	case INPUT_EVTX:
		r->evtx = evtx_create(&r->leaves);
		evtx_feed(r->evtx, r->plain, r->window.last);
		return 0;
	case INPUT_JSON:
		json_stream_init(&r->json, r->plain, r->window.last);
		return 0;
	case INPUT_TEXT:
		text_start(r);
		return 0;
	default:
		return not_known(r, e);
	}
}

static int open_packed(struct reader *r, str bytes, struct err *e)
{
	struct inflate_limits limits = {READER_UNPACKED_MAX, INFLATE_RATIO_MAX, INFLATE_WINDOW_LOG_FILE};
	struct window *w = &r->window;
	int rc = inflate_create(inflate_detect(bytes), limits, &w->z, e);

	if (rc)
		return rc;
	w->packed = bytes;
	w->last = false;
	buf_init(&w->rest, EVENT_BYTES_MAX + 2 * WINDOW_STEP);
	window_fill(w);
	if (w->failed && w->rest.len == 0) {
		if (e)
			*e = w->why;
		err_path(e, r->path);
		return w->failed;
	}
	r->plain = buf_str(&w->rest);
	return 0;
}

int reader_open(str bytes, str path, const struct mapping *m, const struct name_table *names, struct reader **ret,
		struct err *e)
{
	struct reader *r = mem_alloc(1, sizeof(*r));
	int rc = 0;

	r->path = (str){mem_dup(path.ptr ? path.ptr : "", path.len), path.len};
	path_table_init(&r->paths);
	leaves_init(&r->leaves, &r->paths, EVENT_FIELDS_MAX);
	builder_init(&r->builder, m, names, &r->paths);
	r->plain = bytes;
	r->window.last = true;
	r->text.line = 1;
	r->text.parsers = &m->parsers;
	if (inflate_detect(bytes) != INFLATE_NONE)
		rc = open_packed(r, bytes, e);
	if (!rc)
		rc = reader_start(r, e);
	if (rc) {
		reader_free(r);
		return rc;
	}
	*ret = r;
	return 0;
}

void reader_free(struct reader *r)
{
	if (!r)
		return;
	evtx_free(r->evtx);
	table_free(r->text.table);
	builder_done(&r->builder);
	leaves_done(&r->leaves);
	path_table_done(&r->paths);
	inflate_free(r->window.z);
	buf_done(&r->window.rest);
	free((void *)(uintptr_t)r->path.ptr);
	free(r);
}

void reader_at_line(struct reader *r, uint64_t line)
{
	r->json.line = line;
}

void batch_init(struct batch *b)
{
	*b = (struct batch){0};
	arena_init(&b->arena, BATCH_BUDGET);
}

void batch_done(struct batch *b)
{
	arena_done(&b->arena);
	*b = (struct batch){0};
}

static void damaged(struct reader *r, const struct err *why)
{
	r->counts.damaged_records++;
	if (r->damage_count == READER_DAMAGES_MAX)
		return;
	r->damages[r->damage_count] = *why;
	err_path(&r->damages[r->damage_count++], r->path);
}

uint32_t reader_damages(const struct reader *r, const struct err **ret)
{
	*ret = r->damages;
	return r->damage_count;
}

/* The leaves at hand become the batch's next event. False when the arena's budget is spent. */
static bool take(struct reader *r, struct batch *b, str raw, size_t *bytes)
{
	struct event *ev = &b->events[b->count];

	*ev = (struct event){.raw = raw};
	if (!build_event(&r->builder, &r->leaves, &b->arena, ev))
		return false;
	b->count++;
	*bytes += raw.len;
	r->counts.events++;
	r->counts.fields_dropped += ev->fields_dropped;
	r->counts.unknown_source += !ev->source_known;
	return true;
}

/* What stands between two steps of a reader: */
enum step {
	STEP_TAKEN,
	STEP_DAMAGED, /* or nothing: counted already */
	STEP_MORE,    /* the bytes at hand are read */
	STEP_FULL     /* the batch's memory is spent; the same record comes again */
};

static enum step step_json(struct reader *r, struct batch *b, size_t *bytes)
{
	struct json_stream before = r->json;
	struct json_item item;
	struct err why UNCLEARED;
	int rc = json_next(&r->json, &r->leaves, &item, &why);

	if (rc == JSON_END)
		return STEP_MORE;
	if (rc < 0) {
		damaged(r, &why);
		return STEP_DAMAGED;
	}
	if (rc == JSON_AGAIN || !take(r, b, item.raw, bytes)) {
		r->json = before;
		return STEP_FULL;
	}
	b->events[b->count - 1].line = item.line;
	return STEP_TAKEN;
}

static enum step step_evtx(struct reader *r, struct batch *b, size_t *bytes)
{
	struct evtx_record record;
	struct event *ev;
	struct err why UNCLEARED;
	int rc = evtx_next(r->evtx, &record, &why);

	if (rc == EVTX_END)
		return STEP_MORE;
	if (rc == EVTX_AGAIN)
		return STEP_FULL;
	if (rc < 0) {
		damaged(r, &why);
		return STEP_DAMAGED;
	}
	/* The window of a packed file moves on before the batch is used. */
	if (r->window.z)
		record.raw = arena_str(&b->arena, record.raw);
	if (!take(r, b, record.raw, bytes)) {
		evtx_again(r->evtx);
		return STEP_FULL;
	}
	ev = &b->events[b->count - 1];
	ev->record = record.id;
	if (!ev->time_known) {
		ev->time = record.written;
		ev->time_known = true;
	}
	return STEP_TAKEN;
}

static enum step step_text(struct reader *r, struct batch *b, size_t *bytes)
{
	struct text_input before = r->text;
	struct text_record record;

	switch (text_next(&r->text, r->window.last, &r->leaves, &record)) {
	case TEXT_MORE:
		return STEP_MORE;
	case TEXT_SKIP:
		return STEP_DAMAGED;
	case TEXT_EVENT:
		if (take(r, b, record.raw, bytes)) {
			b->events[b->count - 1].line = record.line;
			return STEP_TAKEN;
		}
		break;
	default:
		break;
	}
	r->text = before;
	return STEP_FULL;
}

static size_t rest_len(const struct reader *r)
{
	if (r->kind == INPUT_EVTX)
		return evtx_rest(r->evtx);
	return r->kind == INPUT_JSON ? r->json.in.len : r->text.rest.len;
}

/* The bytes at hand are read: unpacks more behind what is left. JSON and text are copied into the batch, as its events
 * are slices of them. False when there is no more, or no memory for it. */
static bool more(struct reader *r, struct batch *b, bool refill)
{
	struct window *w = &r->window;

	if (!w->z || (refill && w->last))
		return false;
	if (refill) {
		buf_drop_front(&w->rest, w->rest.len - rest_len(r));
		window_fill(w);
	}
	r->plain = buf_str(&w->rest);
	if (r->kind == INPUT_EVTX) {
		evtx_feed(r->evtx, r->plain, w->last);
		return true;
	}
	r->plain = arena_str(&b->arena, r->plain);
	if (!r->plain.ptr)
		return false;
	if (r->kind == INPUT_JSON)
		json_stream_more(&r->json, r->plain, w->last);
	else
		r->text.rest = r->plain;
	return true;
}

/* A record that does not fit an empty batch is damage. */
static void skip_one(struct reader *r)
{
	struct err why;

	err_set(&why, ERR_LIMIT, "err.json.memory");
	damaged(r, &why);
	if (r->kind == INPUT_EVTX)
		evtx_skip(r->evtx);
	else if (r->kind == INPUT_JSON)
		json_stream_skip(&r->json);
	else
		text_skip(&r->text);
}

static void fill(struct reader *r, struct batch *b)
{
	size_t bytes = 0;
	bool fed = true;

	while (b->count < BATCH_EVENTS_MAX && bytes < BATCH_BYTES && fed) {
		enum step step;

		if (r->kind == INPUT_EVTX)
			step = step_evtx(r, b, &bytes);
		else
			step = r->kind == INPUT_JSON ? step_json(r, b, &bytes) : step_text(r, b, &bytes);
		if (step == STEP_MORE)
			fed = more(r, b, true);
		if (step == STEP_FULL && b->count)
			break;
		if (step == STEP_FULL)
			skip_one(r);
	}
	r->counts.bytes += bytes;
	r->done = !fed;
}

/* An arena keeps its first block over a reset. Once a batch has shown how much it needs, that block is made as large,
 * so that the next batches do not fetch and return the same pages again. */
static void batch_reset(struct batch *b)
{
	size_t used = b->arena.used;

	if (used > b->warm && used <= BATCH_WARM_MAX) {
		b->warm = used + used / 4;
		arena_done(&b->arena);
		arena_init(&b->arena, BATCH_BUDGET);
		CHECK(arena_alloc(&b->arena, b->warm) != NULL);
	}
	arena_reset(&b->arena);
}

int reader_next(struct reader *r, struct batch *b, struct err *e)
{
	batch_reset(b);
	b->count = 0;
	b->events = arena_alloc(&b->arena, BATCH_EVENTS_MAX * sizeof(*b->events));
	CHECK(b->events != NULL);
	leaves_use(&r->leaves, &b->arena);
	/* What the last batch left over of the window comes into this one. */
	if (!r->done && r->window.z && r->kind != INPUT_EVTX) {
		buf_drop_front(&r->window.rest, r->window.rest.len - rest_len(r));
		r->done = !more(r, b, false);
	}
	if (!r->done)
		fill(r, b);
	if (b->count)
		return 1;
	if (r->window.failed) {
		if (e)
			*e = r->window.why;
		err_path(e, r->path);
		return r->window.failed;
	}
	return 0;
}

void reader_counts(const struct reader *r, struct read_counts *ret)
{
	*ret = r->counts;
}
