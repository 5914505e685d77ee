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

/* The widest window needs 256 KB of tables, cleared for every stream: for a few hundred bytes that costs more than all the rest. */
static void fit(size_t length, int *window, int *memory) {
    *window = 9;
    while (*window < 15 && ((size_t)1 << *window) < length) *window += 1;
    *memory = *window - 7;
}

long ops_deflate(const uint8_t *in, size_t length, uint8_t *out, size_t capacity) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    int window, memory;
    fit(length, &window, &memory);
    if (deflateInit2(&stream, 1, Z_DEFLATED, window, memory, Z_DEFAULT_STRATEGY) != Z_OK) return -1;
    stream.next_in = (Bytef *)in;
    stream.avail_in = (uInt)length;
    stream.next_out = out;
    stream.avail_out = (uInt)capacity;
    int code = deflate(&stream, Z_FINISH);
    long written = (long)stream.total_out;
    deflateEnd(&stream);
    return code == Z_STREAM_END ? written : -1;
}

/* What is stored in small pieces, because it cannot be made smaller, takes five bytes for each; the least window has pieces of 255.
   A code for single bytes takes nine bits at most. */
size_t ops_deflate_bound(size_t length) { return length + length / 8 + length / 64 + 128; }

const char *ops_zlib_version(void) { return zlibVersion(); }
