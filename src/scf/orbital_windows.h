#ifndef SCF_ORBITAL_WINDOWS_H
#define SCF_ORBITAL_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "kernels/kernels.h"

/// Where the orbitals of a long molecule are. The refinement (orbital_update.h) takes any orthonormal orbitals of the
/// occupied and of the virtual space, and behind a wide gap some fall off exponentially (Kohn, Phys. Rev. Lett. 76, 3168
/// (1996), 10.1103/PhysRevLett.76.3168). In the order of their places, a block of them is zero but for a window of
/// rows, and so are its products with blocks far away.
///
/// A block has four windows, one inside the other, by the largest element of a row:
///
///     whole  1e-7: outside, elements are set to zero, which changes P by less than 2e-10
///     core   1e-7: outside, products of two elements are left out of P and W
///     heart  1e-4: sums over the rows of two blocks in single precision run over both hearts; outside, products are 1e-8
///     seat   0.03: two blocks know each other if the seat of one meets the whole window of the other
///
/// What a block is made of in its window are the orbitals seated there, so every change of it is seen and
/// corrected; a part that nothing corrects would grow with the noise of the extrapolation.
enum {
    WINDOW_ORBITALS = 16,
    WINDOW_TOGETHER = 3, ///< blocks that have one whole window, as wide as a tile of singles
    WINDOW_SPACES = 2
};

/// first..last of rows or blocks
typedef struct {
    int32_t first, last;
} Window;

typedef struct {
    int64_t known;     ///< 1: the orbitals are local, and the windows below hold for them
    int64_t tried;     ///< 1: since the last diagonalisation it was tried to make them so
    double first_cost; ///< of the windows when they were made so
} OrbitalWindowsKept;

/// Blocks are counted through, those of the occupied orbitals first.
typedef struct {
    OrbitalWindowsKept *kept;
    Window *whole, *core, *heart, *seat; ///< [blocks] of rows; kept
    Window *reach;                       ///< [blocks] of rows: of S C and F C
    Window *near[WINDOW_SPACES]; ///< [blocks] of blocks of each space, counted from its first
    size_t n_blocks[WINDOW_SPACES];
} OrbitalWindows;

void orbital_windows_layout(OrbitalWindows *windows, Arena *arena, size_t n_ao);

/// Nothing is known of the orbitals any more.
static inline void orbital_windows_forget(OrbitalWindows *windows)
{
    windows->kept->known = windows->kept->tried = 0;
}

/// Numbers of blocks for as many columns of each space.
void orbital_windows_shape(OrbitalWindows *windows, size_t n_occupied, size_t n_virtual);

/// Finds the windows of local orbitals, and sets them to zero outside. Windows that were known only become wider. Returns what
/// products take with them, as a share of what they take without.
///
/// @param c      [n_rows][ld]
/// @param first  [WINDOW_SPACES] the first column of each space
double orbital_windows_measure(OrbitalWindows *windows, size_t n_rows, double *c, size_t ld,
                               const size_t *first, const size_t *n_columns);

/// Of the rows of a window the rows of S and F that are not zero there.
Window orbital_windows_reach(const KernelsPattern *pattern, Window rows);

/// What follows from the windows at a geometry with this pattern of S and F, which may be NULL.
void orbital_windows_update(OrbitalWindows *windows, const KernelsPattern *pattern);

/// A turn U of m orbitals among themselves that makes them local: they become those that are closest to the projections of m atomic
/// orbitals, which pivoting chooses (Damle, Lin, Ying, J. Chem. Theory Comput. 11, 1463 (2015), 10.1021/ct500985f), in their order.
/// Returns false if there are no such orbitals.
///
/// @param c      [n_rows][ld] the orbitals, columns
/// @param u      [m][ld] C' = C U
/// @param room   [n_rows][ld], [n_rows][ld] and [m][ld]
/// @param eigenvalues  [m]
bool orbital_windows_localise(const Kernels *kernels, size_t n_rows, size_t m, const double *c,
                              size_t ld, double *u, double *const room[3], double *eigenvalues,
                              double *eigen_work, int *eigen_iwork);

static inline Window window_union(Window a, Window b)
{
    return (Window){a.first < b.first ? a.first : b.first, a.last > b.last ? a.last : b.last};
}

/// Empty ones have first >= last.
static inline Window window_common(Window a, Window b)
{
    return (Window){a.first > b.first ? a.first : b.first, a.last < b.last ? a.last : b.last};
}

static inline bool window_is_empty(Window a)
{
    return a.first >= a.last;
}

#endif
