#include "cli/molecules.h"

#include <math.h>

#include <qmtraj/units.h>

#include "cli/fail.h"

QmtStatus molecules_begin(QmtContext *ctx, Molecules *molecules)
{
    *molecules = (Molecules){.reading = qmt_read_options_default()};
    TRY(qmt_config_create(ctx, &molecules->config));
    const QmtStatus status = qmt_structures_create(ctx, &molecules->structures);
    if (status != QMT_OK)
        qmt_config_destroy(&molecules->config);
    else
        qmt_structures_set_tolerant(molecules->structures, 1);
    return status;
}

void molecules_end(Molecules *molecules)
{
    qmt_structures_destroy(&molecules->structures);
    qmt_config_destroy(&molecules->config);
}

/// --alpb NAME and --gbsa NAME: model and solvent in one; both at once is a mistake.
static QmtStatus solvent_set(QmtContext *ctx, const char *option, const char *value,
                             QmtConfig *config)
{
    char solvent[64];
    if (qmt_config_is_given(config, "solvent")) {
        TRY(qmt_config_get(ctx, config, "solvent", solvent, sizeof solvent));
        return FAIL(ctx, QMT_ERR_USAGE, "%s %.60s: the solvent is given already, %s", option, value,
                    solvent);
    }
    TRY(qmt_config_set_at(ctx, config, option, "solvation_model", option + 2));
    return qmt_config_set_at(ctx, config, option, "solvent", value);
}

static QmtStatus common_take(QmtContext *ctx, const Option *options, int place, const char *value,
                             Molecules *molecules)
{
    const char *const option = place >= 0 ? options[place].name : "";
    switch (place) {
    case M_METHOD:
    case M_CHARGE:
        return qmt_config_set_at(ctx, molecules->config, option, option + 2, value);
    case M_MULTIPLICITY:
        return qmt_config_set_at(ctx, molecules->config, option, "spin_multiplicity", value);
    case M_ALPB:
    case M_GBSA:
        return solvent_set(ctx, option, value, molecules->config);
    case M_SMILES_FILE:
        return qmt_structures_read_smiles(ctx, molecules->structures, value, &molecules->reading);
    case M_SMILES:
        return qmt_structures_add_word(ctx, molecules->structures, value);
    case M_SMILES_COLUMN:
        molecules->reading.smiles_column = value;
        return QMT_OK;
    case M_NAME_COLUMN:
        molecules->reading.name_column = value;
        return QMT_OK;
    case M_CONFIG:
        return qmt_config_read(ctx, molecules->config, value);
    case M_SET:
        return config_word(ctx, value, molecules->config);
    case M_HELP:
    case M_H:
        molecules->help = true;
        return QMT_OK;
    default:
        return qmt_structures_read(ctx, molecules->structures, value, &molecules->reading);
    }
}

/// A command line that is being read.
typedef struct {
    const Option *options;
    Molecules *molecules;
    OptionTake *take; ///< of the command
    void *words;
} Line;

static QmtStatus line_take(QmtContext *ctx, int place, const char *value, void *user)
{
    const Line *const line = user;
    return place >= N_MOLECULE_OPTIONS
               ? line->take(ctx, place, value, line->words)
               : common_take(ctx, line->options, place, value, line->molecules);
}

QmtStatus molecules_read(QmtContext *ctx, int argc, char **argv, const Option *options, size_t n,
                         Molecules *molecules, OptionTake *take, void *words)
{
    Line line = {.options = options, .molecules = molecules, .take = take, .words = words};
    return options_each(ctx, argc, argv, options, n, &molecules->help, line_take, &line);
}

QmtStatus molecules_unused_say(QmtContext *ctx, const Molecules *molecules, const char *command,
                               const CommandKey *keys, size_t n)
{
    return molecules->help ? QMT_OK : config_unused_say(ctx, molecules->config, command, keys, n);
}

void molecules_options_print(FILE *out, const Option *options, size_t n)
{
    options_print(out, options + N_MOLECULE_OPTIONS, n - N_MOLECULE_OPTIONS);
    options_print(out, options, N_MOLECULE_OPTIONS);
}

void molecules_solution_warn(QmtContext *ctx, const char *name, int scf_iterations, int recovery)
{
    if (recovery > 0)
        cli_note(ctx, QMT_LOG_WARNING,
                 "%s: mixing did not converge; recovery stage %d found this "
                 "solution, and there may be others: look at the charges",
                 name, recovery);
    else if (scf_iterations > QMT_SCF_SLOW_ITERATIONS)
        cli_note(ctx, QMT_LOG_WARNING,
                 "%s: the SCF needed %d iterations; there may be more than one solution: "
                 "look at the charges",
                 name, scf_iterations);
}

double without_minus_zero(double value, int decimals)
{
    return fabs(value) < 0.5 * pow(10.0, -decimals) ? 0.0 : value;
}

/// What could not be read is said before the rest is computed; of one input alone it is the failure.
static QmtStatus rejected_say(QmtContext *ctx, const Molecules *molecules)
{
    QmtRejection rejection;
    const size_t n = qmt_structures_rejection_count(molecules->structures);
    for (size_t i = 0; i < n; i++) {
        TRY(qmt_structures_rejection(ctx, molecules->structures, i, &rejection));
        if (n == 1 && qmt_structures_count(molecules->structures) == 0)
            return FAIL(ctx, QMT_ERR_INPUT, "%s", rejection.sentence);
        qmt_context_note(ctx, QMT_LOG_WARNING, rejection.sentence);
    }
    return QMT_OK;
}

