#include "io/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_SIZE = 1 << 17, TEXT_MAX = 8192 };

QmtStatus output_open(QmtContext *ctx, const char *path, Output *output)
{
    Output made = {.file = file_none(), .buffer = malloc(BUFFER_SIZE)};
    if (made.buffer == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%.900s: no memory to write it", path);
    const QmtStatus status = file_open(ctx, path, FILE_CREATE, &made.file);
    if (status != QMT_OK)
        free(made.buffer);
    else
        *output = made;
    return status;
}

QmtStatus output_open_in(QmtContext *ctx, const char *folder, const char *name, Output *output)
{
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, folder, name, path));
    return output_open(ctx, path, output);
}

static void flush(QmtContext *ctx, Output *output)
{
    if (!output->failed &&
        file_write_at(ctx, &output->file, output->buffer, output->used, output->offset) != QMT_OK) {
        output->failed = true;
        output->failure = context_keep(ctx);
    }
    output->offset += output->used;
    output->used = 0;
}

void output_bytes(QmtContext *ctx, Output *output, const void *data, size_t n)
{
    const unsigned char *at = data;
    while (n > 0) {
        const size_t room = BUFFER_SIZE - output->used, part = n < room ? n : room;
        memcpy(output->buffer + output->used, at, part);
        output->used += part;
        at += part;
        n -= part;
        if (output->used == BUFFER_SIZE)
            flush(ctx, output);
    }
}

void output_text(QmtContext *ctx, Output *output, const char *format, ...)
{
    if (BUFFER_SIZE - output->used < TEXT_MAX)
        flush(ctx, output);
    va_list words;
    va_start(words, format);
    const int n = vsnprintf((char *)output->buffer + output->used, TEXT_MAX, format, words);
    va_end(words);
    output->used += n < 0 ? 0 : n < TEXT_MAX ? (size_t)n : TEXT_MAX - 1;
}

QmtStatus output_check(QmtContext *ctx, const Output *output)
{
    return output->failed ? context_restore(ctx, &output->failure) : QMT_OK;
}

QmtStatus output_finish_with(QmtContext *ctx, Output *output, const void *begin, size_t n)
{
    flush(ctx, output);
    QmtStatus status = output_check(ctx, output);
    if (status == QMT_OK && n > 0)
        status = file_write_at(ctx, &output->file, begin, n, 0);
    if (status == QMT_OK)
        status = file_sync(ctx, &output->file);
    if (status == QMT_OK)
        status = file_close(ctx, &output->file);
    output_abandon(output);
    return status;
}

QmtStatus output_finish(QmtContext *ctx, Output *output)
{
    return output_finish_with(ctx, output, NULL, 0);
}

void output_abandon(Output *output)
{
    if (output->buffer == NULL)
        return;
    file_abandon(&output->file);
    free(output->buffer);
    *output = (Output){.file = file_none()};
}
