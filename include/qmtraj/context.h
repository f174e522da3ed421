#ifndef QMTRAJ_CONTEXT_H
#define QMTRAJ_CONTEXT_H

/// What every function that can fail is given: the place for the sentence of its failure, where notes and
/// warnings go, and the kernels for this machine.
///
/// Threads: a context belongs to one thread at a time. Make one per thread; they share nothing that changes.

#include <qmtraj/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Holds the last failure, the log function and the kernels in use.
typedef struct QmtContext QmtContext;

/// How much a note matters.
typedef enum { QMT_LOG_INFO, QMT_LOG_WARNING } QmtLogLevel;

/// Takes a note: one line of printable text, valid during the call.
typedef void (*QmtLogFunction)(void *user, QmtLogLevel level, const char *sentence);

/// Makes a context.
///
/// Fails with QMT_ERR_ARGUMENT if ctx is NULL, with QMT_ERR_MEMORY (*ctx is then NULL), or with QMT_ERR_USAGE if
/// the environment variable QMTRAJ_ISA names an instruction set that this machine lacks; the context is then
/// there all the same, with generic kernels and the sentence, and is to be destroyed.
QMT_API QmtStatus qmt_context_create(QmtContext **ctx);
/// Destroys a context and sets the pointer to NULL; accepts NULL. What was made with it lives on.
QMT_API void qmt_context_destroy(QmtContext **ctx);

/// The sentence of the last failure in this context, "SUBJECT: TEXT" or the text alone; "" if there was none, also
/// for NULL. Valid until the next call with the context.
QMT_API const char *qmt_context_message(const QmtContext *ctx);
/// What that sentence is about, for example the name of a molecule; "" if the text says it.
QMT_API const char *qmt_context_subject(const QmtContext *ctx);
/// What may help against the last failure; QMT_HINT_NONE for NULL.
QMT_API QmtHint qmt_context_hint(const QmtContext *ctx);

/// Leaves a failure of the caller's own in the context, as functions of the library do, and returns its code: for
/// wrappers and functions that are called back.
///
/// @param hint  QMT_HINT_NONE if there is none
/// A context of NULL is ignored.
QMT_API QmtStatus qmt_context_fail(QmtContext *ctx, QmtStatus status, QmtHint hint,
                                   const char *sentence);
/// Says what the last failure is about; "" takes it away. A context or subject of NULL is ignored.
QMT_API void qmt_context_set_subject(QmtContext *ctx, const char *subject);
/// Sends a note of the caller's own to the log function. A context or sentence of NULL is ignored.
QMT_API void qmt_context_note(QmtContext *ctx, QmtLogLevel level, const char *sentence);

/// Sends notes and warnings to a function; NULL, as in the beginning, drops them. A context of NULL is ignored.
QMT_API void qmt_context_set_log(QmtContext *ctx, QmtLogFunction log, void *user);

/// Instruction set of the kernels in use: "generic", "avx2" or "avx512"; "" for NULL.
QMT_API const char *qmt_context_isa(const QmtContext *ctx);

#ifdef __cplusplus
}
#endif
#endif
