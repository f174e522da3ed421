#include <stdlib.h>
#include <string.h>

#include <qmtraj/opt.h>

#include "cli/commands.h"
#include "cli/molecules.h"

enum { O_OUT = N_MOLECULE_OPTIONS, O_O, O_GRADIENT, O_EVALUATIONS, O_JSON, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    MOLECULE_OPTIONS,
    [O_OUT] = {"--out", "FILE",
               "also -o: the minima as frames of an XYZ file (default: standard output)"},
    [O_O] = {"-o", "FILE", NULL},
    [O_GRADIENT] = {"--gradient", "G",
                    "largest component that may be left, hartree/bohr (default 1e-5)"},
    [O_EVALUATIONS] = {"--evaluations", "N",
                       "give up after so many energies with gradient (default 1000)"},
    [O_JSON] = {"--json", NULL, "one JSON object per structure, one a line, with every step"},
};

static const char NOT_TESTED[] = "curvature not tested";

/// Energy and gradient after every evaluation.
typedef struct {
    double *energy, *norm, *largest;
    size_t n, room;
} History;

/// The command line of `qmtraj opt`, and what comes of it.
typedef struct {
    const char *out;
    QmtOptOptions options;
    bool json;
    char *frames; ///< text of the XYZ file so far
    size_t n_frames;
} OptWords;

void help_opt(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj opt [options] FILE ...\n"
        "\n"
        "Minimises the energy of structures to a small gradient, in redundant internal "
        "coordinates. The frames that are written say energy, gradient, charge, multiplicity and "
        "method. A small gradient is not proof of a minimum: a structure of high symmetry may "
        "rest on a saddle point, and `qmtraj hess` tells.\n"
        "\n"
        "  qmtraj opt aspirin.xyz -o aspirin_opt.xyz\n"
        "  qmtraj opt --smiles 'CC(=O)O=acetic_acid' --alpb water\n"
        "  qmtraj opt water.xyz --gradient 1e-8 --json\n"
        "\n");
    molecules_options_print(out, OPTIONS, N_OPTIONS);
}

static void history_release(History *history)
{
    free(history->energy);
    free(history->norm);
    free(history->largest);
}

static QmtStatus history_create(QmtContext *ctx, size_t room, History *history)
{
    *history = (History){.energy = malloc(room * sizeof(double)),
                         .norm = malloc(room * sizeof(double)),
                         .largest = malloc(room * sizeof(double)),
                         .room = room};
    if (history->energy != NULL && history->norm != NULL && history->largest != NULL)
        return QMT_OK;
    history_release(history);
    return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the energies of %zu steps", room);
}

static void history_add(void *user, int evaluations, double energy, double largest, double norm)
{
    History *const history = user;
    if (evaluations < 1 || (size_t)evaluations > history->room)
        return;
    history->n = (size_t)evaluations;
    history->energy[history->n - 1] = energy;
    history->norm[history->n - 1] = norm;
    history->largest[history->n - 1] = largest;
}

static QmtStatus json_write(QmtContext *ctx, const QmtSingleState *state, const double *xyz,
                            const double *gradient, const QmtOptResult *result,
                            const History *history)
{
    json_print_begin();
    cJSON *const object = molecule_json(state);
    cJSON_AddItemToObject(object, "energy", json_number(result->energy));
    cJSON_AddItemToObject(object, "energy_before", json_number(result->energy_before));
    cJSON_AddItemToObject(object, "positions", positions_json(xyz, state->n_atoms));
    cJSON_AddItemToObject(object, "gradient", rows_json(gradient, state->n_atoms, 3));
    cJSON_AddItemToObject(object, "gradient_largest", json_number(result->largest));
    cJSON_AddItemToObject(object, "gradient_norm", json_number(result->norm));
    cJSON_AddItemToObject(object, "evaluations", cJSON_CreateNumber(result->evaluations));
    cJSON_AddBoolToObject(object, "converged", result->converged);
    cJSON_AddStringToObject(object, "curvature", "not tested");
    cJSON *const steps = cJSON_AddObjectToObject(object, "steps");
    cJSON_AddItemToObject(steps, "energy", json_numbers(history->energy, history->n));
    cJSON_AddItemToObject(steps, "gradient_norm", json_numbers(history->norm, history->n));
    cJSON_AddItemToObject(steps, "gradient_largest", json_numbers(history->largest, history->n));
    cJSON *const units = cJSON_AddObjectToObject(object, "units");
    cJSON_AddStringToObject(units, "positions", "angstrom");
    cJSON_AddStringToObject(units, "energy", "hartree");
    cJSON_AddStringToObject(units, "gradient", "hartree/bohr");
    return json_print(ctx, object, false, state->name);
}

