#define _GNU_SOURCE
#include "CNcurses.h"
#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

long ops_term_read(unsigned char *bytes, size_t room) {
    struct pollfd typed = {STDIN_FILENO, POLLIN, 0};
    if (poll(&typed, 1, 0) <= 0) return -1;
    ssize_t count;
    do count = read(STDIN_FILENO, bytes, room);
    while (count < 0 && errno == EINTR);
    if (count >= 0) return (long)count;
    return errno == EAGAIN || errno == EWOULDBLOCK ? -1 : 0;
}

int ops_term_character(const unsigned char *bytes, size_t length, uint32_t *scalar) {
    mbstate_t state;
    memset(&state, 0, sizeof state);
    wchar_t character = 0;
    size_t used = mbrtowc(&character, (const char *)bytes, length, &state);
    if (used == (size_t)-2) return 0;
    if (used == (size_t)-1 || used == 0) return -1;
    *scalar = (uint32_t)character;
    return (int)used;
}

int ops_term_described(int index, const char **name, const char **bytes) {
    if (index < 0 || strnames[index] == NULL) return -1;
    if (strnames[index][0] != 'k') return 0;
    const char *text = tigetstr((char *)strnames[index]);
    if (text == NULL || text == (char *)-1 || *text == 0) return 0;
    *name = strnames[index];
    *bytes = text;
    return 1;
}
