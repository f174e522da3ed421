#include "basis/basis.h"

#include <assert.h>
#include <math.h>

#include "data/element.h"
#include "data/parameters.h"

size_t basis_n_shells(int z)
{
    size_t n;
    gfn2_shells(z, &n);
    return n;
}

size_t basis_n_ao(int z)
{
    size_t n, n_ao = 0;
    const Gfn2Shell *shells = gfn2_shells(z, &n);
    for (size_t s = 0; s < n; s++)
        n_ao += 2 * (size_t)shells[s].l + 1;
    return n_ao;
}

/// First shell kind of each element, -1 for elements that do not occur; returns the number of kinds.
static size_t number_kinds(size_t n_atoms, const int *numbers, int first_kind[ELEMENT_MAX + 1])
{
    size_t n_kinds = 0;
    for (int z = 0; z <= ELEMENT_MAX; z++)
        first_kind[z] = -1;
    for (size_t a = 0; a < n_atoms; a++)
        if (first_kind[numbers[a]] < 0) {
            first_kind[numbers[a]] = (int)n_kinds;
            n_kinds += basis_n_shells(numbers[a]);
        }
    return n_kinds;
}

void basis_layout(Arena *arena, size_t n_atoms, const int *numbers, Basis *basis)
{
    int first_kind[ELEMENT_MAX + 1];
    basis->n_atoms = n_atoms;
    basis->n_shells = basis->n_ao = 0;
    for (size_t a = 0; a < n_atoms; a++) {
        basis->n_shells += basis_n_shells(numbers[a]);
        basis->n_ao += basis_n_ao(numbers[a]);
    }
    basis->n_kinds = number_kinds(n_atoms, numbers, first_kind);
    basis->atom_shell = arena_sizes(arena, n_atoms + 1);
    basis->atom_ao = arena_sizes(arena, n_atoms + 1);
    basis->shell_ao = arena_sizes(arena, basis->n_shells + 1);
    basis->shell_atom = arena_ints(arena, basis->n_shells);
    basis->shell_l = arena_ints(arena, basis->n_shells);
    basis->shell_kind = arena_ints(arena, basis->n_shells);
    basis->kind = arena_bytes(arena, basis->n_kinds * sizeof *basis->kind);
}

static Contraction contract(const Gfn2Shell *shell)
{
    static const double ODD_FACTORIAL[] = {1.0, 1.0, 3.0}; // (2l-1)!!
    const StoPrimitive *sto;
    const size_t n = sto_expansion(shell->n, shell->l, shell->nprim, &sto);
    assert(n == (size_t)shell->nprim && n <= PRIMITIVES_MAX && shell->l <= KERNELS_MAX_L);

    Contraction c = {.l = shell->l, .n_primitives = (int)n};
    for (size_t k = 0; k < n; k++) {
        const double alpha = sto[k].exponent * shell->zeta * shell->zeta;
        c.alpha[k] = alpha;
        c.coefficient[k] = sto[k].coefficient * pow(2.0 * alpha / M_PI, 0.75) *
                           pow(4.0 * alpha, 0.5 * shell->l) / sqrt(ODD_FACTORIAL[shell->l]);
    }
    return c;
}

void basis_setup(size_t n_atoms, const int *numbers, Basis *basis)
{
    int first_kind[ELEMENT_MAX + 1];
    number_kinds(n_atoms, numbers, first_kind);
    basis->smallest_exponent = INFINITY;

    size_t s = 0, ao = 0;
    for (size_t a = 0; a < n_atoms; a++) {
        size_t n;
        const Gfn2Shell *shells = gfn2_shells(numbers[a], &n);
        basis->atom_shell[a] = s;
        basis->atom_ao[a] = ao;
        for (size_t i = 0; i < n; i++, s++) {
            const int kind = first_kind[numbers[a]] + (int)i;
            basis->shell_ao[s] = ao;
            basis->shell_atom[s] = (int)a;
            basis->shell_l[s] = shells[i].l;
            basis->shell_kind[s] = kind;
            basis->kind[kind] = contract(&shells[i]);
            for (int k = 0; k < basis->kind[kind].n_primitives; k++)
                basis->smallest_exponent =
                    fmin(basis->smallest_exponent, basis->kind[kind].alpha[k]);
            ao += 2 * (size_t)shells[i].l + 1;
        }
    }
    basis->atom_shell[n_atoms] = basis->n_shells;
    basis->atom_ao[n_atoms] = basis->n_ao;
    basis->shell_ao[basis->n_shells] = basis->n_ao;
}
