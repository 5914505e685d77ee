#ifndef OPS_CLIBCRYPTO_H
#define OPS_CLIBCRYPTO_H
#include <stddef.h>
#include <stdint.h>

/// A SHA-256 that is under way, of OpenSSL's libcrypto. libpq brings that library with it.
typedef struct ops_sha256 ops_sha256;
/// NULL where there is no memory.
ops_sha256 *ops_sha256_new(void);
/// The same state once more; NULL where there is no memory.
ops_sha256 *ops_sha256_copy(const ops_sha256 *from);
void ops_sha256_free(ops_sha256 *hash);
/// 1, or 0 where the library refuses.
int ops_sha256_update(ops_sha256 *hash, const uint8_t *bytes, size_t length);
/// Writes 32 bytes. The state is spent afterwards. 1, or 0 where the library refuses.
int ops_sha256_final(ops_sha256 *hash, uint8_t *digest);
#endif
