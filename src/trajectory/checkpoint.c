#include "trajectory/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/zip.h"

enum { VERSION = 3, N_SECTIONS = 8, SNAPSHOT = 4, HEAD_BYTES = 16, TAIL_BYTES = 4, UNIT = 8 };
/// What fits is written at once, and a checkpoint of a small molecule with a single call.
enum { BUFFER_BYTES = 1 << 20 };
static const char MAGIC[8] = {'Q', 'M', 'T', 'R', 'A', 'J', 'C', 'P'};

/// A checkpoint of a thousand atoms and a hundred windows stays far below.
static const size_t SIZE_LIMIT = (size_t)1 << 32;

typedef struct {
    const void *data;
    size_t size;
} Section;

static size_t filled(size_t size)
{
    return (size + UNIT - 1) / UNIT * UNIT;
}

static void sections_of(const Checkpoint *c, Section sections[N_SECTIONS])
{
    sections[0] = (Section){c->program, strlen(c->program) + 1};
    sections[1] = (Section){c->config, strlen(c->config) + 1};
    sections[2] = (Section){c->start, strlen(c->start) + 1};
    sections[3] = (Section){&c->numbers, sizeof c->numbers};
    sections[SNAPSHOT] = (Section){c->snapshot, c->snapshot_size};
    sections[5] = (Section){c->windows, c->windows_size};
    sections[6] = (Section){c->events, c->events_size};
    const char *const warnings = c->warnings != NULL ? c->warnings : "";
    sections[7] = (Section){warnings, strlen(warnings) + 1};
}

/// A file that is written from its beginning to its end; what is small goes through a buffer.
typedef struct {
    File file;
    unsigned char *buffer;
    size_t used;  ///< of the buffer
    uint64_t at;  ///< bytes of the file before it
    uint32_t crc; ///< of all so far
} Writer;

static QmtStatus writer_flush(QmtContext *ctx, Writer *writer)
{
    TRY(file_write_at(ctx, &writer->file, writer->buffer, writer->used, writer->at));
    writer->at += writer->used;
    writer->used = 0;
    return QMT_OK;
}

static QmtStatus writer_put(QmtContext *ctx, Writer *writer, const void *data, size_t n)
{
    if (n == 0)
        return QMT_OK;
    writer->crc = zip_crc(writer->crc, data, n);
    if (writer->used + n > BUFFER_BYTES)
        TRY(writer_flush(ctx, writer));
    if (n > BUFFER_BYTES) {
        TRY(file_write_at(ctx, &writer->file, data, n, writer->at));
        writer->at += n;
        return QMT_OK;
    }
    memcpy(writer->buffer + writer->used, data, n);
    writer->used += n;
    return QMT_OK;
}

static QmtStatus section_put(QmtContext *ctx, Writer *writer, const Section *section,
                             const Span *pieces, size_t n_pieces)
{
    static const unsigned char ZEROS[UNIT] = {0};
    const uint64_t length = section->size;
    TRY(writer_put(ctx, writer, &length, sizeof length));
    if (pieces == NULL)
        TRY(writer_put(ctx, writer, section->data, section->size));
    for (size_t i = 0; i < n_pieces; i++)
        TRY(writer_put(ctx, writer, pieces[i].data, pieces[i].size));
    return writer_put(ctx, writer, ZEROS, filled(section->size) - section->size);
}

static QmtStatus write_all(QmtContext *ctx, Writer *writer, const Checkpoint *checkpoint)
{
    Section sections[N_SECTIONS];
    unsigned char head[HEAD_BYTES] = {0};
    const uint32_t version = VERSION;
    sections_of(checkpoint, sections);
    memcpy(head, MAGIC, sizeof MAGIC);
    memcpy(head + sizeof MAGIC, &version, sizeof version);
    TRY(writer_put(ctx, writer, head, sizeof head));
    for (int s = 0; s < N_SECTIONS; s++) {
        const bool in_pieces = s == SNAPSHOT && checkpoint->pieces != NULL;
        TRY(section_put(ctx, writer, &sections[s], in_pieces ? checkpoint->pieces : NULL,
                        in_pieces ? checkpoint->n_pieces : 0));
    }
    const uint32_t crc = writer->crc;
    TRY(writer_put(ctx, writer, &crc, sizeof crc));
    return writer_flush(ctx, writer);
}

static QmtStatus write_new(QmtContext *ctx, const char *path, const Checkpoint *checkpoint,
                           unsigned char *buffer)
{
    Writer writer = {.file = file_none(), .buffer = buffer};
    TRY(file_open(ctx, path, FILE_CREATE, &writer.file));
    QmtStatus status = write_all(ctx, &writer, checkpoint);
    if (status == QMT_OK)
        status = file_sync(ctx, &writer.file);
    if (status == QMT_OK)
        status = file_close(ctx, &writer.file);
    file_abandon(&writer.file);
    return status;
}

