#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <qmtraj/molecule.h>
#include <qmtraj/text.h>
#include <qmtraj/units.h>

#include "cli/commands.h"
#include "cli/molecules.h"

enum { O_PROPERTIES = N_MOLECULE_OPTIONS, O_JSON, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    MOLECULE_OPTIONS,
    [O_PROPERTIES] = {"--properties", "LIST",
                      "of bond_orders, homo_lumo_gap, quadrupole, scf_residual, with commas; JSON "
                      "has all of them"},
    [O_JSON] = {"--json", NULL, "one JSON object per structure, one a line"},
};

/// Room for the terms of any method.
enum { TERMS_MAX = 64 };

/// What the command line says.
typedef struct {
    Molecules molecules;
    bool json;
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
    molecules_options_print(out, OPTIONS, N_OPTIONS);
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

static QmtStatus structure_do(QmtContext *ctx, Molecules *molecules, size_t i, void *user)
{
    const Words *const words = user;
    Single single = {.options = qmt_engine_options_default()};
    TRY(qmt_structures_embed(ctx, molecules->structures, i));
    TRY(qmt_structures_get(ctx, molecules->structures, i, &single.structure));
    TRY(qmt_molecule_settle(ctx, molecules->structures, i, molecules->config, &single.molecule,
                            &single.options));
    QmtStatus status = structure_compute(ctx, &single);
    if (status == QMT_OK) {
        molecules_solution_warn(ctx, single.structure.name, single.report.scf_iterations,
                                single.report.recovery);
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

static QmtStatus word_take(QmtContext *ctx, int place, const char *value, void *user)
{
    Words *const words = user;
    if (place == O_PROPERTIES)
        return qmt_config_set_at(ctx, words->molecules.config, "--properties", "properties", value);
    words->json = true;
    return QMT_OK;
}

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, Words *words)
{
    static const CommandKey USED[] = {{"properties", NULL}};
    TRY(molecules_read(ctx, argc, argv, OPTIONS, N_OPTIONS, &words->molecules, word_take, words));
    return molecules_unused_say(ctx, &words->molecules, "energy", USED, sizeof USED / sizeof *USED);
}

QmtStatus cmd_energy(QmtContext *ctx, int argc, char **argv)
{
    Words words = {.json = false};
    Molecules *const molecules = &words.molecules;
    TRY(molecules_begin(ctx, molecules));
    QmtStatus status = words_read(ctx, argc, argv, &words);
    if (status == QMT_OK && molecules->help)
        help_energy(stdout);
    else if (status == QMT_OK)
        status = molecules_each(ctx, molecules, "energy", structure_do, &words);
    molecules_end(molecules);
    return status;
}
