#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "base/vec3.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "config/config_set.h"
#include "config/value_text.h"
#include "data/element.h"
#include "data/method.h"
#include "engine/xtb.h"
#include "io/json.h"
#include "io/text.h"
#include "run/run.h"
#include "structure/smiles.h"
#include "structure/structure_names.h"
#include "structure/structure_read.h"

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

/// Results of one structure, atomic units.
typedef struct {
    double energy, (*gradient)[3], *charges, dipole[3];
    double *properties; ///< all of them
    EnergyTerm terms[ENERGY_TERMS_MAX];
    size_t n_terms;
    EngineReport report;
} Single;

/// Bond orders below this are not printed as text.
static const double PAIR_PRINTED = 0.1;

static const double *property_of(const Single *single, Property property, size_t n_atoms)
{
    return single->properties + properties_size((1u << property) - 1, n_atoms);
}

/// A matrix of the atoms, of which only what counts is printed.
static void print_pairs(const Structure *structure, const double *values)
{
    const size_t n = structure->n_atoms;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++)
            if (values[a * n + b] > PAIR_PRINTED)
                printf("  %4zu %-2s %4zu %-2s %10.6f\n", a + 1,
                       element_symbol(structure->numbers[a]), b + 1,
                       element_symbol(structure->numbers[b]), values[a * n + b]);
}

/// A number on its own may be small, like a residual.
static void print_number(double value, bool alone)
{
    printf(!alone || fabs(value) >= 1e-4 ? "  %18.12f" : "  %18.3e", value);
}

/// The numbers of a property in lines: one, or one per row.
static void print_property(const Structure *structure, Property property, const double *values)
{
    const PropertyType *type = &PROPERTIES[property];
    const bool pairs = strcmp(type->axes, "NN") == 0, matrix = strlen(type->axes) > 1;
    const size_t n = property_size(property, structure->n_atoms);
    const size_t n_columns = matrix || strcmp(type->axes, "3") == 0 ? 3 : 1;
    if (pairs)
        printf("%s above %.1f\n", type->title, PAIR_PRINTED);
    else
        printf("%s, %s\n", type->title, type->au);
    if (pairs)
        print_pairs(structure, values);
    for (size_t i = 0; i < n && !pairs; i += n_columns) {
        for (size_t k = 0; k < n_columns; k++)
            print_number(values[i + k], n == 1);
        if (strcmp(type->au, "hartree") == 0)
            printf("   (%.4f eV)", values[i] * EV_PER_HARTREE);
        putchar('\n');
    }
    putchar('\n');
}

