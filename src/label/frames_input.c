#include "label/frames_input.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label/frame_scanner.h"
#include "structure/input_text.h"

enum { BLOCK = 1 << 20, GZIP_MIN = 18 };

/// Of what is held in memory.
static const size_t MEMORY_LIMIT = (size_t)1 << 36;

/// Where the search for frames is.
typedef struct {
    QmtContext *ctx;
    FramesInput *input;
    uint64_t frames_max; ///< of a piece
    FrameScanner scanner;
    char line[SCANNED_MAX]; ///< begin of the line at hand
    size_t n_line;
    uint64_t n_lines;          ///< whole ones so far
    uint64_t begin, frame_end; ///< of the line at hand; behind the last whole frame
    FramesPiece piece;         ///< that frames are added to
} Search;

static QmtStatus piece_end(Search *s)
{
    FramesInput *const input = s->input;
    if (s->piece.n_frames == 0)
        return QMT_OK;
    if (input->n_pieces == input->pieces_room) {
        const size_t room = 2 * input->pieces_room + 64;
        FramesPiece *const more = realloc(input->pieces, room * sizeof *more);
        if (more == NULL)
            return FAIL(s->ctx, QMT_ERR_MEMORY, "%s: no memory for the list of its frames",
                        input->path);
        input->pieces = more;
        input->pieces_room = room;
    }
    s->piece.n_bytes = s->frame_end - s->piece.offset;
    input->pieces[input->n_pieces++] = s->piece;
    s->piece.n_frames = 0;
    return QMT_OK;
}

static QmtStatus frame_begin(Search *s)
{
    if (s->piece.n_frames >= s->frames_max || s->piece.n_atoms >= PIECE_ATOMS_MAX)
        TRY(piece_end(s));
    if (s->piece.n_frames == 0)
        s->piece = (FramesPiece){
            .offset = s->begin, .lines_before = s->n_lines, .frames_before = s->input->n_frames};
    return QMT_OK;
}

static QmtStatus line_wrong(const Search *s)
{
    size_t n = s->n_line;
    while (n > 0 && s->line[n - 1] == '\r')
        n--;
    if (memchr(s->line, '\r', n) != NULL)
        return FAIL(s->ctx, QMT_ERR_FORMAT,
                    "%s:%llu: its lines end with CR alone, as those of old Macs; write them anew "
                    "with `tr '\\r' '\\n'`",
                    s->input->path, (unsigned long long)s->n_lines + 1);
    return FAIL(s->ctx, QMT_ERR_FORMAT, "%s:%llu: \"%.*s\" is not a number of atoms; %s",
                s->input->path, (unsigned long long)s->n_lines + 1,
                (int)(s->n_line < 40 ? s->n_line : 40), s->line,
                s->input->n_frames == 0
                    ? "an XYZ file begins with it"
                    : "after the last atom of a frame the next frame or the end of the file is "
                      "expected");
}

/// The line at hand is whole; it ends in front of `next`.
static QmtStatus line_take(Search *s, uint64_t next)
{
    switch (frame_scanner_next(&s->scanner, s->line, s->n_line)) {
    case LINE_WRONG:
        return line_wrong(s);
    case LINE_COUNT:
        TRY(frame_begin(s));
        break;
    case LINE_LAST_ATOM:
        s->piece.n_frames++;
        s->piece.n_atoms += s->scanner.n_atoms;
        s->input->n_frames++;
        s->frame_end = next;
        break;
    case LINE_TAIL:
        s->frame_end = next;
        break;
    default:
        break;
    }
    s->n_line = 0;
    s->n_lines++;
    s->begin = next;
    return QMT_OK;
}

/// Bytes of the file from an offset on.
static QmtStatus block_take(Search *s, const char *block, size_t n, uint64_t offset)
{
    static const char MARK[] = "\xEF\xBB\xBF"; // of UTF-8, which some editors put in front
    size_t at = offset == 0 && n >= 3 && memcmp(block, MARK, 3) == 0 ? 3 : 0;
    if (at > 0)
        s->begin = at;
    if (memchr(block, '\0', n) != NULL)
        return FAIL(s->ctx, QMT_ERR_FORMAT,
                    "%s: is a binary file or UTF-16; XYZ files are plain text", s->input->path);
    while (at < n) {
        const char *const end = memchr(block + at, '\n', n - at);
        const size_t length = end != NULL ? (size_t)(end - block) - at : n - at;
        const size_t room = SCANNED_MAX - s->n_line, part = length < room ? length : room;
        memcpy(s->line + s->n_line, block + at, part);
        s->n_line += part;
        at += length;
        if (end != NULL)
            TRY(line_take(s, offset + ++at));
    }
    s->input->checksum = libdeflate_crc32(s->input->checksum, block, n);
    return QMT_OK;
}

