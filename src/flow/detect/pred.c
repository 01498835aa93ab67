/* Predicates: interning, and the test of one value. */
#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/internal.h"

#define NUMBER_TEXT_MAX 63u
#define CIDR_V4_BITS 96u /* in front of an IPv4 address */

uint32_t pred_add(struct rule_set *set, const struct pred *p, str payload)
{
	_cleanup_(buf_done) struct buf key = {.max = 4 * PATTERN_BYTES_MAX};
	uint64_t id = set->pred_count;

	buf_add_fmt(&key, "%u %u %u %u %u %u ", p->kind, p->op, p->part, p->how, p->cased, p->field);
	buf_add(&key, payload);
	CHECK(!key.failed);
	if (map_get(&set->pred_ids, buf_str(&key), &id))
		return (uint32_t)id;
	mem_grow(&set->preds, &set->pred_cap, set->pred_count + 1, sizeof(*set->preds));
	set->preds[set->pred_count++] = *p;
	map_put(&set->pred_ids, buf_str(&key), id);
	return (uint32_t)id;
}

bool number_parse(str text, double *ret)
{
	char copy[NUMBER_TEXT_MAX + 1], *end;
	double value;

	/* Digits, sign, point, exponent, and the 0x of Windows; strtod would also take "nan" and "infinity". */
	if (text.len == 0 || text.len > NUMBER_TEXT_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!text.ptr[i] || !strchr("0123456789+-.eExXabcdfABCDF", text.ptr[i]))
			return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	value = strtod(copy, &end);
	if (*end || !isfinite(value))
		return false;
	*ret = value;
	return true;
}

static bool address_parse(str text, unsigned char out[16], bool *ret_v4)
{
	static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
	char copy[INET6_ADDRSTRLEN + 1];
	ptrdiff_t zone = str_find_byte(text, '%');

	if (zone >= 0)
		text.len = (size_t)zone;
	if (text.len < 2 || text.len >= sizeof(copy))
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	*ret_v4 = inet_pton(AF_INET, copy, out + 12) == 1;
	if (*ret_v4)
		memcpy(out, mapped, sizeof(mapped));
	return *ret_v4 || inet_pton(AF_INET6, copy, out) == 1;
}

bool cidr_parse(str text, struct cidr *ret)
{
	ptrdiff_t slash = str_find_byte(text, '/');
	struct cidr c = {.bits = 128};
	uint64_t bits = 128;
	bool v4;

	if (!address_parse(slash < 0 ? text : str_sub(text, 0, (size_t)slash), c.address, &v4))
		return false;
	if (slash >= 0) {
		if (!str_to_u64(str_from(text, (size_t)slash + 1), &bits) || bits > (v4 ? 32 : 128))
			return false;
		bits += v4 ? CIDR_V4_BITS : 0;
	}
	c.bits = (unsigned)bits;
	*ret = c;
	return true;
}

static bool cidr_test(const struct cidr *c, str text)
{
	unsigned char address[16];
	unsigned whole = c->bits / 8, rest = c->bits % 8;
	bool v4;

	if (!address_parse(text, address, &v4) || memcmp(address, c->address, whole) != 0)
		return false;
	/* ::/0 and the like are networks of IPv6: how we keep an IPv4 address does not put it there. */
	if (v4 && c->bits < CIDR_V4_BITS)
		return false;
	return rest == 0 || ((address[whole] ^ c->address[whole]) >> (8 - rest)) == 0;
}

static bool compare(double value, enum cmp_op op, double with)
{
	switch (op) {
	case CMP_EQ:
		return value == with;
	case CMP_LT:
		return value < with;
	case CMP_LTE:
		return value <= with;
	case CMP_GT:
		return value > with;
	case CMP_GTE:
		return value >= with;
	}
	return false;
}

static bool time_test(const struct pred *p, str text)
{
	struct time_parts parts;
	time_us t;
	int value = 0;

	if (!time_parse(text, &t))
		return false;
	time_split(t, &parts);
	switch ((enum time_part)p->part) {
	case PART_MINUTE:
		value = parts.minute;
		break;
	case PART_HOUR:
		value = parts.hour;
		break;
	case PART_DAY:
		value = parts.day;
		break;
	case PART_WEEK:
		value = parts.iso_week;
		break;
	case PART_MONTH:
		value = parts.month;
		break;
	case PART_YEAR:
		value = parts.year;
		break;
	}
	return compare(value, (enum cmp_op)p->op, p->number);
}

bool pred_test(const struct pred *p, const struct event_field *f, str folded, struct regex_scratch *scratch)
{
	double value;

	if (f->type == VALUE_NULL)
		return p->kind == PRED_NULL || p->kind == PRED_EXISTS;
	switch ((enum pred_kind)p->kind) {
	case PRED_TEXT:
		return glob_match(p->glob, p->cased ? f->text : folded);
	case PRED_REGEX:
		return regex_find(p->regex, f->text, scratch);
	case PRED_NUMBER:
		return number_parse(f->text, &value) && compare(value, (enum cmp_op)p->op, p->number);
	case PRED_TIME:
		return time_test(p, f->text);
	case PRED_CIDR:
		return cidr_test(&p->cidr, f->text);
	case PRED_EXISTS:
		return true;
	case PRED_NULL:
	case PRED_FIELDREF: /* needs a second field: matcher.c */
	case PRED_NEVER:
	case PRED_KIND_COUNT:
		return false;
	}
	return false;
}
