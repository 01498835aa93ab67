/* The inner loop: to the next byte of a string that is not plain text. SSE2 is part of x86-64; elsewhere byte by byte.
 */
#ifndef CODEC_NDJSON_SCAN_H
#define CODEC_NDJSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline bool scan_is_stop(char c)
{
	return c == '"' || c == '\\' || c == '\n';
}

#ifdef __SSE2__
/* Bit i: byte i is a quote, a backslash or a line feed. *high gets the bits of bytes above 0x7f. */
static inline unsigned scan_mask(__m128i v, unsigned *high)
{
	__m128i hit = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));

	hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
	hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
	*high |= (unsigned)_mm_movemask_epi8(v);
	return (unsigned)_mm_movemask_epi8(hit);
}
#endif

/* First stop byte in [p, end), or end. *high becomes non-zero when a byte above 0x7f may have been passed. */
static inline const char *scan_string(const char *p, const char *end, unsigned *high)
{
#ifdef __SSE2__
	while (end - p >= 16) {
		unsigned mask = scan_mask(_mm_loadu_si128((const __m128i *)(const void *)p), high);

		if (mask)
			return p + __builtin_ctz(mask);
		p += 16;
	}
#endif
	for (; p < end && !scan_is_stop(*p); p++)
		*high |= (unsigned char)*p & 0x80u;
	return p;
}

/* As scan_string, and copies what it passes to out, at most `room` bytes. Returns the number of bytes copied; the
 * caller sees at p[n] whether a stop byte, the end or the room ended it. */
static inline size_t scan_copy(const char *p, const char *end, char *out, size_t room, unsigned *high)
{
	size_t n = 0, len = (size_t)(end - p);

#ifdef __SSE2__
	while (len - n >= 16 && room - n >= 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + n));
		unsigned mask = scan_mask(v, high);

		_mm_storeu_si128((__m128i *)(void *)(out + n), v);
		if (mask)
			return n + (size_t)__builtin_ctz(mask);
		n += 16;
	}
#endif
	for (; n < len && n < room && !scan_is_stop(p[n]); n++) {
		out[n] = p[n];
		*high |= (unsigned char)p[n] & 0x80u;
	}
	return n;
}

#endif
