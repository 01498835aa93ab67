/* Documents that hold many events in one array: {"Records":[{…},{…}], …}. */
#include "codec/ndjson/internal.h"

/* CloudTrail; Azure diagnostic settings by Event Hub or blob; Google Cloud's entries.list; Microsoft Graph pages. */
static const str names[] = {STR_INIT("Records"), STR_INIT("records"), STR_INIT("entries"), STR_INIT("value")};

static size_t blanks(str s, size_t from)
{
	while (from < s.len &&
	       (s.ptr[from] == ' ' || s.ptr[from] == '\n' || s.ptr[from] == '\r' || s.ptr[from] == '\t'))
		from++;
	return from;
}

static bool at_byte(str s, size_t at, char c)
{
	return at < s.len && s.ptr[at] == c;
}

/* A string without escapes at `from`; *ret_end is behind its closing quote. */
static bool plain_string(str s, size_t from, str *ret, size_t *ret_end)
{
	ptrdiff_t close;

	if (!at_byte(s, from, '"'))
		return false;
	close = str_find_byte(str_from(s, from + 1), '"');
	if (close < 0)
		return false;
	*ret = str_sub(s, from + 1, (size_t)close);
	*ret_end = from + 1 + (size_t)close + 1;
	return str_find_byte(*ret, '\\') < 0;
}

/* "@odata.context": "…", stands before the array of Microsoft Graph. */
static size_t skip_odata(str s, size_t at, bool *ret_seen)
{
	str key, value;
	size_t end;

	while (plain_string(s, at, &key, &end) && str_starts(key, STR("@odata."))) {
		end = blanks(s, end);
		if (!at_byte(s, end, ':') || !plain_string(s, blanks(s, end + 1), &value, &end))
			return at;
		end = blanks(s, end);
		if (!at_byte(s, end, ','))
			return at;
		at = blanks(s, end + 1);
		*ret_seen = true;
	}
	return at;
}

size_t json_wrapper_length(str in)
{
	size_t at, end;
	bool odata = false, known = false;
	str key;

	in = str_sub(in, 0, JSON_WRAPPER_MAX);
	at = blanks(in, 1);
	/* Nearly every event begins with another letter. */
	if (at + 1 >= in.len || in.ptr[at] != '"' || !memchr("Rrev@", in.ptr[at + 1], 5))
		return 0;
	at = skip_odata(in, at, &odata);
	if (!plain_string(in, at, &key, &end))
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		known = known || str_eq(key, names[i]);
	if (!known || (str_eq(key, STR("value")) && !odata))
		return 0;
	at = blanks(in, end);
	if (!at_byte(in, at, ':'))
		return 0;
	at = blanks(in, at + 1);
	if (!at_byte(in, at, '['))
		return 0;
	end = blanks(in, at + 1);
	return at_byte(in, end, '{') || at_byte(in, end, ']') ? at + 1 : 0;
}

bool json_wrapper_tail(struct json_tail *t, char c)
{
	bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';

	if (t->string) {
		t->string = t->escape || c != '"';
		t->escape = !t->escape && c == '\\';
		return true;
	}
	/* An object that no name stands before is the next document: this one was cut off. */
	if (c == '{' && t->depth == 1 && !t->colon) {
		t->depth = 0;
		return false;
	}
	if (!blank)
		t->colon = c == ':';
	t->string = c == '"';
	if (c == '{' || c == '[')
		t->depth++;
	else if (c == '}' || c == ']')
		t->depth--;
	return true;
}
