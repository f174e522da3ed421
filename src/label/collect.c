#include "label/collect.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "label/frame_walk.h"
#include "label/notes.h"
#include "label/reference_result.h"
#include "structure/xyz.h"

enum { SHOWN_SIZE = 1024 };

/// One part at work.
typedef struct {
    const CollectPart *part;
    const FramesInput *input;
    ReaderNotes notes;
    Output output;
    Bytes bytes; ///< of the frame at hand
    uint64_t *n_found, *n_missing;
} Collection;

static void missing_add(QmtContext *ctx, Collection *c, uint64_t number, const char *reason)
{
    char shown[SHOWN_SIZE];
    output_text(ctx, c->part->missing, "%s\t%" PRIu64 "\t%s\n", c->part->part, number,
                text_printable(reason, shown, sizeof shown));
    (*c->n_missing)++;
}

/// The result of a frame, whose gradient the caller frees.
static QmtStatus result_find(QmtContext *ctx, Collection *c, const WalkedFrame *frame,
                             const Structure *structure, ReferenceResult *result)
{
    char name[64], path[FILE_PATH_SIZE];
    snprintf(name, sizeof name, "%06" PRIu64 "%s", frame->number, c->part->ending);
    TRY(file_join(ctx, c->part->folder, name, path));
    if (!file_exists(path))
        return FAIL(ctx, QMT_ERR_FORMAT, "%s: there is no result", path);
    result->gradient = malloc(structure->n_atoms * sizeof *result->gradient);
    if (result->gradient == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its numbers", path);
    return reference_result_read(ctx, path, structure->n_atoms, structure->numbers,
                                 (const double(*)[3])structure->xyz, result);
}

static QmtStatus frame_put(QmtContext *ctx, Collection *c, const WalkedFrame *frame,
                           const ReferenceResult *result)
{
    const FrameLabels labels = {.n_methods = 1,
                                .methods = {{.suffix = "",
                                             .method = c->part->level,
                                             .energy = result->energy,
                                             .gradient = (const double(*)[3])result->gradient}},
                                .names = 1,
                                .suffixes = {""}};
    c->bytes.n = 0;
    if (!frame_write(ctx, &frame->lines, &labels, &c->bytes) || c->bytes.lost)
        return c->bytes.lost
                   ? FAIL(ctx, QMT_ERR_MEMORY, "no memory for a frame")
                   : FAIL(ctx, QMT_ERR_FORMAT, "%s: its lines are no columns", frame->lines.place);
    output_bytes(ctx, &c->output, c->bytes.data, c->bytes.n);
    (*c->n_found)++;
    return output_check(ctx, &c->output);
}

static QmtStatus frame_collect(QmtContext *ctx, void *user, const WalkedFrame *frame)
{
    Collection *const c = user;
    static const StateTexts none = {0};
    const XyzPlace place = {c->input->path, frame->lines_before, &none};
    Structure structure = {0};
    ReferenceResult result = {0};
    Text lines;
    TRY(text_from_memory(ctx, c->input->path, frame->text, frame->n, &lines));
    QmtStatus status = xyz_read_frame(&place, &lines, &c->notes, &structure);
    text_release(&lines);
    TRY(status);
    status = result_find(ctx, c, frame, &structure, &result);
    if (status == QMT_OK) {
        status = frame_put(ctx, c, frame, &result);
    } else if (status == QMT_ERR_FORMAT) {
        missing_add(ctx, c, frame->number, qmt_context_message(ctx));
        status = output_check(ctx, c->part->missing);
    }
    structure_release(&structure);
    free(result.gradient);
    return status;
}

/// Frames of the file in order.
static QmtStatus frames_collect(QmtContext *ctx, Collection *c)
{
    const locale_t locale = text_enter_c_locale();
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < c->input->n_pieces && status == QMT_OK; i++)
        status = frames_walk(ctx, c->input, i, frame_collect, c);
    text_leave_c_locale(locale);
    return status;
}

/// Likewise, with each kind of note once: what is kept under another name is so in every frame.
static QmtStatus frames_collect_quietly(QmtContext *ctx, Collection *c)
{
    Bytes collected = {0};
    Notes notes = {.collected = &collected}, told = {0};
    const QmtLogFunction log = ctx->log;
    void *const log_user = ctx->log_user;
    qmt_context_set_log(ctx, notes_collect, &notes);
    const QmtStatus status = frames_collect(ctx, c);
    qmt_context_set_log(ctx, log, log_user);
    notes_log(ctx, &told, collected.data, collected.n);
    if (notes.n_repeated > 0)
        context_log(ctx, QMT_LOG_INFO, "%" PRIu64 " further notes of the same kinds",
                    notes.n_repeated);
    bytes_release(&collected);
    return status;
}

QmtStatus collect_part(QmtContext *ctx, const CollectPart *part, uint64_t *n_found,
                       uint64_t *n_missing)
{
    FramesInput input;
    TRY(frames_input_open(ctx, part->frames, &input));
    Collection c = {.part = part,
                    .input = &input,
                    .notes = {.ctx = ctx, .path = part->frames},
                    .n_found = n_found,
                    .n_missing = n_missing};
    QmtStatus status = output_open(ctx, part->out, &c.output);
    if (status == QMT_OK)
        status = frames_collect_quietly(ctx, &c);
    if (status == QMT_OK)
        status = output_finish(ctx, &c.output);
    else
        output_abandon(&c.output);
    bytes_release(&c.bytes);
    frames_input_close(&input);
    return status;
}
