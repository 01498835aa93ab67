#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "net/internal.h"
#include "net/tls_make.h"
#include "os/file.h"

#define TLS_PATH_MAX 4096

struct tls_context {
	SSL_CTX *ctx;
};

static int fail(struct err *e, const char *id, str path)
{
	char words[160];
	int rc = err_set(e, ERR_IO, id);

	ERR_error_string_n(ERR_get_error(), words, sizeof(words));
	ERR_clear_error();
	err_path(e, path);
	err_detail(e, str_of(words));
	return rc;
}

/* Only http/1.1 is spoken; a client that offers nothing we know goes on without ALPN, as old ones do. */
static int choose_protocol(SSL *ssl, const unsigned char **ret, unsigned char *ret_len, const unsigned char *offered,
			   unsigned offered_len, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto((unsigned char **)(uintptr_t)ret, ret_len, ours, sizeof(ours) - 1, offered,
				  offered_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	return SSL_TLSEXT_ERR_OK;
}

static int load(SSL_CTX *ctx, const char *cert, const char *key, struct err *e)
{
	if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
		return fail(e, "err.tls.certificate", str_of(cert));
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
		return fail(e, "err.tls.key", str_of(key));
	if (SSL_CTX_check_private_key(ctx) != 1)
		return fail(e, "err.tls.mismatch", str_of(key));
	return 0;
}

int tls_open(str cert_path, str key_path, struct tls_context **ret, struct err *e)
{
	char cert[TLS_PATH_MAX], key[TLS_PATH_MAX];
	struct tls_context *t;
	int rc;

	if (cert_path.len >= sizeof(cert) || key_path.len >= sizeof(key))
		return err_set_value(e, ERR_RANGE, "err.file.path", cert_path);
	snprintf(cert, sizeof(cert), STR_FMT, STR_ARG(cert_path));
	snprintf(key, sizeof(key), STR_FMT, STR_ARG(key_path));
	t = mem_alloc(1, sizeof(*t));
	t->ctx = SSL_CTX_new(TLS_server_method());
	CHECK(t->ctx != NULL);
	SSL_CTX_set_min_proto_version(t->ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(t->ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	/* Forward secrecy and authenticated encryption only for TLS 1.2 (RFC 9325 section 4.2). */
	CHECK(SSL_CTX_set_cipher_list(t->ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1);
	SSL_CTX_set_mode(t->ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_alpn_select_cb(t->ctx, choose_protocol, NULL);
	rc = load(t->ctx, cert, key, e);
	if (rc)
		tls_close(t);
	else
		*ret = t;
	return rc;
}

int tls_open_self_signed(str folder, const struct tls_names *names, time_us now, struct tls_context **ret,
			 struct err *e)
{
	char cert[TLS_PATH_MAX], key[TLS_PATH_MAX], place[TLS_PATH_MAX];
	int rc;

	CHECK(names->count <= TLS_NAMES_MAX);
	if (folder.len > TLS_PATH_MAX - 32)
		return err_set_value(e, ERR_RANGE, "err.file.path", folder);
	snprintf(place, sizeof(place), STR_FMT "/tls", STR_ARG(folder));
	snprintf(cert, sizeof(cert), STR_FMT "/tls/cert.pem", STR_ARG(folder));
	snprintf(key, sizeof(key), STR_FMT "/tls/key.pem", STR_ARG(folder));
	rc = folder_make(str_of(place), e);
	if (!rc && !tls_still_good(cert, key, names, now))
		rc = tls_make(cert, key, names, e);
	return rc ? rc : tls_open(str_of(cert), str_of(key), ret, e);
}

void tls_close(struct tls_context *t)
{
	if (!t)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

SSL *tls_accept_new(struct tls_context *t)
{
	SSL *ssl = SSL_new(t->ctx);

	ERR_clear_error();
	return ssl;
}

int tls_fingerprint(const struct tls_context *t, char out[96])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	X509 *cert = SSL_CTX_get0_certificate(t->ctx);

	out[0] = '\0';
	if (!cert || X509_digest(cert, EVP_sha256(), digest, &len) != 1)
		return -ERR_INTERNAL;
	for (unsigned i = 0; i < len && i < 32; i++)
		snprintf(out + i * 3, 96 - i * 3, "%02X%s", digest[i], i + 1 < len ? ":" : "");
	return 0;
}
