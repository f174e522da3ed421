#include "terms/dispersion_d4.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "data/element.h"
#include "data/parameters.h"
#include "terms/smooth_cutoff.h"

static const SmoothCutoff CUTOFF = {.range = 50.0, .width = 0.05};

// Coordination number: counting function k/2 erfc(KCN (r - R)/R) with k from the difference of
// electronegativities. Beyond 1.8 R erfc is below 1e-16; no pair is counted beyond CN_CUTOFF.
static const double KCN = 7.5, CN_CUTOFF = 30.0, CN_REACH = 1.8;
static const double K4 = 4.10451, K5 = 19.08857, K6 = 2.0 * 11.28174 * 11.28174;
static const double SQRT_PI = 1.7724538509055160273;

// Weights: Gaussians with exponents GAUSS, 2 GAUSS, ...; charge scaling with height GA, steepness
// GC.
static const double GAUSS = 6.0, GA = 3.0, GC = 2.0;

// References with a smaller weight are below rounding.
static const double WEIGHT_DROP = 1e-18;
// An exponential cut at exp(-700) by the kernel is none.
static const double VANISHED = 1e-300;

enum { LINE = 8 }; // doubles in a cache line

// ------------------------------------------------------------------------------ per molecule

void dispersion_d4_layout(Arena *arena, DispersionD4 *d4, size_t n_atoms, const int *numbers)
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
    const size_t n = n_atoms, ld = (n + LINE - 1) / LINE * LINE;
    d4->n = n;
    d4->ld = ld;
    d4->n_kinds = n_kinds;
    d4->n_refs = n_refs;

    d4->order = arena_sizes(arena, n);
    d4->kind = arena_ints(arena, n);
    d4->kind_z = arena_ints(arena, n_kinds);
    d4->first_place = arena_sizes(arena, n_kinds + 1);
    d4->first_ref = arena_sizes(arena, n_kinds + 1);
    d4->zeff = arena_doubles(arena, n_kinds);
    d4->steepness = arena_doubles(arena, n_kinds);
    d4->damping = arena_doubles(arena, n_kinds * n_kinds);
    d4->pair = arena_doubles(arena, n_kinds * n_kinds * 4);
    d4->cn_pair = arena_doubles(arena, n_kinds * n_kinds * 3);
    d4->ref_cn = arena_doubles(arena, n_refs);
    d4->ref_gauss = arena_ints(arena, n_refs);
    d4->ref_charge = arena_doubles(arena, n_refs);
    d4->zeta_zero = arena_doubles(arena, n_refs);
    d4->ref_c6 = arena_doubles(arena, n_refs * n_refs);

    d4->xyz = arena_doubles(arena, 3 * ld);
    d4->r2 = arena_doubles(arena, n * ld);
    d4->f = arena_doubles(arena, n * ld);
    d4->h = arena_doubles(arena, n * ld);
    d4->cn = arena_doubles(arena, n);
    d4->count_slope = arena_doubles(arena, n * ld);
    d4->weight = arena_doubles(arena, n_refs * ld);
    d4->weight_slope = arena_doubles(arena, n_refs * ld);
    d4->three_body_gradient = arena_doubles(arena, 3 * ld);
    d4->three_body_cn_slope = arena_doubles(arena, n);
    axilrod_teller_layout(arena, &d4->atm, n);

    d4->n_entries = 0;
    for (size_t i = 0; i < n; i++)
        d4->n_entries += (size_t)disp_element(numbers[i])->d4_nref;
    const size_t padded = kernels_padded(d4->n_entries);
    d4->entry = arena_sizes(arena, d4->n_entries);
    d4->entry_place = arena_ints(arena, d4->n_entries);
    d4->entry_steepness = arena_doubles(arena, padded);
    d4->entry_reference = arena_doubles(arena, padded);
    d4->entry_inner = arena_doubles(arena, padded);
    d4->entry_outer = arena_doubles(arena, padded);
    d4->charges = arena_doubles(arena, n);

    d4->g = arena_doubles(arena, n_refs * ld);
    d4->g_cn = arena_doubles(arena, n_refs * ld);
    d4->g_q = arena_doubles(arena, n_refs * ld);
    d4->x = arena_doubles(arena, n_refs * ld);
    d4->y = arena_doubles(arena, n_refs * ld);
    d4->z = arena_doubles(arena, n * n_refs);
    d4->c6 = arena_doubles(arena, n * ld);
    d4->share = arena_doubles(arena, n * ld);
    d4->slope = arena_doubles(arena, 3 * ld);
    d4->cn_slope = arena_doubles(arena, n);
}

