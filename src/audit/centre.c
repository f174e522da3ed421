#include "audit/centre.h"

#include <math.h>
#include <string.h>

/// nm/ps and nm, of a molecule of usual size: float32 leaves 3e-8 and 1e-8 of an atom.
static const double CENTRE_LIMIT = 1e-5;

/// The mass-weighted mean of vectors, and what the rounding of all of them can have moved it by.
static void mean_of(const Check *check, const double *vectors, const double *roundings,
                    double mean[3], double *rounding)
{
    double mass = 0.0, sum[3] = {0.0};
    mean[0] = mean[1] = mean[2] = 0.0;
    for (size_t a = 0; a < check->n_atoms; a++) {
        mass += check->masses[a];
        for (size_t x = 0; x < 3; x++) {
            mean[x] += check->masses[a] * vectors[3 * a + x];
            sum[x] += check->masses[a] * roundings[3 * a + x];
        }
    }
    for (int x = 0; x < 3; x++)
        mean[x] /= mass;
    *rounding = (sum[0] + sum[1] + sum[2]) / mass;
}

static double larger(double a, double b)
{
    return b <= a ? a : b; // NaN wins
}

void centre_add(const Check *check, Centre *centre, const CheckFrame *frame)
{
    double mean[3], rounding;
    if (frame->pos == NULL || frame->vel == NULL || check->masses == NULL)
        return;
    mean_of(check, frame->vel, frame->vel_rounding, mean, &rounding);
    centre->speed_limit = fmax(centre->speed_limit, CENTRE_LIMIT + 2.0 * rounding);
    for (int x = 0; x < 3; x++)
        centre->speed = larger(centre->speed, fabs(mean[x]));
    mean_of(check, frame->pos, frame->pos_rounding, mean, &rounding);
    centre->way_limit = fmax(centre->way_limit, CENTRE_LIMIT + 2.0 * rounding);
    if (frame->number == 0)
        memcpy(centre->first, mean, sizeof mean);
    for (int x = 0; x < 3; x++)
        centre->way = larger(centre->way, fabs(mean[x] - centre->first[x]));
}

void centre_report(Check *check, const Centre *centre)
{
    if (check->masses == NULL || check->array[ARRAY_POS] == NULL || check->array[ARRAY_VEL] == NULL)
        return;
    const bool good = centre->speed <= centre->speed_limit && centre->way <= centre->way_limit;
    check_say(check, CHECK_CENTRE, good ? CHECK_PASS : CHECK_FAIL,
              "moves with up to %.1e nm/ps and up to %.1e nm away; %.1e and %.1e are allowed",
              centre->speed, centre->way, centre->speed_limit, centre->way_limit);
}
