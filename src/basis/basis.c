#include "basis/basis.h"

#include <assert.h>
#include <math.h>

#include "data/element.h"
#include "data/parameters.h"

size_t basis_n_shells(const Method *method, int z)
{
    return method->n_shells(z);
}

size_t basis_n_ao(const Method *method, int z)
{
    size_t n_ao = 0;
    for (size_t i = 0; i < method->n_shells(z); i++)
        n_ao += 2 * (size_t)method->shell(z, i).l + 1;
    return n_ao;
}

/// First shell kind of each element, -1 for elements that do not occur; returns the number of kinds.
static size_t number_kinds(const Method *method, size_t n_atoms, const int *numbers,
                           int first_kind[ELEMENT_MAX + 1])
{
    size_t n_kinds = 0;
    for (int z = 0; z <= ELEMENT_MAX; z++)
        first_kind[z] = -1;
    for (size_t a = 0; a < n_atoms; a++)
        if (first_kind[numbers[a]] < 0) {
            first_kind[numbers[a]] = (int)n_kinds;
            n_kinds += basis_n_shells(method, numbers[a]);
        }
    return n_kinds;
}

void basis_layout(Basis *basis, Arena *arena, const Method *method, size_t n_atoms,
                  const int *numbers)
{
    int first_kind[ELEMENT_MAX + 1];
    basis->method = method;
    basis->n_atoms = n_atoms;
    basis->n_shells = basis->n_ao = 0;
    for (size_t a = 0; a < n_atoms; a++) {
        basis->n_shells += basis_n_shells(method, numbers[a]);
        basis->n_ao += basis_n_ao(method, numbers[a]);
    }
    basis->n_kinds = number_kinds(method, n_atoms, numbers, first_kind);
    basis->atom_shell = arena_sizes(arena, n_atoms + 1);
    basis->atom_ao = arena_sizes(arena, n_atoms + 1);
    basis->shell_ao = arena_sizes(arena, basis->n_shells + 1);
    basis->shell_atom = arena_ints(arena, basis->n_shells);
    basis->shell_l = arena_ints(arena, basis->n_shells);
    basis->shell_kind = arena_ints(arena, basis->n_shells);
    basis->kind = arena_bytes(arena, basis->n_kinds * sizeof *basis->kind);
}

static Contraction contract(const MethodShell *shell)
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

/// Overlap of two s shells on one atom.
static double overlap_of_s(const Contraction *a, const Contraction *b)
{
    double sum = 0.0;
    for (int k = 0; k < a->n_primitives; k++)
        for (int l = 0; l < b->n_primitives; l++)
            sum += a->coefficient[k] * b->coefficient[l] *
                   pow(M_PI / (a->alpha[k] + b->alpha[l]), 1.5);
    return sum;
}

/// Takes <before|shell> before out of a shell and normalises what is left.
static void orthogonalise(const Contraction *before, Contraction *shell)
{
    assert(before->l == 0 && shell->l == 0);
    assert(before->n_primitives + shell->n_primitives <= PRIMITIVES_MAX);
    const double overlap = overlap_of_s(before, shell);
    for (int k = 0; k < before->n_primitives; k++, shell->n_primitives++) {
        shell->alpha[shell->n_primitives] = before->alpha[k];
        shell->coefficient[shell->n_primitives] = -overlap * before->coefficient[k];
    }
    const double norm = sqrt(overlap_of_s(shell, shell));
    for (int k = 0; k < shell->n_primitives; k++)
        shell->coefficient[k] /= norm;
}

void basis_setup(Basis *basis, size_t n_atoms, const int *numbers)
{
    int first_kind[ELEMENT_MAX + 1];
    number_kinds(basis->method, n_atoms, numbers, first_kind);
    basis->smallest_exponent = INFINITY;

    size_t s = 0, ao = 0;
    for (size_t a = 0; a < n_atoms; a++) {
        const size_t n = basis->method->n_shells(numbers[a]);
        basis->atom_shell[a] = s;
        basis->atom_ao[a] = ao;
        for (size_t i = 0; i < n; i++, s++) {
            const MethodShell shell = basis->method->shell(numbers[a], i);
            const int kind = first_kind[numbers[a]] + (int)i;
            basis->shell_ao[s] = ao;
            basis->shell_atom[s] = (int)a;
            basis->shell_l[s] = shell.l;
            basis->shell_kind[s] = kind;
            basis->kind[kind] = contract(&shell);
            if (!shell.valence)
                orthogonalise(&basis->kind[kind - 1], &basis->kind[kind]);
            for (int k = 0; k < basis->kind[kind].n_primitives; k++)
                basis->smallest_exponent =
                    fmin(basis->smallest_exponent, basis->kind[kind].alpha[k]);
            ao += 2 * (size_t)shell.l + 1;
        }
    }
    basis->atom_shell[n_atoms] = basis->n_shells;
    basis->atom_ao[n_atoms] = basis->n_ao;
    basis->shell_ao[basis->n_shells] = basis->n_ao;
}
