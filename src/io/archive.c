#include "io/archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/zip.h"

static bool has_room(void **items, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity)
        return true;
    const size_t more = *capacity == 0 ? 64 : *capacity + *capacity / 2;
    void *const moved = realloc(*items, more * size);
    if (moved == NULL)
        return false;
    *items = moved;
    *capacity = more;
    return true;
}

/// Reads a number in front of a separator and moves behind it; false if there is none.
static bool take_number(char **at, int base, char separator, uint64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoull(*at, &end, base);
    if (end == *at || *end != separator || errno != 0)
        return false;
    *at = end + 1;
    return true;
}

/// "FILE:BYTES:CRC", zero-terminated.
static bool file_take(Archive *archive, char *word, const char *label, uint64_t *offset)
{
    uint64_t crc;
    char path[ZIP_PATH_MAX];
    char *at = strchr(word, ':');
    if (at == NULL || at == word)
        return false;
    *at++ = '\0';
    ArchiveFile file = {.name = word};
    if (!take_number(&at, 10, ':', &file.size) || !take_number(&at, 16, '\0', &crc) ||
        snprintf(path, sizeof path, "%s/%s", label, word) >= (int)sizeof path)
        return false;
    ZipMember member = {.path = path, .size = file.size};
    *offset = zip_place(&member, *offset);
    file.begin = member.data_offset;
    file.crc = (uint32_t)crc;
    if (!has_room((void **)&archive->files, archive->n_files, &archive->files_capacity,
                  sizeof file))
        return false;
    archive->files[archive->n_files++] = file;
    return true;
}

static uint32_t *slot_of(const Archive *archive, const char *label)
{
    uint64_t hash = 14695981039346656037u; // FNV-1a
    for (const char *c = label; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    size_t at = (size_t)(hash ^ hash >> 32) & (archive->n_slots - 1);
    while (archive->slots[at] != 0 &&
           strcmp(archive->folders[archive->slots[at] - 1].label, label) != 0)
        at = (at + 1) & (archive->n_slots - 1);
    return &archive->slots[at];
}

/// Makes the table at least twice as large as there are folders.
static bool slots_grow(Archive *archive)
{
    if (2 * (archive->n + 1) <= archive->n_slots)
        return true;
    const size_t n = archive->n_slots == 0 ? 64 : 4 * archive->n_slots;
    uint32_t *const slots = calloc(n, sizeof *slots);
    if (slots == NULL || n > UINT32_MAX) {
        free(slots);
        return false;
    }
    free(archive->slots);
    archive->slots = slots;
    archive->n_slots = n;
    for (size_t i = 0; i < archive->n; i++)
        *slot_of(archive, archive->folders[i].label) = (uint32_t)i + 1;
    return true;
}

static bool folder_add(Archive *archive, const ArchiveFolder *folder)
{
    if (folder->n == 0 || !slots_grow(archive) ||
        !has_room((void **)&archive->folders, archive->n, &archive->capacity, sizeof *folder))
        return false;
    uint32_t *const slot = slot_of(archive, folder->label);
    if (*slot != 0)
        archive->n_hidden += archive->folders[*slot - 1].n;
    archive->folders[archive->n++] = *folder;
    *slot = (uint32_t)archive->n;
    return true;
}

/// "OFFSET\tLABEL\tFILE:BYTES:CRC\t...", zero-terminated; false if it is none, or there is no memory.
static bool line_take(Archive *archive, char *line)
{
    ArchiveFolder folder = {.first = archive->n_files};
    char *at = line;
    if (!take_number(&at, 10, '\t', &folder.offset) || folder.offset < archive->end)
        return false;
    uint64_t offset = folder.offset;
    bool is_whole = true;
    folder.label = at;
    at = strchr(at, '\t');
    while (at != NULL && is_whole) {
        *at++ = '\0';
        char *const word = at;
        at = strchr(at, '\t');
        if (at != NULL)
            *at = '\0';
        is_whole = file_take(archive, word, folder.label, &offset);
    }
    folder.n = archive->n_files - folder.first;
    if (!is_whole || !folder_add(archive, &folder)) {
        archive->n_files = folder.first;
        return false;
    }
    archive->end = offset;
    return true;
}

/// Nothing is read yet; labels stay valid.
static void archive_empty(Archive *archive)
{
    archive->n = archive->n_files = archive->n_hidden = 0;
    archive->n_index = archive->end = archive->n_bytes = archive->last = 0;
    archive->is_mended = false;
    archive->seen = (ArchiveStamp){0};
    if (archive->slots != NULL)
        memset(archive->slots, 0, archive->n_slots * sizeof *archive->slots);
}

/// Takes the whole lines of a text of n bytes, which begins at a place of the index; the archive keeps it. After a
/// failure nothing is read.
static QmtStatus text_take(QmtContext *ctx, Archive *archive, char *text, size_t n, uint64_t place)
{
    char **const texts = realloc(archive->texts, (archive->n_texts + 1) * sizeof *texts);
    if (texts == NULL) {
        free(text);
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its index", archive->path);
    }
    archive->texts = texts;
    texts[archive->n_texts++] = text;
    char *line = text, *const end = text + n;
    for (char *stop; line < end && (stop = memchr(line, '\n', (size_t)(end - line))) != NULL;
         line = stop + 1) {
        archive->last = place + (uint64_t)(line - text);
        archive->last_crc = zip_crc(0, line, (size_t)(stop - line));
        *stop = '\0';
        if (*line != '\0' && !line_take(archive, line)) {
            archive_empty(archive);
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s" ARCHIVE_INDEX ": line \"%.40s\" is none of an index, or there is no "
                        "memory for it",
                        archive->path, line);
        }
    }
    archive->n_index = place + (uint64_t)(line - text);
    return QMT_OK;
}