static QmtStatus search_end(Search *s)
{
    const FrameScanner *const scanner = &s->scanner;
    if (s->input->n_bytes > s->begin)
        TRY(line_take(s, s->input->n_bytes));
    if (!frame_scanner_at_end(scanner))
        return FAIL(s->ctx, QMT_ERR_FORMAT,
                    "%s: the last frame announces %zu atoms, but the file ends behind %zu of "
                    "them; it is cut off or the number is wrong",
                    s->input->path, scanner->n_atoms, scanner->n_atoms - scanner->n_left);
    if (s->input->n_frames == 0)
        return FAIL(s->ctx, QMT_ERR_FORMAT,
                    "%s: the file is empty; an XYZ file begins with the number of atoms",
                    s->input->path);
    return piece_end(s);
}

static QmtStatus blocks_take(Search *s, char *buffer)
{
    FramesInput *const input = s->input;
    for (uint64_t at = 0; at < input->n_bytes;) {
        const size_t n = input->n_bytes - at < BLOCK ? (size_t)(input->n_bytes - at) : BLOCK;
        if (input->memory == NULL)
            TRY(file_read_at(s->ctx, &input->file, buffer, n, at));
        TRY(block_take(s, input->memory != NULL ? input->memory + at : buffer, n, at));
        at += n;
    }
    return search_end(s);
}

static QmtStatus frames_find(QmtContext *ctx, FramesInput *input, uint64_t frames_max)
{
    Search search = {.ctx = ctx, .input = input, .frames_max = frames_max};
    char *const buffer = malloc(BLOCK);
    if (buffer == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to read it", input->path);
    input->n_frames = input->n_pieces = 0;
    input->checksum = 0;
    const QmtStatus status = blocks_take(&search, buffer);
    free(buffer);
    return status;
}

/// A file on the disk that is not compressed is not taken into memory.
static QmtStatus bytes_open(QmtContext *ctx, const char *path, FramesInput *input)
{
    unsigned char begin[2] = {0};
    FileStamp stamp;
    if (file_stamp(path, &stamp)) {
        TRY(file_open(ctx, path, FILE_READ, &input->file));
        TRY(file_size(ctx, &input->file, &input->n_bytes));
        if (input->n_bytes >= GZIP_MIN)
            TRY(file_read_at(ctx, &input->file, begin, 2, 0));
        if (begin[0] != 0x1F || begin[1] != 0x8B)
            return QMT_OK;
        file_abandon(&input->file);
    }
    size_t n = 0;
    TRY(input_read(ctx, path, MEMORY_LIMIT, &input->memory, &n));
    input->n_bytes = n;
    return QMT_OK;
}

QmtStatus frames_input_open(QmtContext *ctx, const char *path, FramesInput *input)
{
    FramesInput made = {.file = file_none()};
    snprintf(made.path, sizeof made.path, "%s", strcmp(path, "-") == 0 ? "standard input" : path);
    QmtStatus status = bytes_open(ctx, path, &made);
    if (status == QMT_OK)
        status = frames_find(ctx, &made, PIECE_FRAMES_MAX);
    const uint64_t fewer = made.n_frames / PIECE_FRAMES_MAX;
    if (status == QMT_OK && fewer < PIECE_FRAMES_MAX)
        status = frames_find(ctx, &made, fewer > 0 ? fewer : 1);
    if (status != QMT_OK)
        frames_input_close(&made);
    else
        *input = made;
    return status;
}

void frames_input_close(FramesInput *input)
{
    file_abandon(&input->file);
    free(input->memory);
    free(input->pieces);
    *input = (FramesInput){.file = file_none()};
}

QmtStatus frames_input_read(QmtContext *ctx, const FramesInput *input, size_t piece, char **text)
{
    const FramesPiece *const p = &input->pieces[piece];
    char *const made = malloc(p->n_bytes + 1);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %llu bytes of it", input->path,
                    (unsigned long long)p->n_bytes);
    File file = input->file;
    QmtStatus status = QMT_OK;
    if (input->memory != NULL)
        memcpy(made, input->memory + p->offset, p->n_bytes);
    else
        status = file_read_at(ctx, &file, made, p->n_bytes, p->offset);
    made[p->n_bytes] = '\0';
    if (status != QMT_OK)
        free(made);
    else
        *text = made;
    return status;
}
