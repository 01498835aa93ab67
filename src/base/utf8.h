/* utf8: checks and repairs text from strangers. Follows RFC 3629: no surrogates, no overlong forms, at most U+10FFFF.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"
#include "base/str.h"

#define UTF8_REPLACEMENT 0xFFFDu

bool utf8_is_valid(str s);
/* At most `max` bytes of s, not ending in the middle of a character. */
str utf8_cut(str s, size_t max);
/* Appends s with each ill-formed byte replaced by U+FFFD. */
void utf8_add_clean(struct buf *out, str s);
/* Writes 1 to 4 bytes; a surrogate or a value past U+10FFFF becomes U+FFFD. Returns the length. */
size_t utf8_encode(uint32_t code_point, char out[4]);
/* Decodes one code point at the front of s (s.len > 0) and tells its length; ill-formed: UTF8_REPLACEMENT, length 1. */
uint32_t utf8_decode(str s, size_t *ret_len);
/* UTF-16LE bytes (odd last byte ignored) → UTF-8; lone surrogates become U+FFFD. `out` needs room for 3 bytes per unit.
 * Returns the length written. */
size_t utf8_from_utf16le(const unsigned char *units, size_t unit_count, char *out);

#endif