/// Failures of the engine do not know whose they are.
static void subject_set(QmtContext *ctx, const QmtSingle *molecule)
{
    QmtSingleState state;
    if (qmt_single_get(ctx, molecule, &state) == QMT_OK)
        qmt_context_set_subject(ctx, state.name);
}

QmtStatus molecules_each(QmtContext *ctx, Molecules *molecules, const char *command,
                         QmtStatus (*work)(QmtContext *ctx, Molecules *molecules, size_t i,
                                           void *user),
                         void *user)
{
    const size_t n_read = qmt_structures_count(molecules->structures);
    const size_t n = n_read + qmt_structures_rejection_count(molecules->structures);
    size_t n_failed = n - n_read;
    QmtStatus first = QMT_ERR_INPUT;
    if (n == 0)
        return FAIL(ctx, QMT_ERR_USAGE, "no structures; e.g. `qmtraj %s water.xyz`", command);
    TRY(rejected_say(ctx, molecules));
    TRY(qmt_structures_name(ctx, molecules->structures, QMT_NAMES_APART));
    for (size_t i = 0; i < n_read; i++) {
        const QmtStatus status = work(ctx, molecules, i, user);
        // Notes go to the other stream, which may be the same file.
        fflush(stdout);
        if (status == QMT_OK)
            continue;
        if (n == 1)
            return status;
        qmt_context_note(ctx, QMT_LOG_WARNING, qmt_context_message(ctx));
        first = n_failed++ == 0 ? status : first;
    }
    if (n_failed > 0)
        return FAIL(ctx, n_failed == n ? first : QMT_ERR_PARTIAL, "%zu of %zu structures failed",
                    n_failed, n);
    return QMT_OK;
}

/// What is to be done with the engine of a molecule.
typedef struct {
    QmtStatus (*work)(QmtContext *ctx, QmtSingle *molecule, void *user);
    void *user;
} EngineWork;

static QmtStatus engine_do(QmtContext *ctx, Molecules *molecules, size_t i, void *user)
{
    const EngineWork *const todo = user;
    QmtSingle *molecule = NULL;
    TRY(qmt_single_create(ctx, molecules->structures, i, molecules->config, &molecule));
    const QmtStatus status = todo->work(ctx, molecule, todo->user);
    if (status != QMT_OK)
        subject_set(ctx, molecule);
    qmt_single_destroy(&molecule);
    return status;
}

QmtStatus molecules_do(QmtContext *ctx, Molecules *molecules, const char *command,
                       QmtStatus (*work)(QmtContext *ctx, QmtSingle *molecule, void *user),
                       void *user)
{
    EngineWork todo = {.work = work, .user = user};
    return molecules_each(ctx, molecules, command, engine_do, &todo);
}

QmtStatus molecules_text_write(QmtContext *ctx, const char *path, const char *text,
                               QmtStatus status)
{
    char message[2048];
    snprintf(message, sizeof message, "%s", qmt_context_message(ctx));
    TRY(qmt_text_write(ctx, path, text));
    return status == QMT_OK ? QMT_OK : FAIL(ctx, status, "%s", message);
}

cJSON *rows_json(const double *values, size_t n_rows, size_t n)
{
    cJSON *const rows = cJSON_CreateArray();
    for (size_t i = 0; i < n_rows; i++)
        cJSON_AddItemToArray(rows, json_numbers(values + i * n, n));
    return rows;
}

cJSON *positions_json(const double *xyz, size_t n_atoms)
{
    cJSON *const rows = cJSON_CreateArray();
    for (size_t a = 0; a < n_atoms; a++) {
        const double angstrom[3] = {xyz[3 * a] / QMT_BOHR_PER_ANGSTROM,
                                    xyz[3 * a + 1] / QMT_BOHR_PER_ANGSTROM,
                                    xyz[3 * a + 2] / QMT_BOHR_PER_ANGSTROM};
        cJSON_AddItemToArray(rows, json_numbers(angstrom, 3));
    }
    return rows;
}

cJSON *molecule_json(const QmtSingleState *state)
{
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", state->name);
    cJSON_AddStringToObject(object, "method", state->method);
    if (state->solvent != NULL) {
        cJSON_AddStringToObject(object, "solvent", state->solvent);
        cJSON_AddStringToObject(object, "solvation_model", state->solvation_model);
    }
    cJSON_AddItemToObject(object, "electronic_temperature_K",
                          json_number(state->electronic_temperature_k));
    cJSON_AddItemToObject(object, "charge", cJSON_CreateNumber(state->charge));
    cJSON_AddStringToObject(object, "charge_source", state->charge_source);
    cJSON_AddItemToObject(object, "multiplicity", cJSON_CreateNumber(state->multiplicity));
    cJSON_AddStringToObject(object, "multiplicity_source", state->multiplicity_source);
    cJSON *const numbers = cJSON_AddArrayToObject(object, "atomic_numbers");
    cJSON *const species = cJSON_AddArrayToObject(object, "species");
    for (size_t a = 0; a < state->n_atoms; a++) {
        cJSON_AddItemToArray(numbers, cJSON_CreateNumber(state->numbers[a]));
        cJSON_AddItemToArray(species, cJSON_CreateString(qmt_element_symbol(state->numbers[a])));
    }
    return object;
}
