#ifndef OPS_CHIREDIS_H
#define OPS_CHIREDIS_H
#include <hiredis/hiredis.h>
#include <hiredis/read.h>
#include <stddef.h>

/// A hiredis reply reader that refuses an array of more than `max_elements` before it allocates for it.
/// hiredis 0.14, which Debian 12 ships, has no such limit of its own.
redisReader *ops_reader_create(void);
void ops_reader_set_max_elements(long max_elements);

/// Reads the elements of an array reply; NULL where the index lies outside.
redisReply *ops_reply_element(const redisReply *reply, size_t index);
const char *ops_hiredis_version(void);
#endif
