#define _GNU_SOURCE
#include "CProcess.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <unistd.h>

static int count = -1;
static char **words;

#if defined(__GLIBC__)
/* glibc calls constructors with the arguments of main; other libraries call them with nothing. */
__attribute__((constructor)) static void keep(int argc, char **argv, char **envp) {
    (void)envp;
    if (argc < 1 || !argv || argv[argc]) return;
    count = argc;
    words = argv;
}
#endif

int ops_argument_count(void) { return count; }

const char *ops_argument(int index) { return index >= 0 && index < count ? words[index] : NULL; }

const char *ops_started_as(void) { return (const char *)getauxval(AT_EXECFN); }

void ops_keep_standard_files(void) {
    for (int file = 0; file < 3; file++) {
        if (fcntl(file, F_GETFD) >= 0 || errno != EBADF) continue;
        /* O_PATH can be had without /dev, and nothing can be read from it or written to it. */
        int other = open("/", O_PATH | O_DIRECTORY);
        if (other < 0 || other == file) continue;
        dup2(other, file);
        close(other);
    }
}
