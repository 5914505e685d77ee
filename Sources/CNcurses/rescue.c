#define _GNU_SOURCE
#include "CNcurses.h"
#include "internal.h"
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

/* What a signal handler may use: fixed bytes and plain system calls. */
static struct termios before;
static int has_before;
static char goodbye[512];
static size_t goodbye_length;
static int channel[2] = {-1, -1};
static volatile sig_atomic_t waiting[64];

static void add(const char *capability) {
    const char *text = tigetstr((char *)capability);
    if (text == NULL || text == (char *)-1) return;
    size_t length = strlen(text);
    if (goodbye_length + length >= sizeof goodbye) return;
    memcpy(goodbye + goodbye_length, text, length);
    goodbye_length += length;
}

/* As much of the goodbye as the terminal takes within a fifth of a second: it may be in non-blocking mode, and it may be full. */
static void say_goodbye(void) {
    size_t done = 0;
    for (int tries = 0; done < goodbye_length && tries < 20; tries++) {
        ssize_t written = write(STDOUT_FILENO, goodbye + done, goodbye_length - done);
        if (written > 0) done += (size_t)written;
        if (written < 0 && errno != EAGAIN && errno != EINTR) return;
        struct pollfd room = {STDOUT_FILENO, POLLOUT, 0};
        if (done < goodbye_length) poll(&room, 1, 10);
    }
}

static void restore(void) {
    if (!has_before) return;
    say_goodbye();
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

static void crashed(int number) {
    restore();
    signal(number, SIG_DFL);
    raise(number);
}

/* The ordinary way out did not end in time: the terminal may block every write. */
static void overdue(int number) {
    (void)number;
    if (has_before) tcsetattr(STDIN_FILENO, TCSANOW, &before);
    _exit(128 + (waiting[SIGHUP] ? SIGHUP : (waiting[SIGTERM] ? SIGTERM : SIGINT)));
}

static void arrived(int number) {
    int kept = errno;
    waiting[number] = 1;
    if (number == SIGHUP || number == SIGTERM || number == SIGINT || number == SIGQUIT) {
        struct itimerval limit = {{0, 0}, {0, 800000}};
        setitimer(ITIMER_REAL, &limit, NULL);
    }
    char byte = 1;
    ssize_t ignored = write(channel[1], &byte, 1);
    (void)ignored;
    errno = kept;
}

static void handle(int number, void (*handler)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigfillset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void open_channel(void) {
    if (channel[0] >= 0) return;
    if (pipe2(channel, O_NONBLOCK | O_CLOEXEC) != 0) abort();
}

void ops_rescue_prepare(void) {
    has_before = tcgetattr(STDIN_FILENO, &before) == 0;
    goodbye_length = 0;
    static const char paste_off[] = "\033[?2004l";
    memcpy(goodbye, paste_off, sizeof paste_off - 1);
    goodbye_length = sizeof paste_off - 1;
    goodbye_length += ops_modes_goodbye(goodbye + goodbye_length, sizeof goodbye - goodbye_length);
    add("sgr0");
    add("rmkx");
    add("cnorm");
    add("rmcup");
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536, .ss_flags = 0};
    if (stack.ss_sp != NULL) sigaltstack(&stack, NULL);
    const int crashes[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGSYS};
    for (size_t index = 0; index < sizeof crashes / sizeof *crashes; index++)
        handle(crashes[index], crashed, SA_ONSTACK | (int)SA_RESETHAND);
}

void ops_rescue_forget(void) { has_before = 0; }

void ops_signals_start(void) {
    open_channel();
    const int signals[] = {SIGWINCH, SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGTSTP, SIGCONT};
    for (size_t index = 0; index < sizeof signals / sizeof *signals; index++) handle(signals[index], arrived, 0);
    handle(SIGALRM, overdue, 0);
    signal(SIGPIPE, SIG_IGN);
}

void ops_signals_without_keys(int also_endings) {
    signal(SIGTSTP, SIG_IGN);
    if (!also_endings) return;
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
}

int ops_next_signal(void) {
    static const int order[] = {SIGHUP, SIGTERM, SIGQUIT, SIGINT, SIGTSTP, SIGCONT, SIGWINCH};
    for (size_t index = 0; index < sizeof order / sizeof *order; index++) {
        if (waiting[order[index]]) {
            waiting[order[index]] = 0;
            /* Kept for the exit code of an overdue end. */
            if (order[index] == SIGHUP || order[index] == SIGTERM) waiting[order[index]] = 1;
            return order[index];
        }
    }
    return 0;
}

void ops_not_ending(void) {
    if (waiting[SIGHUP] || waiting[SIGTERM] || waiting[SIGQUIT]) return;
    struct itimerval none = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &none, NULL);
}

void ops_wake(void) {
    open_channel();
    char byte = 0;
    ssize_t ignored = write(channel[1], &byte, 1);
    (void)ignored;
}

int ops_wait(int milliseconds) {
    open_channel();
    struct pollfd wanted[2] = {{STDIN_FILENO, POLLIN, 0}, {channel[0], POLLIN, 0}};
    int count = poll(wanted, 2, milliseconds);
    int out = 0;
    if (count <= 0) return count < 0 && errno == EINTR ? OPS_WOKEN : 0;
    if (wanted[1].revents & POLLIN) {
        char bytes[256];
        while (read(channel[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes) {}
        out |= OPS_WOKEN;
    }
    if (wanted[0].revents & POLLIN) out |= OPS_INPUT;
    if (wanted[0].revents & (POLLHUP | POLLERR | POLLNVAL)) out |= OPS_GONE;
    return out;
}