QmtStatus checkpoint_save(QmtContext *ctx, const char *folder, const Checkpoint *checkpoint)
{
    char made[FILE_PATH_SIZE], path[FILE_PATH_SIZE], previous[FILE_PATH_SIZE];
    TRY(file_join(ctx, folder, CHECKPOINT_FILE ".tmp", made));
    TRY(file_join(ctx, folder, CHECKPOINT_FILE, path));
    TRY(file_join(ctx, folder, CHECKPOINT_FILE_PREVIOUS, previous));

    unsigned char *const buffer = malloc(BUFFER_BYTES);
    if (buffer == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for it", path);
    const QmtStatus status = write_new(ctx, made, checkpoint, buffer);
    free(buffer);
    if (status != QMT_OK) {
        const Message failure = context_keep(ctx);
        if (file_remove(ctx, made) != QMT_OK)
            context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
        return context_restore(ctx, &failure);
    }
    if (file_exists(path))
        TRY(file_rename(ctx, path, previous));
    return file_rename(ctx, made, path);
}

/// Ends with its only zero.
static bool is_text(const Section *section)
{
    const char *const text = section->data;
    return section->size > 0 && memchr(text, '\0', section->size) == text + section->size - 1;
}

/// Finds the sections in a block whose CRC is right.
static bool unpack(unsigned char *block, size_t n, Section sections[N_SECTIONS])
{
    if (n < HEAD_BYTES + TAIL_BYTES)
        return false;
    const size_t end = n - TAIL_BYTES;
    size_t at = HEAD_BYTES;
    for (int s = 0; s < N_SECTIONS; s++) {
        uint64_t length;
        if (end - at < sizeof length)
            return false;
        memcpy(&length, block + at, sizeof length);
        at += sizeof length;
        if (length > end - at || filled((size_t)length) > end - at)
            return false;
        sections[s] = (Section){block + at, (size_t)length};
        at += filled((size_t)length);
    }
    return at == end && sections[3].size == sizeof(CheckpointNumbers) && is_text(&sections[0]) &&
           is_text(&sections[1]) && is_text(&sections[2]) && is_text(&sections[7]);
}

/// The version of the program that wrote a checkpoint of another format: in all formats so far the first section
/// begins with the line "version 0.1.0".
static void writer_find(const unsigned char *block, size_t n, char writer[32])
{
    static const char word[] = "version ";
    const char *const text = (const char *)block + HEAD_BYTES + sizeof(uint64_t);
    const size_t before = HEAD_BYTES + sizeof(uint64_t);
    strcpy(writer, "of an unknown version");
    if (n < before + sizeof word + 16 || memcmp(text, word, sizeof word - 1) != 0)
        return;
    const size_t length = strspn(text + sizeof word - 1, "0123456789.");
    if (length > 0 && length < 16)
        snprintf(writer, 32, "%.*s", (int)length, text + sizeof word - 1);
}

static QmtStatus other_version(QmtContext *ctx, const char *path, const unsigned char *block,
                               size_t n, uint32_t version)
{
    char writer[32];
    writer_find(block, n, writer);
    return FAIL(ctx, QMT_ERR_CHECKPOINT,
                "%s: was written by qmtraj %s (format %" PRIu32 "), and this is qmtraj %s, which "
                "reads format %d; only the program that began it can finish it",
                path, writer, version, qmt_version(), VERSION);
}

/// What is wrong with the bytes of a checkpoint file, if anything.
static QmtStatus judge(QmtContext *ctx, const char *path, unsigned char *block, size_t n,
                       Section sections[N_SECTIONS])
{
    uint32_t version, stored;
    if (n == 0)
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "%s: is empty", path);
    if (n < HEAD_BYTES || memcmp(block, MAGIC, sizeof MAGIC) != 0)
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "%s: is not a checkpoint of qmtraj", path);
    memcpy(&version, block + sizeof MAGIC, sizeof version);
    if (version != VERSION)
        return other_version(ctx, path, block, n, version);
    const uint32_t found = zip_crc(0, block, n - TAIL_BYTES);
    memcpy(&stored, block + n - TAIL_BYTES, sizeof stored);
    if (found != stored)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: is damaged or cut off (%zu bytes, CRC-32 %08" PRIx32 ", wanted %08" PRIx32
                    ")",
                    path, n, found, stored);
    if (!unpack(block, n, sections))
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "%s: its sections do not fit together", path);
    return QMT_OK;
}

QmtStatus checkpoint_load(QmtContext *ctx, const char *path, Checkpoint *checkpoint)
{
    char *block = NULL;
    size_t n;
    Section sections[N_SECTIONS];
    TRY(file_read_whole(ctx, path, SIZE_LIMIT, &block, &n));
    const QmtStatus status = judge(ctx, path, (unsigned char *)block, n, sections);
    if (status != QMT_OK) {
        free(block);
        return status;
    }
    *checkpoint = (Checkpoint){.program = sections[0].data,
                               .config = sections[1].data,
                               .start = sections[2].data,
                               .snapshot = sections[4].data,
                               .snapshot_size = sections[4].size,
                               .windows = sections[5].data,
                               .windows_size = sections[5].size,
                               .events = sections[6].data,
                               .events_size = sections[6].size,
                               .warnings = sections[7].data,
                               .block = block};
    memcpy(&checkpoint->numbers, sections[3].data, sizeof checkpoint->numbers);
    return QMT_OK;
}

void checkpoint_release(Checkpoint *checkpoint)
{
    free(checkpoint->block);
    *checkpoint = (Checkpoint){0};
}

QmtStatus checkpoint_remove(QmtContext *ctx, const char *folder)
{
    char path[FILE_PATH_SIZE];
    // The older one first: it must not be left alone and be taken for the newest.
    TRY(file_join(ctx, folder, CHECKPOINT_FILE_PREVIOUS, path));
    TRY(file_remove(ctx, path));
    TRY(file_join(ctx, folder, CHECKPOINT_FILE, path));
    return file_remove(ctx, path);
}
