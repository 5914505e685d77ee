#include "CZlib.h"
#include <string.h>
#include <zlib.h>

long ops_inflate(const uint8_t *in, size_t length, uint8_t *out, size_t capacity, int *whole) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    *whole = 0;
    /* 15 + 32: the widest window, and the header (zlib or gzip) is detected. */
    if (inflateInit2(&stream, 15 + 32) != Z_OK) return -1;
    stream.next_in = (Bytef *)in;
    stream.avail_in = (uInt)length;
    stream.next_out = out;
    stream.avail_out = (uInt)capacity;
    int code = inflate(&stream, Z_SYNC_FLUSH);
    long written = (long)(capacity - stream.avail_out);
    *whole = code == Z_STREAM_END;
    inflateEnd(&stream);
    if (code != Z_STREAM_END && code != Z_OK && code != Z_BUF_ERROR) return -1;
    return written;
}

long ops_deflate(const uint8_t *in, size_t length, uint8_t *out, size_t capacity) {
    uLongf written = (uLongf)capacity;
    return compress2(out, &written, in, (uLong)length, 1) == Z_OK ? (long)written : -1;
}

size_t ops_deflate_bound(size_t length) { return compressBound((uLong)length); }

const char *ops_zlib_version(void) { return zlibVersion(); }
