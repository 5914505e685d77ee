#define _GNU_SOURCE
#include "CNcurses.h"
#include "internal.h"
#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

/* Terminals of today set a TERM of their own, and a server has not heard of it. They all speak what xterm speaks, or say so in
 * their manual; multiplexers speak what screen speaks. A name that is not here is refused: what cannot be known is not guessed. */
static const char *const like_xterm[] = {
    "xterm", "kitty", "ghostty", "alacritty", "foot", "wezterm", "putty", "konsole", "gnome", "vte", "rxvt",
    "urxvt", "mrxvt", "st", "stterm", "iterm", "iterm2", "mintty", "contour", "rio", "mlterm", "hterm", "warp",
    "teraterm", "Eterm", "aterm", "nsterm", "tilix", "terminator", "terminology", "cygwin", "xfce", "domterm",
    "vscode", "zutty", "ms-terminal",
    "Apple_Terminal", "dtterm", "kterm", NULL,
};
static const char *const like_screen[] = {"screen", "tmux", "dvtm", "zellij", "mosh", NULL};
static const char *const like_linux[] = {"linux", "con", "fbterm", "kmscon", NULL};
static const char *const like_vt100[] = {"vt100", "vt102", "vt220", "vt320", "vt340", "vt420", "vt510", "vt520", "ansi", NULL};
static const char *likeness;

/* Whether `name` is one of `names`, alone or with a suffix such as `-256color` or `.xterm-kitty`. */
static int is_one(const char *name, const char *const *names) {
    for (; *names != NULL; names++) {
        size_t length = strlen(*names);
        if (strncasecmp(name, *names, length) != 0) continue;
        if (name[length] == 0 || strchr("-+._", name[length]) != NULL) return 1;
    }
    return 0;
}

static int reads(const char *name) {
    int error = 0;
    return setupterm(name, STDOUT_FILENO, &error) == OK;
}

const char *ops_term_likeness(void) { return likeness; }

int ops_term_describe(void) {
    likeness = NULL;
    if (reads(NULL)) return 1;
    const char *name = getenv("TERM");
    if (name == NULL || *name == 0) return 0;
    static const char *const xterm[] = {"xterm-256color", "xterm", "vt100", NULL};
    static const char *const screen[] = {"screen-256color", "screen", "xterm-256color", NULL};
    static const char *const linux_console[] = {"linux", "vt100", NULL};
    static const char *const vt[] = {"vt220", "vt100", NULL};
    const char *const *choice = is_one(name, like_xterm)  ? xterm
                                : is_one(name, like_screen) ? screen
                                : is_one(name, like_linux)  ? linux_console
                                : is_one(name, like_vt100)  ? vt
                                                            : NULL;
    for (; choice != NULL && *choice != NULL; choice++) {
        if (!reads(*choice)) continue;
        likeness = *choice;
        return 1;
    }
    return 0;
}

int ops_term_probe(void) {
    if (!ops_term_describe()) return -1;
    int colours = tigetnum("colors");
    return colours < 0 ? 0 : colours;
}
