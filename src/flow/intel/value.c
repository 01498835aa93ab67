/* Types of indicators, and the normal form of a list's value. Strict: what is not surely one is none. */
#include "flow/intel/internal.h"

#include "base/check.h"

#define PATH_LENGTH_MIN 3u /* "/a" would match half of the web */

static const char *const type_names[INDICATOR_TYPE_COUNT] = {
	[INDICATOR_NONE] = "none",         [INDICATOR_MD5] = "md5",
	[INDICATOR_SHA1] = "sha1",         [INDICATOR_SHA256] = "sha256",
	[INDICATOR_IMPHASH] = "imphash",   [INDICATOR_IP] = "ip",
	[INDICATOR_CIDR] = "cidr",         [INDICATOR_ENDPOINT] = "endpoint",
	[INDICATOR_DOMAIN] = "domain",     [INDICATOR_URL] = "url",
	[INDICATOR_PATH] = "path",         [INDICATOR_EMAIL] = "email",
	[INDICATOR_FILENAME] = "filename", [INDICATOR_JA3] = "ja3",
	[INDICATOR_JA4] = "ja4",           [INDICATOR_USER_AGENT] = "user_agent",
	[INDICATOR_MUTEX] = "mutex",       [INDICATOR_REGISTRY] = "registry_key",
};

static const struct {
	str name;
	enum indicator_type type;
} aliases[] = {
	{STR_INIT("sha-1"), INDICATOR_SHA1},
	{STR_INIT("sha-256"), INDICATOR_SHA256},
	{STR_INIT("ip-src"), INDICATOR_IP},
	{STR_INIT("ip-dst"), INDICATOR_IP},
	{STR_INIT("ipv4"), INDICATOR_IP},
	{STR_INIT("ipv6"), INDICATOR_IP},
	{STR_INIT("ipv4-addr"), INDICATOR_IP},
	{STR_INIT("ipv6-addr"), INDICATOR_IP},
	{STR_INIT("ip-src|port"), INDICATOR_ENDPOINT},
	{STR_INIT("ip-dst|port"), INDICATOR_ENDPOINT},
	{STR_INIT("ip:port"), INDICATOR_ENDPOINT},
	{STR_INIT("hostname"), INDICATOR_DOMAIN},
	{STR_INIT("host"), INDICATOR_DOMAIN},
	{STR_INIT("fqdn"), INDICATOR_DOMAIN},
	{STR_INIT("domain-name"), INDICATOR_DOMAIN},
	{STR_INIT("uri"), INDICATOR_URL},
	{STR_INIT("link"), INDICATOR_URL},
	{STR_INIT("email-src"), INDICATOR_EMAIL},
	{STR_INIT("email-dst"), INDICATOR_EMAIL},
	{STR_INIT("email-addr"), INDICATOR_EMAIL},
	{STR_INIT("file_name"), INDICATOR_FILENAME},
	{STR_INIT("file-name"), INDICATOR_FILENAME},
	{STR_INIT("file"), INDICATOR_FILENAME},
	{STR_INIT("ja3-fingerprint-md5"), INDICATOR_JA3},
	{STR_INIT("ja3-hash"), INDICATOR_JA3},
	{STR_INIT("ja4-plus"), INDICATOR_JA4},
	{STR_INIT("user-agent"), INDICATOR_USER_AGENT},
	{STR_INIT("useragent"), INDICATOR_USER_AGENT},
	{STR_INIT("regkey"), INDICATOR_REGISTRY},
	{STR_INIT("registry"), INDICATOR_REGISTRY},
	{STR_INIT("windows-registry-key"), INDICATOR_REGISTRY},
};

/* Endings of files that are no top-level domain, so that "evil.exe" is a file and "evil.zip", told by its form, is not
 * surely one. */
static const str file_endings[] = {
	STR_INIT(".exe"), STR_INIT(".dll"),  STR_INIT(".sys"),  STR_INIT(".bat"), STR_INIT(".cmd"),  STR_INIT(".ps1"),
	STR_INIT(".vbs"), STR_INIT(".vbe"),  STR_INIT(".js"),   STR_INIT(".jse"), STR_INIT(".hta"),  STR_INIT(".scr"),
	STR_INIT(".lnk"), STR_INIT(".msi"),  STR_INIT(".jar"),  STR_INIT(".doc"), STR_INIT(".docx"), STR_INIT(".docm"),
	STR_INIT(".xls"), STR_INIT(".xlsx"), STR_INIT(".xlsm"), STR_INIT(".pdf"), STR_INIT(".rar"),  STR_INIT(".iso"),
	STR_INIT(".php"), STR_INIT(".aspx"), STR_INIT(".jsp"),  STR_INIT(".elf"), STR_INIT(".txt"),  STR_INIT(".html"),
};

const char *indicator_type_name(enum indicator_type type)
{
	return type_names[type];
}

