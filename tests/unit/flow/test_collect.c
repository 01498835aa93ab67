#include "tests.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "flow/archive/archive.h"
#include "flow/collect/collect.h"

struct place {
	char folder[64];
	struct env env;
	struct archive *archive;
	struct db *db;
	struct intake *in;
	struct event_sink real;
	int fail_after; /* appends that still succeed; negative = all */
	struct arena arena;
};

static int append_or_fail(void *ctx, const struct raw_event *events, size_t count, event_id *ret_ids, struct err *e)
{
	struct place *p = ctx;

	if (p->fail_after == 0)
		return err_set(e, ERR_FULL, "err.archive.full");
	p->fail_after--;
	return p->real.append(p->real.ctx, events, count, ret_ids, e);
}

static int count_batch(void *ctx, int64_t tenant_id, uint64_t batch, event_id from, uint64_t *ret, struct err *e)
{
	struct place *p = ctx;

	return p->real.count_batch(p->real.ctx, tenant_id, batch, from, ret, e);
}

static event_id sink_end(void *ctx)
{
	struct place *p = ctx;

	return p->real.end(p->real.ctx);
}

static int setup(void **state)
{
	struct place *p = mem_alloc(1, sizeof(*p));
	struct event_sink sink = {append_or_fail, count_batch, sink_end, p};
	struct err e = {0};
	char path[96];

	snprintf(p->folder, sizeof(p->folder), "/tmp/noroshi-collect-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	p->env = env_real(NULL);
	p->fail_after = -1;
	arena_init(&p->arena, 64u << 20);
	assert_int_equal(archive_open(str_of(p->folder), NULL, &p->env, &p->archive, &e), 0);
	p->real = archive_sink(p->archive);
	snprintf(path, sizeof(path), "%s/records.db", p->folder);
	assert_int_equal(db_open(str_of(path), &p->db, &e), 0);
	assert_int_equal(db_migrate(p->db, &e), 0);
	assert_int_equal(intake_open(&p->env, sink, &p->in, &e), 0);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	intake_close(p->in);
	db_close(p->db);
	archive_close(p->archive);
	arena_done(&p->arena);
	snprintf(command, sizeof(command), "rm -rf %s", p->folder);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

/* Feeds in pieces of `step` bytes, as a network would. */
static int deliver(struct place *p, const struct intake_origin *o, str body, size_t step, struct intake_result *ret)
{
	struct intake_body *b = NULL;
	struct err e = {0};
	int rc = intake_body_open(p->in, p->db, o, &b, &e);

	while (!rc && body.len) {
		rc = intake_body_feed(b, str_sub(body, 0, step), &e);
		body = str_from(body, step);
	}
	if (!rc)
		rc = intake_body_finish(b, p->db, ret, &e);
	intake_body_free(b);
	return rc;
}

static uint32_t kept(struct place *p, struct archived **ret)
{
	event_id position = 0;
	struct err e = {0};
	uint32_t count;

	arena_reset(&p->arena);
	assert_int_equal(archive_tail(p->archive, &position, 10000, &p->arena, ret, &count, &e), 0);
	return count;
}

static const struct intake_origin plain = {.tenant_id = 1, .source = STR_INIT("api")};

static void lines_are_kept_whatever_the_pieces_they_come_in(void **state)
{
	struct place *p = *state;
	str body = STR("{\"a\":1,\"@timestamp\":\"2026-11-21T01:02:03Z\"}\r\n\n  {\"b\":2}\nnot "
		       "json\n{\"c\":\"\xff\"}\n{\"d\":4}");
	struct archived *events;

	for (size_t step = 1; step <= body.len; step += 7) {
		struct intake_result r = {0};

		assert_int_equal(deliver(p, &plain, body, step, &r), 0);
		assert_int_equal(r.accepted, 3);
		assert_int_equal(r.refused, 2);
		assert_int_equal(r.named, 2);
		assert_int_equal(r.first[0].line, 4);
		assert_string_equal(r.first[0].id, "err.intake.not_object");
		assert_int_equal(r.first[1].line, 5);
		assert_string_equal(r.first[1].id, "err.intake.not_utf8");
	}
	assert_true(kept(p, &events) >= 3);
	assert_true(str_eq(events[1].event.raw, STR("{\"b\":2}")));
	assert_true(events[0].event.time_known);
	assert_int_equal(events[0].event.time, 1795222923 * TIME_SECOND);
	assert_false(events[1].event.time_known);
	assert_true(str_eq(events[1].event.source, STR("api")));
}

static void documents_of_many_events_are_split(void **state)
{
	struct place *p = *state;
	str body = STR("{\"Records\":[{\"a\":\"}\\\"]\"},\n {\"b\":\n[{}]}], \"n\": {\"m\": [1]}}\n"
		       "{\"records\" : [ {\"c\":3}\n,{\"d\":4} ] }{\"Records\":[]}\n{\"e\":5}\n{\"f\":6}\nno");
	static const char *const want[] = {"{\"a\":\"}\\\"]\"}", "{\"b\": [{}]}", "{\"c\":3}",
					   "{\"d\":4}",          "{\"e\":5}",     "{\"f\":6}"};
	struct archived *events;

	for (size_t step = 1; step <= body.len; step += 3) {
		struct intake_result r = {0};
		uint32_t before = kept(p, &events), count;

		assert_int_equal(deliver(p, &plain, body, step, &r), 0);
		assert_int_equal(r.accepted, 6);
		assert_int_equal(r.refused, 1);
		assert_string_equal(r.first[0].id, "err.intake.not_object");
		count = kept(p, &events);
		assert_int_equal(count - before, 6);
		for (uint32_t i = 0; i < 6; i++)
			assert_true(str_eq(events[before + i].event.raw, str_of(want[i])));
	}
}

/* Elements that are none, that are cut off, and that are too large are counted; what follows is kept. */
static void broken_documents_are_counted(void **state)
{
	static const struct {
		const char *body;
		uint64_t accepted, refused;
	} rows[] = {
		{"{\"Records\":[{\"a\":1},7]}\n{\"b\":2}", 2, 1},
		{"{\"Records\":[{\"a\":1},{\"b\":", 1, 1},
		{"{\"Records\":[{\"a\":1}]\n{\"b\":2}", 2, 0},
		{"{\"Records\":", 0, 1},
	};
	size_t len = INTAKE_LINE_BYTES + 100;
	char *body = mem_alloc(len, 1);
	struct intake_result r = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t step = 1; step < 9; step += 3) {
			assert_int_equal(deliver(*state, &plain, str_of(rows[i].body), step, &r), 0);
			assert_int_equal(r.accepted, rows[i].accepted);
			assert_int_equal(r.refused, rows[i].refused);
		}
	memset(body, 'x', len);
	memcpy(body, "{\"Records\":[{\"a\":\"", 19);
	memcpy(body + len - 12, "\"},{\"b\":2}]}", 12);
	assert_int_equal(deliver(*state, &plain, (str){body, len}, 65536, &r), 0);
	assert_int_equal(r.accepted, 1);
	assert_int_equal(r.refused, 1);
	assert_string_equal(r.first[0].id, "err.intake.line_size");
	free(body);
}

static void a_line_past_the_limit_is_refused_and_the_next_one_kept(void **state)
{
	struct place *p = *state;
	size_t len = INTAKE_LINE_BYTES + 100;
	char *body = mem_alloc(len + 20, 1);
	struct intake_result r = {0};

	memset(body, 'x', len);
	body[0] = '{';
	memcpy(body + len, "}\n{\"ok\":1}\n", 11);
	assert_int_equal(deliver(p, &plain, (str){body, len + 11}, 65536, &r), 0);
	assert_int_equal(r.accepted, 1);
	assert_int_equal(r.refused, 1);
	assert_string_equal(r.first[0].id, "err.intake.line_size");
	free(body);
}

static void gzip_bodies_are_unpacked(void **state)
{
	struct place *p = *state;
	struct intake_origin o = plain;
	struct intake_result r = {0};
	struct archived *events;
	unsigned char packed[200];
	z_stream z = {.next_in = (unsigned char *)"{\"a\":1}\n{\"b\":2}\n",
		      .avail_in = 16,
		      .next_out = packed,
		      .avail_out = sizeof(packed)};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	o.packing = INFLATE_GZIP;
	assert_int_equal(deliver(p, &o, (str){(char *)packed, z.total_out}, 5, &r), 0);
	assert_int_equal(r.accepted, 2);
	assert_int_equal(kept(p, &events), 2);
	assert_true(str_eq(events[1].event.raw, STR("{\"b\":2}")));
	assert_int_equal(deliver(p, &o, (str){(char *)packed, z.total_out - 4}, 5, &r), -ERR_PARSE);
	deflateEnd(&z);
}

static void a_key_delivers_once_and_completes_what_a_failure_cut(void **state)
{
	struct place *p = *state;
	struct intake_origin o = {.tenant_id = 1, .source = STR("api"), .key = STR("batch-7")};
	_cleanup_(buf_done) struct buf body = {0};
	struct intake_result r = {0};
	struct archived *events;

	buf_init(&body, 1u << 20);
	for (int i = 0; i < 9000; i++)
		buf_add_fmt(&body, "{\"n\":%d}\n", i);
	/* The first 4096 become durable, then the disk is full. */
	p->fail_after = 1;
	assert_int_equal(deliver(p, &o, buf_str(&body), 4000, &r), -ERR_FULL);
	assert_int_equal(kept(p, &events), INTAKE_BATCH_EVENTS);
	p->fail_after = -1;
	assert_int_equal(deliver(p, &o, buf_str(&body), 3000, &r), 0);
	assert_int_equal(r.accepted, 9000);
	assert_false(r.replayed);
	assert_int_equal(kept(p, &events), 9000);
	for (int i = 0; i < 9000; i += 499) {
		char want[32];

		snprintf(want, sizeof(want), "{\"n\":%d}", i);
		assert_true(str_eq(events[i].event.raw, str_of(want)));
	}
	r = (struct intake_result){0};
	assert_int_equal(deliver(p, &o, buf_str(&body), 3000, &r), 0);
	assert_true(r.replayed);
	assert_int_equal(r.accepted, 9000);
	assert_int_equal(kept(p, &events), 9000);
	/* The key is the organisation's own. */
	o.tenant_id = 2;
	assert_int_equal(deliver(p, &o, buf_str(&body), 3000, &r), 0);
	assert_false(r.replayed);
}

static void one_key_is_not_taken_twice_at_a_time(void **state)
{
	struct place *p = *state;
	struct intake_origin o = {.tenant_id = 1, .source = STR("api"), .key = STR("k")};
	struct intake_body *first = NULL, *second = NULL;
	struct intake_result r;
	struct err e = {0};

	assert_int_equal(intake_body_open(p->in, p->db, &o, &first, &e), 0);
	assert_int_equal(intake_body_open(p->in, p->db, &o, &second, &e), -ERR_BUSY);
	assert_string_equal(e.id, "err.intake.same_key");
	assert_int_equal(intake_body_finish(first, p->db, &r, &e), 0);
	intake_body_free(first);
	assert_int_equal(intake_body_open(p->in, p->db, &o, &second, &e), 0);
	intake_body_free(second);
}

static void frames_are_told_apart(void **state)
{
	struct syslog_framing f = {0};
	struct syslog_frame frame;
	char *large = mem_alloc(SYSLOG_MESSAGE_BYTES + 200, 1);
	size_t used;

	(void)state;
	assert_int_equal(syslog_frame_next(&f, STR("5 <1>ab7 <2>cd"), &frame, &used), 1);
	assert_true(str_eq(frame.message, STR("<1>ab")) && used == 7);
	assert_int_equal(syslog_frame_next(&f, STR("7 <2>cd"), &frame, &used), 0);
	assert_int_equal(used, 0);
	assert_int_equal(syslog_frame_next(&f, STR("<13>line\nnext"), &frame, &used), 1);
	assert_true(str_eq(frame.message, STR("<13>line")) && used == 9);
	assert_int_equal(syslog_frame_next(&f, STR("12x"), &frame, &used), -1);
	assert_int_equal(syslog_frame_next(&f, STR("99999999999 x"), &frame, &used), -1);
	memset(large, 'a', SYSLOG_MESSAGE_BYTES + 200);
	large[0] = '<';
	assert_int_equal(syslog_frame_next(&f, (str){large, SYSLOG_MESSAGE_BYTES + 200}, &frame, &used), 1);
	assert_true(frame.is_cut && frame.message.len == SYSLOG_MESSAGE_BYTES && f.skip_line);
	assert_int_equal(syslog_frame_next(&f, STR("aaa\n<1>x\n"), &frame, &used), 1);
	assert_true(str_eq(frame.message, STR("<1>x")) && used == 9 && !frame.is_cut);
	free(large);
}

static int tcp_connect(uint16_t port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void wait_for(_Atomic uint64_t *counter, uint64_t least)
{
	for (int i = 0; i < 500 && atomic_load(counter) < least; i++)
		usleep(10000);
	assert_true(atomic_load(counter) >= least);
}

static void syslog_comes_in_over_udp_and_tcp(void **state)
{
	struct place *p = *state;
	struct syslog_options o = {
		.udp_host = STR("127.0.0.1"), .tcp_host = STR("127.0.0.1"), .tenant_id = 3, .name = "syslog"};
	struct intake_counters *c = intake_counters(p->in);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const char *tcp = "26 <34>1 2026-11-21T00:00:00Z<13>plain line\n<14>without an end";
	struct syslog_listener *l;
	struct archived *events;
	struct err e = {0};
	int fd;

	assert_int_equal(syslog_start(p->in, &o, &l, &e), 0);
	at.sin_port = htons(syslog_port(l, false));
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(sendto(fd, "<13>over udp\n", 13, 0, (struct sockaddr *)&at, sizeof(at)), 13);
	close(fd);
	wait_for(&c->events, 100);
	fd = tcp_connect(syslog_port(l, true));
	assert_int_equal(write(fd, tcp, strlen(tcp)), (long)strlen(tcp));
	close(fd);
	wait_for(&c->events, 103);
	fd = tcp_connect(syslog_port(l, true));
	assert_int_equal(write(fd, "12bad", 5), 5);
	wait_for(&c->bad_frames, 1);
	close(fd);
	syslog_stop(l);
	assert_int_equal(kept(p, &events), 103);
	assert_true(str_eq(events[0].event.raw, STR("<13>over udp")));
	assert_true(str_eq(events[0].event.source, STR("syslog/127.0.0.1")));
	assert_int_equal(events[0].event.tenant_id, 3);
	assert_true(str_eq(events[100].event.raw, STR("<34>1 2026-11-21T00:00:00Z")));
	assert_true(events[100].event.time_known);
	assert_true(str_eq(events[102].event.raw, STR("<14>without an end")));
	assert_int_equal(atomic_load(&c->udp_dropped), 0);
}

static void a_port_in_use_is_told_with_its_number(void **state)
{
	struct place *p = *state;
	struct syslog_options o = {.udp_host = STR("127.0.0.1"), .tenant_id = 1, .name = "syslog"};
	struct syslog_listener *first, *second;
	struct err e = {0};

	assert_int_equal(syslog_start(p->in, &o, &first, &e), 0);
	o.udp_port = syslog_port(first, false);
	assert_true(syslog_start(p->in, &o, &second, &e) < 0);
	assert_string_equal(e.id, "err.syslog.port_in_use");
	assert_true(strlen(e.value) > 3);
	syslog_stop(first);
}

#define COLLECT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COLLECT_TEST(lines_are_kept_whatever_the_pieces_they_come_in),
		COLLECT_TEST(documents_of_many_events_are_split),
		COLLECT_TEST(broken_documents_are_counted),
		COLLECT_TEST(a_line_past_the_limit_is_refused_and_the_next_one_kept),
		COLLECT_TEST(gzip_bodies_are_unpacked),
		COLLECT_TEST(a_key_delivers_once_and_completes_what_a_failure_cut),
		COLLECT_TEST(one_key_is_not_taken_twice_at_a_time),
		cmocka_unit_test(frames_are_told_apart),
		COLLECT_TEST(syslog_comes_in_over_udp_and_tcp),
		COLLECT_TEST(a_port_in_use_is_told_with_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
