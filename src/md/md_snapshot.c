#include <assert.h>
#include <stdio.h>

#include "md/md_parts.h"
#include "md/velocities.h"

/// Of the layout of what the dynamics itself puts into a snapshot; raised when that changes.
enum { DYNAMICS_VERSION = 4 };

typedef enum {
    SNAPSHOT_COUNT, ///< say how many bytes
    SNAPSHOT_LIST,  ///< say where they are
    SNAPSHOT_SAVE,
    SNAPSHOT_PROBE, ///< load what is no array
    SNAPSHOT_LOAD
} SnapshotPurpose;

/// What a snapshot consists of, walked in one order for counting, saving and loading, so that the
/// three cannot disagree.
typedef struct {
    SnapshotPurpose purpose;
    unsigned char *buffer; ///< NULL: count only
    size_t used;
    Span *pieces; ///< NULL: count only
    size_t n_pieces;
} SnapshotWalk;

static void span_name(MdSnapshotSpan *span, const char *name, uint32_t version, uint64_t size)
{
    snprintf(span->name, sizeof span->name, "%s", name);
    span->version = version;
    span->size = size;
}

/// Who keeps something in a snapshot of this trajectory.
static MdSnapshotHead snapshot_head(const Md *md)
{
    MdSnapshotHead head = {0};
    int n = 0;
    span_name(&head.span[n++], "dynamics", DYNAMICS_VERSION, sizeof(MdRecord));
    if (md->thermostat.size > 0)
        span_name(&head.span[n++], md->options.thermostat->name,
                  md->options.thermostat->kept_version, md->thermostat.size);
    for (const Engine *engine = md->engine; engine != NULL; engine = engine->inner)
        if (engine->kept.size > 0) {
            assert(n < MD_SNAPSHOT_SPANS);
            span_name(&head.span[n++], engine->type->name, engine->type->kept_version,
                      engine->kept.size);
        }
    return head;
}

static void span_text(const MdSnapshotSpan *span, char text[64])
{
    char name[sizeof span->name];
    memcpy(name, span->name, sizeof name);
    name[sizeof name - 1] = '\0';
    if (name[0] == '\0')
        snprintf(text, 64, "nothing");
    else
        snprintf(text, 64, "%s, version %u, %llu bytes", name, (unsigned)span->version,
                 (unsigned long long)span->size);
}

/// True of what an engine kept with less room, as one whose hills are those of a shorter trajectory.
static bool has_grown(const Md *md, const MdSnapshotSpan *theirs, const MdSnapshotSpan *ours)
{
    MdSnapshotSpan same = *theirs;
    for (const Engine *engine = md->engine; engine != NULL; engine = engine->inner)
        if (engine->type->kept_grows && strcmp(ours->name, engine->type->name) == 0 &&
            theirs->size <= ours->size) {
            same.size = ours->size;
            return memcmp(&same, ours, sizeof same) == 0;
        }
    return false;
}

/// Refuses a snapshot of other engines, or of the same with another layout, by name.
static QmtStatus head_check(QmtContext *ctx, const Md *md, const unsigned char *buffer, size_t size)
{
    MdSnapshotHead theirs;
    const MdSnapshotHead ours = snapshot_head(md);
    if (size < sizeof theirs + sizeof(MdRecord))
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "snapshot: %zu bytes are too few", size);
    memcpy(&theirs, buffer, sizeof theirs);
    for (int i = 0; i < MD_SNAPSHOT_SPANS; i++) {
        char found[64], expected[64];
        if (memcmp(&theirs.span[i], &ours.span[i], sizeof ours.span[i]) == 0 ||
            has_grown(md, &theirs.span[i], &ours.span[i]))
            continue;
        span_text(&theirs.span[i], found);
        span_text(&ours.span[i], expected);
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "snapshot: holds the state of another program or run: found %s; expected %s",
                    found, expected);
    }
    return QMT_OK;
}

static void snapshot_array(SnapshotWalk *walk, void *array, size_t size)
{
    if (walk->purpose == SNAPSHOT_LOAD && size > 0)
        memcpy(array, walk->buffer + walk->used, size);
    else if (walk->purpose == SNAPSHOT_SAVE && size > 0)
        memcpy(walk->buffer + walk->used, array, size);
    walk->used += size;
    if (walk->pieces != NULL)
        walk->pieces[walk->n_pieces] = (Span){.data = array, .size = size};
    walk->n_pieces++;
}

/// A piece that lies in the Md itself.
static void snapshot_plain(SnapshotWalk *walk, void *piece, size_t size)
{
    if (walk->purpose == SNAPSHOT_PROBE)
        memcpy(piece, walk->buffer + walk->used, size);
    snapshot_array(walk, piece, size);
}

