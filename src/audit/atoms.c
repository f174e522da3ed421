#include "audit/atoms.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>

#include "data/element.h"

/// Relative. This program writes its table rounded to float32. Others have standard weights of other editions,
/// which differ by up to 3e-4 (zinc, germanium).
static const double MASS_TOLERANCE_OURS = 1e-6, MASS_TOLERANCE = 4e-4;

double atoms_expected_mass(const Check *check, size_t atom, bool *declared)
{
    const cJSON *const list = cJSON_GetObjectItemCaseSensitive(check->metadata, "isotopes");
    const cJSON *const item = cJSON_GetArrayItem(list, (int)atom);
    const double isotope = cJSON_IsNumber(item) && item->valueint != 0
                               ? isotope_mass_da(check->numbers[atom], item->valueint)
                               : 0.0;
    double hydrogen;
    *declared = isotope > 0.0;
    if (!*declared && check->numbers[atom] == 1 && check->is_ours &&
        check_config_number(check, "hydrogen_mass_Da", &hydrogen)) {
        *declared = true; // "natural" is no number
        return hydrogen;
    }
    return *declared ? isotope : element_mass_da(check->numbers[atom]);
}

static QmtStatus numbers_read(QmtContext *ctx, Check *check, double *raw, double *values)
{
    TRY(check_read(ctx, check, check->array[ARRAY_TYPES], 0, check->n_atoms, raw, values));
    for (size_t a = 0; a < check->n_atoms; a++) {
        if (!(values[a] >= 1.0 && values[a] <= ELEMENT_MAX && values[a] == floor(values[a]))) {
            check_say(check, CHECK_ATOMS, CHECK_FAIL,
                      "atom %zu has the atomic number %g, known are 1 to %d", a, values[a],
                      ELEMENT_MAX);
            free(check->numbers);
            check->numbers = NULL;
            return QMT_OK;
        }
        check->numbers[a] = (int)values[a];
    }
    return QMT_OK;
}

static void mass_check(Check *check, size_t atom)
{
    const double mass = check->masses[atom];
    bool declared = false;
    const double standard =
        check->numbers != NULL ? atoms_expected_mass(check, atom, &declared) : mass;
    const double tolerance = check->is_ours ? MASS_TOLERANCE_OURS : MASS_TOLERANCE;
    if (mass > 0.0 && fabs(mass - standard) <= tolerance * standard)
        return;
    check_say(check, CHECK_ATOMS, CHECK_FAIL, "atom %zu (%s) has the mass %.7g Da, not %.7g%s",
              atom, check->numbers != NULL ? element_symbol(check->numbers[atom]) : "?", mass,
              standard, declared ? ", which the metadata declare" : "");
}

static QmtStatus masses_read(QmtContext *ctx, Check *check, double *raw)
{
    bool positive = true;
    TRY(check_read(ctx, check, check->array[ARRAY_MASSES], 0, check->n_atoms, raw, check->masses));
    for (size_t a = 0; a < check->n_atoms; a++) {
        positive = positive && check->masses[a] > 0.0 && isfinite(check->masses[a]);
        mass_check(check, a);
    }
    if (!positive) {
        free(check->masses);
        check->masses = NULL;
    }
    return QMT_OK;
}

QmtStatus atoms_check(QmtContext *ctx, Check *check)
{
    const size_t n = check->n_atoms;
    if (check->array[ARRAY_TYPES] == NULL || check->array[ARRAY_MASSES] == NULL) {
        check_say(check, CHECK_ATOMS, CHECK_NOT_RUN, "atom_types or masses cannot be used");
        return QMT_OK;
    }
    double *const values = calloc(2 * n, sizeof *values);
    check->masses = calloc(n, sizeof *check->masses);
    check->numbers = calloc(n, sizeof *check->numbers);
    QmtStatus status = QMT_OK;
    if (values == NULL || check->masses == NULL || check->numbers == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu atoms", check->npz.file.path, n);
    if (status == QMT_OK)
        status = numbers_read(ctx, check, values + n, values);
    if (status == QMT_OK)
        status = masses_read(ctx, check, values + n);
    free(values);
    TRY(status);
    double hydrogen;
    check_say(check, CHECK_ATOMS, CHECK_PASS, "all masses are those of the elements%s%s",
              cJSON_HasObjectItem(check->metadata, "isotopes") ? " and declared isotopes" : "",
              check_config_number(check, "hydrogen_mass_Da", &hydrogen)
                  ? ", of hydrogen that of hydrogen_mass_Da"
                  : "");
    return QMT_OK;
}
