#include "audit/audit_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/random.h"
#include "base/units.h"
#include "data/method.h"
#include "engine/xtb.h"

/// kJ/mol/nm and kJ/mol. Rounding a position of half a nanometre to float32 moves it by up to 3e-8 nm,
/// which a stretched bond of 5e5 kJ/mol/nm^2 answers with 0.015, and its energy with 1e-4.
static const double FORCE_LIMIT = 0.05, ENERGY_LIMIT = 0.001;
/// Where the self-consistency ends when computed afresh; a step further and rounding stops it.
static const double TIGHTEST = 1e-12;

enum { LABEL_ATOMS_MAX = 2000 };

typedef struct {
    double *raw;          // [3 n_atoms] scratch for reading
    double *pos, *forces; // [3 n_atoms] nm, kJ/mol/nm
    double *properties, *stored,
        *raw_properties;              // [properties_size()] a.u., as in the file, scratch
    double (*xyz)[3], (*gradient)[3]; // [n_atoms] bohr, hartree/bohr
    Engine *engine;
    Arena arena;
    double worst_energy, worst_force; // kJ/mol, kJ/mol/nm
    uint64_t energy_frame, force_frame;
    double energy_ratio; // stored over computed, where the energy is worst
    double dot, square;  // stored . computed and computed^2 of the forces seen
} Labels;

static void labels_layout(Labels *labels, size_t n, unsigned property_set)
{
    const size_t n_properties = properties_size(property_set, n);
    labels->properties = arena_doubles(&labels->arena, n_properties);
    labels->stored = arena_doubles(&labels->arena, n_properties);
    labels->raw_properties = arena_doubles(&labels->arena, n_properties);
    labels->raw = arena_doubles(&labels->arena, 3 * n);
    labels->pos = arena_doubles(&labels->arena, 3 * n);
    labels->forces = arena_doubles(&labels->arena, 3 * n);
    labels->xyz = arena_vectors(&labels->arena, n);
    labels->gradient = arena_vectors(&labels->arena, n);
}

