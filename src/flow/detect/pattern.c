#include "flow/detect/pattern.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

void pattern_init(struct pattern *p)
{
	buf_init(&p->bytes, PATTERN_BYTES_MAX);
	buf_init(&p->units, PATTERN_BYTES_MAX);
}

void pattern_done(struct pattern *p)
{
	buf_done(&p->bytes);
	buf_done(&p->units);
}

void pattern_add(struct pattern *p, char byte, enum unit unit)
{
	buf_add_byte(&p->bytes, byte);
	buf_add_byte(&p->units, (char)unit);
}

void pattern_add_text(struct pattern *p, str text)
{
	for (size_t i = 0; i < text.len; i++)
		pattern_add(p, text.ptr[i], UNIT_BYTE);
}

static bool is_escapable(char c, bool percent)
{
	return c == '*' || c == '?' || c == '\\' || (percent && c == '%');
}

void pattern_parse(struct pattern *p, str written, bool percent_escapes)
{
	for (size_t i = 0; i < written.len; i++) {
		char c = written.ptr[i];

		if (c == '\\' && i + 1 < written.len && is_escapable(written.ptr[i + 1], percent_escapes))
			pattern_add(p, written.ptr[++i], UNIT_BYTE);
		else if (c == '*')
			pattern_add(p, c, UNIT_MANY);
		else if (c == '?')
			pattern_add(p, c, UNIT_ONE);
		else
			pattern_add(p, c, UNIT_BYTE);
	}
}

bool pattern_is_plain(const struct pattern *p)
{
	for (size_t i = 0; i < p->units.len; i++)
		if (p->units.ptr[i] != UNIT_BYTE)
			return false;
	return true;
}

bool pattern_fits(const struct pattern *p)
{
	return !p->bytes.failed && !p->units.failed;
}

/* Exchanges the content for what was built in `next`. */
static void pattern_replace(struct pattern *p, struct pattern *next)
{
	pattern_done(p);
	*p = *next;
}

void pattern_star_front(struct pattern *p)
{
	struct pattern next;

	if (p->units.len && p->units.ptr[0] == UNIT_MANY)
		return;
	pattern_init(&next);
	pattern_add(&next, '*', UNIT_MANY);
	buf_add(&next.bytes, buf_str(&p->bytes));
	buf_add(&next.units, buf_str(&p->units));
	pattern_replace(p, &next);
}

void pattern_star_back(struct pattern *p)
{
	if (p->units.len == 0 || p->units.ptr[p->units.len - 1] != UNIT_MANY)
		pattern_add(p, '*', UNIT_MANY);
}

/* Length of the dash at the front of s, 0 when there is none: - / and U+2013, U+2014, U+2015. */
static size_t dash_len(str s)
{
	if (s.len == 0)
		return 0;
	if (s.ptr[0] == '-' || s.ptr[0] == '/')
		return 1;
	if (s.len >= 3 && s.ptr[0] == '\xE2' && s.ptr[1] == '\x80' && s.ptr[2] >= '\x93' && s.ptr[2] <= '\x95')
		return 3;
	return 0;
}

void pattern_windash(struct pattern *p)
{
	struct pattern next;
	size_t at = 0;

	pattern_init(&next);
	while (at < p->bytes.len) {
		size_t dash = p->units.ptr[at] == UNIT_BYTE ? dash_len(str_from(buf_str(&p->bytes), at)) : 0;

		if (dash)
			pattern_add(&next, '-', UNIT_DASH);
		else
			pattern_add(&next, p->bytes.ptr[at], (enum unit)p->units.ptr[at]);
		at += dash ? dash : 1;
	}
	pattern_replace(p, &next);
}

#ifdef __SSE2__
/* All bits of each byte that is A to Z. */
static inline __m128i capitals_in(__m128i v)
{
	/* Bytes above 0x7f are negative here. */
	return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('A' - 1)), _mm_cmplt_epi8(v, _mm_set1_epi8('Z' + 1)));
}
#endif

bool text_has_capitals(str s)
{
	unsigned any = 0;
	size_t i = 0;

#ifdef __SSE2__
	for (; i + 16 <= s.len; i += 16)
		any |= (unsigned)_mm_movemask_epi8(
			capitals_in(_mm_loadu_si128((const __m128i *)(const void *)(s.ptr + i))));
#endif
	for (; i < s.len; i++)
		any |= (unsigned)((unsigned char)s.ptr[i] - 'A') < 26u;
	return any;
}

void text_fold(str s, char *out)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; i + 16 <= s.len; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.ptr + i));

		v = _mm_or_si128(v, _mm_and_si128(capitals_in(v), _mm_set1_epi8(0x20)));
		_mm_storeu_si128((__m128i *)(void *)(out + i), v);
	}
#endif
	for (; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		out[i] = (char)(c + (((unsigned)c - 'A' < 26u) << 5));
	}
}

/* Characters are UTF-8: a `?` or a dash covers one whole character. */
static size_t char_len(str s, size_t at)
{
	size_t len = 1;

	while (at + len < s.len && ((unsigned char)s.ptr[at + len] & 0xC0) == 0x80)
		len++;
	return len;
}

static size_t count_chars(const char *text, const unsigned char *units, size_t len)
{
	size_t chars = 0;

	for (size_t i = 0; i < len; i++)
		chars += units[i] != UNIT_BYTE || ((unsigned char)text[i] & 0xC0) != 0x80;
	return chars;
}

