#include "support/check.h"

#include <math.h>
#include <string.h>

#include "analysis/superposition.h"
#include "base/random.h"

enum { N = 7 };

/// A rotation by three angles.
static void rotate(const double angles[3], const float (*from)[3], float (*to)[3], size_t n)
{
    for (size_t a = 0; a < n; a++) {
        double v[3] = {(double)from[a][0], (double)from[a][1], (double)from[a][2]};
        for (int axis = 0; axis < 3; axis++) {
            const int x = (axis + 1) % 3, y = (axis + 2) % 3;
            const double c = cos(angles[axis]), s = sin(angles[axis]);
            const double vx = c * v[x] - s * v[y], vy = s * v[x] + c * v[y];
            v[x] = vx;
            v[y] = vy;
        }
        for (int x = 0; x < 3; x++)
            to[a][x] = (float)v[x];
    }
}

static void random_geometry(uint64_t number, size_t n, float (*xyz)[3])
{
    const RandomKey key = {.seed = number};
    for (size_t a = 0; a < n; a++) {
        double z[3];
        random_normals(&key, 0, a, RANDOM_VELOCITIES, z);
        for (int x = 0; x < 3; x++)
            xyz[a][x] = (float)z[x];
    }
}

static double rmsd(size_t n, const float (*a)[3], const float (*b)[3])
{
    float ca[N][3], cb[N][3];
    memcpy(ca, a, n * sizeof *ca);
    memcpy(cb, b, n * sizeof *cb);
    const double square_a = superposition_centre(n, ca), square_b = superposition_centre(n, cb);
    return superposition_rmsd(n, (const float(*)[3])ca, square_a, (const float(*)[3])cb, square_b);
}

/// Single precision rounds each coordinate of the turned copy to 6e-8 of its size.
static void a_moved_and_turned_copy_is_the_same(void **state)
{
    (void)state;
    float a[N][3], b[N][3];
    for (uint64_t k = 0; k < 50; k++) {
        const double angles[3] = {0.3 * (double)k, 1.1 + 0.7 * (double)k, 2.0 - 0.2 * (double)k};
        random_geometry(k, N, a);
        rotate(angles, (const float(*)[3])a, b, N);
        for (size_t i = 0; i < N; i++)
            for (int x = 0; x < 3; x++)
                b[i][x] += 5.0f - 3.0f * (float)x;
        CHECK_NEAR(rmsd(N, (const float(*)[3])a, (const float(*)[3])b), 0.0, 1e-6);
    }
}

/// Of two geometries the best rotation is searched on a grid that gets finer about the best so far.
static double rmsd_by_search(const float (*a)[3], const float (*b)[3])
{
    float ca[N][3], cb[N][3], turned[N][3];
    double best[3] = {0.0, 0.0, 0.0}, least = INFINITY;
    memcpy(ca, a, sizeof ca);
    memcpy(cb, b, sizeof cb);
    superposition_centre(N, ca);
    superposition_centre(N, cb);
    double width = 3.15;
    for (int level = 0; level < 22; level++, width *= 0.5) {
        const double from[3] = {best[0], best[1], best[2]};
        const int steps = level == 0 ? 8 : 3;
        for (int i = 0; i < (2 * steps + 1) * (2 * steps + 1) * (2 * steps + 1); i++) {
            const int m = 2 * steps + 1, k[3] = {i % m, i / m % m, i / m / m};
            double angles[3], sum = 0.0;
            for (int x = 0; x < 3; x++)
                angles[x] = from[x] + width * (k[x] - steps) / steps;
            rotate(angles, (const float(*)[3])cb, turned, N);
            for (size_t atom = 0; atom < N; atom++)
                for (int x = 0; x < 3; x++) {
                    const double d = (double)ca[atom][x] - (double)turned[atom][x];
                    sum += d * d;
                }
            if (sum < least) {
                least = sum;
                memcpy(best, angles, sizeof best);
            }
        }
    }
    return sqrt(least / N);
}

static void it_is_the_least_over_all_rotations(void **state)
{
    (void)state;
    float a[N][3], b[N][3];
    for (uint64_t k = 0; k < 8; k++) {
        random_geometry(100 + k, N, a);
        random_geometry(200 + k, N, b);
        CHECK_NEAR(rmsd(N, (const float(*)[3])a, (const float(*)[3])b),
                   rmsd_by_search((const float(*)[3])a, (const float(*)[3])b), 1e-5);
    }
}

static void a_mirror_image_is_another_molecule(void **state)
{
    (void)state;
    float a[N][3], b[N][3];
    random_geometry(3, N, a);
    memcpy(b, a, sizeof b);
    for (size_t i = 0; i < N; i++)
        b[i][0] = -b[i][0];
    assert_true(rmsd(N, (const float(*)[3])a, (const float(*)[3])b) > 0.1);
}

/// Two bonds of length 1 and 1.1: each atom is 0.05 off. On a line the largest root is a double one, of which rounding
/// leaves half of the digits; geometries that are nearly alike must not suffer from that.
static void atoms_on_a_line_are_compared_too(void **state)
{
    (void)state;
    const float a[2][3] = {{0.0f, 0.0f, 0.0f}, {1.0f, 0.0f, 0.0f}};
    const float b[2][3] = {{0.0f, 2.0f, 0.0f}, {0.0f, 3.1f, 0.0f}};
    CHECK_NEAR(rmsd(2, a, b), 0.05, 1e-5);
    const float c[2][3] = {{0.0f, 0.0f, 0.0f}, {0.0f, 0.6f, 0.8f + 1e-3f}};
    CHECK_NEAR(rmsd(2, a, c), 4e-4, 1e-7);
    CHECK_NEAR(rmsd(2, a, a), 0.0, 1e-7);
    CHECK_NEAR(rmsd(1, a, b), 0.0, 1e-12);
}

static void the_bound_is_never_above(void **state)
{
    (void)state;
    float a[N][3], b[N][3], ra[N], rb[N];
    for (uint64_t k = 0; k < 100; k++) {
        random_geometry(k, N, a);
        random_geometry(k + 1, N, b);
        const double square_a = superposition_centre(N, a), square_b = superposition_centre(N, b);
        for (size_t i = 0; i < N; i++) {
            ra[i] = sqrtf(a[i][0] * a[i][0] + a[i][1] * a[i][1] + a[i][2] * a[i][2]);
            rb[i] = sqrtf(b[i][0] * b[i][0] + b[i][1] * b[i][1] + b[i][2] * b[i][2]);
        }
        const double bound = superposition_bound(N, ra, rb);
        assert_true(bound > 0.0);
        assert_true(bound <= 1e-6 + superposition_rmsd(N, (const float(*)[3])a, square_a,
                                                       (const float(*)[3])b, square_b));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moved_and_turned_copy_is_the_same),
        cmocka_unit_test(it_is_the_least_over_all_rotations),
        cmocka_unit_test(a_mirror_image_is_another_molecule),
        cmocka_unit_test(atoms_on_a_line_are_compared_too),
        cmocka_unit_test(the_bound_is_never_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
