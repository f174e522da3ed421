#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <qmtraj/campaign.h>
#include <qmtraj/hessian.h>
#include <qmtraj/units.h>

#include "cli/commands.h"
#include "cli/molecules.h"

enum {
    O_NPY = N_MOLECULE_OPTIONS,
    O_POINTS,
    O_STEP,
    O_TEMPERATURE,
    O_PRESSURE,
    O_SYMMETRY,
    O_QRRHO,
    O_WORKERS,
    O_JSON,
    N_OPTIONS
};

static const Option OPTIONS[N_OPTIONS] = {
    MOLECULE_OPTIONS,
    [O_NPY] = {"--npy", "FILE",
               "the Hessian of one structure as an array of NumPy, hartree/bohr^2"},
    [O_POINTS] = {"--points", "N", "of the differences of gradients, 3 or 5 (default)"},
    [O_STEP] = {"--step", "H", "displacement, bohr (default 0.005)"},
    [O_TEMPERATURE] = {"--temperature", "T", "of the thermochemistry, kelvin (default 298.15)"},
    [O_PRESSURE] = {"--pressure", "P", "likewise, pascal (default 101325)"},
    [O_SYMMETRY] = {"--symmetry-number", "N", "of rotation (default 1: none is looked for)"},
    [O_QRRHO] = {"--qrrho", "CM",
                 "entropies of modes below about CM (cm-1) as of free rotors, Grimme 2012; 50 is "
                 "xtb's choice (default: all are oscillators)"},
    [O_WORKERS] = {"--num-workers", "N", "processes (default: all cores); no result depends on it"},
    [O_JSON] = {"--json", NULL, "one JSON object per structure, one a line, with the modes"},
};

/// Above this gradient, hartree/bohr, a geometry is not a stationary point.
static const double AT_REST = 1e-4;

/// The command line of `qmtraj hess`.
typedef struct {
    const char *npy;
    QmtHessianOptions options;
    QmtThermoOptions thermo;
    bool json;
} HessWords;

/// One molecule and what was found.
typedef struct {
    QmtSingleState state;
    QmtHessianResult result;
    QmtModes *modes;
    QmtModesView view;
    QmtThermo thermo;
    double largest; ///< component of the gradient
    size_t n_imaginary;
} Hess;

void help_hess(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj hess [options] FILE ...\n"
        "\n"
        "Second derivatives of the energy by differences of gradients, with harmonic "
        "frequencies, normal modes, infrared intensities, zero-point energy and thermochemistry "
        "of rigid rotors and harmonic oscillators (RRHO). At a minimum all frequencies are real: "
        "`qmtraj opt` finds one.\n"
        "\n"
        "  qmtraj hess water_opt.xyz\n"
        "  qmtraj hess aspirin_opt.xyz --json --npy hessian.npy\n"
        "  qmtraj hess ethane_opt.xyz --symmetry-number 6 --qrrho 50 --temperature 400\n"
        "\n");
    molecules_options_print(out, OPTIONS, N_OPTIONS);
}

static void stationary_warn(QmtContext *ctx, const Hess *h)
{
    if (h->largest > AT_REST)
        cli_note(ctx, QMT_LOG_WARNING,
                 "%s: this is not a stationary point, the largest gradient is %.1e hartree/bohr; "
                 "frequencies mean little here; `qmtraj opt` finds a minimum",
                 h->state.name, h->largest);
    if (h->n_imaginary > 0)
        cli_note(ctx, QMT_LOG_WARNING,
                 "%s: %zu imaginary frequenc%s (%.1f cm-1 the largest): no minimum; the "
                 "thermochemistry leaves %s out",
                 h->state.name, h->n_imaginary, h->n_imaginary == 1 ? "y" : "ies",
                 h->view.frequency[0], h->n_imaginary == 1 ? "it" : "them");
}

