#include "engine/properties.h"

#include <math.h>
#include <string.h>

#include "base/units.h"
#include "base/vec3.h"
#include "engine/property_source.h"

/// sum_A q_A R_A + mu_A with the atomic dipoles mu of the density.
static void dipole_compute(const PropertySource *source, double *out)
{
    const Geometry *geometry = source->geometry;
    memset(out, 0, 3 * sizeof *out);
    for (size_t a = 0; a < geometry->n_atoms; a++) {
        vec3_add_scaled(source->moments->atom[a], geometry->xyz[a], out);
        vec3_add_scaled(1.0, source->moments->dipole[a], out);
    }
}

static void charges_compute(const PropertySource *source, double *out)
{
    memcpy(out, source->moments->atom, source->geometry->n_atoms * sizeof *out);
}

static void bond_orders_compute(const PropertySource *source, double *out)
{
    bond_orders(source->density, source->basis, source->bond_orders, source->electrons, out);
}

static void gap_compute(const PropertySource *source, double *out)
{
    *out = homo_lumo_gap(source->density, source->gap_search);
}

/// sum_A theta_A + q_A (3 R R - R^2)/2 + (3 (R mu + mu R) - 2 R.mu)/2 with the atomic dipoles mu and
/// traceless quadrupoles theta of the density.
static void quadrupole_compute(const PropertySource *source, double *out)
{
    static const int PLACE[3][3] = {{0, 1, 3}, {1, 2, 4}, {3, 4, 5}};
    const Moments *moments = source->moments;
    memset(out, 0, 9 * sizeof *out);
    for (size_t a = 0; a < source->geometry->n_atoms; a++) {
        const double *r = source->geometry->xyz[a], *mu = moments->dipole[a], q = moments->atom[a];
        const double trace = q * vec3_dot(r, r) + 2.0 * vec3_dot(r, mu);
        for (int x = 0; x < 3; x++)
            for (int y = 0; y < 3; y++)
                out[3 * x + y] += moments->quadrupole[a][PLACE[x][y]] +
                                  1.5 * (q * r[x] * r[y] + r[x] * mu[y] + mu[x] * r[y]) -
                                  (x == y ? 0.5 * trace : 0.0);
    }
}

static void residual_compute(const PropertySource *source, double *out)
{
    *out = source->residual;
}

/// The numbers of `check` are what float32 positions and numbers leave, ten times over.
const PropertyType PROPERTIES[N_PROPERTIES] = {
    [PROPERTY_DIPOLE] = {.axes = "3",
                         .au = "e bohr",
                         .unit = "e nm",
                         .unit_per_au = NM_PER_BOHR,
                         .extxyz = "REF_dipole",
                         .extxyz_per_unit = ANGSTROM_PER_NM,
                         .tolerance = 1e-4,
                         .needs_moments = true,
                         .title = "dipole about the origin",
                         .help = "sum of q_A R_A + mu_A with the atomic dipoles of the density, "
                                 "about the origin of the positions",
                         .compute = dipole_compute},
    [PROPERTY_CHARGES] = {.axes = "N",
                          .au = "e",
                          .unit = "e",
                          .unit_per_au = 1.0,
                          .extxyz = "REF_charges",
                          .extxyz_per_unit = 1.0,
                          .tolerance = 1e-5,
                          .title = "Mulliken charges",
                          .help = "Mulliken charges; they add up to the charge of the molecule",
                          .compute = charges_compute},
    [PROPERTY_BOND_ORDERS] =
        {.axes = "NN",
         .au = "1",
         .unit = "1",
         .unit_per_au = 1.0,
         .extxyz = "bond_orders",
         .extxyz_per_unit = 1.0,
         .tolerance = 1e-4,
         .title = "bond orders",
         .help =
             "Mayer's, per spin; symmetric. The diagonal is the same formula, so that rows add "
             "up to twice the electrons of the atom where all occupations are whole. Computed "
             "in single precision, also in files of double precision: to 2e-6 between atoms, 5e-6 "
             "on the diagonal, which completes the sum of its row",
         .compute = bond_orders_compute},
    [PROPERTY_GAP] = {.axes = "",
                      .au = "hartree",
                      .unit = "kJ/mol",
                      .unit_per_au = KJMOL_PER_HARTREE,
                      .extxyz = "homo_lumo_gap",
                      .extxyz_per_unit = EV_PER_KJMOL,
                      .tolerance = 1e-5,
                      .may_be_nan = true,
                      .title = "HOMO-LUMO gap",
                      .help = "lowest empty minus highest filled orbital of the spin with more "
                              "electrons, by their number; NaN if there is none",
                      .compute = gap_compute},
    [PROPERTY_QUADRUPOLE] = {.axes = "33",
                             .au = "e bohr^2",
                             .unit = "e nm^2",
                             .unit_per_au = NM_PER_BOHR * NM_PER_BOHR,
                             .extxyz = "quadrupole",
                             .extxyz_per_unit = ANGSTROM_PER_NM * ANGSTROM_PER_NM,
                             .tolerance = 1e-2,
                             .needs_moments = true,
                             .title = "quadrupole about the origin, traceless",
                             .help = "traceless, (3 r r - r^2)/2 convention, about the origin of "
                                     "the positions",
                             .compute = quadrupole_compute},
    // The residual depends on the way to the end of the loop, so it is not computed again.
    [PROPERTY_SCF_RESIDUAL] = {.axes = "",
                               .au = "a.u.",
                               .unit = "a.u.",
                               .unit_per_au = 1.0,
                               .extxyz = "scf_residual",
                               .extxyz_per_unit = 1.0,
                               .tolerance = INFINITY,
                               .title = "SCF residual",
                               .help = "RMS of the last change of charges and moments in the "
                                       "self-consistent loop",
                               .compute = residual_compute},
};

const char *property_name(Property property)
{
#define PROPERTY_TEXT(name, text) [name] = text,
    static const char *const NAMES[N_PROPERTIES] = {PROPERTY_LIST(PROPERTY_TEXT)};
#undef PROPERTY_TEXT
    return NAMES[property];
}

size_t property_size(Property property, size_t n_atoms)
{
    size_t size = 1;
    for (const char *axis = PROPERTIES[property].axes; *axis != '\0'; axis++)
        size *= *axis == 'N' ? n_atoms : (size_t)(*axis - '0');
    return size;
}

size_t properties_size(unsigned set, size_t n_atoms)
{
    size_t size = 0;
    for (int p = 0; p < N_PROPERTIES; p++)
        if (set & 1u << p)
            size += property_size((Property)p, n_atoms);
    return size;
}

bool properties_need_moments(unsigned set)
{
    for (int p = 0; p < N_PROPERTIES; p++)
        if (set & 1u << p && PROPERTIES[p].needs_moments)
            return true;
    return false;
}

void properties_compute(const PropertySource *source, unsigned set, double *out)
{
    for (int p = 0; p < N_PROPERTIES; p++) {
        if (!(set & 1u << p))
            continue;
        PROPERTIES[p].compute(source, out);
        out += property_size((Property)p, source->geometry->n_atoms);
    }
}
