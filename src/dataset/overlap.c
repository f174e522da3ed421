#include "dataset/overlap.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset/shape.h"

static const size_t BYTES_MAX = (size_t)128 << 20;

/// What comparing may cost: some seconds, of which molecules have the share of their frames, and besides for each training frame
/// about as much as reading it. The unit is about a nanosecond.
static const double COST_MAX = 2e9, COST_PER_FRAME = 2e4;

/// A source by its atoms.
typedef struct {
    uint64_t hash; ///< of the atomic numbers
    const Source *source;
} Alike;

/// A held-out frame.
typedef struct {
    Split split;
    const Source *source;
    uint64_t frame;
} Held;

/// A frame to be found again.
typedef struct {
    uint64_t hash;
    uint32_t source;
    uint8_t split;
} FrameHash;

/// Neighbouring frames are alike, so that they are compared in chunks first.
enum { CHUNK = 16 };

/// Some frames that follow each other, all within a radius of the one in their middle.
typedef struct {
    size_t first, n, middle;
    double radius; ///< nm
    double size;   ///< nm, radius of gyration of the one in the middle
} Chunk;

typedef struct {
    const Set *set;
    Overlap *overlap;
    Alike *order;      ///< [n sources] those with the same atoms together
    FrameHash *hashes; ///< [n_hashes] of all frames
    size_t n_hashes;
    uint64_t every; ///< of the held-out frames of the present composition the so many-th is kept
    uint64_t n_seen[N_SPLITS];   ///< likewise
    Shapes held_shapes, now;     ///< now: up to CHUNK training frames of one trajectory
    uint64_t now_numbers[CHUNK]; ///< of these
    Held *held;                  ///< [held_shapes.n]
    /// [n_chunks] of the held-out frames, each of one trajectory and part, by their size
    Chunk *chunks;
    size_t n_chunks;
    double radius_most;           ///< of them
    double bound_cost, rmsd_cost; ///< of one call
    double cost, cost_allowed;
    void (*progress)(void *, uint64_t, uint64_t);
    void *user;
    uint64_t done, total;
} Comparison;

