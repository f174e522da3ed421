#ifndef BASE_CONTEXT_H
#define BASE_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qmtraj/context.h"
#include "qmtraj/version.h"

/// A failure as data. Plain bytes, so that it can go through a pipe. Nobody reads a fact back from the text.
typedef struct {
    QmtStatus code;
    QmtHint hint;      ///< what may help, in words of the caller's options; not part of the text
    char subject[256]; ///< what it is about, "" if the text says it
    char text[1024];
} Message;

/// The state every function that can fail receives: the last failure, where notes go, and the table
/// of kernels chosen for this machine.
struct QmtContext {
    Message message;
    char sentence[sizeof(Message) + 2]; ///< of the message, "SUBJECT: TEXT"
    QmtLogFunction log;
    void *log_user;
    const struct Kernels *kernels;
};

/// Stores the sentence in the context and returns the code.
QmtStatus context_fail(QmtContext *ctx, QmtStatus code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/// Likewise, with a hint.
QmtStatus context_fail_hint(QmtContext *ctx, QmtStatus code, QmtHint hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/// Says what the stored failure is about, for callers that know.
void context_set_subject(QmtContext *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/// Adds to the text of the stored failure.
void context_append(QmtContext *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));
/// Adds to the text what a hint says in the words of the caller's options, NULL or "" for nothing; the hint is
/// then spent.
void context_spend_hint(QmtContext *ctx, const char *advice);

/// The stored failure, to be put back with context_restore() when cleaning up after it has failed, too.
Message context_keep(const QmtContext *ctx);
/// Puts a failure back; returns its code.
QmtStatus context_restore(QmtContext *ctx, const Message *message);
/// Sends one sentence to the log function of the context, if there is one.
void context_log(QmtContext *ctx, QmtLogLevel level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define FAIL(ctx, code, ...) context_fail((ctx), (code), __VA_ARGS__)
#define FAIL_HINT(ctx, code, hint, ...) context_fail_hint((ctx), (code), (hint), __VA_ARGS__)

/// Returns a failed call's code unchanged to the caller.
#define TRY(call)                                                                                  \
    do {                                                                                           \
        const QmtStatus try_status_ = (call);                                                      \
        if (try_status_ != QMT_OK)                                                                 \
            return try_status_;                                                                    \
    } while (0)

#endif
