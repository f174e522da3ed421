#include "io/archive_write.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/lock.h"
#include "io/processes.h"
#include "io/zip.h"

/// Appending takes milliseconds, a directory of 10^5 folders seconds.
static const double LOCK_WAIT_S = 120.0;
static const size_t FILE_LIMIT = (size_t)1 << 40;
enum { BUFFER_SIZE = 1 << 16 };

QmtStatus archive_turn_take(QmtContext *ctx, const char *path, File *turn)
{
    char lock[FILE_PATH_SIZE];
    if (snprintf(lock, sizeof lock, "%s.lock", path) >= (int)sizeof lock)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long", path);
    return lock_take(ctx, lock, LOCK_WAIT_S, turn, NULL);
}

/// True if the path of an open file still leads to it.
static bool is_in_place(const File *file)
{
    struct stat held, there;
    return file->fd >= 0 && fstat(file->fd, &held) == 0 && stat(file->path, &there) == 0 &&
           held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

bool archive_is_in_place(const ArchiveWriter *writer)
{
    return is_in_place(&writer->zip) && is_in_place(&writer->index);
}

static QmtStatus files_open(QmtContext *ctx, ArchiveWriter *writer)
{
    char index[FILE_PATH_SIZE];
    const bool is_new = !file_exists(writer->path);
    TRY(archive_read(ctx, writer->path, &writer->archive));
    snprintf(index, sizeof index, "%.4080s" ARCHIVE_INDEX, writer->path);
    TRY(file_open(ctx, index, FILE_APPEND, &writer->index));
    if (is_new) // what an index tells of that was left is gone
        TRY(file_truncate(ctx, &writer->index, 0));
    return file_open(ctx, writer->path, FILE_ANY, &writer->zip);
}

/// Writes an index that lacks folders again, as the directory has them. Killed meanwhile, it lacks some, and the directory
/// still counts.
static QmtStatus index_mend(QmtContext *ctx, ArchiveWriter *writer)
{
    const Archive *const archive = &writer->archive;
    char words[ZIP_PATH_MAX + 64];
    Bytes text = {0};
    for (size_t i = 0; i < archive->n; i++) {
        const ArchiveFolder *const folder = &archive->folders[i];
        int n = snprintf(words, sizeof words, "%llu\t%s", (unsigned long long)folder->offset,
                         folder->label);
        bytes_add(&text, words, (size_t)n);
        for (size_t f = 0; f < folder->n; f++) {
            const ArchiveFile *const file = &archive->files[folder->first + f];
            n = snprintf(words, sizeof words, "\t%s:%llu:%08x", file->name,
                         (unsigned long long)file->size, (unsigned)file->crc);
            bytes_add(&text, words, (size_t)n);
        }
        bytes_add(&text, "\n", 1);
    }
    QmtStatus status = text.lost
                           ? FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for an index", writer->path)
                           : file_truncate(ctx, &writer->index, 0);
    if (status == QMT_OK)
        status = file_write_at(ctx, &writer->index, text.data, text.n, 0);
    bytes_release(&text);
    TRY(status);
    context_log(ctx, QMT_LOG_WARNING,
                "%s: did not list what the directory of the archive lists, %zu trajectories; it "
                "was made again from that",
                writer->index.path, archive->n);
    return archive_catch_up(ctx, &writer->archive);
}

/// Learns what other programs appended since, or opens what lies in place of an archive that they took away. A line that one
/// of them was killed over goes: whoever appends has the turn.
static QmtStatus catch_up(QmtContext *ctx, ArchiveWriter *writer)
{
    uint64_t size;
    if (!archive_is_in_place(writer)) {
        archive_writer_close(writer);
        writer->n_appended = 0;
        writer->n_taken++;
        TRY(files_open(ctx, writer));
    }
    TRY(archive_catch_up(ctx, &writer->archive));
    if (writer->archive.is_mended)
        TRY(index_mend(ctx, writer));
    TRY(file_size(ctx, &writer->zip, &size));
    if (size < writer->archive.end)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: has %llu bytes, and its index tells of %llu: it was cut off; nothing goes "
                    "into it before the whole file is put back, or what is left is unpacked",
                    writer->path, (unsigned long long)size,
                    (unsigned long long)writer->archive.end);
    TRY(file_size(ctx, &writer->index, &size));
    return size > writer->archive.n_index
               ? file_truncate(ctx, &writer->index, writer->archive.n_index)
               : QMT_OK;
}

QmtStatus archive_writer_open(QmtContext *ctx, const char *path, ArchiveWriter *writer)
{
    File lock = file_none();
    *writer = (ArchiveWriter){.zip = file_none(), .index = file_none()};
    if (snprintf(writer->path, sizeof writer->path, "%s", path) > FILE_PATH_SIZE - 16)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long", path);
    TRY(archive_turn_take(ctx, path, &lock));
    const QmtStatus status = files_open(ctx, writer);
    lock_give_back(&lock);
    if (status != QMT_OK)
        archive_writer_close(writer);
    return status;
}

