#include "terms/dispersion_d4.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/team.h"
#include "data/element.h"
#include "data/parameters.h"
#include "terms/smooth_cutoff.h"

static const SmoothCutoff CUTOFF = {.range = D4_PAIR_CUTOFF, .width = D4_PAIR_CUTOFF_WIDTH};

// Coordination number: counting function k/2 erfc(steepness (r - R)/R) with k from the difference of
// electronegativities. Beyond 1.8 R erfc is below 1e-16.
static const double CN_REACH = 1.8;

// References with a smaller weight are below rounding.
static const double WEIGHT_DROP = 1e-18;

// ------------------------------------------------------------------------------ per molecule

/// Counts of kinds, references and entries of a molecule.
static void count_kinds(DispersionD4 *d4, size_t n_atoms, const int *numbers)
{
    bool present[ELEMENT_MAX + 1] = {false};
    for (size_t i = 0; i < n_atoms; i++)
        present[numbers[i]] = true;
    size_t n_kinds = 0, n_refs = 0;
    for (int z = 1; z <= ELEMENT_MAX; z++) {
        if (present[z]) {
            n_kinds++;
            n_refs += (size_t)disp_element(z)->d4_nref;
        }
    }
    // The kernels write whole lines from any place on.
    const size_t n = n_atoms, ld = kernels_padded(n + KERNELS_PAD - 1);
    d4->n = n;
    d4->ld = ld;
    d4->n_kinds = n_kinds;
    d4->n_refs = n_refs;
    d4->ld_refs = kernels_padded(n_refs);
    d4->n_entries = 0;
    for (size_t i = 0; i < n; i++)
        d4->n_entries += (size_t)disp_element(numbers[i])->d4_nref;
}

void dispersion_d4_layout(DispersionD4 *d4, Arena *arena, size_t n_atoms, const int *numbers)
{
    count_kinds(d4, n_atoms, numbers);
    const size_t n = d4->n, ld = d4->ld, n_kinds = d4->n_kinds, n_refs = d4->n_refs;
    const size_t n_entries = kernels_padded(d4->n_entries + KERNELS_PAD - 1);
    d4->order = arena_sizes(arena, n);
    d4->kind = arena_ints(arena, n);
    d4->kind_z = arena_ints(arena, n_kinds);
    d4->first_place = arena_sizes(arena, n_kinds + 1);
    d4->first_ref = arena_sizes(arena, n_kinds + 1);
    d4->zeff = arena_doubles(arena, n_kinds);
    d4->damping = arena_doubles(arena, n_kinds * n_kinds);
    d4->pair = arena_doubles(arena, n_kinds * 3 * ld);
    d4->cn_pair = arena_doubles(arena, n_kinds * 3 * ld);
    d4->ref_c6 = arena_doubles(arena, n_refs * d4->ld_refs);

    d4->entry_place = arena_ints(arena, n_entries);
    d4->entry_cn = arena_doubles(arena, n_entries);
    d4->entry_triple = arena_doubles(arena, n_entries);
    d4->entry_steepness = arena_doubles(arena, n_entries);
    d4->entry_reference = arena_doubles(arena, n_entries);
    d4->entry_zeta_zero = arena_doubles(arena, n_entries);

    d4->xyz = arena_doubles(arena, 3 * ld);
    d4->f = arena_doubles(arena, n * ld);
    d4->h = arena_doubles(arena, n * ld);
    d4->cn = arena_doubles(arena, ld);
    d4->count_slope = arena_doubles(arena, n * ld);
    d4->weight = arena_doubles(arena, n_entries);
    d4->weight_slope = arena_doubles(arena, n_entries);
    d4->three_body_gradient = arena_doubles(arena, 3 * ld);
    d4->three_body_cn_slope = arena_doubles(arena, n);
    axilrod_teller_layout(&d4->atm, arena, n);

    d4->charges = arena_doubles(arena, n);
    d4->g = arena_doubles(arena, n_entries);
    d4->g_cn = arena_doubles(arena, n_entries);
    d4->g_q = arena_doubles(arena, n_entries);
    d4->z = arena_doubles(arena, n * d4->ld_refs);
    d4->y = arena_doubles(arena, n_entries);

    d4->entry_work = arena_doubles(arena, n_entries);
    d4->entry_more = arena_doubles(arena, n_entries);
    d4->norm = arena_doubles(arena, n);
    d4->norm_slope = arena_doubles(arena, n);
    d4->c6 = arena_doubles(arena, n * ld);
    d4->share = arena_doubles(arena, n * ld);
    d4->pair_slope = arena_doubles(arena, ld);
    d4->slope = arena_doubles(arena, 3 * ld);
    d4->cn_slope = arena_doubles(arena, ld);
}