static void snapshot_state(SnapshotWalk *walk, MdState *state)
{
    snapshot_plain(walk, &state->at, sizeof state->at);
    snapshot_array(walk, state->xyz, state->n_atoms * sizeof *state->xyz);
    snapshot_array(walk, state->velocity, state->n_atoms * sizeof *state->velocity);
    snapshot_array(walk, state->gradient, state->n_atoms * sizeof *state->gradient);
    snapshot_array(walk, state->properties, state->n_properties * sizeof *state->properties);
    if (state->bias_gradient != NULL)
        snapshot_array(walk, state->bias_gradient, state->n_atoms * sizeof *state->bias_gradient);
}

static void snapshot_watch(SnapshotWalk *walk, ShadowEnergy *watch)
{
    snapshot_plain(walk, watch, SHADOW_ENERGY_PLAIN);
    snapshot_array(walk, watch->past, SHADOW_ENERGY_POINTS * watch->n_atoms * sizeof *watch->past);
    snapshot_array(walk, watch->change, watch->n_atoms * sizeof *watch->change);
}

/// What the engine keeps, of each engine of a chain of decorators.
static void snapshot_engine(SnapshotWalk *walk, Engine *engine)
{
    for (; engine != NULL; engine = engine->inner)
        snapshot_array(walk, engine->kept.data, engine->kept.size);
}

static SnapshotWalk snapshot_walk(Md *md, SnapshotPurpose purpose, unsigned char *buffer,
                                  Span *pieces)
{
    SnapshotWalk walk = {.purpose = purpose, .buffer = buffer, .pieces = pieces};
    const size_t vectors = md->now.n_atoms * sizeof(double[3]);
    MdSnapshotHead own = snapshot_head(md); // loading has compared it
    MdSnapshotHead *const head = purpose == SNAPSHOT_LIST ? &md->listed : &own;
    *head = own;
    snapshot_array(&walk, head, sizeof *head);
    snapshot_plain(&walk, &md->record, sizeof md->record);
    snapshot_state(&walk, &md->now);
    snapshot_plain(&walk, &md->relax.at, sizeof md->relax.at);
    snapshot_array(&walk, md->relax.direction, vectors);
    for (int i = 0; i < RELAX_HISTORY; i++) {
        snapshot_array(&walk, md->relax.move[i], vectors);
        snapshot_array(&walk, md->relax.change[i], vectors);
    }
    snapshot_watch(&walk, &md->watch);
    snapshot_state(&walk, &md->window.saved);
    snapshot_array(&walk, md->window.saved_engine.data, md->window.saved_engine.size);
    snapshot_plain(&walk, &md->window.steps_done, sizeof md->window.steps_done);
    snapshot_plain(&walk, &md->window.temperature_sum, sizeof md->window.temperature_sum);
    snapshot_watch(&walk, &md->window.watch);
    snapshot_array(&walk, md->results, md->record.n_windows_done * sizeof *md->results);
    snapshot_array(&walk, md->thermostat.data, md->thermostat.size);
    snapshot_engine(&walk, md->engine);
    return walk;
}

size_t md_snapshot_size(const Md *md)
{
    return snapshot_walk((Md *)md, SNAPSHOT_COUNT, NULL, NULL).used;
}

void md_snapshot_save(const Md *md, void *buffer)
{
    snapshot_walk((Md *)md, SNAPSHOT_SAVE, buffer, NULL); // saving reads only
}

size_t md_snapshot_pieces(Md *md, Span *pieces)
{
    return snapshot_walk(md, SNAPSHOT_LIST, NULL, pieces).n_pieces;
}

size_t md_window_kept_size(const Md *md)
{
    return md->n_window > 0 ? engine_kept_size(md->engine) : 0;
}

bool md_snapshot_dof(const void *buffer, size_t size, size_t n_atoms, MdEnsemble ensemble,
                     size_t *dof)
{
    MdRecord record; // comes after the head
    if (size < sizeof(MdSnapshotHead) + sizeof record)
        return false;
    memcpy(&record, (const unsigned char *)buffer + sizeof(MdSnapshotHead), sizeof record);
    if (ensemble == MD_NVE && record.phase < MD_EQUILIBRATION)
        return false;
    *dof = velocities_degrees_of_freedom(n_atoms, ensemble == MD_NVE, record.linear != 0);
    return true;
}

/// Windows that are behind at a step of the production.
static uint64_t windows_behind(const Md *md, uint64_t step, bool window_done)
{
    if (md->n_windows == 0 || step == 0)
        return 0;
    return step / md->window_every - (step % md->window_every == 0 && !window_done);
}