/// FNV-1a over more bytes behind those that gave a hash.
static uint64_t hash_add(uint64_t hash, const void *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ ((const unsigned char *)data)[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t atoms_hash(const Source *source)
{
    return hash_add(UINT64_C(0xcbf29ce484222325), source->numbers,
                    source->n_atoms * sizeof *source->numbers);
}

static uint64_t frame_hash(const Source *source, const TrajectoryFrame *frame)
{
    return hash_add(atoms_hash(source), frame->pos, source->n_atoms * sizeof *frame->pos);
}

static Chunk chunk_of(const Shapes *shapes, size_t first, size_t n)
{
    Chunk chunk = {.first = first, .n = n, .middle = first + n / 2};
    for (size_t i = first; i < first + n; i++)
        chunk.radius = fmax(chunk.radius, shapes_rmsd(shapes, chunk.middle, shapes, i));
    chunk.size = sqrt(shapes->square[chunk.middle] / (double)shapes->n_atoms);
    return chunk;
}

static int by_size(const void *a, const void *b)
{
    const Chunk *const x = a, *const y = b;
    if (x->size < y->size || x->size > y->size)
        return x->size < y->size ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

/// Cuts the held-out frames into chunks of at most so many.
static void held_chunks_make(Comparison *c, size_t most)
{
    const size_t n_held = c->held_shapes.n;
    c->n_chunks = 0;
    c->radius_most = 0.0;
    for (size_t first = 0, n; first < n_held; first += n) {
        const Held *const held = &c->held[first];
        for (n = 1; n < most && first + n < n_held; n++)
            if (held[n].source != held->source || held[n].split != held->split)
                break;
        c->chunks[c->n_chunks] = chunk_of(&c->held_shapes, first, n);
        c->radius_most = fmax(c->radius_most, c->chunks[c->n_chunks++].radius);
    }
    qsort(c->chunks, c->n_chunks, sizeof *c->chunks, by_size);
}

/// Brings the nearest pair up to date with all pairs of a chunk of training frames and one of held-out frames.
static void pairs_compare(Comparison *c, const Source *source, const Chunk *own, const Chunk *chunk,
                          Nearest *nearest)
{
    for (size_t t = own->first; t < own->first + own->n; t++)
        for (size_t h = chunk->first; h < chunk->first + chunk->n; h++) {
            c->cost += c->bound_cost;
            if (nearest->found && shapes_bound(&c->now, t, &c->held_shapes, h) >= nearest->rmsd_nm)
                continue;
            c->cost += c->rmsd_cost;
            const double rmsd = shapes_rmsd(&c->now, t, &c->held_shapes, h);
            if (nearest->found && rmsd >= nearest->rmsd_nm)
                continue;
            *nearest = (Nearest){.found = true,
                                 .rmsd_nm = rmsd,
                                 .train = source,
                                 .other = c->held[h].source,
                                 .train_frame = c->now_numbers[t],
                                 .other_frame = c->held[h].frame};
        }
}

/// Compares two chunks. Where the middles are further apart than both radii and the best so far there is nothing nearer, by the
/// triangle inequality.
static void chunk_compare(Comparison *c, const Source *source, const Chunk *own, const Chunk *chunk)
{
    Nearest *const nearest = &c->overlap->nearest[c->held[chunk->first].split];
    const double reach = nearest->rmsd_nm + own->radius + chunk->radius;
    c->cost += c->bound_cost;
    if (nearest->found &&
        shapes_bound(&c->now, own->middle, &c->held_shapes, chunk->middle) >= reach)
        return;
    c->cost += c->rmsd_cost;
    if (nearest->found &&
        shapes_rmsd(&c->now, own->middle, &c->held_shapes, chunk->middle) >= reach)
        return;
    pairs_compare(c, source, own, chunk, nearest);
}

/// A pair further apart is not the nearest of either part, and sizes differ by no more than the RMSD.
static double best_so_far(const Comparison *c)
{
    double most = 0.0;
    for (int s = SPLIT_VALID; s < N_SPLITS; s++) {
        const Nearest *const nearest = &c->overlap->nearest[s];
        if (c->n_seen[s] > 0)
            most = fmax(most, nearest->found ? nearest->rmsd_nm : INFINITY);
    }
    return most;
}

/// The first chunk that is not smaller.
static size_t chunk_place(const Comparison *c, double size)
{
    size_t low = 0, high = c->n_chunks;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (c->chunks[middle].size < size)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/// Compares a chunk of training frames with those that are held out: those of the most similar size first, until no other can be
/// nearer or the cost is what it may be.
static void own_compare(Comparison *c, const Source *source, const Chunk *own)
{
    size_t above = chunk_place(c, own->size), below = above, n_compared = 0;
    c->cost_allowed += COST_PER_FRAME * (double)own->n;
    while (below > 0 || above < c->n_chunks) {
        const double down = below > 0 ? own->size - c->chunks[below - 1].size : INFINITY;
        const double up = above < c->n_chunks ? c->chunks[above].size - own->size : INFINITY;
        if (fmin(down, up) >= best_so_far(c) + own->radius + c->radius_most) {
            n_compared = c->held_shapes.n;
            break;
        }
        if (c->cost >= c->cost_allowed && isfinite(best_so_far(c)))
            break;
        const Chunk *const chunk = down < up ? &c->chunks[--below] : &c->chunks[above++];
        chunk_compare(c, source, own, chunk);
        n_compared += chunk->n;
    }
    c->overlap->n_compared += (double)n_compared * (double)own->n;
}

/// Compares the training frames c->now, of one trajectory, and forgets them. Where frames of a chunk are further from each other
/// than what is looked for, sizes tell more than chunks, and all are taken one by one.
static void train_compare(Comparison *c, const Source *source)
{
    if (c->now.n == 0)
        return;
    const Chunk all = chunk_of(&c->now, 0, c->now.n);
    const double best = best_so_far(c);
    if (best <= fmin(all.radius, c->radius_most))
        held_chunks_make(c, 1);
    if (all.radius < best)
        own_compare(c, source, &all);
    else
        for (size_t t = 0; t < c->now.n; t++) {
            const Chunk one = chunk_of(&c->now, t, 1);
            own_compare(c, source, &one);
        }
    c->now.n = 0;
}

/// One chosen frame of a part: a training frame is compared, another one kept for that.
static void frame_take(Comparison *c, const Source *source, Split split, size_t k,
                       const TrajectoryFrame *frame)
{
    const uint64_t number = source->frames[split][k];
    c->hashes[c->n_hashes++] = (FrameHash){.hash = frame_hash(source, frame),
                                           .source = (uint32_t)(source - c->set->sources.items),
                                           .split = (uint8_t)split};
    if (++c->done % 256 == 0 && c->progress != NULL)
        c->progress(c->user, c->done, c->total);
    if (split != SPLIT_TRAIN && c->n_seen[split]++ % c->every == 0 &&
        c->held_shapes.n < c->held_shapes.room) {
        c->held[c->held_shapes.n] = (Held){.split = split, .source = source, .frame = number};
        shapes_add(&c->held_shapes, frame->pos);
    } else if (split == SPLIT_TRAIN && c->held_shapes.n > 0) {
        c->now_numbers[c->now.n] = number;
        shapes_add(&c->now, frame->pos);
        if (c->now.n == CHUNK)
            train_compare(c, source);
    }
}

/// The frames of sources of the same atoms, of the training part or of the others.
static QmtStatus alike_read(QmtContext *ctx, Comparison *c, size_t begin, size_t end, bool train)
{
    for (size_t i = begin; i < end; i++) {
        const Source *const source = c->order[i].source;
        TrajectoryReader *reader = NULL;
        QmtStatus status = QMT_OK;
        for (int s = train ? SPLIT_TRAIN : SPLIT_VALID; s < (train ? SPLIT_VALID : N_SPLITS); s++)
            for (size_t k = 0; k < source->n_chosen[s] && status == QMT_OK; k++) {
                const TrajectoryFrame *frame;
                if (reader == NULL)
                    status = source_open(ctx, source, &reader);
                if (status == QMT_OK)
                    status = trajectory_reader_frame(ctx, reader, source->frames[s][k], &frame);
                if (status == QMT_OK)
                    frame_take(c, source, (Split)s, k, frame);
            }
        trajectory_reader_close(&reader);
        TRY(status);
        train_compare(c, source);
    }
    return QMT_OK;
}

/// Begins with sources begin to end - 1 of the order; returns the room for their held-out frames.
static size_t alike_begin(Comparison *c, size_t begin, size_t end)
{
    const size_t n_atoms = c->order[begin].source->n_atoms;
    const size_t fit = BYTES_MAX / (shapes_bytes(n_atoms) + sizeof(Held)) + 1;
    size_t n_train = 0, n_held = 0;
    for (size_t i = begin; i < end; i++) {
        const size_t *const n = c->order[i].source->n_chosen;
        n_train += n[SPLIT_TRAIN];
        n_held += n[SPLIT_VALID] + n[SPLIT_TEST];
    }
    memset(c->n_seen, 0, sizeof c->n_seen);
    c->every = n_held / fit + 1;
    c->bound_cost = 8.0 + (double)n_atoms;
    c->rmsd_cost = 200.0 + 8.0 * (double)n_atoms;
    c->cost = 0.0;
    c->cost_allowed = COST_MAX * (double)n_train / (double)c->set->n_frames[SPLIT_TRAIN];
    c->overlap->n_pairs += (double)n_train * (double)n_held;
    return n_train == 0 ? 0 : n_held < fit ? n_held : fit;
}

/// Sources begin to end - 1 of the order, which have the same atoms.
static QmtStatus alike_compare(QmtContext *ctx, Comparison *c, size_t begin, size_t end)
{
    const size_t n_atoms = c->order[begin].source->n_atoms;
    const size_t room = alike_begin(c, begin, end);
    c->held = malloc((room + 1) * sizeof *c->held);
    c->chunks = malloc((room + 1) * sizeof *c->chunks);
    QmtStatus status = c->held != NULL && c->chunks != NULL
                           ? shapes_create(ctx, n_atoms, room, &c->held_shapes)
                           : FAIL(ctx, QMT_ERR_MEMORY, "no memory to compare %zu frames", room);
    if (status == QMT_OK)
        status = shapes_create(ctx, n_atoms, CHUNK, &c->now);
    if (status == QMT_OK)
        status = alike_read(ctx, c, begin, end, false);
    if (status == QMT_OK)
        held_chunks_make(c, CHUNK);
    if (status == QMT_OK)
        status = alike_read(ctx, c, begin, end, true);
    shapes_release(&c->held_shapes);
    shapes_release(&c->now);
    free(c->held);
    free(c->chunks);
    c->held = NULL;
    c->chunks = NULL;
    return status;
}

static int by_hash(const void *a, const void *b)
{
    const FrameHash *const x = a, *const y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    if (x->split != y->split)
        return x->split < y->split ? -1 : 1;
    return x->source < y->source ? -1 : x->source > y->source;
}

/// Equal frames, and those of them in different parts.
static void duplicates_count(Comparison *c)
{
    Overlap *const overlap = c->overlap;
    qsort(c->hashes, c->n_hashes, sizeof *c->hashes, by_hash);
    for (size_t i = 1; i < c->n_hashes; i++) {
        const FrameHash *const h = &c->hashes[i];
        if (h->hash != h[-1].hash)
            continue;
        overlap->n_duplicates++;
        if (h->split == h[-1].split)
            continue;
        for (int k = 0; k < 2 && overlap->n_shared == 0; k++) {
            overlap->shared[k] = &c->set->sources.items[h[k - 1].source];
            overlap->shared_part[k] = (Split)h[k - 1].split;
        }
        overlap->n_shared++;
    }
}

/// Two parts with one frame are not independent.
static void shared_tell(QmtContext *ctx, const Overlap *o)
{
    if (o->n_shared > 0)
        context_log(
            ctx, QMT_LOG_WARNING,
            "%" PRIu64 " frame%s in two parts, first of %.400s (%s) and %.400s (%s): what is "
            "learned from one is not tested by the other; leave one of the two out, or "
            "divide by molecule",
            o->n_shared, o->n_shared == 1 ? " is" : "s are", o->shared[0]->path,
            split_name(o->shared_part[0]), o->shared[1]->path, split_name(o->shared_part[1]));
}

static int by_atoms(const void *a, const void *b)
{
    const Alike *const x = a, *const y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->source < y->source ? -1 : 1; // both in the list of the set
}

static QmtStatus all_compare(QmtContext *ctx, Comparison *c)
{
    const size_t n = c->set->sources.n;
    for (size_t i = 0; i < n; i++) {
        const Source *const source = &c->set->sources.items[i];
        c->order[i] = (Alike){.hash = atoms_hash(source), .source = source};
    }
    qsort(c->order, n, sizeof *c->order, by_atoms);
    for (size_t begin = 0, end; begin < n; begin = end) {
        for (end = begin + 1; end < n; end++)
            if (!sources_alike(c->order[begin].source, c->order[end].source))
                break;
        TRY(alike_compare(ctx, c, begin, end));
    }
    duplicates_count(c);
    shared_tell(ctx, c->overlap);
    return QMT_OK;
}

QmtStatus overlap_find(QmtContext *ctx, const Set *set,
                       void (*progress)(void *user, uint64_t done, uint64_t total), void *user,
                       Overlap *overlap)
{
    Comparison c = {.set = set, .overlap = overlap, .progress = progress, .user = user};
    *overlap = (Overlap){0};
    for (int s = 0; s < N_SPLITS; s++)
        c.total += set->n_frames[s];
    c.hashes = malloc((c.total + 1) * sizeof *c.hashes);
    c.order = malloc(set->sources.n * sizeof *c.order);
    const QmtStatus status = c.hashes != NULL && c.order != NULL
                                 ? all_compare(ctx, &c)
                                 : FAIL(ctx, QMT_ERR_MEMORY, "no memory to compare %llu frames",
                                        (unsigned long long)c.total);
    free(c.hashes);
    free(c.order);
    return status;
}