/// Appends a frame to the text of the file.
static QmtStatus frame_add(QmtContext *ctx, const QmtSingle *molecule, const double *xyz,
                           const QmtOptResult *result, OptWords *words)
{
    char keys[256], energy[32], largest[32], *frame = NULL;
    snprintf(keys, sizeof keys,
             "energy_hartree=%s gradient_largest_hartree_bohr=%s evaluations=%d converged=%c "
             "curvature=not_tested",
             qmt_text_of_number(result->energy, energy, sizeof energy),
             qmt_text_of_number(result->largest, largest, sizeof largest), result->evaluations,
             result->converged ? 'T' : 'F');
    TRY(qmt_single_frame(ctx, molecule, xyz, keys, &frame));
    const size_t n = words->frames != NULL ? strlen(words->frames) : 0;
    char *const longer = realloc(words->frames, n + strlen(frame) + 1);
    if (longer != NULL) {
        memcpy(longer + n, frame, strlen(frame) + 1);
        words->frames = longer;
        words->n_frames++;
    }
    qmt_text_free(frame);
    return longer != NULL ? QMT_OK : FAIL(ctx, QMT_ERR_MEMORY, "no memory for the frames");
}

static void line_print(const QmtSingleState *state, const QmtOptResult *result, bool to_stdout)
{
    char name[256];
    fprintf(to_stdout ? stdout : stderr,
            "%s: %.10f hartree, %.6f below the start\n"
            "  largest gradient %.1e hartree/bohr, %d evaluation%s; %s\n",
            qmt_text_printable(state->name, name, sizeof name), result->energy,
            without_minus_zero(result->energy_before - result->energy, 6), result->largest,
            result->evaluations, result->evaluations == 1 ? "" : "s", NOT_TESTED);
}

static QmtStatus molecule_minimise(QmtContext *ctx, QmtSingle *molecule,
                                   const QmtSingleState *state, double *xyz, double *gradient,
                                   History *history, OptWords *words)
{
    QmtOptResult result = qmt_opt_result_empty();
    QmtOptOptions options = words->options;
    options.progress = history_add;
    options.user = history;
    memcpy(xyz, state->xyz, 3 * state->n_atoms * sizeof *xyz);
    TRY(qmt_opt_minimise(ctx, qmt_single_engine(molecule), xyz, &options, gradient, &result));
    molecules_solution_warn(ctx, state->name, result.scf_iterations, result.recovery);
    if (words->json)
        TRY(json_write(ctx, state, xyz, gradient, &result, history));
    else if (result.converged)
        line_print(state, &result, words->out != NULL);
    if (!words->json || words->out != NULL)
        TRY(frame_add(ctx, molecule, xyz, &result, words));
    return result.converged
               ? QMT_OK
               : FAIL(ctx, QMT_ERR_PHYSICS,
                      "no minimum after %d evaluation%s, the largest gradient is still %.1e "
                      "hartree/bohr (%.1e wanted); the geometry so far is written as not "
                      "converged: go on from it, or allow more --evaluations or a larger "
                      "--gradient",
                      result.evaluations, result.evaluations == 1 ? "" : "s", result.largest,
                      options.gradient);
}

static QmtStatus molecule_do(QmtContext *ctx, QmtSingle *molecule, void *user)
{
    OptWords *const words = user;
    QmtSingleState state;
    History history;
    TRY(qmt_single_get(ctx, molecule, &state));
    TRY(history_create(ctx, (size_t)words->options.evaluations_max, &history));
    double *const xyz = malloc(6 * state.n_atoms * sizeof *xyz);
    const QmtStatus status =
        xyz != NULL ? molecule_minimise(ctx, molecule, &state, xyz, xyz + 3 * state.n_atoms,
                                        &history, words)
                    : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", state.n_atoms);
    free(xyz);
    history_release(&history);
    return status;
}

static QmtStatus word_take(QmtContext *ctx, int place, const char *value, void *user)
{
    OptWords *const words = user;
    long long number;
    switch (place) {
    case O_OUT:
    case O_O:
        return option_new_file(ctx, OPTIONS[place].name, value, &words->out);
    case O_GRADIENT:
        return option_double(ctx, "--gradient", value, 1e-11, 1.0, &words->options.gradient);
    case O_EVALUATIONS:
        TRY(option_number(ctx, "--evaluations", value, 1, 1000000, &number));
        words->options.evaluations_max = (int)number;
        return QMT_OK;
    default:
        words->json = true;
        return QMT_OK;
    }
}

/// What was found comes out also if other structures failed.
static QmtStatus frames_write(QmtContext *ctx, const OptWords *words, QmtStatus status)
{
    if (words->n_frames == 0)
        return status;
    if (words->out != NULL)
        return molecules_text_write(ctx, words->out, words->frames, status);
    fputs(words->frames, stdout);
    return status;
}

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, Molecules *molecules,
                            OptWords *words)
{
    static const CommandKey UNUSED[] = {
        {"optimize_max_steps", "--evaluations says after how many to give up"}};
    TRY(molecules_read(ctx, argc, argv, OPTIONS, N_OPTIONS, molecules, word_take, words));
    return molecules_unused_say(ctx, molecules, "opt", UNUSED, sizeof UNUSED / sizeof *UNUSED);
}

QmtStatus cmd_opt(QmtContext *ctx, int argc, char **argv)
{
    OptWords words = {.options = qmt_opt_options_default()};
    Molecules molecules;
    TRY(molecules_begin(ctx, &molecules));
    QmtStatus status = words_read(ctx, argc, argv, &molecules, &words);
    if (status == QMT_OK && molecules.help)
        help_opt(stdout);
    else if (status == QMT_OK)
        status =
            frames_write(ctx, &words, molecules_do(ctx, &molecules, "opt", molecule_do, &words));
    free(words.frames);
    molecules_end(&molecules);
    return status;
}