/// Sorts the atoms by element and counts references.
static void sort_by_element(DispersionD4 *d4, const int *numbers)
{
    size_t place = 0, ref = 0, k = 0;
    for (int z = 1; z <= ELEMENT_MAX; z++) {
        const size_t begin = place;
        for (size_t i = 0; i < d4->n; i++) {
            if (numbers[i] == z) {
                d4->order[place] = i;
                d4->kind[place] = (int)k;
                place++;
            }
        }
        if (place == begin)
            continue;
        d4->kind_z[k] = z;
        d4->first_place[k] = begin;
        d4->first_ref[k] = ref;
        ref += (size_t)disp_element(z)->d4_nref;
        k++;
        d4->first_place[k] = place;
        d4->first_ref[k] = ref;
    }
}

static void setup_coefficients(DispersionD4 *d4)
{
    for (size_t k = 0; k < d4->n_kinds; k++) {
        size_t n = 0;
        const D4Reference *refs = d4_references(d4->kind_z[k], &n);
        assert(n <= KERNELS_REFERENCES);
        for (size_t a = 0; a < n; a++)
            for (size_t l = 0; l < d4->n_kinds; l++) {
                size_t m = 0;
                const D4Reference *others = d4_references(d4->kind_z[l], &m);
                for (size_t b = 0; b < m; b++)
                    d4->ref_c6[(d4->first_ref[k] + a) * d4->ld_refs + d4->first_ref[l] + b] =
                        d4_c6(refs[a].index, others[b].index);
            }
    }
}

static void setup_entries(DispersionD4 *d4)
{
    size_t e = 0;
    for (size_t k = 0; k < d4->n_kinds; k++) {
        const DispElement *element = disp_element(d4->kind_z[k]);
        size_t n = 0;
        const D4Reference *refs = d4_references(d4->kind_z[k], &n);
        d4->zeff[k] = element->d4_zeff;
        for (size_t a = 0; a < n; a++)
            for (size_t i = d4->first_place[k]; i < d4->first_place[k + 1]; i++, e++) {
                const double c = D4_CHARGE_STEEPNESS * element->d4_hardness;
                d4->entry_place[e] = (int)i;
                d4->entry_cn[e] = refs[a].cn;
                d4->entry_triple[e] = refs[a].ngauss == 3 ? 1.0 : 0.0;
                assert(refs[a].ngauss == 3 || refs[a].ngauss == 1);
                d4->entry_steepness[e] = c;
                d4->entry_reference[e] = element->d4_zeff + refs[a].q_gfn2;
                d4->entry_zeta_zero[e] =
                    exp(D4_CHARGE_HEIGHT *
                        (1.0 - exp(c * (1.0 - d4->entry_reference[e] / element->d4_zeff))));
            }
    }
}

