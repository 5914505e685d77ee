#ifndef OPS_CPROCESS_H
#define OPS_CPROCESS_H

#include <sys/types.h>

/// Keeps the allocator to two arenas and lets it give memory back early. Call before the first thread starts.
void ops_keep_memory_small(void);

/// Gives back memory that only the start of the program needed: its own code and constants, which are read again from the file where
/// they are needed again, and what is free in the heap. What was written to is left alone.
void ops_give_back_what_starting_took(void);

/// Starts a program in a process group of its own, or a session of its own, with these three files and no other.
///
/// It gets SIGTERM when this process ends, however it ends, where `dies_with_us` is set: that follows the thread that starts it, so one
/// thread that lives as long as the process starts all of them. posix_spawn has no such setting, which is why this stands here.
/// Returns the process's number, or minus the error number; that of exec as well.
pid_t ops_spawn(const char *path, char *const argv[], char *const envp[], const char *folder, int in, int out, int err, int own_session,
                int dies_with_us);

/// A descriptor that becomes readable when the process ends; minus the error number where there is none.
int ops_pidfd(pid_t pid);
#endif
