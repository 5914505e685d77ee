#include "CNcurses.h"
#include "internal.h"
#include <stdlib.h>
#include <string.h>

/* Editors whose connection drops leave the terminal as it was in them: it reports each click and each change of the window, and it
 * spells keys in other ways. Sources: xterm's control sequences, "DECRST" and "XTMODKEYS"; kitty's keyboard protocol. */
static const char reports_off[] = "\033[?9;1000;1001;1002;1003;1004;1005;1006;1015;1016;2031;2048l";
static const char keys_off[] = "\033[>4m\033[=0u";
/* Insertion, margins, origin, reverse video, a locked keyboard: what would tear the screen. */
static const char screen_plain[] = "\033[2;4;20l\033[?1;5;6;69l\033[?7h\033>\033[r\017";

static int speaks_ansi, knows_keys;

void ops_modes_learn(const char *cursor_address, const char *terminal) {
    speaks_ansi = strncmp(cursor_address, "\033[", 2) == 0;
    /* The Linux console of older kernels writes "4m" for the one it does not know. */
    knows_keys = speaks_ansi && terminal != NULL && strncmp(terminal, "linux", 5) != 0 && strncmp(terminal, "vt", 2) != 0;
}

int ops_speaks_ansi(void) { return speaks_ansi; }

void ops_modes_off(void) {
    char bytes[256];
    ops_term_write(bytes, ops_modes_goodbye(bytes, sizeof bytes));
}

void ops_modes_new_screen(void) {
    if (knows_keys) ops_term_write(keys_off, sizeof keys_off - 1);
    if (speaks_ansi) ops_term_write(screen_plain, sizeof screen_plain - 1);
}

size_t ops_modes_goodbye(char *bytes, size_t room) {
    size_t length = 0;
    if (speaks_ansi && sizeof reports_off - 1 <= room) {
        memcpy(bytes, reports_off, sizeof reports_off - 1);
        length = sizeof reports_off - 1;
    }
    if (knows_keys && length + sizeof keys_off - 1 <= room) {
        memcpy(bytes + length, keys_off, sizeof keys_off - 1);
        length += sizeof keys_off - 1;
    }
    return length;
}
