#ifndef DATASET_SET_H
#define DATASET_SET_H

#include "data/element.h"
#include "dataset/selection.h"

/// A training set in the making: what is known before the first frame is written.

/// All trajectories of one molecule in one state.
typedef struct {
    char
        label[STRUCTURE_NAME_SIZE + 16]; ///< the name; with a number behind where two have the same
    char file[STRUCTURE_NAME_SIZE + 48]; ///< the label as the name of a file or folder
    const Source *first;                 ///< of its sources, which follow each other
    size_t n_sources;
    uint64_t n_frames[N_SPLITS];
    double atoms_energy_kjmol; ///< sum of the energies of its atoms
} System;

typedef struct {
    int multiplicity; ///< of the ground state; 0: the element is not in the set
    double hartree;
} AtomEnergy;

typedef struct {
    const QmtDatasetOptions *options;
    const char *out; ///< as the user wrote it
    SourceList sources;
    SplitPlan plan;
    System *systems; ///< [n_systems]
    size_t n_systems;
    uint64_t n_frames[N_SPLITS];
    AtomEnergy atoms[ELEMENT_MAX + 1]; ///< by atomic number
    size_t n_elements;
    unsigned properties; ///< set of Property that all trajectories have
} Set;

/// Finds the systems, what properties they share, and counts; sources, plan and frames are there. Fails with QMT_ERR_USAGE if a part that was asked
/// for is empty, or QMT_ERR_MEMORY.
QmtStatus set_systems_find(QmtContext *ctx, Set *set);
/// Energies of single atoms in their ground state, by the method and electronic temperature of the set, in the gas phase. Fails with QMT_ERR_SCF, QMT_ERR_INPUT or
/// QMT_ERR_MEMORY.
QmtStatus set_atoms_compute(QmtContext *ctx, Set *set);
void set_release(Set *set);

/// True if two geometries can be compared atom by atom.
bool sources_alike(const Source *a, const Source *b);

#endif