/// Those that were asked for and that the text does not have anyway.
static void print_properties(const RunSpec *task, const Single *single)
{
    const unsigned shown = 1u << PROPERTY_DIPOLE | 1u << PROPERTY_CHARGES;
    const unsigned set = (unsigned)task->config.properties & ~shown;
    for (int p = 0; p < N_PROPERTIES; p++)
        if (set >> p & 1)
            print_property(task->structure, (Property)p,
                           property_of(single, (Property)p, task->structure->n_atoms));
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

static void print_text(const RunSpec *task, const Single *single)
{
    const Structure *structure = task->structure;
    const size_t n = structure->n_atoms;
    const char *solvent = config_solvent_name(&task->config);
    char model[32];
    printf("%s: %zu atom%s, charge %lld, multiplicity %lld, %s", structure->name, n,
           n == 1 ? "" : "s", (long long)task->config.charge,
           (long long)task->config.spin_multiplicity, method_name((size_t)task->config.method));
    if (solvent != NULL)
        printf(", %s %s", config_choice(&task->config, "solvation_model", model), solvent);
    printf("\n\n");

    printf("energy, hartree\n");
    for (size_t t = 0; t < single->n_terms; t++)
        printf("  %-32s %20.12f\n", single->terms[t].name, single->terms[t].energy);
    printf("  %-32s %20.12f\n\n", "total", single->energy);

    printf("gradient, hartree/bohr                                            charge, e\n");
    for (size_t a = 0; a < n; a++)
        printf("  %4zu %-2s %18.12f %18.12f %18.12f %10.6f\n", a + 1,
               element_symbol(structure->numbers[a]), single->gradient[a][0],
               single->gradient[a][1], single->gradient[a][2], single->charges[a]);

    printf("\ndipole, e bohr%s\n  %18.12f %18.12f %18.12f   (%.4f debye)\n\n",
           task->config.charge != 0 ? ", about the origin" : "", single->dipole[0],
           single->dipole[1], single->dipole[2], vec3_norm(single->dipole) * DEBYE_PER_EBOHR);
    print_properties(task, single);
}

static cJSON *number_json(double value)
{
    char text[TEXT_DOUBLE_SIZE];
    text_format_double(value, text);
    return cJSON_CreateRaw(text);
}

static cJSON *numbers_json(const double *values, size_t n)
{
    cJSON *const array = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(array, number_json(values[i]));
    return array;
}

/// Rows of a matrix.
static cJSON *matrix_json(const double *values, size_t n_rows, size_t n)
{
    cJSON *const rows = cJSON_CreateArray();
    for (size_t i = 0; i < n_rows; i++)
        cJSON_AddItemToArray(rows, numbers_json(values + i * n, n));
    return rows;
}

static cJSON *property_json(Property property, const double *values, size_t n_atoms)
{
    const char *const axes = PROPERTIES[property].axes;
    const size_t n = property_size(property, n_atoms);
    if (axes[0] == '\0')
        return number_json(*values);
    const size_t n_rows = axes[0] == 'N' ? n_atoms : (size_t)(axes[0] - '0');
    return axes[1] == '\0' ? numbers_json(values, n) : matrix_json(values, n_rows, n / n_rows);
}

static QmtStatus print_json(QmtContext *ctx, const RunSpec *task, const Single *single)
{
    json_begin();
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", task->structure->name);
    cJSON_AddStringToObject(object, "method", method_name((size_t)task->config.method));
    const char *solvent = config_solvent_name(&task->config);
    if (solvent != NULL) {
        char model[32];
        cJSON_AddStringToObject(object, "solvent", solvent);
        cJSON_AddStringToObject(object, "solvation_model",
                                config_choice(&task->config, "solvation_model", model));
    }
    cJSON_AddItemToObject(object, "electronic_temperature_K",
                          number_json(task->config.electronic_temperature_k));
    cJSON_AddItemToObject(object, "charge", cJSON_CreateNumber((double)task->config.charge));
    cJSON_AddStringToObject(object, "charge_source", task->charge_source);
    cJSON_AddItemToObject(object, "multiplicity",
                          cJSON_CreateNumber((double)task->config.spin_multiplicity));
    cJSON_AddStringToObject(object, "multiplicity_source", task->multiplicity_source);
    cJSON *const numbers = cJSON_AddArrayToObject(object, "atomic_numbers");
    cJSON *const species = cJSON_AddArrayToObject(object, "species");
    cJSON *const positions = cJSON_AddArrayToObject(object, "positions");
    cJSON *const gradient = cJSON_CreateArray();
    for (size_t a = 0; a < task->structure->n_atoms; a++) {
        cJSON_AddItemToArray(numbers, cJSON_CreateNumber(task->structure->numbers[a]));
        const double *const bohr = task->structure->xyz[a];
        const double xyz[3] = {bohr[0] / BOHR_PER_ANGSTROM, bohr[1] / BOHR_PER_ANGSTROM,
                               bohr[2] / BOHR_PER_ANGSTROM};
        cJSON_AddItemToArray(species,
                             cJSON_CreateString(element_symbol(task->structure->numbers[a])));
        cJSON_AddItemToArray(positions, numbers_json(xyz, 3));
        cJSON_AddItemToArray(gradient, numbers_json(single->gradient[a], 3));
    }
    cJSON_AddItemToObject(object, "energy", number_json(single->energy));
    cJSON_AddItemToObject(object, "gradient", gradient);
    for (int p = 0; p < N_PROPERTIES; p++) {
        const size_t n_atoms = task->structure->n_atoms;
        const double *const values = property_of(single, (Property)p, n_atoms);
        cJSON_AddItemToObject(object, property_name((Property)p),
                              property_json((Property)p, values, n_atoms));
    }
    cJSON *const terms = cJSON_AddObjectToObject(object, "terms");
    for (size_t t = 0; t < single->n_terms; t++)
        cJSON_AddItemToObject(terms, single->terms[t].name, number_json(single->terms[t].energy));
    cJSON_AddItemToObject(object, "scf_iterations",
                          cJSON_CreateNumber(single->report.scf_iterations));
    cJSON_AddItemToObject(object, "scf_recovery", cJSON_CreateNumber(single->report.recovery));
    cJSON *const units = cJSON_AddObjectToObject(object, "units");
    cJSON_AddStringToObject(units, "positions", "angstrom");
    cJSON_AddStringToObject(units, "energy", "hartree");
    cJSON_AddStringToObject(units, "gradient", "hartree/bohr");
    for (int p = 0; p < N_PROPERTIES; p++)
        cJSON_AddStringToObject(units, property_name((Property)p), PROPERTIES[p].au);
    cJSON_AddStringToObject(units, "terms", "hartree");

    char *const text = json_text(object, false);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its JSON", task->structure->name);
    puts(text);
    cJSON_free(text);
    return QMT_OK;
}

static QmtStatus structure_compute(QmtContext *ctx, const RunSpec *task, bool json)
{
    const Structure *structure = task->structure;
    const QmtEngineOptions options = run_engine_options(task);
    Single single = {.gradient = malloc(structure->n_atoms * sizeof *single.gradient),
                     .charges = malloc(structure->n_atoms * sizeof *single.charges),
                     .properties = malloc(properties_size(ALL_PROPERTIES, structure->n_atoms) *
                                          sizeof *single.properties)};
    Engine *engine = NULL;

    QmtStatus status = QMT_OK;
    if (single.gradient == NULL || single.charges == NULL || single.properties == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", structure->n_atoms);
    if (status == QMT_OK)
        status = xtb_create(ctx, structure->n_atoms, structure->numbers, &options, &engine);
    if (status == QMT_OK)
        status = engine_evaluate(ctx, engine, (const double(*)[3])structure->xyz,
                                 &(EngineResult){.energy = &single.energy,
                                                 .gradient = single.gradient,
                                                 .charges = single.charges,
                                                 .dipole = single.dipole,
                                                 .report = &single.report,
                                                 .properties = single.properties,
                                                 .property_set = ALL_PROPERTIES});
    if (status != QMT_OK) {
        context_set_subject(ctx, "%s", structure->name);
    } else {
        if (single.report.recovery > 0)
            context_log(
                ctx, QMT_LOG_WARNING,
                "%s: the SCF found no solution on the plain way and took rung %d of its recovery "
                "ladder; there may be more than one solution: look at the charges",
                structure->name, single.report.recovery);
        if (single.report.recovery == 0 && single.report.scf_iterations > SCF_SLOW_ITERATIONS)
            context_log(ctx, QMT_LOG_WARNING,
                        "%s: the SCF needed %d iterations; there may be more than one solution: "
                        "look at the charges",
                        structure->name, single.report.scf_iterations);
        single.n_terms = xtb_energy_terms(engine, single.terms);
        if (json)
            status = print_json(ctx, task, &single);
        else
            print_text(task, &single);
    }
    engine_destroy(&engine);
    free(single.gradient);
    free(single.charges);
    free(single.properties);
    return status;
}

static QmtStatus structure_do(QmtContext *ctx, Structure *structure, const Config *config,
                              bool json)
{
    RunSpec task;
    if (structure->n_atoms == 0 && structure->smiles != NULL)
        TRY(smiles_embed(ctx, structure));
    TRY(spec_make(ctx, structure, config, &task));
    return structure_compute(ctx, &task, json);
}

/// What could not be read is said before the rest is computed; of one input alone it is the failure.
static QmtStatus rejected_say(QmtContext *ctx, const StructureList *list)
{
    const RejectionList *const rejected = list->rejected;
    if (rejected->n == 1 && list->n == 0)
        return FAIL(ctx, QMT_ERR_INPUT, "%s", rejected->items[0].sentence);
    for (size_t i = 0; i < rejected->n; i++)
        context_log(ctx, QMT_LOG_WARNING, "%s", rejected->items[i].sentence);
    return QMT_OK;
}

/// Every structure is tried; the failures of those before the last are printed as warnings.
static QmtStatus structures_do(QmtContext *ctx, StructureList *list, const Config *config,
                               bool json)
{
    const size_t n = list->n + list->rejected->n;
    QmtStatus first = QMT_ERR_INPUT;
    size_t n_failed = list->rejected->n;
    if (n == 0)
        return FAIL(ctx, QMT_ERR_USAGE, "no structures; e.g. `qmtraj energy water.xyz`");
    TRY(rejected_say(ctx, list));
    for (size_t i = 0; i < list->n; i++) {
        const QmtStatus status = structure_do(ctx, &list->items[i], config, json);
        if (status == QMT_OK)
            continue;
        if (n == 1)
            return status;
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
        first = n_failed++ == 0 ? status : first;
    }
    if (n_failed > 0)
        return FAIL(ctx, n_failed == n ? first : QMT_ERR_PARTIAL, "%zu of %zu structures failed",
                    n_failed, n);
    return QMT_OK;
}

static QmtStatus set_from_option(QmtContext *ctx, const char *option, const char *key,
                                 const char *value, Config *config)
{
    return config_set_key(ctx, option, -1, key, value, false, config);
}

/// --alpb NAME and --gbsa NAME: model and solvent in one; both at once is a mistake.
static QmtStatus solvent_from_option(QmtContext *ctx, const char *option, const char *value,
                                     Config *config)
{
    if (config_is_given(config, "solvent"))
        return FAIL(ctx, QMT_ERR_USAGE, "%s %.60s: the solvent is given already, %s", option, value,
                    config->solvent > 0 ? config_solvent_name(config) : "none");
    TRY(set_from_option(ctx, option, "solvation_model", option + 2, config));
    return set_from_option(ctx, option, "solvent", value, config);
}

QmtStatus cmd_energy(QmtContext *ctx, int argc, char **argv)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    Config config = config_default();
    RejectionList rejected = {0};
    StructureList list = {.rejected = &rejected};
    SmilesColumns columns = {0};
    bool json = false;
    QmtStatus status = QMT_OK;

    while (status == QMT_OK) {
        int place;
        const char *value;
        status = options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value);
        if (status != QMT_OK || place == OPTION_END)
            break;
        switch (place) {
        case O_METHOD:
            status = set_from_option(ctx, "--method", "method", value, &config);
            break;
        case O_ALPB:
        case O_GBSA:
            status = solvent_from_option(ctx, OPTIONS[place].name, value, &config);
            break;
        case O_CHARGE:
            status = set_from_option(ctx, "--charge", "charge", value, &config);
            break;
        case O_MULTIPLICITY:
            status = set_from_option(ctx, "--multiplicity", "spin_multiplicity", value, &config);
            break;
        case O_PROPERTIES:
            status = set_from_option(ctx, "--properties", "properties", value, &config);
            break;
        case O_JSON:
            json = true;
            break;
        case O_SMILES_FILE:
            status = smiles_read_table(ctx, value, &columns, &list);
            break;
        case O_SMILES:
            status = smiles_read_word(ctx, value, &list);
            break;
        case O_SMILES_COLUMN:
            columns.smiles = value;
            break;
        case O_NAME_COLUMN:
            columns.name = value;
            break;
        case O_SET:
            status = config_set(ctx, value, &config);
            break;
        case O_HELP:
        case O_H:
            help_energy(stdout);
            structures_release(&list);
            rejections_release(&rejected);
            return QMT_OK;
        default:
            status = structures_read(ctx, value, &columns, &list);
        }
    }
    if (status == QMT_OK)
        status = structures_name_apart(ctx, &list, NAMES_APART);
    if (status == QMT_OK)
        status = structures_do(ctx, &list, &config, json);
    structures_release(&list);
    rejections_release(&rejected);
    return status;
}
