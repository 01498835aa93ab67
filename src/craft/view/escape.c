/* Escaping by place. The rules follow the HTML standard (character references in data and quoted attribute values) and
 * RFC 3986 (percent-encoding); browsers decode UTF-8 by the WHATWG Encoding standard, which we spare them by sending
 * well-formed text only. */
#include "base/utf8.h"
#include "craft/view/internal.h"

#define ESCAPE_WORK_MAX (64u << 20)

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7F && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
}

/* U+202A…202E and U+2066…2069 turn the reading direction of what follows (Unicode Technical Report 36). */
static bool is_bidi_control(str s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;

	return s.len >= 3 && p[0] == 0xE2 &&
	       ((p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE) || (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9));
}

/* One byte or character that is_plain refused; returns how many bytes it took. */
static size_t add_special(struct buf *out, str s)
{
	unsigned char c = (unsigned char)s.ptr[0];
	size_t len = 1;
	char sign[4];

	switch (c) {
	case '&':
		buf_add(out, STR("&amp;"));
		return 1;
	case '<':
		buf_add(out, STR("&lt;"));
		return 1;
	case '>':
		buf_add(out, STR("&gt;"));
		return 1;
	case '"':
		buf_add(out, STR("&quot;"));
		return 1;
	case '\'':
		buf_add(out, STR("&#39;"));
		return 1;
	case '\t':
	case '\n':
	case '\r':
		buf_add_byte(out, (char)c);
		return 1;
	default:
		break;
	}
	if (c < 0x20 || c == 0x7F) {
		/* Control pictures, U+2400 and on. */
		buf_add(out, (str){sign, utf8_encode(c == 0x7F ? 0x2421 : 0x2400u + c, sign)});
		return 1;
	}
	if (is_bidi_control(s)) {
		buf_add_fmt(out, "[U+%04X]", utf8_decode(s, &len));
		return len;
	}
	utf8_decode(s, &len);
	buf_add(out, str_sub(s, 0, len));
	return len;
}

static void add_html(struct buf *out, str s)
{
	size_t at = 0, start = 0;

	while (at < s.len) {
		if (is_plain((unsigned char)s.ptr[at])) {
			at++;
			continue;
		}
		buf_add(out, str_sub(s, start, at - start));
		at += add_special(out, str_from(s, at));
		start = at;
	}
	buf_add(out, str_from(s, start));
}

static void add_percent(struct buf *out, str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
		    c == '.' || c == '_' || c == '~') {
			buf_add_byte(out, (char)c);
		} else {
			buf_add_byte(out, '%');
			buf_add_byte(out, digits[c >> 4]);
			buf_add_byte(out, digits[c & 15]);
		}
	}
}

/* Our own paths, and web and mail addresses. A browser drops tabs and newlines from an address and takes "//host" and
 * "/\host" for another site, so those are refused with everything that is not plainly one of these. */
static bool url_is_safe(str url)
{
	static const str schemes[] = {STR_INIT("https://"), STR_INIT("http://"), STR_INIT("mailto:")};
	ptrdiff_t colon = str_find_byte(url, ':'), slash = str_find_byte(url, '/');

	for (size_t i = 0; i < url.len; i++)
		if ((unsigned char)url.ptr[i] <= 0x20 || url.ptr[i] == '\\')
			return false;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (str_starts_nocase(url, schemes[i]))
			return true;
	if (str_starts(url, STR("//")))
		return false;
	if (url.len && (url.ptr[0] == '/' || url.ptr[0] == '?' || url.ptr[0] == '#'))
		return true;
	return colon < 0 || (slash >= 0 && slash < colon);
}

static void escape_clean(struct buf *out, str value, enum view_escape place)
{
	switch (place) {
	case ESCAPE_URL:
		add_html(out, url_is_safe(value) ? value : STR("#"));
		break;
	case ESCAPE_URL_PART:
		add_percent(out, value);
		break;
	default:
		add_html(out, value);
		break;
	}
}

void view_escape(struct buf *out, str value, enum view_escape place)
{
	struct buf clean = {0};

	if (utf8_is_valid(value)) {
		escape_clean(out, value, place);
		return;
	}
	buf_init(&clean, ESCAPE_WORK_MAX);
	utf8_add_clean(&clean, value);
	escape_clean(out, buf_str(&clean), place);
	out->failed |= clean.failed;
	buf_done(&clean);
}

void view_add_text(struct buf *out, str text)
{
	view_escape(out, text, ESCAPE_ATTRIBUTE);
}

void view_add_url(struct buf *out, str url)
{
	view_escape(out, url, ESCAPE_URL);
}
