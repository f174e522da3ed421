#ifndef BASIS_PAIR_BATCHES_H
#define BASIS_PAIR_BATCHES_H

#include "basis/basis.h"
#include "system/pairs.h"

/// All pairs of atoms of a molecule, in batches of eight of one class (kernels/pair_batch.h): atoms are of
/// one class when their shells agree in angular momenta and numbers of primitives, which carbon,
/// nitrogen, oxygen and fluorine do. Inside a class the pairs are sorted by elements, so that most batches
/// share their kind with others. Every atom with itself comes last.
typedef struct {
    const Basis *basis;
    const Kernels *kernels;
    double mu_r2_max;        ///< primitive pairs with a b R^2/(a+b) above it are left out
    double r_max;            ///< atom pairs beyond it are left out, bohr
    size_t n;                ///< batches of pairs
    size_t n_on_site;        ///< batches of atoms with themselves, after the others
    PairBatch *batch;        ///< [n + n_on_site]
    PairKind *kind;          ///< by groups, with room for more than there are
    struct PairGroup *group; ///< one per pair of classes
    size_t n_groups;
    const double (*xyz)[3]; ///< of the last update
    bool moments;           ///< there are integrals of moments, likewise
    struct AtomPair *pair;  ///< scratch of the setup
    double (*origin)[3];    ///< [n_atoms] zeros: atoms with themselves
} PairBatches;

/// Batches that a thread takes at a time where several work on a molecule.
enum { PAIR_BATCHES_SHARED = 64 };

void pair_batches_layout(PairBatches *batches, Arena *arena, const Basis *basis,
                         const int *numbers);
/// Tables of primitives and everything that no geometry changes, with K_st = 1 and no distance factor.
void pair_batches_setup(PairBatches *batches, const Kernels *kernels, const int *numbers);
/// Integrals and distance factors of a geometry.
///
/// @param xyz      [n_atoms][3] bohr; must live until the next update
/// @param moments  whether integrals of dipoles and second moments are wanted
void pair_batches_update(PairBatches *batches, const double (*xyz)[3], bool moments);
/// Whether whoever works on the batches considers dipoles and second moments, which need the integrals; at
/// first those of the method.
void pair_batches_use_multipoles(PairBatches *batches, bool multipoles);
/// Asks for what a loop that is at batch i and goes up to `end` will soon read. The batches of a large molecule fill the
/// caches many times, and of each that is near some lines here and there are read, which no processor foresees. Nothing
/// for few batches.
void pair_batches_fetch(const PairBatches *batches, size_t i, size_t end);

#endif
