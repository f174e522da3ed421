#include "data/parameters.h"

#include <assert.h>
#include <stdlib.h>

#include "data/element.h"
#include "qmtraj/qmtraj.h"

// Order of the rows, which the lookups lean on (tests/unit/test_parameters.c watches it): elements
// by Z; shells and references of an element side by side; pairs of references as the lower
// triangle; pairs of elements by (z_a, z_b).
_Static_assert((int)N_GFN2_ELEMENTS == (int)ELEMENT_MAX, "one row per element");
_Static_assert((int)N_GFN1_ELEMENTS == (int)ELEMENT_MAX, "one row per element");
_Static_assert((int)N_DISP_ELEMENT == (int)ELEMENT_MAX, "one row per element");
_Static_assert((int)N_D4_GFN2_C6 == (int)N_D4_GFN2_REFERENCE * (N_D4_GFN2_REFERENCE + 1) / 2,
               "one row per pair of references");
_Static_assert((int)N_D3_C6 == (int)N_D3_REFERENCE * (N_D3_REFERENCE + 1) / 2,
               "one row per pair of references");

const char *qmt_parameter_checksum(void)
{
    return TABLES_CHECKSUM;
}

const Gfn2Element *gfn2_element(int z)
{
    assert(z >= 1 && z <= ELEMENT_MAX);
    return &TABLE_GFN2_ELEMENTS[z - 1];
}

const Gfn2Shell *gfn2_shells(int z, size_t *n)
{
    size_t first = 0;
    for (int i = 1; i < z; i++)
        first += (size_t)TABLE_GFN2_ELEMENTS[i - 1].nshell;
    *n = (size_t)gfn2_element(z)->nshell;
    return &TABLE_GFN2_SHELLS[first];
}

const Gfn1Element *gfn1_element(int z)
{
    assert(z >= 1 && z <= ELEMENT_MAX);
    return &TABLE_GFN1_ELEMENTS[z - 1];
}

const Gfn1Shell *gfn1_shells(int z, size_t *n)
{
    size_t first = 0;
    for (int i = 1; i < z; i++)
        first += (size_t)TABLE_GFN1_ELEMENTS[i - 1].nshell;
    *n = (size_t)gfn1_element(z)->nshell;
    return &TABLE_GFN1_SHELLS[first];
}

static int by_elements(const void *x, const void *y)
{
    const Gfn1Pair *a = x, *b = y;
    return a->z_a != b->z_a ? a->z_a - b->z_a : a->z_b - b->z_b;
}

double gfn1_pair_scale(int za, int zb)
{
    const Gfn1Pair key = {.z_a = za < zb ? za : zb, .z_b = za < zb ? zb : za};
    const Gfn1Pair *row = bsearch(&key, TABLE_GFN1_PAIRS, N_GFN1_PAIRS, sizeof *row, by_elements);
    return row != NULL ? row->k_pair : 1.0;
}

size_t sto_expansion(int n, int l, int length, const StoPrimitive **first)
{
    for (size_t i = 0; i < N_STO_NG; i++) {
        const StoPrimitive *row = &TABLE_STO_NG[i];
        if (row->n == n && row->l == l && row->N == length) {
            assert(row->index == 0);
            *first = row;
            return (size_t)length;
        }
    }
    return 0;
}

const DispElement *disp_element(int z)
{
    assert(z >= 1 && z <= ELEMENT_MAX);
    return &TABLE_DISP_ELEMENT[z - 1];
}

const D4Reference *d4_references(int z, size_t *n)
{
    size_t first = 0;
    for (int i = 1; i < z; i++)
        first += (size_t)TABLE_DISP_ELEMENT[i - 1].d4_nref;
    *n = (size_t)disp_element(z)->d4_nref;
    return &TABLE_D4_GFN2_REFERENCE[first];
}

double d4_c6(int index_a, int index_b)
{
    const int a = index_a > index_b ? index_a : index_b;
    const int b = index_a > index_b ? index_b : index_a;
    assert(b >= 0 && a < N_D4_GFN2_REFERENCE);
    return TABLE_D4_GFN2_C6[a * (a + 1) / 2 + b].c6;
}

const D3Reference *d3_references(int z, size_t *n)
{
    size_t first = 0;
    for (int i = 1; i < z; i++)
        first += (size_t)TABLE_DISP_ELEMENT[i - 1].d3_nref;
    *n = (size_t)disp_element(z)->d3_nref;
    return &TABLE_D3_REFERENCE[first];
}

double d3_c6(int index_a, int index_b)
{
    const int a = index_a > index_b ? index_a : index_b;
    const int b = index_a > index_b ? index_b : index_a;
    assert(b >= 0 && a < N_D3_REFERENCE);
    return TABLE_D3_C6[a * (a + 1) / 2 + b].c6;
}
