#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <qmtraj/molecule.h>
#include <qmtraj/text.h>
#include <qmtraj/units.h>

#include "cli/commands.h"
#include "cli/config_words.h"
#include "cli/json_print.h"
#include "cli/options.h"

enum {
    O_METHOD,
    O_ALPB,
    O_GBSA,
    O_CHARGE,
    O_MULTIPLICITY,
    O_PROPERTIES,
    O_JSON,
    O_SMILES_FILE,
    O_SMILES,
    O_SMILES_COLUMN,
    O_NAME_COLUMN,
    O_SET,
    O_HELP,
    O_H,
    N_OPTIONS
};

static const Option OPTIONS[N_OPTIONS] = {
    [O_METHOD] = {"--method", "NAME", "GFN2-xTB (default) or GFN1-xTB"},
    [O_ALPB] = {"--alpb", "SOLVENT", "in a solvent (`qmtraj solvents`), ALPB model"},
    [O_GBSA] = {"--gbsa", "SOLVENT", "in a solvent, GBSA model"},
    [O_CHARGE] = {"--charge", "N", "charge of structures that do not say theirs (default 0)"},
    [O_MULTIPLICITY] = {"--multiplicity", "N", "unpaired electrons + 1, likewise (default 1)"},
    [O_PROPERTIES] = {"--properties", "LIST",
                      "of bond_orders, homo_lumo_gap, quadrupole, scf_residual, with commas; JSON "
                      "has all of them"},
    [O_JSON] = {"--json", NULL, "one JSON object per structure, one a line"},
    [O_SMILES_FILE] = {"--smiles-file", "FILE",
                       "a list of SMILES: lines \"SMILES name\", or a table with a header; made 3D "
                       "first"},
    [O_SMILES] = {"--smiles", "SMILES[=NAME]", "one molecule, likewise; may be repeated"},
    [O_SMILES_COLUMN] =
        {"--smiles-column", "COLUMN",
         "word of the header or number of the column of the SMILES; before the file"},
    [O_NAME_COLUMN] = {"--name-column", "COLUMN", "likewise of the names"},
    [O_SET] = {"--set", "KEY=VALUE",
               "a key of the configuration, e.g. electronic_temperature_K=1000"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

/// Room for the terms of any method.
enum { TERMS_MAX = 64 };

/// What the command line says.
typedef struct {
    QmtConfig *config;
    QmtStructures *structures;
    QmtReadOptions reading;
    bool json, help;
} Words;

/// One structure with its results, atomic units.
typedef struct {
    QmtStructure structure;
    QmtMolecule molecule;
    QmtEngineOptions options;
    double energy, *gradient, *charges, dipole[3];
    double *properties; ///< all of them
    QmtTerm terms[TERMS_MAX];
    size_t n_terms;
    QmtReport report;
} Single;

/// Bond orders below this are not printed as text.
static const double PAIR_PRINTED = 0.1;

static unsigned all_properties(void)
{
    return (1u << qmt_property_count()) - 1;
}

static const double *property_of(const Single *single, size_t p)
{
    return single->properties + qmt_properties_size((1u << p) - 1, single->structure.n_atoms);
}

/// A matrix of the atoms, of which only what counts is printed.
static void print_pairs(const QmtStructure *structure, const double *values)
{
    const size_t n = structure->n_atoms;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++)
            if (values[a * n + b] > PAIR_PRINTED)
                printf("  %4zu %-2s %4zu %-2s %10.6f\n", a + 1,
                       qmt_element_symbol(structure->numbers[a]), b + 1,
                       qmt_element_symbol(structure->numbers[b]), values[a * n + b]);
}

/// A number on its own may be small, like a residual.
static void print_number(double value, bool alone)
{
    printf(!alone || fabs(value) >= 1e-4 ? "  %18.12f" : "  %18.3e", value);
}

/// The numbers of a property in lines: one, or one per row.
static void print_property(const QmtProperty *property, const double *values, size_t n)
{
    const bool matrix = strlen(property->axes) > 1;
    const size_t n_columns = matrix || strcmp(property->axes, "3") == 0 ? 3 : 1;
    printf("%s, %s\n", property->title, property->unit);
    for (size_t i = 0; i < n; i += n_columns) {
        for (size_t k = 0; k < n_columns; k++)
            print_number(values[i + k], n == 1);
        if (strcmp(property->unit, "hartree") == 0)
            printf("   (%.4f eV)", values[i] * QMT_EV_PER_HARTREE);
        putchar('\n');
    }
}

/// Those that were asked for and that the text does not have anyway.
static void print_properties(QmtContext *ctx, const Single *single)
{
    QmtProperty property;
    for (size_t p = 0; p < qmt_property_count() && qmt_property(ctx, p, &property) == QMT_OK; p++) {
        if ((single->molecule.property_set >> p & 1) == 0 || strcmp(property.name, "dipole") == 0 ||
            strcmp(property.name, "charges") == 0)
            continue;
        const double *const values = property_of(single, p);
        if (strcmp(property.axes, "NN") == 0) {
            printf("%s above %.1f\n", property.title, PAIR_PRINTED);
            print_pairs(&single->structure, values);
        } else {
            print_property(&property, values, qmt_property_size(p, single->structure.n_atoms));
        }
        putchar('\n');
    }
}

void help_energy(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj energy [options] FILE ...\n"
        "\n"
        "Energy by term, gradient, charges and dipole of structures at rest, from XYZ, SDF, "
        "Turbomole coord\n"
        "or lists of SMILES, also compressed by gzip; \"-\" is standard input. XYZ files may hold "
        "several\n"
        "frames and say charge=, multiplicity= and name= in their comment lines.\n"
        "\n"
        "  qmtraj energy water.xyz\n"
        "  qmtraj energy acetate.xyz --charge -1 --json\n"
        "  qmtraj energy --alpb water glycine.xyz\n"
        "  qmtraj energy water.xyz --properties bond_orders,homo_lumo_gap\n"
        "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

static void print_text(QmtContext *ctx, const Single *single)
{
    const QmtStructure *const structure = &single->structure;
    const QmtMolecule *const molecule = &single->molecule;
    const double *const dipole = single->dipole;
    const size_t n = structure->n_atoms;
    printf("%s: %zu atom%s, charge %d, multiplicity %d, %s", structure->name, n, n == 1 ? "" : "s",
           molecule->charge, molecule->multiplicity, single->options.method);
    if (single->options.solvent != NULL)
        printf(", %s %s", single->options.solvation_model, single->options.solvent);
    printf("\n\n");

    printf("energy, hartree\n");
    for (size_t t = 0; t < single->n_terms; t++)
        printf("  %-32s %20.12f\n", single->terms[t].name, single->terms[t].energy);
    printf("  %-32s %20.12f\n\n", "total", single->energy);

    printf("gradient, hartree/bohr                                            charge, e\n");
    for (size_t a = 0; a < n; a++)
        printf("  %4zu %-2s %18.12f %18.12f %18.12f %10.6f\n", a + 1,
               qmt_element_symbol(structure->numbers[a]), single->gradient[3 * a],
               single->gradient[3 * a + 1], single->gradient[3 * a + 2], single->charges[a]);

    const double norm = sqrt(dipole[0] * dipole[0] + dipole[1] * dipole[1] + dipole[2] * dipole[2]);
    printf("\ndipole, e bohr%s\n  %18.12f %18.12f %18.12f   (%.4f debye)\n\n",
           molecule->charge != 0 ? ", about the origin" : "", dipole[0], dipole[1], dipole[2],
           norm * QMT_DEBYE_PER_EBOHR);
    print_properties(ctx, single);
}

/// Rows of a matrix.
static cJSON *matrix_json(const double *values, size_t n_rows, size_t n)
{
    cJSON *const rows = cJSON_CreateArray();
    for (size_t i = 0; i < n_rows; i++)
        cJSON_AddItemToArray(rows, json_numbers(values + i * n, n));
    return rows;
}

static cJSON *property_json(const char *axes, const double *values, size_t n, size_t n_atoms)
{
    if (axes[0] == '\0')
        return json_number(*values);
    const size_t n_rows = axes[0] == 'N' ? n_atoms : (size_t)(axes[0] - '0');
    return axes[1] == '\0' ? json_numbers(values, n) : matrix_json(values, n_rows, n / n_rows);
}

static void molecule_add(const Single *single, cJSON *object)
{
    const QmtMolecule *const molecule = &single->molecule;
    const QmtEngineOptions *const options = &single->options;
    cJSON_AddStringToObject(object, "method", options->method);
    if (options->solvent != NULL) {
        cJSON_AddStringToObject(object, "solvent", options->solvent);
        cJSON_AddStringToObject(object, "solvation_model", options->solvation_model);
    }
    cJSON_AddItemToObject(object, "electronic_temperature_K",
                          json_number(options->electronic_temperature_k));
    cJSON_AddNumberToObject(object, "charge", molecule->charge);
    cJSON_AddStringToObject(object, "charge_source", molecule->charge_source);
    cJSON_AddNumberToObject(object, "multiplicity", molecule->multiplicity);
    cJSON_AddStringToObject(object, "multiplicity_source", molecule->multiplicity_source);
}

static void atoms_add(const QmtStructure *structure, cJSON *object)
{
    cJSON *const numbers = cJSON_AddArrayToObject(object, "atomic_numbers");
    cJSON *const species = cJSON_AddArrayToObject(object, "species");
    cJSON *const positions = cJSON_AddArrayToObject(object, "positions");
    for (size_t a = 0; a < structure->n_atoms; a++) {
        const double *const bohr = structure->xyz + 3 * a;
        const double xyz[3] = {bohr[0] / QMT_BOHR_PER_ANGSTROM, bohr[1] / QMT_BOHR_PER_ANGSTROM,
                               bohr[2] / QMT_BOHR_PER_ANGSTROM};
        cJSON_AddItemToArray(numbers, cJSON_CreateNumber(structure->numbers[a]));
        cJSON_AddItemToArray(species,
                             cJSON_CreateString(qmt_element_symbol(structure->numbers[a])));
        cJSON_AddItemToArray(positions, json_numbers(xyz, 3));
    }
}

static void results_add(QmtContext *ctx, const Single *single, cJSON *object)
{
    const size_t n_atoms = single->structure.n_atoms;
    QmtProperty property;
    cJSON_AddItemToObject(object, "energy", json_number(single->energy));
    cJSON_AddItemToObject(object, "gradient", matrix_json(single->gradient, n_atoms, 3));
    for (size_t p = 0; p < qmt_property_count() && qmt_property(ctx, p, &property) == QMT_OK; p++)
        cJSON_AddItemToObject(object, property.name,
                              property_json(property.axes, property_of(single, p),
                                            qmt_property_size(p, n_atoms), n_atoms));
    cJSON *const terms = cJSON_AddObjectToObject(object, "terms");
    for (size_t t = 0; t < single->n_terms; t++)
        cJSON_AddItemToObject(terms, single->terms[t].name, json_number(single->terms[t].energy));
    cJSON_AddNumberToObject(object, "scf_iterations", single->report.scf_iterations);
    cJSON_AddNumberToObject(object, "scf_recovery", single->report.recovery);
}

static void units_add(QmtContext *ctx, cJSON *object)
{
    QmtProperty property;
    cJSON *const units = cJSON_AddObjectToObject(object, "units");
    cJSON_AddStringToObject(units, "positions", "angstrom");
    cJSON_AddStringToObject(units, "energy", "hartree");
    cJSON_AddStringToObject(units, "gradient", "hartree/bohr");
    for (size_t p = 0; p < qmt_property_count() && qmt_property(ctx, p, &property) == QMT_OK; p++)
        cJSON_AddStringToObject(units, property.name, property.unit);
    cJSON_AddStringToObject(units, "terms", "hartree");
}

static QmtStatus print_json(QmtContext *ctx, const Single *single)
{
    char what[300];
    json_print_begin();
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", single->structure.name);
    molecule_add(single, object);
    atoms_add(&single->structure, object);
    results_add(ctx, single, object);
    units_add(ctx, object);
    snprintf(what, sizeof what, "the JSON of %s", single->structure.name);
    return json_print(ctx, object, false, what);
}

/// What to know about a solution that was hard to find.
static void solution_warn(QmtContext *ctx, const Single *single)
{
    const QmtReport *const report = &single->report;
    if (report->recovery > 0)
        cli_note(ctx, QMT_LOG_WARNING,
                 "%s: the SCF found no solution on the plain way and took rung %d of its recovery "
                 "ladder; there may be more than one solution: look at the charges",
                 single->structure.name, report->recovery);
    else if (report->scf_iterations > QMT_SCF_SLOW_ITERATIONS)
        cli_note(ctx, QMT_LOG_WARNING,
                 "%s: the SCF needed %d iterations; there may be more than one solution: "
                 "look at the charges",
                 single->structure.name, report->scf_iterations);
}

static QmtStatus single_compute(QmtContext *ctx, QmtEngine *engine, Single *single)
{
    QmtResult result = qmt_result_empty();
    single->report = qmt_report_empty();
    result.energy = &single->energy;
    result.gradient = single->gradient;
    result.charges = single->charges;
    result.dipole = single->dipole;
    result.report = &single->report;
    result.properties = single->properties;
    result.property_set = all_properties();
    TRY(qmt_engine_evaluate(ctx, engine, single->structure.xyz, NULL, &result));
    const size_t n_terms = qmt_engine_terms(engine, single->terms, TERMS_MAX);
    single->n_terms = n_terms < TERMS_MAX ? n_terms : TERMS_MAX;
    return QMT_OK;
}

static QmtStatus structure_compute(QmtContext *ctx, Single *single)
{
    const size_t n = single->structure.n_atoms;
    QmtEngine *engine = NULL;
    single->gradient = malloc(3 * n * sizeof *single->gradient);
    single->charges = malloc(n * sizeof *single->charges);
    single->properties =
        malloc(qmt_properties_size(all_properties(), n) * sizeof *single->properties);
    QmtStatus status = QMT_OK;
    if (single->gradient == NULL || single->charges == NULL || single->properties == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", n);
    if (status == QMT_OK)
        status = qmt_engine_create(ctx, n, single->structure.numbers, &single->options, &engine);
    if (status == QMT_OK)
        status = single_compute(ctx, engine, single);
    if (status != QMT_OK)
        qmt_context_set_subject(ctx, single->structure.name);
    qmt_engine_destroy(&engine);
    return status;
}

static QmtStatus structure_do(QmtContext *ctx, const Words *words, size_t i)
{
    Single single = {.options = qmt_engine_options_default()};
    TRY(qmt_structures_embed(ctx, words->structures, i));
    TRY(qmt_structures_get(ctx, words->structures, i, &single.structure));
    TRY(qmt_molecule_settle(ctx, words->structures, i, words->config, &single.molecule,
                            &single.options));
    QmtStatus status = structure_compute(ctx, &single);
    if (status == QMT_OK) {
        solution_warn(ctx, &single);
        if (words->json)
            status = print_json(ctx, &single);
        else
            print_text(ctx, &single);
    }
    free(single.gradient);
    free(single.charges);
    free(single.properties);
    return status;
}

/// What could not be read is said before the rest is computed; of one input alone it is the failure.
static QmtStatus rejected_say(QmtContext *ctx, const QmtStructures *list)
{
    const size_t n = qmt_structures_rejection_count(list);
    QmtRejection rejection;
    for (size_t i = 0; i < n; i++) {
        TRY(qmt_structures_rejection(ctx, list, i, &rejection));
        if (n == 1 && qmt_structures_count(list) == 0)
            return FAIL(ctx, QMT_ERR_INPUT, "%s", rejection.sentence);
        qmt_context_note(ctx, QMT_LOG_WARNING, rejection.sentence);
    }
    return QMT_OK;
}

/// Every structure is tried; the failures of those before the last are printed as warnings.
static QmtStatus structures_do(QmtContext *ctx, const Words *words)
{
    const size_t n_read = qmt_structures_count(words->structures);
    size_t n_failed = qmt_structures_rejection_count(words->structures);
    const size_t n = n_read + n_failed;
    QmtStatus first = QMT_ERR_INPUT;
    if (n == 0)
        return FAIL(ctx, QMT_ERR_USAGE, "no structures; e.g. `qmtraj energy water.xyz`");
    TRY(rejected_say(ctx, words->structures));
    for (size_t i = 0; i < n_read; i++) {
        const QmtStatus status = structure_do(ctx, words, i);
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

/// --alpb NAME and --gbsa NAME: model and solvent in one; both at once is a mistake.
static QmtStatus solvent_word(QmtContext *ctx, const char *option, const char *value,
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

static QmtStatus word_take(QmtContext *ctx, int place, const char *value, Words *words)
{
    const char *const option = place >= 0 ? OPTIONS[place].name : "";
    switch (place) {
    case O_METHOD:
    case O_CHARGE:
    case O_PROPERTIES:
        return qmt_config_set_at(ctx, words->config, option, option + 2, value);
    case O_MULTIPLICITY:
        return qmt_config_set_at(ctx, words->config, option, "spin_multiplicity", value);
    case O_ALPB:
    case O_GBSA:
        return solvent_word(ctx, option, value, words->config);
    case O_SET:
        return config_word(ctx, value, words->config);
    case O_SMILES_FILE:
        return qmt_structures_read_smiles(ctx, words->structures, value, &words->reading);
    case O_SMILES:
        return qmt_structures_add_word(ctx, words->structures, value);
    case O_SMILES_COLUMN:
        words->reading.smiles_column = value;
        return QMT_OK;
    case O_NAME_COLUMN:
        words->reading.name_column = value;
        return QMT_OK;
    case O_JSON:
        words->json = true;
        return QMT_OK;
    case O_HELP:
    case O_H:
        words->help = true;
        return QMT_OK;
    default:
        return qmt_structures_read(ctx, words->structures, value, &words->reading);
    }
}

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, Words *words)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    int place = 0;
    const char *value = NULL;
    while (!words->help) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        if (place == OPTION_END)
            return qmt_structures_name(ctx, words->structures, QMT_NAMES_APART);
        TRY(word_take(ctx, place, value, words));
    }
    return QMT_OK;
}

QmtStatus cmd_energy(QmtContext *ctx, int argc, char **argv)
{
    Words words = {.reading = qmt_read_options_default()};
    QmtStatus status = qmt_config_create(ctx, &words.config);
    if (status == QMT_OK)
        status = qmt_structures_create(ctx, &words.structures);
    qmt_structures_set_tolerant(words.structures, 1);
    if (status == QMT_OK)
        status = words_read(ctx, argc, argv, &words);
    if (status == QMT_OK && words.help)
        help_energy(stdout);
    else if (status == QMT_OK)
        status = structures_do(ctx, &words);
    qmt_structures_destroy(&words.structures);
    qmt_config_destroy(&words.config);
    return status;
}
