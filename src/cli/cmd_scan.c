#include <stdlib.h>
#include <string.h>

#include <qmtraj/opt.h>
#include <qmtraj/torsion.h>
#include <qmtraj/units.h>

#include "cli/commands.h"
#include "cli/molecules.h"

enum { O_TORSION = N_MOLECULE_OPTIONS, O_STEPS, O_RIGID, O_RELAXED, O_OUT, O_O, O_JSON, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    MOLECULE_OPTIONS,
    [O_TORSION] = {"--torsion", "A,B,C,D", "four atoms, from 1; what hangs on C is turned"},
    [O_STEPS] = {"--steps", "N", "angles of a whole turn (default 36)"},
    [O_RIGID] = {"--rigid", NULL, "all else stays as it is"},
    [O_RELAXED] = {"--relaxed", NULL, "all else is minimised at every angle (default)"},
    [O_OUT] = {"--out", "FILE", "also -o: the geometries as frames of an XYZ file"},
    [O_O] = {"-o", "FILE", NULL},
    [O_JSON] = {"--json", NULL, "one JSON object per structure, one a line"},
};

/// The command line of `qmtraj scan`, and the frames so far.
typedef struct {
    const char *out;
    size_t atoms[4];
    int n_steps;
    bool has_torsion, rigid, json;
    char *frames;
    size_t n_frames;
} ScanWords;

/// One point.
typedef struct {
    double angle, energy; ///< degrees, hartree
    int evaluations;
} Point;

void help_scan(FILE *out)
{
    text_print_paragraphs(
        out, "qmtraj scan --torsion A,B,C,D [options] FILE\n"
             "\n"
             "Energies along a torsion, a whole turn from where it is: rigid, or with all else "
             "minimised at every angle, each from the geometry before.\n"
             "\n"
             "  qmtraj scan butane.xyz --torsion 1,2,3,4 -o butane_scan.xyz\n"
             "  qmtraj scan butane.xyz --torsion 1,2,3,4 --steps 72 --rigid --json\n"
             "\n");
    molecules_options_print(out, OPTIONS, N_OPTIONS);
}

