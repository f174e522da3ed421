#include "scf/guess_weights.h"

#include <string.h>

#include "support/check.h"

enum { N = 16, TERMS = GUESS_WEIGHTS_TERMS, POLYNOMIAL = 10 };

/// Sums of four vibrations, steps apart by 0.02 to 0.3 of their angles.
static void point(int t, double x[N])
{
    static const double ANGLE[] = {0.02, 0.07, 0.16, 0.3};
    for (int i = 0; i < N; i++) {
        x[i] = 0.0;
        for (int v = 0; v < 4; v++)
            x[i] += sin(1.0 + 2.3 * i * (v + 1)) * cos(ANGLE[v] * t + 0.9 * i + v);
    }
}

/// x less the guess, the length of it.
static double error_of(int terms, const double *weight, const double *d, const double *x)
{
    double sum = 0.0;
    for (int i = 0; i < N; i++) {
        double guess = 0.0;
        for (int k = 0; k < terms; k++)
            guess += weight[k] * d[k * N + i];
        sum += (x[i] - guess) * (x[i] - guess);
    }
    return sqrt(sum);
}

static void vibrations_are_learnt(void **state)
{
    (void)state;
    const Kernels *kernels = kernels_choose(NULL);
    GuessWeights weights = {0};
    double d[TERMS * N] = {0.0}, x[N], work[N], ones[POLYNOMIAL];
    for (int k = 0; k < POLYNOMIAL; k++)
        ones[k] = 1.0;
    double learnt = 0.0, polynomial = 0.0;
    for (int t = 0; t < 200; t++) {
        point(t, x);
        if (t >= TERMS) {
            assert_true(weights.learnt > 0 || weights.error == 0.0);
            learnt = error_of(TERMS, weights.weight, d, x);
            polynomial = error_of(POLYNOMIAL, ones, d, x);
            if (guess_weights_due(&weights))
                guess_weights_learn(&weights, kernels, N, d, x, work);
        }
        double difference[N];
        memcpy(difference, x, sizeof difference);
        for (int k = 0; k < TERMS; k++)
            for (int i = 0; i < N; i++) {
                const double before = d[k * N + i];
                d[k * N + i] = difference[i];
                difference[i] -= before;
            }
    }
    print_message("error of learnt weights %.1e, of the polynomial %.1e\n", learnt, polynomial);
    // Four vibrations are eight numbers, twenty weights can follow them; the ridge leaves some 1e-9.
    assert_true(learnt < 0.01 * polynomial);
    // What it says of itself is the mean of the last errors.
    assert_true(weights.error > 0.1 * learnt && weights.error < 10.0 * learnt + 1e-12);
}

static void all_are_learnt_from_at_first_then_one_in_eight(void **state)
{
    (void)state;
    GuessWeights weights = {0};
    for (int i = 0; i < 64; i++) {
        assert_true(guess_weights_due(&weights));
        weights.learnt++;
    }
    int n_due = 0;
    for (int i = 0; i < 80; i++)
        n_due += guess_weights_due(&weights);
    assert_int_equal(n_due, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vibrations_are_learnt),
        cmocka_unit_test(all_are_learnt_from_at_first_then_one_in_eight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
