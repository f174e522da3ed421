#include "audit/labels.h"
#include "audit/scf_events.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audit/properties.h"
#include "base/arena.h"
#include "base/random.h"
#include "base/units.h"
#include "data/method.h"
#include "engine/xtb.h"

/// What the end of the self-consistent loop leaves; kJ/mol/nm and kJ/mol. Ours was measured (docs/lab/validation.md)
/// as 5e-6 and 3e-8, with `scf: fast` as 1e-3 and 3e-8; other programs stop earlier.
typedef struct {
    double force, energy;
} Floor;
static const Floor FLOOR_OURS = {2e-3, 1e-5}, FLOOR_FAST = {0.02, 1e-4},
                   FLOOR_OTHERS = {0.05, 1e-3};
/// kJ/mol/nm^2: the stiffness of bonds, C-H 2e5 to C=O 8e5; less than that is not worth a measurement.
static const double STIFFNESS = 3e5;
/// Geometries that the answer to rounding is measured at, and how much larger that of the true rounding may be. Where
/// few bonds decide the answer (two small molecules far from the origin), the first ones may by chance all move
/// little: one correct file of 500 failed with two. A sound frame needs more of them seldom, a false one always.
enum { SHIFTS_MIN = 2, SHIFTS_MAX = 12 };
static const double SHIFT_FACTOR = 4.0;
/// Where the self-consistency ends when computed afresh; a step further and rounding stops it.
static const double TIGHTEST = 1e-12;
/// Beside the numbers that draw the frames.
static const uint64_t SHIFT_ATOM = 1;

enum { LABEL_ATOMS_MAX = 2000 };

typedef struct {
    double *raw;          // [3 n_atoms] scratch for reading
    double *pos, *forces; // [3 n_atoms] nm, kJ/mol/nm
    double *properties, *stored, *raw_properties, *shifted,
        *spread; // [properties_size()] a.u., as in the file, scratch, a.u., a.u.
    double (*xyz)[3], (*gradient)[3]; // [n_atoms] bohr, hartree/bohr
    double (*shifted_gradient)[3];    // [n_atoms] hartree/bohr
    Engine *engine;
    QmtEngineOptions usual; // those of an engine that ends where `energy` does
    Engine *usual_engine;   // made when it is needed
    Arena arena;
    Floor floor;
    double worst_energy, worst_force;     // kJ/mol, kJ/mol/nm
    double energy_excess, force_excess;   // of the worst, over what is allowed
    double energy_allowed, force_allowed; // where they are worst
    uint64_t energy_frame, force_frame;
    double energy_ratio; // stored over computed, where the energy is worst
    bool is_above;       // the stored one, there
    double dot, square;  // stored . computed and computed^2 of the forces seen
} Labels;

static void labels_layout(Labels *labels, size_t n, unsigned property_set)
{
    const size_t n_properties = properties_size(property_set, n);
    labels->properties = arena_doubles(&labels->arena, n_properties);
    labels->stored = arena_doubles(&labels->arena, n_properties);
    labels->raw_properties = arena_doubles(&labels->arena, n_properties);
    labels->shifted = arena_doubles(&labels->arena, n_properties);
    labels->spread = arena_doubles(&labels->arena, n_properties);
    labels->raw = arena_doubles(&labels->arena, 3 * n);
    labels->pos = arena_doubles(&labels->arena, 3 * n);
    labels->forces = arena_doubles(&labels->arena, 3 * n);
    labels->xyz = arena_vectors(&labels->arena, n);
    labels->gradient = arena_vectors(&labels->arena, n);
    labels->shifted_gradient = arena_vectors(&labels->arena, n);
}

/// kJ/mol/nm of a gradient.
static double force_of(const double (*gradient)[3], size_t i)
{
    return -gradient[i / 3][i % 3] * KJMOL_PER_HARTREE * BOHR_PER_NM;
}

