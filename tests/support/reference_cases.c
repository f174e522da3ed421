#include "support/reference_cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "data/element.h"
#include "support/check.h"
#include "support/files.h"

void reference_compare(QmtContext *ctx, const char *method, const ReferenceCase *c,
                       bool reference_stop, Deviations *worst)
{
    QmtEngineOptions options = qmt_engine_options_default();
    options.method = method;
    options.charge = c->charge;
    options.unpaired = c->unpaired;
    options.fermi_stop_reference = reference_stop;
    options.scf_tolerance = 2e-11; // accuracy 1e-6 of the reference program
    QmtEngine *engine = NULL;
    if (qmt_engine_create(ctx, c->n, c->numbers, &options, &engine) != QMT_OK)
        fail_msg("%s: %s", c->name, qmt_context_message(ctx));
    double energy, gradient[CASE_MAX_ATOMS][3], charges[CASE_MAX_ATOMS], dipole[3];
    QmtResult result = qmt_result_empty();
    result.energy = &energy;
    result.gradient = &gradient[0][0];
    result.charges = charges;
    result.dipole = dipole;
    if (qmt_engine_evaluate(ctx, engine, &c->xyz[0][0], NULL, &result) != QMT_OK)
        fail_msg("%s: %s", c->name, qmt_context_message(ctx));

    const double de = fabs(energy - c->energy);
    if (!(de <= worst->energy)) {
        worst->energy = de;
        snprintf(worst->worst_energy, sizeof worst->worst_energy, "%s", c->name);
    }
    for (size_t a = 0; a < c->n; a++) {
        for (int x = 0; x < 3; x++) {
            const double dg = fabs(gradient[a][x] - c->gradient[a][x]);
            if (!(dg <= worst->gradient)) {
                worst->gradient = dg;
                snprintf(worst->worst_gradient, sizeof worst->worst_gradient, "%s", c->name);
            }
        }
        if (c->has_charges)
            worst->charge = fmax(worst->charge, fabs(charges[a] - c->charges[a]));
    }
    if (c->has_dipole)
        for (int x = 0; x < 3; x++)
            worst->dipole = fmax(worst->dipole, fabs(dipole[x] - c->dipole[x]));
    worst->n_systems++;
    qmt_engine_destroy(&engine);
}

void reference_accept(const char *what, bool reference_stop, const Deviations *worst)
{
    print_message(
        "%s, %s: %d systems, worst energy %.1e hartree (%s), gradient %.1e hartree/bohr (%s), "
        "charge %.1e e, dipole %.1e e bohr\n",
        what, reference_stop ? "reference rule" : "exact filling", worst->n_systems, worst->energy,
        worst->worst_energy, worst->gradient, worst->worst_gradient, worst->charge, worst->dipole);
    assert_true(worst->energy <= (reference_stop ? 1e-9 : 1e-8));
    assert_true(worst->gradient <= 1e-8);
    if (!reference_stop)
        return;
    assert_true(worst->charge <= 1e-7);
    assert_true(worst->dipole <= 1e-7);
}

static void numbers_of(const cJSON *array, double *out)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, array) *out++ = item->valuedouble;
}

void reference_each_molecule(const char *key, void (*visit)(void *user, const ReferenceCase *c),
                             void *user)
{
    int n_systems = 0;
    char *text = read_whole_file(TEST_DATA_DIR "/reference/data/molecules.json");
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    const cJSON *system;
    cJSON_ArrayForEach(system, cJSON_GetObjectItem(json, "systems"))
    {
        ReferenceCase c = {.has_charges = true, .has_dipole = true};
        const cJSON *result = cJSON_GetObjectItem(system, key), *item;
        snprintf(c.name, sizeof c.name, "%s", cJSON_GetObjectItem(system, "name")->valuestring);
        cJSON_ArrayForEach(item, cJSON_GetObjectItem(system, "symbols")) c.numbers[c.n++] =
            element_number(item->valuestring);
        size_t a = 0;
        cJSON_ArrayForEach(item, cJSON_GetObjectItem(system, "xyz_bohr"))
            numbers_of(item, c.xyz[a++]);
        assert_int_equal(a, c.n);
        c.charge = cJSON_GetObjectItem(system, "charge")->valueint;
        c.unpaired = cJSON_GetObjectItem(system, "unpaired")->valueint;
        c.energy = cJSON_GetObjectItem(result, "energy")->valuedouble;
        numbers_of(cJSON_GetObjectItem(result, "gradient"), &c.gradient[0][0]);
        numbers_of(cJSON_GetObjectItem(result, "charges"), c.charges);
        numbers_of(cJSON_GetObjectItem(result, "dipole"), c.dipole);
        visit(user, &c);
        n_systems++;
    }
    cJSON_Delete(json);
    free(text);
    assert_int_equal(n_systems, 97);
}

/// One way through the molecules.
typedef struct {
    QmtContext *ctx;
    const char *method;
    bool reference_stop;
    Deviations worst;
} Comparison;

static void compare(void *user, const ReferenceCase *c)
{
    Comparison *comparison = user;
    reference_compare(comparison->ctx, comparison->method, c, comparison->reference_stop,
                      &comparison->worst);
}

void reference_accept_molecules(QmtContext *ctx, const char *method, const char *key)
{
    for (int stop = 0; stop < 2; stop++) {
        Comparison comparison = {.ctx = ctx, .method = method, .reference_stop = stop == 1};
        reference_each_molecule(key, compare, &comparison);
        reference_accept("molecules", stop == 1, &comparison.worst);
    }
}
