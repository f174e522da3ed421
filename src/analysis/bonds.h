#ifndef ANALYSIS_BONDS_H
#define ANALYSIS_BONDS_H

#include <stdint.h>

#include "base/arena.h"

/// Which atoms are bonded, told from their distances alone. With R_AB the sum of the covalent radii (Pyykko,
/// Atsumi, Chem. Eur. J. 15, 186 (2009), 10.1002/chem.200800987, those of metals times 0.9; column cov_rad of
/// data/gfn2_elements.csv), two atoms at rest are bonded within 1.3 R_AB: as far as the shared proton of
/// H5O2+ (1.27) and well within a strong hydrogen bond (1.5).
///
/// Moving atoms are judged with hysteresis, so that a vibration is no reaction: a bond breaks beyond
/// 1.7 R_AB (C-H: 1.82 angstrom), one forms within 1.15 R_AB. A hydrogen atom that has a partner takes another
/// one only when the first is beyond 1.3 R_AB, and leaves the first with that: a proton transfer is over long
/// before the donor is at 1.7 R_AB, and a hydrogen bond is none.
///
/// Nothing here allocates or fails. A look costs about 4 ns per pair of atoms.

typedef struct {
    size_t n_atoms;
    size_t n_words;             ///< of the two sets of bits
    double *radius;             ///< [n_atoms] covalent radii, in the unit of the positions
    unsigned char *is_hydrogen; ///< [n_atoms]
    uint64_t *bonded;           ///< [n_words] a bit per pair; pair (a, b < a) is bit a (a-1)/2 + b
    uint64_t *unclear;          ///< [n_words] pairs of which the first geometry did not tell
    size_t *fragment;           ///< [n_atoms] lowest atom of the fragment that the bonds make
    size_t n_fragments;
} Bonds;

void bonds_layout(Bonds *bonds, Arena *arena, size_t n_atoms);
/// No bonds at all.
///
/// @param numbers   [n_atoms] atomic numbers
/// @param angstrom  one angstrom in the unit of the positions that will come
void bonds_setup(Bonds *bonds, const int *numbers, double angstrom);
/// Bytes of Bonds.bonded, which decides all later results if nothing is unclear.
size_t bonds_state_size(const Bonds *bonds);

bool bonds_has(const Bonds *bonds, size_t a, size_t b);
size_t bonds_count(const Bonds *bonds);
/// The next bond after pair number *pair - 1, in the order (1,0), (2,0), (2,1), (3,0), ...; begin with
/// *pair = 0. False when there is none.
bool bonds_next(const Bonds *bonds, size_t *pair, size_t *a, size_t *b);
/// Adds bonds from a list of pairs, as a SMILES gives them; pairs that are no two atoms are left out.
///
/// @param pairs  [n][2] atoms
void bonds_add_list(Bonds *bonds, size_t n, const int (*pairs)[2]);
/// Both belong to the same molecule.
void bonds_copy(Bonds *to, const Bonds *from);
/// The fragments again, after Bonds.bonded was written from outside.
void bonds_fragments_update(Bonds *bonds);

/// The bonds of a geometry at rest. Those of a list that were added before, as of a SMILES, are believed up to
/// 1.3 R_AB, and others then taken for bonds within 1.15 R_AB only.
///
/// @param xyz  [n_atoms][3]
void bonds_find(Bonds *bonds, const double (*xyz)[3]);
/// The bonds of a geometry that vibrates, of a molecule not seen before: pairs between 1.3 and 1.7 R_AB are
/// unclear, and the first look that tells is no event.
void bonds_find_moving(Bonds *bonds, const double (*xyz)[3]);
/// The bonds of the next geometry. NaN changes nothing.
///
/// @param before  the last geometry
/// @return true if the two differ
bool bonds_update(const Bonds *before, const double (*xyz)[3], Bonds *after);

/// How much the distance of any pair has to change before bonds_update() does anything, at least; 0 if it may now, or a
/// position is not a number.
double bonds_room(const Bonds *bonds, const double (*xyz)[3]);

typedef enum {
    BOND_BREAKS,         ///< a bond of a ring: the fragment stays one
    BOND_FORMS,          ///< likewise
    BOND_DISSOCIATION,   ///< a bond breaks and parts a fragment
    BOND_ASSOCIATION,    ///< a bond forms and joins two fragments
    BOND_PROTON_TRANSFER ///< a hydrogen goes from one heavy atom to another, as a proton or an atom
} BondEventKind;

/// "bond_breaks", "bond_forms", "dissociation", "association", "proton_transfer"
const char *bond_event_name(BondEventKind kind);

typedef struct {
    BondEventKind kind;
    size_t atoms[3]; ///< the two of the bond, lower first; or hydrogen, donor, acceptor
    size_t n_atoms;  ///< 2 or 3
} BondEvent;

/// What happened between two sets of bonds of one molecule.
///
/// @param events  [capacity]
/// @return how many events there are, which may be more than fit
size_t bonds_compare(const Bonds *before, const Bonds *after, BondEvent *events, size_t capacity);

#endif
