#ifndef QMTRAJ_STATUS_H
#define QMTRAJ_STATUS_H

/// How a call ended, and what may help.

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define QMT_API __attribute__((visibility("default")))
#else
#define QMT_API
#endif

/// Every status: name, sentence. Numbers stay as they are; new ones come at the end.
#define QMT_STATUS_LIST(X)                                                                         \
    X(QMT_OK, "done")                                                                              \
    X(QMT_ERR_PARTIAL, "some molecules failed")                                                    \
    X(QMT_ERR_USAGE, "wrong command line")                                                         \
    X(QMT_ERR_CONFIG, "wrong configuration")                                                       \
    X(QMT_ERR_INPUT, "the chemistry of the input is impossible or not supported")                  \
    X(QMT_ERR_FORMAT, "an input file is not what it should be")                                    \
    X(QMT_ERR_SCF, "the self-consistent field does not converge")                                  \
    X(QMT_ERR_PHYSICS, "the motion is not physical any more")                                      \
    X(QMT_ERR_IO, "reading or writing failed")                                                     \
    X(QMT_ERR_MEMORY, "out of memory")                                                             \
    X(QMT_ERR_LOCKED, "another process holds the folder")                                          \
    X(QMT_ERR_CHECKPOINT, "the checkpoint does not fit")                                           \
    X(QMT_STOPPED, "stopped on request, can be resumed")                                           \
    X(QMT_ERR_ARGUMENT, "an argument is missing or makes no sense")                                \
    X(QMT_ERR_CALLBACK, "a function of the caller failed")

#define QMT_STATUS_ENUM(name, sentence) name,
/// How a call ended.
typedef enum { QMT_STATUS_LIST(QMT_STATUS_ENUM) QMT_STATUS_COUNT } QmtStatus;
#undef QMT_STATUS_ENUM

/// The sentence of a status, as listed above; "unknown status" for what is none.
QMT_API const char *qmt_status_sentence(QmtStatus status);
/// The name of a status, "QMT_ERR_SCF"; "unknown status" for what is none.
QMT_API const char *qmt_status_name(QmtStatus status);

/// What may help after a failure, where it depends on options that the caller has: name, the words of
/// qmt_hint_sentence(). Numbers stay as they are; new ones come at the end.
#define QMT_HINT_LIST(X)                                                                           \
    X(QMT_HINT_NONE, "")                                                                           \
    X(QMT_HINT_WARMER_ELECTRONS, "raise the electronic temperature")                               \
    X(QMT_HINT_SHORTER_STEP, "take a smaller time step")                                           \
    X(QMT_HINT_SHORTER_STEP_OR_RELAX, "take a smaller time step, or relax the geometry first")     \
    X(QMT_HINT_GEOMETRY_OR_STEP, "check the geometry, or take a smaller time step")                \
    X(QMT_HINT_SOLVENTS, "look at the list of solvents")

#define QMT_HINT_ENUM(name, sentence) name,
/// What may help.
typedef enum { QMT_HINT_LIST(QMT_HINT_ENUM) QMT_HINT_COUNT } QmtHint;
#undef QMT_HINT_ENUM

/// The words of a hint, as listed above; "" for QMT_HINT_NONE and for what is no hint.
QMT_API const char *qmt_hint_sentence(QmtHint hint);

#ifdef __cplusplus
}
#endif
#endif
