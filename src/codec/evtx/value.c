/* Substitution values → text. */
#include <stdio.h>

#include "base/utf8.h"
#include "codec/evtx/internal.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Room for every kind of fixed size; a SID of 15 authorities is the longest: "S-1-" + 15 + 15 × 11. */
#define FIXED_TEXT_MAX 192
#define SID_AUTHORITIES_MAX 15u

size_t evtx_utf8(const unsigned char *units, size_t count, char *out)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; count - i >= 8; i += 8) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(units + 2 * i));
		__m128i above = _mm_and_si128(v, _mm_set1_epi16((short)0xff80));

		if (_mm_movemask_epi8(_mm_cmpeq_epi16(above, _mm_setzero_si128())) != 0xffff)
			break;
		_mm_storel_epi64((__m128i *)(void *)(out + i), _mm_packus_epi16(v, v));
	}
#endif
	return i + utf8_from_utf16le(units + 2 * i, count - i, out + i);
}

static size_t put_u64(char *out, uint64_t value)
{
	char digits[20];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + value % 10);
	while (value /= 10);
	for (size_t i = 0; i < n; i++)
		out[i] = digits[n - 1 - i];
	return n;
}

static size_t put_i64(char *out, int64_t value)
{
	if (value >= 0)
		return put_u64(out, (uint64_t)value);
	*out = '-';
	return 1 + put_u64(out + 1, 0 - (uint64_t)value);
}

static size_t put_hex(char *out, uint64_t value, size_t least_digits, const char *digits)
{
	char text[16];
	size_t n = 0;

	do
		text[n++] = digits[value & 15];
	while ((value >>= 4) || n < least_digits);
	for (size_t i = 0; i < n; i++)
		out[i] = text[n - 1 - i];
	return n;
}

static const char LOWER[] = "0123456789abcdef";
static const char UPPER[] = "0123456789ABCDEF";

static size_t put_0x(char *out, uint64_t value)
{
	out[0] = '0';
	out[1] = 'x';
	return 2 + put_hex(out + 2, value, 1, LOWER);
}

static size_t put_guid(char *out, const unsigned char *p)
{
	size_t n = 0;

	out[n++] = '{';
	n += put_hex(out + n, get_u32(p), 8, UPPER);
	out[n++] = '-';
	n += put_hex(out + n, get_u16(p + 4), 4, UPPER);
	out[n++] = '-';
	n += put_hex(out + n, get_u16(p + 6), 4, UPPER);
	out[n++] = '-';
	for (size_t i = 8; i < 16; i++) {
		if (i == 10)
			out[n++] = '-';
		n += put_hex(out + n, p[i], 2, UPPER);
	}
	out[n++] = '}';
	return n;
}

static size_t put_sid(char *out, const unsigned char *p, uint32_t size)
{
	uint32_t subs = p[1];
	uint64_t authority = 0;
	size_t n = 2;

	if (subs > SID_AUTHORITIES_MAX || size < 8 + 4 * subs)
		return 0;
	for (int i = 2; i < 8; i++)
		authority = authority << 8 | p[i];
	out[0] = 'S';
	out[1] = '-';
	n += put_u64(out + n, p[0]);
	out[n++] = '-';
	n += put_u64(out + n, authority);
	for (uint32_t i = 0; i < subs; i++) {
		out[n++] = '-';
		n += put_u64(out + n, get_u32(p + 8 + 4 * i));
	}
	return n;
}

static size_t put_systemtime(char *out, const unsigned char *p)
{
	struct time_parts parts = {.year = get_u16(p),
				   .month = get_u16(p + 2),
				   .day = get_u16(p + 6),
				   .hour = get_u16(p + 8),
				   .minute = get_u16(p + 10),
				   .second = get_u16(p + 12),
				   .micros = get_u16(p + 14) * 1000};

	return (size_t)snprintf(out, FIXED_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.year, parts.month,
				parts.day, parts.hour, parts.minute, parts.second, parts.micros / 1000);
}

static size_t put_real(char *out, double value, int digits)
{
	return (size_t)snprintf(out, FIXED_TEXT_MAX, "%.*g", digits, value);
}

static size_t put_float(char *out, const unsigned char *p, uint8_t kind)
{
	uint64_t bits = kind == EVTX_REAL32 ? get_u32(p) : get_u64(p);
	uint32_t low = (uint32_t)bits;
	float single;
	double full;

	memcpy(&single, &low, sizeof(single));
	memcpy(&full, &bits, sizeof(full));
	return kind == EVTX_REAL32 ? put_real(out, (double)single, 9) : put_real(out, full, 17);
}