/// From nothing. Levels of atoms far apart keep charges moving by more than the tightest end of the self-consistency; a recovery
/// may find another solution then, and the one that `energy` finds is what counts.
static QmtStatus evaluate(QmtContext *ctx, const Check *check, Labels *labels, double *energy,
                          double (*gradient)[3], double *properties)
{
    EngineReport report = {0};
    const EngineResult result = {.energy = energy,
                                 .gradient = gradient,
                                 .properties = properties,
                                 .property_set = check->property_set,
                                 .report = &report};
    const double(*const xyz)[3] = (const double(*)[3])labels->xyz;
    engine_forget(labels->engine);
    QmtStatus status = engine_evaluate(ctx, labels->engine, xyz, &result);
    if (status == QMT_ERR_SCF || (status == QMT_OK && report.recovery > 0)) {
        if (labels->usual_engine == NULL)
            TRY(xtb_create(ctx, check->n_atoms, check->numbers, &labels->usual,
                           &labels->usual_engine));
        engine_forget(labels->usual_engine);
        status = engine_evaluate(ctx, labels->usual_engine, xyz, &result);
    }
    *energy *= KJMOL_PER_HARTREE;
    return status;
}

/// Raises the largest change of a force, kJ/mol/nm, and of each property to those at one geometry shifted within the
/// rounding of its positions. *nearest becomes its energy, kJ/mol, if that is nearer to the stored one.
static QmtStatus shift_measure(QmtContext *ctx, const Check *check, uint64_t frame, uint64_t shift,
                               double stored, Labels *labels, double *nearest, double *force_change)
{
    const size_t n = check->n_atoms;
    const RandomKey key = {.seed = check->seed};
    const size_t n_properties = properties_size(check->property_set, n);
    double energy = 0.0;
    for (size_t a = 0; a < n; a++) {
        double u[4];
        random_uniforms(&key, frame, SHIFT_ATOM + shift * n + a, RANDOM_PRODUCTION, u);
        for (size_t x = 0; x < 3; x++) {
            const double pos = labels->pos[3 * a + x];
            const double rounding = check_rounding(check->array[ARRAY_POS], pos);
            labels->xyz[a][x] = (pos + (2.0 * u[x] - 1.0) * rounding) * BOHR_PER_NM;
        }
    }
    TRY(evaluate(ctx, check, labels, &energy, labels->shifted_gradient, labels->shifted));
    if (fabs(stored - energy) < fabs(stored - *nearest))
        *nearest = energy;
    for (size_t i = 0; i < 3 * n; i++)
        *force_change =
            fmax(*force_change, fabs(force_of((const double(*)[3])labels->shifted_gradient, i) -
                                     force_of((const double(*)[3])labels->gradient, i)));
    for (size_t i = 0; i < n_properties; i++)
        labels->spread[i] = fmax(labels->spread[i],
                                 SHIFT_FACTOR * fabs(labels->shifted[i] - labels->properties[i]));
    return QMT_OK;
}

/// What the rounding of positions may change the energy by: five standard deviations.
static double energy_allowed(const Check *check, const Labels *labels)
{
    double square = 0.0;
    for (size_t i = 0; i < 3 * check->n_atoms; i++) {
        const double part = force_of((const double(*)[3])labels->gradient, i) *
                            check_rounding(check->array[ARRAY_POS], labels->pos[i]);
        square += part * part;
    }
    return labels->floor.energy + 5.0 * sqrt(square / 3.0);
}

/// The force that is off most against what is allowed, as a part of that.
///
/// @param stiffness  kJ/mol/nm^2, of the rounding of its own atom
/// @param extra      kJ/mol/nm, allowed besides
static double forces_compare(const Check *check, const Labels *labels, double stiffness,
                             double extra, double *off, double *allowed)
{
    double worst = -1.0;
    for (size_t i = 0; i < 3 * check->n_atoms; i++) {
        const double force = force_of((const double(*)[3])labels->gradient, i);
        const double gap = fabs(labels->forces[i] - force);
        const double limit = labels->floor.force + extra +
                             stiffness * check_rounding(check->array[ARRAY_POS], labels->pos[i]) +
                             2.0 * check_rounding(check->array[ARRAY_FORCES], labels->forces[i]);
        if (!(gap / limit <= worst)) {
            worst = gap / limit;
            *off = gap;
            *allowed = limit;
        }
    }
    return worst;
}

