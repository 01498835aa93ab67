/* STIX patterns (OASIS STIX 2.1 section 9) as far as they are a list of values: comparisons by `=` or `IN`, joined by
 * OR, in one observation or several. AND, NOT, LIKE, MATCHES, FOLLOWEDBY and qualifiers say more than a list can. */
#include "flow/intel/internal.h"

#include "base/check.h"

#define COMPARISONS_MAX 10000u

struct pattern {
	str rest;
	int (*found)(void *ctx, enum indicator_type type, str value, struct err *e);
	void *ctx;
	struct err *err;
	uint32_t count;
};

static const struct {
	str path;
	enum indicator_type type;
} paths[] = {
	{STR_INIT("ipv4-addr:value"), INDICATOR_IP},
	{STR_INIT("ipv6-addr:value"), INDICATOR_IP},
	{STR_INIT("network-traffic:dst_ref.value"), INDICATOR_NONE},
	{STR_INIT("network-traffic:src_ref.value"), INDICATOR_NONE},
	{STR_INIT("domain-name:value"), INDICATOR_DOMAIN},
	{STR_INIT("url:value"), INDICATOR_URL},
	{STR_INIT("email-addr:value"), INDICATOR_EMAIL},
	{STR_INIT("email-message:from_ref.value"), INDICATOR_EMAIL},
	{STR_INIT("email-message:sender_ref.value"), INDICATOR_EMAIL},
	{STR_INIT("file:name"), INDICATOR_FILENAME},
	{STR_INIT("file:hashes.md5"), INDICATOR_MD5},
	{STR_INIT("file:hashes.sha1"), INDICATOR_SHA1},
	{STR_INIT("file:hashes.sha-1"), INDICATOR_SHA1},
	{STR_INIT("file:hashes.sha256"), INDICATOR_SHA256},
	{STR_INIT("file:hashes.sha-256"), INDICATOR_SHA256},
	{STR_INIT("mutex:name"), INDICATOR_MUTEX},
	{STR_INIT("windows-registry-key:key"), INDICATOR_REGISTRY},
	{STR_INIT("network-traffic:extensions.http-request-ext.request_header.user-agent"), INDICATOR_USER_AGENT},
};

static int refuse(struct pattern *p)
{
	return err_set_value(p->err, ERR_UNSUPPORTED, "err.intel.pattern", p->rest);
}

static bool take(struct pattern *p, str word)
{
	p->rest = str_trim(p->rest);
	if (!str_starts_nocase(p->rest, word))
		return false;
	p->rest = str_from(p->rest, word.len);
	return true;
}

/* type:property.'quoted'.key without its quotes, in lower case. */
static bool take_path(struct pattern *p, char *room, size_t size, str *ret)
{
	size_t at = 0, len = 0;
	char quote = '\0';

	p->rest = str_trim(p->rest);
	for (; at < p->rest.len && len < size; at++) {
		char c = p->rest.ptr[at];

		if (quote ? c == quote : c == '\'' || c == '"')
			quote = quote ? '\0' : c;
		else if (!quote && (c == ' ' || c == '=' || c == '!' || c == '<' || c == '>' || c == ']'))
			break;
		else
			room[len++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	*ret = (str){room, len};
	p->rest = str_from(p->rest, at);
	return len && !quote && len < size;
}

static bool take_text(struct pattern *p, char *room, size_t size, str *ret)
{
	size_t at = 1, len = 0;

	p->rest = str_trim(p->rest);
	if (!p->rest.len || p->rest.ptr[0] != '\'')
		return false;
	for (; at < p->rest.len && p->rest.ptr[at] != '\''; at++) {
		if (p->rest.ptr[at] == '\\' && ++at == p->rest.len)
			return false;
		if (len == size)
			return false;
		room[len++] = p->rest.ptr[at];
	}
	if (at >= p->rest.len)
		return false;
	*ret = (str){room, len};
	p->rest = str_from(p->rest, at + 1);
	return true;
}

static int take_value(struct pattern *p, enum indicator_type type)
{
	char room[INTEL_VALUE_MAX];
	str value;

	if (++p->count > COMPARISONS_MAX || !take_text(p, room, sizeof(room), &value))
		return refuse(p);
	return p->found(p->ctx, type, value, p->err);
}

static int comparison(struct pattern *p)
{
	char room[128];
	size_t i = 0;
	str path;
	int rc;

	if (!take_path(p, room, sizeof(room), &path))
		return refuse(p);
	while (i < COUNT_OF(paths) && !str_eq(path, paths[i].path))
		i++;
	if (i == COUNT_OF(paths))
		return refuse(p);
	if (take(p, STR("=")))
		return take_value(p, paths[i].type);
	if (!take(p, STR("IN")) || !take(p, STR("(")))
		return refuse(p);
	do
		rc = take_value(p, paths[i].type);
	while (rc == 0 && take(p, STR(",")));
	if (rc == 0 && !take(p, STR(")")))
		rc = refuse(p);
	return rc;
}

static int observation(struct pattern *p)
{
	int rc;

	if (!take(p, STR("[")))
		return refuse(p);
	do
		rc = comparison(p);
	while (rc == 0 && take(p, STR("OR ")));
	if (rc == 0 && !take(p, STR("]")))
		rc = refuse(p);
	return rc;
}

static int walk(struct pattern *p)
{
	int rc;

	do
		rc = observation(p);
	while (rc == 0 && take(p, STR("OR ")));
	p->rest = str_trim(p->rest);
	return rc == 0 && p->rest.len ? refuse(p) : rc;
}

static int count_only(void *ctx, enum indicator_type type, str value, struct err *e)
{
	(void)ctx;
	(void)type;
	(void)value;
	(void)e;
	return 0;
}

/* Twice: a pattern that ends in something unsupported must not leave its beginning behind, which would say too much. */
int stix_pattern(str pattern, int (*found)(void *ctx, enum indicator_type type, str value, struct err *e), void *ctx,
		 struct err *e)
{
	struct pattern probe = {pattern, count_only, NULL, e, 0}, p = {pattern, found, ctx, e, 0};
	int rc = walk(&probe);

	return rc < 0 ? rc : walk(&p);
}
