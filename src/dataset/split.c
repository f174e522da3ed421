#include "dataset/split.h"

#include <math.h>
#include <string.h>

#include "base/random.h"

/// Of seeds to try.
enum { SEEDS_MAX = 10000 };

static const char *const KINDS[N_SPLIT_KINDS] = {"molecule", "replica", "block"};

const char *split_kind_name(SplitKind kind)
{
    return KINDS[kind];
}

/// Uniform in (0, 1); it depends on its arguments alone.
static double draw(uint64_t seed, const Source *source, bool with_replica)
{
    const RandomKey key = {.seed = seed,
                           .molecule = random_name_key(source->name),
                           .replica = with_replica ? (uint64_t)source->replica : 0};
    double u[4];
    random_uniforms(&key, 0, 0, RANDOM_SPLIT, u);
    return u[0];
}

static Split by_fraction(const double fraction[N_SPLITS], double u)
{
    int last = SPLIT_TRAIN;
    for (int s = 0; s < N_SPLITS; s++) {
        if (fraction[s] <= 0.0)
            continue;
        last = s;
        if (u < fraction[s])
            break;
        u -= fraction[s];
    }
    return (Split)last;
}

Split split_of(const SplitPlan *plan, const Source *source)
{
    return by_fraction(plan->fraction, draw(plan->seed, source, plan->kind == SPLIT_BY_REPLICA));
}

/// True if every part that is asked for gets a trajectory.
static bool all_filled(const SplitPlan *plan, const SourceList *sources)
{
    bool filled[N_SPLITS] = {false};
    for (size_t i = 0; i < sources->n; i++)
        filled[split_of(plan, &sources->items[i])] = true;
    for (int s = 0; s < N_SPLITS; s++)
        if (plan->fraction[s] > 0.0 && !filled[s])
            return false;
    return true;
}

/// Names, or trajectories; the list is in the order of the names.
static size_t units_count(const SourceList *sources, SplitKind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < sources->n; i++)
        n += kind == SPLIT_BY_REPLICA || i == 0 ||
             strcmp(sources->items[i].name, sources->items[i - 1].name) != 0;
    return n;
}

static size_t parts_count(const SplitPlan *plan)
{
    size_t n = 0;
    for (int s = 0; s < N_SPLITS; s++)
        n += plan->fraction[s] > 0.0;
    return n;
}

/// The smallest seed that fills every part; 0: none was found.
static uint64_t seed_find(const SplitPlan *plan, const SourceList *sources)
{
    SplitPlan trial = *plan;
    for (trial.seed = 1; trial.seed <= SEEDS_MAX; trial.seed++)
        if (all_filled(&trial, sources))
            return trial.seed;
    return 0;
}

static QmtStatus kind_take(QmtContext *ctx, const char *by, const SourceList *sources,
                           SplitPlan *plan)
{
    if (by == NULL) {
        const size_t n = units_count(sources, SPLIT_BY_MOLECULE);
        plan->kind = n > 1 && n >= parts_count(plan) ? SPLIT_BY_MOLECULE : SPLIT_BY_BLOCK;
        return QMT_OK;
    }
    for (int k = 0; k < N_SPLIT_KINDS; k++)
        if (strcmp(by, KINDS[k]) == 0) {
            plan->kind = (SplitKind)k;
            return QMT_OK;
        }
    return FAIL(ctx, QMT_ERR_USAGE,
                "a set is not divided by \"%.60s\"; by molecule, replica or block it is", by);
}

QmtStatus split_plan(QmtContext *ctx, const SourceList *sources, const double parts[N_SPLITS],
                     const char *by, uint64_t seed, double gap_ps, SplitPlan *plan)
{
    SplitPlan made = {.seed = seed, .gap_ps = gap_ps};
    const double sum = parts[SPLIT_TRAIN] + parts[SPLIT_VALID] + parts[SPLIT_TEST];
    for (int s = 0; s < N_SPLITS; s++)
        made.fraction[s] = parts[s] / sum;
    TRY(kind_take(ctx, by, sources, &made));
    const size_t n = units_count(sources, made.kind);
    if (made.kind == SPLIT_BY_BLOCK)
        made.seed = seed > 0 ? seed : 1;
    else if (n < parts_count(&made))
        return FAIL(ctx, QMT_ERR_USAGE,
                    "%zu %s%s cannot fill %zu parts; divide by block, or ask for fewer parts", n,
                    KINDS[made.kind], n > 1 ? "s" : "", parts_count(&made));
    else {
        const uint64_t good = seed_find(&made, sources);
        if (seed == 0)
            made.seed = good;
        if (made.seed == 0 || !all_filled(&made, sources))
            return good == 0
                       ? FAIL(ctx, QMT_ERR_USAGE,
                              "no seed leaves none of the %zu parts empty; divide by block, or "
                              "take larger parts",
                              parts_count(&made))
                       : FAIL(ctx, QMT_ERR_USAGE,
                              "seed %llu leaves a part without any %s; with seed %llu all have one",
                              (unsigned long long)seed, KINDS[made.kind], (unsigned long long)good);
    }
    *plan = made;
    return QMT_OK;
}

size_t split_blocks(const SplitPlan *plan, const Source *source, uint64_t gap, Block *blocks)
{
    static const Split ORDERS[6][N_SPLITS] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                              {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    if (plan->kind != SPLIT_BY_BLOCK) {
        blocks[0] = (Block){.split = split_of(plan, source), .end = source->n_frames};
        return 1;
    }
    const Split *const order = ORDERS[(int)(6.0 * draw(plan->seed, source, true))];
    const uint64_t lost = gap * (parts_count(plan) - 1);
    const uint64_t left = source->n_frames > lost ? source->n_frames - lost : 0;
    size_t n = 0;
    uint64_t begin = 0;
    double sum = 0.0;
    for (int k = 0; k < N_SPLITS; k++) {
        if (plan->fraction[order[k]] <= 0.0)
            continue;
        sum += plan->fraction[order[k]];
        const uint64_t end = (uint64_t)llround(fmin(sum, 1.0) * (double)left) + gap * n;
        blocks[n++] = (Block){.split = order[k], .begin = begin, .end = end > begin ? end : begin};
        begin = end + gap;
    }
    return n;
}