uint32_t evtx_element_size(uint8_t kind)
{
	static const uint8_t sizes[] = {
		[EVTX_INT8] = 1,   [EVTX_UINT8] = 1, [EVTX_INT16] = 2,  [EVTX_UINT16] = 2,   [EVTX_INT32] = 4,
		[EVTX_UINT32] = 4, [EVTX_INT64] = 8, [EVTX_UINT64] = 8, [EVTX_REAL32] = 4,   [EVTX_REAL64] = 8,
		[EVTX_BOOL] = 4,   [EVTX_GUID] = 16, [EVTX_SIZE] = 4,   [EVTX_FILETIME] = 8, [EVTX_SYSTEMTIME] = 16,
		[EVTX_SID] = 0,    [EVTX_HEX32] = 4, [EVTX_HEX64] = 8,
	};

	return kind < sizeof(sizes) ? sizes[kind] : 0;
}

/* Numbers and the other kinds of fixed size. 0: not that kind, or too few bytes for it. */
static size_t put_fixed(char *out, const unsigned char *p, const struct value *v, enum leaf_type *ret_type)
{
	uint8_t kind = v->kind;

	if (kind == EVTX_BOOL && v->size) {
		bool yes = false;

		for (uint32_t i = 0; i < v->size && i < 4; i++)
			yes = yes || p[i];
		*ret_type = LEAF_BOOL;
		memcpy(out, yes ? "true" : "false", 5);
		return yes ? 4 : 5;
	}
	if (kind == EVTX_SID)
		return v->size >= 8 ? put_sid(out, p, v->size) : 0;
	if (kind == EVTX_SIZE)
		return v->size >= 8 ? put_0x(out, get_u64(p)) : v->size >= 4 ? put_0x(out, get_u32(p)) : 0;
	if (evtx_element_size(kind) == 0 || v->size < evtx_element_size(kind))
		return 0;
	if (kind <= EVTX_REAL64)
		*ret_type = LEAF_NUMBER;
	switch (kind) {
	case EVTX_INT8:
		return put_i64(out, (int8_t)p[0]);
	case EVTX_UINT8:
		return put_u64(out, p[0]);
	case EVTX_INT16:
		return put_i64(out, (int16_t)get_u16(p));
	case EVTX_UINT16:
		return put_u64(out, get_u16(p));
	case EVTX_INT32:
		return put_i64(out, (int32_t)get_u32(p));
	case EVTX_UINT32:
		return put_u64(out, get_u32(p));
	case EVTX_INT64:
		return put_i64(out, (int64_t)get_u64(p));
	case EVTX_UINT64:
		return put_u64(out, get_u64(p));
	case EVTX_GUID:
		return put_guid(out, p);
	case EVTX_FILETIME:
		return time_format(time_from_filetime(get_u64(p)), out);
	case EVTX_SYSTEMTIME:
		return put_systemtime(out, p);
	case EVTX_HEX32:
		return put_0x(out, get_u32(p));
	case EVTX_HEX64:
		return put_0x(out, get_u64(p));
	default:
		return put_float(out, p, kind);
	}
}

/* Binary, and whatever has a kind that nobody has described. */
static void put_bytes(struct leaves *l, const unsigned char *p, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++) {
		*l->at++ = UPPER[p[i] >> 4];
		*l->at++ = UPPER[p[i] & 15];
	}
}

/* The code page of ANSI text is not recorded; Windows-1252's common part with Latin-1 is the best guess. */
static void put_ansi(struct leaves *l, const unsigned char *p, uint32_t size)
{
	bool utf8 = utf8_is_valid((str){(const char *)p, size});

	for (uint32_t i = 0; i < size; i++)
		if (utf8)
			*l->at++ = (char)p[i];
		else
			l->at += utf8_encode(p[i], l->at);
}

bool evtx_value_text(struct evtx *x, const struct value *v, str *ret, enum leaf_type *ret_type)
{
	const unsigned char *p = evtx_bytes(x, v->at);
	struct leaves *l = x->out;
	uint32_t size = v->size;
	size_t fixed = 0;
	char *start;

	*ret_type = LEAF_TEXT;
	if (!leaves_room(l, (size_t)size * 2 + FIXED_TEXT_MAX, 0))
		return evtx_memory(x);
	start = l->at;
	if (v->kind == EVTX_STRING) {
		while (size >= 2 && p[size - 2] == 0 && p[size - 1] == 0)
			size -= 2;
		l->at += evtx_utf8(p, size / 2, l->at);
	} else if (v->kind == EVTX_ANSI) {
		while (size && p[size - 1] == 0)
			size--;
		put_ansi(l, p, size);
	} else if (size) {
		fixed = put_fixed(l->at, p, v, ret_type);
		l->at += fixed;
		if (!fixed) {
			*ret_type = LEAF_TEXT;
			put_bytes(l, p, size);
		}
	}
	*ret = (str){start, (size_t)(l->at - start)};
	return true;
}
