/* RFC 6587: octet counting (3.4.1) when a frame begins with a digit, else the newline ends it (3.4.2). */
#include "flow/collect/collect.h"

/* "4294967296 " is longer than any message; more digits are no frame of ours. */
#define COUNT_DIGITS_MAX 9u

static int drop(struct syslog_framing *f, str in, size_t *ret_used)
{
	ptrdiff_t end;

	if (f->skip) {
		*ret_used = f->skip < in.len ? (size_t)f->skip : in.len;
		f->skip -= *ret_used;
		return 0;
	}
	end = str_find_byte(in, '\n');
	*ret_used = end < 0 ? in.len : (size_t)end + 1;
	f->skip_line = end < 0;
	return 0;
}

static int counted(struct syslog_framing *f, str in, struct syslog_frame *ret, size_t *ret_used)
{
	uint64_t count = 0;
	size_t digits = 0;

	while (digits < in.len && in.ptr[digits] >= '0' && in.ptr[digits] <= '9') {
		if (digits == COUNT_DIGITS_MAX)
			return -1;
		count = count * 10 + (unsigned)(in.ptr[digits++] - '0');
	}
	if (digits == in.len)
		return 0;
	if (in.ptr[digits] != ' ')
		return -1;
	digits++;
	if (count <= SYSLOG_MESSAGE_BYTES) {
		if (in.len - digits < count)
			return 0;
		*ret = (struct syslog_frame){.message = str_sub(in, digits, count)};
		*ret_used = digits + count;
		return 1;
	}
	if (in.len - digits < SYSLOG_MESSAGE_BYTES)
		return 0;
	*ret = (struct syslog_frame){.message = str_sub(in, digits, SYSLOG_MESSAGE_BYTES), .is_cut = true};
	*ret_used = digits + SYSLOG_MESSAGE_BYTES;
	f->skip = count - SYSLOG_MESSAGE_BYTES;
	return 1;
}

static int by_line(struct syslog_framing *f, str in, struct syslog_frame *ret, size_t *ret_used)
{
	ptrdiff_t end = str_find_byte(str_sub(in, 0, SYSLOG_MESSAGE_BYTES + 1), '\n');

	if (end >= 0) {
		*ret = (struct syslog_frame){.message = str_sub(in, 0, (size_t)end)};
		*ret_used = (size_t)end + 1;
		return 1;
	}
	if (in.len <= SYSLOG_MESSAGE_BYTES)
		return 0;
	*ret = (struct syslog_frame){.message = str_sub(in, 0, SYSLOG_MESSAGE_BYTES), .is_cut = true};
	*ret_used = SYSLOG_MESSAGE_BYTES;
	f->skip_line = true;
	return 1;
}

int syslog_frame_next(struct syslog_framing *f, str in, struct syslog_frame *ret, size_t *ret_used)
{
	size_t used = 0, frame_used = 0;
	int rc;

	*ret_used = 0;
	while ((f->skip || f->skip_line) && in.len) {
		drop(f, in, &used);
		in = str_from(in, used);
		*ret_used += used;
	}
	if (in.len == 0)
		return 0;
	rc = in.ptr[0] >= '1' && in.ptr[0] <= '9' ? counted(f, in, ret, &frame_used) : by_line(f, in, ret, &frame_used);
	*ret_used += frame_used;
	return rc;
}
