#include "guard/totp.h"

#include <liboath/oath.h>
#include <stdio.h>

#include "base/check.h"
#include "os/digest.h"
#include "store/queries.gen.h"

#define CODE_TEXT_MAX 16

/* RFC 4648, section 6. */
static const char base32_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* Five bytes → eight letters. */
static void base32_group(const unsigned char *in, char *out)
{
	uint64_t bits = 0;

	for (int i = 0; i < 5; i++)
		bits = bits << 8 | in[i];
	for (int i = 0; i < 8; i++)
		out[i] = base32_letters[bits >> (35 - 5 * i) & 31];
}

struct totp_secret totp_create(struct env *env)
{
	struct totp_secret s;

	env->random(env->ctx, s.bytes, sizeof(s.bytes));
	return s;
}

void totp_base32(const struct totp_secret *s, char out[TOTP_BASE32 + 1])
{
	_Static_assert(TOTP_SECRET_BYTES % 5 == 0, "whole groups");
	for (size_t i = 0; i < TOTP_SECRET_BYTES / 5; i++)
		base32_group(s->bytes + 5 * i, out + 8 * i);
	out[TOTP_BASE32] = '\0';
}

static int base32_value(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

bool totp_parse(str base32, struct totp_secret *ret)
{
	struct totp_secret s = {{0}};
	size_t bits = 0;

	for (size_t i = 0; i < base32.len; i++) {
		int value = base32_value(base32.ptr[i]);

		if (base32.ptr[i] == ' ')
			continue;
		if (value < 0 || bits >= TOTP_SECRET_BYTES * 8)
			return false;
		for (int b = 4; b >= 0; b--, bits++)
			s.bytes[bits / 8] |= (unsigned char)((value >> b & 1) << (7 - bits % 8));
	}
	if (bits != TOTP_SECRET_BYTES * 8)
		return false;
	*ret = s;
	return true;
}

/* RFC 3986: everything but the unreserved is written %XX. */
static void add_escaped(struct buf *out, str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
				c == '-' || c == '.' || c == '_' || c == '~';

		if (is_plain)
			buf_add_byte(out, (char)c);
		else
			buf_add_fmt(out, "%%%02X", c);
	}
}

void totp_uri(struct buf *out, const struct totp_secret *s, str issuer, str login)
{
	char secret[TOTP_BASE32 + 1];

	totp_base32(s, secret);
	buf_add(out, STR("otpauth://totp/"));
	add_escaped(out, issuer);
	buf_add_byte(out, ':');
	add_escaped(out, login);
	buf_add_fmt(out, "?secret=%s&issuer=", secret);
	add_escaped(out, issuer);
}

static void code_at(const struct totp_secret *s, int64_t step, char out[TOTP_DIGITS + 1])
{
	int rc = oath_hotp_generate((const char *)s->bytes, sizeof(s->bytes), (uint64_t)step, TOTP_DIGITS, false,
				    OATH_HOTP_DYNAMIC_TRUNCATION, out);

	CHECK(rc == OATH_OK);
}

void totp_code(const struct totp_secret *s, time_us now, char out[TOTP_DIGITS + 1])
{
	code_at(s, now / TOTP_STEP, out);
}

/* Without blanks; false when it is too long. */
static bool squeeze(str text, size_t size, char *out, size_t *ret_len)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == ' ' || text.ptr[i] == '-')
			continue;
		if (len + 1 >= size)
			return false;
		out[len++] = text.ptr[i];
	}
	out[len] = '\0';
	*ret_len = len;
	return true;
}

bool totp_check(const struct totp_secret *s, str code, time_us now, int64_t last_step, int64_t *ret_step)
{
	char given[CODE_TEXT_MAX], want[TOTP_DIGITS + 1];
	int64_t step = now / TOTP_STEP;
	size_t len;

	if (!squeeze(code, sizeof(given), given, &len) || len != TOTP_DIGITS)
		return false;
	for (int64_t at = step - 1; at <= step + 1; at++) {
		code_at(s, at, want);
		if (digest_equal(str_of(given), str_of(want)) && at > last_step) {
			*ret_step = at;
			return true;
		}
	}
	return false;
}

static struct digest_hex code_hash(int64_t account_id, str letters)
{
	char text[64];

	snprintf(text, sizeof(text), "%lld:" STR_FMT, (long long)account_id, STR_ARG(letters));
	return digest_sha256_hex(str_of(text));
}

static int recovery_clear(struct db *db, int64_t account_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_recovery_code_clear, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "account_id", account_id);
	return stmt_run(&st, e);
}

static int recovery_add(struct db *db, int64_t account_id, const char *letters, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct digest_hex hash = code_hash(account_id, str_of(letters));
	int rc = db_prepare(db, &Q_recovery_code_add, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "account_id", account_id);
	stmt_text(&st, "code_hash", digest_str(&hash));
	return stmt_run(&st, e);
}

int recovery_create(struct db *db, struct env *env, int64_t account_id, struct recovery_codes *ret, struct err *e)
{
	struct recovery_codes codes;
	int rc = recovery_clear(db, account_id, e);

	for (size_t i = 0; !rc && i < RECOVERY_CODES; i++) {
		unsigned char raw[10];
		char letters[17] = "";

		env->random(env->ctx, raw, sizeof(raw));
		base32_group(raw, letters);
		base32_group(raw + 5, letters + 8);
		for (size_t c = 0; c < 16; c++)
			if (letters[c] >= 'A' && letters[c] <= 'Z')
				letters[c] = (char)(letters[c] - 'A' + 'a');
		snprintf(codes.text[i], sizeof(codes.text[i]), "%.4s-%.4s-%.4s-%.4s", letters, letters + 4, letters + 8,
			 letters + 12);
		rc = recovery_add(db, account_id, letters, e);
	}
	if (!rc)
		*ret = codes;
	return rc;
}

int recovery_use(struct db *db, int64_t account_id, str code, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	char letters[17];
	struct digest_hex hash;
	size_t len;
	int rc;

	if (!squeeze(code, sizeof(letters), letters, &len) || len != 16)
		return err_set(e, ERR_AUTH, "err.login.code");
	for (size_t i = 0; i < len; i++)
		if (letters[i] >= 'A' && letters[i] <= 'Z')
			letters[i] = (char)(letters[i] - 'A' + 'a');
	hash = code_hash(account_id, str_of(letters));
	rc = db_prepare(db, &Q_recovery_code_use, NULL, &st, e);
	if (rc)
		return rc;
	stmt_i64(&st, "account_id", account_id);
	stmt_text(&st, "code_hash", digest_str(&hash));
	stmt_i64(&st, "now", now);
	rc = stmt_run(&st, e);
	if (!rc && db_changes(db) == 0)
		rc = err_set(e, ERR_AUTH, "err.login.code");
	return rc;
}
