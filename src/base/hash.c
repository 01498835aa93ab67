#include "base/hash.h"

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

struct sip {
	uint64_t v0, v1, v2, v3;
};

static inline void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = ROTL(s->v1, 13) ^ s->v0;
	s->v0 = ROTL(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = ROTL(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = ROTL(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = ROTL(s->v1, 17) ^ s->v2;
	s->v2 = ROTL(s->v2, 32);
}

static inline uint64_t load64(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

uint64_t hash_keyed(struct hash_key key, str s)
{
	struct sip st = {key.k0 ^ 0x736f6d6570736575u, key.k1 ^ 0x646f72616e646f6du, key.k0 ^ 0x6c7967656e657261u,
			 key.k1 ^ 0x7465646279746573u};
	size_t whole = s.len & ~(size_t)7;
	uint64_t tail = (uint64_t)s.len << 56;

	for (size_t i = 0; i < whole; i += 8) {
		uint64_t word = load64(s.ptr + i);

		st.v3 ^= word;
		sip_round(&st);
		st.v0 ^= word;
	}
	for (size_t i = whole; i < s.len; i++)
		tail |= (uint64_t)(unsigned char)s.ptr[i] << (8 * (i - whole));
	st.v3 ^= tail;
	sip_round(&st);
	st.v0 ^= tail;
	st.v2 ^= 0xff;
	sip_round(&st);
	sip_round(&st);
	sip_round(&st);
	return st.v0 ^ st.v1 ^ st.v2 ^ st.v3;
}

/* The middle bits of a product depend on all bits of both halves; the shift brings them back to where the next one
 * starts. */
static inline uint64_t quick_step(uint64_t state, uint64_t word)
{
	state = (state ^ word) * 0x9E3779B97F4A7C15u;
	return state ^ state >> 29;
}

uint64_t hash_quick(struct hash_key key, str s)
{
	uint64_t a = key.k0 ^ s.len, b = key.k1, word = 0;
	const char *p = s.ptr;
	size_t left = s.len;

	for (; left >= 16; p += 16, left -= 16) {
		a = quick_step(a, load64(p));
		b = quick_step(b, load64(p + 8));
	}
	if (left >= 8) {
		a = quick_step(a, load64(p));
		p += 8;
		left -= 8;
	}
	/* The last bytes, some of them a second time: cheaper than one after another. */
	if (left && s.len >= 8)
		word = load64(s.ptr + s.len - 8);
	else if (left)
		for (size_t i = 0; i < left; i++)
			word = word << 8 | (unsigned char)p[i];
	b = quick_step(b, word);
	return quick_step(a, b);
}

uint64_t hash_stable(str s)
{
	return hash_keyed((struct hash_key){0, 0}, s);
}

/* Bitwise form of the reflected polynomial 0xEDB88320: one byte needs eight steps, and only EVTX headers use it. */
uint32_t hash_crc32(uint32_t crc, str s)
{
	crc = ~crc;
	for (size_t i = 0; i < s.len; i++) {
		crc ^= (unsigned char)s.ptr[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
	}
	return ~crc;
}