/// Reads a piece of the index, to be freed.
static QmtStatus piece_read(QmtContext *ctx, File *index, uint64_t begin, uint64_t end, char **text)
{
    char *const made = malloc((size_t)(end - begin) + 1);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for it", index->path);
    const QmtStatus status = file_read_at(ctx, index, made, (size_t)(end - begin), begin);
    if (status == QMT_OK)
        *text = made;
    else
        free(made);
    return status;
}

/// Reads the index from its last line on that was read before, or all of it if another one lies there now.
static QmtStatus lines_read(QmtContext *ctx, Archive *archive, File *index)
{
    uint64_t size;
    char *text = NULL;
    TRY(file_size(ctx, index, &size));
    if (archive->is_mended || size < archive->n_index)
        archive_empty(archive);
    const uint64_t n_again = archive->n_index - archive->last;
    TRY(piece_read(ctx, index, archive->last, size, &text));
    if (n_again > 0 &&
        (text[n_again - 1] != '\n' || zip_crc(0, text, (size_t)n_again - 1) != archive->last_crc)) {
        free(text);
        archive_empty(archive);
        TRY(piece_read(ctx, index, 0, size, &text));
        return text_take(ctx, archive, text, (size_t)size, 0);
    }
    const size_t n_new = (size_t)(size - archive->n_index);
    if (n_new == 0) {
        free(text);
        return QMT_OK;
    }
    memmove(text, text + n_again, n_new);
    return text_take(ctx, archive, text, n_new, archive->n_index);
}

/// A directory that folders were appended over may still stand behind them: it begins with their first member then.
static bool directory_find(QmtContext *ctx, File *zip, uint64_t size, uint64_t *n, uint64_t *begin)
{
    static const unsigned char ENTRY[4] = {'P', 'K', 1, 2};
    unsigned char end[ZIP_END_SIZE], first[4];
    return size >= sizeof end &&
           file_read_at(ctx, zip, end, sizeof end, size - sizeof end) == QMT_OK &&
           zip_end_read(end, size, n, begin) &&
           (*n == 0 || (file_read_at(ctx, zip, first, sizeof first, *begin) == QMT_OK &&
                        memcmp(first, ENTRY, sizeof first) == 0));
}

