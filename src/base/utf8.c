#include "base/utf8.h"

static size_t lead_len(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xC2 && c <= 0xDF)
		return 2;
	if ((c & 0xF0) == 0xE0)
		return 3;
	if (c >= 0xF0 && c <= 0xF4)
		return 4;
	return 0;
}

str utf8_cut(str s, size_t max)
{
	if (s.len <= max)
		return s;
	while (max && ((unsigned char)s.ptr[max] & 0xC0) == 0x80)
		max--;
	return str_sub(s, 0, max);
}

uint32_t utf8_decode(str s, size_t *ret_len)
{
	static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)s.ptr[0];
	size_t len = lead_len(first);
	uint32_t code;

	*ret_len = 1;
	if (len == 1)
		return first;
	if (len == 0 || len > s.len)
		return UTF8_REPLACEMENT;
	code = first & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		unsigned char next = (unsigned char)s.ptr[i];

		if ((next & 0xC0) != 0x80)
			return UTF8_REPLACEMENT;
		code = code << 6 | (next & 0x3Fu);
	}
	if (code < smallest[len] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return UTF8_REPLACEMENT;
	*ret_len = len;
	return code;
}

bool utf8_is_valid(str s)
{
	size_t len;

	for (size_t i = 0; i < s.len; i += len) {
		if ((unsigned char)s.ptr[i] < 0x80) {
			len = 1;
			continue;
		}
		utf8_decode(str_from(s, i), &len);
		if (len == 1)
			return false;
	}
	return true;
}

void utf8_add_clean(struct buf *out, str s)
{
	size_t start = 0, len;

	for (size_t i = 0; i < s.len; i += len) {
		utf8_decode(str_from(s, i), &len);
		if (len > 1 || (unsigned char)s.ptr[i] < 0x80)
			continue;
		buf_add(out, str_sub(s, start, i - start));
		buf_add(out, STR("\xEF\xBF\xBD"));
		start = i + 1;
	}
	buf_add(out, str_from(s, start));
}

size_t utf8_encode(uint32_t code, char out[4])
{
	if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		code = UTF8_REPLACEMENT;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

static uint32_t unit_at(const unsigned char *units, size_t i)
{
	return (uint32_t)units[2 * i] | (uint32_t)units[2 * i + 1] << 8;
}

size_t utf8_from_utf16le(const unsigned char *units, size_t count, char *out)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t unit = unit_at(units, i);

		if (unit < 0x80) {
			out[len++] = (char)unit;
			continue;
		}
		if (unit >= 0xD800 && unit <= 0xDBFF && i + 1 < count) {
			uint32_t low = unit_at(units, i + 1);

			if (low >= 0xDC00 && low <= 0xDFFF) {
				unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
				i++;
			}
		}
		len += utf8_encode(unit, out + len);
	}
	return len;
}
