#ifndef QMTRAJ_DATASET_H
#define QMTRAJ_DATASET_H

/// Training sets from trajectories: frames chosen, divided without leaks, and written for one of the codes that learn
/// from them. docs/dataset.md has the keys, units and readers of every format.
///
/// Threads: a call makes processes with fork(), best from a process without other threads.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <qmtraj/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What is chosen and how it is divided. Start from qmt_dataset_options_default(). At most one of every, every_ps,
/// n_frames, n_diverse and decorrelated; without any, all frames are taken.
typedef struct {
    size_t struct_size; ///< sizeof(QmtDatasetOptions), set by qmt_dataset_options_default()
    const char *format; ///< a name of qmt_dataset_format_name()
    uint64_t every;     ///< frames 0, K, 2K, ... of each trajectory; 0: not by this
    double every_ps;    ///< the same in time; 0: not by this
    uint64_t n_frames;  ///< so many per trajectory, spread evenly in time; 0: not by this
    uint64_t n_diverse; ///< so many per trajectory, as different as can be; 0: not by this
    const char *metric; ///< of n_diverse: "rmsd" or "distances"; NULL: rmsd
    int decorrelated;   ///< 1: two autocorrelation times of energy, bond lengths and torsions apart
    double energy_window_ev;      ///< only frames at most so far above the lowest of their
                                  ///< trajectory; 0: all
    double max_force_ev_angstrom; ///< only frames without a larger force on an atom; 0: all
    double train, valid, test;    ///< parts of the set; they are divided by their sum
    const char *by;               ///< "molecule", "replica" or "block"; NULL: molecule, if there
                                  ///< are as many as parts, else block
    double gap_ps;                ///< between two blocks; negative: five autocorrelation times, at
                                  ///< most a twentieth of the trajectory
    uint64_t seed;                ///< of the division; 0: the smallest that leaves no part empty
    int partial;                  ///< 1: also trajectories that failed or are not finished
    size_t n_workers;             ///< processes side by side; 0: the cores this process may use
    double lag_fs;                ///< pairs of frames so far apart, for codes that learn the
                                  ///< motion; 0: single frames
    const char *units;            ///< of npy: "ev-angstrom", "kj-nm", "kcal-angstrom" or "atomic";
        ///< NULL: eV and angstrom, and for formats with units of their own
    const char *level; ///< of inputs for another program: "METHOD/BASIS"; NULL:
                       ///< "wB97M-D3BJ/def2-TZVPPD"
} QmtDatasetOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_dataset_options_init(QmtDatasetOptions *options, size_t struct_size);

/// All frames for MACE, 80 % to train, 10 % to validate, 10 % to test.
static inline QmtDatasetOptions qmt_dataset_options_default(void)
{
    QmtDatasetOptions options;
    memset(&options, 0, sizeof options);
    qmt_dataset_options_init(&options, sizeof options);
    return options;
}

/// Name of format i = 0, 1, ..., "mace"; NULL after the last one.
QMT_API const char *qmt_dataset_format_name(size_t i);
/// What it is, a few words; NULL after the last one.
QMT_API const char *qmt_dataset_format_help(size_t i);

/// 1 if a folder is a set of qmt_dataset_make(), or one that is being written; 0 otherwise, also for NULL. What lies in it are no
/// trajectories.
QMT_API int qmt_path_is_dataset(const char *path);

/// How far a call is. This struct does not grow.
typedef struct {
    const char *step;     ///< "choosing", "writing", "comparing"
    uint64_t done, total; ///< trajectories or frames of this step
} QmtDatasetProgress;

/// Writes a folder: the data of each part, README.md, manifest.tsv, sources.tsv, summary.json, citations.bib. The
/// folder has its name when it is whole; until then it is OUT.part. Same input and options, same bytes, with any number
/// of workers.
///
/// @param paths     [n_paths] trajectories, or folders with all that are below them
/// @param out       must not exist yet
/// @param options   NULL: the defaults
/// @param progress  called now and then, may be NULL; user is passed on to it
/// @param summary   text for people, to be freed with qmt_text_free(); may be NULL, untouched after a failure
/// Fails with QMT_ERR_USAGE (`out` exists, options that exclude each other, a part that would be empty), QMT_ERR_INPUT
/// (no trajectories, methods that differ), QMT_ERR_FORMAT (no trajectory, damaged), QMT_ERR_IO, QMT_ERR_SCF (of a
/// single atom), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY; nothing is left under the name of the folder then.
QMT_API QmtStatus qmt_dataset_make(QmtContext *ctx, const char *const *paths, size_t n_paths,
                                   const char *out, const QmtDatasetOptions *options,
                                   void (*progress)(void *user, const QmtDatasetProgress *progress),
                                   void *user, char **summary);

/// Collects the results of another program into a set: the folder is one that qmt_dataset_make() made for "psi4", "pyscf" or
/// "orca" and whose run.sh has been run. The frames get REF_energy and REF_forces beside the labels they had, as
/// xtb_energy and xtb_forces. OUT/missing.tsv lists frames without a result, which are left out.
///
/// @param out        folder to make; must not exist yet
/// @param n_found    frames with a result; may be NULL, as n_missing
/// @param n_missing  frames without one
/// Fails with QMT_ERR_PARTIAL (some are missing; the folder is whole), QMT_ERR_USAGE (`out` exists, folder is none of inputs),
/// QMT_ERR_INPUT (there is no result at all), QMT_ERR_FORMAT, QMT_ERR_IO, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_dataset_collect(QmtContext *ctx, const char *folder, const char *out,
                                      uint64_t *n_found, uint64_t *n_missing);

#ifdef __cplusplus
}
#endif
#endif
