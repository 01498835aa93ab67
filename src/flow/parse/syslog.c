/* A line of text → leaves. RFC 5424 (structured data included), RFC 3164, or bare text: a line is never refused. */
#include <stdio.h>

#include "codec/line/line.h"
#include "codec/ndjson/ndjson.h"
#include "flow/parse/internal.h"

#define PRI_MAX 191u /* RFC 5424, 6.2.1: facility 23 × 8 + severity 7 */
#define TAG_MAX 48u  /* RFC 3164 says 32; real programs write longer ones */

static bool add(struct leaves *l, const char *name, str text, enum leaf_type type)
{
	str key = str_of(name);
	uint32_t path = path_child(l->paths, PATH_ROOT, key);

	text = leaves_clean(l, text);
	if (text.len && !text.ptr)
		return false;
	leaves_add(l, path, key, text, type);
	return true;
}

static bool add_number(struct leaves *l, const char *name, unsigned number)
{
	char digits[12];
	str text = leaves_copy(l, (str){digits, (size_t)snprintf(digits, sizeof(digits), "%u", number)});

	return text.ptr && add(l, name, text, LEAF_NUMBER);
}

/* The part up to the next space, taken off *rest; "-" is RFC 5424's "no value". */
static str take_word(str *rest)
{
	str word;

	if (!str_next(rest, ' ', &word))
		return STR_NONE;
	return str_eq(word, STR("-")) ? STR_NONE : word;
}

static bool add_word(struct leaves *l, const char *name, str word)
{
	return word.len == 0 || add(l, name, word, LEAF_TEXT);
}

/* "<13>" at the front. */
static bool take_pri(str *rest, unsigned *ret)
{
	ptrdiff_t close = str_find_byte(str_sub(*rest, 0, 5), '>');
	uint64_t pri;

	if (rest->len < 3 || rest->ptr[0] != '<' || close < 2 ||
	    !str_to_u64(str_sub(*rest, 1, (size_t)close - 1), &pri))
		return false;
	if (pri > PRI_MAX)
		return false;
	*ret = (unsigned)pri;
	*rest = str_from(*rest, (size_t)close + 1);
	return true;
}

/* name="value" with \" \\ \] escapes; ends behind the closing quote. False: not well formed. */
static bool take_param(struct leaves *l, str *rest, str id)
{
	ptrdiff_t equals = str_find(*rest, STR("=\""));
	str name, value;
	size_t i;

	if (equals <= 0)
		return false;
	name = str_sub(*rest, 0, (size_t)equals);
	*rest = str_from(*rest, (size_t)equals + 2);
	for (i = 0; i < rest->len && rest->ptr[i] != '"'; i++)
		i += rest->ptr[i] == '\\';
	if (i >= rest->len || !leaves_room(l, i + 1, 0))
		return false;
	value = (str){l->at, 0};
	for (size_t k = 0; k < i; k++) {
		bool escape = rest->ptr[k] == '\\' && k + 1 < i && memchr("\"\\]", rest->ptr[k + 1], 3);

		k += escape;
		*l->at++ = rest->ptr[k];
	}
	value.len = (size_t)(l->at - value.ptr);
	*rest = str_from(*rest, i + 1);
	name = leaves_join(l, leaves_join(l, STR("sd"), id), name);
	name = leaves_clean(l, name);
	value = leaves_clean(l, value);
	if (!name.ptr || (value.len && !value.ptr))
		return false;
	leaves_add(l, PATH_NONE, name, value, LEAF_TEXT);
	return true;
}

/* [id a="b" c="d"][id2] */
static bool take_structured(struct leaves *l, str *rest)
{
	while (rest->len && rest->ptr[0] == '[') {
		size_t i = 1;
		str id;

		while (i < rest->len && rest->ptr[i] != ' ' && rest->ptr[i] != ']')
			i++;
		id = str_sub(*rest, 1, i - 1);
		*rest = str_from(*rest, i);
		while (rest->len && rest->ptr[0] == ' ') {
			*rest = str_from(*rest, 1);
			if (!take_param(l, rest, id))
				return false;
		}
		if (rest->len == 0 || rest->ptr[0] != ']')
			return false;
		*rest = str_from(*rest, 1);
	}
	return true;
}

/* What reads the part behind the head, and who wrote it. */
struct teller {
	const struct text_parsers *parsers;
	str app;
	bool headless; /* there was no head */
};

/* The text parsers, else the formats of codec/line. */
static bool add_text(struct leaves *l, const struct teller *t, str message)
{
	enum text_answer said = t->app.len ? text_parsers_message(t->parsers, t->app, message, l) : TEXT_NOT_OURS;

	if (t->headless)
		said = text_parsers_line(t->parsers, message, l);
	if (said == TEXT_FITS || said == TEXT_NO_ROOM)
		return said == TEXT_FITS;
	return line_leaves(message, l) != LINE_FULL;
}

/* The message; a JSON object in it (rsyslog's "@cee:" too), or a text that somebody knows, gives its fields beside. */
static bool add_message(struct leaves *l, const struct teller *t, str message)
{
	str json;
	size_t len;

	if (str_starts(message, STR("\xEF\xBB\xBF")))
		message = str_from(message, 3);
	json = str_starts(message, STR("@cee:")) ? str_trim(str_from(message, 5)) : message;
	if (json.len && json.ptr[0] == '{') {
		uint32_t count = l->count;

		if (json_flatten(json, l, &len, NULL) != 0)
			l->count = count;
	} else if (!add_text(l, t, message)) {
		return false;
	}
	return add(l, "message", message, LEAF_TEXT);
}

