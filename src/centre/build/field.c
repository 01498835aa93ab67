#include <stddef.h>
#include <stdio.h>

#include "base/check.h"
#include "centre/build/internal.h"

#define RISK_MAX 3u

enum field_kind { KIND_LEVEL, KIND_ASSIGNMENT, KIND_TEXT, KIND_NUMBER, KIND_YES, KIND_DAY };

struct field_spec {
	const char *name;
	enum field_kind kind;
	size_t offset;
	uint32_t most; /* of a number; bytes of a text */
};

#define AT(member) offsetof(struct service_state, member)

static const struct field_spec specs[FIELD_COUNT] = {
	[FIELD_LEVEL] = {"level", KIND_LEVEL, AT(level), 0},
	[FIELD_LEVEL_REASON] = {"level_reason", KIND_TEXT, AT(level_reason), SERVICE_REASON_MAX},
	[FIELD_ASSIGNMENT] = {"assignment", KIND_ASSIGNMENT, AT(assignment), 0},
	[FIELD_TEAM] = {"team", KIND_TEXT, AT(team), SERVICE_PARTY_MAX},
	[FIELD_PROVIDER] = {"provider", KIND_TEXT, AT(provider), SERVICE_PARTY_MAX},
	[FIELD_CONTRACT] = {"contract", KIND_TEXT, AT(contract), SERVICE_PARTY_MAX},
	[FIELD_OWNER] = {"owner", KIND_TEXT, AT(owner), SERVICE_PARTY_MAX},
	[FIELD_DEPUTIES] = {"deputies", KIND_TEXT, AT(deputies), SERVICE_PARTY_MAX},
	[FIELD_AREA] = {"area", KIND_NUMBER, AT(area), FRAMEWORK_AREAS},
	[FIELD_NA] = {"not_applicable", KIND_YES, AT(not_applicable), 0},
	[FIELD_NA_REASON] = {"not_applicable_reason", KIND_TEXT, AT(not_applicable_reason), SERVICE_REASON_MAX},
	[FIELD_IN_NOW] = {"in_now", KIND_NUMBER, AT(now[SIDE_IN]), FRAMEWORK_SCORE_MAX},
	[FIELD_IN_TARGET] = {"in_target", KIND_NUMBER, AT(target[SIDE_IN]), FRAMEWORK_SCORE_MAX},
	[FIELD_OUT_NOW] = {"out_now", KIND_NUMBER, AT(now[SIDE_OUT]), FRAMEWORK_SCORE_MAX},
	[FIELD_OUT_TARGET] = {"out_target", KIND_NUMBER, AT(target[SIDE_OUT]), FRAMEWORK_SCORE_MAX},
	[FIELD_RISK] = {"risk", KIND_NUMBER, AT(risk), RISK_MAX},
	[FIELD_GAP_OWNER] = {"gap_owner", KIND_TEXT, AT(gap_owner), SERVICE_PARTY_MAX},
	[FIELD_GAP_DUE] = {"gap_due", KIND_DAY, AT(gap_due), 0},
};

static const void *member(const struct service_state *s, enum state_field field)
{
	return (const char *)s + specs[field].offset;
}

static void *member_of(struct service_state *s, enum state_field field)
{
	return (char *)s + specs[field].offset;
}

const char *state_field_name(enum state_field field)
{
	CHECK(field < FIELD_COUNT);
	return specs[field].name;
}

bool state_field_parse(str name, enum state_field *ret)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (str_eq(name, str_of(specs[i].name))) {
			*ret = (enum state_field)i;
			return true;
		}
	return false;
}

bool state_field_is_number(enum state_field field)
{
	return specs[field].kind == KIND_NUMBER || specs[field].kind == KIND_YES;
}

static str day_text(time_us day, struct arena *a)
{
	char text[TIME_TEXT_MAX];

	if (!day)
		return STR("");
	(void)time_format(day, text);
	return arena_str(a, (str){text, 10});
}

str state_field_text(const struct service_state *s, enum state_field field, struct arena *a)
{
	const void *value = member(s, field);
	str text;

	switch (specs[field].kind) {
	case KIND_LEVEL:
		return service_level_id(*(const enum service_level *)value);
	case KIND_ASSIGNMENT:
		return assignment_id(*(const enum assignment *)value);
	case KIND_NUMBER:
		return *(const uint32_t *)value ? arena_fmt(a, "%u", *(const uint32_t *)value) : STR("");
	case KIND_YES:
		return *(const bool *)value ? STR("1") : STR("");
	case KIND_DAY:
		return day_text(*(const time_us *)value, a);
	default:
		text = *(const str *)value;
		return text.ptr ? text : STR("");
	}
}

/* ---- from text ---- */

static int refuse(enum state_field field, const char *key, str value, struct err *e)
{
	int rc = err_set_value(e, ERR_RANGE, key, value);

	err_path(e, str_of(specs[field].name));
	return rc;
}

/* One digit, ASCII or full-width (U+FF10 … U+FF19: EF BC 90 … EF BC 99). */
static bool digit_read(str text, uint32_t *ret)
{
	if (text.len == 3 && str_starts(text, STR("\xEF\xBC")) && (unsigned char)text.ptr[2] >= 0x90 &&
	    (unsigned char)text.ptr[2] <= 0x99) {
		*ret = (unsigned char)text.ptr[2] - 0x90u;
		return true;
	}
	if (text.len != 1 || text.ptr[0] < '0' || text.ptr[0] > '9')
		return false;
	*ret = (uint32_t)(text.ptr[0] - '0');
	return true;
}

