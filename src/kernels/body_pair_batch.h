// Part of kernels_body.c: everything that is done with a batch of pairs of atoms. The formulas of the
// integrals are in pair_batch.h.

/// Orbital of a p shell (y z x) that points along x, y, z.
static const size_t ALONG[3] = {2, 0, 1};

/// A symmetric tensor is stored xx xy yy xz yz zz.
enum { XX, XY, YY, XZ, YZ, ZZ, TENSOR };

static inline Vec dot3(const Vec a[3], const Vec b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline void tensor_times(const Vec m[TENSOR], const Vec v[3], Vec out[3])
{
    out[0] = m[XX] * v[0] + m[XY] * v[1] + m[XZ] * v[2];
    out[1] = m[XY] * v[0] + m[YY] * v[1] + m[YZ] * v[2];
    out[2] = m[XZ] * v[0] + m[YZ] * v[1] + m[ZZ] * v[2];
}

static inline void load_t(const PairBatch *batch, Vec t[3])
{
    for (int x = 0; x < 3; x++)
        t[x] = load(batch->data + PAIR_T + x * PAIR_LANES);
}

/// K_st Pi_st(R) and its slope.
static inline void distance_factor(const PairBatch *batch, const PairShells *shells, Vec u, Vec r)
{
    const Vec pa = load(batch->kind->polynomial_a + shells->shell_a * PAIR_LANES),
              pb = load(batch->kind->polynomial_b + shells->shell_b * PAIR_LANES),
              scale = load(shells->scale);
    const Vec fa = 1.0 + pa * u, fb = 1.0 + pb * u;
    store(batch->data + shells->factor, scale * fa * fb);
    store(batch->data + shells->factor_slope, scale * (pa * fb + pb * fa) * u / (2.0 * r));
}

static inline double smallest_of(Vec x)
{
    double smallest = x[0];
    for (int l = 1; l < PAIR_LANES; l++)
        smallest = x[l] < smallest ? x[l] : smallest;
    return smallest;
}

static void batch_update(PairBatch *batch, const double (*xyz)[3], double mu_r2_max, double r_max)
{
    const PairKind *kind = batch->kind;
    Vec t[3];
    for (int x = 0; x < 3; x++) {
        for (int l = 0; l < PAIR_LANES; l++)
            t[x][l] = xyz[batch->a[l]][x] - xyz[batch->b[l]][x];
        store(batch->data + PAIR_T + x * PAIR_LANES, t[x]);
    }
    Vec r2 = dot3(t, t);
    const Vec r = root_of(r2);
    store(batch->data + PAIR_R, r);
    const double r2_min = smallest_of(r2);
    batch->near = r2_min <= r_max * r_max;
    if (!batch->near)
        return;
    // Pairs beyond r_max keep no primitive: the threshold is as good as infinitely exceeded.
    const Mask within = at_most(r2, all_lanes(r_max * r_max));
    r2 = select_of(within, r2, all_lanes(1e200));
    store(batch->data + PAIR_SCREEN, r2);
    const Vec u = kind->on_site ? r : root_of(r / load(kind->radius));
    for (size_t k = 0; k < kind->n_shells; k++) {
        const PairShells *shells = &kind->shells[k];
        if (!kind->on_site)
            distance_factor(batch, shells, u, r);
        if (shells->la < 2 && shells->lb < 2)
            radial(batch, shells, r2, r2_min, mu_r2_max);
        else
            moment_block(batch, shells, t, r2, r2_min, mu_r2_max);
    }
}

static inline Vec value_of(const PairBatch *batch, const PairShells *shells, size_t k)
{
    return load(batch->data + shells->value + k * PAIR_LANES);
}

static void batch_overlap(const PairBatch *batch, double *overlap, size_t ld)
{
    const PairKind *kind = batch->kind;
    Vec t[3], block[BLOCK_MAX];
    load_t(batch, t);
    for (size_t k = 0; k < kind->n_shells; k++) {
        const PairShells *shells = &kind->shells[k];
        const int la = shells->la, lb = shells->lb;
        Vec *out = block + shells->i * kind->nb + shells->j;
        if (la >= 2 || lb >= 2) {
            for (size_t i = 0, e = 0; i < (size_t)(2 * la + 1); i++)
                for (size_t j = 0; j < (size_t)(2 * lb + 1); j++, e++)
                    out[i * kind->nb + j] = value_of(batch, shells, e);
            continue;
        }
        const Vec f0 = value_of(batch, shells, 0);
        if (la == 0 && lb == 0)
            out[0] = f0;
        for (int x = 0; x < 3 && la == 0 && lb == 1; x++)
            out[ALONG[x]] = f0 * t[x];
        for (int x = 0; x < 3 && la == 1 && lb == 0; x++)
            out[ALONG[x] * kind->nb] = -f0 * t[x];
        for (int x = 0; x < 3 && la == 1 && lb == 1; x++)
            for (int y = 0; y < 3; y++) {
                Vec v = -f0 * t[x] * t[y];
                if (x == y)
                    v += value_of(batch, shells, 1);
                out[ALONG[x] * kind->nb + ALONG[y]] = v;
            }
    }
    scatter(batch, block, overlap, ld);
}

/// The potentials of both atoms as one operator about b, with the factor -1/2 of the Hamiltonian:
/// -1/2 (D^A.v_A + D^B.v_B + Q^A:V_A + Q^B:V_B) = -1/2 c0 S + c.D + C:M.
typedef struct {
    Vec t[3];
    Vec c0, c[3], tensor[TENSOR];
    Vec ct, z[3], zt;     ///< c.t; C t; t.C t
    Vec tensor_a[TENSOR]; ///< of atom a alone, without the factor
    Vec move[3];          ///< slope of c0 with respect to t
} Operator;

static inline void load_operator(const PairBatch *batch, const double (*atoms)[PAIR_ATOM_ROW],
                                 Operator *op)
{
    Vec a[PAIR_LANES], b[PAIR_LANES], et[3];
    load_t(batch, op->t);
    load_atoms(atoms, batch->a, 8, a);
    load_atoms(atoms, batch->b, 8, b);
    for (int c = XX; c < ZZ; c++) {
        op->tensor_a[c] = a[3 + c];
        op->tensor[c] = -0.5 * (a[3 + c] + b[3 + c]);
    }
    op->tensor_a[ZZ] = -(op->tensor_a[XX] + op->tensor_a[YY]);
    op->tensor[ZZ] = -(op->tensor[XX] + op->tensor[YY]);
    tensor_times(op->tensor_a, op->t, et);
    for (int x = 0; x < 3; x++) {
        op->c[x] = et[x] - 0.5 * (a[x] + b[x]);
        op->move[x] = 2.0 * et[x] - a[x];
    }
    op->c0 = dot3(op->t, et) - dot3(op->t, a);
    op->ct = dot3(op->c, op->t);
    tensor_times(op->tensor, op->t, op->z);
    op->zt = dot3(op->z, op->t);
}

/// The operator of a method without multipoles.
static inline void load_no_operator(const PairBatch *batch, Operator *op)
{
    *op = (Operator){.c0 = all_lanes(0.0)};
    load_t(batch, op->t);
}

/// Levels and potentials of the shells of both atoms.
typedef struct {
    Vec a[PAIR_LANES], b[PAIR_LANES]; ///< [0..2] eps, [4..6] V
} ShellLanes;

/// 1/2 (eps_s + eps_t) K Pi - 1/2 (V_s + V_t + c0): what multiplies the overlap.
static inline Vec of_overlap(const ShellLanes *lanes, const PairBatch *batch,
                             const PairShells *shells, Vec c0)
{
    const int s = shells->shell_a, t = shells->shell_b;
    return 0.5 * ((lanes->a[s] + lanes->b[t]) * load(batch->data + shells->factor) -
                  (lanes->a[4 + s] + lanes->b[4 + t] + c0));
}

/// Places in the symmetric tensor.
static const int PLACE[3][3] = {{XX, XY, XZ}, {XY, YY, YZ}, {XZ, YZ, ZZ}};

/// The Hamiltonian of one pair of shells; of is what multiplies the overlap.
__attribute__((always_inline)) static inline void
shells_fock(const int la, const int lb, const bool multipoles, const PairBatch *batch,
            const PairShells *shells, const Operator *op, Vec of, size_t nb, Vec *out)
{
    const Vec *t = op->t;
    Vec f[RADIAL_MAX];
    for (size_t k = 0; k < pair_n_radial(la, lb, multipoles); k++)
        f[k] = value_of(batch, shells, k);
    if (la == 0 && lb == 0) {
        out[0] = f[0] * of;
        if (multipoles)
            out[0] += f[1] * op->ct + f[2] * op->zt;
    } else if (la == 0 || lb == 0) {
        Vec along = f[0] * of;
        if (multipoles)
            along += f[1] * op->ct + f[3] * op->zt;
        for (int x = 0; x < 3; x++) {
            Vec v = la == 0 ? along * t[x] : -along * t[x];
            if (multipoles)
                v += f[2] * op->c[x] + 2.0 * f[4] * op->z[x];
            out[la == 0 ? ALONG[x] : ALONG[x] * nb] = v;
        }
    } else {
        Vec along = -f[0] * of, diagonal = f[1] * of, left[3], right[3];
        if (multipoles) {
            along -= f[2] * op->ct + f[5] * op->zt;
            diagonal += f[3] * op->ct + f[6] * op->zt;
        }
        for (int x = 0; x < 3; x++) {
            left[x] = along * t[x];
            if (multipoles) {
                left[x] += f[3] * op->c[x] + 2.0 * f[6] * op->z[x];
                right[x] = f[4] * op->c[x] + 2.0 * f[7] * op->z[x];
            }
        }
        for (int x = 0; x < 3; x++)
            for (int y = 0; y < 3; y++) {
                Vec v = left[x] * t[y];
                if (multipoles)
                    v += 2.0 * f[8] * op->tensor[PLACE[x][y]] - t[x] * right[y];
                if (x == y)
                    v += diagonal;
                out[ALONG[x] * nb + ALONG[y]] = v;
            }
    }
}

/// Factors of the kept moments of a block: x y z, xx-zz xy yy-zz xz yz.
static inline void block_factors(const Operator *op, Vec k[BLOCK_MOMENTS - 1])
{
    for (int x = 0; x < 3; x++)
        k[x] = op->c[x];
    for (int c = XX; c < ZZ; c++)
        k[3 + c] = c == XX || c == YY ? op->tensor[c] : 2.0 * op->tensor[c];
}

static void block_fock(const PairBatch *batch, const PairShells *shells, bool multipoles,
                       const Operator *op, Vec of, size_t nb, Vec *out)
{
    const size_t ni = (size_t)(2 * shells->la + 1), nj = (size_t)(2 * shells->lb + 1);
    Vec k[BLOCK_MOMENTS - 1];
    block_factors(op, k);
    for (size_t i = 0, e = 0; i < ni; i++)
        for (size_t j = 0; j < nj; j++, e++) {
            Vec v = of * value_of(batch, shells, e);
            for (size_t c = 0; c < BLOCK_MOMENTS - 1 && multipoles; c++)
                v += k[c] * value_of(batch, shells, (1 + c) * ni * nj + e);
            out[i * nb + j] = v;
        }
}

__attribute__((always_inline)) static inline void fock_of(const bool multipoles,
                                                          const PairBatch *batch,
                                                          const double (*atoms)[PAIR_ATOM_ROW],
                                                          Vec *block)
{
    const PairKind *kind = batch->kind;
    ShellLanes lanes;
    Operator op;
    load_atoms(atoms, batch->a, 0, lanes.a);
    load_atoms(atoms, batch->b, 0, lanes.b);
    if (multipoles)
        load_operator(batch, atoms, &op);
    else
        load_no_operator(batch, &op);
    for (size_t k = 0; k < kind->n_shells; k++) {
        const PairShells *shells = &kind->shells[k];
        const Vec of = of_overlap(&lanes, batch, shells, op.c0);
        Vec *out = block + shells->i * kind->nb + shells->j;
        switch (3 * shells->la + shells->lb) {
        case 0:
            shells_fock(0, 0, multipoles, batch, shells, &op, of, kind->nb, out);
            break;
        case 1:
            shells_fock(0, 1, multipoles, batch, shells, &op, of, kind->nb, out);
            break;
        case 3:
            shells_fock(1, 0, multipoles, batch, shells, &op, of, kind->nb, out);
            break;
        case 4:
            shells_fock(1, 1, multipoles, batch, shells, &op, of, kind->nb, out);
            break;
        default:
            block_fock(batch, shells, multipoles, &op, of, kind->nb, out);
        }
    }
}

static void batch_fock(const PairBatch *batch, const double (*atoms)[PAIR_ATOM_ROW], double *fock,
                       size_t ld)
{
    Vec block[BLOCK_MAX];
    if (batch->multipoles)
        fock_of(true, batch, atoms, block);
    else
        fock_of(false, batch, atoms, block);
    scatter(batch, block, fock, ld);
}

/// Moments of the density about b, sum P (S, D, M): D = along t + d, M = along2 t t + (y t + t y) + m,
/// without what only changes the trace of M.
typedef struct {
    Vec along, d[3], along2, y[3], m[TENSOR];
} DensityMoments;

/// The same for one pair of shells; returns sum P S.
__attribute__((always_inline)) static inline Vec
shells_moments(const int la, const int lb, const bool multipoles, const PairBatch *batch,
               const PairShells *shells, const Vec t[3], const Vec *density, size_t nb,
               DensityMoments *sum)
{
    Vec f[RADIAL_MAX];
    for (size_t k = 0; k < pair_n_radial(la, lb, multipoles); k++)
        f[k] = value_of(batch, shells, k);
    if (la == 0 && lb == 0) {
        const Vec p = density[0];
        if (multipoles) {
            sum->along += f[1] * p;
            sum->along2 += f[2] * p;
        }
        return f[0] * p;
    }
    if (la == 0 || lb == 0) {
        Vec p[3];
        for (int x = 0; x < 3; x++)
            p[x] = density[la == 0 ? ALONG[x] : ALONG[x] * nb];
        const Vec tp = la == 0 ? dot3(t, p) : -dot3(t, p);
        if (multipoles) {
            sum->along += f[1] * tp;
            sum->along2 += f[3] * tp;
            for (int x = 0; x < 3; x++) {
                sum->d[x] += f[2] * p[x];
                sum->y[x] += f[4] * p[x];
            }
        }
        return f[0] * tp;
    }
    Vec p[3][3], u[3], v[3];
    for (int x = 0; x < 3; x++)
        for (int y = 0; y < 3; y++)
            p[x][y] = density[ALONG[x] * nb + ALONG[y]];
    for (int x = 0; x < 3; x++) {
        u[x] = p[x][0] * t[0] + p[x][1] * t[1] + p[x][2] * t[2];
        v[x] = p[0][x] * t[0] + p[1][x] * t[1] + p[2][x] * t[2];
    }
    const Vec tpt = dot3(t, u), trace = p[0][0] + p[1][1] + p[2][2];
    if (multipoles) {
        sum->along += f[3] * trace - f[2] * tpt;
        sum->along2 += f[6] * trace - f[5] * tpt;
        for (int x = 0; x < 3; x++) {
            sum->d[x] += f[3] * u[x] - f[4] * v[x];
            sum->y[x] += f[6] * u[x] - f[7] * v[x];
            for (int y = 0; y <= x; y++)
                sum->m[PLACE[x][y]] += f[8] * (p[x][y] + p[y][x]);
        }
    }
    return f[1] * trace - f[0] * tpt;
}

static Vec block_moments(const PairBatch *batch, const PairShells *shells, bool multipoles,
                         const Vec *density, size_t nb, DensityMoments *sum)
{
    const size_t ni = (size_t)(2 * shells->la + 1), nj = (size_t)(2 * shells->lb + 1);
    Vec total[BLOCK_MOMENTS];
    for (size_t c = 0; c < BLOCK_MOMENTS; c++)
        total[c] = all_lanes(0.0);
    for (size_t c = 0; c < (multipoles ? BLOCK_MOMENTS : 1); c++)
        for (size_t i = 0, e = c * ni * nj; i < ni; i++)
            for (size_t j = 0; j < nj; j++, e++)
                total[c] += density[i * nb + j] * value_of(batch, shells, e);
    for (int x = 0; x < 3; x++)
        sum->d[x] += total[1 + x];
    for (int c = XX; c < ZZ; c++)
        sum->m[c] += total[4 + c];
    return total[0];
}

__attribute__((always_inline)) static inline Vec
moments_of_shells(const bool multipoles, const PairBatch *batch, const PairShells *shells,
                  const Vec t[3], const Vec *density, size_t nb, DensityMoments *sum)
{
    switch (3 * shells->la + shells->lb) {
    case 0:
        return shells_moments(0, 0, multipoles, batch, shells, t, density, nb, sum);
    case 1:
        return shells_moments(0, 1, multipoles, batch, shells, t, density, nb, sum);
    case 3:
        return shells_moments(1, 0, multipoles, batch, shells, t, density, nb, sum);
    case 4:
        return shells_moments(1, 1, multipoles, batch, shells, t, density, nb, sum);
    default:
        return block_moments(batch, shells, multipoles, density, nb, sum);
    }
}

/// Raw sums in the order of the rows of the atoms: x y z, xx-zz xy yy-zz xz yz.
static inline void moments_about_b(const DensityMoments *sum, const Vec t[3], Vec out[PAIR_LANES])
{
    static const int X[TENSOR] = {0, 0, 1, 0, 1, 2}, Y[TENSOR] = {0, 1, 1, 2, 2, 2};
    Vec m[TENSOR];
    for (int x = 0; x < 3; x++)
        out[x] = sum->along * t[x] + sum->d[x];
    for (int c = 0; c < TENSOR; c++)
        m[c] = sum->m[c] + sum->along2 * t[X[c]] * t[Y[c]] + sum->y[X[c]] * t[Y[c]] +
               sum->y[Y[c]] * t[X[c]];
    for (int c = XX; c < ZZ; c++)
        out[3 + c] = c == XX || c == YY ? m[c] - m[ZZ] : m[c];
}

/// The same about a = b + t; overlap is sum P S.
static inline void move_to_a(const Vec t[3], Vec overlap, Vec m[PAIR_LANES])
{
    const Vec d[3] = {m[0], m[1], m[2]};
    const Vec zz = t[2] * (t[2] * overlap - 2.0 * d[2]);
    m[3 + XX] += t[0] * (t[0] * overlap - 2.0 * d[0]) - zz;
    m[3 + YY] += t[1] * (t[1] * overlap - 2.0 * d[1]) - zz;
    m[3 + XY] += t[0] * (t[1] * overlap - d[1]) - t[1] * d[0];
    m[3 + XZ] += t[0] * (t[2] * overlap - d[2]) - t[2] * d[0];
    m[3 + YZ] += t[1] * (t[2] * overlap - d[2]) - t[2] * d[1];
    for (int x = 0; x < 3; x++)
        m[x] -= t[x] * overlap;
}

__attribute__((always_inline)) static inline void moments_of_line(const bool multipoles,
                                                                  const PairBatch *batch,
                                                                  const double *density, size_t ld,
                                                                  double (*sums)[PAIR_ATOM_ROW])
{
    const PairKind *kind = batch->kind;
    Vec t[3], p[BLOCK_MAX], overlap = all_lanes(0.0), of_a[PAIR_LANES], of_b[PAIR_LANES];
    DensityMoments sum = {.along = all_lanes(0.0)};
    load_t(batch, t);
    gather(batch, density, ld, p);
    for (int k = 0; k < PAIR_LANES; k++)
        of_a[k] = of_b[k] = all_lanes(0.0);
    for (size_t k = 0; k < kind->n_shells; k++) {
        const PairShells *shells = &kind->shells[k];
        const Vec ps = moments_of_shells(multipoles, batch, shells, t,
                                         p + shells->i * kind->nb + shells->j, kind->nb, &sum);
        const Vec of_level = load(batch->data + shells->factor) * ps;
        store(batch->data + shells->population, ps);
        overlap += ps;
        of_a[shells->shell_a] += ps;
        of_a[4 + shells->shell_a] += of_level;
        of_b[shells->shell_b] += ps;
        of_b[4 + shells->shell_b] += of_level;
    }
    add_to_atoms(batch, batch->a, 0, of_a, sums);
    if (!kind->on_site)
        add_to_atoms(batch, batch->b, 0, of_b, sums);
    if (!multipoles)
        return;
    moments_about_b(&sum, t, of_b);
    for (int k = 0; k < PAIR_LANES; k++)
        of_a[k] = of_b[k];
    if (!kind->on_site)
        add_to_atoms(batch, batch->b, 8, of_b, sums);
    move_to_a(t, overlap, of_a);
    add_to_atoms(batch, batch->a, 8, of_a, sums);
}

static void batch_moments(const PairBatch *batch, const double *density, size_t ld,
                          double (*sums)[PAIR_ATOM_ROW])
{
    if (batch->multipoles)
        moments_of_line(true, batch, density, ld, sums);
    else
        moments_of_line(false, batch, density, ld, sums);
}
