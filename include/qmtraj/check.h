#ifndef QMTRAJ_CHECK_H
#define QMTRAJ_CHECK_H

/// Proof that a trajectory file is what it says: a list of checks, each with a verdict and a sentence.
///
/// Threads: as a context, a report belongs to one thread at a time.

#include <stddef.h>
#include <stdint.h>

#include <qmtraj/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a check found. Higher is worse.
typedef enum { QMT_CHECK_NOT_RUN, QMT_CHECK_PASS, QMT_CHECK_WARN, QMT_CHECK_FAIL } QmtVerdict;

/// How thoroughly. Start from qmt_check_options_default().
typedef struct {
    size_t struct_size; ///< sizeof(QmtCheckOptions), set by qmt_check_options_default()
    uint64_t n_frames;  ///< so many frames are computed again; 0: none
    uint64_t seed;      ///< which ones
} QmtCheckOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_check_options_init(QmtCheckOptions *options, size_t struct_size);

/// Eight frames computed again, chosen with seed 1.
static inline QmtCheckOptions qmt_check_options_default(void)
{
    QmtCheckOptions options;
    qmt_check_options_init(&options, sizeof options);
    return options;
}

/// What was found in a file.
typedef struct QmtCheckReport QmtCheckReport;

/// Checks one NPZ file; nothing is written. The same file and options give the same report. A damaged file is a report
/// with QMT_CHECK_FAIL, not a failure of this function.
///
/// @param options  NULL: the defaults
/// @param report   to be destroyed with qmt_check_report_destroy(); untouched after a failure
/// Fails with QMT_ERR_IO (the file cannot be read), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_check_file(QmtContext *ctx, const char *path, const QmtCheckOptions *options,
                                 QmtCheckReport **report);
/// A file of qmt_check_files(). Filled by the library.
typedef struct {
    QmtStatus status;             ///< of qmt_check_file()
    const char *message;          ///< the sentence of a failure, "" otherwise
    const QmtCheckReport *report; ///< NULL after a failure
} QmtCheckedFile;

/// Takes the result of paths[file]; pointers are valid during the call.
typedef void (*QmtCheckedFunction)(void *user, size_t file, const QmtCheckedFile *checked);

/// Checks files side by side, each as by qmt_check_file(). Results come in the order of the files, in the thread of the
/// call, and do not depend on the number of processes. A file that cannot be read stops no other.
///
/// @param paths      [n]
/// @param options    NULL: the defaults
/// @param n_workers  processes, made with fork(); 1: none but this one; 0: the cores this process may use
/// @param take       gets every result
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY (a process cannot be made) or QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_check_files(QmtContext *ctx, const char *const *paths, size_t n,
                                  const QmtCheckOptions *options, size_t n_workers,
                                  QmtCheckedFunction take, void *user);

/// Destroys a report and sets the pointer to NULL; accepts NULL.
QMT_API void qmt_check_report_destroy(QmtCheckReport **report);

/// The worst verdict of all checks; QMT_CHECK_NOT_RUN for NULL.
QMT_API QmtVerdict qmt_check_worst(const QmtCheckReport *report);
/// How many checks there are; the same for every report.
QMT_API size_t qmt_check_count(void);
/// Name of check i, "checksums"; NULL if there is none.
QMT_API const char *qmt_check_name(size_t i);
/// Verdict of check i; QMT_CHECK_NOT_RUN if there is none.
QMT_API QmtVerdict qmt_check_verdict(const QmtCheckReport *report, size_t i);
/// What check i saw, and against which limit; "" if there is none. Valid as long as the report.
QMT_API const char *qmt_check_sentence(const QmtCheckReport *report, size_t i);
/// "PASS", "WARN", "FAIL", "NOT RUN"; "" for what is no verdict.
QMT_API const char *qmt_verdict_name(QmtVerdict verdict);

#ifdef __cplusplus
}
#endif
#endif