static int number_set(struct service_state *s, enum state_field field, str text, struct err *e)
{
	static const str ranges[] = {STR_INIT("1–3"), STR_INIT("1–4"), STR_INIT("1–5")};
	uint32_t value = 0;
	int rc;

	if (text.len && (!digit_read(text, &value) || value < 1 || value > specs[field].most)) {
		rc = refuse(field, "err.build.number", text, e);
		err_expected(e, ranges[specs[field].most - RISK_MAX]);
		return rc;
	}
	*(uint32_t *)member_of(s, field) = value;
	return 0;
}

static int day_set(struct service_state *s, enum state_field field, str text, struct err *e)
{
	char full[TIME_TEXT_MAX];
	time_us day = 0;
	int len = snprintf(full, sizeof(full), STR_FMT "T00:00:00Z", (int)(text.len > 10 ? 10 : text.len),
			   text.ptr ? text.ptr : "");

	if (text.len && (text.len != 10 || !time_parse((str){full, (size_t)len}, &day) || day <= 0)) {
		int rc = refuse(field, "err.build.date", text, e);

		err_expected(e, STR("YYYY-MM-DD"));
		return rc;
	}
	*(time_us *)member_of(s, field) = day;
	return 0;
}

int state_field_set(struct service_state *s, enum state_field field, str text, struct err *e)
{
	enum service_level level = SERVICE_UNDECIDED;
	enum assignment assignment = ASSIGN_UNDECIDED;

	text = str_trim(text);
	switch (specs[field].kind) {
	case KIND_LEVEL:
		if (text.len && !service_level_parse(text, &level))
			return refuse(field, "err.build.level", text, e);
		s->level = level;
		return 0;
	case KIND_ASSIGNMENT:
		if (text.len && !assignment_parse(text, &assignment))
			return refuse(field, "err.build.assignment", text, e);
		s->assignment = assignment;
		return 0;
	case KIND_NUMBER:
		return number_set(s, field, text, e);
	case KIND_YES:
		*(bool *)member_of(s, field) = text.len != 0 && !str_eq(text, STR("0"));
		return 0;
	case KIND_DAY:
		return day_set(s, field, text, e);
	default:
		*(str *)member_of(s, field) = text;
		return 0;
	}
}

/* ---- several states ---- */

bool state_field_same(const struct service_state *a, const struct service_state *b, enum state_field field)
{
	const void *x = member(a, field), *y = member(b, field);

	switch (specs[field].kind) {
	case KIND_LEVEL:
		return a->level == b->level;
	case KIND_ASSIGNMENT:
		return a->assignment == b->assignment;
	case KIND_NUMBER:
		return *(const uint32_t *)x == *(const uint32_t *)y;
	case KIND_YES:
		return *(const bool *)x == *(const bool *)y;
	case KIND_DAY:
		return *(const time_us *)x == *(const time_us *)y;
	default:
		return str_eq(*(const str *)x, *(const str *)y);
	}
}

void state_field_copy(struct service_state *to, const struct service_state *from, enum state_field field)
{
	static const size_t sizes[] = {[KIND_LEVEL] = sizeof(enum service_level),
				       [KIND_ASSIGNMENT] = sizeof(enum assignment),
				       [KIND_TEXT] = sizeof(str),
				       [KIND_NUMBER] = sizeof(uint32_t),
				       [KIND_YES] = sizeof(bool),
				       [KIND_DAY] = sizeof(time_us)};

	memcpy(member_of(to, field), member(from, field), sizes[specs[field].kind]);
}

uint32_t state_differs(const struct service_state *a, const struct service_state *b, uint32_t among)
{
	uint32_t bits = 0;

	for (enum state_field f = 0; f < FIELD_COUNT; f++)
		if ((among & FIELD_BIT(f)) && !state_field_same(a, b, f))
			bits |= FIELD_BIT(f);
	return bits;
}

uint32_t state_merge(const struct service_state *base, const struct service_state *theirs,
		     const struct service_state *mine, uint32_t among, struct service_state *ret)
{
	uint32_t conflicts = 0;

	*ret = *theirs;
	for (enum state_field f = 0; f < FIELD_COUNT; f++) {
		if (!(among & FIELD_BIT(f)) || state_field_same(base, mine, f) || state_field_same(theirs, mine, f))
			continue;
		if (state_field_same(base, theirs, f))
			state_field_copy(ret, mine, f);
		else
			conflicts |= FIELD_BIT(f);
	}
	return conflicts;
}

/* ---- what is allowed ---- */

static int check_field(const struct service_state *s, enum state_field field, struct err *e)
{
	const struct field_spec *spec = &specs[field];
	char most[24];
	int len, rc;

	if (spec->kind == KIND_NUMBER && *(const uint32_t *)member(s, field) > spec->most) {
		rc = refuse(field, "err.build.score", STR_NONE, e);
		err_expected(e, STR("1–5"));
		return rc;
	}
	if (spec->kind != KIND_TEXT || ((const str *)member(s, field))->len <= spec->most)
		return 0;
	rc = refuse(field, "err.build.long", STR_NONE, e);
	len = snprintf(most, sizeof(most), "%u", spec->most);
	err_expected(e, (str){most, (size_t)len});
	return rc;
}

int state_check(const struct service_state *s, struct err *e)
{
	int rc = 0;

	if (s->level > SERVICE_UNDECIDED)
		return refuse(FIELD_LEVEL, "err.build.level", STR_NONE, e);
	if (s->assignment > ASSIGN_UNDECIDED)
		return refuse(FIELD_ASSIGNMENT, "err.build.assignment", STR_NONE, e);
	for (enum state_field f = 0; !rc && f < FIELD_COUNT; f++)
		rc = check_field(s, f, e);
	if (!rc && s->not_applicable && !str_trim(s->not_applicable_reason).len)
		rc = refuse(FIELD_NA_REASON, "err.build.na_reason", STR_NONE, e);
	return rc;
}
