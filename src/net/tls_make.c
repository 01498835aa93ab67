#include "net/tls_make.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "net/tls.h"
#include "os/file.h"

#define SAN_MAX 4096

static void key_done(EVP_PKEY **k)
{
	EVP_PKEY_free(*k);
}

static void cert_done(X509 **c)
{
	X509_free(*c);
}

static void bio_done(BIO **b)
{
	BIO_free(*b);
}

static bool is_address(str name)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char raw[16];

	if (name.len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), STR_FMT, STR_ARG(name));
	return inet_pton(AF_INET, text, raw) == 1 || inet_pton(AF_INET6, text, raw) == 1;
}

/* A name goes into OpenSSL's small extension language, so only letters, digits, '-', '.', ':' and a leading "*." may
 * pass. */
static bool is_name(str name)
{
	if (str_starts(name, STR("*.")))
		name = str_from(name, 2);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (!letter && c != '-' && c != '.' && !(c == ':' && is_address(name)))
			return false;
	}
	return name.len > 0 && name.len < 254;
}

bool tls_still_good(const char *cert_path, const char *key_path, const struct tls_names *n, time_us now)
{
	_cleanup_(bio_done) BIO *file = BIO_new_file(cert_path, "r");
	_cleanup_(cert_done) X509 *cert = file ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;
	time_t limit = (time_t)(now / TIME_SECOND) + (time_t)TLS_RENEW_DAYS * 86400;
	bool good = cert && X509_cmp_time(X509_get0_notAfter(cert), &limit) > 0 && access(key_path, R_OK) == 0;

	for (size_t i = 0; good && i < n->count; i++) {
		char text[256];

		snprintf(text, sizeof(text), STR_FMT, STR_ARG(n->names[i]));
		good = is_address(n->names[i]) ? X509_check_ip_asc(cert, text, 0) == 1
					       : X509_check_host(cert, text, 0, 0, NULL) == 1;
	}
	ERR_clear_error();
	return good;
}

static bool add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;
	bool done;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	done = ext && X509_add_ext(cert, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return done;
}

static int alt_names(const struct tls_names *n, struct buf *out, struct err *e)
{
	buf_add(out, STR("DNS:localhost,IP:127.0.0.1,IP:::1"));
	for (size_t i = 0; i < n->count; i++) {
		if (!is_name(n->names[i]))
			return err_set_value(e, ERR_RANGE, "err.tls.name", n->names[i]);
		buf_add(out, is_address(n->names[i]) ? STR(",IP:") : STR(",DNS:"));
		buf_add(out, n->names[i]);
	}
	return buf_check(out, e);
}

static bool fill(X509 *cert, EVP_PKEY *key, const char *alt, str common_name)
{
	X509_NAME *name = X509_get_subject_name(cert);
	unsigned char serial[16];
	BIGNUM *number;
	bool done;

	if (RAND_bytes(serial, sizeof(serial)) != 1)
		return false;
	serial[0] &= 0x7f;
	number = BN_bin2bn(serial, sizeof(serial), NULL);
	done = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
	BN_free(number);
	/* An hour back, for a client whose clock is behind. CN holds 64 characters at most (RFC 5280); clients read the
	 * alt names. */
	return done && X509_set_version(cert, 2) == 1 && X509_gmtime_adj(X509_getm_notBefore(cert), -3600) &&
	       X509_gmtime_adj(X509_getm_notAfter(cert), (long)TLS_DAYS * 86400) &&
	       X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Noroshi", -1, -1, 0) == 1 &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name.ptr,
					  (int)(common_name.len > 64 ? 64 : common_name.len), -1, 0) == 1 &&
	       X509_set_issuer_name(cert, name) == 1 && X509_set_pubkey(cert, key) == 1 &&
	       add_extension(cert, NID_subject_alt_name, alt) &&
	       add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(cert, NID_key_usage, "critical,digitalSignature") &&
	       add_extension(cert, NID_ext_key_usage, "serverAuth") &&
	       add_extension(cert, NID_subject_key_identifier, "hash") && X509_sign(cert, key, EVP_sha256()) > 0;
}

static int write_pem(const char *path, BIO *pem, unsigned mode, struct err *e)
{
	char *bytes = NULL;
	long len = BIO_get_mem_data(pem, &bytes);

	return file_write_atomic(str_of(path), (str){bytes, (size_t)len}, mode, e);
}

int tls_make(const char *cert_path, const char *key_path, const struct tls_names *n, struct err *e)
{
	_cleanup_(key_done) EVP_PKEY *key = EVP_EC_gen("P-256");
	_cleanup_(cert_done) X509 *cert = X509_new();
	_cleanup_(bio_done) BIO *key_pem = BIO_new(BIO_s_secmem());
	_cleanup_(bio_done) BIO *cert_pem = BIO_new(BIO_s_mem());
	_cleanup_(buf_done) struct buf alt;
	int rc;

	buf_init(&alt, SAN_MAX);
	rc = alt_names(n, &alt, e);
	if (rc)
		return rc;
	if (!key || !cert || !key_pem || !cert_pem ||
	    !fill(cert, key, buf_cstr(&alt), n->count ? n->names[0] : STR("localhost")) ||
	    PEM_write_bio_PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) != 1 ||
	    PEM_write_bio_X509(cert_pem, cert) != 1) {
		ERR_clear_error();
		return err_set(e, ERR_INTERNAL, "err.tls.make");
	}
	/* The key first: a crash between the two leaves no certificate, and the next start makes both again. */
	rc = write_pem(key_path, key_pem, 0600, e);
	return rc ? rc : write_pem(cert_path, cert_pem, 0644, e);
}
