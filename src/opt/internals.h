#ifndef OPT_INTERNALS_H
#define OPT_INTERNALS_H

#include "base/context.h"

/// Redundant internal coordinates of a molecule: bond lengths, angles and torsions, as many as its bonds give. Peng, Ayala,
/// Schlegel, Frisch, J. Comput. Chem. 17, 49 (1996). Fragments are held together by the nearest distances between them.
/// Angles beyond 165 degrees and torsions over them are left out; what the coordinates then do not describe (bends of
/// linear molecules) is added as displacements along fixed
/// directions. Within 0.2 bohr of a line (LINEAR_DISTANCE) no turn around it is left out: it is a bend, or costs nothing. A flat atom with three partners and nothing beyond them has torsions of its own. Together they describe every motion but translation and rotation.

typedef enum { INTERNAL_BOND, INTERNAL_ANGLE, INTERNAL_TORSION, INTERNAL_DIRECTION } InternalKind;

enum { INTERNAL_ROW = 12 }; ///< derivatives with respect to four atoms at most

/// One coordinate: bohr or radian.
typedef struct {
    InternalKind kind;
    size_t atom[4];        ///< in the order of the bonds; fewer than four for bonds and angles
    size_t direction;      ///< its row of Internals.directions
    double force_constant; ///< of the model, hartree per square of its unit
    double weight;         ///< of its square in the length of a step
} Internal;

typedef struct {
    size_t n_atoms, n, room;
    Internal *items; ///< [n]
    size_t n_directions;
    double *directions; ///< [n_directions][3 n_atoms]
    bool complete; ///< false for very large molecules: nobody looked what the coordinates leave out
    bool linear;   ///< the geometry was so near a line that a turn around it counts as a bend
} Internals;

/// Finds the coordinates of a geometry with their model force constants. Fails with QMT_ERR_MEMORY.
///
/// @param numbers  [n_atoms]
/// @param xyz      [n_atoms][3] bohr
/// @param frozen   four atoms of a torsion that becomes coordinate 0, bonded or not; NULL: none
QmtStatus internals_find(QmtContext *ctx, size_t n_atoms, const int *numbers,
                         const double (*xyz)[3], const size_t *frozen, Internals *internals);
void internals_release(Internals *internals);

/// False if an angle has become so straight that its derivatives are of no use, or if the molecule has become nearly a line,
/// or has left it: find the coordinates again.
bool internals_hold(const Internals *internals, const double (*xyz)[3]);

/// Translations and rotations [6][3 n_atoms] that the coordinates leave out, without weights of masses; returns how many: 3 of
/// an atom, 5 of what was nearly a line, else 6.
size_t internals_rigid(const Internals *internals, const double (*xyz)[3], double *rows);

/// Their values [n], torsions from -pi to pi.
void internals_values(const Internals *internals, const double (*xyz)[3], double *values);
/// out = a - b [n], torsions the short way round.
void internals_difference(const Internals *internals, const double *a, const double *b,
                          double *out);

/// Their derivatives with respect to the positions, Wilson's B: rows [n][12] of the atoms that they name.
void internals_rows(const Internals *internals, const double (*xyz)[3],
                    double (*rows)[INTERNAL_ROW]);
/// out = B dx [n], dx [3 n_atoms].
void internals_forward(const Internals *internals, const double (*rows)[INTERNAL_ROW],
                       const double *dx, double *out);
/// out = B^T u [3 n_atoms], u [n].
void internals_back(const Internals *internals, const double (*rows)[INTERNAL_ROW], const double *u,
                    double *out);
/// out = B^T diag B [3 n_atoms][3 n_atoms], diag [n].
void internals_metric(const Internals *internals, const double (*rows)[INTERNAL_ROW],
                      const double *diagonal, double *out);

#endif
