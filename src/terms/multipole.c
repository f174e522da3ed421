#include "terms/multipole.h"

#include "base/team.h"
#include "base/vec3.h"
#include "data/parameters.h"

_Static_assert((int)GFN2_AES_DMP3 == 3 && (int)GFN2_AES_DMP5 == 4,
               "the exponents of multipole_damping_row");

/// Factor of the six stored elements in a full double sum.
static const double PLACES[6] = {1.0, 2.0, 1.0, 2.0, 2.0, 1.0};

static void layout(void *self, Arena *arena, const TermSpec *spec)
{
    Multipole *multipole = self;
    const Pairs *pairs = spec->pairs;
    const size_t n = pairs->n_atoms;
    multipole->base_radius = arena_doubles(arena, n);
    multipole->valence_cn = arena_doubles(arena, n);
    multipole->dip_kernel = arena_doubles(arena, n);
    multipole->quad_kernel = arena_doubles(arena, n);
    multipole->ld = kernels_padded(n);
    multipole->radius = arena_doubles(arena, multipole->ld);
    multipole->radius_slope = arena_doubles(arena, multipole->ld);
    multipole->xyz = arena_doubles(arena, 3 * multipole->ld);
    multipole->moments = arena_doubles(arena, KERNELS_MULTIPOLES * multipole->ld);
    multipole->potential = arena_doubles(arena, KERNELS_MULTIPOLES * multipole->ld);
    multipole->per_r = arena_doubles(arena, n * multipole->ld);
    multipole->g3 = arena_doubles(arena, n * multipole->ld);
    multipole->g5 = arena_doubles(arena, n * multipole->ld);
}

static void setup(void *self, const TermSpec *spec)
{
    Multipole *multipole = self;
    const size_t n_atoms = spec->basis->n_atoms;
    const int *numbers = spec->numbers;
    multipole->kernels = spec->kernels;
    multipole->method = spec->method;
    multipole->n_atoms = n_atoms;
    for (size_t a = 0; a < n_atoms; a++) {
        const Gfn2Element *element = gfn2_element(numbers[a]);
        multipole->base_radius[a] = element->mp_rad;
        multipole->valence_cn[a] = element->mp_vcn;
        multipole->dip_kernel[a] = element->dip_kernel;
        multipole->quad_kernel[a] = element->quad_kernel;
    }
    // Far from everything, and without moments.
    for (size_t a = n_atoms; a < multipole->ld; a++) {
        multipole->radius[a] = 1.0;
        for (size_t x = 0; x < 3; x++)
            multipole->xyz[x * multipole->ld + a] = 1e6;
    }
}

/// Rows of some atoms.
static void damping_part(void *task, size_t first, size_t last)
{
    const Multipole *multipole = task;
    const size_t ld = multipole->ld;
    const double *x = multipole->xyz;
    for (size_t a = first; a < last; a++) {
        const double here[3] = {x[a], x[ld + a], x[2 * ld + a]};
        multipole->kernels->multipole_damping_row(ld, ld, x, here, multipole->method->aes_prefactor,
                                                  multipole->radius[a], multipole->radius,
                                                  multipole->per_r + a * ld, multipole->g3 + a * ld,
                                                  multipole->g5 + a * ld);
    }
}

static void update(void *self, const Geometry *geometry)
{
    Multipole *multipole = self;
    const Method *method = multipole->method;
    const size_t ld = multipole->ld;
    double *e = multipole->radius_slope;
    for (size_t a = 0; a < multipole->n_atoms; a++)
        e[a] = -method->aes_kexp *
               (geometry->coordination->cn[a] - multipole->valence_cn[a] - method->aes_shift);
    multipole->kernels->exponentials(ld, e, e);
    for (size_t a = 0; a < multipole->n_atoms; a++) {
        const double range = method->aes_rmax - multipole->base_radius[a],
                     part = 1.0 / (1.0 + e[a]);
        multipole->radius[a] = multipole->base_radius[a] + range * part;
        multipole->radius_slope[a] = method->aes_kexp * range * e[a] * part * part;
    }
    for (size_t a = 0; a < multipole->n_atoms; a++)
        for (size_t x = 0; x < 3; x++)
            multipole->xyz[x * ld + a] = geometry->xyz[a][x];
    team_share(multipole->n_atoms, team_rows(multipole->n_atoms, TERM_ROWS_SHARED), damping_part,
               multipole);
}

