#include "guard/secret.h"

#include <sodium.h>
#include <stdio.h>

#include "base/check.h"
#include "base/utf8.h"

#define ARGON_PASSES 3ULL
#define ARGON_MEMORY (64u << 20)

/* argon2id of a random text, made with the parameters above: what an unknown account is compared with. */
static const char nobody_hash[] = "$argon2id$v=19$m=65536,t=3,p=1$c29tZXRoaW5ncmFuZG9tMQ$"
				  "aWNoIGJpbiBrZWluIGVjaHRlciBIYXNoIGhpZXIuLi4";

struct secret secret_create(struct env *env, const char *prefix)
{
	unsigned char raw[SECRET_BYTES];
	struct secret s = {0};
	size_t at = strlen(prefix);

	CHECK(at + SECRET_TEXT < sizeof(s.text));
	env->random(env->ctx, raw, sizeof(raw));
	memcpy(s.text, prefix, at);
	sodium_bin2base64(s.text + at, sizeof(s.text) - at, raw, sizeof(raw), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(raw, sizeof(raw));
	return s;
}

void secret_wipe(struct secret *s)
{
	sodium_memzero(s, sizeof(*s));
}

struct digest_hex secret_hash(str token)
{
	return digest_sha256_hex(token);
}

static size_t code_points(str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
	return count;
}

int password_check(str password, str email, str display_name, struct err *e)
{
	ptrdiff_t at = str_find_byte(email, '@');
	str local = at > 0 ? str_sub(email, 0, (size_t)at) : email;
	char least[16];
	int rc;

	if (!utf8_is_valid(password) || password.len > PASSWORD_BYTES_MAX || str_find_byte(password, '\0') >= 0)
		return err_set(e, ERR_RANGE, "err.password.bytes");
	if (code_points(password) < PASSWORD_LENGTH_MIN) {
		snprintf(least, sizeof(least), "%d", PASSWORD_LENGTH_MIN);
		rc = err_set(e, ERR_RANGE, "err.password.short");
		err_expected(e, str_of(least));
		return rc;
	}
	if (str_eq_nocase(password, email) || str_eq_nocase(password, local) || str_eq_nocase(password, display_name))
		return err_set(e, ERR_RANGE, "err.password.name");
	for (size_t i = 1; i < password.len; i++)
		if (password.ptr[i] != password.ptr[0])
			return 0;
	return err_set(e, ERR_RANGE, "err.password.one_letter");
}

int password_hash(str password, char ret[PASSWORD_HASH_MAX], struct err *e)
{
	char out[crypto_pwhash_STRBYTES];

	_Static_assert(crypto_pwhash_STRBYTES <= PASSWORD_HASH_MAX, "room for libsodium's text");
	CHECK(sodium_init() >= 0);
	if (crypto_pwhash_str_alg(out, password.ptr, password.len, ARGON_PASSES, ARGON_MEMORY,
				  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(e, ERR_LIMIT, "err.password.memory");
	memcpy(ret, out, sizeof(out));
	return 0;
}

bool password_verify(str hash, str password)
{
	char text[PASSWORD_HASH_MAX] = {0};
	bool is_real = hash.len > 0 && hash.len < sizeof(text);

	CHECK(sodium_init() >= 0);
	memcpy(text, is_real ? hash.ptr : nobody_hash, is_real ? hash.len : sizeof(nobody_hash));
	if (password.len > PASSWORD_BYTES_MAX)
		password.len = 0;
	return crypto_pwhash_str_verify(text, password.ptr ? password.ptr : "", password.len) == 0 && is_real;
}