/* Behind "1 ": TIMESTAMP HOSTNAME APP-NAME PROCID MSGID SD [MSG]. */
static bool rfc5424(struct leaves *l, struct teller *t, str rest)
{
	static const char *const names[] = {"timestamp", "host", "app", "procid", "msgid"};
	str before;

	t->headless = false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		str word = take_word(&rest);

		if (!add_word(l, names[i], word))
			return false;
		if (i == 2)
			t->app = word;
	}
	before = rest;
	if (str_starts(rest, STR("-")))
		rest = str_from(rest, 1);
	else if (!take_structured(l, &rest))
		rest = before;
	if (rest.len && rest.ptr[0] == ' ')
		rest = str_from(rest, 1);
	return add_message(l, t, rest);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of "Nov  1 07:08:20", or with a year, as Cisco writes it, "Nov 01 2026 07:08:20"; 0 for anything else. */
static size_t old_time_length(str s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	ptrdiff_t month = s.len >= 16 ? str_find(str_of(months), str_sub(s, 0, 3)) : -1;
	const char *p = s.ptr;
	size_t year = s.len >= 21 && p[11] == ' ' && is_digit(p[7]) && is_digit(p[10]) ? 5 : 0;
	const char *clock = p + 7 + year;

	if (month < 0 || month % 3 || p[3] != ' ' || !is_digit(p[5]) || p[6] != ' ')
		return 0;
	if (clock[2] != ':' || clock[5] != ':' || (clock[8] != ' ' && clock[8] != ':'))
		return 0;
	return 15 + year;
}

/* "Nov  1 07:08:20 ", or the RFC 3339 time that rsyslog writes in its place; the part is taken off. */
static str take_old_time(str *rest)
{
	time_us t;
	str word;

	size_t len = old_time_length(*rest);

	if (len) {
		word = str_sub(*rest, 0, len);
		/* ASA without a host puts a colon here. */
		*rest = str_from(*rest, len + (rest->ptr[len] == ' '));
		return word;
	}
	word = str_sub(*rest, 0, 40);
	word = str_sub(word, 0, (size_t)(str_find_byte(word, ' ') < 0 ? 0 : str_find_byte(word, ' ')));
	if (word.len < 19 || !time_parse(word, &t))
		return STR_NONE;
	*rest = str_from(*rest, word.len + 1);
	return word;
}

/* These formats begin with a word and a colon, as a tag does; some senders leave the host out before them. */
static bool is_headed(str s)
{
	return str_starts(s, STR("CEF:")) || str_starts(s, STR("LEEF:"));
}

/* "sshd[812]: " */
static bool take_tag(struct leaves *l, struct teller *t, str *rest)
{
	size_t i = 0, end;
	str tag, pid = STR_NONE;

	if (is_headed(*rest))
		return true;

	while (i < rest->len && i < TAG_MAX && rest->ptr[i] != ':' && rest->ptr[i] != '[' && rest->ptr[i] != ' ')
		i++;
	tag = str_sub(*rest, 0, i);
	end = i;
	if (end < rest->len && rest->ptr[end] == '[') {
		ptrdiff_t close = str_find_byte(str_sub(*rest, end, TAG_MAX), ']');

		if (close < 0)
			return true;
		pid = str_sub(*rest, end + 1, (size_t)close - 1);
		end += (size_t)close + 1;
	}
	if (tag.len == 0 || end >= rest->len || rest->ptr[end] != ':')
		return true;
	*rest = str_from(*rest, end + 1);
	if (rest->len && rest->ptr[0] == ' ')
		*rest = str_from(*rest, 1);
	t->app = tag;
	return add(l, "app", tag, LEAF_TEXT) && add_word(l, "procid", pid);
}

/* Some devices leave everything before the tag out; a tag that a text parser claims is still one. */
static bool is_claimed(struct teller *t, str rest)
{
	size_t len = 0;

	while (len < rest.len && len < TAG_MAX && !strchr(":[ ", rest.ptr[len]))
		len++;
	if (!t->parsers || len == rest.len || rest.ptr[len] == ' ' ||
	    !text_parsers_program(t->parsers, str_sub(rest, 0, len)))
		return false;
	t->headless = false;
	return true;
}

/* Time HOST TAG: MSG; without a time the whole rest is the message, as RFC 3164, 4.3.3 wants. */
static bool rfc3164(struct leaves *l, struct teller *t, str rest)
{
	str when = take_old_time(&rest);

	if (when.len == 0)
		return (!is_claimed(t, rest) || take_tag(l, t, &rest)) && add_message(l, t, rest);
	t->headless = false;
	if (!add(l, "timestamp", when, LEAF_TEXT))
		return false;
	if (!is_headed(rest) && !str_starts(rest, STR(": ")) && !add_word(l, "host", take_word(&rest)))
		return false;
	if (str_starts(rest, STR(": ")))
		rest = str_from(rest, 2);
	return take_tag(l, t, &rest) && add_message(l, t, rest);
}

bool syslog_leaves(str line, const struct text_parsers *parsers, struct leaves *l)
{
	struct teller t = {.parsers = parsers, .headless = true};
	str rest = line;
	unsigned pri;

	while (rest.len &&
	       (rest.ptr[rest.len - 1] == '\n' || rest.ptr[rest.len - 1] == '\r' || rest.ptr[rest.len - 1] == '\0'))
		rest.len--;
	if (take_pri(&rest, &pri) && (!add_number(l, "facility", pri / 8) || !add_number(l, "severity", pri % 8)))
		return false;
	if (rest.len > 2 && rest.ptr[0] == '1' && rest.ptr[1] == ' ' && rest.ptr != line.ptr)
		return rfc5424(l, &t, str_from(rest, 2));
	return rfc3164(l, &t, rest);
}
