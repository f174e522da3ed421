#ifndef AUDIT_CHECK_MANY_H
#define AUDIT_CHECK_MANY_H

#include "audit/audit.h"

/// Many files, side by side, each by check_file(), with the results in the order of the files.

typedef struct {
    QmtStatus status;   ///< of check_file()
    Message message;    ///< of a failure
    CheckReport report; ///< if it did not fail
} CheckResult;

/// Checks n files with n_workers processes; 1: in this one. Results do not depend on their number.
///
/// @param take  gets every result, in the order of the files
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY if a process cannot be made. A process that dies is a result with
/// QMT_ERR_IO for each file that it had left.
QmtStatus check_files(QmtContext *ctx, size_t n, const char *const *paths,
                      const CheckOptions *options, size_t n_workers,
                      void (*take)(void *user, size_t file, CheckResult *result), void *user);

#endif
