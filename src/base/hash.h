/* hash: short non-cryptographic digests for tables and checks.
 *
 * hash_keyed is SipHash-1-3 (Aumasson, Bernstein 2012; the 1-3 variant): with a secret key a stranger cannot choose
 * colliding values. hash_crc32 is the CRC-32 of IEEE 802.3, as EVTX headers use it. SHA-256 lives in os/digest.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

struct hash_key {
	uint64_t k0, k1;
};

uint64_t hash_keyed(struct hash_key key, str s);
/* Keyed, several times as fast, and without any promise against who chooses values: only where a collision costs no
 * more than a value that was not seen before, as in a cache of one slot a hash. */
uint64_t hash_quick(struct hash_key key, str s);
/* Same for all runs; only for data that no stranger chooses, and for stable identifiers. */
uint64_t hash_stable(str s);
uint32_t hash_crc32(uint32_t crc, str s);
/* Another number into a digest of several; stable. */
static inline uint64_t hash_mix(uint64_t digest, uint64_t more)
{
	digest = (digest ^ more) * 0x9E3779B97F4A7C15u;
	return digest ^ digest >> 32;
}

#endif
