#define _XOPEN_SOURCE_EXTENDED 1
#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "CNcurses.h"
#include "internal.h"
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#undef columns /* term.h names capabilities by macros */
#undef lines
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";
static int running;
/* Until the first frame is written. */
static int is_new_screen;
static SCREEN *screen;
/* Curses writes a frame in many small pieces. It writes them into a file in memory, and each frame goes to the terminal in one piece:
 * on a slow link, and in tmux, half a frame is never seen. Curses can not set modes of that file, so the terminal's are set here. */
static int frame = -1;
static struct termios shell_mode, console_mode;

int ops_term_locale(void) {
    if (setlocale(LC_CTYPE, "") == NULL) {
        /* The wanted locale is not installed here; the terminal at the other end speaks UTF-8 all the same. */
        const char *wanted = getenv("LC_ALL");
        if (!wanted || !*wanted) wanted = getenv("LC_CTYPE");
        if (!wanted || !*wanted) wanted = getenv("LANG");
        if (wanted && (strcasestr(wanted, "utf-8") || strcasestr(wanted, "utf8"))) setlocale(LC_CTYPE, "C.UTF-8");
    }
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int ops_term_is_plain(void) { return strncmp(nl_langinfo(CODESET), "ANSI_X3.4", 9) == 0; }

int ops_is_terminal(void) { return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO); }

const char *ops_ncurses_version(void) { return curses_version(); }

/* Keys one by one and without echo; signals stay. Ctrl-S must not freeze the screen of a tired operator: no flow control. */
static void prepare_modes(void) {
    tcgetattr(STDIN_FILENO, &shell_mode);
    console_mode = shell_mode;
    console_mode.c_iflag &= ~(tcflag_t)(IXON | IXOFF | ICRNL | INLCR | IGNCR | ISTRIP | PARMRK);
    console_mode.c_oflag &= ~(tcflag_t)(ONLCR | OCRNL | TABDLY);
    console_mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL);
    /* A program that crashed may have left the terminal without them, and Ctrl-C would be a mere byte. */
    console_mode.c_lflag |= ISIG;
    console_mode.c_cc[VMIN] = 1;
    console_mode.c_cc[VTIME] = 0;
}

/* The bytes of the first frame up to where the terminal shows its other screen, which has modes of its own. */
static size_t length_to_new_screen(const char *bytes, size_t length) {
    const char *enter_screen = tigetstr("smcup");
    if (enter_screen == NULL || enter_screen == (char *)-1) return 0;
    const char *found = memmem(bytes, length, enter_screen, strlen(enter_screen));
    return found == NULL ? 0 : (size_t)(found - bytes) + strlen(enter_screen);
}

/* Hands what curses has written so far to the terminal. Returns the number of bytes. */
static size_t drain(void) {
    static char *bytes;
    static size_t room;
    off_t length = lseek(frame, 0, SEEK_CUR);
    if (length <= 0) return 0;
    if ((size_t)length > room) {
        free(bytes);
        room = (size_t)length;
        bytes = malloc(room);
        if (bytes == NULL) abort();
    }
    ssize_t held = pread(frame, bytes, (size_t)length, 0);
    lseek(frame, 0, SEEK_SET);
    if (held <= 0) return 0;
    size_t head = is_new_screen ? length_to_new_screen(bytes, (size_t)held) : 0;
    ops_term_write(bytes, head);
    if (is_new_screen) ops_modes_new_screen();
    is_new_screen = 0;
    ops_term_write(bytes + head, (size_t)held - head);
    return (size_t)held;
}

/* Takes the terminal from a shell, at the start and after `fg`. */
static void enter(void) {
    ops_modes_off();
    ops_term_write(paste_on, sizeof paste_on - 1);
    is_new_screen = 1;
}

/* Gives it back. */
static void leave(void) {
    ops_term_write(paste_off, sizeof paste_off - 1);
    ops_modes_off();
    is_new_screen = 0;
    endwin();
    drain();
    ops_modes_off();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &shell_mode);
}

