#include "data/element.h"

#include <strings.h>

#include "base/suggest.h"
#include "data/tables.h"

// data/masses.csv has one row per element in the order of Z; a unit test watches it.
_Static_assert((int)N_MASSES == (int)ELEMENT_MAX, "one mass per element");

int element_number(const char *symbol)
{
    for (int i = 0; i < N_MASSES; i++)
        if (strcasecmp(symbol, TABLE_MASSES[i].symbol) == 0)
            return TABLE_MASSES[i].z;
    return 0;
}

const char *element_symbol(int z)
{
    return z >= 1 && z <= ELEMENT_MAX ? TABLE_MASSES[z - 1].symbol : "?";
}

double element_mass_da(int z)
{
    return z >= 1 && z <= ELEMENT_MAX ? TABLE_MASSES[z - 1].mass_da : 0.0;
}

double isotope_mass_da(int z, int mass_number)
{
    for (int i = 0; i < N_ISOTOPES; i++)
        if (TABLE_ISOTOPES[i].z == z && TABLE_ISOTOPES[i].mass_number == mass_number)
            return TABLE_ISOTOPES[i].mass_da;
    return 0.0;
}

int atom_ground_multiplicity(int z, int charge)
{
    for (int i = 0; i < N_GROUND_STATES; i++)
        if (TABLE_GROUND_STATES[i].z == z && TABLE_GROUND_STATES[i].charge == charge)
            return TABLE_GROUND_STATES[i].multiplicity;
    return 0;
}

int atom_valence_multiplicity(int z)
{
    enum { CE = 58, YB = 70 };
    return z >= CE && z <= YB ? 2 : atom_ground_multiplicity(z, 0);
}

const char *element_nearest(const char *symbol)
{
    const char *symbols[ELEMENT_MAX];
    for (int i = 0; i < ELEMENT_MAX; i++)
        symbols[i] = TABLE_MASSES[i].symbol;
    return suggest_name(symbol, symbols, ELEMENT_MAX);
}
