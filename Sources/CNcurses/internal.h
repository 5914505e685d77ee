#ifndef OPS_INTERNAL_H
#define OPS_INTERNAL_H

/* Shared by the files of this module. */
void ops_signals_start(void);
void ops_rescue_prepare(void);
void ops_rescue_forget(void);
#endif
