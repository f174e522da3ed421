#include "scf/learnt_response.h"

#include <math.h>
#include <string.h>

#include "base/team.h"

enum {
    ATOMS = LEARNT_RESPONSE_ATOMS,
    VARIABLES = LEARNT_RESPONSE_VARIABLES,
    LINE = 16,
    // Own potentials, and those of the other atoms but for quadrupoles.
    QUADRUPOLE = 6,
    COLUMNS = VARIABLES + (ATOMS - 1) * (VARIABLES - QUADRUPOLE),
    WIDTH = (COLUMNS + LINE - 1) / LINE * LINE,
    ATOMS_TOGETHER = 8 ///< that a thread takes at a time
};

/// Farther atoms are no neighbours, bohr. Most bonded ones are nearer, also those of silicon; with 3.3 a siloxane takes twice as many
/// densities.
#define NEIGHBOURHOOD 4.0
/// P in directions of which nothing is known, or nothing has been heard for long: what is believed of chi there counts as much as a
/// pair with d^2 = 1/33. From 3 to 1000 the second
/// residual of water changes by a fifth.
#define MOST_DOUBT 33.0F

void learnt_response_layout(LearntResponse *response, Arena *arena, const Basis *basis,
                            bool multipoles)
{
    const size_t n_atoms = basis->n_atoms, n = basis->n_shells + (multipoles ? 9 * n_atoms : 0);
    response->n = n;
    response->n_atoms = n_atoms;
    response->n_own_only = multipoles ? QUADRUPOLE : 0;
    response->n_pairs = arena_kept(arena, sizeof *response->n_pairs);
    response->n_around = arena_kept(arena, n_atoms * sizeof *response->n_around);
    response->around = arena_kept(arena, n_atoms * ATOMS * sizeof *response->around);
    response->chi = arena_kept(arena, n_atoms * VARIABLES * WIDTH * sizeof(float));
    response->p = arena_kept(arena, n_atoms * COLUMNS * WIDTH * sizeof(float));
    response->grouped = arena_bytes(arena, n * sizeof(float));
    response->missed = arena_doubles(arena, n);
    response->first = arena_sizes(arena, n_atoms + 1);
    response->variable = arena_sizes(arena, n);
}

void learnt_response_setup(LearntResponse *response, const Basis *basis, bool multipoles)
{
    const size_t n_atoms = response->n_atoms;
    size_t k = 0;
    for (size_t a = 0; a < n_atoms; a++) {
        response->first[a] = k;
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
            response->variable[k++] = s;
        for (size_t i = 0; multipoles && i < 3; i++)
            response->variable[k++] = basis->n_shells + 3 * a + i;
        for (size_t i = 0; multipoles && i < 6; i++)
            response->variable[k++] = basis->n_shells + 3 * n_atoms + 6 * a + i;
    }
    response->first[n_atoms] = k;
}

static size_t n_variables(const LearntResponse *response, size_t a)
{
    return response->first[a + 1] - response->first[a];
}

/// Potentials of the k-th atom around A that count for A.
static size_t n_potentials(const LearntResponse *response, size_t a, size_t k)
{
    const size_t n = n_variables(response, (size_t)response->around[a * ATOMS + k]);
    return k == 0 ? n : n - response->n_own_only;
}

static size_t n_columns(const LearntResponse *response, size_t a)
{
    size_t n = 0;
    for (size_t k = 0; k < (size_t)response->n_around[a]; k++)
        n += n_potentials(response, a, k);
    return n;
}

static size_t whole_lines(size_t m)
{
    return (m + LINE - 1) / LINE * LINE;
}

static float *chi_of(const LearntResponse *response, size_t a)
{
    return response->chi + a * VARIABLES * WIDTH;
}

static float *p_of(const LearntResponse *response, size_t a)
{
    return response->p + a * COLUMNS * WIDTH;
}

/// P of somebody who knows nothing.
static void doubt_all(float *p, size_t m)
{
    const size_t width = whole_lines(m);
    memset(p, 0, m * width * sizeof *p);
    for (size_t j = 0; j < m; j++)
        p[j * width + j] = MOST_DOUBT;
}

/// The atom itself and the nearest others.
static void find_around(LearntResponse *response, const double (*xyz)[3], size_t a)
{
    int32_t *around = response->around + a * ATOMS;
    double square[ATOMS] = {0.0};
    size_t n = 1;
    around[0] = (int32_t)a;
    for (size_t b = 0; b < response->n_atoms; b++) {
        double r2 = 0.0;
        for (int i = 0; i < 3; i++)
            r2 += (xyz[a][i] - xyz[b][i]) * (xyz[a][i] - xyz[b][i]);
        if (b == a || r2 > NEIGHBOURHOOD * NEIGHBOURHOOD || (n == ATOMS && r2 >= square[ATOMS - 1]))
            continue;
        size_t k = n < ATOMS ? n++ : ATOMS - 1;
        for (; k > 1 && square[k - 1] > r2; k--) {
            square[k] = square[k - 1];
            around[k] = around[k - 1];
        }
        square[k] = r2;
        around[k] = (int32_t)b;
    }
    response->n_around[a] = (int32_t)n;
}

void learnt_response_begin(LearntResponse *response, const double (*xyz)[3])
{
    *response->n_pairs = 0;
    for (size_t a = 0; a < response->n_atoms; a++) {
        find_around(response, xyz, a);
        memset(chi_of(response, a), 0, VARIABLES * WIDTH * sizeof(float));
        doubt_all(p_of(response, a), n_columns(response, a));
    }
}