static void energy_compare(const Check *check, uint64_t frame, double stored, double energy,
                           Labels *labels)
{
    const double allowed = energy_allowed(check, labels), off = fabs(stored - energy);
    if (off / allowed <= labels->energy_excess)
        return;
    labels->energy_excess = off / allowed;
    labels->worst_energy = off;
    labels->energy_allowed = allowed;
    labels->energy_frame = frame;
    labels->energy_ratio = stored / energy;
    labels->is_above = stored > energy;
}

static QmtStatus frame_read(QmtContext *ctx, Check *check, uint64_t frame, Labels *labels,
                            double *energy)
{
    TRY(check_read(ctx, check, check->array[ARRAY_POS], frame, 1, labels->raw, labels->pos));
    TRY(check_read(ctx, check, check->array[ARRAY_FORCES], frame, 1, labels->raw, labels->forces));
    TRY(check_read(ctx, check, check->array[ARRAY_EPOT], frame, 1, labels->raw, energy));
    TRY(properties_read(ctx, check, frame, labels->raw_properties, labels->stored));
    for (size_t i = 0; i < 3 * check->n_atoms; i++)
        labels->xyz[i / 3][i % 3] = labels->pos[i] * BOHR_PER_NM;
    return QMT_OK;
}

static QmtStatus frame_compare(QmtContext *ctx, Check *check, uint64_t frame, Labels *labels)
{
    double energy = 0.0, stored = 0.0, off = 0.0, allowed = 0.0, change = 0.0;
    TRY(frame_read(ctx, check, frame, labels, &stored));
    TRY(evaluate(ctx, check, labels, &energy, labels->gradient, labels->properties));
    double excess = forces_compare(check, labels, STIFFNESS, 0.0, &off, &allowed);
    bool agree = properties_compare(check, frame, labels->stored, labels->properties, NULL, false);
    memset(labels->spread, 0,
           properties_size(check->property_set, check->n_atoms) * sizeof *labels->spread);
    // One wrong frame is enough for the verdict.
    const uint64_t n_shifts = labels->force_excess <= 1.0 ? SHIFTS_MAX : SHIFTS_MIN;
    // Where atoms are far apart solutions lie side by side, and rounding decides which is found.
    const double nearby = energy_allowed(check, labels);
    for (uint64_t shift = 0;
         (!(excess <= 1.0) || !(fabs(stored - energy) <= nearby) || !agree) && shift < n_shifts;
         shift++) {
        TRY(shift_measure(ctx, check, frame, shift, stored, labels, &energy, &change));
        if (shift + 1 < SHIFTS_MIN)
            continue;
        if (!(excess <= 1.0))
            excess = forces_compare(check, labels, 0.0, SHIFT_FACTOR * change, &off, &allowed);
        agree = properties_compare(check, frame, labels->stored, labels->properties, labels->spread,
                                   shift + 1 == n_shifts);
    }
    energy_compare(check, frame, stored, energy, labels);
    for (size_t i = 0; i < 3 * check->n_atoms; i++) {
        const double force = force_of((const double(*)[3])labels->gradient, i);
        labels->dot += force * labels->forces[i];
        labels->square += force * force;
    }
    if (!(excess <= labels->force_excess)) {
        labels->force_excess = excess;
        labels->worst_force = off;
        labels->force_allowed = allowed;
        labels->force_frame = frame;
    }
    return QMT_OK;
}

