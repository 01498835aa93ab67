#include "flow/collect/collect.h"

/* How far into an event its time is looked for, and how long a time is at most. */
#define PEEK_BYTES 4096u
#define PEEK_TIME_BYTES 40u

/* In this order: what the event says of itself before what a shipper added. */
static const str time_keys[] = {STR_INIT("\"@timestamp\""),  STR_INIT("\"UtcTime\""),   STR_INIT("\"SystemTime\""),
				STR_INIT("\"TimeCreated\""), STR_INIT("\"timestamp\""), STR_INIT("\"time\""),
				STR_INIT("\"ts\"")};

static str skip_blanks(str s)
{
	while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = str_from(s, 1);
	return s;
}

/* `: "2026-…"` behind a key. A key whose value is something else does not count. */
static bool time_behind(str s, time_us *ret)
{
	ptrdiff_t end;

	s = skip_blanks(s);
	if (!str_starts(s, STR(":")))
		return false;
	s = skip_blanks(str_from(s, 1));
	if (!str_starts(s, STR("\"")))
		return false;
	s = str_from(s, 1);
	end = str_find_byte(str_sub(s, 0, PEEK_TIME_BYTES), '"');
	return end > 0 && time_parse(str_sub(s, 0, (size_t)end), ret);
}

static bool json_time(str raw, time_us *ret)
{
	for (size_t i = 0; i < sizeof(time_keys) / sizeof(time_keys[0]); i++) {
		ptrdiff_t at = str_find(raw, time_keys[i]);

		if (at >= 0 && time_behind(str_from(raw, (size_t)at + time_keys[i].len), ret))
			return true;
	}
	return false;
}

/* "<PRI>1 TIMESTAMP …" (RFC 5424 section 6). */
static bool syslog_time(str raw, time_us *ret)
{
	ptrdiff_t end = str_find_byte(str_sub(raw, 0, 6), '>');
	str stamp;

	if (end < 2 || !str_starts(str_from(raw, (size_t)end), STR(">1 ")))
		return false;
	raw = str_from(raw, (size_t)end + 3);
	return str_next(&raw, ' ', &stamp) && stamp.len <= PEEK_TIME_BYTES && time_parse(stamp, ret);
}

bool event_time_peek(str raw, time_us *ret)
{
	raw = str_sub(raw, 0, PEEK_BYTES);
	if (str_starts(raw, STR("<")))
		return syslog_time(raw, ret);
	return json_time(raw, ret);
}
