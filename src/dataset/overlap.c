#include "dataset/overlap.h"

#include <math.h>
#include <stdlib.h>

#include "dataset/shape.h"

static const size_t BYTES_MAX = (size_t)128 << 20;

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

/// Neighbouring frames are alike, so that they are compared in chunks first.
enum { CHUNK = 16 };

/// Some frames that follow each other, all within a radius of the one in their middle.
typedef struct {
    size_t first, n, middle;
    double radius; ///< nm
} Chunk;

typedef struct {
    const Set *set;
    Overlap *overlap;
    Alike *order;     ///< [n sources] those with the same atoms together
    uint64_t *hashes; ///< [n_hashes] of all frames
    size_t n_hashes;
    Shapes held_shapes, now;     ///< now: up to CHUNK training frames of one trajectory
    uint64_t now_numbers[CHUNK]; ///< of these
    Held *held;                  ///< [held_shapes.n]
    Chunk *chunks; ///< [n_chunks] of the held-out frames, each of one trajectory and part
    size_t n_chunks;
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
    return chunk;
}

static QmtStatus held_chunks_make(QmtContext *ctx, Comparison *c)
{
    const size_t n_held = c->held_shapes.n;
    c->n_chunks = 0;
    c->chunks = malloc((n_held + 1) * sizeof *c->chunks);
    if (c->chunks == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory to compare %zu frames", n_held);
    for (size_t first = 0, n; first < n_held; first += n) {
        const Held *const held = &c->held[first];
        for (n = 1; n < CHUNK && first + n < n_held; n++)
            if (held[n].source != held->source || held[n].split != held->split)
                break;
        c->chunks[c->n_chunks++] = chunk_of(&c->held_shapes, first, n);
    }
    return QMT_OK;
}

/// Brings the nearest pair up to date with all pairs of a chunk of held-out frames and c->now.
static void pairs_compare(Comparison *c, const Source *source, const Chunk *chunk, Nearest *nearest)
{
    for (size_t t = 0; t < c->now.n; t++)
        for (size_t h = chunk->first; h < chunk->first + chunk->n; h++) {
            if (nearest->found && shapes_bound(&c->now, t, &c->held_shapes, h) >= nearest->rmsd_nm)
                continue;
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

/// Compares the training frames c->now, of one trajectory, with all that are held out, and forgets them. Two chunks whose
/// middles are further apart than both radii and the best so far hold nothing nearer, by the triangle inequality.
static void train_compare(Comparison *c, const Source *source)
{
    if (c->now.n == 0)
        return;
    const Chunk own = chunk_of(&c->now, 0, c->now.n);
    for (size_t k = 0; k < c->n_chunks; k++) {
        const Chunk *const chunk = &c->chunks[k];
        Nearest *const nearest = &c->overlap->nearest[c->held[chunk->first].split];
        const double reach = nearest->rmsd_nm + own.radius + chunk->radius;
        if (nearest->found &&
            (shapes_bound(&c->now, own.middle, &c->held_shapes, chunk->middle) >= reach ||
             shapes_rmsd(&c->now, own.middle, &c->held_shapes, chunk->middle) >= reach))
            continue;
        pairs_compare(c, source, chunk, nearest);
    }
    c->now.n = 0;
}

/// One chosen frame of a part: a training frame is compared, another one kept for that.
static void frame_take(Comparison *c, const Source *source, Split split, size_t k,
                       const TrajectoryFrame *frame)
{
    const uint64_t number = source->frames[split][k];
    c->hashes[c->n_hashes++] = frame_hash(source, frame);
    if (++c->done % 256 == 0 && c->progress != NULL)
        c->progress(c->user, c->done, c->total);
    if (split != SPLIT_TRAIN && k % c->overlap->every == 0 &&
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

/// Sources begin to end - 1 of the order, which have the same atoms.
static QmtStatus alike_compare(QmtContext *ctx, Comparison *c, size_t begin, size_t end)
{
    const size_t n_atoms = c->order[begin].source->n_atoms;
    const size_t fit = BYTES_MAX / (shapes_bytes(n_atoms) + sizeof(Held)) + 1;
    size_t n_train = 0, n_held = 0;
    for (size_t i = begin; i < end; i++) {
        const size_t *const n = c->order[i].source->n_chosen;
        n_train += n[SPLIT_TRAIN];
        n_held += n[SPLIT_VALID] + n[SPLIT_TEST];
    }
    if (n_train > 0 && n_held / fit + 1 > c->overlap->every)
        c->overlap->every = n_held / fit + 1;
    const size_t room = n_train == 0 ? 0 : n_held < fit ? n_held : fit;
    c->held = malloc((room + 1) * sizeof *c->held);
    QmtStatus status = c->held != NULL
                           ? shapes_create(ctx, n_atoms, room, &c->held_shapes)
                           : FAIL(ctx, QMT_ERR_MEMORY, "no memory to compare %zu frames", room);
    if (status == QMT_OK)
        status = shapes_create(ctx, n_atoms, CHUNK, &c->now);
    if (status == QMT_OK)
        status = alike_read(ctx, c, begin, end, false);
    if (status == QMT_OK)
        status = held_chunks_make(ctx, c);
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
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
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
    qsort(c->hashes, c->n_hashes, sizeof *c->hashes, by_hash);
    for (size_t i = 1; i < c->n_hashes; i++)
        c->overlap->n_duplicates += c->hashes[i] == c->hashes[i - 1];
    return QMT_OK;
}

QmtStatus overlap_find(QmtContext *ctx, const Set *set,
                       void (*progress)(void *user, uint64_t done, uint64_t total), void *user,
                       Overlap *overlap)
{
    Comparison c = {.set = set, .overlap = overlap, .progress = progress, .user = user};
    *overlap = (Overlap){.every = 1};
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
