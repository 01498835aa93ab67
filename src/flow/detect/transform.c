/* Encodings that modifiers ask for: UTF-16 in its orders and Base64 with its three shifts. */
#include "base/utf8.h"
#include "flow/detect/pattern.h"

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void pattern_set_text(struct pattern *p, struct buf *text)
{
	pattern_done(p);
	pattern_init(p);
	pattern_add_text(p, buf_str(text));
	if (text->failed)
		p->bytes.failed = true;
}

static void add_unit16(struct buf *out, uint32_t unit, bool big)
{
	char high = (char)(unit >> 8), low = (char)(unit & 0xFF);

	buf_add_byte(out, big ? high : low);
	buf_add_byte(out, big ? low : high);
}

void pattern_utf16(struct pattern *p, enum utf16 how)
{
	bool big = how == UTF16_BE;
	struct buf out;
	size_t at = 0;

	buf_init(&out, PATTERN_BYTES_MAX);
	if (how == UTF16_BOM)
		add_unit16(&out, 0xFEFF, false);
	while (at < p->bytes.len) {
		size_t len;
		uint32_t c = utf8_decode(str_from(buf_str(&p->bytes), at), &len);

		if (c > 0xFFFF) {
			add_unit16(&out, 0xD800 + ((c - 0x10000) >> 10), big);
			add_unit16(&out, 0xDC00 + ((c - 0x10000) & 0x3FF), big);
		} else {
			add_unit16(&out, c, big);
		}
		at += len;
	}
	pattern_set_text(p, &out);
	buf_done(&out);
}

static void add_base64(struct buf *out, str s)
{
	for (size_t i = 0; i < s.len; i += 3) {
		size_t left = s.len - i;
		uint32_t bits = (uint32_t)(unsigned char)s.ptr[i] << 16;

		if (left > 1)
			bits |= (uint32_t)(unsigned char)s.ptr[i + 1] << 8;
		if (left > 2)
			bits |= (unsigned char)s.ptr[i + 2];
		buf_add_byte(out, base64_digits[bits >> 18]);
		buf_add_byte(out, base64_digits[(bits >> 12) & 63]);
		buf_add_byte(out, left > 1 ? base64_digits[(bits >> 6) & 63] : '=');
		buf_add_byte(out, left > 2 ? base64_digits[bits & 63] : '=');
	}
}

void pattern_base64(struct pattern *p)
{
	struct buf out;

	buf_init(&out, PATTERN_BYTES_MAX);
	add_base64(&out, buf_str(&p->bytes));
	pattern_set_text(p, &out);
	buf_done(&out);
}

/* With `shift` unknown bytes in front, the first digits mix them with ours: 2 digits for one byte, 3 for two. At the
 * end, a group that is not full mixes ours with what follows: of its four digits one (two bytes: 16 of 18 bits) or two
 * (one byte) and the padding are not ours alone. */
void pattern_base64_shifted(struct pattern *out, const struct pattern *source, unsigned shift)
{
	static const size_t cut_front[] = {0, 2, 3};
	static const size_t cut_back[] = {0, 3, 2};
	struct buf shifted, text;
	size_t front = cut_front[shift], back;

	buf_init(&shifted, PATTERN_BYTES_MAX);
	buf_init(&text, PATTERN_BYTES_MAX);
	for (unsigned i = 0; i < shift; i++)
		buf_add_byte(&shifted, ' ');
	buf_add(&shifted, buf_str(&source->bytes));
	add_base64(&text, buf_str(&shifted));
	back = cut_back[(source->bytes.len + shift) % 3];
	pattern_init(out);
	if (text.len > front + back)
		pattern_add_text(out, str_sub(buf_str(&text), front, text.len - front - back));
	if (text.failed || shifted.failed)
		out->bytes.failed = true;
	buf_done(&shifted);
	buf_done(&text);
}
