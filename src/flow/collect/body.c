/* One body of newline-delimited JSON on its way to the sink. */
#include "base/check.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "flow/collect/internal.h"
#include "flow/collect/split.h"
#include "store/queries.gen.h"

#define UNPACK_BYTES (64u << 10)

struct intake_body {
	struct intake *in;
	int64_t tenant_id;
	time_us opened;
	time_us now;     /* of the present piece: a look at the clock for every line costs more than the line */
	uint64_t number; /* of the key; 0 = no key */
	char key_bytes[INTAKE_KEY_MAX];
	char source_bytes[EVENT_SOURCE_MAX];
	str key, source;
	struct inflate *inflate;
	char *room;
	struct split split;
	struct buf line; /* the beginning of a line, or element of an array, whose end has not come yet */
	bool line_too_long;
	uint64_t line_number;
	uint64_t unpacked;
	uint64_t skip; /* accepted lines that an earlier try made durable */
	struct pending pending;
	struct intake_result result;
};

/* The slot of a number, or of nothing (0). Called with the lock held. */
static uint64_t *active_slot(struct intake *in, uint64_t number)
{
	for (size_t i = 0; i < INTAKE_ACTIVE_MAX; i++)
		if (in->active[i] == number)
			return &in->active[i];
	return NULL;
}

static bool active_add(struct intake *in, uint64_t number)
{
	uint64_t *slot;

	pthread_mutex_lock(&in->lock);
	slot = active_slot(in, number) ? NULL : active_slot(in, 0);
	if (slot)
		*slot = number;
	pthread_mutex_unlock(&in->lock);
	return slot != NULL;
}

static void active_remove(struct intake *in, uint64_t number)
{
	uint64_t *slot;

	pthread_mutex_lock(&in->lock);
	slot = active_slot(in, number);
	if (slot)
		*slot = 0;
	pthread_mutex_unlock(&in->lock);
}

/* Stable over restarts: the archive's records carry it. */
static uint64_t key_number(int64_t tenant_id, str key)
{
	_cleanup_(buf_done) struct buf text = {0};
	uint64_t number;

	buf_init(&text, 64 + INTAKE_KEY_MAX);
	buf_add_i64(&text, tenant_id);
	buf_add_byte(&text, '/');
	buf_add(&text, key);
	number = hash_stable(buf_str(&text));
	return number ? number : 1;
}

static int key_begin(struct intake_body *b, struct db *db, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {b->tenant_id};
	int rc = db_prepare(db, &Q_intake_batch_begin, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "key", b->key);
	stmt_i64(&st, "position", (int64_t)b->in->sink.end(b->in->sink.ctx));
	stmt_i64(&st, "now", b->opened);
	return stmt_run(&st, e);
}

/* A key that is known: either the whole delivery is here, or a crash cut it and the rest is taken now. */
static int key_look_up(struct intake_body *b, struct db *db, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {b->tenant_id};
	event_id from;
	int rc = db_prepare(db, &Q_intake_batch_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "key", b->key);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		stmt_done(&st);
		return key_begin(b, db, e);
	}
	if (stmt_col_i64(&st, "is_done")) {
		b->result.replayed = true;
		b->result.accepted = (uint64_t)stmt_col_i64(&st, "accepted");
		b->result.refused = (uint64_t)stmt_col_i64(&st, "refused");
		atomic_fetch_add(&b->in->counters.replayed, 1);
		return 0;
	}
	from = (event_id)stmt_col_i64(&st, "position");
	return b->in->sink.count_batch(b->in->sink.ctx, b->tenant_id, b->number, from, &b->skip, e);
}

static int key_open(struct intake_body *b, struct db *db, str key, struct err *e)
{
	int rc;

	if (key.len > INTAKE_KEY_MAX || !utf8_is_valid(key))
		return err_set_value(e, ERR_RANGE, "err.intake.key", key);
	memcpy(b->key_bytes, key.ptr, key.len);
	b->key = (str){b->key_bytes, key.len};
	b->number = key_number(b->tenant_id, key);
	if (!active_add(b->in, b->number)) {
		b->number = 0;
		return err_set_value(e, ERR_BUSY, "err.intake.same_key", key);
	}
	rc = key_look_up(b, db, e);
	return rc;
}