/// What a factor between stored and computed numbers means; "" if it means nothing known.
static const char *factor_meaning(double ratio, bool is_force)
{
    static const struct {
        double energy, force; // of the stored number
        const char *meaning;
    } KNOWN[] = {
        {-1.0, -1.0, " (the sign is turned)"},
        {1.0 / KJMOL_PER_HARTREE, 1.0 / (KJMOL_PER_HARTREE * BOHR_PER_NM),
         " (they are in hartree and bohr)"},
        {EV_PER_HARTREE / KJMOL_PER_HARTREE, 0.1 * EV_PER_HARTREE / KJMOL_PER_HARTREE,
         " (they are in eV and angstrom)"},
        {1.0 / 4.184, 0.1 / 4.184, " (they are in kcal/mol and angstrom)"},
        {1000.0, 1000.0, " (they are in J/mol)"},
        {1.0, 0.1, " (they are in kJ/mol/angstrom)"},
    };
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        const double factor = is_force ? KNOWN[i].force : KNOWN[i].energy;
        if (factor != 1.0 && fabs(ratio / factor - 1.0) < 1e-4)
            return KNOWN[i].meaning;
    }
    return "";
}

static void labels_report(Check *check, uint64_t n_again, const Labels *labels)
{
    const char *const forces =
        labels->force_excess <= 1.0 ? "" : factor_meaning(labels->dot / labels->square, true);
    ScfEvents events;
    scf_events_read(check, &events);
    if (labels->energy_excess > 1.0 && events.has_higher && labels->is_above) {
        check_say(check, CHECK_LABELS, CHECK_WARN,
                  "frame %" PRIu64 ": Epot is %.4g kJ/mol above what is computed from nothing, and "
                  "the file records that its SCF was not the lowest (scf_higher)",
                  labels->energy_frame, labels->worst_energy);
        return;
    }
    if (!(labels->energy_excess <= 1.0))
        check_say(
            check, CHECK_LABELS, CHECK_FAIL,
            "frame %" PRIu64 ": Epot is off by %.4g kJ/mol%s, %.2g is allowed; forces are off "
            "by up to %.2g kJ/mol/nm, %.2g is allowed%s",
            labels->energy_frame, labels->worst_energy, factor_meaning(labels->energy_ratio, false),
            labels->energy_allowed, labels->worst_force, labels->force_allowed, forces);
    if (!(labels->force_excess <= 1.0))
        check_say(check, CHECK_LABELS, CHECK_FAIL,
                  "frame %" PRIu64 ": a force is off by %.4g kJ/mol/nm, %.2g is allowed%s",
                  labels->force_frame, labels->worst_force, labels->force_allowed, forces);
    check_say(check, CHECK_LABELS, CHECK_PASS,
              "%" PRIu64 " frames computed again: energy off by at most %.1e kJ/mol where %.1e is "
              "allowed, forces by %.1e kJ/mol/nm where %.1e is",
              n_again, labels->worst_energy, labels->energy_allowed, labels->worst_force,
              labels->force_allowed);
}

/// Goes through the frames in order and takes each with the chance that leaves exactly n_wanted taken
/// (Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S).
static QmtStatus frames_compare(QmtContext *ctx, Check *check, uint64_t n_wanted, Labels *labels)
{
    const RandomKey key = {.seed = check->seed};
    uint64_t n_taken = 0;
    for (uint64_t frame = 0; frame < check->n_frames && n_taken < n_wanted; frame++) {
        double u[4];
        random_uniforms(&key, frame, 0, RANDOM_PRODUCTION, u);
        if (u[0] * (double)(check->n_frames - frame) >= (double)(n_wanted - n_taken))
            continue;
        n_taken++;
        const QmtStatus status = frame_compare(ctx, check, frame, labels);
        if (status == QMT_ERR_SCF || status == QMT_ERR_INPUT) {
            check_say(check, CHECK_LABELS, CHECK_FAIL, "frame %" PRIu64 ": %.300s", frame,
                      qmt_context_message(ctx));
            return QMT_OK;
        }
        TRY(status);
    }
    labels_report(check, n_taken, labels);
    properties_report(check, n_taken);
    return QMT_OK;
}