static void setup_pairs(DispersionD4 *d4, const Method *method)
{
    const size_t ld = d4->ld;
    for (size_t k = 0; k < d4->n_kinds; k++) {
        double *pair = d4->pair + 3 * k * ld, *cn_pair = d4->cn_pair + 3 * k * ld;
        for (size_t j = 0; j < ld; j++) {
            // Behind the last place anything that gives finite numbers.
            const size_t l = j < d4->n ? (size_t)d4->kind[j] : 0;
            const DispElement *a = disp_element(d4->kind_z[k]), *b = disp_element(d4->kind_z[l]);
            const double q = 3.0 * a->sqrt_q * b->sqrt_q;
            const double rd = method->d4_a1 * sqrt(q) + method->d4_a2;
            d4->damping[k * d4->n_kinds + l] = pow(rd, 16.0 / 3.0);
            pair[j] = method->d4_s8 * q;
            pair[ld + j] = pow(rd, 6.0);
            pair[2 * ld + j] = pow(rd, 8.0);

            const double r = a->rcov_bohr + b->rcov_bohr;
            const double difference = fabs(a->en_pauling - b->en_pauling) + D4_CN_K5;
            const double reach = fmin(CN_REACH * r, D4_CN_CUTOFF);
            cn_pair[j] = r;
            cn_pair[ld + j] =
                0.5 * D4_CN_K4 * exp(-difference * difference / (2.0 * D4_CN_K6 * D4_CN_K6));
            cn_pair[2 * ld + j] = reach * reach;
        }
    }
}

void dispersion_d4_setup(DispersionD4 *d4, const Kernels *kernels, const Method *method,
                         const int *numbers)
{
    d4->kernels = kernels;
    d4->atm.kernels = kernels;
    d4->s6 = method->d4_s6;
    d4->s9 = method->d4_s9;
    sort_by_element(d4, numbers);
    setup_coefficients(d4);
    setup_entries(d4);
    setup_pairs(d4, method);
}

// ------------------------------------------------------------------------------ products

/// Z of entries g.
static void multiply_by_c6(DispersionD4 *d4, const double *g)
{
    d4->kernels->reference_coefficients(d4->n_kinds, d4->first_place, d4->first_ref, g, d4->ref_c6,
                                        d4->ld_refs, d4->z);
}

typedef struct {
    DispersionD4 *d4;
    const double *f;
    size_t kind;
} Partners;

/// The lines first..last of the places of a kind.
static void partners_part(void *task, size_t first, size_t last)
{
    const Partners *p = task;
    const DispersionD4 *d4 = p->d4;
    d4->kernels->reference_sums(p->kind, first * KERNELS_PAD, last * KERNELS_PAD, d4->n_kinds,
                                d4->first_place, d4->first_ref, d4->z, d4->ld_refs, p->f, d4->ld,
                                d4->y);
}

/// Y = f Z.
static void sum_over_partners(DispersionD4 *d4, const double *f)
{
    for (size_t k = 0; k < d4->n_kinds; k++) {
        const size_t n = d4->first_place[k + 1] - d4->first_place[k],
                     n_lines = kernels_padded(n) / KERNELS_PAD;
        Partners partners = {d4, f, k};
        // The last line reaches into rows of others.
        partners_part(&partners, n_lines - 1, n_lines);
        team_share(n_lines - 1, n < TERM_ROWS_SHARED ? n_lines : 1, partners_part, &partners);
    }
}

/// C6 of entries g, whose Z is there.
static void update_c6(DispersionD4 *d4, const double *g)
{
    d4->kernels->pair_coefficients(d4->n_kinds, d4->first_place, d4->first_ref, g, d4->z,
                                   d4->ld_refs, d4->c6, d4->ld);
}

/// sums[i] += scale sum_a g_ia y_ia
static void add_reference_sums(const DispersionD4 *d4, double scale, const double *g,
                               const double *y, double *sums)
{
    for (size_t e = 0; e < d4->n_entries; e++)
        sums[d4->entry_place[e]] += scale * g[e] * y[e];
}

// ------------------------------------------------------------------------------ per geometry

