/* TLS by the library's own client: versions, names in the certificate, a long exchange. */
#include "net/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests.h"
#include "wire.h"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/noroshi-tls-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char path[128];

	(void)state;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/tls/%s.pem", folder, i ? "key" : "cert");
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/tls", folder);
	rmdir(path);
	return rmdir(folder);
}

static int open_signed(const str *names, size_t count, struct tls_context **ret, struct err *e)
{
	struct env env = env_real(NULL);

	return tls_open_self_signed(str_of(folder), &(struct tls_names){names, count}, env.now(env.ctx), ret, e);
}

/* Returns the answer's length, or -1 when the handshake failed. */
static int ask(uint16_t port, int version, str bytes, char *out, size_t max, struct x509_st **ret_cert)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	int fd = wire_connect(port), len = -1, got;
	SSL *ssl = SSL_new(ctx);

	SSL_set_min_proto_version(ssl, version);
	SSL_set_max_proto_version(ssl, version);
	/* TLS 1.0 and 1.1 exist only at security level 0; the refusal must be the server's. */
	SSL_set_security_level(ssl, 0);
	SSL_set_cipher_list(ssl, "ALL");
	SSL_set_fd(ssl, fd);
	if (SSL_connect(ssl) == 1) {
		SSL_write(ssl, bytes.ptr, (int)bytes.len);
		for (len = 0; len < (int)max - 1 && (got = SSL_read(ssl, out + len, (int)max - 1 - len)) > 0;
		     len += got)
			;
		out[len] = '\0';
		if (ret_cert)
			*ret_cert = SSL_get1_peer_certificate(ssl);
	}
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fd);
	return len;
}

static void test_versions(void **state)
{
	str names[] = {STR("soc.example.jp"), STR("192.0.2.7")};
	str request = STR("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	char *out = malloc(1u << 20), print[96];
	struct tls_context *tls;
	X509 *cert = NULL;
	struct wire w = {0};
	struct err e;
	struct stat st;
	char key[96];

	(void)state;
	assert_int_equal(open_signed(names, 2, &tls, &e), 0);
	snprintf(key, sizeof(key), "%s/tls/key.pem", folder);
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(tls_fingerprint(tls, print), 0);
	assert_int_equal(strlen(print), 95);
	wire_start(&w, tls, NULL);
	assert_int_equal(ask(w.port, TLS1_VERSION, request, out, 1u << 20, NULL), -1);
	assert_int_equal(ask(w.port, TLS1_1_VERSION, request, out, 1u << 20, NULL), -1);
	assert_true(ask(w.port, TLS1_2_VERSION, request, out, 1u << 20, NULL) > 300000);
	assert_true(ask(w.port, TLS1_3_VERSION, request, out, 1u << 20, &cert) > 300000);
	assert_int_equal(X509_check_host(cert, "soc.example.jp", 0, 0, NULL), 1);
	assert_int_equal(X509_check_host(cert, "localhost", 0, 0, NULL), 1);
	assert_int_equal(X509_check_host(cert, "other.example.jp", 0, 0, NULL), 0);
	assert_int_equal(X509_check_ip_asc(cert, "192.0.2.7", 0), 1);
	assert_int_equal(X509_check_ip_asc(cert, "::1", 0), 1);
	assert_true(atomic_load(&server_counters(w.server)->handshakes_failed) >= 2);
	X509_free(cert);
	wire_stop(&w);
	tls_close(tls);
	free(out);
}

/* The second start uses the same certificate; a new name makes a new one. */
static void test_kept(void **state)
{
	str names[] = {STR("soc.example.jp"), STR("192.0.2.7"), STR("new.example.jp"), STR("bad,DNS:evil")};
	char first[96], second[96], third[96];
	struct tls_context *tls;
	struct err e;

	(void)state;
	assert_int_equal(open_signed(names, 1, &tls, &e), 0);
	assert_int_equal(tls_fingerprint(tls, first), 0);
	tls_close(tls);
	assert_int_equal(open_signed(names, 1, &tls, &e), 0);
	assert_int_equal(tls_fingerprint(tls, second), 0);
	tls_close(tls);
	assert_string_equal(first, second);
	assert_int_equal(open_signed(names, 3, &tls, &e), 0);
	assert_int_equal(tls_fingerprint(tls, third), 0);
	tls_close(tls);
	assert_string_not_equal(first, third);
	assert_int_not_equal(open_signed(names, 4, &tls, &e), 0);
	assert_string_equal(e.id, "err.tls.name");
}

static void test_wrong_files(void **state)
{
	struct tls_context *tls;
	struct err e;
	char path[128];

	(void)state;
	assert_int_not_equal(tls_open(STR("/nonexistent/cert.pem"), STR("/nonexistent/key.pem"), &tls, &e), 0);
	assert_string_equal(e.id, "err.tls.certificate");
	snprintf(path, sizeof(path), "%s/tls/cert.pem", folder);
	assert_int_not_equal(tls_open(str_of(path), str_of(path), &tls, &e), 0);
	assert_string_equal(e.id, "err.tls.key");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_wrong_files),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
