#include "run/watch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/fragments.h"
#include "base/units.h"
#include "base/vec3.h"

enum { STATE_VERSION = 2 };
static const double BONDS_EVERY_FS = 1.0, PARTS_EVERY_FS = 100.0;
/// Parts whose nearest atoms are further from each other, nm, have drifted apart.
static const double PARTS_NM = 0.8;

static void watch_layout(Watch *watch, size_t n_atoms)
{
    bonds_layout(&watch->smiles, &watch->arena, n_atoms);
    bonds_layout(&watch->at_rest, &watch->arena, n_atoms);
    bonds_layout(&watch->now, &watch->arena, n_atoms);
    bonds_layout(&watch->next, &watch->arena, n_atoms);
    work_test_layout(&watch->work, &watch->arena, n_atoms);
    watch->parts = arena_sizes(&watch->arena, n_atoms);
    watch->gradient = arena_vectors(&watch->arena, n_atoms);
}

/// Steps in a time, at least one.
static uint64_t steps_in(double fs, double dt_fs)
{
    return (uint64_t)fmax(1.0, floor(fs / dt_fs + 1e-6));
}

QmtStatus watch_create(QmtContext *ctx, const RunSpec *task, Watch *watch)
{
    const Structure *structure = task->structure;
    *watch = (Watch){.task = task, .record = {.version = STATE_VERSION}};
    watch_layout(watch, structure->n_atoms);
    TRY(arena_reserve(ctx, &watch->arena));
    watch_layout(watch, structure->n_atoms);
    Bonds *const tables[] = {&watch->smiles, &watch->at_rest, &watch->now, &watch->next};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        bonds_setup(tables[i], structure->numbers, BOHR_PER_ANGSTROM);
    bonds_add_list(&watch->smiles, structure->n_bonds, (const int(*)[2])structure->bonds);
    watch->record.has_smiles =
        structure->smiles != NULL && (structure->n_bonds > 0 || structure->n_atoms == 1);
    watch->bonds_every = steps_in(BONDS_EVERY_FS, task->config.dt_fs);
    watch->parts_every = steps_in(PARTS_EVERY_FS, task->config.dt_fs);
    work_test_begin(&watch->work, task->config.dt_fs);
    return QMT_OK;
}

void watch_release(Watch *watch)
{
    arena_release(&watch->arena);
}

static void event_add(Watch *watch, WatchEvent event)
{
    WatchRecord *const record = &watch->record;
    if (record->counts[event.kind]++ < WATCH_EVENTS_OF_KIND)
        record->events[record->n_events++] = event;
}

static void bonds_look(Watch *watch, const MdProgress *progress, const MdState *state)
{
    BondEvent found[WATCH_EVENTS_OF_KIND];
    if (!bonds_update(&watch->now, (const double(*)[3])state->xyz, &watch->next))
        return;
    size_t n = bonds_compare(&watch->now, &watch->next, found, WATCH_EVENTS_OF_KIND);
    n = n < WATCH_EVENTS_OF_KIND ? n : WATCH_EVENTS_OF_KIND; // of one instant
    for (size_t i = 0; i < n; i++) {
        WatchEvent event = {.step = progress->step,
                            .kind = (int32_t)found[i].kind,
                            .in_production = progress->phase == MD_PRODUCTION,
                            .n_atoms = (int32_t)found[i].n_atoms};
        for (size_t k = 0; k < found[i].n_atoms; k++)
            event.atoms[k] = (int32_t)found[i].atoms[k];
        event_add(watch, event);
    }
    bonds_copy(&watch->now, &watch->next);
}

static void parts_look(Watch *watch, const MdProgress *progress, const MdState *state)
{
    if (watch->now.n_fragments < 2)
        return;
    const size_t n = fragments_within(state->n_atoms, (const double(*)[3])state->xyz,
                                      PARTS_NM / NM_PER_BOHR, watch->parts);
    if (n <= watch->record.n_parts)
        return;
    WatchEvent event = {.step = progress->step,
                        .kind = WATCH_SEPARATION,
                        .in_production = progress->phase == MD_PRODUCTION};
    for (size_t a = 0; a < state->n_atoms && event.n_atoms < 3; a++)
        if (watch->parts[a] == a)
            event.atoms[event.n_atoms++] = (int32_t)a;
    event_add(watch, event);
    watch->record.n_parts = n;
}

/// The geometry that the motion starts from.
static void rest_look(Watch *watch, const MdState *state)
{
    const double(*const xyz)[3] = (const double(*)[3])state->xyz;
    if (watch->record.has_smiles)
        bonds_copy(&watch->at_rest, &watch->smiles);
    bonds_find(&watch->at_rest, xyz);
    bonds_copy(&watch->now, &watch->at_rest);
    watch->record.at_rest_known = 1;
    watch->record.n_parts =
        fragments_within(state->n_atoms, xyz, PARTS_NM / NM_PER_BOHR, watch->parts);
}