/// What a computation again needs, or the reason why it cannot be made.
static bool engine_is_described(Check *check, double *charge, double *multiplicity)
{
    const char *const method = check_metadata_text(check, "qm_method");
    if (check->n_atoms > LABEL_ATOMS_MAX)
        check_say(check, CHECK_LABELS, CHECK_NOT_RUN, "more than %d atoms", LABEL_ATOMS_MAX);
    else if (check->numbers == NULL || check->array[ARRAY_POS] == NULL ||
             check->array[ARRAY_FORCES] == NULL || check->array[ARRAY_EPOT] == NULL)
        check_say(check, CHECK_LABELS, CHECK_NOT_RUN,
                  "pos, forces, Epot or atom_types cannot be used");
    else if (method == NULL || method_find(method) == NULL)
        check_say(check, CHECK_LABELS, CHECK_NOT_RUN, "qm_method is %.60s",
                  method != NULL ? method : "missing in the metadata");
    else if (!check_metadata_number(check, "charge", charge) ||
             !check_metadata_number(check, "multiplicity", multiplicity) ||
             fabs(*charge) > 1000.0 || !(*multiplicity >= 1.0 && *multiplicity <= 1000.0))
        check_say(check, CHECK_LABELS, CHECK_NOT_RUN,
                  "the metadata do not say charge and multiplicity");
    else
        return true;
    return false;
}

static QmtEngineOptions engine_options(const Check *check, double charge, double multiplicity)
{
    const char *const fermi = check_config_text(check, "fermi_stop");
    const char *const solvent = check_config_text(check, "solvent");
    const char *const model = check_config_text(check, "solvation_model");
    const char *const state = check_config_text(check, "solvation_state");
    const char *const grid = check_config_text(check, "solvation_grid");
    QmtEngineOptions options = qmt_engine_options_default();
    options.method = check_metadata_text(check, "qm_method");
    if (solvent != NULL && strcmp(solvent, "none") != 0)
        options.solvent = solvent;
    if (model != NULL)
        options.solvation_model = model;
    if (grid != NULL)
        options.solvation_grid = grid;
    if (state != NULL)
        options.solvation_state = state;
    options.charge = (int)charge;
    options.unpaired = (int)multiplicity - 1;
    options.fermi_stop_reference = fermi != NULL && strcmp(fermi, "reference") == 0;
    check_config_number(check, "electronic_temperature_K", &options.electronic_temperature_k);
    return options;
}

/// The engine that the metadata describe; NULL, with the reason said, if they do not or it is none of ours.
static QmtStatus engine_make(QmtContext *ctx, Check *check, Labels *labels)
{
    double charge, multiplicity;
    if (!engine_is_described(check, &charge, &multiplicity))
        return QMT_OK;
    QmtEngineOptions tightest = labels->usual = engine_options(check, charge, multiplicity);
    tightest.scf_tolerance = TIGHTEST;
    const QmtStatus status =
        xtb_create(ctx, check->n_atoms, check->numbers, &tightest, &labels->engine);
    if (status != QMT_ERR_INPUT && status != QMT_ERR_CONFIG)
        return status;
    check_say(check, CHECK_LABELS, CHECK_FAIL, "%s", qmt_context_message(ctx));
    return QMT_OK;
}

static Floor floor_of(const Check *check)
{
    const char *const scf = check_config_text(check, "scf");
    if (!check->is_ours || scf == NULL)
        return FLOOR_OTHERS;
    return strcmp(scf, "fast") == 0 ? FLOOR_FAST : FLOOR_OURS;
}

QmtStatus labels_check_again(QmtContext *ctx, Check *check)
{
    const uint64_t n_wanted = check->n_again < check->n_frames ? check->n_again : check->n_frames;
    Labels labels = {.floor = floor_of(check), .energy_excess = -1.0, .force_excess = -1.0};
    if (n_wanted == 0) {
        check_say(check, CHECK_LABELS, CHECK_NOT_RUN, "no frames were asked for");
        return QMT_OK;
    }
    TRY(engine_make(ctx, check, &labels));
    if (labels.engine == NULL)
        return QMT_OK;
    labels_layout(&labels, check->n_atoms, check->property_set);
    QmtStatus status = arena_reserve(ctx, &labels.arena);
    if (status == QMT_OK) {
        labels_layout(&labels, check->n_atoms, check->property_set);
        status = frames_compare(ctx, check, n_wanted, &labels);
    }
    arena_release(&labels.arena);
    engine_destroy(&labels.engine);
    engine_destroy(&labels.usual_engine);
    return status;
}