enum indicator_type indicator_type_of(str name)
{
	for (int i = 1; i < INDICATOR_TYPE_COUNT; i++)
		if (str_eq_nocase(name, str_of(type_names[i])))
			return i;
	for (size_t i = 0; i < COUNT_OF(aliases); i++)
		if (str_eq_nocase(name, aliases[i].name))
			return aliases[i].type;
	return INDICATOR_NONE;
}

static bool is_hex(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

bool text_is_hex(str text, size_t len)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_hex((unsigned char)text.ptr[i]))
			return false;
	return text.len == len;
}

/* ---- how people write an indicator so that nobody clicks on it ---- */

static const struct {
	str from, to;
} fangs[] = {
	{STR_INIT("[.]"), STR_INIT(".")},   {STR_INIT("(.)"), STR_INIT(".")},  {STR_INIT("{.}"), STR_INIT(".")},
	{STR_INIT("[dot]"), STR_INIT(".")}, {STR_INIT("[:]"), STR_INIT(":")},  {STR_INIT("[://]"), STR_INIT("://")},
	{STR_INIT("[@]"), STR_INIT("@")},   {STR_INIT("[at]"), STR_INIT("@")},
};

static size_t fang_at(str text, str *ret_to)
{
	for (size_t i = 0; i < COUNT_OF(fangs); i++) {
		if (str_starts_nocase(text, fangs[i].from)) {
			*ret_to = fangs[i].to;
			return fangs[i].from.len;
		}
	}
	return 0;
}

/* text.len ≤ INTEL_VALUE_MAX; the result is never longer. */
static str refang(str text, char *room)
{
	size_t len = 0;

	if (str_starts_nocase(text, STR("hxxp"))) {
		memcpy(room, "http", 4);
		len = 4;
		text = str_from(text, 4);
	}
	for (size_t i = 0; i < text.len;) {
		str to = STR_NONE;
		size_t skip = strchr("[({", text.ptr[i]) && text.ptr[i] ? fang_at(str_from(text, i), &to) : 0;

		if (skip) {
			memcpy(room + len, to.ptr, to.len);
			len += to.len;
			i += skip;
		} else {
			room[len++] = text.ptr[i++];
		}
	}
	return (str){room, len};
}

static bool is_defanged(str text)
{
	return str_starts_nocase(text, STR("hxxp")) || str_find_byte(text, '[') >= 0 || str_find_byte(text, '(') >= 0 ||
	       str_find_byte(text, '{') >= 0;
}

/* ---- a list's value ---- */

static bool read_hex(str text, size_t len, struct value *out)
{
	return text_is_hex(text, len) && value_lower(text, out);
}

static bool read_ip(str text, struct value *out)
{
	struct address a;
	unsigned prefix;

	if (address_parse(text, &a)) {
		value_address(&a, out);
		out->type = INDICATOR_IP;
		return true;
	}
	if (!network_parse(text, &a, &prefix))
		return false;
	value_address(&a, out);
	out->prefix = prefix;
	out->type = prefix == 128 ? INDICATOR_IP : INDICATOR_CIDR;
	return true;
}

/* host:port; also host|port as MISP has it. */
static bool read_endpoint(str text, struct value *out)
{
	ptrdiff_t colon = str_find_last_byte(text, ':');
	struct address a;
	uint64_t port;
	str host;

	if (colon < 0)
		colon = str_find_last_byte(text, '|');
	if (colon <= 0 || !str_to_u64(str_from(text, (size_t)colon + 1), &port) || port == 0 || port > 65535)
		return false;
	host = str_sub(text, 0, (size_t)colon);
	if (address_parse(host, &a))
		value_address(&a, out);
	else if (!value_domain(host, out))
		return false;
	out->text[out->len++] = ':';
	out->text[out->len++] = (char)(port >> 8);
	out->text[out->len++] = (char)(port & 0xFF);
	return true;
}

static bool read_email(str text, struct value *out)
{
	ptrdiff_t at = str_find_last_byte(text, '@');

	if (at <= 0 || at > 64 || !value_domain(str_from(text, (size_t)at + 1), out))
		return false;
	for (ptrdiff_t i = 0; i < at; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c <= ' ' || c == 0x7F || strchr("@<>()[],;:\\\"", c))
			return false;
	}
	return value_lower(text, out);
}

/* t13d1516h2_8daaf6152771_e5627efa2ab1: FoxIO's JA4, of 36 characters. */
static bool read_ja4(str text, struct value *out)
{
	if (text.len != 36 || text.ptr[10] != '_' || text.ptr[23] != '_' || !strchr("tqdTQD", text.ptr[0]))
		return false;
	return text_is_hex(str_sub(text, 11, 12), 12) && text_is_hex(str_sub(text, 24, 12), 12) &&
	       value_lower(text, out);
}

