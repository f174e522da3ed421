#include "md/relax.h"

#include <math.h>

#include "base/vec3.h"

static const double LONGEST_MOVE = 0.2; // bohr, of one atom in one step
static const double NOISE = 1e-9;       // hartree: a rise of this size is no rise
static const double SUFFICIENT = 1e-4;  // of the slope along the direction (Armijo)
static const double SHORTEST_SCALE = 1e-3;

void relax_layout(Relax *relax, Arena *arena, size_t n_atoms)
{
    relax->direction = arena_vectors(arena, n_atoms);
    for (int i = 0; i < RELAX_HISTORY; i++) {
        relax->move[i] = arena_vectors(arena, n_atoms);
        relax->change[i] = arena_vectors(arena, n_atoms);
    }
}

double relax_largest_slope(size_t n, const double (*gradient)[3])
{
    double largest = 0.0;
    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            largest = fmax(largest, fabs(gradient[a][x]));
    return largest;
}

static double dot(size_t n, const double (*u)[3], const double (*v)[3])
{
    double sum = 0.0;
    for (size_t a = 0; a < n; a++)
        sum += vec3_dot(u[a], v[a]);
    return sum;
}

static void add_scaled(size_t n, double s, const double (*u)[3], double (*out)[3])
{
    for (size_t a = 0; a < n; a++)
        vec3_add_scaled(s, u[a], out[a]);
}

/// direction = -H gradient by the two-loop recursion; H starts as a multiple of the unit matrix, 1
/// bohr^2/hartree without a history (bonds have force constants around that).
static void quasi_newton(Relax *relax, size_t n, const double (*gradient)[3])
{
    double(*d)[3] = relax->direction;
    double weight[RELAX_HISTORY];
    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            d[a][x] = -gradient[a][x];

    for (int i = 0; i < relax->at.n_pairs; i++) {
        const int slot = (relax->at.newest - i + RELAX_HISTORY) % RELAX_HISTORY;
        const double(*s)[3] = (const double(*)[3])relax->move[slot];
        const double(*y)[3] = (const double(*)[3])relax->change[slot];
        weight[slot] = dot(n, s, (const double(*)[3])d) / dot(n, s, y);
        add_scaled(n, -weight[slot], y, d);
    }
    if (relax->at.n_pairs > 0) {
        const double(*s)[3] = (const double(*)[3])relax->move[relax->at.newest];
        const double(*y)[3] = (const double(*)[3])relax->change[relax->at.newest];
        const double unit = dot(n, s, y) / dot(n, y, y);
        for (size_t a = 0; a < n; a++)
            for (int x = 0; x < 3; x++)
                d[a][x] *= unit;
    }
    for (int i = relax->at.n_pairs - 1; i >= 0; i--) {
        const int slot = (relax->at.newest - i + RELAX_HISTORY) % RELAX_HISTORY;
        const double(*s)[3] = (const double(*)[3])relax->move[slot];
        const double(*y)[3] = (const double(*)[3])relax->change[slot];
        add_scaled(n, weight[slot] - dot(n, y, (const double(*)[3])d) / dot(n, s, y), s, d);
    }
}

static void choose_direction(Relax *relax, size_t n, const double (*gradient)[3])
{
    quasi_newton(relax, n, gradient);
    if (!(dot(n, gradient, (const double(*)[3])relax->direction) < 0.0)) {
        relax->at.n_pairs = 0;
        quasi_newton(relax, n, gradient);
    }
    double longest = 0.0;
    for (size_t a = 0; a < n; a++)
        longest = fmax(longest, vec3_norm(relax->direction[a]));
    if (longest > LONGEST_MOVE)
        for (size_t a = 0; a < n; a++)
            for (int x = 0; x < 3; x++)
                relax->direction[a][x] *= LONGEST_MOVE / longest;
    relax->at.scale = 1.0;
    relax->at.has_direction = 1;
}

/// Keeps the pair of an accepted move if it has positive curvature, so that H stays positive definite.
static void remember(Relax *relax, const MdState *now, const MdState *next)
{
    const size_t n = now->n_atoms;
    const int slot = (relax->at.newest + 1) % RELAX_HISTORY;
    for (size_t a = 0; a < n; a++) {
        vec3_difference(next->xyz[a], now->xyz[a], relax->move[slot][a]);
        vec3_difference(next->gradient[a], now->gradient[a], relax->change[slot][a]);
    }
    const double(*s)[3] = (const double(*)[3])relax->move[slot];
    const double(*y)[3] = (const double(*)[3])relax->change[slot];
    const double curvature = dot(n, s, y);
    if (curvature <= 1e-8 * sqrt(dot(n, s, s) * dot(n, y, y))) {
        // The slot was the oldest pair of a full history, which is gone now.
        if (relax->at.n_pairs == RELAX_HISTORY)
            relax->at.n_pairs--;
        return;
    }
    relax->at.newest = slot;
    if (relax->at.n_pairs < RELAX_HISTORY)
        relax->at.n_pairs++;
}

QmtStatus relax_step(QmtContext *ctx, Engine *engine, Relax *relax, MdState *now, MdState *next,
                     EngineReport *report, RelaxVerdict *verdict)
{
    const size_t n = now->n_atoms;
    const double(*gradient)[3] = (const double(*)[3])now->gradient;
    if (relax_largest_slope(n, gradient) <= relax->threshold) {
        *verdict = RELAX_CONVERGED;
        return QMT_OK;
    }

    *verdict = RELAX_GOING_ON;
    if (!relax->at.has_direction)
        choose_direction(relax, n, gradient);
    md_state_copy(next, now);
    add_scaled(n, relax->at.scale, (const double(*)[3])relax->direction, next->xyz);
    const EngineResult result = md_state_result(next, report, 0);
    TRY(engine_evaluate(ctx, engine, (const double(*)[3])next->xyz, &result));

    const double slope = dot(n, gradient, (const double(*)[3])relax->direction);
    next->at.step = ++now->at.step;
    if (next->at.energy <= now->at.energy + SUFFICIENT * relax->at.scale * slope + NOISE) {
        remember(relax, now, next);
        md_state_copy(now, next);
        relax->at.has_direction = 0;
        return QMT_OK;
    }
    relax->at.scale *= 0.5;
    if (relax->at.n_pairs > 0 && relax->at.scale < 0.2) {
        relax->at.n_pairs = 0;
        relax->at.has_direction = 0;
    } else if (relax->at.scale < SHORTEST_SCALE) {
        *verdict = RELAX_STUCK;
    }
    return QMT_OK;
}
