#include "CLibCrypto.h"
#include <openssl/evp.h>

static EVP_MD_CTX *context(ops_sha256 *hash) { return (EVP_MD_CTX *)hash; }

ops_sha256 *ops_sha256_new(void) {
    EVP_MD_CTX *made = EVP_MD_CTX_new();
    if (made && !EVP_DigestInit_ex(made, EVP_sha256(), NULL)) {
        EVP_MD_CTX_free(made);
        return NULL;
    }
    return (ops_sha256 *)made;
}

ops_sha256 *ops_sha256_copy(const ops_sha256 *from) {
    EVP_MD_CTX *made = EVP_MD_CTX_new();
    if (made && !EVP_MD_CTX_copy_ex(made, (const EVP_MD_CTX *)from)) {
        EVP_MD_CTX_free(made);
        return NULL;
    }
    return (ops_sha256 *)made;
}

void ops_sha256_free(ops_sha256 *hash) { EVP_MD_CTX_free(context(hash)); }

int ops_sha256_update(ops_sha256 *hash, const uint8_t *bytes, size_t length) {
    return EVP_DigestUpdate(context(hash), bytes, length);
}

int ops_sha256_final(ops_sha256 *hash, uint8_t *digest) {
    unsigned int length = 0;
    return EVP_DigestFinal_ex(context(hash), digest, &length) && length == 32;
}
