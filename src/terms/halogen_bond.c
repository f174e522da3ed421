#include "terms/halogen_bond.h"

#include <math.h>

#include "base/vec3.h"
#include "data/parameters.h"

static void layout(void *self, Arena *arena, const TermSpec *spec)
{
    HalogenBond *bond = self;
    const size_t n_atoms = spec->basis->n_atoms;
    bond->n_atoms = n_atoms;
    bond->donor = arena_ints(arena, n_atoms);
    bond->acceptor = arena_ints(arena, n_atoms);
    bond->neighbour = arena_ints(arena, n_atoms);
    bond->strength = arena_doubles(arena, n_atoms);
    bond->radius = arena_doubles(arena, n_atoms);
}

static bool accepts(int z)
{
    return z == 7 || z == 8 || z == 15 || z == 16;
}

static void setup(void *self, const TermSpec *spec)
{
    HalogenBond *bond = self;
    const Method *method = spec->method;
    const int *numbers = spec->numbers;
    bond->damping = method->xb_damping;
    bond->cutoff = method->xb_cutoff;
    bond->scale = method->xb_rscale;
    bond->n_donors = bond->n_acceptors = 0;
    for (size_t a = 0; a < bond->n_atoms; a++) {
        const Gfn1Element *element = gfn1_element(numbers[a]);
        bond->radius[a] = element->poly_rad * method->bohr_per_angstrom;
        if (element->xb_strength > 0.0) {
            bond->strength[bond->n_donors] = element->xb_strength;
            bond->donor[bond->n_donors++] = (int)a;
        }
        if (accepts(numbers[a]))
            bond->acceptor[bond->n_acceptors++] = (int)a;
    }
}

static void update(void *self, const Geometry *geometry)
{
    HalogenBond *bond = self;
    for (size_t d = 0; d < bond->n_donors; d++) {
        const int x = bond->donor[d];
        double nearest = INFINITY;
        for (int k = 0; k < (int)geometry->n_atoms; k++) {
            if (k == x)
                continue;
            double w[3];
            vec3_difference(geometry->xyz[k], geometry->xyz[x], w);
            const double r2 = vec3_dot(w, w);
            if (r2 < nearest) {
                nearest = r2;
                bond->neighbour[d] = k;
            }
        }
    }
}

/// Energy of donor d and an acceptor; with a gradient, its slopes are added there.
static double pair_energy(const HalogenBond *bond, const Geometry *geometry, size_t d, int acceptor,
                          double (*gradient)[3])
{
    const int x = bond->donor[d], k = bond->neighbour[d];
    double u[3], w[3];
    vec3_difference(geometry->xyz[acceptor], geometry->xyz[x], u);
    vec3_difference(geometry->xyz[k], geometry->xyz[x], w);
    const double r = vec3_norm(u), rw = vec3_norm(w);
    if (r > bond->cutoff)
        return 0.0;

    const double cosine = vec3_dot(u, w) / (r * rw), h = 0.5 * (1.0 - cosine);
    const double ratio = bond->scale * (bond->radius[x] + bond->radius[acceptor]) / r;
    const double ratio2 = ratio * ratio, y = ratio2 * ratio2 * ratio2;
    const double h2 = h * h, h5 = h2 * h2 * h, below = 1.0 + y * y;
    const double well = (y * y - bond->damping * y) / below;
    const double strength = bond->strength[d];
    if (gradient != NULL) {
        const double well_slope =
            ((2.0 * y - bond->damping) * below - 2.0 * y * (y * y - bond->damping * y)) /
            (below * below);
        const double radial = strength * h5 * h * -6.0 * y / r * well_slope;
        const double angular = -3.0 * strength * h5 * well; // dE/d cos
        double on_y[3], on_k[3];
        for (int c = 0; c < 3; c++) {
            on_y[c] = radial * u[c] / r + angular * (w[c] / (r * rw) - cosine * u[c] / (r * r));
            on_k[c] = angular * (u[c] / (r * rw) - cosine * w[c] / (rw * rw));
        }
        vec3_add_scaled(1.0, on_y, gradient[acceptor]);
        vec3_add_scaled(1.0, on_k, gradient[k]);
        vec3_add_scaled(-1.0, on_y, gradient[x]);
        vec3_add_scaled(-1.0, on_k, gradient[x]);
    }
    return strength * h5 * h * well;
}

static double sum_over_pairs(const HalogenBond *bond, const Geometry *geometry,
                             double (*gradient)[3])
{
    double sum = 0.0;
    for (size_t d = 0; d < bond->n_donors; d++)
        for (size_t i = 0; i < bond->n_acceptors; i++)
            sum += pair_energy(bond, geometry, d, bond->acceptor[i], gradient);
    return sum;
}

static double energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)moments;
    return sum_over_pairs(self, geometry, NULL);
}

static void gradient(void *self, const Geometry *geometry, const Moments *moments,
                     Gradient *gradient)
{
    (void)moments;
    sum_over_pairs(self, geometry, gradient->xyz);
}

const TermType TERM_HALOGEN_BOND = {.name = "halogen bond",
                                    .size = sizeof(HalogenBond),
                                    .layout = layout,
                                    .setup = setup,
                                    .update = update,
                                    .energy = energy,
                                    .gradient = gradient};
