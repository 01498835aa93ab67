/* Records of the Linux audit daemon. */
#include <stdio.h>

#include "codec/line/internal.h"

#define HEAD_MAX 512u    /* how far "msg=audit(" may stand in: "node=… type=…" comes before it */
#define SEPARATOR '\x1d' /* auditd puts its translations (SYSCALL=execve) behind one */

struct audit {
	struct leaves *l;
	bool execve;
	str args[AUDIT_ARGS_MAX];
	bool joins[AUDIT_ARGS_MAX]; /* a part of the argument before it */
	uint32_t arg_count;
	uint32_t pairs;
};

/* "1364481363.243:24287" */
static bool parse_id(str text, struct audit_id *ret)
{
	ptrdiff_t dot = str_find_byte(text, '.'), colon = str_find_byte(text, ':');
	uint64_t seconds, millis;

	if (dot <= 0 || colon != dot + 4 || !str_to_u64(str_sub(text, 0, (size_t)dot), &seconds) ||
	    !str_to_u64(str_sub(text, (size_t)dot + 1, 3), &millis) || seconds > UINT64_MAX / 1000 - 1)
		return false;
	ret->millis = seconds * 1000 + millis;
	return str_to_u64(str_from(text, (size_t)colon + 1), &ret->serial);
}

/* Parts of "node=h type=T msg=audit(ID): body"; false for anything else. */
static bool split(str line, str *ret_head, str *ret_id, str *ret_body)
{
	ptrdiff_t at = str_find(str_sub(line, 0, HEAD_MAX), STR("msg=audit(")), close;
	str rest;

	if (at < 6 || !(str_starts(line, STR("type=")) || str_starts(line, STR("node="))))
		return false;
	*ret_head = str_trim(str_sub(line, 0, (size_t)at));
	rest = str_from(line, (size_t)at + 10);
	close = str_find(str_sub(rest, 0, 64), STR("):"));
	if (close < 0)
		return false;
	*ret_id = str_sub(rest, 0, (size_t)close);
	*ret_body = str_trim(str_from(rest, (size_t)close + 2));
	return true;
}

static str type_of(str head)
{
	ptrdiff_t at = str_find(head, STR("type="));

	return at < 0 ? STR_NONE : str_from(head, (size_t)at + 5);
}