static void thermo_print(const HessWords *words, const Hess *h)
{
    const QmtThermo *const t = &h->thermo;
    const double cal = 627509.474; // cal/mol in a hartree
    printf("thermochemistry: %.15g K, %.15g Pa, ideal gas,\n"
           "rigid rotor with symmetry number %d,%s",
           words->thermo.temperature_k, words->thermo.pressure_pa, words->thermo.symmetry_number,
           words->thermo.rotor_cm > 0.0 ? "" : " harmonic oscillators\n");
    if (words->thermo.rotor_cm > 0.0)
        printf("\noscillators with the entropy of free rotors below about %.15g cm-1\n",
               words->thermo.rotor_cm);
    printf("  %-36s %18.10f hartree\n", "energy", h->result.energy);
    printf("  %-36s %18.10f\n", "zero-point energy", t->zero_point);
    printf("  %-36s %18.10f\n", "thermal energy, zero point included", t->energy);
    printf("  %-36s %18.10f\n", "enthalpy H - E", t->enthalpy);
    printf("  %-36s %18.10f\n", "T S", words->thermo.temperature_k * t->entropy);
    printf("  %-36s %18.3f cal/mol/K\n", "S", t->entropy * cal);
    printf("  %-36s %18.10f\n", "G - E", t->gibbs);
    printf("  %-36s %18.10f\n\n", "G", h->result.energy + t->gibbs);
}

static void text_print(const HessWords *words, const Hess *h)
{
    char name[256];
    printf("%s: %zu atom%s, charge %d, multiplicity %d, %s%s%s\n",
           qmt_text_printable(h->state.name, name, sizeof name), h->state.n_atoms,
           h->state.n_atoms == 1 ? "" : "s", h->state.charge, h->state.multiplicity,
           h->state.method, h->state.solvent != NULL ? ", " : "",
           h->state.solvent != NULL ? h->state.solvent : "");
    printf("largest gradient %.1e hartree/bohr\nasymmetry of the Hessian %.1e hartree/bohr^2\n",
           h->largest, h->result.asymmetry);
    printf("translations and rotations before projection, cm-1:\n ");
    for (size_t i = 0; i < h->view.n_rigid; i++)
        printf(" %.3f", without_minus_zero(h->view.rigid[i], 3));
    if (qmt_modes_off_line(h->modes) > 0.0)
        printf("\ntaken as linear: atoms are up to %.1e angstrom off a line, and turning them\n"
               "around it is a bend",
               qmt_modes_off_line(h->modes) / QMT_BOHR_PER_ANGSTROM);
    printf("\n\nmode    frequency, cm-1   intensity, km/mol   reduced mass, Da\n");
    for (size_t k = 0; k < h->view.n_modes; k++)
        printf("%4zu %18.2f %19.2f %18.3f\n", k + 1, h->view.frequency[k], h->view.intensity[k],
               h->view.reduced_mass[k]);
    putchar('\n');
    thermo_print(words, h);
}

static cJSON *thermo_json(const HessWords *words, const Hess *h)
{
    const QmtThermo *const t = &h->thermo;
    const struct {
        const char *name;
        double value;
    } values[] = {{"temperature_K", words->thermo.temperature_k},
                  {"pressure_Pa", words->thermo.pressure_pa},
                  {"rotor_cm-1", words->thermo.rotor_cm},
                  {"zero_point", t->zero_point},
                  {"energy", t->energy},
                  {"enthalpy", t->enthalpy},
                  {"entropy", t->entropy},
                  {"entropy_translation", t->entropy_translation},
                  {"entropy_rotation", t->entropy_rotation},
                  {"entropy_vibration", t->entropy_vibration},
                  {"entropy_electronic", t->entropy_electronic},
                  {"gibbs", t->gibbs},
                  {"heat_capacity_volume", t->heat_capacity_volume}};
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "convention",
                            words->thermo.rotor_cm > 0.0
                                ? "rigid rotor, oscillators blended with free rotors in the entropy"
                                : "rigid rotor, harmonic oscillator");
    cJSON_AddItemToObject(object, "symmetry_number",
                          cJSON_CreateNumber(words->thermo.symmetry_number));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        cJSON_AddItemToObject(object, values[i].name, json_number(values[i].value));
    cJSON_AddItemToObject(object, "rotational_constants_cm-1",
                          json_numbers(t->rotational_constant, 3));
    return object;
}

/// Displacements of the atoms, not mass-weighted, of length 1.
static cJSON *modes_json(const Hess *h)
{
    const size_t n_x = 3 * h->state.n_atoms;
    cJSON *const modes = cJSON_CreateArray();
    double *const moves = malloc(n_x * sizeof *moves);
    for (size_t k = 0; k < h->view.n_modes && moves != NULL; k++) {
        for (size_t i = 0; i < n_x; i++)
            moves[i] =
                h->view.mode[k * n_x + i] * sqrt(h->view.reduced_mass[k] / h->state.masses[i / 3]);
        cJSON_AddItemToArray(modes, rows_json(moves, h->state.n_atoms, 3));
    }
    free(moves);
    return modes;
}

