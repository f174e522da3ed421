#ifndef BASE_CONTEXT_H
#define BASE_CONTEXT_H

#include "qmtraj/qmtraj.h"

/// The state every function that can fail receives: the last sentence, where notes go, and the table
/// of kernels chosen for this machine.
struct QmtContext {
    char message[1024];
    QmtLogFunction log;
    void *log_user;
    const struct Kernels *kernels;
};

/// Stores the sentence in the context and returns the code.
QmtStatus context_fail(QmtContext *ctx, QmtStatus code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/// Puts "PLACE: " before the stored sentence, for callers that know where a failure happened.
void context_prefix(QmtContext *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));
/// Sends one sentence to the log function of the context, if there is one.
void context_log(QmtContext *ctx, QmtLogLevel level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define FAIL(ctx, code, ...) context_fail((ctx), (code), __VA_ARGS__)

/// Returns a failed call's code unchanged to the caller.
#define TRY(call)                                                                                  \
    do {                                                                                           \
        const QmtStatus try_status_ = (call);                                                      \
        if (try_status_ != QMT_OK)                                                                 \
            return try_status_;                                                                    \
    } while (0)

#endif