int intake_body_open(struct intake *in, struct db *db, const struct intake_origin *origin, struct intake_body **ret,
		     struct err *e)
{
	struct intake_body *b = mem_alloc(1, sizeof(*b));
	struct inflate_limits limits = {INTAKE_BODY_BYTES, INFLATE_RATIO_MAX, INFLATE_WINDOW_LOG_NET};
	str source = str_sub(origin->source, 0, EVENT_SOURCE_MAX);
	int rc = 0;

	CHECK(origin->tenant_id > 0);
	b->in = in;
	b->tenant_id = origin->tenant_id;
	b->opened = in->env->now(in->env->ctx);
	if (source.len)
		memcpy(b->source_bytes, source.ptr, source.len);
	b->source = (str){b->source_bytes, source.len};
	buf_init(&b->line, INTAKE_LINE_BYTES + 1);
	split_init(&b->split);
	pending_init(&b->pending, in);
	if (origin->packing != INFLATE_NONE) {
		b->room = mem_alloc(UNPACK_BYTES, 1);
		rc = inflate_create(origin->packing, limits, &b->inflate, e);
	}
	if (!rc && origin->key.len)
		rc = key_open(b, db, origin->key, e);
	if (rc) {
		intake_body_free(b);
		return rc;
	}
	*ret = b;
	return 0;
}

static void refuse(struct intake_body *b, const char *id)
{
	struct intake_result *r = &b->result;

	if (r->named < INTAKE_REFUSED_NAMED)
		r->first[r->named++] = (struct intake_refusal){b->line_number, id};
	r->refused++;
	atomic_fetch_add(&b->in->counters.refused, 1);
}

/* What is kept must be one JSON object in UTF-8; whether it says anything sensible is the parser's matter. */
static const char *line_problem(str line)
{
	if (line.ptr[0] != '{' || line.ptr[line.len - 1] != '}')
		return "err.intake.not_object";
	if (!utf8_is_valid(line))
		return "err.intake.not_utf8";
	return NULL;
}

static int take_line(struct intake_body *b, str line, struct err *e)
{
	struct raw_event ev = {.tenant_id = b->tenant_id, .batch = b->number, .source = b->source};
	const char *problem;
	int rc = 0;

	b->line_number++;
	ev.raw = str_trim(line);
	if (ev.raw.len == 0)
		return 0;
	if (ev.raw.len > INTAKE_LINE_BYTES) {
		refuse(b, "err.intake.line_size");
		return 0;
	}
	problem = line_problem(ev.raw);
	if (problem) {
		refuse(b, problem);
		return 0;
	}
	b->result.accepted++;
	if (b->skip) {
		b->skip--;
		return 0;
	}
	if (pending_is_full(&b->pending, ev.raw.len))
		rc = pending_flush(&b->pending, e);
	if (rc)
		return rc;
	ev.received = b->now;
	ev.time = ev.received;
	ev.time_known = event_time_peek(ev.raw, &ev.time);
	pending_add(&b->pending, &ev);
	return 0;
}

/* The part of a line that stands at the end of a piece. */
static void keep_start(struct intake_body *b, str part)
{
	if (b->line_too_long)
		return;
	buf_add(&b->line, part);
	if (b->line.failed)
		b->line_too_long = true;
}

static int end_line(struct intake_body *b, str part, struct err *e)
{
	int rc = 0;

	if (b->line.len == 0 && !b->line_too_long)
		return take_line(b, part, e);
	keep_start(b, part);
	if (b->line_too_long) {
		b->line_number++;
		refuse(b, "err.intake.line_size");
	} else {
		rc = take_line(b, buf_str(&b->line), e);
	}
	buf_clear(&b->line);
	b->line_too_long = false;
	return rc;
}

static int feed_lines(struct intake_body *b, str bytes, struct err *e)
{
	while (bytes.len) {
		ptrdiff_t end = str_find_byte(bytes, '\n');
		int rc;

		if (end < 0) {
			keep_start(b, bytes);
			return 0;
		}
		rc = end_line(b, str_sub(bytes, 0, (size_t)end), e);
		if (rc)
			return rc;
		bytes = str_from(bytes, (size_t)end + 1);
	}
	return 0;
}

