#ifndef CLI_FAIL_H
#define CLI_FAIL_H

#include <stdbool.h>

#include <qmtraj/context.h>
#include <qmtraj/version.h>

/// Failures and notes of the program itself, with a sentence as printf() writes it.

/// Leaves the sentence in the context and returns the status.
QmtStatus cli_fail(QmtContext *ctx, QmtStatus status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/// Sends the sentence to the log function.
void cli_note(QmtContext *ctx, QmtLogLevel level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#undef FAIL
#undef TRY
#define FAIL(ctx, status, ...) cli_fail((ctx), (status), __VA_ARGS__)

/// Returns a failed call's status unchanged to the caller.
#define TRY(call)                                                                                  \
    do {                                                                                           \
        const QmtStatus try_status_ = (call);                                                      \
        if (try_status_ != QMT_OK)                                                                 \
            return try_status_;                                                                    \
    } while (0)

#endif