static bool read_path(str text, struct value *out)
{
	if (text.len < PATH_LENGTH_MIN || text.ptr[0] != '/' || text.ptr[1] == '/' || str_find_byte(text, ' ') >= 0)
		return false;
	memcpy(out->text, text.ptr, text.len);
	out->len = text.len;
	return true;
}

static bool read_exact(str text, struct value *out)
{
	if (text.len < 3)
		return false;
	memcpy(out->text, text.ptr, text.len);
	out->len = text.len;
	return true;
}

static bool read_filename(str text, struct value *out)
{
	return text.len >= 3 && value_lower(text, out);
}

static bool read_as(enum indicator_type type, str text, struct value *out)
{
	out->type = type;
	switch (type) {
	case INDICATOR_MD5:
	case INDICATOR_IMPHASH:
	case INDICATOR_JA3:
		return read_hex(text, 32, out);
	case INDICATOR_SHA1:
		return read_hex(text, 40, out);
	case INDICATOR_SHA256:
		return read_hex(text, 64, out);
	case INDICATOR_IP:
	case INDICATOR_CIDR:
		return read_ip(text, out);
	case INDICATOR_ENDPOINT:
		return read_endpoint(text, out);
	case INDICATOR_DOMAIN:
		return value_domain(text, out);
	case INDICATOR_URL:
		return value_url(text, out);
	case INDICATOR_PATH:
		return read_path(text, out);
	case INDICATOR_EMAIL:
		return read_email(text, out);
	case INDICATOR_FILENAME:
		return read_filename(text, out);
	case INDICATOR_JA4:
		return read_ja4(text, out);
	case INDICATOR_REGISTRY:
		return value_registry(text, out);
	case INDICATOR_USER_AGENT:
	case INDICATOR_MUTEX:
		return read_exact(text, out);
	case INDICATOR_NONE:
	case INDICATOR_TYPE_COUNT:
		break;
	}
	return false;
}

static bool is_file(str text)
{
	for (size_t i = 0; i < COUNT_OF(file_endings); i++)
		if (text.len > file_endings[i].len && str_ends_nocase(text, file_endings[i]))
			return true;
	return false;
}

/* 192.0.2.0/33 is a mistaken network, not a page 33 of that host. */
static bool looks_like_network(str text)
{
	ptrdiff_t slash = str_find_byte(text, '/');
	struct address a;
	uint64_t bits;

	return address_parse(str_sub(text, 0, (size_t)slash), &a) &&
	       str_to_u64(str_from(text, (size_t)slash + 1), &bits);
}

/* What is told by length or by a mark comes before what is told by its alphabet. */
static enum indicator_type guess(str text)
{
	struct address a;

	if (text_is_hex(text, 32))
		return INDICATOR_MD5;
	if (text_is_hex(text, 40))
		return INDICATOR_SHA1;
	if (text_is_hex(text, 64))
		return INDICATOR_SHA256;
	if (str_find(text, STR("://")) > 0)
		return INDICATOR_URL;
	if (str_starts_nocase(text, STR("Mozilla/")))
		return INDICATOR_USER_AGENT;
	if (str_starts_nocase(text, STR("HKEY_")) || str_starts_nocase(text, STR("HKLM\\")) ||
	    str_starts_nocase(text, STR("HKCU\\")) || str_starts_nocase(text, STR("HKU\\")))
		return INDICATOR_REGISTRY;
	if (str_find_byte(text, ' ') >= 0)
		return INDICATOR_NONE;
	if (text.ptr[0] == '/')
		return INDICATOR_PATH;
	if (str_find_byte(text, '@') >= 0)
		return INDICATOR_EMAIL;
	if (address_parse(text, &a))
		return INDICATOR_IP;
	if (str_find_byte(text, '/') > 0)
		return looks_like_network(text) ? INDICATOR_CIDR : INDICATOR_URL;
	if (str_find_byte(text, ':') > 0)
		return INDICATOR_ENDPOINT;
	if (text.len == 36 && text.ptr[10] == '_' && text.ptr[23] == '_')
		return INDICATOR_JA4;
	return is_file(text) ? INDICATOR_FILENAME : INDICATOR_DOMAIN;
}

bool value_read(enum indicator_type type, str text, struct value *out)
{
	char room[INTEL_VALUE_MAX]
		__attribute__((uninitialized)); /* once a line: zeroing it would cost more than all else */

	text = str_trim(text);
	if (!text.len || text.len > INTEL_VALUE_MAX - 8)
		return false;
	if (type != INDICATOR_USER_AGENT && type != INDICATOR_MUTEX && type != INDICATOR_FILENAME && is_defanged(text))
		text = refang(text, room);
	if (type == INDICATOR_NONE)
		type = text.len ? guess(text) : INDICATOR_NONE;
	return read_as(type, text, out);
}