/// The smooth end, for the few molecules that are long enough.
static void cut_off_row(const DispersionD4 *d4, const double *r2, double *f, double *h)
{
    const double inner = CUTOFF.range - CUTOFF.width;
    for (size_t j = 0; j < d4->n; j++) {
        if (r2[j] <= inner * inner)
            continue;
        const double r = sqrt(r2[j]);
        double slope;
        const double s = smooth_cutoff(&CUTOFF, r, &slope);
        h[j] = s * h[j] + slope / r * f[j];
        f[j] *= s;
    }
}

/// Whether any pair may be in the smooth end or beyond: the sphere around the first atom.
static bool is_long(const DispersionD4 *d4)
{
    const double *x = d4->xyz, *y = x + d4->ld, *z = y + d4->ld;
    const double half = 0.5 * (CUTOFF.range - CUTOFF.width);
    double farthest = 0.0;
    for (size_t i = 1; i < d4->n; i++) {
        const double dx = x[i] - x[0], dy = y[i] - y[0], dz = z[i] - z[0];
        const double r2 = dx * dx + dy * dy + dz * dz;
        farthest = r2 > farthest ? r2 : farthest;
    }
    return farthest > half * half;
}

/// f, h and squares of the distances of some places. C6 comes later: its rows have room for the squares.
static void pairs_part(void *task, size_t first, size_t last)
{
    const DispersionD4 *d4 = task;
    const size_t ld = d4->ld;
    for (size_t i = first; i < last; i++) {
        const double here[3] = {d4->xyz[i], d4->xyz[ld + i], d4->xyz[2 * ld + i]};
        double *f = d4->f + i * ld, *h = d4->h + i * ld, *r2 = d4->c6 + i * ld;
        d4->kernels->damped_pair_row(kernels_padded(d4->n), ld, d4->xyz, here, d4->s6,
                                     d4->pair + 3 * (size_t)d4->kind[i] * ld, r2, f, h);
        if (d4->has_ends)
            cut_off_row(d4, r2, f, h);
    }
}

static void update_pairs(DispersionD4 *d4, const double (*xyz)[3])
{
    const size_t n = d4->n, ld = d4->ld;
    for (size_t i = 0; i < n; i++)
        for (size_t x = 0; x < 3; x++)
            d4->xyz[x * ld + i] = xyz[d4->order[i]][x];
    d4->has_ends = is_long(d4);
    team_share(n, team_rows(n, TERM_ROWS_SHARED), pairs_part, d4);
    memset(d4->cn, 0, n * sizeof(double));
    for (size_t i = 0; i < n; i++) {
        const double count = d4->kernels->counting_row(i, ld, D4_CN_STEEPNESS, d4->c6 + i * ld,
                                                       d4->cn_pair + 3 * (size_t)d4->kind[i] * ld,
                                                       d4->cn, d4->count_slope + i * ld);
        d4->cn[i] += count;
    }
}

/// So far above every reference that the Gaussians vanish: the highest one counts alone.
static void choose_highest(DispersionD4 *d4, size_t place)
{
    size_t highest = d4->n_entries;
    for (size_t e = 0; e < d4->n_entries; e++) {
        if (d4->entry_place[e] != (int)place)
            continue;
        d4->weight[e] = d4->weight_slope[e] = 0.0;
        if (highest == d4->n_entries || d4->entry_cn[e] > d4->entry_cn[highest])
            highest = e;
    }
    d4->weight[highest] = 1.0;
}

