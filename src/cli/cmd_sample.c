#include <math.h>
#include <stdlib.h>

#include <qmtraj/campaign.h>
#include <qmtraj/sample.h>
#include <qmtraj/text.h>
#include <qmtraj/units.h>

#include "cli/commands.h"
#include "cli/molecules.h"

enum {
    O_OUT = N_MOLECULE_OPTIONS,
    O_O,
    O_MODES,
    O_TEMPERATURE,
    O_CLASSICAL,
    O_QUANTUM,
    O_SEED,
    O_LOWEST,
    O_WORKERS,
    N_OPTIONS
};

static const Option OPTIONS[N_OPTIONS] = {
    MOLECULE_OPTIONS,
    [O_OUT] = {"--out", "FILE", "also -o: the NPZ file (default: NAME_modes.npz)"},
    [O_O] = {"-o", "FILE", NULL},
    [O_MODES] = {"--modes", "N", "geometries to draw (default 100)"},
    [O_TEMPERATURE] = {"--temperature", "T", "of the oscillators, kelvin (default 300)"},
    [O_CLASSICAL] = {"--classical", NULL, "classical oscillators"},
    [O_QUANTUM] = {"--quantum", NULL, "quantum oscillators with zero-point motion (default)"},
    [O_SEED] = {"--seed", "N", "of the random numbers (default 42)"},
    [O_LOWEST] = {"--lowest", "CM", "modes below CM (cm-1) stay at rest (default 10)"},
    [O_WORKERS] = {"--num-workers", "N", "processes (default: all cores); no byte depends on it"},
};

static const double AT_REST = 1e-3; // hartree/bohr

/// The command line of `qmtraj sample`.
typedef struct {
    const char *out;
    QmtSampleOptions options;
    bool help;
} SampleWords;

void help_sample(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj sample [options] FILE\n"
        "\n"
        "Geometries displaced along the normal modes of a structure, which should be a minimum, "
        "drawn from harmonic oscillators at a temperature and labelled with energies and forces, "
        "in an NPZ file like that of a trajectory. Velocities are zero; the metadata say so.\n"
        "\n"
        "  qmtraj sample water_opt.xyz --modes 500 --temperature 300 -o water_modes.npz\n"
        "  qmtraj sample aspirin_opt.xyz --modes 100 --temperature 600 --classical --seed 7\n"
        "\n");
    molecules_options_print(out, OPTIONS, N_OPTIONS);
}

/// Hessian and modes of the geometry that was read.
static QmtStatus modes_make(QmtContext *ctx, QmtSingle *molecule, const QmtSingleState *state,
                            const SampleWords *words, double *memory, QmtModes **modes,
                            double *energy)
{
    const size_t n_x = 3 * state->n_atoms;
    QmtHessianOptions options = qmt_hessian_options_default();
    QmtHessianResult result = qmt_hessian_result_empty();
    double largest = 0.0;
    options.n_workers = words->options.n_workers;
    options.points = 3; // whoever draws from oscillators needs no digits
    result.hessian = memory;
    result.gradient = memory + n_x * n_x;
    TRY(qmt_hessian(ctx, qmt_single_engine(molecule), state->xyz, &options, &result));
    for (size_t i = 0; i < n_x; i++)
        largest = fmax(largest, fabs(result.gradient[i]));
    if (largest > AT_REST)
        cli_note(
            ctx, QMT_LOG_WARNING,
            "%s: this is not a stationary point, the largest gradient is %.1e hartree/bohr; the "
            "geometries lie around it all the same; `qmtraj opt` finds a minimum",
            state->name, largest);
    molecules_solution_warn(ctx, state->name, result.scf_iterations, result.recovery);
    *energy = result.energy;
    return qmt_modes_create(ctx, state->n_atoms, state->masses, state->xyz, result.hessian, NULL,
                            modes);
}

static QmtStatus sample_write(QmtContext *ctx, QmtSingle *molecule, const QmtSingleState *state,
                              const SampleWords *words, const char *out, const QmtModes *modes,
                              double energy)
{
    QmtSampleResult result;
    QmtModesView view;
    const double off_line = qmt_modes_off_line(modes);
    TRY(qmt_modes_get(ctx, modes, &view));
    TRY(qmt_sample_modes(ctx, molecule, modes, energy, &words->options, out, &result));
    if (off_line > 0.0)
        cli_note(ctx, QMT_LOG_INFO,
                 "%s: taken as linear: atoms are up to %.1e angstrom off a line, and turning them "
                 "around it is a bend",
                 state->name, off_line / QMT_BOHR_PER_ANGSTROM);
    if (view.n_modes > 0 && view.frequency[0] < 0.0)
        cli_note(ctx, QMT_LOG_WARNING, "%s: imaginary modes (%.1f cm-1) stay at rest", state->name,
                 view.frequency[0]);
    if (result.n_moving == 0)
        cli_note(ctx, QMT_LOG_WARNING, "%s: no mode moves; all frames are the geometry at rest",
                 state->name);
    if (result.n_failed > 0)
        cli_note(ctx, QMT_LOG_WARNING, "%s: %zu of %zu geometries have no energy and are left out",
                 state->name, result.n_failed, words->options.n_frames);
    printf(
        "%s: %zu frames of %s oscillators at %.15g K, %zu of %zu modes; energies are %.1f kJ/mol "
        "above rest in the mean\n",
        out, result.n_written, words->options.classical ? "classical" : "quantum",
        words->options.temperature_k, result.n_moving, view.n_modes,
        result.mean_rise * QMT_KJMOL_PER_HARTREE);
    return QMT_OK;
}

