#ifndef CLI_EXIT_CODE_H
#define CLI_EXIT_CODE_H

#include <qmtraj/status.h>

/// Exit code of the program for a status; 1 for what is none. The manual's table is made from these.
int exit_code(QmtStatus status);

#endif
