// Part of kernels_body.c: slopes of the integrals of a batch of pairs of atoms, at fixed density. The
// formulas of the integrals are in pair_batch.h.

/// Slope with respect to t of sum A S + P (c.D + C:M): sum vec + C cv + c_factor c + z_factor z + radial t.
typedef struct {
    Vec vec[3], cv[3], c_factor, z_factor, radial;
} Slope;

/// Adds one pair of shells. a are the coefficients of the overlap, p the density.
__attribute__((always_inline)) static inline void
shells_slope(const int la, const int lb, const bool multipoles, const PairBatch *batch,
             const PairShells *shells, const Operator *op, const Vec *a_block, const Vec *p_block,
             size_t nb, Slope *slope)
{
    const Vec *t = op->t;
    const size_t n = pair_n_radial(la, lb, multipoles);
    Vec f[RADIAL_MAX], d[RADIAL_MAX];
    for (size_t k = 0; k < n; k++) {
        f[k] = value_of(batch, shells, k);
        d[k] = value_of(batch, shells, pair_n_radial(la, lb, true) + k);
    }
    if (la == 0 && lb == 0) {
        const Vec a = a_block[0], p = p_block[0];
        slope->radial += d[0] * a;
        if (multipoles) {
            slope->radial += p * (d[1] * op->ct + d[2] * op->zt);
            slope->c_factor += f[1] * p;
            slope->z_factor += 2.0 * f[2] * p;
        }
    } else if (la == 0 || lb == 0) {
        Vec a[3], p[3];
        for (int x = 0; x < 3; x++) {
            a[x] = a_block[la == 0 ? ALONG[x] : ALONG[x] * nb];
            p[x] = p_block[la == 0 ? ALONG[x] : ALONG[x] * nb];
        }
        const double sign = la == 0 ? 1.0 : -1.0;
        const Vec at = sign * dot3(a, t);
        slope->radial += d[0] * at;
        for (int x = 0; x < 3; x++)
            slope->vec[x] += sign * f[0] * a[x];
        if (multipoles) {
            const Vec pt = sign * dot3(p, t), pc = dot3(p, op->c), pz = 2.0 * dot3(p, op->z);
            slope->radial += pt * (d[1] * op->ct + d[3] * op->zt) + d[2] * pc + d[4] * pz;
            slope->c_factor += f[1] * pt;
            slope->z_factor += 2.0 * f[3] * pt;
            const Vec of_p = sign * (f[1] * op->ct + f[3] * op->zt);
            for (int x = 0; x < 3; x++) {
                slope->vec[x] += of_p * p[x];
                slope->cv[x] += 2.0 * f[4] * p[x];
            }
        }
    } else {
        Vec a[3][3], p[3][3], at[3], u[3], v[3];
        for (int x = 0; x < 3; x++)
            for (int y = 0; y < 3; y++) {
                a[x][y] = a_block[ALONG[x] * nb + ALONG[y]];
                p[x][y] = p_block[ALONG[x] * nb + ALONG[y]];
            }
        for (int x = 0; x < 3; x++) {
            at[x] = (a[x][0] + a[0][x]) * t[0] + (a[x][1] + a[1][x]) * t[1] +
                    (a[x][2] + a[2][x]) * t[2];
            slope->vec[x] -= f[0] * at[x];
        }
        slope->radial += d[1] * (a[0][0] + a[1][1] + a[2][2]) - 0.5 * d[0] * dot3(t, at);
        if (!multipoles)
            return;
        for (int x = 0; x < 3; x++) {
            u[x] = p[x][0] * t[0] + p[x][1] * t[1] + p[x][2] * t[2];
            v[x] = p[0][x] * t[0] + p[1][x] * t[1] + p[2][x] * t[2];
        }
        const Vec tpt = dot3(t, u), trace = p[0][0] + p[1][1] + p[2][2];
        const Vec *m = op->tensor;
        const Vec pm = p[0][0] * m[XX] + p[1][1] * m[YY] + p[2][2] * m[ZZ] +
                       (p[0][1] + p[1][0]) * m[XY] + (p[0][2] + p[2][0]) * m[XZ] +
                       (p[1][2] + p[2][1]) * m[YZ];
        slope->radial += tpt * -(d[2] * op->ct + d[5] * op->zt) +
                         trace * (d[3] * op->ct + d[6] * op->zt) + d[3] * dot3(op->c, u) -
                         d[4] * dot3(op->c, v) + 2.0 * d[6] * dot3(op->z, u) -
                         2.0 * d[7] * dot3(op->z, v) + 2.0 * d[8] * pm;
        slope->c_factor += f[3] * trace - f[2] * tpt;
        slope->z_factor += 2.0 * (f[6] * trace - f[5] * tpt);
        const Vec of_uv = f[2] * op->ct + f[5] * op->zt;
        Vec left[3], right[3];
        for (int x = 0; x < 3; x++) {
            left[x] = f[3] * op->c[x] + 2.0 * f[6] * op->z[x];
            right[x] = f[4] * op->c[x] + 2.0 * f[7] * op->z[x];
            slope->cv[x] += 2.0 * (f[6] * u[x] - f[7] * v[x]);
        }
        for (int x = 0; x < 3; x++)
            slope->vec[x] += p[0][x] * left[0] + p[1][x] * left[1] + p[2][x] * left[2] -
                             (p[x][0] * right[0] + p[x][1] * right[1] + p[x][2] * right[2]) -
                             of_uv * (u[x] + v[x]);
    }
}