static void work_look(Watch *watch, const MdProgress *progress, const MdState *state)
{
    WatchRecord *const record = &watch->record;
    WorkStep step;
    if (progress->step == 0)
        work_test_begin(&watch->work, watch->task->config.dt_fs);
    else if (progress->step == record->last_step)
        return; // back from a side run
    record->last_step = progress->step;
    const double(*gradient)[3] = (const double(*)[3])state->gradient;
    if (state->bias_gradient != NULL) { // the surface is that of the method
        for (size_t a = 0; a < state->n_atoms; a++)
            vec3_difference(gradient[a], state->bias_gradient[a], watch->gradient[a]);
        gradient = (const double(*)[3])watch->gradient;
    }
    if (work_test_add(&watch->work, (const double(*)[3])state->xyz, gradient,
                      state->at.energy - state->at.bias, &step) &&
        fabs(step.off) > work_step_limit(&step, work_test_rms(&watch->work)))
        event_add(watch, (WatchEvent){.step = progress->step - 1,
                                      .kind = WATCH_SCF_JUMP,
                                      .in_production = 1,
                                      .size = step.off * KJMOL_PER_HARTREE});
}

/// What the SCF says of its own solution.
static void solution_look(Watch *watch, const MdProgress *progress)
{
    static const int KIND[] = {[SCF_JUMPED] = WATCH_SCF_CHANGE,
                               [SCF_CROSSED] = WATCH_SCF_CROSSING,
                               [SCF_NOT_LEAST] = WATCH_SCF_HIGHER};
    if (progress->change == SCF_SAME)
        return;
    const double unit = progress->change == SCF_JUMPED ? 1.0 : KJMOL_PER_HARTREE;
    event_add(watch, (WatchEvent){.step = progress->step,
                                  .kind = KIND[progress->change],
                                  .in_production = progress->phase == MD_PRODUCTION,
                                  .size = progress->change_size * unit});
}

void watch_step(Watch *watch, const MdProgress *progress, const MdState *state)
{
    const bool rest = progress->phase == MD_EQUILIBRATION && progress->step == 0;
    if (rest)
        rest_look(watch, state);
    if (rest || (progress->phase != MD_EQUILIBRATION && progress->phase != MD_PRODUCTION))
        return;
    solution_look(watch, progress);
    if (progress->step % watch->bonds_every == 0)
        bonds_look(watch, progress, state);
    if (progress->step % watch->parts_every == 0)
        parts_look(watch, progress, state);
    if (progress->phase == MD_PRODUCTION)
        work_look(watch, progress, state);
}

typedef enum { STATE_COUNT, STATE_SAVE, STATE_LOAD } StatePurpose;

typedef struct {
    StatePurpose purpose;
    unsigned char *buffer;
    size_t used;
} StateWalk;

static void state_piece(StateWalk *walk, void *piece, size_t size)
{
    if (walk->purpose == STATE_SAVE)
        memcpy(walk->buffer + walk->used, piece, size);
    else if (walk->purpose == STATE_LOAD)
        memcpy(piece, walk->buffer + walk->used, size);
    walk->used += size;
}

/// One order for counting, saving and loading; the record comes first.
static size_t state_walk(Watch *watch, unsigned char *buffer, StatePurpose purpose)
{
    StateWalk walk = {.purpose = purpose, .buffer = buffer};
    Bonds *const tables[] = {&watch->smiles, &watch->at_rest, &watch->now};
    const size_t vectors = watch->now.n_atoms * sizeof(double[3]);
    state_piece(&walk, &watch->record, sizeof watch->record);
    state_piece(&walk, &watch->work.at, sizeof watch->work.at);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        state_piece(&walk, tables[i]->bonded, bonds_state_size(tables[i]));
    for (int k = 0; k < WORK_POINTS; k++) {
        state_piece(&walk, watch->work.xyz[k], vectors);
        state_piece(&walk, watch->work.gradient[k], vectors);
    }
    return walk.used;
}

size_t watch_state_size(const Watch *watch)
{
    return state_walk((Watch *)watch, NULL, STATE_COUNT);
}

void watch_state_save(const Watch *watch, void *buffer)
{
    state_walk((Watch *)watch, buffer, STATE_SAVE); // saving reads only
}

/// True if everything that indexes an array stays within it.
static bool record_is_sound(const WatchRecord *record, size_t n_atoms)
{
    if (record->version != STATE_VERSION || record->n_events > WATCH_EVENTS_MAX)
        return false;
    for (uint64_t i = 0; i < record->n_events; i++) {
        const WatchEvent *event = &record->events[i];
        if (event->kind < 0 || event->kind >= WATCH_KINDS || event->n_atoms < 0 ||
            event->n_atoms > 3)
            return false;
        for (int k = 0; k < event->n_atoms; k++)
            if (event->atoms[k] < 0 || (size_t)event->atoms[k] >= n_atoms)
                return false;
    }
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        uint64_t n = 0;
        for (uint64_t i = 0; i < record->n_events; i++)
            n += record->events[i].kind == kind;
        const uint64_t count = record->counts[kind];
        if (n != (count < WATCH_EVENTS_OF_KIND ? count : WATCH_EVENTS_OF_KIND))
            return false;
    }
    return true;
}

QmtStatus watch_state_load(QmtContext *ctx, Watch *watch, const void *buffer, size_t size)
{
    WatchRecord record;
    if (size != watch_state_size(watch))
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "the record of events has %zu bytes, %zu are expected for this molecule", size,
                    watch_state_size(watch));
    memcpy(&record, buffer, sizeof record);
    if (!record_is_sound(&record, watch->now.n_atoms))
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "the record of events (version %u) does not fit this molecule and program",
                    (unsigned)record.version);
    state_walk(watch, (unsigned char *)buffer, STATE_LOAD); // loading leaves the buffer alone
    bonds_fragments_update(&watch->smiles);
    bonds_fragments_update(&watch->at_rest);
    bonds_fragments_update(&watch->now);
    watch->n_said = watch->record.n_events;
    return QMT_OK;
}
