/* Addresses and networks of both families as numbers. */
#include <arpa/inet.h>

#include "flow/intel/internal.h"

#define MAPPED_V4 0xFFFF00000000u
#define V4_BITS 96u /* of the prefix that an IPv4 address has as an IPv6 one */

/* Four decimal numbers without leading zeros: "010" is 8 to some and 10 to others. */
static bool parse_v4(str text, struct address *ret)
{
	uint32_t sum = 0;
	str part;

	for (int i = 0; i < 4; i++) {
		uint64_t n;

		if (!str_next(&text, '.', &part) || part.len < 1 || part.len > 3 || !str_to_u64(part, &n) || n > 255)
			return false;
		if (part.len > 1 && part.ptr[0] == '0')
			return false;
		sum = sum << 8 | (uint32_t)n;
	}
	if (text.ptr)
		return false;
	*ret = (struct address){0, MAPPED_V4 | sum};
	return true;
}

static uint64_t load_big(const unsigned char *p)
{
	uint64_t n = 0;

	for (int i = 0; i < 8; i++)
		n = n << 8 | p[i];
	return n;
}

static bool parse_v6(str text, struct address *ret)
{
	unsigned char bytes[16];
	char copy[INET6_ADDRSTRLEN];

	if (text.len < 2 || text.len >= sizeof(copy) || str_find_byte(text, ':') < 0)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	if (strlen(copy) != text.len || inet_pton(AF_INET6, copy, bytes) != 1)
		return false;
	*ret = (struct address){load_big(bytes), load_big(bytes + 8)};
	return true;
}

bool address_parse(str text, struct address *ret)
{
	if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')
		return parse_v6(str_sub(text, 1, text.len - 2), ret);
	if (text.len && (unsigned char)(text.ptr[0] - '0') < 10 && parse_v4(text, ret))
		return true;
	return parse_v6(text, ret);
}

bool address_is_v4(const struct address *a)
{
	return a->high == 0 && a->low >> 32 == 0xFFFF;
}

bool network_parse(str text, struct address *ret, unsigned *ret_prefix)
{
	ptrdiff_t slash = str_find_byte(text, '/');
	struct address a;
	uint64_t bits;

	if (slash < 0 || !address_parse(str_sub(text, 0, (size_t)slash), &a))
		return false;
	if (!str_to_u64(str_from(text, (size_t)slash + 1), &bits) || bits > (address_is_v4(&a) ? 32 : 128))
		return false;
	*ret = a;
	*ret_prefix = (unsigned)bits + (address_is_v4(&a) ? V4_BITS : 0);
	return true;
}

void network_bounds(const struct address *a, unsigned prefix, struct address *ret_first, struct address *ret_last)
{
	unsigned high_bits = prefix < 64 ? prefix : 64, low_bits = prefix - high_bits;
	uint64_t high_free = high_bits == 64 ? 0 : UINT64_MAX >> high_bits;
	uint64_t low_free = low_bits == 64 ? 0 : UINT64_MAX >> low_bits;

	*ret_first = (struct address){a->high & ~high_free, a->low & ~low_free};
	*ret_last = (struct address){a->high | high_free, a->low | low_free};
}

void value_address(const struct address *a, struct value *out)
{
	memcpy(out->text, &a->high, 8);
	memcpy(out->text + 8, &a->low, 8);
	out->len = 16;
	out->address = *a;
}
