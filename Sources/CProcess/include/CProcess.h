#ifndef OPS_CPROCESS_H
#define OPS_CPROCESS_H

/// Keeps the allocator to two arenas and lets it give memory back early. Call before the first thread starts.
void ops_keep_memory_small(void);
#endif
