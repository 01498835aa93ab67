#include "os/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"

#define FILE_CHUNK 65536
#define FILE_PATH_MAX 4096

struct digest {
	EVP_MD_CTX *ctx;
};

void digest_sha256(str bytes, unsigned char out[DIGEST_BYTES])
{
	unsigned len = 0;

	CHECK(EVP_Digest(bytes.ptr ? bytes.ptr : "", bytes.len, out, &len, EVP_sha256(), NULL) == 1);
	CHECK(len == DIGEST_BYTES);
}

void digest_hmac(str key, str bytes, unsigned char out[DIGEST_BYTES])
{
	const unsigned char *data = (const unsigned char *)(bytes.ptr ? bytes.ptr : "");
	unsigned len = 0;

	CHECK(key.len <= INT32_MAX && HMAC(EVP_sha256(), key.ptr, (int)key.len, data, bytes.len, out, &len) != NULL);
	CHECK(len == DIGEST_BYTES);
}

static struct digest_hex hex_of(const unsigned char raw[DIGEST_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	struct digest_hex hex;

	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		hex.text[2 * i] = digits[raw[i] >> 4];
		hex.text[2 * i + 1] = digits[raw[i] & 15];
	}
	hex.text[DIGEST_HEX] = '\0';
	return hex;
}

struct digest_hex digest_sha256_hex(str bytes)
{
	unsigned char raw[DIGEST_BYTES];

	digest_sha256(bytes, raw);
	return hex_of(raw);
}

struct digest *digest_begin(void)
{
	struct digest *d = mem_alloc(1, sizeof(*d));

	d->ctx = EVP_MD_CTX_new();
	CHECK(d->ctx && EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) == 1);
	return d;
}

void digest_add(struct digest *d, str bytes)
{
	CHECK(bytes.len == 0 || EVP_DigestUpdate(d->ctx, bytes.ptr, bytes.len) == 1);
}

struct digest_hex digest_end(struct digest *d)
{
	unsigned char raw[DIGEST_BYTES];
	unsigned len = 0;

	CHECK(EVP_DigestFinal_ex(d->ctx, raw, &len) == 1 && len == DIGEST_BYTES);
	digest_drop(&d);
	return hex_of(raw);
}

void digest_drop(struct digest **d)
{
	if (!*d)
		return;
	EVP_MD_CTX_free((*d)->ctx);
	free(*d);
	*d = NULL;
}

int digest_file(str path, struct digest_hex *ret, uint64_t *ret_size, struct err *e)
{
	_cleanup_digest_ struct digest *d = NULL;
	char cpath[FILE_PATH_MAX], chunk[FILE_CHUNK];
	uint64_t size = 0;
	ssize_t got;
	int fd;

	if (path.len == 0 || path.len >= sizeof(cpath))
		return err_set_value(e, ERR_RANGE, "err.file.path", path);
	memcpy(cpath, path.ptr, path.len);
	cpath[path.len] = '\0';
	fd = open(cpath, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set_errno(e, "err.file.open", path, errno);
	d = digest_begin();
	while ((got = read(fd, chunk, sizeof(chunk))) > 0 || (got < 0 && errno == EINTR)) {
		if (got < 0)
			continue;
		digest_add(d, (str){chunk, (size_t)got});
		size += (uint64_t)got;
	}
	if (got < 0) {
		int rc = err_set_errno(e, "err.file.read", path, errno);

		close(fd);
		return rc;
	}
	close(fd);
	*ret = digest_end(TAKE(d));
	if (ret_size)
		*ret_size = size;
	return 0;
}

bool digest_equal(str a, str b)
{
	return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}