bool audit_identify(str line, struct audit_id *ret, bool *ret_alone, bool *ret_last)
{
	static const char *const alone[] = {"USER_", "CRED_", "SERVICE_", "DAEMON_", "SYSTEM_", "CRYPTO_"};
	str head, id, body, type;

	if (!split(line, &head, &id, &body) || !parse_id(id, ret))
		return false;
	type = type_of(head);
	*ret_alone = false;
	for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
		*ret_alone = *ret_alone || str_starts(type, str_of(alone[i]));
	*ret_last = str_eq(type, STR("EOE")) || str_eq(type, STR("PROCTITLE"));
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_argument(str key)
{
	return key.len >= 2 && key.ptr[0] == 'a' && key.ptr[1] >= '0' && key.ptr[1] <= '9' &&
	       !str_ends(key, STR("_len"));
}

/* auditd writes texts that strangers may influence in quotes or, when they hold anything unusual, in hex. */
static bool may_be_hex(const struct audit *a, str key)
{
	static const char *const keys[] = {"name", "exe",  "comm", "cwd", "proctitle", "cmd",
					   "data", "acct", "path", "key", "vm",        "old-chardev"};

	if (a->execve && is_argument(key))
		return true;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (str_eq(key, str_of(keys[i])))
			return true;
	return false;
}

/* The value itself when it is not hex. NUL, which parts the arguments of a proctitle, becomes a blank. */
static str decode(struct leaves *l, str value)
{
	char *start;

	if (value.len == 0 || value.len % 2)
		return value;
	for (size_t i = 0; i < value.len; i++)
		if (hex_digit(value.ptr[i]) < 0)
			return value;
	if (!leaves_room(l, value.len / 2 + 1, 0))
		return STR_NONE;
	start = l->at;
	for (size_t i = 0; i < value.len; i += 2) {
		char c = (char)(hex_digit(value.ptr[i]) * 16 + hex_digit(value.ptr[i + 1]));

		*l->at++ = c ? c : ' ';
	}
	return (str){start, value.len / 2};
}

static bool add_pair(struct audit *a, str key, str value, bool quoted)
{
	if (!quoted && may_be_hex(a, key))
		value = decode(a->l, value);
	if (!value.ptr)
		return false;
	if (a->execve && is_argument(key) && a->arg_count < AUDIT_ARGS_MAX) {
		ptrdiff_t part = str_find_byte(key, '[');

		a->args[a->arg_count] = value;
		a->joins[a->arg_count++] = part > 0 && key.ptr[part + 1] != '0';
	}
	return line_add(a->l, key, value);
}

static size_t word_length(str s)
{
	size_t i = 0;

	while (i < s.len && s.ptr[i] != ' ' && s.ptr[i] != SEPARATOR)
		i++;
	return i;
}

/* msg='op=login acct="root" res=success' holds pairs of its own. */
static bool add_pairs(struct audit *a, str rest, bool inner)
{
	while (rest.len && a->pairs < LINE_PAIRS_MAX) {
		ptrdiff_t equals, close = -1;
		size_t len;
		str key, value;
		char mark;

		if (rest.ptr[0] == ' ' || rest.ptr[0] == SEPARATOR) {
			rest = str_from(rest, 1);
			continue;
		}
		len = word_length(rest);
		equals = str_find_byte(str_sub(rest, 0, len), '=');
		if (equals <= 0 || (size_t)equals > LINE_KEY_MAX) {
			rest = str_from(rest, len);
			continue;
		}
		key = str_sub(rest, 0, (size_t)equals);
		rest = str_from(rest, (size_t)equals + 1);
		mark = rest.len ? rest.ptr[0] : ' ';
		if (mark == '"' || (mark == '\'' && !inner))
			close = str_find_byte(str_from(rest, 1), mark);
		a->pairs++;
		if (close >= 0) {
			value = str_sub(rest, 1, (size_t)close);
			rest = str_from(rest, (size_t)close + 2);
			if (mark == '\'' ? !add_pairs(a, value, true) : !add_pair(a, key, value, true))
				return false;
			continue;
		}
		len = word_length(rest);
		value = str_sub(rest, 0, len);
		rest = str_from(rest, len);
		if (!add_pair(a, key, value, false))
			return false;
	}
	return true;
}

static bool add_command_line(struct audit *a)
{
	struct leaves *l = a->l;
	size_t len = 0;
	char *start;

	for (uint32_t i = 0; i < a->arg_count; i++)
		len += a->args[i].len + 1;
	if (a->arg_count == 0)
		return true;
	if (!leaves_room(l, len, 0))
		return false;
	start = l->at;
	for (uint32_t i = 0; i < a->arg_count; i++) {
		if (i && !a->joins[i])
			*l->at++ = ' ';
		if (a->args[i].len)
			memcpy(l->at, a->args[i].ptr, a->args[i].len);
		l->at += a->args[i].len;
	}
	return line_add_named(l, "CommandLine", (str){start, (size_t)(l->at - start)});
}

static bool add_record(struct audit *a, str head, str body)
{
	str type = type_of(head);

	a->execve = str_eq(type, STR("EXECVE"));
	return line_add_named(a->l, "type", type) && add_pairs(a, body, false);
}

static bool add_first(struct audit *a, str head, str id)
{
	ptrdiff_t colon = str_find_byte(id, ':');

	if (str_starts(head, STR("node=")) &&
	    !line_add_named(a->l, "host", str_sub(head, 5, word_length(str_from(head, 5)))))
		return false;
	return line_add_named(a->l, "audit_id", id) &&
	       line_add_named(a->l, "timestamp", str_sub(id, 0, (size_t)(colon < 0 ? 0 : colon)));
}

enum line_result audit_leaves(str records, struct leaves *l)
{
	struct audit a = {.l = l};
	struct audit_id wanted = {0}, id;
	uint32_t count = l->count;
	str line, head, text, body;
	bool first = true, ok = true;

	while (ok && str_next(&records, '\n', &line)) {
		line = str_trim(line);
		if (!split(line, &head, &text, &body) || !parse_id(text, &id)) {
			if (first)
				return LINE_OTHER;
			continue;
		}
		if (first) {
			wanted = id;
			ok = add_first(&a, head, text);
		}
		first = false;
		/* Records of other events may stand between them. */
		if (id.serial == wanted.serial && id.millis == wanted.millis)
			ok = ok && add_record(&a, head, body);
	}
	if (!ok || !add_command_line(&a))
		return line_give_up(l, count, true);
	return first ? line_give_up(l, count, false) : LINE_READ;
}
