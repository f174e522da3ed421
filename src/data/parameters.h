#ifndef DATA_PARAMETERS_H
#define DATA_PARAMETERS_H

#include <stddef.h>

#include "data/tables.h"

/// Lookups in the generated tables. Elements are 1..86 (asserted); nothing here can fail otherwise,
/// and the pointers live as long as the program.

const Gfn2Element *gfn2_element(int z);

/// The shells of an element in basis order.
///
/// @param n  number of shells
const Gfn2Shell *gfn2_shells(int z, size_t *n);

const Gfn1Element *gfn1_element(int z);

/// The shells of an element in basis order.
///
/// @param n  number of shells
const Gfn1Shell *gfn1_shells(int z, size_t *n);

/// Factor of a pair of elements in the Hamiltonian of GFN1-xTB; symmetric, mostly 1.
double gfn1_pair_scale(int za, int zb);

/// The STO-NG expansion of the Slater function n, l with exponent 1.
///
/// @param length  N of STO-NG
/// @param first   the first of the primitives, which lie side by side; untouched if there are none
/// @return number of primitives: N, or 0 if the table does not have this expansion
size_t sto_expansion(int n, int l, int length, const StoPrimitive **first);

const DispElement *disp_element(int z);

/// The reference systems of an element in D4.
///
/// @param n  number of references
const D4Reference *d4_references(int z, size_t *n);

/// C6 of two D4 references, hartree bohr^6; symmetric.
///
/// @param index_a, index_b  D4Reference.index
double d4_c6(int index_a, int index_b);

/// The reference systems of an element in D3.
///
/// @param n  number of references
const D3Reference *d3_references(int z, size_t *n);

/// C6 of two D3 references, hartree bohr^6; symmetric.
///
/// @param index_a, index_b  D3Reference.index
double d3_c6(int index_a, int index_b);

#endif
