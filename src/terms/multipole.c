#include "terms/multipole.h"

#include <math.h>

#include "base/vec3.h"
#include "data/parameters.h"

/// Factor of the six stored elements in a full double sum.
static const double PLACES[6] = {1.0, 2.0, 1.0, 2.0, 2.0, 1.0};

void multipole_layout(Arena *arena, const Pairs *pairs, Multipole *multipole)
{
    const size_t n = pairs->n_atoms;
    multipole->base_radius = arena_doubles(arena, n);
    multipole->valence_cn = arena_doubles(arena, n);
    multipole->dip_kernel = arena_doubles(arena, n);
    multipole->quad_kernel = arena_doubles(arena, n);
    multipole->radius = arena_doubles(arena, n);
    multipole->radius_slope = arena_doubles(arena, n);
    multipole->g3 = arena_doubles(arena, pairs->n_pairs);
    multipole->g5 = arena_doubles(arena, pairs->n_pairs);
}

void multipole_setup(const Method *method, size_t n_atoms, const int *numbers, Multipole *multipole)
{
    multipole->method = method;
    multipole->n_atoms = n_atoms;
    for (size_t a = 0; a < n_atoms; a++) {
        const Gfn2Element *element = gfn2_element(numbers[a]);
        multipole->base_radius[a] = element->mp_rad;
        multipole->valence_cn[a] = element->mp_vcn;
        multipole->dip_kernel[a] = element->dip_kernel;
        multipole->quad_kernel[a] = element->quad_kernel;
    }
}

/// Damping functions of a pair. The exponents 3 and 4 belong to the powers 3 and 5 of R.
static void damping(const Multipole *multipole, int a, int b, double r, double *f3, double *f5)
{
    const double y = 0.5 * (multipole->radius[a] + multipole->radius[b]) / r;
    const double y3 = y * y * y;
    *f3 = 1.0 / (1.0 + multipole->method->aes_prefactor * y3);
    *f5 = 1.0 / (1.0 + multipole->method->aes_prefactor * y3 * y);
}

static void update(void *self, const Geometry *geometry)
{
    Multipole *multipole = self;
    const Method *method = multipole->method;
    const Pairs *pairs = geometry->pairs;
    for (size_t a = 0; a < multipole->n_atoms; a++) {
        const double range = method->aes_rmax - multipole->base_radius[a];
        const double e = exp(-method->aes_kexp * (geometry->coordination->cn[a] -
                                                  multipole->valence_cn[a] - method->aes_shift));
        multipole->radius[a] = multipole->base_radius[a] + range / (1.0 + e);
        multipole->radius_slope[a] = method->aes_kexp * range * e / ((1.0 + e) * (1.0 + e));
    }
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const double r = pairs->distance[k], r3 = r * r * r;
        double f3, f5;
        damping(multipole, pairs->a[k], pairs->b[k], r, &f3, &f5);
        multipole->g3[k] = f3 / r3;
        multipole->g5[k] = f5 / (r3 * r * r);
    }
}

/// Theta v for the six stored elements.
static void tensor_times(const double theta[6], const double v[3], double out[3])
{
    out[0] = theta[0] * v[0] + theta[1] * v[1] + theta[3] * v[2];
    out[1] = theta[1] * v[0] + theta[2] * v[1] + theta[4] * v[2];
    out[2] = theta[3] * v[0] + theta[4] * v[1] + theta[5] * v[2];
}

/// The products that energy, potential and slope of a pair share.
typedef struct {
    double v[3];           // R_B - R_A
    double mu_a_v, mu_b_v; // mu.v
    double mu_ab;          // mu_A.mu_B
    double theta_a_v[3], theta_b_v[3];
    double v_theta_a_v, v_theta_b_v;
} PairProducts;

static PairProducts pair_products(const Moments *m, const Pairs *pairs, size_t k)
{
    const int a = pairs->a[k], b = pairs->b[k];
    PairProducts p;
    for (int x = 0; x < 3; x++)
        p.v[x] = -pairs->vector[k][x];
    p.mu_a_v = vec3_dot(m->dipole[a], p.v);
    p.mu_b_v = vec3_dot(m->dipole[b], p.v);
    p.mu_ab = vec3_dot(m->dipole[a], m->dipole[b]);
    tensor_times(m->quadrupole[a], p.v, p.theta_a_v);
    tensor_times(m->quadrupole[b], p.v, p.theta_b_v);
    p.v_theta_a_v = vec3_dot(p.v, p.theta_a_v);
    p.v_theta_b_v = vec3_dot(p.v, p.theta_b_v);
    return p;
}

static double pair_n3(const Moments *m, int a, int b, const PairProducts *p)
{
    return m->atom[b] * p->mu_a_v - m->atom[a] * p->mu_b_v;
}