static QmtStatus json_write(QmtContext *ctx, const HessWords *words, const Hess *h)
{
    json_print_begin();
    cJSON *const object = molecule_json(&h->state);
    cJSON_AddItemToObject(object, "energy", json_number(h->result.energy));
    cJSON_AddItemToObject(object, "positions", positions_json(h->state.xyz, h->state.n_atoms));
    cJSON_AddItemToObject(object, "masses", json_numbers(h->state.masses, h->state.n_atoms));
    cJSON_AddItemToObject(object, "gradient_largest", json_number(h->largest));
    cJSON_AddItemToObject(object, "points", cJSON_CreateNumber(words->options.points));
    cJSON_AddItemToObject(object, "step", json_number(words->options.step));
    cJSON_AddItemToObject(object, "hessian_asymmetry", json_number(h->result.asymmetry));
    cJSON_AddItemToObject(object, "rigid_before_projection",
                          json_numbers(h->view.rigid, h->view.n_rigid));
    cJSON_AddBoolToObject(object, "linear", h->view.n_rigid == 5);
    cJSON_AddItemToObject(object, "off_line",
                          json_number(qmt_modes_off_line(h->modes) / QMT_BOHR_PER_ANGSTROM));
    cJSON_AddItemToObject(object, "frequencies", json_numbers(h->view.frequency, h->view.n_modes));
    cJSON_AddItemToObject(object, "imaginary", cJSON_CreateNumber((double)h->n_imaginary));
    cJSON_AddItemToObject(object, "intensities", json_numbers(h->view.intensity, h->view.n_modes));
    cJSON_AddItemToObject(object, "reduced_masses",
                          json_numbers(h->view.reduced_mass, h->view.n_modes));
    cJSON_AddItemToObject(object, "modes", modes_json(h));
    cJSON_AddItemToObject(object, "dipole", json_numbers(h->result.dipole, 3));
    cJSON_AddItemToObject(object, "thermochemistry", thermo_json(words, h));
    cJSON *const units = cJSON_AddObjectToObject(object, "units");
    cJSON_AddStringToObject(units, "positions", "angstrom");
    cJSON_AddStringToObject(units, "energy", "hartree");
    cJSON_AddStringToObject(units, "gradient", "hartree/bohr");
    cJSON_AddStringToObject(units, "step", "bohr");
    cJSON_AddStringToObject(units, "off_line", "angstrom");
    cJSON_AddStringToObject(units, "frequencies", "cm-1, negative: imaginary");
    cJSON_AddStringToObject(units, "intensities", "km/mol");
    cJSON_AddStringToObject(units, "masses", "Da");
    cJSON_AddStringToObject(units, "dipole", "e bohr");
    cJSON_AddStringToObject(units, "thermochemistry", "hartree, entropies hartree/K");
    return json_print(ctx, object, false, h->state.name);
}

static QmtStatus hess_compute(QmtContext *ctx, QmtSingle *molecule, const HessWords *words, Hess *h)
{
    QmtThermoOptions thermo = words->thermo;
    thermo.multiplicity = h->state.multiplicity;
    TRY(qmt_hessian(ctx, qmt_single_engine(molecule), h->state.xyz, &words->options, &h->result));
    TRY(qmt_modes_create(ctx, h->state.n_atoms, h->state.masses, h->state.xyz, h->result.hessian,
                         h->result.dipole_slopes, &h->modes));
    TRY(qmt_modes_get(ctx, h->modes, &h->view));
    TRY(qmt_thermo(ctx, h->modes, &thermo, &h->thermo));
    for (size_t i = 0; i < 3 * h->state.n_atoms; i++)
        h->largest = fmax(h->largest, fabs(h->result.gradient[i]));
    while (h->n_imaginary < h->view.n_modes && h->view.frequency[h->n_imaginary] < 0.0)
        h->n_imaginary++;
    molecules_solution_warn(ctx, h->state.name, h->result.scf_iterations, h->result.recovery);
    if (words->npy != NULL)
        TRY(qmt_hessian_write_npy(ctx, words->npy, h->state.n_atoms, h->result.hessian));
    stationary_warn(ctx, h);
    if (words->json)
        return json_write(ctx, words, h);
    text_print(words, h);
    return QMT_OK;
}

