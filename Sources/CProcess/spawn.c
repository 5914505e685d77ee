#define _GNU_SOURCE
#include "CProcess.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/stat.h>
#include <unistd.h>

struct request {
    const char *path;
    char *const *argv;
    char *const *envp;
    const char *folder;
    int in, out, err, own_session, dies_with_us;
    pid_t result;
    int done;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct request *waiting;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/// Between fork and exec: nothing but system calls.
static void become(const struct request *r, int report, pid_t parent) {
    int code = 0;
    if (r->own_session ? setsid() < 0 : setpgid(0, 0) < 0) goto failed;
    if (r->dies_with_us) {
        if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0) goto failed;
        if (getppid() != parent) _exit(127);
    }
    // Out of the way of 0, 1 and 2 first, so that none is overwritten before it was copied.
    int in = fcntl(r->in, F_DUPFD_CLOEXEC, 10), out = fcntl(r->out, F_DUPFD_CLOEXEC, 10), err = fcntl(r->err, F_DUPFD_CLOEXEC, 10);
    if (in < 0 || out < 0 || err < 0) goto failed;
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) goto failed;
    int kept = fcntl(report, F_DUPFD_CLOEXEC, 10);
    if (kept < 0) goto failed;
    report = kept;
    syscall(SYS_close_range, 3, report - 1, 0);
    syscall(SYS_close_range, report + 1, ~0U, 0);
    if (r->folder && chdir(r->folder) < 0) goto failed;
    for (int number = 1; number < 65; number++)
        if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(077);
    // Its memory may hold secrets: none of it goes to a disk where it crashes.
    struct rlimit nothing = {0, 0};
    if (setrlimit(RLIMIT_CORE, &nothing) < 0) goto failed;
    execve(r->path, r->argv, r->envp);
failed:
    code = errno;
    (void)!write(report, &code, sizeof code);
    _exit(127);
}

static pid_t start(const struct request *r) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        int code = errno;
        close(ends[0]);
        close(ends[1]);
        return -code;
    }
    if (pid == 0) become(r, ends[1], parent);
    close(ends[1]);
    int code = 0;
    ssize_t count;
    do count = read(ends[0], &code, sizeof code);
    while (count < 0 && errno == EINTR);
    close(ends[0]);
    if (count != sizeof code) return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    return -code;
}

static void *serve(void *unused) {
    (void)unused;
    pthread_mutex_lock(&lock);
    while (1) {
        while (!waiting || waiting->done) pthread_cond_wait(&changed, &lock);
        struct request *now = waiting;
        pthread_mutex_unlock(&lock);
        now->result = start(now);
        pthread_mutex_lock(&lock);
        now->done = 1;
        pthread_cond_broadcast(&changed);
    }
    return NULL;
}

static void begin(void) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // Signals of the process are for its other threads.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, &attributes, serve, NULL) != 0) abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
}

pid_t ops_spawn(const char *path, char *const argv[], char *const envp[], const char *folder, int in, int out, int err, int own_session,
                int dies_with_us) {
    struct request mine = {path, argv, envp, folder, in, out, err, own_session, dies_with_us, 0, 0};
    pthread_once(&once, begin);
    pthread_mutex_lock(&lock);
    while (waiting) pthread_cond_wait(&changed, &lock);
    waiting = &mine;
    pthread_cond_broadcast(&changed);
    while (!mine.done) pthread_cond_wait(&changed, &lock);
    waiting = NULL;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return mine.result;
}

int ops_pidfd(pid_t pid) {
    int file = (int)syscall(SYS_pidfd_open, pid, 0);
    return file < 0 ? -errno : file;
}