/// Weights and their slopes: sums of exp(-s GAUSS (CN - CN_ref)^2), s = 1 or s = 1..3, normalised.
static void update_weights(DispersionD4 *d4)
{
    const size_t n = d4->n_entries;
    const int *restrict place = d4->entry_place;
    const double *restrict triple = d4->entry_triple;
    double *restrict difference = d4->entry_more, *restrict gauss = d4->entry_work;
    double *restrict weight = d4->weight, *restrict slope = d4->weight_slope;
    double *restrict norm = d4->norm, *restrict norm_slope = d4->norm_slope;
    for (size_t e = 0; e < n; e++) {
        difference[e] = d4->cn[place[e]] - d4->entry_cn[e];
        gauss[e] = -D4_GAUSS * difference[e] * difference[e];
    }
    d4->kernels->exponentials(kernels_padded(n), gauss, gauss);
    for (size_t e = 0; e < n; e++) {
        const double g = gauss[e], g2 = g * g, g3 = g2 * g;
        weight[e] = g + triple[e] * (g2 + g3);
        slope[e] = -2.0 * D4_GAUSS * difference[e] * (g + triple[e] * (2.0 * g2 + 3.0 * g3));
    }
    memset(norm, 0, d4->n * sizeof(double));
    memset(norm_slope, 0, d4->n * sizeof(double));
    for (size_t e = 0; e < n; e++) {
        norm[place[e]] += weight[e];
        norm_slope[place[e]] += slope[e];
    }
    bool vanished = false;
    for (size_t i = 0; i < d4->n; i++) {
        vanished = vanished || norm[i] <= sqrt(DBL_MIN);
        norm[i] = 1.0 / norm[i];
    }
    for (size_t e = 0; e < n; e++) {
        weight[e] *= norm[place[e]];
        slope[e] = (slope[e] - weight[e] * norm_slope[place[e]]) * norm[place[e]];
    }
    for (size_t i = 0; i < d4->n && vanished; i++)
        if (norm[i] >= 1.0 / sqrt(DBL_MIN))
            choose_highest(d4, i);
}

static void update_three_body(DispersionD4 *d4)
{
    double *restrict g = d4->g, *restrict g_cn = d4->g_cn;
    for (size_t e = 0; e < d4->n_entries; e++) {
        g[e] = d4->weight[e] * d4->entry_zeta_zero[e];
        g_cn[e] = d4->weight_slope[e] * d4->entry_zeta_zero[e];
    }
    multiply_by_c6(d4, d4->g);
    update_c6(d4, d4->g);
    d4->three_body =
        axilrod_teller_update(&d4->atm, d4->s9, d4->xyz, d4->ld, d4->kind, d4->damping, d4->n_kinds,
                              d4->c6, d4->ld, d4->three_body_gradient, d4->share);

    // dE3/dCN_i = sum_j dE3/dC_ij dC_ij/dCN_i: the products of E2 with 2 dE3/dC in place of f.
    sum_over_partners(d4, d4->share);
    memset(d4->three_body_cn_slope, 0, d4->n * sizeof(double));
    add_reference_sums(d4, 0.5, d4->g_cn, d4->y, d4->three_body_cn_slope);
}

void dispersion_d4_update(DispersionD4 *d4, const double (*xyz)[3])
{
    update_pairs(d4, xyz);
    update_weights(d4);
    update_three_body(d4);
    d4->evaluated = false;
}

// ------------------------------------------------------------------------------ per evaluation

/// G and its slopes at these charges, then Z and Y; returns E2 = -1/2 sum_ia G_ia Y_ia.
static double evaluate(DispersionD4 *d4, const double *charges)
{
    if (d4->evaluated && memcmp(d4->charges, charges, d4->n * sizeof(double)) == 0)
        return d4->two_body;
    double *at = d4->slope; // Z* + q by place
    for (size_t i = 0; i < d4->n; i++)
        at[i] = d4->zeff[d4->kind[i]] + charges[d4->order[i]];
    for (size_t e = 0; e < d4->n_entries; e++)
        d4->entry_work[e] = at[d4->entry_place[e]];
    d4->kernels->charge_scaling(kernels_padded(d4->n_entries), D4_CHARGE_HEIGHT, d4->entry_work,
                                d4->entry_steepness, d4->entry_reference, d4->weight,
                                d4->weight_slope, WEIGHT_DROP, d4->g, d4->g_cn, d4->g_q);
    multiply_by_c6(d4, d4->g);
    sum_over_partners(d4, d4->f);
    memcpy(d4->charges, charges, d4->n * sizeof(double));
    d4->evaluated = true;
    d4->two_body = -0.5 * d4->kernels->dot(d4->n_entries, d4->g, d4->y);
    return d4->two_body;
}

