/* Framing of syslog over TCP: every byte is either given out, dropped on purpose, or still waited for. */
#include "base/check.h"
#include "flow/collect/collect.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct syslog_framing f = {0};
	str in = {(const char *)data, size};
	time_us t;

	(void)event_time_peek(in, &t);
	while (in.len) {
		struct syslog_frame frame = {0};
		size_t used = 0;
		int rc = syslog_frame_next(&f, in, &frame, &used);

		CHECK(rc >= -1 && rc <= 1 && used <= in.len);
		CHECK(rc != 1 || used > 0);
		CHECK(rc != 1 || frame.message.len <= SYSLOG_MESSAGE_BYTES);
		CHECK(rc != 1 ||
		      (frame.message.ptr >= in.ptr && frame.message.ptr + frame.message.len <= in.ptr + used));
		in = str_from(in, used);
		if (rc != 1)
			break;
	}
	return 0;
}