static void block_slope(const PairBatch *batch, const PairShells *shells, double mu_r2_max,
                        const Operator *op, const Vec *a_block, const Vec *p_block, Slope *slope)
{
    const int la = shells->la, lb = shells->lb;
    Cartesians k;
    Vec factor[MOMENTS];
    for (int x = 0; x < 3; x++)
        factor[1 + x] = op->c[x];
    for (int c = 0; c < TENSOR; c++)
        factor[4 + c] = c == XX || c == YY || c == ZZ ? op->tensor[c] : 2.0 * op->tensor[c];
    for (int i = 0; i < N_CARTESIAN[la]; i++)
        for (int j = 0; j < N_CARTESIAN[lb]; j++) {
            k[0][i][j] = all_lanes(0.0);
            k[1][i][j] = all_lanes(0.0);
        }
    for (int i = 0; i < 2 * la + 1; i++)
        for (int j = 0; j < 2 * lb + 1; j++) {
            const Harmonic *hi = &HARMONIC[la][i], *hj = &HARMONIC[lb][j];
            const size_t e = (size_t)i * batch->kind->nb + (size_t)j;
            for (int m = 0; m < hi->n; m++)
                for (int n = 0; n < hj->n; n++) {
                    const double c = hi->factor[m] * hj->factor[n];
                    k[0][hi->index[m]][hj->index[n]] += c * a_block[e];
                    k[1][hi->index[m]][hj->index[n]] += c * p_block[e];
                }
        }
    for (int i = 0; i < N_CARTESIAN[la]; i++)
        for (int j = 0; j < N_CARTESIAN[lb]; j++) {
            const Vec p = k[1][i][j];
            for (int c = 1; c < MOMENTS; c++)
                k[c][i][j] = factor[c] * p;
        }
    const Vec r2 = load(batch->data + PAIR_SCREEN);
    moment_slope(shells, op->t, r2, smallest_of(r2), mu_r2_max, k, slope->vec);
}