static QmtStatus molecule_do(QmtContext *ctx, QmtSingle *molecule, void *user)
{
    const SampleWords *const words = user;
    QmtSingleState state;
    QmtModes *modes = NULL;
    double energy = 0.0;
    char path[512];
    TRY(qmt_single_get(ctx, molecule, &state));
    snprintf(path, sizeof path, "%.480s_modes.npz", state.name);
    if (words->out == NULL)
        TRY(qmt_text_check_new(ctx, path));
    const size_t n_x = 3 * state.n_atoms;
    double *const memory = malloc((n_x + 1) * n_x * sizeof *memory);
    QmtStatus status = memory != NULL
                           ? modes_make(ctx, molecule, &state, words, memory, &modes, &energy)
                           : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", state.n_atoms);
    if (status == QMT_OK)
        status = sample_write(ctx, molecule, &state, words, words->out != NULL ? words->out : path,
                              modes, energy);
    qmt_modes_destroy(&modes);
    free(memory);
    return status;
}

static QmtStatus word_take(QmtContext *ctx, int place, const char *value, void *user)
{
    SampleWords *const words = user;
    long long number = 0;
    switch (place) {
    case O_OUT:
    case O_O:
        return option_new_file(ctx, OPTIONS[place].name, value, &words->out);
    case O_MODES:
        TRY(option_number(ctx, "--modes", value, 1, 10000000, &number));
        words->options.n_frames = (size_t)number;
        return QMT_OK;
    case O_TEMPERATURE:
        return option_double(ctx, "--temperature", value, 0.1, 1e5, &words->options.temperature_k);
    case O_LOWEST:
        return option_double(ctx, "--lowest", value, 1e-3, 1e4, &words->options.lowest_cm);
    case O_CLASSICAL:
    case O_QUANTUM:
        words->options.classical = place == O_CLASSICAL;
        return QMT_OK;
    case O_SEED:
        TRY(option_number(ctx, "--seed", value, 0, 9007199254740992LL, &number));
        words->options.seed = (uint64_t)number;
        return QMT_OK;
    default:
        TRY(option_number(ctx, "--num-workers", value, 1, 4096, &number));
        words->options.n_workers = (int)number;
        return QMT_OK;
    }
}

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, Molecules *molecules,
                            SampleWords *words)
{
    static const CommandKey UNUSED[] = {
        {"temperature_K", "--temperature says that of the oscillators"},
        {"random_seed", "--seed says that of the geometries"},
        {"hydrogen_mass_Da", "masses are those of the elements or of isotopes of the input"},
        {"properties", "the file holds energies and forces; `qmtraj label` adds the others"},
        {"precision", "the file is in single precision"}};
    TRY(molecules_read(ctx, argc, argv, OPTIONS, N_OPTIONS, molecules, word_take, words));
    TRY(molecules_unused_say(ctx, molecules, "sample", UNUSED, sizeof UNUSED / sizeof *UNUSED));
    if (words->out != NULL && qmt_structures_count(molecules->structures) > 1)
        return FAIL(
            ctx, QMT_ERR_USAGE,
            "--out %.200s: a file holds one molecule, and there are %zu structures; without "
            "it each has its file",
            words->out, qmt_structures_count(molecules->structures));
    return QMT_OK;
}

QmtStatus cmd_sample(QmtContext *ctx, int argc, char **argv)
{
    SampleWords words = {.options = qmt_sample_options_default()};
    Molecules molecules;
    words.options.n_workers = (int)qmt_worker_count();
    TRY(molecules_begin(ctx, &molecules));
    QmtStatus status = words_read(ctx, argc, argv, &molecules, &words);
    if (status == QMT_OK && molecules.help)
        help_sample(stdout);
    else if (status == QMT_OK)
        status = molecules_do(ctx, &molecules, "sample", molecule_do, &words);
    molecules_end(&molecules);
    return status;
}
