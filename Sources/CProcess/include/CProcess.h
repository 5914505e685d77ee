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

/// How many arguments this process was started with, its own name among them; -1 where that is not known.
///
/// The dynamic linker hands argc and argv to functions that run before `main`. Swift's CommandLine reads /proc/self/cmdline instead, and
/// is empty where that cannot be read.
int ops_argument_count(void);

/// One argument as it lies in memory; NULL beyond the last.
const char *ops_argument(int index);

/// The path by which this program was started, as the kernel gave it to the process (AT_EXECFN); NULL where it gave none.
const char *ops_started_as(void);

/// Sees to it that the descriptors 0, 1 and 2 are taken. Where one was closed, the next file that is opened would get its number, and
/// whatever is printed would be written into that file. Reading and writing such a descriptor fails with EBADF.
void ops_keep_standard_files(void);

/// A descriptor that becomes readable when the process ends; minus the error number where there is none.
int ops_pidfd(pid_t pid);
#endif
