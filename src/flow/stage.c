#include "flow/stage.h"

#include <inttypes.h>
#include <stdio.h>

void event_id_format(event_id id, char out[EVENT_ID_TEXT_LEN + 1])
{
	snprintf(out, EVENT_ID_TEXT_LEN + 1, "%016" PRIx64, id);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool event_id_parse(str text, event_id *ret)
{
	event_id id = 0;

	if (text.len != EVENT_ID_TEXT_LEN)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int digit = hex_digit(text.ptr[i]);

		if (digit < 0)
			return false;
		id = id << 4 | (unsigned)digit;
	}
	if (id == 0 || id > INT64_MAX)
		return false;
	*ret = id;
	return true;
}
