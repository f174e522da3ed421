#ifndef DATASET_SOURCE_H
#define DATASET_SOURCE_H

#include "dataset/source_paths.h"
#include "trajectory/trajectory_reader.h"

/// The trajectories that a training set is made from.

/// The parts of a set.
typedef enum { SPLIT_TRAIN, SPLIT_VALID, SPLIT_TEST, N_SPLITS } Split;

/// "train", "valid", "test"
const char *split_name(Split split);

enum { SOURCE_WORD_SIZE = 64 };

/// How fast a trajectory forgets: the longest autocorrelation time of each kind.
typedef struct {
    bool known;
    double energy_ps, bonds_ps, torsions_ps; ///< 0: there are none
    bool settled;                            ///< false: the trajectory is too short to tell
} Correlation;

/// One trajectory, and what was chosen of it.
typedef struct Source {
    char *path;
    char name[STRUCTURE_NAME_SIZE]; ///< of the molecule
    int replica;                    ///< 0: the only one
    size_t n_atoms;
    int *numbers; ///< [n_atoms]
    uint64_t n_frames;
    double interval_ps; ///< between two frames; 0 if there is only one, or they are drawn
    bool drawn;         ///< its frames are drawn one by one (qmtraj sample) and have no order
    bool is_copy;       ///< of a frame of another trajectory, by which it begins
    uint64_t origin_frame;
    const struct Source *origin; ///< that trajectory; NULL: not in the set
    unsigned properties;         ///< set of Property
    int charge, multiplicity;
    char method[SOURCE_WORD_SIZE];
    char solvent[SOURCE_WORD_SIZE], solvation_model[SOURCE_WORD_SIZE];        ///< "": gas phase
    char solvation_state[SOURCE_WORD_SIZE], solvation_grid[SOURCE_WORD_SIZE]; ///< likewise
    double electronic_temperature_k;
    char *smiles; ///< NULL: not known
    bool complete;
    size_t system; ///< its place in Dataset.systems

    uint32_t crc;     ///< CRC-32 of the file
    uint64_t n_bytes; ///< of the file
    Correlation correlation;
    double gap_ps;              ///< between its blocks; 0: it was not divided
    uint64_t *frames[N_SPLITS]; ///< [n_chosen] rising
    size_t n_chosen[N_SPLITS];
    size_t n_over_energy, n_over_force; ///< frames left out by a window
} Source;

typedef struct {
    Source *items; ///< [n]
    size_t n, room;
    SourcePathList paths; ///< whose archives are open as long as the list is there
} SourceList;

/// Finds and opens all trajectories of files and folders, and notes what each one says of itself. In folders these are the
/// .npz files of the folder and of those below it, in the order of their bytes, without those that a later run put
/// aside (trajectory.old.npz), those of training sets, and those that are beside what they were converted from (trajectory.frames.npz), and the trajectories
/// in the archives of these folders.
///
/// @param partial  also trajectories that failed or are not finished; else such a file is a failure, and one in a
///                 folder is left out with a note
/// Fails with QMT_ERR_INPUT (none, one twice, methods, electronic temperatures, or states or grids of solvation that differ), QMT_ERR_FORMAT (no trajectory, no
/// state), QMT_ERR_IO, QMT_ERR_CHECKPOINT or QMT_ERR_MEMORY.
QmtStatus sources_find(QmtContext *ctx, const char *const *paths, size_t n_paths, bool partial,
                       SourceList *list);
void sources_release(SourceList *list);

/// Order of molecules and their states: 0 if the frames of both belong to one system.
int sources_compare(const Source *a, const Source *b);
/// Opens the file of a source.
QmtStatus source_open(QmtContext *ctx, const Source *source, TrajectoryReader **reader);
/// Frame f as trajectory_reader_frame() reads it; QMT_ERR_FORMAT if a number of an array that every trajectory has, or of a property
/// that is finite, is not.
QmtStatus source_frame(QmtContext *ctx, TrajectoryReader *reader, uint64_t f,
                       const TrajectoryFrame **frame);
/// Compares the checksums inside the file and takes the one of all its bytes. QMT_ERR_FORMAT if it is damaged.
QmtStatus source_verify(QmtContext *ctx, Source *source, TrajectoryReader *reader);

#endif
