#include "tests.h"

#include "base/mem.h"
#include "guard/totp.h"
#include "guarded.h"

/* RFC 6238, appendix B: the SHA-1 key and its times; the last six of the eight digits. */
static struct totp_secret rfc_secret(void)
{
	struct totp_secret s;

	memcpy(s.bytes, "12345678901234567890", sizeof(s.bytes));
	return s;
}

static void codes_are_those_of_the_rfc(void **state)
{
	static const struct {
		int64_t seconds;
		const char *code;
	} rows[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
		    {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
	struct totp_secret s = rfc_secret();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char code[TOTP_DIGITS + 1];
		int64_t step;

		totp_code(&s, rows[i].seconds * TIME_SECOND, code);
		assert_string_equal(code, rows[i].code);
		assert_true(totp_check(&s, str_of(code), rows[i].seconds * TIME_SECOND, 0, &step));
		assert_int_equal(step, rows[i].seconds / 30);
	}
}

static void one_step_to_each_side_and_never_twice(void **state)
{
	struct totp_secret s = rfc_secret();
	char code[TOTP_DIGITS + 1];
	int64_t step = 0;

	(void)state;
	totp_code(&s, NOW, code);
	assert_true(totp_check(&s, str_of(code), NOW + TOTP_STEP, 0, &step));
	assert_true(totp_check(&s, str_of(code), NOW - TOTP_STEP, 0, &step));
	assert_false(totp_check(&s, str_of(code), NOW + 2 * TOTP_STEP, 0, &step));
	assert_false(totp_check(&s, str_of(code), NOW - 2 * TOTP_STEP, 0, &step));
	assert_false(totp_check(&s, str_of(code), NOW, step, &step));
	assert_false(totp_check(&s, STR("12345"), NOW, 0, &step));
	assert_false(totp_check(&s, STR(""), NOW, 0, &step));
	assert_false(totp_check(&s, STR("0000000000000000000000000000"), NOW, 0, &step));
}

static void a_secret_is_shown_and_read_back(void **state)
{
	_cleanup_(buf_done) struct buf uri;
	struct totp_secret s = rfc_secret(), back;
	char text[TOTP_BASE32 + 1];

	(void)state;
	totp_base32(&s, text);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	assert_true(totp_parse(STR("gezd gnbv gy3t qojq gezd gnbv gy3t qojq"), &back));
	assert_memory_equal(back.bytes, s.bytes, TOTP_SECRET_BYTES);
	assert_false(totp_parse(STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ"), &back));
	assert_false(totp_parse(STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"), &back));
	assert_false(totp_parse(STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQA"), &back));
	buf_init(&uri, 1000);
	totp_uri(&uri, &s, STR("Noroshi"), STR("hanako@example.jp"));
	assert_string_equal(buf_cstr(&uri), "otpauth://totp/Noroshi:hanako%40example.jp?secret="
					    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Noroshi");
}

static void a_recovery_code_works_once(void **state)
{
	struct guarded *g = *state;
	int64_t id = guarded_account(g, STR("hanako"), g->group, ROLE_ADMIN);
	int64_t other = guarded_account(g, STR("taro"), g->group, ROLE_ADMIN);
	struct recovery_codes codes;

	assert_int_equal(recovery_create(g->db, &g->env, id, &codes, NULL), 0);
	assert_string_not_equal(codes.text[0], codes.text[1]);
	assert_int_equal(recovery_use(g->db, other, str_of(codes.text[3]), g->now, NULL), -ERR_AUTH);
	assert_int_equal(recovery_use(g->db, id, str_of(codes.text[3]), g->now, NULL), 0);
	assert_int_equal(recovery_use(g->db, id, str_of(codes.text[3]), g->now, NULL), -ERR_AUTH);
	assert_int_equal(recovery_use(g->db, id, STR("aaaa-aaaa-aaaa-aaaa"), g->now, NULL), -ERR_AUTH);
	assert_int_equal(recovery_use(g->db, id, STR_NONE, g->now, NULL), -ERR_AUTH);
	assert_int_equal(recovery_create(g->db, &g->env, id, &(struct recovery_codes){{{0}}}, NULL), 0);
	assert_int_equal(recovery_use(g->db, id, str_of(codes.text[4]), g->now, NULL), -ERR_AUTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_those_of_the_rfc),
		cmocka_unit_test(one_step_to_each_side_and_never_twice),
		cmocka_unit_test(a_secret_is_shown_and_read_back),
		GUARDED(a_recovery_code_works_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
