#ifndef OPS_CNCURSES_H
#define OPS_CNCURSES_H
#include <stddef.h>
#include <stdint.h>

/* ncursesw for Swift: its attributes are macros, its cells variable in size, and its colour pairs macros again. */

/// One cell to draw: a scalar, up to two marks, the columns it shall take.
typedef struct {
    uint32_t scalar, mark1, mark2;
    int columns;
} ops_cell;

enum { OPS_BOLD = 1, OPS_DIM = 2, OPS_UNDERLINE = 4, OPS_REVERSE = 8 };

enum {
    OPS_OK = 0,
    OPS_NOT_A_TERMINAL = 1,
    OPS_UNKNOWN_TERMINAL = 2,
    OPS_NO_CURSOR_ADDRESS = 3,
};

/// Sets the character set from the environment. Returns 1 where it is UTF-8.
int ops_term_locale(void);
/// Whether the locale knows ASCII alone: what else is typed can only be UTF-8.
int ops_term_is_plain(void);
/// Takes the terminal. Returns one of the codes above.
int ops_term_start(void);
/// The description that stands in for an unknown `TERM`, such as `xterm-256color`; NULL where `TERM` itself is known.
const char *ops_term_likeness(void);
/// Gives the terminal back and drops unread input, so that late replies never reach the shell.
void ops_term_stop(void);
int ops_term_colours(void);
void ops_term_size(int *columns, int *rows);
/// A colour pair for two colours, -1 standing for the terminal's own.
int ops_term_pair(int foreground, int background);
void ops_term_put(int row, int column, const ops_cell *cells, int count, int attributes, int pair);
void ops_term_cursor(int visible, int row, int column);
/// Hands the frame to the terminal. Returns how many bytes it has.
size_t ops_term_flush(void);
void ops_term_forget(void);
void ops_term_resized(int columns, int rows);
/// Writes bytes past curses, to the last of them: a terminal that takes no more is waited for.
void ops_term_write(const char *bytes, size_t length);
/// Stops the process as the shell's job control does; returns when it goes on.
void ops_term_suspend(void);

/// Reads what was typed, without waiting. Returns the number of bytes, 0 at the end of the terminal, -1 where there is nothing.
long ops_term_read(unsigned char *bytes, size_t room);
/// The first character of `bytes` by the locale. Returns its length, 0 where it is not complete, -1 where it is broken.
int ops_term_character(const unsigned char *bytes, size_t length, uint32_t *scalar);
/// The bytes of a key by the terminal's description: `index` counts all capabilities, and most are no keys.
/// Returns -1 behind the last one, 0 where there is no key, 1 where `*name` (such as `kcuu1`) and `*bytes` are set.
int ops_term_described(int index, const char **name, const char **bytes);

/// Waits for input, a signal, or ops_wake. Returns a set of the bits below.
enum { OPS_INPUT = 1, OPS_WOKEN = 2, OPS_GONE = 4 };
int ops_wait(int milliseconds);
void ops_wake(void);
/// The next signal that arrived, or 0.
/// Keys do not suspend the program from now on, and where `also_endings` is not 0 they do not end it either.
void ops_signals_without_keys(int also_endings);
int ops_next_signal(void);
/// An interruption is taken as a key after all: the program does not end by it.
void ops_not_ending(void);

/// Whether standard input and output are terminals.
int ops_is_terminal(void);
/// Version of the ncurses that is linked.
const char *ops_ncurses_version(void);
/// Reads a terminal description without taking the terminal: number of colours, or -1 where TERM is unknown.
int ops_term_probe(void);
#endif
