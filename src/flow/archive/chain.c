#include "flow/archive/chain.h"

#include <openssl/evp.h>

#include "base/check.h"

void chain_step(const unsigned char *before, str group, unsigned char ret[CHAIN_BYTES])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned len = 0;

	CHECK(ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1);
	CHECK(EVP_DigestUpdate(ctx, before, CHAIN_BYTES) == 1);
	CHECK(EVP_DigestUpdate(ctx, group.ptr, group.len) == 1);
	CHECK(EVP_DigestFinal_ex(ctx, ret, &len) == 1 && len == CHAIN_BYTES);
	EVP_MD_CTX_free(ctx);
}
