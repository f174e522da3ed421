#include "label/frame_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label/frame_scanner.h"

enum { PLACE_SIZE = 512 };

/// Where the walk is.
typedef struct {
    QmtContext *ctx;
    const FramesInput *input;
    QmtStatus (*take)(QmtContext *ctx, void *user, const WalkedFrame *frame);
    void *user;
    const char **lines; ///< [room] of the frame at hand
    size_t *sizes, n, room;
    const char *begin, *end; ///< of its bytes
    size_t lines_before;
    uint64_t number;
} Walk;

static QmtStatus line_add(Walk *w, const char *line, size_t n)
{
    if (w->n == w->room) {
        const size_t room = 2 * w->room + 256;
        const char **const lines = realloc(w->lines, room * sizeof *lines);
        w->lines = lines != NULL ? lines : w->lines;
        size_t *const sizes = realloc(w->sizes, room * sizeof *sizes);
        w->sizes = sizes != NULL ? sizes : w->sizes;
        if (lines == NULL || sizes == NULL)
            return FAIL(w->ctx, QMT_ERR_MEMORY, "no memory for the lines of a frame");
        w->room = room;
    }
    w->lines[w->n] = line;
    w->sizes[w->n++] = n > 0 && line[n - 1] == '\r' ? n - 1 : n;
    return QMT_OK;
}

/// The lines so far are a whole frame, if there are any.
static QmtStatus frame_give(Walk *w)
{
    char place[PLACE_SIZE];
    if (w->n == 0)
        return QMT_OK;
    snprintf(place, sizeof place, "%.480s:%zu", w->input->path, w->lines_before + 1);
    const WalkedFrame frame = {
        .lines = {.place = place, .n_atoms = w->n - 2, .lines = w->lines, .sizes = w->sizes},
        .text = w->begin,
        .n = (size_t)(w->end - w->begin),
        .lines_before = w->lines_before,
        .number = w->number++};
    w->n = 0;
    return w->take(w->ctx, w->user, &frame);
}

static QmtStatus changed(const Walk *w)
{
    return FAIL(w->ctx, QMT_ERR_IO, "%s: the file was changed meanwhile", w->input->path);
}

/// The scanner sees what it saw when the piece was cut.
static QmtStatus lines_walk(Walk *w, const FramesPiece *piece, const char *text)
{
    FrameScanner scanner = {0};
    const char *const end = text + piece->n_bytes;
    size_t n_lines = piece->lines_before;
    for (const char *at = text; at < end; n_lines++) {
        const char *const stop = memchr(at, '\n', (size_t)(end - at));
        const size_t n = (size_t)((stop != NULL ? stop : end) - at);
        const char *const next = stop != NULL ? stop + 1 : end;
        const LineKind kind = frame_scanner_next(&scanner, at, n < SCANNED_MAX ? n : SCANNED_MAX);
        if (kind == LINE_WRONG)
            return changed(w);
        if (kind == LINE_COUNT) {
            TRY(frame_give(w));
            w->begin = at;
            w->lines_before = n_lines;
        }
        if (kind != LINE_BETWEEN && kind != LINE_TAIL)
            TRY(line_add(w, at, n));
        if (kind != LINE_BETWEEN)
            w->end = next;
        at = next;
    }
    return frame_scanner_at_end(&scanner) ? frame_give(w) : changed(w);
}

QmtStatus frames_walk(QmtContext *ctx, const FramesInput *input, size_t piece,
                      QmtStatus (*take)(QmtContext *ctx, void *user, const WalkedFrame *frame),
                      void *user)
{
    const FramesPiece *const p = &input->pieces[piece];
    Walk walk = {
        .ctx = ctx, .input = input, .take = take, .user = user, .number = p->frames_before};
    char *text = NULL;
    TRY(frames_input_read(ctx, input, piece, &text));
    const QmtStatus status = lines_walk(&walk, p, text);
    free(walk.lines);
    free(walk.sizes);
    free(text);
    return status;
}