static QmtStatus frame_compare(QmtContext *ctx, Check *check, uint64_t frame, Labels *labels)
{
    const size_t n = check->n_atoms;
    double energy = 0.0, stored = 0.0;
    TRY(check_read(ctx, check, check->array[ARRAY_POS], frame, 1, labels->raw, labels->pos));
    TRY(check_read(ctx, check, check->array[ARRAY_FORCES], frame, 1, labels->raw, labels->forces));
    TRY(check_read(ctx, check, check->array[ARRAY_EPOT], frame, 1, labels->raw, &stored));
    for (size_t i = 0; i < 3 * n; i++)
        labels->xyz[i / 3][i % 3] = labels->pos[i] * BOHR_PER_NM;
    engine_forget(labels->engine);
    TRY(engine_evaluate(ctx, labels->engine, (const double(*)[3])labels->xyz,
                        &(EngineResult){.energy = &energy,
                                        .gradient = labels->gradient,
                                        .properties = labels->properties,
                                        .property_set = check->property_set}));
    TRY(check_properties_frame(ctx, check, frame, labels->raw_properties, labels->stored,
                               labels->properties));
    energy *= KJMOL_PER_HARTREE;
    const double energy_gap = fabs(stored - energy);
    if (!(energy_gap <= labels->worst_energy)) {
        labels->worst_energy = energy_gap;
        labels->energy_frame = frame;
        labels->energy_ratio = stored / energy;
    }
    for (size_t i = 0; i < 3 * n; i++) {
        const double force = -labels->gradient[i / 3][i % 3] * KJMOL_PER_HARTREE * BOHR_PER_NM;
        const double gap = fabs(labels->forces[i] - force);
        labels->dot += force * labels->forces[i];
        labels->square += force * force;
        if (!(gap <= labels->worst_force)) {
            labels->worst_force = gap;
            labels->force_frame = frame;
        }
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

static void labels_judge(Check *check, uint64_t n_looked, const Labels *labels)
{
    if (!(labels->worst_energy <= ENERGY_LIMIT))
        check_say(check, CHECK_LABELS, CHECK_FAIL,
                  "frame %" PRIu64 ": Epot is off by %.4g kJ/mol%s, %g is allowed; forces are off "
                  "by up to %.2g kJ/mol/nm, %g is allowed%s",
                  labels->energy_frame, labels->worst_energy,
                  factor_meaning(labels->energy_ratio, false), ENERGY_LIMIT, labels->worst_force,
                  FORCE_LIMIT,
                  labels->worst_force <= FORCE_LIMIT
                      ? ""
                      : factor_meaning(labels->dot / labels->square, true));
    if (!(labels->worst_force <= FORCE_LIMIT))
        check_say(check, CHECK_LABELS, CHECK_FAIL,
                  "frame %" PRIu64 ": a force is off by %.4g kJ/mol/nm, %g is allowed%s",
                  labels->force_frame, labels->worst_force, FORCE_LIMIT,
                  factor_meaning(labels->dot / labels->square, true));
    check_say(check, CHECK_LABELS, CHECK_PASS,
              "%" PRIu64 " frames computed again: energy within %.1e kJ/mol (%g), forces within "
              "%.1e kJ/mol/nm (%g)",
              n_looked, labels->worst_energy, ENERGY_LIMIT, labels->worst_force, FORCE_LIMIT);
}

/// Goes through the frames in order and takes each with the chance that leaves exactly n_wanted taken
/// (Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S).
static QmtStatus frames_compare(QmtContext *ctx, Check *check, uint64_t n_wanted, Labels *labels)
{
    const RandomKey key = {.seed = check->options->seed};
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
    labels_judge(check, n_taken, labels);
    check_properties_judge(check, n_taken);
    return QMT_OK;
}

/// The engine that the metadata describe; NULL, with the reason said, if they do not or it is none of ours.
static QmtStatus engine_make(QmtContext *ctx, Check *check, Engine **engine)
{
    const char *const method = check_metadata_text(check, "qm_method");
    double charge, multiplicity;
    QmtEngineOptions options = qmt_engine_options_default();
    *engine = NULL;
    if (check->n_atoms > LABEL_ATOMS_MAX)
        check_say(check, CHECK_LABELS, CHECK_NOT_RUN, "more than %d atoms", LABEL_ATOMS_MAX);
    else if (check->numbers == NULL || check->array[ARRAY_POS] == NULL ||
             check->array[ARRAY_FORCES] == NULL || check->array[ARRAY_EPOT] == NULL)
        check_say(check, CHECK_LABELS, CHECK_NOT_RUN,
                  "pos, forces, Epot or atom_types cannot be used");
    else if (method == NULL || method_find(method) == NULL)
        check_say(check, CHECK_LABELS, CHECK_NOT_RUN, "qm_method is %.60s",
                  method != NULL ? method : "missing in the metadata");
    else if (!check_metadata_number(check, "charge", &charge) ||
             !check_metadata_number(check, "multiplicity", &multiplicity) ||
             fabs(charge) > 1000.0 || !(multiplicity >= 1.0 && multiplicity <= 1000.0))
        check_say(check, CHECK_LABELS, CHECK_NOT_RUN,
                  "the metadata do not say charge and multiplicity");
    else {
        const char *const fermi = check_config_text(check, "fermi_stop");
        const char *const solvent = check_config_text(check, "solvent");
        const char *const model = check_config_text(check, "solvation_model");
        const char *const refers = check_config_text(check, "solvation_state");
        options.method = method;
        if (solvent != NULL && strcmp(solvent, "none") != 0)
            options.solvent = solvent;
        if (model != NULL)
            options.solvation_model = model;
        const char *const grid = check_config_text(check, "solvation_grid");
        if (grid != NULL)
            options.solvation_grid = grid;
        if (refers != NULL)
            options.solvation_state = refers;
        options.charge = (int)charge;
        options.unpaired = (int)multiplicity - 1;
        options.scf_tolerance = TIGHTEST;
        options.fermi_stop_reference = fermi != NULL && strcmp(fermi, "reference") == 0;
        check_config_number(check, "electronic_temperature_K", &options.electronic_temperature_k);
        const QmtStatus status = xtb_create(ctx, check->n_atoms, check->numbers, &options, engine);
        if (status != QMT_ERR_INPUT && status != QMT_ERR_CONFIG)
            return status;
        check_say(check, CHECK_LABELS, CHECK_FAIL, "%s", qmt_context_message(ctx));
    }
    return QMT_OK;
}

QmtStatus check_labels(QmtContext *ctx, Check *check)
{
    const uint64_t n_wanted =
        check->options->n_frames < check->n_frames ? check->options->n_frames : check->n_frames;
    Labels labels = {0};
    if (n_wanted == 0) {
        check_say(check, CHECK_LABELS, CHECK_NOT_RUN, "no frames were asked for");
        return QMT_OK;
    }
    TRY(engine_make(ctx, check, &labels.engine));
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
    return status;
}