static double pair_n5(const Moments *m, int a, int b, double r, const PairProducts *p)
{
    return r * r * p->mu_ab - 3.0 * p->mu_a_v * p->mu_b_v + m->atom[b] * p->v_theta_a_v +
           m->atom[a] * p->v_theta_b_v;
}

static double energy(void *self, const Geometry *geometry, const Moments *moments)
{
    const Multipole *multipole = self;
    const Pairs *pairs = geometry->pairs;
    double sum = 0.0;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        const PairProducts p = pair_products(moments, pairs, k);
        sum += multipole->g3[k] * pair_n3(moments, a, b, &p) +
               multipole->g5[k] * pair_n5(moments, a, b, pairs->distance[k], &p);
    }
    return sum;
}

static void potential(void *self, const Geometry *geometry, const Moments *moments,
                      Potential *potential)
{
    const Multipole *multipole = self;
    const Pairs *pairs = geometry->pairs;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        const double g3 = multipole->g3[k], g5 = multipole->g5[k];
        const double r2 = pairs->distance[k] * pairs->distance[k];
        const double *mu_a = moments->dipole[a], *mu_b = moments->dipole[b];
        const double qa = moments->atom[a], qb = moments->atom[b];
        const PairProducts p = pair_products(moments, pairs, k);

        potential->atom[a] += -g3 * p.mu_b_v + g5 * p.v_theta_b_v;
        potential->atom[b] += g3 * p.mu_a_v + g5 * p.v_theta_a_v;
        for (int x = 0; x < 3; x++) {
            potential->dipole[a][x] +=
                g3 * qb * p.v[x] + g5 * (r2 * mu_b[x] - 3.0 * p.v[x] * p.mu_b_v);
            potential->dipole[b][x] +=
                -g3 * qa * p.v[x] + g5 * (r2 * mu_a[x] - 3.0 * p.v[x] * p.mu_a_v);
        }
        const double vv[6] = {p.v[0] * p.v[0],       2.0 * p.v[0] * p.v[1], p.v[1] * p.v[1],
                              2.0 * p.v[0] * p.v[2], 2.0 * p.v[1] * p.v[2], p.v[2] * p.v[2]};
        for (int c = 0; c < 6; c++) {
            potential->quadrupole[a][c] += g5 * qb * vv[c];
            potential->quadrupole[b][c] += g5 * qa * vv[c];
        }
    }
}

static void gradient(void *self, const Geometry *geometry, const Moments *moments,
                     Gradient *gradient)
{
    const Multipole *multipole = self;
    const Pairs *pairs = geometry->pairs;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        const double r = pairs->distance[k], r2 = r * r;
        const double *mu_a = moments->dipole[a], *mu_b = moments->dipole[b];
        const double qa = moments->atom[a], qb = moments->atom[b];
        const PairProducts p = pair_products(moments, pairs, k);
        const double n3 = pair_n3(moments, a, b, &p), n5 = pair_n5(moments, a, b, r, &p);
        double f3, f5;
        damping(multipole, a, b, r, &f3, &f5);

        // d/dv of f3 n3/R^3 + f5 n5/R^5, with df/dy y = -k f (1 - f).
        const double g3 = multipole->g3[k], g5 = multipole->g5[k];
        const double radial = -3.0 * g3 * n3 * f3 / r2 + g5 * n5 * (4.0 * (1.0 - f5) - 5.0) / r2;
        double slope[3];
        for (int x = 0; x < 3; x++) {
            const double a3 = qb * mu_a[x] - qa * mu_b[x];
            const double a5 = 2.0 * p.mu_ab * p.v[x] -
                              3.0 * (mu_a[x] * p.mu_b_v + mu_b[x] * p.mu_a_v) +
                              2.0 * (qb * p.theta_a_v[x] + qa * p.theta_b_v[x]);
            slope[x] = g3 * a3 + g5 * a5 + radial * p.v[x];
        }
        vec3_add_scaled(1.0, slope, gradient->xyz[b]);
        vec3_add_scaled(-1.0, slope, gradient->xyz[a]);

        const double de_drho = -(3.0 * g3 * (1.0 - f3) * n3 + 4.0 * g5 * (1.0 - f5) * n5) /
                               (multipole->radius[a] + multipole->radius[b]);
        gradient->cn[a] += de_drho * multipole->radius_slope[a];
        gradient->cn[b] += de_drho * multipole->radius_slope[b];
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
                                 .update = update,
                                 .energy = energy,
                                 .potential = potential,
                                 .gradient = gradient};

const TermType TERM_MULTIPOLE_ON_SITE = {.name = "anisotropic exchange-correlation",
                                         .energy = on_site_energy,
                                         .potential = on_site_potential};