static QmtStatus molecule_do(QmtContext *ctx, QmtSingle *molecule, void *user)
{
    const HessWords *const words = user;
    Hess h = {.result = qmt_hessian_result_empty()};
    TRY(qmt_single_get(ctx, molecule, &h.state));
    const size_t n_x = 3 * h.state.n_atoms;
    h.result.gradient = malloc(n_x * sizeof(double));
    h.result.hessian = malloc(n_x * n_x * sizeof(double));
    h.result.dipole_slopes = malloc(3 * n_x * sizeof(double));
    const QmtStatus status =
        h.result.gradient != NULL && h.result.hessian != NULL && h.result.dipole_slopes != NULL
            ? hess_compute(ctx, molecule, words, &h)
            : FAIL(ctx, QMT_ERR_MEMORY, "no memory for a Hessian of %zu atoms", h.state.n_atoms);
    qmt_modes_destroy(&h.modes);
    free(h.result.gradient);
    free(h.result.hessian);
    free(h.result.dipole_slopes);
    return status;
}

static QmtStatus word_take(QmtContext *ctx, int place, const char *value, void *user)
{
    HessWords *const words = user;
    long long number = 0;
    switch (place) {
    case O_NPY:
        return option_new_file(ctx, "--npy", value, &words->npy);
    case O_POINTS:
        TRY(option_number(ctx, "--points", value, 3, 5, &number));
        words->options.points = (int)number;
        return number == 4 ? FAIL(ctx, QMT_ERR_USAGE, "--points 4: 3 or 5 are possible") : QMT_OK;
    case O_STEP:
        return option_double(ctx, "--step", value, 1e-4, 0.2, &words->options.step);
    case O_TEMPERATURE:
        return option_double(ctx, "--temperature", value, 0.1, 1e5, &words->thermo.temperature_k);
    case O_PRESSURE:
        return option_double(ctx, "--pressure", value, 1e-6, 1e12, &words->thermo.pressure_pa);
    case O_QRRHO:
        return option_double(ctx, "--qrrho", value, 1e-3, 1000.0, &words->thermo.rotor_cm);
    case O_SYMMETRY:
        TRY(option_number(ctx, "--symmetry-number", value, 1, 1000, &number));
        words->thermo.symmetry_number = (int)number;
        return QMT_OK;
    case O_WORKERS:
        TRY(option_number(ctx, "--num-workers", value, 1, 4096, &number));
        words->options.n_workers = (int)number;
        return QMT_OK;
    default:
        words->json = true;
        return QMT_OK;
    }
}

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, Molecules *molecules,
                            HessWords *words)
{
    static const CommandKey UNUSED[] = {
        {"temperature_K", "--temperature says that of the thermochemistry"},
        {"hydrogen_mass_Da", "masses are those of the elements or of isotopes of the input"}};
    TRY(molecules_read(ctx, argc, argv, OPTIONS, N_OPTIONS, molecules, word_take, words));
    TRY(molecules_unused_say(ctx, molecules, "hess", UNUSED, sizeof UNUSED / sizeof *UNUSED));
    if (words->npy != NULL && qmt_structures_count(molecules->structures) > 1)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "--npy %.200s: holds one Hessian, and there are %zu structures", words->npy,
                    qmt_structures_count(molecules->structures));
    return QMT_OK;
}

QmtStatus cmd_hess(QmtContext *ctx, int argc, char **argv)
{
    HessWords words = {.options = qmt_hessian_options_default(),
                       .thermo = qmt_thermo_options_default()};
    Molecules molecules;
    words.options.n_workers = (int)qmt_worker_count();
    TRY(molecules_begin(ctx, &molecules));
    QmtStatus status = words_read(ctx, argc, argv, &molecules, &words);
    if (status == QMT_OK && molecules.help)
        help_hess(stdout);
    else if (status == QMT_OK)
        status = molecules_do(ctx, &molecules, "hess", molecule_do, &words);
    molecules_end(&molecules);
    return status;
}