/// True if the plain data of a snapshot are a place in this trajectory. The checksum of a checkpoint
/// finds what went wrong by chance; this keeps everything that indexes an array within it.
static bool snapshot_is_sound(const Md *md)
{
    const MdRecord *const record = &md->record;
    const uint64_t step = md->now.at.step;
    if (md->relax.at.n_pairs < 0 || md->relax.at.n_pairs > RELAX_HISTORY ||
        md->relax.at.newest < 0 || md->relax.at.newest >= RELAX_HISTORY ||
        !shadow_energy_is_sound(&md->watch) || !shadow_energy_is_sound(&md->window.watch))
        return false;
    switch (record->phase) {
    case MD_START:
    case MD_RELAX:
        return record->n_windows_done == 0;
    case MD_EQUILIBRATION:
        return record->n_windows_done == 0 && step <= md->n_equilibration;
    case MD_PRODUCTION:
    case MD_DONE:
        return step <= md->n_production &&
               record->n_windows_done == windows_behind(md, step, record->window_done != 0);
    case MD_WINDOW:
        return md->n_windows > 0 && md->window.steps_done <= md->n_window &&
               md->window.saved.at.step > 0 && md->window.saved.at.step <= md->n_production &&
               md->window.saved.at.step % md->window_every == 0 &&
               record->n_windows_done == windows_behind(md, md->window.saved.at.step, false);
    }
    return false;
}

/// Gives the engines the room that they have in a snapshot, or their own back, sizes [MD_SNAPSHOT_SPANS] of
/// those that keep something; returns them as they were.
static void kept_sizes_exchange(Md *md, uint64_t sizes[MD_SNAPSHOT_SPANS])
{
    int n = 0;
    for (Engine *engine = md->engine; engine != NULL; engine = engine->inner)
        if (engine->kept.size > 0) {
            const uint64_t before = engine->kept.size;
            engine->kept.size = (size_t)sizes[n];
            sizes[n++] = before;
        }
    md->window.saved_engine.size = md_window_kept_size(md);
}

/// Zeros what the engines keep beyond a snapshot, in which they have their present size.
static void rest_forget(const Md *md, const uint64_t whole[MD_SNAPSHOT_SPANS])
{
    int n = 0;
    for (const Engine *engine = md->engine; engine != NULL; engine = engine->inner) {
        const Span kept = engine->kept;
        if (kept.size > 0 && whole[n] > kept.size)
            memset((unsigned char *)kept.data + kept.size, 0, whole[n] - kept.size);
        n += kept.size > 0;
    }
}

/// The part of a snapshot that has been compared with what is expected.
///
/// @param grown  engines have more room now
static QmtStatus load_checked(QmtContext *ctx, Md *md, unsigned char *bytes, size_t size,
                              bool grown)
{
    Md probe = *md;
    // The record comes first and says how many windows follow.
    memcpy(&probe.record, bytes + sizeof(MdSnapshotHead), sizeof probe.record);
    const uint64_t n_windows = probe.record.n_windows_done;
    if (n_windows > md->n_windows || md_snapshot_size(&probe) != size)
        return FAIL(
            ctx, QMT_ERR_CHECKPOINT,
            "snapshot: %zu bytes with %llu windows do not fit this molecule and these options",
            size, (unsigned long long)n_windows);
    snapshot_walk(&probe, SNAPSHOT_PROBE, bytes, NULL);
    if (!snapshot_is_sound(&probe))
        return FAIL(
            ctx, QMT_ERR_CHECKPOINT,
            "snapshot: phase %d, step %llu with %llu windows is not a place in this trajectory",
            (int)probe.record.phase, (unsigned long long)probe.now.at.step,
            (unsigned long long)n_windows);
    // The copy of a side run would have to be taken apart.
    if (grown && probe.record.phase == MD_WINDOW)
        return FAIL(
            ctx, QMT_ERR_CHECKPOINT,
            "snapshot: ends in a side run of a shorter trajectory, whose biases have less room");
    md->record = probe.record;
    snapshot_walk(md, SNAPSHOT_LOAD, bytes, NULL);
    return QMT_OK;
}

QmtStatus md_snapshot_load(QmtContext *ctx, Md *md, const void *buffer, size_t size)
{
    unsigned char *const bytes = (unsigned char *)buffer; // loading leaves the buffer alone
    MdSnapshotHead theirs;
    uint64_t sizes[MD_SNAPSHOT_SPANS] = {0};
    int n = 0;
    TRY(head_check(ctx, md, bytes, size));
    memcpy(&theirs, bytes, sizeof theirs);
    // Behind the dynamics and the thermostat come the engines, in their order.
    for (int i = md->thermostat.size > 0 ? 2 : 1; i < MD_SNAPSHOT_SPANS; i++)
        sizes[n++] = theirs.span[i].size;
    const size_t room = engine_kept_size(md->engine);
    kept_sizes_exchange(md, sizes);
    const QmtStatus status =
        load_checked(ctx, md, bytes, size, engine_kept_size(md->engine) < room);
    if (status == QMT_OK)
        rest_forget(md, sizes);
    kept_sizes_exchange(md, sizes);
    TRY(status);
    if (md->record.phase == MD_DONE && md->now.at.step < md->n_production)
        md->record.phase = MD_PRODUCTION;
    return QMT_OK;
}