double dispersion_d4_energy(DispersionD4 *d4, const double *charges)
{
    return evaluate(d4, charges);
}

double dispersion_d4_potential(DispersionD4 *d4, const double *charges, double *v)
{
    const double energy = evaluate(d4, charges);
    double *potential = d4->slope;
    memset(potential, 0, d4->n * sizeof(double));
    add_reference_sums(d4, -1.0, d4->g_q, d4->y, potential);
    for (size_t i = 0; i < d4->n; i++)
        v[d4->order[i]] += potential[i];
    return energy;
}

double dispersion_d4_three_body(const DispersionD4 *d4)
{
    return d4->three_body;
}

void dispersion_d4_gradient(DispersionD4 *d4, const double *charges, double (*gradient)[3])
{
    const size_t n = d4->n, ld = d4->ld;
    evaluate(d4, charges);
    memcpy(d4->cn_slope, d4->three_body_cn_slope, n * sizeof(double));
    add_reference_sums(d4, -1.0, d4->g_cn, d4->y, d4->cn_slope);
    update_c6(d4, d4->g);

    double *slope = d4->slope;
    memcpy(slope, d4->three_body_gradient, 3 * ld * sizeof(double));
    for (size_t i = 1; i < n; i++) {
        // What both distance and coordination numbers contribute to (dE/dr)/r, up to the diagonal.
        const double *restrict h = d4->h + i * ld, *restrict count = d4->count_slope + i * ld;
        const double *restrict cn_slope = d4->cn_slope, here_cn = cn_slope[i];
        const double *restrict c6 = d4->c6 + i * ld;
        double *restrict t = d4->pair_slope;
        for (size_t j = 0; j < i; j++)
            t[j] = (here_cn + cn_slope[j]) * count[j] - c6[j] * h[j];
        const double here[3] = {d4->xyz[i], d4->xyz[ld + i], d4->xyz[2 * ld + i]};
        double sum[3];
        d4->kernels->pair_force_row(i, ld, t, d4->xyz, here, slope, sum);
        for (size_t x = 0; x < 3; x++)
            slope[x * ld + i] += sum[x];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t x = 0; x < 3; x++)
            gradient[d4->order[i]][x] += slope[x * ld + i];
}

static void term_update(void *self, const Geometry *geometry)
{
    dispersion_d4_update(self, geometry->xyz);
}

static double term_energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    return dispersion_d4_energy(self, moments->atom);
}

static void term_potential(void *self, const Geometry *geometry, const Moments *moments,
                           Potential *potential)
{
    (void)geometry;
    dispersion_d4_potential(self, moments->atom, potential->atom);
}

static void term_gradient(void *self, const Geometry *geometry, const Moments *moments,
                          Gradient *gradient)
{
    (void)geometry;
    dispersion_d4_gradient(self, moments->atom, gradient->xyz);
}

static double term_three_body_energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    (void)moments;
    return dispersion_d4_three_body(self);
}

static void term_layout(void *self, Arena *arena, const TermSpec *spec)
{
    dispersion_d4_layout(self, arena, spec->basis->n_atoms, spec->numbers);
}

static void term_setup(void *self, const TermSpec *spec)
{
    dispersion_d4_setup(self, spec->kernels, spec->method, spec->numbers);
}

const TermType TERM_DISPERSION_D4 = {.name = "dispersion D4",
                                     .size = sizeof(DispersionD4),
                                     .layout = term_layout,
                                     .setup = term_setup,
                                     .update = term_update,
                                     .energy = term_energy,
                                     .potential = term_potential,
                                     .gradient = term_gradient};

const TermType TERM_DISPERSION_D4_THREE_BODY = {.name = "dispersion D4, three-body",
                                                .shared = &TERM_DISPERSION_D4,
                                                .energy = term_three_body_energy};
