#include "io/npz_write.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_SIZE = 1 << 15, PIECE = 256 };

/// An array on its way.
typedef struct {
    char descr[NPZ_DESCR_SIZE];
    ZipMember member;
    uint64_t written; ///< bytes of the member on the disk, header included
    size_t used;
    unsigned char buffer[BUFFER_SIZE];
} Member;

struct NpzFile {
    File file;
    size_t n;
    uint64_t directory; ///< its place
    Member members[];
};

/// Bytes of all numbers, or of a text.
static uint64_t data_bytes(const NpzColumn *column)
{
    const char kind = column->descr[1];
    uint64_t n = kind == 'U' || kind == 'S' ? strtoull(column->descr + 2, NULL, 10)
                                            : npy_item_bytes(column->descr);
    if (kind == 'U')
        n *= 4;
    for (size_t d = 0; d < column->n_dims; d++)
        n *= column->shape[d];
    return n;
}

static QmtStatus member_flush(QmtContext *ctx, NpzFile *file, Member *m)
{
    TRY(file_write_at(ctx, &file->file, m->buffer, m->used, m->member.data_offset + m->written));
    m->member.crc = zip_crc(m->member.crc, m->buffer, m->used);
    m->written += m->used;
    m->used = 0;
    return QMT_OK;
}

static QmtStatus member_add(QmtContext *ctx, NpzFile *file, Member *m, const void *data, size_t n)
{
    if (BUFFER_SIZE - m->used < n)
        TRY(member_flush(ctx, file, m));
    assert(n <= BUFFER_SIZE && m->written + m->used + n <= m->member.size);
    memcpy(m->buffer + m->used, data, n);
    m->used += n;
    return QMT_OK;
}

static QmtStatus members_place(QmtContext *ctx, NpzFile *file, const NpzColumn *columns)
{
    uint64_t offset = 0;
    for (size_t i = 0; i < file->n; i++) {
        Member *const m = &file->members[i];
        unsigned char header[NPY_HEADER_MAX];
        const size_t length =
            npy_header(columns[i].descr, columns[i].n_dims, columns[i].shape, header);
        memcpy(m->descr, columns[i].descr, sizeof m->descr);
        snprintf(m->member.name, sizeof m->member.name, "%s.npy", columns[i].name);
        m->member.size = length + data_bytes(&columns[i]);
        offset = zip_place(&m->member, offset);
        TRY(member_add(ctx, file, m, header, length));
    }
    file->directory = offset;
    return QMT_OK;
}

QmtStatus npz_file_create(QmtContext *ctx, const char *path, const NpzColumn *columns, size_t n,
                          NpzFile **file)
{
    assert(n <= NPZ_COLUMNS_MAX);
    NpzFile *made = calloc(1, sizeof *made + n * sizeof made->members[0]);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%.900s: no memory to write it", path);
    made->file = file_none();
    made->n = n;
    QmtStatus status = file_open(ctx, path, FILE_CREATE, &made->file);
    if (status == QMT_OK)
        status = members_place(ctx, made, columns);
    if (status != QMT_OK)
        npz_file_destroy(&made);
    else
        *file = made;
    return status;
}

QmtStatus npz_file_add(QmtContext *ctx, NpzFile *file, size_t column, const double *numbers,
                       size_t n, double factor)
{
    unsigned char piece[PIECE * sizeof(double)];
    Member *const m = &file->members[column];
    for (size_t i = 0; i < n; i += PIECE) {
        const size_t part = n - i < PIECE ? n - i : PIECE;
        TRY(member_add(ctx, file, m, piece,
                       npy_numbers(m->descr, numbers + i, part, factor, piece)));
    }
    return QMT_OK;
}

QmtStatus npz_file_add_text(QmtContext *ctx, NpzFile *file, size_t column, const char *text)
{
    Member *const m = &file->members[column];
    const size_t room = (size_t)strtoull(m->descr + 2, NULL, 10);
    const size_t width = m->descr[1] == 'U' ? 4 : 1;
    const char *at = text;
    for (size_t i = 0; i < room; i++) {
        const uint32_t code = *at == '\0'  ? 0
                              : width == 4 ? npy_utf8_next(&at)
                                           : (uint32_t)(unsigned char)*at++;
        TRY(member_add(ctx, file, m, &code, width)); // little endian
    }
    return QMT_OK;
}

QmtStatus npz_file_finish(QmtContext *ctx, NpzFile *file)
{
    ZipMember members[NPZ_COLUMNS_MAX];
    unsigned char header[ZIP_LOCAL_MAX];
    for (size_t i = 0; i < file->n; i++) {
        Member *const m = &file->members[i];
        TRY(member_flush(ctx, file, m));
        assert(m->written == m->member.size);
        members[i] = m->member;
        const size_t length = zip_local_header(&m->member, header);
        TRY(file_write_at(ctx, &file->file, header, length, m->member.header_offset));
    }
    const size_t size = zip_directory_size(members, file->n);
    unsigned char *const directory = malloc(size);
    if (directory == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%.900s: no memory to write it", file->file.path);
    zip_directory(members, file->n, file->directory, directory);
    QmtStatus status = file_write_at(ctx, &file->file, directory, size, file->directory);
    free(directory);
    if (status == QMT_OK)
        status = file_sync(ctx, &file->file);
    return status == QMT_OK ? file_close(ctx, &file->file) : status;
}

void npz_file_destroy(NpzFile **file)
{
    if (*file == NULL)
        return;
    file_abandon(&(*file)->file);
    free(*file);
    *file = NULL;
}
