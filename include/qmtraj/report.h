#ifndef QMTRAJ_REPORT_H
#define QMTRAJ_REPORT_H

/// A page of HTML about trajectories, and their spectra.
///
/// Threads: as a context.

#include <stddef.h>
#include <stdint.h>

#include <qmtraj/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What the page holds. Start from qmt_report_options_default().
typedef struct {
    size_t struct_size; ///< sizeof(QmtReportOptions), set by qmt_report_options_default()
    uint64_t
        n_frames;     ///< of each trajectory computed again for its verdict, as by qmt_check_file()
    size_t n_workers; ///< processes; 0: the cores this process may use
    int reload_s;     ///< seconds after which the page loads itself again; 0: never
    int reserved;     ///< 0
} QmtReportOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_report_options_init(QmtReportOptions *options, size_t struct_size);

/// Two frames of each trajectory computed again, all cores, no reloading.
static inline QmtReportOptions qmt_report_options_default(void)
{
    QmtReportOptions options;
    qmt_report_options_init(&options, sizeof options);
    return options;
}

/// Writes one file of HTML that needs nothing else: verdicts, a table, curves, and the molecules to look at. The same
/// files give the same bytes.
///
/// @param path       a folder of trajectories, or one trajectory file, also one that is not finished
/// @param to         appears as a whole; may be a page of an earlier call, and nothing else that exists
/// @param options    NULL: the defaults
/// @param n_running  trajectories that a process works on; may be NULL
/// Fails with QMT_ERR_USAGE (`to` exists), QMT_ERR_FORMAT, QMT_ERR_IO, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY. A file of a
/// folder that cannot be read is a row that says so, and a folder without a trajectory has a page that says so, with a warning.
QMT_API QmtStatus qmt_report_write(QmtContext *ctx, const char *path, const char *to,
                                   const QmtReportOptions *options, size_t *n_running);

/// The vibrational density of states of a trajectory file, and its infrared spectrum if it holds dipoles, as lines of
/// CSV over wavenumbers; docs/report.md has the formulas.
///
/// @param text  to be freed with qmt_text_free()
/// Fails with QMT_ERR_INPUT (too few frames), QMT_ERR_FORMAT, QMT_ERR_IO, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_spectrum_csv(QmtContext *ctx, const char *path, char **text);

#ifdef __cplusplus
}
#endif
#endif