static bool segment_fill(struct segment *s, const struct pattern *p, size_t from, size_t to, struct arena *a)
{
	const unsigned char *units = (const unsigned char *)p->units.ptr + from;
	bool plain = true;

	for (size_t i = 0; i < to - from; i++)
		plain = plain && units[i] == UNIT_BYTE;
	s->text = arena_str(a, (str){p->bytes.ptr + from, to - from});
	s->chars = count_chars(p->bytes.ptr + from, units, to - from);
	if (!plain)
		s->units = (const unsigned char *)arena_str(a, (str){(const char *)units, to - from}).ptr;
	return s->text.ptr && (plain || s->units);
}

static enum glob_kind glob_kind_of(const struct glob *g)
{
	if (g->count == 0)
		return g->star_front ? GLOB_ANY : GLOB_EXACT;
	if (g->count > 1 || g->segments[0].units)
		return GLOB_MIXED;
	if (g->star_front)
		return g->star_back ? GLOB_CONTAINS : GLOB_SUFFIX;
	return g->star_back ? GLOB_PREFIX : GLOB_EXACT;
}

struct glob *glob_create(const struct pattern *p, bool fold, struct arena *a)
{
	size_t len = p->units.len, from = 0;
	struct glob *g = arena_alloc(a, sizeof(*g));
	uint32_t most = 1;

	for (size_t i = 0; i < len; i++)
		most += p->units.ptr[i] == UNIT_MANY;
	if (!g || !(g->segments = arena_alloc(a, most * sizeof(*g->segments))))
		return NULL;
	g->star_front = len && p->units.ptr[0] == UNIT_MANY;
	g->star_back = len && p->units.ptr[len - 1] == UNIT_MANY;
	for (size_t i = 0; i <= len; i++) {
		struct segment *s = &g->segments[g->count];

		if (i < len && p->units.ptr[i] != UNIT_MANY)
			continue;
		if (i > from) {
			if (!segment_fill(s, p, from, i, a))
				return NULL;
			if (fold) /* the arena's copy is ours to change until it is handed out */
				text_fold(s->text, (char *)(uintptr_t)s->text.ptr);
			g->count++;
		}
		from = i + 1;
	}
	g->kind = glob_kind_of(g);
	return g;
}

/* Does s cover the text at `at`? Tells where it ends. */
static bool segment_at(const struct segment *s, str text, size_t at, size_t *ret_end)
{
	if (!s->units) {
		*ret_end = at + s->text.len;
		return text.len - at >= s->text.len && memcmp(text.ptr + at, s->text.ptr, s->text.len) == 0;
	}
	for (size_t i = 0; i < s->text.len; i++) {
		size_t step = 1;

		if (at >= text.len)
			return false;
		if (s->units[i] == UNIT_ONE)
			step = char_len(text, at);
		else if (s->units[i] == UNIT_DASH)
			step = dash_len(str_from(text, at));
		else if (text.ptr[at] != s->text.ptr[i])
			return false;
		if (step == 0)
			return false;
		at += step;
	}
	*ret_end = at;
	return true;
}

/* Start of the last `chars` characters of text from `least` on; false when there are fewer. */
static bool tail_start(str text, size_t least, size_t chars, size_t *ret)
{
	size_t at = text.len;

	while (chars--) {
		if (at <= least)
			return false;
		do
			at--;
		while (at > least && ((unsigned char)text.ptr[at] & 0xC0) == 0x80);
	}
	*ret = at;
	return true;
}

static bool segment_find(const struct segment *s, str text, size_t from, size_t *ret_end)
{
	if (!s->units) {
		ptrdiff_t at = str_find(str_from(text, from), s->text);

		*ret_end = from + (size_t)at + s->text.len;
		return at >= 0;
	}
	for (size_t at = from; at < text.len; at++) {
		/* A character is never entered in its middle. */
		if (((unsigned char)text.ptr[at] & 0xC0) != 0x80 && segment_at(s, text, at, ret_end))
			return true;
	}
	return false;
}

/* Leftmost match of each segment in turn is enough: a segment covers a fixed number of characters, so a match that
 * starts earlier also ends earlier and leaves more room for the rest. */
static bool match_mixed(const struct glob *g, str text)
{
	uint32_t i = 0, last = g->count;
	size_t at = 0, start;

	if (!g->star_front) {
		if (!segment_at(&g->segments[0], text, 0, &at))
			return false;
		i = 1;
	}
	if (i == g->count)
		return g->star_back || at == text.len;
	if (!g->star_back)
		last--;
	for (; i < last; i++)
		if (!segment_find(&g->segments[i], text, at, &at))
			return false;
	if (g->star_back)
		return true;
	return tail_start(text, at, g->segments[last].chars, &start) &&
	       segment_at(&g->segments[last], text, start, &at) && at == text.len;
}

bool glob_match(const struct glob *g, str text)
{
	switch (g->kind) {
	case GLOB_EXACT:
		return str_eq(text, g->count ? g->segments[0].text : STR_NONE);
	case GLOB_PREFIX:
		return str_starts(text, g->segments[0].text);
	case GLOB_SUFFIX:
		return str_ends(text, g->segments[0].text);
	case GLOB_CONTAINS:
		return str_find(text, g->segments[0].text) >= 0;
	case GLOB_ANY:
		return true;
	case GLOB_MIXED:
		return match_mixed(g, text);
	}
	return false;
}

str glob_literal(const struct glob *g)
{
	str best = STR_NONE;

	for (uint32_t i = 0; i < g->count; i++) {
		const struct segment *s = &g->segments[i];
		size_t from = 0;

		for (size_t at = 0; at <= s->text.len; at++) {
			if (at < s->text.len && (!s->units || s->units[at] == UNIT_BYTE))
				continue;
			if (at - from > best.len)
				best = str_sub(s->text, from, at - from);
			from = at + 1;
		}
	}
	return best;
}