/// The lines that an index would have of the entries of a directory of n bytes; NULL if they are none of ours. It is
/// shorter than the directory.
static char *directory_lines(const unsigned char *directory, size_t n, size_t *n_text)
{
    char *const text = malloc(n + 1);
    char path[ZIP_PATH_MAX], label[ZIP_PATH_MAX] = "";
    uint64_t offset = 0;
    size_t used = 0;
    for (size_t at = 0, length; text != NULL && at < n; at += length) {
        ZipMember member;
        length = zip_central_read(directory + at, n - at, path, &member);
        char *const slash = length > 0 ? strrchr(path, '/') : NULL;
        if (slash == NULL || strpbrk(path, ":\t\n") != NULL) {
            free(text);
            return NULL;
        }
        const bool is_next = member.header_offset != offset ||
                             strlen(label) != (size_t)(slash - path) ||
                             strncmp(label, path, strlen(label)) != 0;
        offset = zip_place(&member, member.header_offset);
        *slash = '\0';
        if (is_next) {
            strcpy(label, path);
            used += (size_t)sprintf(text + used, "%s%llu\t%s", used > 0 ? "\n" : "",
                                    (unsigned long long)member.header_offset, label);
        }
        used += (size_t)sprintf(text + used, "\t%s:%llu:%08x", slash + 1,
                                (unsigned long long)member.size, (unsigned)member.crc);
    }
    if (text != NULL && used > 0)
        text[used++] = '\n';
    *n_text = used;
    return text;
}

/// Reads all of an archive from its directory.
static QmtStatus directory_read(QmtContext *ctx, Archive *archive, File *zip, uint64_t size,
                                uint64_t begin)
{
    const size_t n = (size_t)(size - ZIP_END_SIZE - begin);
    unsigned char *const directory = malloc(n + 1);
    size_t n_text = 0;
    if (directory == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its directory", archive->path);
    QmtStatus status = file_read_at(ctx, zip, directory, n, begin);
    char *const text = status == QMT_OK ? directory_lines(directory, n, &n_text) : NULL;
    free(directory);
    TRY(status);
    archive_empty(archive);
    if (text != NULL)
        status = text_take(ctx, archive, text, n_text, 0);
    archive->is_mended = true;
    archive->n_index = archive->last = 0;
    archive->n_bytes = size;
    if (status != QMT_OK || text == NULL || archive->end != begin)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: its index and its directory tell different things, and the directory is "
                    "damaged; put both files back from where they were whole",
                    archive->path);
    return QMT_OK;
}

/// Compares what the index says with the archive.
///
/// @param status  of reading the index
static QmtStatus zip_compare(QmtContext *ctx, Archive *archive, QmtStatus status)
{
    uint64_t size, n, begin;
    File zip = file_none();
    const Message failure = context_keep(ctx);
    TRY(file_open(ctx, archive->path, FILE_READ, &zip));
    QmtStatus compared = file_size(ctx, &zip, &size);
    if (compared == QMT_OK && directory_find(ctx, &zip, size, &n, &begin)) {
        archive->n_bytes = size;
        if (status != QMT_OK || begin != archive->end || n != archive->n_files - archive->n_hidden)
            compared = directory_read(ctx, archive, &zip, size, begin);
    } else if (compared == QMT_OK) {
        archive->n_bytes = size;
        compared = status == QMT_OK ? QMT_OK : context_restore(ctx, &failure);
    }
    file_abandon(&zip);
    return compared;
}

static ArchiveStamp stamp_of(const struct stat *about)
{
    return (ArchiveStamp){.inode = about->st_ino,
                          .n_bytes = (uint64_t)about->st_size,
                          .modified_ns = (int64_t)about->st_mtim.tv_sec * 1000000000 +
                                         (int64_t)about->st_mtim.tv_nsec};
}

static bool is_seen(const Archive *archive, const ArchiveStamp *stamp)
{
    return stamp->inode == archive->seen.inode && stamp->n_bytes == archive->seen.n_bytes &&
           stamp->modified_ns == archive->seen.modified_ns;
}