void archive_writer_close(ArchiveWriter *writer)
{
    file_abandon(&writer->zip);
    file_abandon(&writer->index);
    archive_release(&writer->archive);
}

static int is_content(const struct dirent *entry)
{
    const size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && strcmp(entry->d_name, "lock") != 0 &&
           !(n > 4 && strcmp(entry->d_name + n - 4, ".tmp") == 0);
}

/// A folder on its way into the archive.
typedef struct {
    ArchiveWriter *writer;
    const char *folder, *label;
    uint64_t offset; ///< of the next member
    char *line;      ///< of the index
    size_t n_line, capacity;
} Appending;

static bool line_add(Appending *made, const char *text)
{
    const size_t n = strlen(text);
    if (made->n_line + n >= made->capacity) {
        const size_t capacity = 2 * (made->capacity + n) + 256;
        char *const more = realloc(made->line, capacity);
        if (more == NULL)
            return false;
        made->line = more;
        made->capacity = capacity;
    }
    memcpy(made->line + made->n_line, text, n + 1);
    made->n_line += n;
    return true;
}

/// Writes one member.
static QmtStatus member_write(QmtContext *ctx, Appending *made, const char *name, const char *data,
                              size_t n)
{
    char path[ZIP_PATH_MAX], word[ZIP_PATH_MAX + 64];
    unsigned char header[ZIP_PATH_LOCAL_MAX];
    if (strpbrk(name, ":\t\n") != NULL ||
        snprintf(path, sizeof path, "%s/%s", made->label, name) >= (int)sizeof path)
        return FAIL(ctx, QMT_ERR_INPUT, "%s/%.300s: such a file cannot go into an archive",
                    made->folder, name);
    ZipMember member = {.path = path, .size = n, .crc = zip_crc(0, data, n)};
    File *const zip = &made->writer->zip;
    const uint64_t next = zip_place(&member, made->offset);
    const size_t n_header = zip_local_header(&member, header);
    TRY(file_write_at(ctx, zip, header, n_header, member.header_offset));
    TRY(file_write_at(ctx, zip, data, n, member.data_offset));
    made->offset = next;
    snprintf(word, sizeof word, "\t%s:%zu:%08x", name, n, member.crc);
    return line_add(made, word) ? QMT_OK
                                : FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for it", made->folder);
}

static QmtStatus file_append(QmtContext *ctx, Appending *made, const char *name)
{
    char path[FILE_PATH_SIZE], *data = NULL;
    size_t n;
    TRY(file_join(ctx, made->folder, name, path));
    TRY(file_read_whole(ctx, path, FILE_LIMIT, &data, &n));
    const QmtStatus status = member_write(ctx, made, name, data, n);
    free(data);
    return status;
}