int ops_term_start(void) {
    if (!ops_is_terminal()) return OPS_NOT_A_TERMINAL;
    if (!ops_term_describe()) return OPS_UNKNOWN_TERMINAL;
    const char *address = tigetstr("cup");
    if (address == NULL || address == (char *)-1) return OPS_NO_CURSOR_ADDRESS;
    ops_modes_learn(address, ops_term_likeness() ? ops_term_likeness() : getenv("TERM"));
    ops_rescue_prepare();
    prepare_modes();
    frame = memfd_create("opsconsole-frame", MFD_CLOEXEC);
    FILE *file = frame < 0 ? NULL : fdopen(frame, "w");
    screen = file == NULL ? NULL : newterm(ops_term_likeness(), file, stdin);
    if (screen == NULL) return OPS_UNKNOWN_TERMINAL;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &console_mode);
    set_term(screen);
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    /* Keys are read by `KeyReader`. What does not speak ANSI may need its keypad switched on to send anything. */
    keypad(stdscr, ops_speaks_ansi() ? FALSE : TRUE);
    typeahead(-1);
    scrollok(stdscr, FALSE);
    leaveok(stdscr, FALSE);
    curs_set(0);
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    int columns = 80, rows = 24;
    ops_term_size(&columns, &rows);
    resizeterm(rows, columns);
    ops_signals_start();
    enter();
    running = 1;
    return OPS_OK;
}

void ops_term_stop(void) {
    if (!running) return;
    running = 0;
    curs_set(1);
    leave();
    tcflush(STDIN_FILENO, TCIFLUSH);
    ops_rescue_forget();
}

int ops_term_colours(void) { return has_colors() ? COLORS : 0; }

void ops_term_size(int *columns, int *rows) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *columns = size.ws_col;
        *rows = size.ws_row;
    } else {
        *columns = COLS;
        *rows = LINES;
    }
}

int ops_term_pair(int foreground, int background) {
    if (foreground == -1 && background == -1) return 0;
    int pair = alloc_pair(foreground, background);
    return pair < 0 ? 0 : pair;
}

static attr_t native(int attributes) {
    attr_t out = A_NORMAL;
    if (attributes & OPS_BOLD) out |= A_BOLD;
    if (attributes & OPS_DIM) out |= A_DIM;
    if (attributes & OPS_UNDERLINE) out |= A_UNDERLINE;
    if (attributes & OPS_REVERSE) out |= A_REVERSE;
    return out;
}

void ops_term_put(int row, int column, const ops_cell *cells, int count, int attributes, int pair) {
    if (count <= 0) return;
    cchar_t line[count];
    int used = 0;
    for (int index = 0; index < count; index++) {
        if (cells[index].columns == 0) continue; /* second half of a wide character */
        wchar_t text[4] = {(wchar_t)cells[index].scalar, (wchar_t)cells[index].mark1, (wchar_t)cells[index].mark2, 0};
        /* Where this host's tables disagree with ours, later columns must not move. */
        if (wcwidth(text[0]) != cells[index].columns) {
            for (int part = 0; part < cells[index].columns; part++) {
                wchar_t unknown[2] = {L'?', 0};
                setcchar(&line[used++], unknown, native(attributes), 0, &pair);
            }
            continue;
        }
        if (text[1] && wcwidth(text[1]) != 0) text[1] = 0;
        if (text[1] && text[2] && wcwidth(text[2]) != 0) text[2] = 0;
        setcchar(&line[used++], text, native(attributes), 0, &pair);
    }
    mvadd_wchnstr(row, column, line, used);
}

void ops_term_cursor(int visible, int row, int column) {
    static int shown = 0;
    if (visible != shown) curs_set(visible);
    shown = visible;
    move(row, column);
}

size_t ops_term_flush(void) {
    wnoutrefresh(stdscr);
    doupdate();
    return drain();
}

void ops_term_forget(void) { clearok(curscr, TRUE); }

void ops_term_resized(int columns, int rows) {
    resizeterm(rows, columns);
    erase();
}

void ops_term_write(const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written < 0 && errno == EINTR) continue; /* a signal that shall end us has its own timer */
        if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            /* Another program left the terminal in non-blocking mode, and it is full. What is dropped here would stay torn. */
            struct pollfd room = {STDOUT_FILENO, POLLOUT, 0};
            poll(&room, 1, -1);
            if (room.revents & (POLLERR | POLLHUP | POLLNVAL)) return;
            continue;
        }
        if (written <= 0) return;
        bytes += written;
        length -= (size_t)written;
    }
}

void ops_term_suspend(void) {
    leave();
    signal(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
    /* Stopped here until SIGCONT. */
    ops_signals_start();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &console_mode);
    enter();
    clearok(curscr, TRUE);
    ops_term_flush();
}
