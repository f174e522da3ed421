#include "support/dispersion_vectors.h"

#include <string.h>

#include "support/check.h"

FILE *dispersion_vectors_open(void)
{
    FILE *file = fopen(TEST_DATA_DIR "/reference/data/dispersion_vectors.txt", "r");
    assert_non_null(file);
    return file;
}

static void read_values(FILE *file, size_t n, double *values)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(fscanf(file, "%lf", &values[i]), 1);
}

static void read_quantity(FILE *file, const char *word, DispersionVectors *s)
{
    const struct {
        const char *name;
        size_t n;
        double *values;
    } quantities[] = {
        {"d4_cn", s->n, s->d4_cn},           {"d4_c6", s->n * s->n, s->d4_c6},
        {"d4_e2_atom", s->n, s->d4_e2_atom}, {"d4_v", s->n, s->d4_v},
        {"d4_g2", 3 * s->n, s->d4_g2[0]},    {"d4_e3", 1, &s->d4_e3},
        {"d4_g3", 3 * s->n, s->d4_g3[0]},    {"d3_cn", s->n, s->d3_cn},
        {"d3_e_atom", s->n, s->d3_e_atom},   {"d3_g", 3 * s->n, s->d3_g[0]},
    };
    for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++) {
        if (strcmp(word, quantities[i].name) == 0) {
            read_values(file, quantities[i].n, quantities[i].values);
            s->has_c6 = s->has_c6 || quantities[i].values == s->d4_c6;
            return;
        }
    }
    fail_msg("dispersion_vectors.txt: unknown word \"%s\"", word);
}

bool dispersion_vectors_next(FILE *file, DispersionVectors *system)
{
    char word[32];
    for (;;) {
        if (fscanf(file, "%31s", word) != 1)
            return false;
        if (word[0] != '#')
            break;
        assert_true(fscanf(file, "%*[^\n]") != 1);
    }
    assert_string_equal(word, "system");
    memset(system, 0, sizeof *system);
    assert_int_equal(fscanf(file, "%63s %zu", system->name, &system->n), 2);
    assert_in_range(system->n, 1, VECTORS_MAX_ATOMS);

    size_t n_atoms = 0;
    while (fscanf(file, "%31s", word) == 1 && strcmp(word, "end") != 0) {
        if (strcmp(word, "atom") != 0) {
            read_quantity(file, word, system);
            continue;
        }
        assert_true(n_atoms < system->n);
        double *xyz = system->xyz[n_atoms];
        assert_int_equal(fscanf(file, "%d %lf %lf %lf %lf", &system->numbers[n_atoms], &xyz[0],
                                &xyz[1], &xyz[2], &system->charges[n_atoms]),
                         5);
        n_atoms++;
    }
    assert_int_equal(n_atoms, system->n);
    return true;
}
