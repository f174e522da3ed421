#ifndef DATASET_FORMAT_H
#define DATASET_FORMAT_H

#include <stdio.h>

#include "dataset/set.h"

/// The face of every format of a training set. A format is a file format_NAME.c and a row, or several, of the table in
/// format.c; the command line, README.md and docs/dataset.md follow that table.
///
/// A writer makes the files of one part of the set. Molecules come one after another, each with all its frames.

/// One instant of a trajectory, in the units of trajectories.
typedef struct {
    const System *system;
    const Source *source;
    uint64_t number;              ///< in the trajectory
    const TrajectoryFrame *frame; ///< valid during the call
    const TrajectoryFrame *later; ///< the second of a pair; NULL: single frames
    bool wide;                    ///< the trajectory is in double precision
    unsigned properties;          ///< set of Property
    const double *masses;         ///< [n_atoms] Da
} SetFrame;

/// Which frames of a part stand in one file or group, numbered from 0.
typedef enum { PLACES_BY_PART, PLACES_BY_MOLECULE, PLACES_BY_ATOMS } SetPlaces;

enum { SET_PLACE_SIZE = STRUCTURE_NAME_SIZE + 96 };

typedef struct SetWriter SetWriter;
typedef struct SetFormat SetFormat;

struct SetFormat {
    const char *name; ///< as in --for
    const char *help; ///< what it is, a few words
    bool pairs;       ///< can write pairs of frames
    bool units;       ///< has units to choose
    bool hdf5;        ///< needs a build with HDF5
    bool atom_frames; ///< single atoms go in front of the training part
    SetPlaces places;
    /// The file, folder or group that holds the frames of a system, relative to the set; the system is not looked at if all
    /// are in one.
    void (*place)(const SetFormat *format, Split split, const System *system,
                  char text[SET_PLACE_SIZE]);

    /// Begins a part in a folder. Fails with QMT_ERR_IO, QMT_ERR_MEMORY, or QMT_ERR_INPUT if the format cannot hold
    /// the set; nothing needs to be removed then, the folder goes as a whole.
    QmtStatus (*open)(QmtContext *ctx, const SetFormat *format, const Set *set, const char *folder,
                      Split split, SetWriter **writer);
    /// The next molecule, of which system->n_frames[split] frames will come; it has at least one.
    QmtStatus (*system)(QmtContext *ctx, SetWriter *writer, const System *system);
    QmtStatus (*append)(QmtContext *ctx, SetWriter *writer, const SetFrame *frame);
    /// All frames are there: brings everything to the disk.
    QmtStatus (*finish)(QmtContext *ctx, SetWriter *writer);
    /// Frees a writer, finished or not.
    void (*close)(SetWriter *writer);

    /// Further files of the set, such as the options of a training; NULL: none.
    QmtStatus (*extras)(QmtContext *ctx, const SetFormat *format, const Set *set,
                        const char *folder);

    /// Markdown for README.md: the files and what is in them, with units.
    void (*contents)(const SetFormat *format, const Set *set, FILE *out);
    /// Likewise: how a training starts.
    void (*training)(const SetFormat *format, const Set *set, FILE *out);
    const void *more; ///< of formats that share a file
};

/// Places of formats with a folder for each molecule, "train/water", and with one for all, "train".
void set_place_molecule(const SetFormat *format, Split split, const System *system,
                        char text[SET_PLACE_SIZE]);
void set_place_part(const SetFormat *format, Split split, const System *system,
                    char text[SET_PLACE_SIZE]);

/// Lists of the elements of a set for the options of trainings: "H, C" and "H: -10.707211471, C: -48.798080215" (eV).
///
/// @param quote    around each symbol, "" for none
/// @param between  two elements
void set_elements_print(const Set *set, const char *quote, const char *between, FILE *out);
void set_atoms_print(const Set *set, const char *quote, const char *between, FILE *out);

/// First member of every writer.
struct SetWriter {
    const SetFormat *format;
};

/// Those of the files format_NAME.c.
extern const SetFormat FORMAT_MACE, FORMAT_NEQUIP, FORMAT_SEVENNET, FORMAT_ORB, FORMAT_FAIRCHEM,
    FORMAT_PSI4, FORMAT_PYSCF, FORMAT_ORCA, FORMAT_METATRAIN, FORMAT_GPUMD, FORMAT_QUIP,
    FORMAT_DEEPMD, FORMAT_DEEPMD_MIXED, FORMAT_SGDML, FORMAT_RMD17, FORMAT_NPY, FORMAT_HDF5,
    FORMAT_TORCHMD, FORMAT_TORCHMD_MMAP, FORMAT_METATRAIN_MMAP, FORMAT_SPICE, FORMAT_ANI;

extern const SetFormat *const SET_FORMATS[];
extern const size_t N_SET_FORMATS;

/// A format by name; NULL if there is none.
const SetFormat *set_format_find(const char *name);

#endif
