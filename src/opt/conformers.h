#ifndef OPT_CONFORMERS_H
#define OPT_CONFORMERS_H

#include "engine/engine.h"

/// Conformers of a molecule: start geometries relaxed with the method itself (opt/minimise.h), without those that fell
/// into another molecule and without duplicates, the lowest first.

/// Two geometries are one minimum if their energies agree to this, kJ/mol, and their RMSD, with atoms that symmetry
/// exchanges and mirror images counted as the same (analysis/symmetric_rmsd.h), is below this, angstrom.
#define CONFORMERS_SAME_KJMOL 0.2
#define CONFORMERS_SAME_ANGSTROM 0.125
/// Of the populations, kelvin.
#define CONFORMERS_TEMPERATURE_K 298.15

typedef struct {
    size_t n_atoms;
    const int *numbers;    ///< [n_atoms]
    size_t n_bonds;        ///< of the molecule; 0: those of the first start geometry
    const int (*bonds)[2]; ///< [n_bonds]
    size_t n_starts;
    double (*starts)[3]; ///< [n_starts][n_atoms] bohr; relaxed in place
    size_t n_wanted;
    double gradient;                 ///< largest component left, hartree/bohr
    bool (*should_stop)(void *user); ///< asked between two relaxations; NULL: never
    void *user;
} ConformerSearch;

typedef struct {
    size_t start;          ///< of the search
    double energy;         ///< hartree
    double relative_kjmol; ///< to the lowest
    double population;     ///< exp(-E/kT) among those kept, from energies alone
} Conformer;

typedef struct {
    Conformer *items; ///< [n] malloc'ed, the lowest first
    size_t n;
    size_t n_unconverged, n_other, n_duplicates; ///< passed over: also those of another molecule
    size_t n_beyond;                             ///< minima above the n_wanted lowest
} Conformers;

/// Relaxes all start geometries. Fails as minimise() does where nothing can be relaxed, with QMT_STOPPED, or with
/// QMT_ERR_MEMORY; a single geometry that cannot is passed over.
QmtStatus conformers_find(QmtContext *ctx, Engine *engine, const ConformerSearch *search,
                          Conformers *found);
void conformers_release(Conformers *conformers);

#endif
