#include "md/md_parts.h"

/// What a snapshot consists of, walked in one order for counting, saving and loading, so that the
/// three cannot disagree.
typedef struct {
    unsigned char *buffer; ///< NULL: count only
    size_t used;
    bool load;
} SnapshotWalk;

static void snapshot_piece(SnapshotWalk *walk, void *piece, size_t size)
{
    if (walk->buffer != NULL && size > 0) {
        if (walk->load)
            memcpy(piece, walk->buffer + walk->used, size);
        else
            memcpy(walk->buffer + walk->used, piece, size);
    }
    walk->used += size;
}

static void snapshot_state(SnapshotWalk *walk, MdState *state)
{
    snapshot_piece(walk, &state->at, sizeof state->at);
    snapshot_piece(walk, state->xyz, state->n_atoms * sizeof *state->xyz);
    snapshot_piece(walk, state->velocity, state->n_atoms * sizeof *state->velocity);
    snapshot_piece(walk, state->gradient, state->n_atoms * sizeof *state->gradient);
}

static void snapshot_watch(SnapshotWalk *walk, EnergyWatch *watch)
{
    snapshot_piece(walk, watch, ENERGY_WATCH_PLAIN);
    snapshot_piece(walk, watch->before, watch->n_atoms * sizeof *watch->before);
}

static size_t snapshot_walk(Md *md, unsigned char *buffer, bool load)
{
    SnapshotWalk walk = {.buffer = buffer, .load = load};
    const size_t vectors = md->now.n_atoms * sizeof(double[3]);
    snapshot_piece(&walk, &md->record, sizeof md->record);
    snapshot_state(&walk, &md->now);
    snapshot_piece(&walk, &md->relax.at, sizeof md->relax.at);
    snapshot_piece(&walk, md->relax.direction, vectors);
    for (int i = 0; i < RELAX_HISTORY; i++) {
        snapshot_piece(&walk, md->relax.move[i], vectors);
        snapshot_piece(&walk, md->relax.change[i], vectors);
    }
    snapshot_watch(&walk, &md->watch);
    snapshot_state(&walk, &md->window.saved);
    snapshot_piece(&walk, md->window.saved_memory, md->window.memory_size * sizeof(double));
    snapshot_piece(&walk, &md->window.steps_done, sizeof md->window.steps_done);
    snapshot_piece(&walk, &md->window.temperature_sum, sizeof md->window.temperature_sum);
    snapshot_watch(&walk, &md->window.watch);
    snapshot_piece(&walk, md->results, md->record.n_windows_done * sizeof *md->results);
    snapshot_piece(&walk, md->engine->memory, md->engine->memory_size * sizeof(double));
    return walk.used;
}

size_t md_snapshot_size(const Md *md)
{
    return snapshot_walk((Md *)md, NULL, false);
}

void md_snapshot_save(const Md *md, void *buffer)
{
    snapshot_walk((Md *)md, buffer, false); // saving reads only
}

QmtStatus md_snapshot_load(QmtContext *ctx, Md *md, const void *buffer, size_t size)
{
    const MdRecord kept = md->record;
    if (size < sizeof kept)
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "snapshot: %zu bytes are too few", size);
    // The record comes first and says how many windows follow.
    memcpy(&md->record, buffer, sizeof md->record);
    const uint64_t n_windows = md->record.n_windows_done;
    if (n_windows > md->n_windows || md_snapshot_size(md) != size) {
        md->record = kept;
        return FAIL(
            ctx, QMT_ERR_CHECKPOINT,
            "snapshot: %zu bytes with %llu windows do not fit this molecule and these options",
            size, (unsigned long long)n_windows);
    }
    snapshot_walk(md, (unsigned char *)buffer, true); // loading leaves the buffer alone
    if (md->record.phase == MD_DONE && md->now.at.step < md->n_production)
        md->record.phase = MD_PRODUCTION;
    return QMT_OK;
}
