#ifndef QMTRAJ_LABEL_H
#define QMTRAJ_LABEL_H

/// Energies and forces of given geometries: a file of XYZ frames in, the same file with labels out. docs/label.md has the
/// keys and columns.
///
/// Threads: a call makes processes with fork() and installs handlers for SIGINT, SIGTERM, SIGHUP and SIGUSR1 while it
/// runs: one at a time in a process, best from a process without other threads.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <qmtraj/config.h>
#include <qmtraj/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How frames are labelled. Start from qmt_label_options_default().
typedef struct {
    size_t struct_size; ///< sizeof(QmtLabelOptions), set by qmt_label_options_default()
    size_t n_workers; ///< processes side by side; 0: as many as fill the cores this process may use
    const char *also; ///< a second method whose labels stand beside, "GFN1-xTB"; NULL: none
    int fresh;        ///< 1: what an interrupted call left is made again
    int reserved;     ///< 0
} QmtLabelOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_label_options_init(QmtLabelOptions *options, size_t struct_size);

/// One method, all cores, and what an interrupted call left goes on.
static inline QmtLabelOptions qmt_label_options_default(void)
{
    QmtLabelOptions options;
    memset(&options, 0, sizeof options);
    qmt_label_options_init(&options, sizeof options);
    return options;
}

/// How many frames there are, and how they ended. This struct does not grow.
typedef struct {
    uint64_t n_frames;   ///< of the input
    uint64_t n_done;     ///< so far, labelled or failed
    uint64_t n_failed;   ///< of them without labels, marked by label_failed= and listed
    uint64_t n_left_out; ///< of those, frames that could not be written again at all
} QmtLabelCounts;

/// Labels every frame of an XYZ or extended XYZ file, one molecule or many, in their order. Keys and columns of the input
/// are kept; charge and multiplicity are read as those of a run. The bytes depend on the input, the configuration and
/// the program, not on the number of workers or on interruptions: a call that was stopped or killed goes on where it
/// was when it is repeated.
///
/// The SCF ends at a change of 1e-7 unless the configuration says "scf": of 64 frames of C25H52 this moved no energy by
/// more than 6e-12 eV and no force by more than 6e-7 eV/angstrom.
///
/// @param config    method, solvent, electrons, properties; charge and multiplicity of frames that do not say theirs; NULL:
///                  the defaults
/// @param path      also compressed by gzip; "-" is standard input
/// @param out       gets its name when it is whole; until then OUT.part and OUT.part.json. OUT.rejected.tsv lists
///                  frames without labels
/// @param options   NULL: the defaults
/// @param progress  called now and then, may be NULL; user is passed on to it
/// @param counts    may be NULL; filled also with QMT_ERR_PARTIAL, untouched after other failures
/// Fails with QMT_ERR_PARTIAL (some frames have no labels; the file is whole), QMT_ERR_USAGE (out exists,
/// methods), QMT_ERR_FORMAT (no XYZ file, cut off), QMT_ERR_CHECKPOINT (OUT.part belongs to something else),
/// QMT_ERR_LOCKED, QMT_ERR_IO, QMT_STOPPED, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_label_file(QmtContext *ctx, const QmtConfig *config, const char *path,
                                 const char *out, const QmtLabelOptions *options,
                                 void (*progress)(void *user, const QmtLabelCounts *counts),
                                 void *user, QmtLabelCounts *counts);

#ifdef __cplusplus
}
#endif
#endif