static QmtStatus frame_add(QmtContext *ctx, const QmtSingle *molecule, const double *xyz,
                           const Point *point, ScanWords *words)
{
    char keys[160], energy[32], angle[32], *frame = NULL;
    snprintf(keys, sizeof keys, "torsion_deg=%s energy_hartree=%s",
             qmt_text_of_number(point->angle, angle, sizeof angle),
             qmt_text_of_number(point->energy, energy, sizeof energy));
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

/// Energy at the geometry, or at the minimum that the torsion leaves it.
static QmtStatus point_compute(QmtContext *ctx, QmtEngine *engine, const ScanWords *words,
                               double *xyz, Point *point)
{
    QmtOptOptions options = qmt_opt_options_default();
    QmtOptResult minimum = qmt_opt_result_empty();
    QmtResult result = qmt_result_empty();
    qmt_engine_forget(engine);
    if (words->rigid) {
        result.energy = &point->energy;
        point->evaluations = 1;
        return qmt_engine_evaluate(ctx, engine, xyz, NULL, &result);
    }
    options.has_frozen = 1;
    memcpy(options.frozen, words->atoms, sizeof words->atoms);
    TRY(qmt_opt_minimise(ctx, engine, xyz, &options, NULL, &minimum));
    point->energy = minimum.energy;
    point->evaluations = minimum.evaluations;
    return minimum.converged ? QMT_OK
                             : FAIL(ctx, QMT_ERR_PHYSICS,
                                    "no minimum at %.1f degrees after %d evaluations, the largest "
                                    "gradient is still %.1e hartree/bohr",
                                    point->angle, minimum.evaluations, minimum.largest);
}

static QmtStatus points_compute(QmtContext *ctx, QmtSingle *molecule, const QmtSingleState *state,
                                ScanWords *words, double *xyz, Point *points)
{
    const double first = qmt_torsion_angle(state->xyz, words->atoms);
    memcpy(xyz, state->xyz, 3 * state->n_atoms * sizeof *xyz);
    for (int i = 0; i < words->n_steps; i++) {
        const double turned = first + 360.0 * i / words->n_steps;
        points[i].angle = turned > 180.0 ? turned - 360.0 : turned;
        TRY(qmt_torsion_turn(ctx, state->n_atoms, state->numbers, xyz, words->atoms,
                             points[i].angle));
        TRY(point_compute(ctx, qmt_single_engine(molecule), words, xyz, &points[i]));
        if (words->out != NULL)
            TRY(frame_add(ctx, molecule, xyz, &points[i], words));
    }
    return QMT_OK;
}

static double lowest_of(const Point *points, int n)
{
    double lowest = points[0].energy;
    for (int i = 1; i < n; i++)
        lowest = points[i].energy < lowest ? points[i].energy : lowest;
    return lowest;
}

static void text_print(const QmtSingleState *state, const ScanWords *words, const Point *points)
{
    char name[256];
    const double lowest = lowest_of(points, words->n_steps);
    printf(
        "%s: torsion %zu,%zu,%zu,%zu, %s\n\n   angle, deg    energy, hartree   above the lowest, "
        "kJ/mol\n",
        qmt_text_printable(state->name, name, sizeof name), words->atoms[0] + 1,
        words->atoms[1] + 1, words->atoms[2] + 1, words->atoms[3] + 1,
        words->rigid ? "rigid" : "relaxed");
    for (int i = 0; i < words->n_steps; i++)
        printf("%13.3f %18.10f %25.4f\n", points[i].angle, points[i].energy,
               (points[i].energy - lowest) * QMT_KJMOL_PER_HARTREE);
    putchar('\n');
}

static QmtStatus json_write(QmtContext *ctx, const QmtSingleState *state, const ScanWords *words,
                            const Point *points)
{
    json_print_begin();
    cJSON *const object = molecule_json(state);
    cJSON *const torsion = cJSON_AddArrayToObject(object, "torsion");
    for (int i = 0; i < 4; i++)
        cJSON_AddItemToArray(torsion, cJSON_CreateNumber((double)words->atoms[i] + 1));
    cJSON_AddStringToObject(object, "kind", words->rigid ? "rigid" : "relaxed");
    cJSON *const angles = cJSON_AddArrayToObject(object, "angles");
    cJSON *const energies = cJSON_AddArrayToObject(object, "energies");
    cJSON *const evaluations = cJSON_AddArrayToObject(object, "evaluations");
    for (int i = 0; i < words->n_steps; i++) {
        cJSON_AddItemToArray(angles, json_number(points[i].angle));
        cJSON_AddItemToArray(energies, json_number(points[i].energy));
        cJSON_AddItemToArray(evaluations, cJSON_CreateNumber(points[i].evaluations));
    }
    cJSON *const units = cJSON_AddObjectToObject(object, "units");
    cJSON_AddStringToObject(units, "angles", "degree");
    cJSON_AddStringToObject(units, "energies", "hartree");
    return json_print(ctx, object, false, state->name);
}

static QmtStatus molecule_do(QmtContext *ctx, QmtSingle *molecule, void *user)
{
    ScanWords *const words = user;
    QmtSingleState state;
    TRY(qmt_single_get(ctx, molecule, &state));
    for (int i = 0; i < 4; i++)
        if (words->atoms[i] >= state.n_atoms)
            return FAIL(ctx, QMT_ERR_INPUT, "--torsion: there is no atom %zu, there are %zu",
                        words->atoms[i] + 1, state.n_atoms);
    double *const xyz = malloc(3 * state.n_atoms * sizeof *xyz);
    Point *const points = malloc((size_t)words->n_steps * sizeof *points);
    QmtStatus status = xyz != NULL && points != NULL
                           ? points_compute(ctx, molecule, &state, words, xyz, points)
                           : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %d points", words->n_steps);
    if (status == QMT_OK && words->json)
        status = json_write(ctx, &state, words, points);
    else if (status == QMT_OK)
        text_print(&state, words, points);
    free(xyz);
    free(points);
    return status;
}

static QmtStatus torsion_read(QmtContext *ctx, const char *value, ScanWords *words)
{
    char copy[80];
    int n = 0;
    snprintf(copy, sizeof copy, "%s", value);
    for (char *word = copy; word != NULL && n <= 4;) {
        char *const comma = strchr(word, ',');
        long long atom = 0;
        if (comma != NULL)
            *comma = '\0';
        if (n == 4 || qmt_text_to_integer(word, 1, 1000000, &atom) != NULL)
            break;
        words->atoms[n++] = (size_t)atom - 1;
        word = comma != NULL ? comma + 1 : NULL;
        if (word == NULL && n == 4)
            words->has_torsion = true;
    }
    for (int i = 0; i < 4 && words->has_torsion; i++)
        for (int j = 0; j < i; j++)
            if (words->atoms[i] == words->atoms[j])
                return FAIL(ctx, QMT_ERR_USAGE, "--torsion %.60s: atom %zu is there twice", value,
                            words->atoms[i] + 1);
    return words->has_torsion
               ? QMT_OK
               : FAIL(ctx, QMT_ERR_USAGE,
                      "--torsion %.60s: four numbers of atoms, from 1, with commas", value);
}

static QmtStatus word_take(QmtContext *ctx, int place, const char *value, void *user)
{
    ScanWords *const words = user;
    long long number = 0;
    switch (place) {
    case O_TORSION:
        words->has_torsion = false;
        return torsion_read(ctx, value, words);
    case O_STEPS:
        TRY(option_number(ctx, "--steps", value, 1, 100000, &number));
        words->n_steps = (int)number;
        return QMT_OK;
    case O_RIGID:
    case O_RELAXED:
        words->rigid = place == O_RIGID;
        return QMT_OK;
    case O_OUT:
    case O_O:
        return option_new_file(ctx, OPTIONS[place].name, value, &words->out);
    default:
        words->json = true;
        return QMT_OK;
    }
}

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, Molecules *molecules,
                            ScanWords *words)
{
    TRY(molecules_read(ctx, argc, argv, OPTIONS, N_OPTIONS, molecules, word_take, words));
    if (!molecules->help && !words->has_torsion)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "no torsion; e.g. `qmtraj scan butane.xyz --torsion 1,2,3,4`");
    return QMT_OK;
}

QmtStatus cmd_scan(QmtContext *ctx, int argc, char **argv)
{
    ScanWords words = {.n_steps = 36};
    Molecules molecules;
    TRY(molecules_begin(ctx, &molecules));
    QmtStatus status = words_read(ctx, argc, argv, &molecules, &words);
    if (status == QMT_OK && molecules.help)
        help_scan(stdout);
    else if (status == QMT_OK)
        status = molecules_do(ctx, &molecules, "scan --torsion 1,2,3,4", molecule_do, &words);
    if (status == QMT_OK && words.out != NULL && words.n_frames > 0)
        status = qmt_text_write(ctx, words.out, words.frames);
    free(words.frames);
    molecules_end(&molecules);
    return status;
}
