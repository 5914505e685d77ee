#ifndef OPS_CZLIB_H
#define OPS_CZLIB_H
#include <stddef.h>
#include <stdint.h>

/// Inflates zlib or gzip data into `out`, never writing more than `capacity` bytes.
/// Returns bytes written, or -1 for data that is not a zlib stream. `*whole` is 0 where the output was cut at the capacity.
long ops_inflate(const uint8_t *in, size_t length, uint8_t *out, size_t capacity, int *whole);
/// Deflates as a zlib stream, fast rather than small. Returns bytes written, or -1 where `capacity` is too small.
long ops_deflate(const uint8_t *in, size_t length, uint8_t *out, size_t capacity);
/// Bytes that `ops_deflate` may need for `length` bytes.
size_t ops_deflate_bound(size_t length);
const char *ops_zlib_version(void);
#endif
