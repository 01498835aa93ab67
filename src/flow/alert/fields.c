/* What an alert takes from its event and from its rule. */
#include "base/check.h"
#include "flow/alert/internal.h"

/* In the order in which they name the place where it happened. */
static const str asset_fields[] = {STR_INIT("Computer"), STR_INIT("host.name"),    STR_INIT("hostname"),
				   STR_INIT("Hostname"), STR_INIT("ComputerName"), STR_INIT("host"),
				   STR_INIT("dst_host"), STR_INIT("cs-host")};
static const str account_fields[] = {STR_INIT("User"),
				     STR_INIT("SubjectUserName"),
				     STR_INIT("TargetUserName"),
				     STR_INIT("user.name"),
				     STR_INIT("AccountName"),
				     STR_INIT("user"),
				     STR_INIT("userIdentity.arn"),
				     STR_INIT("cs-username")};

static str first_of(const struct event *ev, const str *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		str text = event_text(ev, names[i]);

		if (text.len && !str_eq(text, STR("-")))
			return text;
	}
	return STR_NONE;
}

str event_asset(const struct event *ev)
{
	return first_of(ev, asset_fields, COUNT_OF(asset_fields));
}

str event_account(const struct event *ev)
{
	return first_of(ev, account_fields, COUNT_OF(account_fields));
}

str rule_tags(const struct rule *r, struct buf *out)
{
	buf_clear(out);
	for (uint32_t i = 0; i < r->tag_count && out->len + r->tags[i].len < RULE_TAGS_MAX; i++) {
		if (i)
			buf_add_byte(out, ' ');
		buf_add(out, r->tags[i]);
	}
	return buf_str(out);
}
