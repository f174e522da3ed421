#include "support/check.h"

#include <math.h>

#include "analysis/farthest_points.h"
#include "base/random.h"

enum { N = 500, CHOSEN = 40 };

typedef struct {
    double xy[N][2];
    size_t *n_asked;
} Plane;

static double plane_distance(const void *set, size_t a, size_t b)
{
    const Plane *const plane = set;
    (*plane->n_asked)++;
    return hypot(plane->xy[a][0] - plane->xy[b][0], plane->xy[a][1] - plane->xy[b][1]);
}

static Plane plane;
static size_t n_asked, chosen[CHOSEN], place[N];
static double apart[CHOSEN], nearest[N], between[CHOSEN];

static void plane_make(void)
{
    const RandomKey key = {.seed = 1};
    plane.n_asked = &n_asked;
    for (size_t i = 0; i < N; i++) {
        double u[4];
        random_uniforms(&key, i, 0, RANDOM_VELOCITIES, u);
        plane.xy[i][0] = u[0];
        plane.xy[i][1] = u[1];
    }
    n_asked = 0;
    farthest_points(N, CHOSEN, 17, plane_distance, &plane, chosen, apart, nearest, place, between);
}

/// The definition, without any saving.
static void each_is_the_one_farthest_from_those_before(void **state)
{
    (void)state;
    plane_make();
    assert_int_equal(chosen[0], 17);
    const size_t asked = n_asked;
    for (size_t k = 1; k < CHOSEN; k++) {
        size_t best = 0;
        double most = -1.0;
        for (size_t p = 0; p < N; p++) {
            double least = INFINITY;
            for (size_t c = 0; c < k; c++)
                least = fmin(least, plane_distance(&plane, p, chosen[c]));
            if (least > most) {
                most = least;
                best = p;
            }
        }
        assert_int_equal(chosen[k], best);
        CHECK_NEAR(apart[k], most, 0.0);
        assert_true(k == 1 || apart[k] <= apart[k - 1]);
    }
    assert_true(asked < (size_t)N * CHOSEN / 2); // the triangle inequality saves more than half
}

static void points_that_coincide_do_no_harm(void **state)
{
    (void)state;
    plane_make();
    for (size_t i = 0; i < N; i++)
        plane.xy[i][0] = plane.xy[i][1] = 0.0;
    farthest_points(N, 3, 0, plane_distance, &plane, chosen, apart, nearest, place, between);
    CHECK_NEAR(apart[2], 0.0, 0.0);
    farthest_points(1, 1, 0, plane_distance, &plane, chosen, apart, nearest, place, between);
    assert_int_equal(chosen[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_the_one_farthest_from_those_before),
        cmocka_unit_test(points_that_coincide_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
