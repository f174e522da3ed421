#include "terms/solvation.h"

#include <math.h>

#include "base/vec3.h"

#define PI 3.14159265358979323846

static void layout(void *self, Arena *arena, const TermSpec *spec)
{
    Solvation *solvation = self;
    const Pairs *pairs = spec->pairs;
    const size_t n = pairs->n_atoms;
    solvation->n_atoms = n;
    solvation->has_cm5 = spec->method->cm5_charges;
    born_layout(&solvation->born, arena, pairs);
    surface_layout(&solvation->surface, arena, n, spec->solvent->grid);
    if (solvation->has_cm5)
        cm5_layout(&solvation->cm5, arena, pairs);
    solvation->tension = arena_doubles(arena, n);
    solvation->hydrogen = arena_doubles(arena, n);
    solvation->charge = arena_doubles(arena, n);
    solvation->field = arena_doubles(arena, n);
}

/// Free energy between the state of the fit and the one asked for, hartree.
static double state_shift(const Solvent *solvent)
{
    const double kt = SOLVATION_BOLTZMANN * SOLVATION_TEMPERATURE;
    switch (solvent->state) {
    case SOLVATION_BAR1MOL:
        return kt * log(SOLVATION_MOLAR_VOLUME);
    case SOLVATION_REFERENCE:
        return kt * (log(SOLVATION_MOLAR_VOLUME) +
                     log(1000.0 * solvent->row->density / solvent->row->molar_mass));
    default:
        return 0.0;
    }
}

static void setup(void *self, const TermSpec *spec)
{
    Solvation *solvation = self;
    const Solvent *solvent = spec->solvent;
    const int *numbers = spec->numbers;
    born_setup(&solvation->born, spec->kernels, spec->pairs, solvent, numbers);
    surface_setup(&solvation->surface, spec->kernels, solvent, numbers);
    if (solvation->has_cm5)
        cm5_setup(&solvation->cm5, spec->method, spec->pairs, numbers);
    for (size_t a = 0; a < solvation->n_atoms; a++) {
        const SolventElement *element = &solvent->elements[numbers[a] - 1];
        const double radius = solvation->surface.radius[a];
        solvation->tension[a] = element->tension;
        solvation->hydrogen[a] = -SOLVATION_HARTREE_PER_KCAL * element->hb_sqrt * element->hb_sqrt /
                                 (4.0 * PI * radius * radius);
    }
    solvation->shift = solvent->row->gshift * SOLVATION_HARTREE_PER_KCAL + state_shift(solvent);
}

/// The charges that the solvent sees.
static const double *charges_of(Solvation *solvation, const Moments *moments)
{
    if (!solvation->has_cm5)
        return moments->atom;
    for (size_t a = 0; a < solvation->n_atoms; a++)
        solvation->charge[a] = moments->atom[a] + solvation->cm5.charge[a];
    return solvation->charge;
}

static void born_term_update(void *self, const Geometry *geometry)
{
    Solvation *solvation = self;
    born_update(&solvation->born, geometry);
    if (solvation->has_cm5)
        cm5_update(&solvation->cm5, geometry->pairs);
}

static double born_term_energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    Solvation *solvation = self;
    const double *charge = charges_of(solvation, moments);
    born_field(&solvation->born, charge, solvation->field);
    return 0.5 * solvation->born.kernels->dot(solvation->n_atoms, charge, solvation->field);
}

static void born_term_potential(void *self, const Geometry *geometry, const Moments *moments,
                                Potential *potential)
{
    (void)geometry;
    Solvation *solvation = self;
    born_field(&solvation->born, charges_of(solvation, moments), solvation->field);
    for (size_t a = 0; a < solvation->n_atoms; a++)
        potential->atom[a] += solvation->field[a];
}

static void born_term_gradient(void *self, const Geometry *geometry, const Moments *moments,
                               Gradient *gradient)
{
    Solvation *solvation = self;
    const double *charge = charges_of(solvation, moments);
    born_gradient(geometry, &solvation->born, charge, gradient->xyz);
    if (solvation->has_cm5) {
        born_field(&solvation->born, charge, solvation->field);
        cm5_gradient(geometry->pairs, &solvation->cm5, solvation->field, gradient->xyz);
    }
}

static void surface_term_update(void *self, const Geometry *geometry)
{
    Solvation *solvation = self;
    surface_update(&solvation->surface, geometry->pairs);
}

static double surface_term_energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    (void)moments;
    const Solvation *solvation = self;
    double sum = 0.0;
    for (size_t a = 0; a < solvation->n_atoms; a++)
        sum += solvation->tension[a] * solvation->surface.area[a];
    return sum;
}

static double hydrogen_energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    Solvation *solvation = self;
    const double *charge = charges_of(solvation, moments);
    double sum = 0.0;
    for (size_t a = 0; a < solvation->n_atoms; a++)
        sum += solvation->hydrogen[a] * solvation->surface.area[a] * charge[a] * charge[a];
    return sum;
}

static void hydrogen_potential(void *self, const Geometry *geometry, const Moments *moments,
                               Potential *potential)
{
    (void)geometry;
    Solvation *solvation = self;
    const double *charge = charges_of(solvation, moments);
    for (size_t a = 0; a < solvation->n_atoms; a++)
        potential->atom[a] += 2.0 * solvation->hydrogen[a] * solvation->surface.area[a] * charge[a];
}

/// Of the surface tension as well.
static void hydrogen_gradient(void *self, const Geometry *geometry, const Moments *moments,
                              Gradient *gradient)
{
    Solvation *solvation = self;
    const double *charge = charges_of(solvation, moments);
    // Both are slopes of the same areas.
    for (size_t a = 0; a < solvation->n_atoms; a++)
        solvation->field[a] =
            solvation->tension[a] + solvation->hydrogen[a] * charge[a] * charge[a];
    surface_gradient(&solvation->surface, solvation->field, gradient->xyz);
    if (solvation->has_cm5) {
        for (size_t a = 0; a < solvation->n_atoms; a++)
            solvation->field[a] =
                2.0 * solvation->hydrogen[a] * solvation->surface.area[a] * charge[a];
        cm5_gradient(geometry->pairs, &solvation->cm5, solvation->field, gradient->xyz);
    }
}

static double shift_energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    (void)moments;
    return ((const Solvation *)self)->shift;
}

const TermType TERM_BORN = {.name = "Born solvation",
                            .rough = true,
                            .size = sizeof(Solvation),
                            .layout = layout,
                            .setup = setup,
                            .update = born_term_update,
                            .energy = born_term_energy,
                            .potential = born_term_potential,
                            .gradient = born_term_gradient};

const TermType TERM_SURFACE = {.name = "solvent surface",
                               .shared = &TERM_BORN,
                               .update = surface_term_update,
                               .energy = surface_term_energy};

const TermType TERM_SOLVENT_HYDROGEN_BONDS = {.name = "solvent hydrogen bonds",
                                              .shared = &TERM_BORN,
                                              .rough = true,
                                              .energy = hydrogen_energy,
                                              .potential = hydrogen_potential,
                                              .gradient = hydrogen_gradient};

const TermType TERM_SOLVATION_SHIFT = {
    .name = "solvation shift", .shared = &TERM_BORN, .energy = shift_energy};