__attribute__((always_inline)) static inline void
gradient_of_batch(const bool multipoles, const PairBatch *batch, double mu_r2_max,
                  const double (*atoms)[PAIR_ATOM_ROW], const double *density,
                  const double *weighted, size_t ld, double (*gradient)[3])
{
    const PairKind *kind = batch->kind;
    Vec p[BLOCK_MAX], a[BLOCK_MAX];
    ShellLanes lanes;
    Operator op;
    load_atoms(atoms, batch->a, 0, lanes.a);
    load_atoms(atoms, batch->b, 0, lanes.b);
    if (multipoles)
        load_operator(batch, atoms, &op);
    else
        load_no_operator(batch, &op);
    gather(batch, density, ld, p);
    gather(batch, weighted, ld, a);

    Slope slope = {.radial = all_lanes(0.0)};
    DensityMoments sum = {.along = all_lanes(0.0)};
    Vec of_distance = all_lanes(0.0), overlap = all_lanes(0.0);
    for (size_t k = 0; k < kind->n_shells; k++) {
        const PairShells *shells = &kind->shells[k];
        const size_t first = shells->i * kind->nb + shells->j, nb = kind->nb;
        const Vec of = of_overlap(&lanes, batch, shells, op.c0),
                  ps = load(batch->data + shells->population);
        for (size_t i = 0; i < (size_t)(2 * shells->la + 1); i++)
            for (size_t j = 0; j < (size_t)(2 * shells->lb + 1); j++) {
                const size_t e = first + i * nb + j;
                a[e] = of * p[e] - a[e];
            }
        switch (3 * shells->la + shells->lb) {
        case 0:
            shells_slope(0, 0, multipoles, batch, shells, &op, a + first, p + first, nb, &slope);
            break;
        case 1:
            shells_slope(0, 1, multipoles, batch, shells, &op, a + first, p + first, nb, &slope);
            break;
        case 3:
            shells_slope(1, 0, multipoles, batch, shells, &op, a + first, p + first, nb, &slope);
            break;
        case 4:
            shells_slope(1, 1, multipoles, batch, shells, &op, a + first, p + first, nb, &slope);
            break;
        default:
            block_slope(batch, shells, mu_r2_max, &op, a + first, p + first, &slope);
        }
        if (multipoles)
            moments_of_shells(true, batch, shells, op.t, p + first, nb, &sum);
        of_distance += (lanes.a[shells->shell_a] + lanes.b[shells->shell_b]) *
                       load(batch->data + shells->factor_slope) * ps;
        overlap += ps;
    }

    // Both triangles of the matrices: twice the slope of one.
    const Vec of_t = 4.0 * slope.radial + of_distance / load(batch->data + PAIR_R);
    Vec g[3], ccv[3] = {all_lanes(0.0)}, moved[3] = {all_lanes(0.0)};
    if (multipoles) {
        Vec d[3];
        for (int x = 0; x < 3; x++)
            d[x] = sum.along * op.t[x] + sum.d[x];
        tensor_times(op.tensor, slope.cv, ccv);
        // The operator itself moves with a: c0 and c depend on t.
        tensor_times(op.tensor_a, d, moved);
    }
    for (int x = 0; x < 3; x++) {
        g[x] = of_t * op.t[x] + 2.0 * slope.vec[x];
        if (multipoles)
            g[x] +=
                2.0 * (ccv[x] + slope.c_factor * op.c[x] + slope.z_factor * op.z[x] + moved[x]) -
                overlap * op.move[x];
    }
    for (size_t l = 0; l < batch->n; l++)
        for (int x = 0; x < 3; x++) {
            gradient[batch->a[l]][x] += g[x][l];
            gradient[batch->b[l]][x] -= g[x][l];
        }
}

static void batch_gradient(const PairBatch *batch, double mu_r2_max,
                           const double (*atoms)[PAIR_ATOM_ROW], const double *density,
                           const double *weighted, size_t ld, double (*gradient)[3])
{
    if (batch->multipoles)
        gradient_of_batch(true, batch, mu_r2_max, atoms, density, weighted, ld, gradient);
    else
        gradient_of_batch(false, batch, mu_r2_max, atoms, density, weighted, ld, gradient);
}
