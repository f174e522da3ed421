#include "run/start_notes.h"

#include <stdio.h>

#include "analysis/distances.h"
#include "base/units.h"
#include "data/element.h"

/// Neutral diatomic molecules with a triplet ground state: Huber, Herzberg, Molecular Spectra and Molecular Structure IV
/// (1979). Atomic numbers, the higher one first.
static const int TRIPLETS[][2] = {{8, 8}, {16, 8}, {16, 16}, {34, 34}, {34, 8},  {7, 1}, {15, 1},
                                  {9, 7}, {15, 9}, {17, 7},  {5, 5},   {14, 14}, {35, 7}};

bool start_distances_text(const Structure *structure, char text[START_TEXT_SIZE])
{
    double largest;
    const DistanceKind kind =
        distances_look(structure->n_atoms, structure->numbers, (const double(*)[3])structure->xyz,
                       BOHR_PER_ANGSTROM, &largest);
    // Nobody gave coordinates, in whatever unit, of a geometry that was made from a SMILES.
    const bool made = structure->smiles != NULL && structure->n_bonds > 0;
    if (kind == DISTANCES_LONG)
        snprintf(text, START_TEXT_SIZE,
                 "in the start geometry no two atoms are near enough for a bond; %s",
                 made ? "it was made from the SMILES, an XYZ file may have a better one"
                      : "are the coordinates in bohr? They are taken as angstrom");
    if (kind == DISTANCES_SHORT)
        snprintf(
            text, START_TEXT_SIZE,
            "in the start geometry every atom has another within %.2f of the length of a bond; "
            "%s",
            largest,
            made ? "it was made from the SMILES, an XYZ file may have a better one"
                 : "are the coordinates in angstrom, as they are taken?");
    return kind != DISTANCES_USUAL;
}

/// Multiplicity of the ground state; 0: not known here.
static int ground_multiplicity(const Structure *s, int charge)
{
    if (s->n_atoms == 1)
        return atom_ground_multiplicity(s->numbers[0], charge);
    if (s->n_atoms != 2 || charge != 0)
        return 0;
    const int a = s->numbers[0], b = s->numbers[1];
    for (size_t i = 0; i < sizeof TRIPLETS / sizeof *TRIPLETS; i++)
        if (TRIPLETS[i][0] == (a > b ? a : b) && TRIPLETS[i][1] == (a > b ? b : a))
            return 3;
    return 0;
}

bool start_ground_state_text(const Structure *s, const Config *config, char text[START_TEXT_SIZE])
{
    const int taken = (int)config->spin_multiplicity;
    const bool given = config_is_given(config, "spin_multiplicity") && taken != 1;
    if (given || (s->has_multiplicity && !s->multiplicity_assumed))
        return false;
    const int ground = ground_multiplicity(s, (int)config->charge);
    if (ground == 0 || ground == taken)
        return false;
    snprintf(text, START_TEXT_SIZE,
             "multiplicity %d is computed, which nobody asked for; the ground state has %d", taken,
             ground);
    return true;
}
