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
/// Takes the terminal. Returns one of the codes above.
int ops_term_start(void);
/// Gives the terminal back and drops unread input, so that late replies never reach the shell.
void ops_term_stop(void);
int ops_term_colours(void);
void ops_term_size(int *columns, int *rows);
/* Bytes that were typed and not read yet. */
int ops_term_waiting(void);
/// A colour pair for two colours, -1 standing for the terminal's own.
int ops_term_pair(int foreground, int background);
void ops_term_put(int row, int column, const ops_cell *cells, int count, int attributes, int pair);
void ops_term_cursor(int visible, int row, int column);
void ops_term_flush(void);
void ops_term_forget(void);
void ops_term_resized(int columns, int rows);
/// Writes bytes past curses, for OSC 52.
void ops_term_write(const char *bytes, size_t length);
/// Stops the process as the shell's job control does; returns when it goes on.
void ops_term_suspend(void);

/// Reads one key without waiting. Returns 0 for a character, 1 for a named key (`*name`), 2 and 3 for the begin and end of a paste,
/// -1 for none.
int ops_term_key(uint32_t *character, const char **name);

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
