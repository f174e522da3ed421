#include <math.h>
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
    double angle;  ///< degrees
    double energy; ///< hartree; not a number: there is none
    int evaluations;
    bool other_bonds; ///< than the start geometry has
} Point;

/// A scan that is under way.
typedef struct {
    QmtSingle *molecule;
    const QmtSingleState *state;
    ScanWords *words;
    double *xyz;   ///< [3 n_atoms] of the last point that succeeded, at first of the start
    double *trial; ///< [3 n_atoms] of the point that is being computed
    Point *points;
    int n_failed, n_other_bonds;
    QmtStatus failure; ///< the first one
} Scan;

void help_scan(FILE *out)
{
    text_print_paragraphs(
        out, "qmtraj scan --torsion A,B,C,D [options] FILE\n"
             "\n"
             "Energies along a torsion, a whole turn from where it is: rigid, or with all else "
             "minimised at every angle, each from the geometry before. An angle without an energy "
             "is said and the others are done.\n"
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
static QmtStatus energy_compute(QmtContext *ctx, const Scan *scan, Point *point)
{
    QmtEngine *const engine = qmt_single_engine(scan->molecule);
    QmtOptOptions options = qmt_opt_options_default();
    QmtOptResult minimum = qmt_opt_result_empty();
    QmtResult result = qmt_result_empty();
    qmt_engine_forget(engine);
    if (scan->words->rigid) {
        result.energy = &point->energy;
        point->evaluations = 1;
        return qmt_engine_evaluate(ctx, engine, scan->trial, NULL, &result);
    }
    options.has_frozen = 1;
    memcpy(options.frozen, scan->words->atoms, sizeof options.frozen);
    TRY(qmt_opt_minimise(ctx, engine, scan->trial, &options, NULL, &minimum));
    point->evaluations = minimum.evaluations;
    if (!minimum.converged)
        return FAIL(ctx, QMT_ERR_PHYSICS,
                    "no minimum after %d evaluations, the largest gradient is still %.1e "
                    "hartree/bohr",
                    minimum.evaluations, minimum.largest);
    point->energy = minimum.energy;
    return QMT_OK;
}

/// The next point from the last one. The bonds stay those of the start: a clash closes no ring.
static QmtStatus point_compute(QmtContext *ctx, const Scan *scan, Point *point)
{
    const QmtSingleState *const state = scan->state;
    memcpy(scan->trial, scan->xyz, 3 * state->n_atoms * sizeof *scan->trial);
    TRY(qmt_torsion_turn_bonded(ctx, state->n_atoms, state->numbers, state->xyz, scan->trial,
                                scan->words->atoms, point->angle));
    TRY(energy_compute(ctx, scan, point));
    if (scan->words->out != NULL)
        TRY(frame_add(ctx, scan->molecule, scan->trial, point, scan->words));
    memcpy(scan->xyz, scan->trial, 3 * state->n_atoms * sizeof *scan->xyz);
    return QMT_OK;
}

/// Says the first angle at which a relaxed geometry is of another molecule; in a rigid scan atoms that meet are what was
/// asked for.
static QmtStatus bonds_compare(QmtContext *ctx, Scan *scan, Point *point)
{
    const QmtSingleState *const state = scan->state;
    size_t pair[2];
    int change = 0;
    if (scan->words->rigid)
        return QMT_OK;
    TRY(qmt_bond_change(ctx, state->n_atoms, state->numbers, state->xyz, scan->xyz, pair, &change));
    point->other_bonds = change != 0;
    if (change != 0 && scan->n_other_bonds++ == 0)
        cli_note(
            ctx, QMT_LOG_WARNING,
            "%s: at %.1f degrees atoms %zu and %zu are %s: from here on the scan may be one of "
            "another molecule",
            state->name, point->angle, pair[0] + 1, pair[1] + 1,
            change > 0 ? "bonded, which they are not at the start" : "bonded no more");
    return QMT_OK;
}

/// An angle of (-180, 180] in which rounding decides on no sign.
static double angle_in_turn(double degrees, double rounding)
{
    const double turned = degrees > 180.0 ? degrees - 360.0 : degrees;
    if (turned < rounding - 180.0)
        return 180.0;
    return fabs(turned) < rounding ? 0.0 : turned;
}

static QmtStatus points_compute(QmtContext *ctx, Scan *scan)
{
    static const double ROUNDING = 1e-9; // degree; angles of a geometry are less exact
    const ScanWords *const words = scan->words;
    const QmtSingleState *const state = scan->state;
    const double first = qmt_torsion_angle(state->xyz, words->atoms);
    memcpy(scan->xyz, state->xyz, 3 * state->n_atoms * sizeof *scan->xyz);
    memcpy(scan->trial, state->xyz, 3 * state->n_atoms * sizeof *scan->trial);
    // What cannot be turned at all is said once.
    TRY(qmt_torsion_turn(ctx, state->n_atoms, state->numbers, scan->trial, words->atoms, first));
    for (int i = 0; i < words->n_steps; i++) {
        Point *const point = &scan->points[i];
        *point = (Point){.angle = angle_in_turn(first + 360.0 * i / words->n_steps, ROUNDING)};
        const QmtStatus status = point_compute(ctx, scan, point);
        if (status == QMT_OK) {
            TRY(bonds_compare(ctx, scan, point));
            continue;
        }
        point->energy = NAN;
        scan->failure = scan->n_failed++ == 0 ? status : scan->failure;
        cli_note(ctx, QMT_LOG_WARNING, "%s: at %.1f degrees: %s", state->name, point->angle,
                 qmt_context_message(ctx));
    }
    return QMT_OK;
}

static double lowest_of(const Point *points, int n)
{
    double lowest = NAN;
    for (int i = 0; i < n; i++)
        lowest = fmin(points[i].energy, lowest); // of a number and none it is the number
    return lowest;
}

static void text_print(const QmtSingleState *state, const ScanWords *words, const Point *points)
{
    static const double SHOWN = 5e-4; // degree, half of the last digit
    char name[256];
    const double lowest = lowest_of(points, words->n_steps);
    printf(
        "%s: torsion %zu,%zu,%zu,%zu, %s\n\n   angle, deg    energy, hartree   above the lowest, "
        "kJ/mol\n",
        qmt_text_printable(state->name, name, sizeof name), words->atoms[0] + 1,
        words->atoms[1] + 1, words->atoms[2] + 1, words->atoms[3] + 1,
        words->rigid ? "rigid" : "relaxed");
    for (int i = 0; i < words->n_steps; i++) {
        printf("%13.3f ", angle_in_turn(points[i].angle, SHOWN));
        if (isnan(points[i].energy))
            printf("%18s\n", "failed");
        else
            printf("%18.10f %25.4f\n", points[i].energy,
                   (points[i].energy - lowest) * QMT_KJMOL_PER_HARTREE);
    }
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
    cJSON *const other_bonds = cJSON_AddArrayToObject(object, "other_bonds");
    for (int i = 0; i < words->n_steps; i++) {
        cJSON_AddItemToArray(angles, json_number(points[i].angle));
        cJSON_AddItemToArray(energies, json_number(points[i].energy));
        cJSON_AddItemToArray(evaluations, cJSON_CreateNumber(points[i].evaluations));
        cJSON_AddItemToArray(other_bonds, cJSON_CreateBool(points[i].other_bonds));
    }
    cJSON *const units = cJSON_AddObjectToObject(object, "units");
    cJSON_AddStringToObject(units, "angles", "degree");
    cJSON_AddStringToObject(units, "energies", "hartree");
    return json_print(ctx, object, false, state->name);
}

/// The points that have energies come out, whatever became of the others.
static QmtStatus scan_do(QmtContext *ctx, Scan *scan)
{
    const ScanWords *const words = scan->words;
    TRY(points_compute(ctx, scan));
    if (scan->n_failed == words->n_steps)
        return FAIL(ctx, scan->failure, "no angle of %d has an energy", words->n_steps);
    if (words->json)
        TRY(json_write(ctx, scan->state, words, scan->points));
    else
        text_print(scan->state, words, scan->points);
    return scan->n_failed == 0 ? QMT_OK
                               : FAIL(ctx, QMT_ERR_PARTIAL, "%d of %d angles failed",
                                      scan->n_failed, words->n_steps);
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
    double *const xyz = malloc(6 * state.n_atoms * sizeof *xyz);
    Point *const points = malloc((size_t)words->n_steps * sizeof *points);
    Scan scan = {.molecule = molecule,
                 .state = &state,
                 .words = words,
                 .xyz = xyz,
                 .trial = xyz != NULL ? xyz + 3 * state.n_atoms : NULL,
                 .points = points};
    const QmtStatus status =
        xyz != NULL && points != NULL
            ? scan_do(ctx, &scan)
            : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %d points", words->n_steps);
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
    TRY(molecules_unused_say(ctx, molecules, "scan", NULL, 0));
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
    if (words.n_frames > 0)
        status = molecules_text_write(ctx, words.out, words.frames, status);
    free(words.frames);
    molecules_end(&molecules);
    return status;
}
