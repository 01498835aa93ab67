#include "model/event_json.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/check.h"
#include "base/utf8.h"

/* A text is written in pieces of so many bytes; each becomes at most ESCAPED_MAX times as long. */
#define PIECE 128u
#define ESCAPED_MAX 6u
#define TAIL_MAX 4u /* a character that begins in a piece may end behind it */

/* Bytes at the front that stand in a JSON string as they are: printable ASCII but quotes and backslashes. */
static inline size_t plain_len(const char *p, size_t len)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; i + 16 <= len; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		/* Bytes above 0x7f are negative here. */
		__m128i hit = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
		unsigned mask;

		hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
		hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
		mask = (unsigned)_mm_movemask_epi8(hit);
		if (mask)
			return i + (size_t)__builtin_ctz(mask);
	}
#endif
	while (i < len && (unsigned char)p[i] >= 0x20 && (unsigned char)p[i] < 0x80 && p[i] != '"' && p[i] != '\\')
		i++;
	return i;
}

/* One control character, quote or backslash. */
static char *put_escaped(char *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[0x80] = {
		['"'] = '"', ['\\'] = '\\', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
	};

	*out++ = '\\';
	if (letters[c]) {
		*out++ = letters[c];
		return out;
	}
	memcpy(out, "u00", 3);
	out[3] = hex[c >> 4];
	out[4] = hex[c & 15];
	return out + 5;
}

/* One character above 0x7f at the front of s; an ill-formed byte becomes U+FFFD. */
static char *put_character(char *out, str s, size_t *ret_len)
{
	(void)utf8_decode(s, ret_len);
	if (*ret_len == 1)
		return out + utf8_encode(UTF8_REPLACEMENT, out);
	memcpy(out, s.ptr, *ret_len);
	return out + *ret_len;
}

/* Writes at least `want` bytes of the text from `at` on; returns where it stopped. */
static size_t put_piece(char **out, str text, size_t at, size_t want)
{
	size_t end = at + want;

	while (at < end) {
		size_t n = plain_len(text.ptr + at, end - at);

		memcpy(*out, text.ptr + at, n);
		*out += n;
		at += n;
		if (at >= end)
			break;
		if ((unsigned char)text.ptr[at] < 0x80) {
			*out = put_escaped(*out, (unsigned char)text.ptr[at++]);
		} else {
			*out = put_character(*out, str_from(text, at), &n);
			at += n;
		}
	}
	return at;
}

void json_add_text(struct buf *out, str text)
{
	size_t at = 0;

	buf_add_byte(out, '"');
	while (at < text.len) {
		size_t want = text.len - at < PIECE ? text.len - at : PIECE, most = want * ESCAPED_MAX + TAIL_MAX;
		char aside[PIECE * ESCAPED_MAX + TAIL_MAX] UNCLEARED;
		bool fits = out->max - out->len >= most; /* else what is needed may fit yet */
		char *room = fits ? buf_room(out, most) : aside, *end = room;

		if (!room)
			return;
		at = put_piece(&end, text, at, want);
		if (fits)
			buf_claim(out, (size_t)(end - room));
		else
			buf_add(out, (str){aside, (size_t)(end - room)});
	}
	buf_add_byte(out, '"');
}

static size_t digits(str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && s.ptr[at + n] >= '0' && s.ptr[at + n] <= '9')
		n++;
	return n;
}

/* RFC 8259, section 6. */
static bool is_json_number(str s)
{
	size_t at = s.len && s.ptr[0] == '-', n = digits(s, at);

	if (n == 0 || (n > 1 && s.ptr[at] == '0'))
		return false;
	at += n;
	if (at < s.len && s.ptr[at] == '.') {
		n = digits(s, at + 1);
		if (n == 0)
			return false;
		at += n + 1;
	}
	if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
		at++;
		at += at < s.len && (s.ptr[at] == '+' || s.ptr[at] == '-');
		n = digits(s, at);
		if (n == 0)
			return false;
		at += n;
	}
	return at == s.len;
}

static void add_value(struct buf *out, const struct event_field *f)
{
	if (f->type == VALUE_NULL)
		buf_add(out, STR("null"));
	else if ((f->type == VALUE_NUMBER && is_json_number(f->text)) ||
		 (f->type == VALUE_BOOL && (str_eq(f->text, STR("true")) || str_eq(f->text, STR("false")))))
		buf_add(out, f->text);
	else
		json_add_text(out, f->text);
}

static bool seen_before(const struct event *ev, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (str_eq(ev->fields[k].name, ev->fields[i].name))
			return true;
	return false;
}

static void add_values(struct buf *out, const struct event *ev, uint32_t first)
{
	bool array = false;

	for (uint32_t i = first + 1; i < ev->field_count && !array; i++)
		array = str_eq(ev->fields[i].name, ev->fields[first].name);
	if (!array) {
		add_value(out, &ev->fields[first]);
		return;
	}
	buf_add_byte(out, '[');
	for (uint32_t i = first; i < ev->field_count; i++) {
		if (!str_eq(ev->fields[i].name, ev->fields[first].name))
			continue;
		if (i > first)
			buf_add_byte(out, ',');
		add_value(out, &ev->fields[i]);
	}
	buf_add_byte(out, ']');
}

/* Which names may occur twice: by a hash of each. */
#define NAME_BITS 1024u

struct name_bits {
	uint64_t once[NAME_BITS / 64], twice[NAME_BITS / 64];
};

static uint32_t name_bit(str name)
{
	uint32_t word = 0;
	size_t len = name.len < sizeof(word) ? name.len : sizeof(word);

	if (len)
		memcpy(&word, name.ptr + name.len - len, len);
	return (((word ^ (uint32_t)name.len << 13) * 0x9E3779B1u) >> 16) % NAME_BITS;
}

static void see_names(struct name_bits *seen, const struct event *ev)
{
	for (uint32_t i = 0; i < ev->field_count; i++) {
		uint32_t bit = name_bit(ev->fields[i].name);
		uint64_t mask = 1ull << (bit % 64);

		seen->twice[bit / 64] |= seen->once[bit / 64] & mask;
		seen->once[bit / 64] |= mask;
	}
}

void event_add_json(struct buf *out, const struct event *ev)
{
	struct name_bits seen = {0};
	bool any = false;

	see_names(&seen, ev);
	buf_add_byte(out, '{');
	for (uint32_t i = 0; i < ev->field_count; i++) {
		uint32_t bit = name_bit(ev->fields[i].name);
		bool twice = seen.twice[bit / 64] >> (bit % 64) & 1;

		if (twice && seen_before(ev, i))
			continue;
		if (any)
			buf_add_byte(out, ',');
		any = true;
		json_add_text(out, ev->fields[i].name);
		buf_add_byte(out, ':');
		if (twice)
			add_values(out, ev, i);
		else
			add_value(out, &ev->fields[i]);
	}
	buf_add_byte(out, '}');
}
