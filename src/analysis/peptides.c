#include "analysis/peptides.h"

#include <string.h>

enum { CARBON = 6, NITROGEN = 7, OXYGEN = 8 };

static size_t partners(const Bonds *bonds, size_t atom)
{
    size_t n = 0;
    for (size_t x = 0; x < bonds->n_atoms; x++)
        n += bonds_has(bonds, atom, x);
    return n;
}

static bool is_carbonyl(const Bonds *bonds, const int *numbers, size_t atom)
{
    if (numbers[atom] != CARBON || partners(bonds, atom) != 3)
        return false;
    for (size_t x = 0; x < bonds->n_atoms; x++)
        if (numbers[x] == OXYGEN && bonds_has(bonds, atom, x) && partners(bonds, x) == 1)
            return true;
    return false;
}

/// The first partner of that kind; n_atoms: none.
static size_t partner(const Bonds *bonds, const int *numbers, size_t of, int number, bool carbonyl,
                      size_t but)
{
    for (size_t x = 0; x < bonds->n_atoms; x++)
        if (x != but && numbers[x] == number && bonds_has(bonds, of, x) &&
            (!carbonyl || is_carbonyl(bonds, numbers, x)))
            return x;
    return bonds->n_atoms;
}

size_t peptides_find(const Bonds *bonds, const int *numbers, size_t (*torsion)[2][4], size_t room)
{
    const size_t none = bonds->n_atoms;
    size_t n = 0;
    for (size_t alpha = 0; alpha < none; alpha++) {
        if (numbers[alpha] != CARBON || partners(bonds, alpha) != 4)
            continue;
        const size_t nitrogen = partner(bonds, numbers, alpha, NITROGEN, false, none);
        const size_t behind = partner(bonds, numbers, alpha, CARBON, true, none);
        if (nitrogen == none || behind == none)
            continue;
        const size_t before = partner(bonds, numbers, nitrogen, CARBON, true, alpha);
        const size_t next = partner(bonds, numbers, behind, NITROGEN, false, none);
        if (before == none || next == none)
            continue;
        const size_t both[2][4] = {{before, nitrogen, alpha, behind},
                                   {nitrogen, alpha, behind, next}};
        if (n < room)
            memcpy(torsion[n], both, sizeof both);
        n++;
    }
    return n;
}
