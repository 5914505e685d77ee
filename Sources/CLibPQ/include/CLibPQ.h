#ifndef OPS_CLIBPQ_H
#define OPS_CLIBPQ_H
#include <postgresql/libpq-fe.h>
#endif
