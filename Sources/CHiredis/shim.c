#include "CHiredis.h"
#include <pthread.h>

#if HIREDIS_MAJOR >= 1
typedef size_t element_count;
#else
typedef int element_count;
#endif

/* The limit is one for the program and set once before the first reader is made. */
static long element_limit = 1000000;
static redisReplyObjectFunctions limited;
static void *(*create_array)(const redisReadTask *, element_count);
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void *create_limited_array(const redisReadTask *task, element_count elements) {
    if ((long)elements > element_limit) return NULL; /* the reader turns this into an error */
    return create_array(task, elements);
}

void ops_reader_set_max_elements(long max_elements) { element_limit = max_elements; }

static void prepare(void) {
    redisReader *reader = redisReaderCreate();
    if (reader == NULL) return;
    create_array = reader->fn->createArray;
    limited = *reader->fn;
    limited.createArray = create_limited_array;
    redisReaderFree(reader);
}

redisReader *ops_reader_create(void) {
    pthread_once(&prepared, prepare);
    if (create_array == NULL) return NULL;
    redisReader *reader = redisReaderCreate();
    if (reader == NULL) return NULL;
    reader->fn = &limited;
    reader->maxbuf = 64 * 1024;
    return reader;
}

redisReply *ops_reply_element(const redisReply *reply, size_t index) {
    return index < reply->elements ? reply->element[index] : NULL;
}

#define OPS_TEXT2(x) #x
#define OPS_TEXT(x) OPS_TEXT2(x)
const char *ops_hiredis_version(void) {
    return OPS_TEXT(HIREDIS_MAJOR) "." OPS_TEXT(HIREDIS_MINOR) "." OPS_TEXT(HIREDIS_PATCH);
}
