#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#include "CNcurses.h"
#include <curses.h>

static const char *const functions[] = {"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12"};
static const char *const controls[] = {
    "Ctrl-A", "Ctrl-B", "Ctrl-C", "Ctrl-D", "Ctrl-E", "Ctrl-F", "Ctrl-G", "Backspace", "Tab", "Enter", "Ctrl-K", "Ctrl-L", "Enter",
    "Ctrl-N", "Ctrl-O", "Ctrl-P", "Ctrl-Q", "Ctrl-R", "Ctrl-S", "Ctrl-T", "Ctrl-U", "Ctrl-V", "Ctrl-W", "Ctrl-X", "Ctrl-Y", "Ctrl-Z",
    "Esc"};

static const char *name_of(wint_t code) {
    if (code >= KEY_F(1) && code <= KEY_F(12)) return functions[code - KEY_F(1)];
    switch (code) {
    case KEY_UP: return "Up";
    case KEY_DOWN: return "Down";
    case KEY_LEFT: return "Left";
    case KEY_RIGHT: return "Right";
    case KEY_PPAGE: return "PgUp";
    case KEY_NPAGE: return "PgDn";
    case KEY_HOME: return "Home";
    case KEY_END: return "End";
    case KEY_BTAB: return "Shift-Tab";
    case KEY_BACKSPACE: return "Backspace";
    case KEY_DC: return "Delete";
    case KEY_IC: return "Insert";
    case KEY_ENTER: return "Enter";
    default: return NULL;
    }
}

int ops_term_key(uint32_t *character, const char **name) {
    wint_t code = 0;
    int again = 1;
    for (;;) {
        int kind = get_wch(&code);
        /* Behind a broken character the next key waits in curses' own buffer, where poll() does not see it. */
        if (kind == ERR && again) {
            again = 0;
            continue;
        }
        if (kind == ERR) return -1;
        if (kind == KEY_CODE_YES) {
            if (code == KEY_MAX - 1) return 2;
            if (code == KEY_MAX - 2) return 3;
            *name = name_of(code);
            if (*name == NULL) continue; /* resize and keys without a name here */
            return 1;
        }
        if (code == 127) {
            *name = "Backspace";
            return 1;
        }
        if (code >= 1 && code <= 27) {
            *name = controls[code - 1];
            return 1;
        }
        if (code < 32) continue;
        *character = (uint32_t)code;
        return 0;
    }
}
