#include "CProcess.h"
#if defined(__GLIBC__)
#include <malloc.h>

void ops_keep_memory_small(void) {
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
}
#else
void ops_keep_memory_small(void) {}
#endif