/// The variables of all atoms, each one's together.
static void group(const LearntResponse *response, double scale, const double *x)
{
    for (size_t k = 0; k < response->n; k++)
        response->grouped[k] = (float)(scale * x[response->variable[k]]);
}

/// Those of the atoms around one, padded with zeros to whole lines; returns their number.
static size_t gather(const LearntResponse *response, size_t a, float *d)
{
    size_t m = 0;
    for (size_t k = 0; k < (size_t)response->n_around[a]; k++) {
        const size_t b = (size_t)response->around[a * ATOMS + k], n = n_potentials(response, a, k);
        memcpy(d + m, response->grouped + response->first[b], n * sizeof(float));
        m += n;
    }
    for (size_t j = m; j % LINE != 0; j++)
        d[j] = 0.0F;
    return m;
}

/// x.y of whole lines, in an order that does not depend on the compiler.
static float dot(size_t m, const float *restrict x, const float *restrict y)
{
    float lane[LINE] = {0.0F}, sum = 0.0F;
    for (size_t j = 0; j < m; j += LINE)
        for (size_t l = 0; l < LINE; l++)
            lane[l] += x[j + l] * y[j + l];
    for (size_t l = 0; l < LINE; l++)
        sum += lane[l];
    return sum;
}

/// g of the atom whose potentials are in d, into pd; P learns as well.
static void learn_gain(float *restrict p, size_t m, float forgetting, const float *restrict d,
                       float *restrict pd)
{
    const size_t width = whole_lines(m);
    memset(pd + m, 0, (width - m) * sizeof *pd);
    float s = 0.0F;
    for (int attempt = 0; attempt < 2 && !(s >= forgetting); attempt++) {
        // Rounding has spoilt a P that is not positive.
        if (attempt > 0)
            doubt_all(p, m);
        for (size_t i = 0; i < m; i++)
            pd[i] = dot(width, p + i * width, d);
        s = forgetting + dot(width, d, pd);
    }
    // The diagonal after this pair, and what keeps it below the most there is.
    float factor[WIDTH] = {0.0F};
    for (size_t i = 0; i < m; i++) {
        const float diagonal = (p[i * width + i] - pd[i] * pd[i] / s) / forgetting;
        factor[i] = diagonal > MOST_DOUBT ? sqrtf(MOST_DOUBT / diagonal) : 1.0F;
    }
    for (size_t i = 0; i < m; i++) {
        const float share = pd[i] / s, scale = factor[i] / forgetting;
        float *restrict row = p + i * width;
        for (size_t j = 0; j < width; j++)
            row[j] = (row[j] - share * pd[j]) * (scale * factor[j]);
    }
    for (size_t j = 0; j < m; j++)
        pd[j] /= s;
}

typedef struct {
    const LearntResponse *response;
    double forgetting, unit;
    const double *dx;
} Lesson;

static void part_learn(void *task, size_t first, size_t last)
{
    const Lesson *lesson = task;
    const LearntResponse *response = lesson->response;
    for (size_t a = first; a < last; a++) {
        float d[WIDTH], gain[WIDTH];
        const size_t m = gather(response, a, d), width = whole_lines(m);
        float *chi = chi_of(response, a);
        learn_gain(p_of(response, a), m, (float)lesson->forgetting, d, gain);
        for (size_t i = 0; i < n_variables(response, a); i++) {
            float *restrict row = chi + i * width;
            const double y = lesson->dx[response->variable[response->first[a] + i]] / lesson->unit;
            const float rest = (float)(y - (double)dot(width, row, d));
            response->missed[response->first[a] + i] = (double)rest;
            for (size_t j = 0; j < width; j++)
                row[j] += rest * gain[j];
        }
    }
}

double learnt_response_learn(LearntResponse *response, const Kernels *kernels, double forgetting,
                             const double *dv, const double *dx)
{
    const size_t n = response->n;
    const double square = kernels->dot(n, dv, dv);
    if (!(square > 0.0) || !isfinite(square))
        return INFINITY;
    const double unit = sqrt(square / (double)n);
    group(response, 1.0 / unit, dv);
    Lesson lesson = {.response = response, .forgetting = forgetting, .unit = unit, .dx = dx};
    team_share(response->n_atoms, ATOMS_TOGETHER, part_learn, &lesson);
    double sum = 0.0;
    for (size_t k = 0; k < n; k++)
        sum += response->missed[k] * response->missed[k];
    ++*response->n_pairs;
    return sqrt(sum) * unit;
}

typedef struct {
    const LearntResponse *response;
    double largest;
    double *dx;
} Sum;

static void part_add(void *task, size_t first, size_t last)
{
    const Sum *sum = task;
    const LearntResponse *response = sum->response;
    for (size_t a = first; a < last; a++) {
        float d[WIDTH];
        const size_t width = whole_lines(gather(response, a, d));
        const float *chi = chi_of(response, a);
        for (size_t i = 0; i < n_variables(response, a); i++)
            sum->dx[response->variable[response->first[a] + i]] +=
                sum->largest * (double)dot(width, chi + i * width, d);
    }
}

void learnt_response_add(const LearntResponse *response, const double *dv, double *dx)
{
    // In units of the largest, as squares of single precision would vanish.
    double largest = 0.0;
    for (size_t i = 0; i < response->n; i++)
        largest = fmax(largest, fabs(dv[i]));
    if (!(largest > 0.0) || !isfinite(largest))
        return;
    group(response, 1.0 / largest, dv);
    Sum sum = {response, largest, dx};
    team_share(response->n_atoms, ATOMS_TOGETHER, part_add, &sum);
}