static void take_moments(Multipole *multipole, const Moments *moments)
{
    const size_t ld = multipole->ld;
    double *m = multipole->moments;
    for (size_t a = 0; a < multipole->n_atoms; a++) {
        m[a] = moments->atom[a];
        for (size_t x = 0; x < 3; x++)
            m[(1 + x) * ld + a] = moments->dipole[a][x];
        for (size_t c = 0; c < 6; c++)
            m[(4 + c) * ld + a] = moments->quadrupole[a][c];
    }
}

/// Derivatives with respect to the moments.
static void update_potential(Multipole *multipole, const Moments *moments)
{
    take_moments(multipole, moments);
    multipole->kernels->multipole_potentials(0, multipole->n_atoms, multipole->n_atoms,
                                             multipole->ld, multipole->xyz, multipole->moments,
                                             multipole->g3, multipole->g5, multipole->potential);
}

static double energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    Multipole *multipole = self;
    update_potential(multipole, moments);
    // Bilinear in the moments: half of moments times potentials.
    return 0.5 * multipole->kernels->dot(KERNELS_MULTIPOLES * multipole->ld, multipole->moments,
                                         multipole->potential);
}

static void potential(void *self, const Geometry *geometry, const Moments *moments,
                      Potential *potential)
{
    (void)geometry;
    Multipole *multipole = self;
    const size_t ld = multipole->ld;
    const double *v = multipole->potential;
    update_potential(multipole, moments);
    for (size_t a = 0; a < multipole->n_atoms; a++) {
        potential->atom[a] += v[a];
        for (size_t x = 0; x < 3; x++)
            potential->dipole[a][x] += v[(1 + x) * ld + a];
        for (size_t c = 0; c < 6; c++)
            potential->quadrupole[a][c] += v[(4 + c) * ld + a];
    }
}

static void gradient(void *self, const Geometry *geometry, const Moments *moments,
                     Gradient *gradient)
{
    (void)geometry;
    Multipole *multipole = self;
    const size_t ld = multipole->ld;
    double *slope = multipole->potential;
    take_moments(multipole, moments);
    multipole->kernels->multipole_slopes(0, multipole->n_atoms, multipole->n_atoms, ld,
                                         multipole->xyz, multipole->moments, multipole->radius,
                                         multipole->per_r, multipole->g3, multipole->g5, slope);
    for (size_t a = 0; a < multipole->n_atoms; a++) {
        for (size_t x = 0; x < 3; x++)
            gradient->xyz[a][x] -= slope[x * ld + a];
        gradient->cn[a] += slope[3 * ld + a] * multipole->radius_slope[a];
    }
}

static double on_site_energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    const Multipole *multipole = self;
    double sum = 0.0;
    for (size_t a = 0; a < multipole->n_atoms; a++) {
        double theta2 = 0.0;
        for (int c = 0; c < 6; c++)
            theta2 += PLACES[c] * moments->quadrupole[a][c] * moments->quadrupole[a][c];
        sum += multipole->dip_kernel[a] * vec3_dot(moments->dipole[a], moments->dipole[a]) +
               multipole->quad_kernel[a] * theta2;
    }
    return sum;
}

static void on_site_potential(void *self, const Geometry *geometry, const Moments *moments,
                              Potential *potential)
{
    (void)geometry;
    const Multipole *multipole = self;
    for (size_t a = 0; a < multipole->n_atoms; a++) {
        vec3_add_scaled(2.0 * multipole->dip_kernel[a], moments->dipole[a], potential->dipole[a]);
        for (int c = 0; c < 6; c++)
            potential->quadrupole[a][c] +=
                2.0 * multipole->quad_kernel[a] * PLACES[c] * moments->quadrupole[a][c];
    }
}

const TermType TERM_MULTIPOLE = {.name = "anisotropic electrostatics",
                                 .bound = TERM_MULTIPOLES,
                                 .size = sizeof(Multipole),
                                 .layout = layout,
                                 .setup = setup,
                                 .update = update,
                                 .energy = energy,
                                 .potential = potential,
                                 .gradient = gradient};

const TermType TERM_MULTIPOLE_ON_SITE = {.name = "anisotropic exchange-correlation",
                                         .shared = &TERM_MULTIPOLE,
                                         .bound = TERM_MULTIPOLES,
                                         .energy = on_site_energy,
                                         .potential = on_site_potential};