/// Writes the members of a folder: all but the last one, then that.
static QmtStatus members_write(QmtContext *ctx, Appending *made, const char *last)
{
    struct dirent **names = NULL;
    char begin[32 + ZIP_PATH_MAX];
    snprintf(begin, sizeof begin, "%llu\t%s", (unsigned long long)made->offset, made->label);
    const int n = scandir(made->folder, &names, is_content, alphasort);
    if (n < 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: %s", made->folder, strerror(errno));
    QmtStatus status =
        line_add(made, begin) ? QMT_OK : FAIL(ctx, QMT_ERR_MEMORY, "no memory for an index");
    for (int i = 0; i < n; i++) {
        if (status == QMT_OK && strcmp(names[i]->d_name, last) != 0)
            status = file_append(ctx, made, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    TRY(status);
    TRY(file_append(ctx, made, last));
    return line_add(made, "\n") ? QMT_OK : FAIL(ctx, QMT_ERR_MEMORY, "no memory for an index");
}

/// True if another program appended this very folder meanwhile: the last file is the same one.
static bool is_there(QmtContext *ctx, const Appending *made, const char *last)
{
    const Archive *const archive = &made->writer->archive;
    const ArchiveFolder *const folder = archive_find(archive, made->label);
    char path[FILE_PATH_SIZE], *data = NULL;
    size_t n;
    if (folder == NULL)
        return false;
    const ArchiveFile *const file = &archive->files[folder->first + folder->n - 1];
    const Message before = context_keep(ctx);
    const bool same = file_join(ctx, made->folder, last, path) == QMT_OK &&
                      file_read_whole(ctx, path, FILE_LIMIT, &data, &n) == QMT_OK &&
                      strcmp(file->name, last) == 0 && n == file->size &&
                      zip_crc(0, data, n) == file->crc;
    free(data);
    (void)context_restore(ctx, &before);
    return same;
}

static QmtStatus append_in_turn(QmtContext *ctx, Appending *made, const char *last)
{
    ArchiveWriter *const writer = made->writer;
    TRY(catch_up(ctx, writer));
    if (is_there(ctx, made, last))
        return QMT_OK;
    made->offset = writer->archive.end;
    TRY(members_write(ctx, made, last));
    TRY(file_write_at(ctx, &writer->index, made->line, made->n_line, 0)); // behind all others
    writer->n_appended++;
    return QMT_OK;
}

QmtStatus archive_append(QmtContext *ctx, ArchiveWriter *writer, const char *folder,
                         const char *label, const char *last)
{
    File lock = file_none();
    Appending made = {.writer = writer, .folder = folder, .label = label};
    TRY(archive_turn_take(ctx, writer->path, &lock));
    const QmtStatus status = append_in_turn(ctx, &made, last);
    lock_give_back(&lock);
    free(made.line);
    return status;
}

QmtStatus archive_sync(QmtContext *ctx, ArchiveWriter *writer)
{
    TRY(file_sync(ctx, &writer->zip));
    return file_sync(ctx, &writer->index);
}

/// A directory in the making.
typedef struct {
    File *zip;
    uint64_t begin, n_bytes; ///< where, and how much of it is written
    uint64_t n;
    size_t n_buffered;
    unsigned char buffer[BUFFER_SIZE];
} Directory;

static QmtStatus directory_flush(QmtContext *ctx, Directory *made)
{
    TRY(file_write_at(ctx, made->zip, made->buffer, made->n_buffered, made->begin + made->n_bytes));
    made->n_bytes += made->n_buffered;
    made->n_buffered = 0;
    return QMT_OK;
}

static QmtStatus directory_add(QmtContext *ctx, Directory *made, const Archive *archive,
                               const ArchiveFolder *folder)
{
    uint64_t offset = folder->offset;
    for (size_t f = 0; f < folder->n; f++) {
        const ArchiveFile *const file = &archive->files[folder->first + f];
        char path[ZIP_PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", folder->label, file->name);
        ZipMember member = {.path = path, .size = file->size, .crc = file->crc};
        offset = zip_place(&member, offset);
        if (sizeof made->buffer - made->n_buffered < ZIP_CENTRAL_MAX)
            TRY(directory_flush(ctx, made));
        made->n_buffered += zip_central(&member, made->buffer + made->n_buffered);
        made->n++;
    }
    return QMT_OK;
}

static QmtStatus directory_make(QmtContext *ctx, ArchiveWriter *writer, const Archive *archive)
{
    unsigned char end[ZIP_END_SIZE];
    Directory *const made = calloc(1, sizeof *made);
    QmtStatus status = QMT_OK;
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its directory", writer->path);
    made->zip = &writer->zip;
    made->begin = archive->end;
    for (size_t i = 0; i < archive->n && status == QMT_OK; i++)
        if (archive_find(archive, archive->folders[i].label) == &archive->folders[i])
            status = directory_add(ctx, made, archive, &archive->folders[i]);
    if (status == QMT_OK)
        status = directory_flush(ctx, made);
    if (status == QMT_OK) {
        zip_end(made->n, made->begin, made->n_bytes, end);
        status = file_write_at(ctx, made->zip, end, sizeof end, made->begin + made->n_bytes);
    }
    if (status == QMT_OK)
        status = file_truncate(ctx, made->zip, made->begin + made->n_bytes + sizeof end);
    free(made);
    return status;
}

QmtStatus archive_directory_write(QmtContext *ctx, ArchiveWriter *writer)
{
    File lock = file_none();
    QmtStatus status = QMT_OK;
    TRY(archive_turn_take(ctx, writer->path, &lock));
    if (archive_is_in_place(writer)) {
        status = catch_up(ctx, writer);
        if (status == QMT_OK)
            status = directory_make(ctx, writer, &writer->archive);
        if (status == QMT_OK)
            status = archive_sync(ctx, writer);
    }
    lock_give_back(&lock);
    return status;
}

QmtStatus archive_extract(QmtContext *ctx, const Archive *archive, const ArchiveFolder *folder,
                          const char *to)
{
    char path[FILE_PATH_SIZE];
    File zip = file_none();
    uint64_t size;
    TRY(file_open(ctx, archive->path, FILE_READ, &zip));
    QmtStatus status = file_size(ctx, &zip, &size);
    const ArchiveFile *const last = &archive->files[folder->first + folder->n - 1];
    if (status == QMT_OK && (last->begin > size || last->size > size - last->begin))
        status = FAIL(ctx, QMT_ERR_FORMAT, "%s: ends at byte %llu, before the end of %s",
                      archive->path, (unsigned long long)size, folder->label);
    if (status == QMT_OK)
        status = file_make_directories(ctx, to);
    for (size_t f = 0; f < folder->n && status == QMT_OK; f++) {
        const ArchiveFile *const file = &archive->files[folder->first + f];
        char *const data = malloc((size_t)file->size + 1);
        if (data == NULL)
            status = FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %s", to, file->name);
        if (status == QMT_OK)
            status = file_read_at(ctx, &zip, data, (size_t)file->size, file->begin);
        if (status == QMT_OK && zip_crc(0, data, (size_t)file->size) != file->crc)
            status = FAIL(ctx, QMT_ERR_FORMAT, "%s: %s/%s is damaged", archive->path, folder->label,
                          file->name);
        if (status == QMT_OK)
            status = file_join(ctx, to, file->name, path);
        if (status == QMT_OK)
            status = file_write_whole(ctx, path, data, (size_t)file->size);
        free(data);
    }
    file_abandon(&zip);
    return status;
}