static QmtStatus index_read(QmtContext *ctx, Archive *archive, const char *path, bool is_there)
{
    File index = file_none();
    if (!is_there) {
        archive_empty(archive);
        return FAIL(
            ctx, QMT_ERR_FORMAT,
            "%s: is not there, and %s cannot be read without it; other programs for ZIP files can",
            path, archive->path);
    }
    TRY(file_open(ctx, path, FILE_READ, &index));
    const QmtStatus status = lines_read(ctx, archive, &index);
    file_abandon(&index);
    return status;
}

QmtStatus archive_catch_up(QmtContext *ctx, Archive *archive)
{
    char path[FILE_PATH_SIZE];
    struct stat about;
    if (snprintf(path, sizeof path, "%s" ARCHIVE_INDEX, archive->path) >= (int)sizeof path)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long", archive->path);
    const bool is_there = stat(path, &about) == 0;
    if (!is_there && stat(archive->path, &about) != 0) {
        archive_empty(archive);
        return QMT_OK;
    }
    const ArchiveStamp stamp = stamp_of(&about);
    if (is_seen(archive, &stamp))
        return QMT_OK;
    if (!file_exists(archive->path)) {
        archive_empty(archive);
        return QMT_OK;
    }
    QmtStatus status = index_read(ctx, archive, path, is_there);
    if (status == QMT_OK || status == QMT_ERR_FORMAT)
        status = zip_compare(ctx, archive, status);
    if (status == QMT_OK)
        archive->seen = stamp;
    return status;
}

bool archive_has_directory(QmtContext *ctx, const char *path)
{
    File zip = file_none();
    uint64_t size, n, begin;
    const Message before = context_keep(ctx);
    bool is_whole = !file_exists(path);
    if (!is_whole && file_open(ctx, path, FILE_READ, &zip) == QMT_OK)
        is_whole =
            file_size(ctx, &zip, &size) == QMT_OK && directory_find(ctx, &zip, size, &n, &begin);
    file_abandon(&zip);
    (void)context_restore(ctx, &before);
    return is_whole;
}

QmtStatus archive_read(QmtContext *ctx, const char *path, Archive *archive)
{
    Archive made = {.n = 0};
    if (snprintf(made.path, sizeof made.path, "%s", path) >= (int)sizeof made.path)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long", path);
    const QmtStatus status = archive_catch_up(ctx, &made);
    if (status == QMT_OK)
        *archive = made;
    else
        archive_release(&made);
    return status;
}

void archive_release(Archive *archive)
{
    free(archive->folders);
    free(archive->files);
    for (size_t i = 0; i < archive->n_texts; i++)
        free(archive->texts[i]);
    free(archive->texts);
    free(archive->slots);
    *archive = (Archive){0};
}

const ArchiveFolder *archive_find(const Archive *archive, const char *label)
{
    const uint32_t number = archive->n == 0 ? 0 : *slot_of(archive, label);
    return number == 0 ? NULL : &archive->folders[number - 1];
}

bool archive_holds(const Archive *archive, const ArchiveFolder *folder)
{
    const ArchiveFile *const last = &archive->files[folder->first + folder->n - 1];
    return last->begin <= archive->n_bytes && last->size <= archive->n_bytes - last->begin;
}

const ArchiveFile *archive_file(const Archive *archive, const ArchiveFolder *folder,
                                const char *name)
{
    for (size_t f = 0; f < folder->n; f++)
        if (strcmp(archive->files[folder->first + f].name, name) == 0)
            return &archive->files[folder->first + f];
    return NULL;
}

bool archive_name_is(const char *name)
{
    static const char DIGITS[] = "0123456789";
    if (strcmp(name, "packed.zip") == 0)
        return true;
    if (strncmp(name, "packed.", 7) != 0)
        return false;
    const size_t n_index = strspn(name + 7, DIGITS);
    const char *const of = name + 7 + n_index;
    const size_t n_count = strncmp(of, "-of-", 4) == 0 ? strspn(of + 4, DIGITS) : 0;
    return n_index > 0 && n_count > 0 && strcmp(of + 4 + n_count, ".zip") == 0;
}
