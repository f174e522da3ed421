// Part of kernels_body.c: the functions of distance of pairs of s and p shells, see pair_batch.h.

/// One term of a radial function and of its derivative with respect to t^2.
#define ADD_TERM(k, term)                                                                          \
    do {                                                                                           \
        const Vec add = (term);                                                                    \
        f[k] += add;                                                                               \
        d[k] -= mu * add;                                                                          \
    } while (0)

/// w of one primitive pair, 0 in the lanes where it is too far.
static inline Vec primitive_weight(const double *row, Vec r2, double mu_r2_max)
{
    const Vec x = load(row + PRIMITIVE_MU * PAIR_LANES) * r2;
    const Mask near = at_most(x, all_lanes(mu_r2_max));
    return masked(load(row + PRIMITIVE_WEIGHT * PAIR_LANES) * exp_of_minus(masked(x, near)), near);
}

/// Whether this and all further primitive pairs are too far in every lane.
static inline bool all_too_far(const double *row, double r2_min, double mu_r2_max)
{
    return row[PRIMITIVE_MU_MIN * PAIR_LANES] * r2_min > mu_r2_max;
}

__attribute__((always_inline)) static inline void
radial_of(const int la, const int lb, const bool multipoles, const PairBatch *batch,
          const PairShells *shells, Vec r2, double r2_min, double mu_r2_max)
{
    Vec f[RADIAL_MAX], d[RADIAL_MAX];
    const int n = (int)pair_n_radial(la, lb, multipoles);
    for (int k = 0; k < n; k++)
        f[k] = d[k] = all_lanes(0.0);
    const double *row = shells->primitive;
    for (size_t p = 0; p < shells->n_primitives; p++, row += PRIMITIVE_ROWS * PAIR_LANES) {
        if (all_too_far(row, r2_min, mu_r2_max))
            break;
        const Vec mu = load(row + PRIMITIVE_MU * PAIR_LANES),
                  s = load(row + PRIMITIVE_S * PAIR_LANES),
                  q = load(row + PRIMITIVE_Q * PAIR_LANES),
                  h = load(row + PRIMITIVE_H * PAIR_LANES);
        const Vec w = primitive_weight(row, r2, mu_r2_max);
        if (la == 0 && lb == 0) {
            ADD_TERM(0, w);
            if (multipoles) {
                const Vec ws = w * s;
                ADD_TERM(1, ws);
                ADD_TERM(2, ws * s);
            }
        } else if (la == 0 || lb == 0) {
            const Vec wx = w * (la == 0 ? s : q), wxs = wx * s, wh = w * h;
            ADD_TERM(0, wx);
            if (multipoles) {
                ADD_TERM(1, wxs);
                ADD_TERM(2, wh);
                ADD_TERM(3, wxs * s);
                ADD_TERM(4, wh * s);
            }
        } else {
            const Vec wh = w * h, wq = w * q, wqs = wq * s;
            ADD_TERM(0, wqs);
            ADD_TERM(1, wh);
            if (multipoles) {
                const Vec wqs2 = wqs * s, wsh = wh * s, wqh = wh * q;
                ADD_TERM(2, wqs2);
                ADD_TERM(3, wsh);
                ADD_TERM(4, wqh);
                ADD_TERM(5, wqs2 * s);
                ADD_TERM(6, wsh * s);
                ADD_TERM(7, wqh * s);
                ADD_TERM(8, wh * h);
            }
        }
    }
    double *const value = batch->data + shells->value;
    for (size_t k = 0; k < (size_t)n; k++) {
        store(value + k * PAIR_LANES, f[k]);
        store(value + (pair_n_radial(la, lb, true) + k) * PAIR_LANES, d[k]);
    }
}
#undef ADD_TERM

static void radial(const PairBatch *batch, const PairShells *shells, Vec r2, double r2_min,
                   double mu_r2_max)
{
    switch (4 * batch->moments + 2 * shells->la + shells->lb) {
    case 0:
        radial_of(0, 0, false, batch, shells, r2, r2_min, mu_r2_max);
        break;
    case 1:
        radial_of(0, 1, false, batch, shells, r2, r2_min, mu_r2_max);
        break;
    case 2:
        radial_of(1, 0, false, batch, shells, r2, r2_min, mu_r2_max);
        break;
    case 3:
        radial_of(1, 1, false, batch, shells, r2, r2_min, mu_r2_max);
        break;
    case 4:
        radial_of(0, 0, true, batch, shells, r2, r2_min, mu_r2_max);
        break;
    case 5:
        radial_of(0, 1, true, batch, shells, r2, r2_min, mu_r2_max);
        break;
    case 6:
        radial_of(1, 0, true, batch, shells, r2, r2_min, mu_r2_max);
        break;
    default:
        radial_of(1, 1, true, batch, shells, r2, r2_min, mu_r2_max);
    }
}
