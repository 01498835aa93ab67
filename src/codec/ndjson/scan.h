/* The inner loop: SCAN_WIDTH bytes of a string at once. The file that includes this says how many: 32 (AVX2), 16
 * (SSE2), or 1 (any machine, and the oracle of the others). */
#ifndef CODEC_NDJSON_SCAN_H
#define CODEC_NDJSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool scan_is_stop(char c)
{
	return c == '"' || c == '\\' || c == '\n';
}

/* Bit i: byte i of the SCAN_WIDTH bytes at p is a quote, a backslash or a line feed. *high becomes non-zero when one of
 * the bytes is above 0x7f. copy: NULL, or where the bytes are copied to. */
#if SCAN_WIDTH == 32
static inline uint32_t scan_block(const char *p, char *copy, uint32_t *high)
{
	__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i hit = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));

	if (copy)
		_mm256_storeu_si256((__m256i *)(void *)copy, v);
	hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')));
	hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n')));
	*high |= (uint32_t)_mm256_movemask_epi8(v);
	return (uint32_t)_mm256_movemask_epi8(hit);
}
#elif SCAN_WIDTH == 16
static inline uint32_t scan_block(const char *p, char *copy, uint32_t *high)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i hit = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));

	if (copy)
		_mm_storeu_si128((__m128i *)(void *)copy, v);
	hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
	hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
	*high |= (uint32_t)_mm_movemask_epi8(v);
	return (uint32_t)_mm_movemask_epi8(hit);
}
#else
static inline uint32_t scan_block(const char *p, char *copy, uint32_t *high)
{
	if (copy)
		*copy = *p;
	*high |= (unsigned char)*p & 0x80u;
	return scan_is_stop(*p);
}
#endif

/* First stop byte in [p, end), or end. */
static inline const char *scan_string(const char *p, const char *end, uint32_t *high)
{
	while (end - p >= SCAN_WIDTH) {
		uint32_t mask = scan_block(p, NULL, high);

		if (mask)
			return p + __builtin_ctz(mask);
		p += SCAN_WIDTH;
	}
	for (; p < end && !scan_is_stop(*p); p++)
		*high |= (unsigned char)*p & 0x80u;
	return p;
}

#endif