/* Elements of arrays up to the end of bytes, or to where a document ends. */
static int feed_elements(struct intake_body *b, str *bytes, struct err *e)
{
	int rc = 0;
	str part;

	while (!rc && bytes->len && b->split.state != SPLIT_AT_HEAD) {
		switch (split_next(&b->split, bytes, &part)) {
		case SPLIT_PART:
			keep_start(b, part);
			break;
		case SPLIT_ELEMENT:
			keep_start(b, part);
			rc = end_line(b, STR_NONE, e);
			break;
		case SPLIT_LINES:
			rc = feed_lines(b, *bytes, e);
			*bytes = STR_NONE;
			break;
		default: /* what broke the array is refused as a line */
			break;
		}
	}
	return rc;
}

/* last: the body ends here. */
static int feed_split(struct intake_body *b, str bytes, bool last, struct err *e)
{
	int rc = 0;

	while (!rc && (bytes.len || (last && b->split.head.len))) {
		_cleanup_(buf_done) struct buf head = {0};
		str begun;

		rc = feed_elements(b, &bytes, e);
		if (rc || b->split.state != SPLIT_AT_HEAD || !split_look(&b->split, &bytes, last))
			continue;
		head = b->split.head;
		buf_init(&b->split.head, JSON_WRAPPER_MAX);
		begun = buf_str(&head);
		rc = feed_elements(b, &begun, e);
		/* A document that ended within its head's bytes: the next one may begin there. */
		buf_add(&b->split.head, begun);
	}
	return rc;
}

static int feed_plain(struct intake_body *b, str bytes, struct err *e)
{
	b->now = b->in->env->now(b->in->env->ctx);
	b->unpacked += bytes.len;
	if (b->unpacked > INTAKE_BODY_BYTES)
		return err_set(e, ERR_LIMIT, "err.intake.body_size");
	return feed_split(b, bytes, false, e);
}

int intake_body_feed(struct intake_body *b, str bytes, struct err *e)
{
	size_t len;

	if (b->result.replayed)
		return 0;
	if (!b->inflate)
		return feed_plain(b, bytes, e);
	do {
		int rc = inflate_push(b->inflate, &bytes, b->room, UNPACK_BYTES, &len, e);

		if (!rc && len)
			rc = feed_plain(b, (str){b->room, len}, e);
		if (rc)
			return rc;
	} while (bytes.len || len == UNPACK_BYTES);
	return 0;
}

static int key_finish(struct intake_body *b, struct db *db, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0}, old = {0};
	struct scope scope = {b->tenant_id};
	int rc = db_prepare(db, &Q_intake_batch_done, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "key", b->key);
	stmt_i64(&st, "accepted", (int64_t)b->result.accepted);
	stmt_i64(&st, "refused", (int64_t)b->result.refused);
	rc = stmt_run(&st, e);
	if (!rc)
		rc = db_prepare(db, &Q_intake_batch_forget, &scope, &old, e);
	if (rc)
		return rc;
	stmt_i64(&old, "before", b->opened - INTAKE_KEY_DAYS * TIME_DAY);
	return stmt_run(&old, e);
}

int intake_body_finish(struct intake_body *b, struct db *db, struct intake_result *ret, struct err *e)
{
	int rc = 0;

	if (b->result.replayed) {
		*ret = b->result;
		return 0;
	}
	if (b->inflate)
		rc = inflate_finish(b->inflate, e);
	if (!rc)
		rc = feed_split(b, STR_NONE, true, e);
	if (!rc && (b->line.len || b->line_too_long))
		rc = end_line(b, STR_NONE, e);
	if (!rc)
		rc = pending_flush(&b->pending, e);
	if (!rc && b->number)
		rc = key_finish(b, db, e);
	if (rc)
		return rc;
	*ret = b->result;
	return 0;
}

void intake_body_free(struct intake_body *b)
{
	if (!b)
		return;
	if (b->number)
		active_remove(b->in, b->number);
	inflate_free(b->inflate);
	free(b->room);
	buf_done(&b->line);
	split_done(&b->split);
	pending_done(&b->pending);
	free(b);
}
