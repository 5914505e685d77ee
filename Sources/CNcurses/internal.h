#ifndef OPS_INTERNAL_H
#define OPS_INTERNAL_H
#include <stddef.h>

/* Shared by the files of this module. */
void ops_signals_start(void);
void ops_rescue_prepare(void);
void ops_rescue_forget(void);

/* Reads the description of TERM, or of the terminal that it is like. Returns 0 where neither is known. */
int ops_term_describe(void);

/* What this terminal understands of the sequences below. */
void ops_modes_learn(const char *cursor_address, const char *terminal);
int ops_speaks_ansi(void);
/* Switches off the reports that another program left on. They are no part of a screen: nothing on it moves. */
void ops_modes_off(void);
/* The same for the screen that the terminal shows now, with what would tear a frame. It moves the cursor. */
void ops_modes_new_screen(void);
/* The same as bytes, for the way out of a crash. Returns how many. */
size_t ops_modes_goodbye(char *bytes, size_t room);
#endif
