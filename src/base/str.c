#include "base/str.h"

#include <strings.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline unsigned char lower(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? (unsigned char)(u | 0x20) : u;
}

static bool same_nocase(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

bool str_eq_nocase(str a, str b)
{
	return a.len == b.len && same_nocase(a.ptr, b.ptr, a.len);
}

int str_cmp(str a, str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int diff = len ? memcmp(a.ptr, b.ptr, len) : 0;

	if (diff)
		return diff;
	return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(str s, str prefix)
{
	return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool str_ends(str s, str suffix)
{
	return s.len >= suffix.len && str_eq(str_from(s, s.len - suffix.len), suffix);
}

bool str_starts_nocase(str s, str prefix)
{
	return s.len >= prefix.len && same_nocase(s.ptr, prefix.ptr, prefix.len);
}

bool str_ends_nocase(str s, str suffix)
{
	return s.len >= suffix.len && same_nocase(s.ptr + (s.len - suffix.len), suffix.ptr, suffix.len);
}

/* Sixteen places at once: where the first and the last byte of the needle fit, the rest is compared. Only for short
 * needles: a text made for it costs at most as many bytes of comparing per place as the needle has. */
#define FIND_WIDTH 16u
#define FIND_NEEDLE_MAX 64u

#ifdef __SSE2__
static const char *find_in_blocks(str s, str needle)
{
	size_t last = needle.len - 1, end = s.len - last; /* places */
	__m128i first_byte = _mm_set1_epi8(needle.ptr[0]), last_byte = _mm_set1_epi8(needle.ptr[last]);

	for (size_t at = 0; at < end; at += FIND_WIDTH) {
		const char *p = s.ptr + (at + FIND_WIDTH <= end ? at : end - FIND_WIDTH);
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + last));
		unsigned mask = (unsigned)_mm_movemask_epi8(
			_mm_and_si128(_mm_cmpeq_epi8(a, first_byte), _mm_cmpeq_epi8(b, last_byte)));

		for (; mask; mask &= mask - 1) {
			const char *hit = p + __builtin_ctz(mask);

			if (memcmp(hit, needle.ptr, needle.len) == 0)
				return hit;
		}
	}
	return NULL;
}
#endif

ptrdiff_t str_find(str s, str needle)
{
	const char *hit;

	if (needle.len == 0)
		return 0;
	if (needle.len > s.len)
		return -1;
#ifdef __SSE2__
	if (needle.len <= FIND_NEEDLE_MAX && s.len - needle.len + 1 >= FIND_WIDTH)
		hit = find_in_blocks(s, needle);
	else
#endif
		hit = memmem(s.ptr, s.len, needle.ptr, needle.len);
	return hit ? hit - s.ptr : -1;
}

ptrdiff_t str_find_nocase(str s, str needle)
{
	for (size_t i = 0; needle.len <= s.len && i <= s.len - needle.len; i++)
		if (same_nocase(s.ptr + i, needle.ptr, needle.len))
			return (ptrdiff_t)i;
	return -1;
}

ptrdiff_t str_find_byte(str s, char c)
{
	const char *hit = s.len ? memchr(s.ptr, c, s.len) : NULL;

	return hit ? hit - s.ptr : -1;
}

ptrdiff_t str_find_last_byte(str s, char c)
{
	const char *hit = s.len ? memrchr(s.ptr, c, s.len) : NULL;

	return hit ? hit - s.ptr : -1;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

str str_trim(str s)
{
	while (s.len && is_space(s.ptr[0]))
		s = str_from(s, 1);
	while (s.len && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

bool str_next(str *rest, char sep, str *ret_part)
{
	ptrdiff_t at;

	if (!rest->ptr)
		return false;
	at = str_find_byte(*rest, sep);
	if (at < 0) {
		*ret_part = *rest;
		*rest = STR_NONE;
		return true;
	}
	*ret_part = str_sub(*rest, 0, (size_t)at);
	*rest = str_from(*rest, (size_t)at + 1);
	return true;
}

bool str_to_u64(str s, uint64_t *ret)
{
	uint64_t value = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(unsigned char)s.ptr[i] - '0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret = value;
	return true;
}

bool str_to_i64(str s, int64_t *ret)
{
	bool negative = s.len && s.ptr[0] == '-';
	uint64_t size;

	if (!str_to_u64(negative ? str_from(s, 1) : s, &size))
		return false;
	if (size > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return false;
	*ret = negative ? (int64_t)(0 - size) : (int64_t)size;
	return true;
}