/// zeta = exp(3 (1 - t)), t = exp(c (1 - u_ref/u)), and its slope dzeta/dq; u = Z* + q.
static double charge_scaling(double c, double u_ref, double u, double *slope)
{
    *slope = 0.0;
    if (u <= 0.0)
        return exp(GA); // the limit from above, too
    const double t = exp(c * (1.0 - u_ref / u));
    const double zeta = exp(GA * (1.0 - t));
    // For tiny u, t is zero before 1/u^2 is infinite.
    if (t > 0.0)
        *slope = -GA * c * t * zeta * u_ref / (u * u);
    return zeta;
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

static void setup_references(DispersionD4 *d4)
{
    for (size_t k = 0; k < d4->n_kinds; k++) {
        const DispElement *element = disp_element(d4->kind_z[k]);
        d4->zeff[k] = element->d4_zeff;
        d4->steepness[k] = GC * element->d4_hardness;

        size_t n = 0;
        const D4Reference *refs = d4_references(d4->kind_z[k], &n);
        for (size_t a = 0; a < n; a++) {
            const size_t ia = d4->first_ref[k] + a;
            double slope;
            d4->ref_cn[ia] = refs[a].cn;
            d4->ref_gauss[ia] = refs[a].ngauss;
            d4->ref_charge[ia] = element->d4_zeff + refs[a].q_gfn2;
            d4->zeta_zero[ia] =
                charge_scaling(d4->steepness[k], d4->ref_charge[ia], element->d4_zeff, &slope);

            for (size_t l = 0; l < d4->n_kinds; l++) {
                size_t m = 0;
                const D4Reference *others = d4_references(d4->kind_z[l], &m);
                for (size_t b = 0; b < m; b++)
                    d4->ref_c6[ia * d4->n_refs + d4->first_ref[l] + b] =
                        d4_c6(refs[a].index, others[b].index);
            }
        }
    }
}

static void setup_entries(DispersionD4 *d4)
{
    size_t e = 0;
    for (size_t k = 0; k < d4->n_kinds; k++)
        for (size_t a = d4->first_ref[k]; a < d4->first_ref[k + 1]; a++)
            for (size_t i = d4->first_place[k]; i < d4->first_place[k + 1]; i++, e++) {
                d4->entry[e] = a * d4->ld + i;
                d4->entry_place[e] = (int)i;
                d4->entry_steepness[e] = d4->steepness[k];
                d4->entry_reference[e] = d4->ref_charge[a];
            }
}

static void setup_pairs(DispersionD4 *d4, const Method *method)
{
    for (size_t k = 0; k < d4->n_kinds; k++) {
        for (size_t l = 0; l < d4->n_kinds; l++) {
            const DispElement *a = disp_element(d4->kind_z[k]), *b = disp_element(d4->kind_z[l]);
            const size_t kl = k * d4->n_kinds + l;

            const double q = 3.0 * a->sqrt_q * b->sqrt_q;
            const double rd = method->d4_a1 * sqrt(q) + method->d4_a2;
            const double rd2 = rd * rd;
            d4->damping[kl] = rd;
            d4->pair[4 * kl] = method->d4_s6;
            d4->pair[4 * kl + 1] = method->d4_s8 * q;
            d4->pair[4 * kl + 2] = rd2 * rd2 * rd2;
            d4->pair[4 * kl + 3] = rd2 * rd2 * rd2 * rd2;

            const double r = a->rcov_bohr + b->rcov_bohr;
            const double difference = fabs(a->en_pauling - b->en_pauling) + K5;
            const double reach = fmin(CN_REACH * r, CN_CUTOFF);
            d4->cn_pair[3 * kl] = r;
            d4->cn_pair[3 * kl + 1] = K4 * exp(-difference * difference / K6);
            d4->cn_pair[3 * kl + 2] = reach * reach;
        }
    }
}

void dispersion_d4_setup(DispersionD4 *d4, const Kernels *kernels, const Method *method,
                         const int *numbers)
{
    d4->kernels = kernels;
    d4->atm.kernels = kernels;
    d4->s9 = method->d4_s9;
    sort_by_element(d4, numbers);
    setup_references(d4);
    setup_entries(d4);
    setup_pairs(d4, method);
}

// ------------------------------------------------------------------------------ products

/// x = (f g)^T: [n_refs][ld] from the symmetric f [n][ld] and g [n_refs][ld].
static void sum_over_partners(const DispersionD4 *d4, const double *f, const double *g, double *x)
{
    for (size_t k = 0; k < d4->n_kinds; k++) {
        const size_t place = d4->first_place[k], ref = d4->first_ref[k];
        d4->kernels->matmul_nn(d4->first_ref[k + 1] - ref, d4->n, d4->first_place[k + 1] - place,
                               g + ref * d4->ld + place, d4->ld, f + place * d4->ld, d4->ld,
                               x + ref * d4->ld, d4->ld);
    }
}

/// y = C x where reference and place belong together: [n_refs][ld].
static void apply_reference_c6(const DispersionD4 *d4, const double *x, double *y)
{
    for (size_t k = 0; k < d4->n_kinds; k++) {
        const size_t place = d4->first_place[k], ref = d4->first_ref[k];
        d4->kernels->matmul_nn(d4->first_ref[k + 1] - ref, d4->first_place[k + 1] - place,
                               d4->n_refs, d4->ref_c6 + ref * d4->n_refs, d4->n_refs, x + place,
                               d4->ld, y + ref * d4->ld + place, d4->ld);
    }
}

/// c6 = g^T C g: [n][ld].
static void pair_coefficients(DispersionD4 *d4, const double *g, double *c6)
{
    for (size_t k = 0; k < d4->n_kinds; k++) {
        const size_t place = d4->first_place[k], ref = d4->first_ref[k];
        d4->kernels->matmul_tn(d4->first_place[k + 1] - place, d4->n_refs,
                               d4->first_ref[k + 1] - ref, g + ref * d4->ld + place, d4->ld,
                               d4->ref_c6 + ref * d4->n_refs, d4->n_refs,
                               d4->z + place * d4->n_refs, d4->n_refs);
    }
    for (size_t k = 0; k < d4->n_kinds; k++) {
        const size_t place = d4->first_place[k], ref = d4->first_ref[k];
        d4->kernels->matmul_nn(d4->n, d4->first_place[k + 1] - place, d4->first_ref[k + 1] - ref,
                               d4->z + ref, d4->n_refs, g + ref * d4->ld + place, d4->ld,
                               c6 + place, d4->ld);
    }
}

/// sums[i] += scale sum_a g_ia y_ia
static void add_reference_sums(const DispersionD4 *d4, double scale, const double *g,
                               const double *y, double *sums)
{
    for (size_t k = 0; k < d4->n_kinds; k++)
        for (size_t a = d4->first_ref[k]; a < d4->first_ref[k + 1]; a++)
            for (size_t i = d4->first_place[k]; i < d4->first_place[k + 1]; i++)
                sums[i] += scale * g[a * d4->ld + i] * y[a * d4->ld + i];
}

// ------------------------------------------------------------------------------ per geometry

static void update_distances(DispersionD4 *d4, const double (*xyz)[3])
{
    double *x = d4->xyz, *y = x + d4->ld, *z = y + d4->ld;
    for (size_t i = 0; i < d4->n; i++) {
        x[i] = xyz[d4->order[i]][0];
        y[i] = xyz[d4->order[i]][1];
        z[i] = xyz[d4->order[i]][2];
    }
    for (size_t i = 0; i < d4->n; i++) {
        double *restrict r2 = d4->r2 + i * d4->ld;
        for (size_t j = 0; j < d4->n; j++) {
            const double dx = x[i] - x[j], dy = y[i] - y[j], dz = z[i] - z[j];
            r2[j] = dx * dx + dy * dy + dz * dz;
        }
    }
}

static void update_coordination(DispersionD4 *d4)
{
    memset(d4->cn, 0, d4->n * sizeof(double));
    for (size_t i = 0; i < d4->n; i++) {
        double *restrict slope = d4->count_slope + i * d4->ld;
        const size_t padded = kernels_padded(i);
        for (size_t j = 0; j < i; j++) {
            const double *par =
                d4->cn_pair + 3 * ((size_t)d4->kind[i] * d4->n_kinds + (size_t)d4->kind[j]);
            const double r2 = d4->r2[i * d4->ld + j];
            const double t = KCN * (sqrt(r2) - par[0]) / par[0];
            slope[j] = -t * t;
            if (r2 > par[2])
                continue;
            const double count = 0.5 * par[1] * erfc(t);
            d4->cn[i] += count;
            d4->cn[j] += count;
        }
        d4->kernels->exponentials(padded, slope, slope);
        for (size_t j = 0; j < i; j++) {
            const double *par =
                d4->cn_pair + 3 * ((size_t)d4->kind[i] * d4->n_kinds + (size_t)d4->kind[j]);
            const double r2 = d4->r2[i * d4->ld + j];
            slope[j] *= r2 > par[2] ? 0.0 : -par[1] * KCN / (SQRT_PI * par[0] * sqrt(r2));
        }
    }
}

/// exp(-GAUSS (CN - CN_ref)^2) of all entries.
static void update_gaussians(DispersionD4 *d4)
{
    for (size_t e = 0; e < d4->n_entries; e++) {
        const double difference = d4->cn[d4->entry_place[e]] - d4->ref_cn[d4->entry[e] / d4->ld];
        d4->entry_inner[e] = -GAUSS * difference * difference;
    }
    d4->kernels->exponentials(kernels_padded(d4->n_entries), d4->entry_inner, d4->entry_outer);
    for (size_t e = 0; e < d4->n_entries; e++)
        d4->weight[d4->entry[e]] = d4->entry_outer[e];
}

/// Weights and their slopes of the references of one place, from the Gaussians in their place.
static void update_weights_of(DispersionD4 *d4, size_t i)
{
    const size_t k = (size_t)d4->kind[i];
    const size_t first = d4->first_ref[k], end = d4->first_ref[k + 1];
    double *weight = d4->weight + i, *slope = d4->weight_slope + i;
    double norm = 0.0, norm_slope = 0.0;
    for (size_t a = first; a < end; a++) {
        const double difference = d4->cn[i] - d4->ref_cn[a], first_gauss = weight[a * d4->ld];
        double e = 0.0, e_slope = 0.0, gauss = 1.0;
        for (int s = 1; s <= d4->ref_gauss[a]; s++) {
            gauss *= first_gauss; // exp(-s x)
            e += gauss;
            e_slope -= 2.0 * GAUSS * s * difference * gauss;
        }
        weight[a * d4->ld] = e;
        slope[a * d4->ld] = e_slope;
        norm += e;
        norm_slope += e_slope;
    }

    // So far above every reference that the Gaussians vanish: the highest one counts alone.
    if (norm <= sqrt(DBL_MIN)) {
        size_t highest = first;
        for (size_t a = first; a < end; a++) {
            weight[a * d4->ld] = slope[a * d4->ld] = 0.0;
            if (d4->ref_cn[a] > d4->ref_cn[highest])
                highest = a;
        }
        weight[highest * d4->ld] = 1.0;
        return;
    }
    for (size_t a = first; a < end; a++) {
        weight[a * d4->ld] /= norm;
        slope[a * d4->ld] = (slope[a * d4->ld] - weight[a * d4->ld] * norm_slope) / norm;
    }
}

/// The smooth end, for the few molecules that are long enough.
static void cut_off_row(DispersionD4 *d4, size_t i)
{
    const double inner = CUTOFF.range - CUTOFF.width;
    double *f = d4->f + i * d4->ld, *h = d4->h + i * d4->ld;
    for (size_t j = 0; j < d4->n; j++) {
        const double r2 = d4->r2[i * d4->ld + j];
        if (r2 <= inner * inner)
            continue;
        const double r = sqrt(r2);
        double slope;
        const double s = smooth_cutoff(&CUTOFF, r, &slope);
        h[j] = s * h[j] + slope / r * f[j];
        f[j] *= s;
    }
}

static void update_pairs(DispersionD4 *d4)
{
    for (size_t i = 0; i < d4->n; i++) {
        double *f = d4->f + i * d4->ld, *h = d4->h + i * d4->ld;
        for (size_t l = 0; l < d4->n_kinds; l++) {
            const size_t place = d4->first_place[l];
            const size_t kl = (size_t)d4->kind[i] * d4->n_kinds + l;
            d4->kernels->damped_pair_row(d4->first_place[l + 1] - place, d4->pair + 4 * kl,
                                         d4->r2 + i * d4->ld + place, f + place, h + place);
        }
        cut_off_row(d4, i);
        f[i] = h[i] = 0.0;
    }
}

static void update_three_body(DispersionD4 *d4)
{
    memset(d4->three_body_cn_slope, 0, d4->n * sizeof(double));
    for (size_t k = 0; k < d4->n_kinds; k++) {
        for (size_t a = d4->first_ref[k]; a < d4->first_ref[k + 1]; a++) {
            for (size_t i = d4->first_place[k]; i < d4->first_place[k + 1]; i++) {
                const size_t ia = a * d4->ld + i;
                d4->g[ia] = d4->weight[ia] * d4->zeta_zero[a];
                d4->g_cn[ia] = d4->weight_slope[ia] * d4->zeta_zero[a];
            }
        }
    }
    pair_coefficients(d4, d4->g, d4->c6);
    d4->three_body =
        axilrod_teller_update(&d4->atm, d4->s9, d4->xyz, d4->ld, d4->kind, d4->damping, d4->n_kinds,
                              d4->c6, d4->ld, d4->three_body_gradient, d4->share);

    // dE3/dCN_i = 1/2 sum_j share_ij/C_ij dC_ij/dCN_i: the products of E2 with share/C in place of
    // f.
    for (size_t i = 0; i < d4->n; i++)
        for (size_t j = 0; j < d4->n; j++)
            d4->share[i * d4->ld + j] /= d4->c6[i * d4->ld + j];
    sum_over_partners(d4, d4->share, d4->g, d4->x);
    apply_reference_c6(d4, d4->x, d4->y);
    add_reference_sums(d4, 0.5, d4->g_cn, d4->y, d4->three_body_cn_slope);
}

void dispersion_d4_update(DispersionD4 *d4, const double (*xyz)[3])
{
    update_distances(d4, xyz);
    update_coordination(d4);
    update_gaussians(d4);
    for (size_t i = 0; i < d4->n; i++)
        update_weights_of(d4, i);
    update_pairs(d4);
    update_three_body(d4);
    d4->evaluated = false;
}

// ------------------------------------------------------------------------------ per evaluation

/// G and its slopes at these charges; the formula is in charge_scaling().
static void update_scaling(DispersionD4 *d4, const double *charges)
{
    const size_t padded = kernels_padded(d4->n_entries);
    double *restrict inner = d4->entry_inner, *restrict outer = d4->entry_outer;
    const double *restrict c = d4->entry_steepness, *restrict reference = d4->entry_reference;
    double *restrict u = d4->slope; // by place
    for (size_t i = 0; i < d4->n; i++)
        u[i] = d4->zeff[d4->kind[i]] + charges[d4->order[i]];
    for (size_t e = 0; e < d4->n_entries; e++) {
        // Below 0 the limit from above, where exp(c (1 - u_ref/u)) has long vanished.
        const double at = u[d4->entry_place[e]];
        inner[e] = at > 0.0 ? c[e] * (1.0 - reference[e] / at) : -INFINITY;
    }
    d4->kernels->exponentials(padded, inner, inner);
    for (size_t e = 0; e < d4->n_entries; e++)
        outer[e] = GA * (1.0 - inner[e]);
    d4->kernels->exponentials(padded, outer, outer);
    for (size_t e = 0; e < d4->n_entries; e++) {
        const size_t ia = d4->entry[e];
        const double at = u[d4->entry_place[e]];
        const bool counts = d4->weight[ia] >= WEIGHT_DROP;
        const double zeta = counts ? outer[e] : 0.0;
        // For tiny u, t is zero before 1/u^2 is infinite.
        const bool rises = counts && at > 0.0 && inner[e] > VANISHED;
        d4->g[ia] = d4->weight[ia] * zeta;
        d4->g_cn[ia] = d4->weight_slope[ia] * zeta;
        d4->g_q[ia] =
            rises ? d4->weight[ia] * -GA * c[e] * inner[e] * zeta * reference[e] / (at * at) : 0.0;
    }
}

/// G and its slopes at these charges, then Y = (f G C)^T; returns E2 = -1/2 sum_ia G_ia Y_ia.
static double evaluate(DispersionD4 *d4, const double *charges)
{
    if (d4->evaluated && memcmp(d4->charges, charges, d4->n * sizeof(double)) == 0)
        return d4->two_body;
    update_scaling(d4, charges);
    sum_over_partners(d4, d4->f, d4->g, d4->x);
    apply_reference_c6(d4, d4->x, d4->y);

    double sum = 0.0;
    for (size_t k = 0; k < d4->n_kinds; k++)
        for (size_t a = d4->first_ref[k]; a < d4->first_ref[k + 1]; a++)
            for (size_t i = d4->first_place[k]; i < d4->first_place[k + 1]; i++)
                sum += d4->g[a * d4->ld + i] * d4->y[a * d4->ld + i];
    memcpy(d4->charges, charges, d4->n * sizeof(double));
    d4->evaluated = true;
    d4->two_body = -0.5 * sum;
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

/// The slope of both energies through the coordination numbers.
static void add_coordination_slope(DispersionD4 *d4)
{
    const double *x = d4->xyz, *y = x + d4->ld, *z = y + d4->ld;
    double *gx = d4->slope, *gy = gx + d4->ld, *gz = gy + d4->ld;
    for (size_t i = 0; i < d4->n; i++) {
        for (size_t j = 0; j < i; j++) {
            const double s = (d4->cn_slope[i] + d4->cn_slope[j]) * d4->count_slope[i * d4->ld + j];
            const double dx = s * (x[i] - x[j]), dy = s * (y[i] - y[j]), dz = s * (z[i] - z[j]);
            gx[i] += dx, gy[i] += dy, gz[i] += dz;
            gx[j] -= dx, gy[j] -= dy, gz[j] -= dz;
        }
    }
}

void dispersion_d4_gradient(DispersionD4 *d4, const double *charges, double (*gradient)[3])
{
    evaluate(d4, charges);
    memcpy(d4->cn_slope, d4->three_body_cn_slope, d4->n * sizeof(double));
    add_reference_sums(d4, -1.0, d4->g_cn, d4->y, d4->cn_slope);

    memcpy(d4->slope, d4->three_body_gradient, 3 * d4->ld * sizeof(double));
    pair_coefficients(d4, d4->g, d4->c6);
    const double *x = d4->xyz, *y = x + d4->ld, *z = y + d4->ld;
    double *restrict gx = d4->slope, *restrict gy = gx + d4->ld, *restrict gz = gy + d4->ld;
    // Each atom adds to all others: twice the pairs, but no sum over j, so that the loop
    // vectorises.
    for (size_t i = 0; i < d4->n; i++) {
        const double *c6 = d4->c6 + i * d4->ld, *h = d4->h + i * d4->ld;
        for (size_t j = 0; j < d4->n; j++) {
            const double s = c6[j] * h[j];
            gx[j] += s * (x[i] - x[j]);
            gy[j] += s * (y[i] - y[j]);
            gz[j] += s * (z[i] - z[j]);
        }
    }
    add_coordination_slope(d4);
    for (size_t i = 0; i < d4->n; i++)
        for (size_t c = 0; c < 3; c++)
            gradient[d4->order[i]][c] += d4->slope[c * d4->ld + i];
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

const TermType TERM_DISPERSION_D4 = {.name = "dispersion D4",
                                     .update = term_update,
                                     .energy = term_energy,
                                     .potential = term_potential,
                                     .gradient = term_gradient};

const TermType TERM_DISPERSION_D4_THREE_BODY = {.name = "dispersion D4, three-body",
                                                .energy = term_three_body_energy};
