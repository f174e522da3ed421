#include <string.h>

#include "io/text.h"
#include "trajectory/trajectory_parts.h"

/// A text on its way into a member: UTF-8 in, UCS-4 out, through the block of the trajectory. It runs
/// twice: first only counting, because the length stands in front of the text.
typedef struct {
    QmtContext *ctx;
    Trajectory *t;
    bool counting;
    uint64_t n_characters;
    uint64_t offset; ///< in the file, of the next block
    uint32_t crc;
    size_t used; ///< characters in the block
} TextWriter;

static QmtStatus text_flush(TextWriter *writer)
{
    const size_t n = writer->used * sizeof(uint32_t);
    TRY(file_write_at(writer->ctx, &writer->t->file, writer->t->block, n, writer->offset));
    writer->crc = zip_crc(writer->crc, writer->t->block, n);
    writer->offset += n;
    writer->used = 0;
    return QMT_OK;
}

static QmtStatus text_put(TextWriter *writer, uint32_t code)
{
    writer->n_characters++;
    if (writer->counting)
        return QMT_OK;
    // Half of the block: the other half holds the steps of windows that are being read.
    ((uint32_t *)writer->t->block)[writer->used++] = code;
    return writer->used == BLOCK_BYTES / 2 / sizeof(uint32_t) ? text_flush(writer) : QMT_OK;
}

static QmtStatus text_add(TextWriter *writer, const char *utf8)
{
    while (*utf8 != '\0')
        TRY(text_put(writer, npy_utf8_next(&utf8)));
    return QMT_OK;
}

/// Steps of windows, read forwards through the other half of the block.
typedef struct {
    TextWriter *writer;
    uint64_t first; ///< of the steps in memory
    size_t n;
} Steps;

static QmtStatus step_at(Steps *steps, uint64_t index, const TrajectoryWindowStep **step)
{
    Trajectory *t = steps->writer->t;
    TrajectoryWindowStep *memory = (TrajectoryWindowStep *)(t->block + BLOCK_BYTES / 2);
    const size_t capacity = BLOCK_BYTES / 2 / sizeof *memory;
    if (index < steps->first || index >= steps->first + steps->n) {
        const uint64_t left = t->n_window_steps - index;
        const size_t n = (size_t)(left < capacity ? left : capacity);
        TRY(file_read_at(steps->writer->ctx, &t->window_file, memory, n * sizeof *memory,
                         index * sizeof *memory));
        steps->first = index;
        steps->n = n;
    }
    *step = memory + (index - steps->first);
    return QMT_OK;
}

/// One of the energies of the window that begins at step `first`; *end becomes the first step after it.
static QmtStatus column_add(Steps *steps, uint64_t first, size_t offset, uint64_t *end)
{
    const uint64_t n = steps->writer->t->n_window_steps;
    const TrajectoryWindowStep *step;
    char number[TEXT_DOUBLE_SIZE];
    TRY(step_at(steps, first, &step));
    const double window = step->window;
    uint64_t i = first;
    for (; i < n; i++) {
        double value;
        TRY(step_at(steps, i, &step));
        if (step->window != window)
            break;
        memcpy(&value, (const char *)step + offset, sizeof value);
        text_format_double(value, number);
        if (i > first)
            TRY(text_add(steps->writer, ", "));
        TRY(text_add(steps->writer, number));
    }
    *end = i;
    return QMT_OK;
}

/// [{"kinetic": [...], "potential": [...], "total": [...]}, ...]
static QmtStatus windows_add(TextWriter *writer)
{
    static const struct {
        const char *head;
        size_t offset;
    } COLUMNS[] = {{"{\"kinetic\": [", offsetof(TrajectoryWindowStep, kinetic)},
                   {"], \"potential\": [", offsetof(TrajectoryWindowStep, potential)},
                   {"], \"total\": [", offsetof(TrajectoryWindowStep, total)}};
    Steps steps = {.writer = writer};
    uint64_t end = 0;
    TRY(text_add(writer, "["));
    for (uint64_t first = 0; first < writer->t->n_window_steps; first = end) {
        TRY(text_add(writer, first == 0 ? "" : ", "));
        for (size_t c = 0; c < sizeof COLUMNS / sizeof *COLUMNS; c++) {
            TRY(text_add(writer, COLUMNS[c].head));
            TRY(column_add(&steps, first, COLUMNS[c].offset, &end));
        }
        TRY(text_add(writer, "]}"));
    }
    return text_add(writer, "]");
}

static QmtStatus content_add(TextWriter *writer, const char *text)
{
    return text != NULL ? text_add(writer, text) : windows_add(writer);
}

QmtStatus trajectory_write_text(QmtContext *ctx, Trajectory *t, size_t member, const char *text,
                                uint64_t *offset)
{
    unsigned char header[NPY_HEADER_MAX];
    TextWriter writer = {.ctx = ctx, .t = t, .counting = true};
    TRY(content_add(&writer, text));

    ZipMember *m = &t->zip[member];
    const size_t n_header = npy_string_header(writer.n_characters, header);
    m->size = n_header + npy_string_length(writer.n_characters) * sizeof(uint32_t);
    *offset = zip_place(m, *offset);
    TRY(file_write_at(ctx, &t->file, header, n_header, m->data_offset));

    writer = (TextWriter){.ctx = ctx,
                          .t = t,
                          .offset = m->data_offset + n_header,
                          .crc = zip_crc(0, header, n_header)};
    TRY(content_add(&writer, text));
    if (writer.n_characters == 0)
        TRY(text_put(&writer, 0));
    TRY(text_flush(&writer));
    m->crc = writer.crc;
    return QMT_OK;
}
