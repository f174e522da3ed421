#include "io/npz_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "io/archive_mount.h"
#include "io/zip.h"

enum {
    END_SIZE = 22,
    LOCATOR_SIZE = 20,
    END64_SIZE = 56,
    CENTRAL_SIZE = 46,
    LOCAL_SIZE = 30,
    COMMENT_MAX = 65535,
    MEMBERS_MAX = 65536,
    DIRECTORY_MAX = 64 << 20,
    NPY_HEADER_READ_MAX = 65536 + 10,
    VERIFY_BLOCK = 1 << 18,
};
static const uint64_t TEXT_BYTES_MAX = (uint64_t)1 << 32;

static uint64_t get(const unsigned char *bytes, int n)
{
    uint64_t value = 0;
    for (int i = n - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

static QmtStatus broken(QmtContext *ctx, const Npz *npz, const char *what)
{
    return FAIL(ctx, QMT_ERR_FORMAT, "%s: %s: this is not a readable NPZ file, or it was cut off",
                npz->file.path, what);
}

/// Where the directory is and how many members it has.
typedef struct {
    uint64_t offset, size, n;
    uint64_t end; ///< of what is behind it: the end record
} Directory;

/// Finds the end record, the last thing in the file but for a comment.
static QmtStatus find_directory(QmtContext *ctx, Npz *npz, uint64_t file_bytes, Directory *dir)
{
    if (file_bytes < END_SIZE)
        return broken(ctx, npz, "too short");
    const uint64_t n_tail =
        file_bytes < END_SIZE + COMMENT_MAX ? file_bytes : (uint64_t)END_SIZE + COMMENT_MAX;
    const uint64_t tail_offset = file_bytes - n_tail;
    unsigned char *tail = malloc((size_t)n_tail);
    if (tail == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the directory", npz->file.path);
    const QmtStatus status = file_read_at(ctx, &npz->file, tail, (size_t)n_tail, tail_offset);
    uint64_t end = UINT64_MAX;
    for (uint64_t i = n_tail - END_SIZE + 1; status == QMT_OK && end == UINT64_MAX && i-- > 0;)
        if (get(tail + i, 4) == 0x06054B50 && i + END_SIZE + get(tail + i + 20, 2) == n_tail)
            end = i;
    if (end != UINT64_MAX)
        *dir = (Directory){get(tail + end + 16, 4), get(tail + end + 12, 4),
                           get(tail + end + 10, 2), tail_offset + end};
    free(tail);
    TRY(status);
    if (end == UINT64_MAX)
        return broken(ctx, npz, "it has no ZIP directory");
    const uint64_t end_offset = tail_offset + end;

    // The 64-bit records stand in front of it, if there are any.
    unsigned char record[END64_SIZE];
    if (end_offset < LOCATOR_SIZE + END64_SIZE)
        return QMT_OK;
    TRY(file_read_at(ctx, &npz->file, record, LOCATOR_SIZE, end_offset - LOCATOR_SIZE));
    if (get(record, 4) != 0x07064B50)
        return QMT_OK;
    // Readers look for it right in front, whatever the locator says; and one file is one disk.
    const uint64_t end64 = end_offset - LOCATOR_SIZE - END64_SIZE;
    if (get(record + 8, 8) != end64 || get(record + 4, 4) != 0 || get(record + 16, 4) > 1)
        return broken(ctx, npz, "its 64-bit end record is not where it should be");
    TRY(file_read_at(ctx, &npz->file, record, END64_SIZE, end64));
    if (get(record, 4) != 0x06064B50)
        return broken(ctx, npz, "its 64-bit end record is damaged");
    *dir = (Directory){get(record + 48, 8), get(record + 40, 8), get(record + 32, 8), end64};
    return QMT_OK;
}

/// The next value of the 64-bit extra field, if the 32-bit one says that it is there.
static bool take64(const unsigned char *extra, uint64_t n_extra, uint64_t *used, uint64_t *value)
{
    if (*value != 0xFFFFFFFF)
        return true;
    if (*used + 8 > n_extra)
        return false;
    *value = get(extra + *used, 8);
    *used += 8;
    return true;
}

/// One entry of the directory: size, offset and CRC into *array, name as it is. Returns its length, 0 if
/// it is damaged; *stored says whether it can be read.
static uint64_t read_central(const unsigned char *entry, uint64_t left, NpzArray *array,
                             bool *stored)
{
    if (left < CENTRAL_SIZE || get(entry, 4) != 0x02014B50)
        return 0;
    const uint64_t n_name = get(entry + 28, 2), n_extra = get(entry + 30, 2);
    const uint64_t n = CENTRAL_SIZE + n_name + n_extra + get(entry + 32, 2);
    if (n > left || n_name == 0 || n_name >= NPZ_NAME_SIZE)
        return 0;
    uint64_t packed = get(entry + 20, 4);
    *array = (NpzArray){.crc = (uint32_t)get(entry + 16, 4),
                        .member_size = get(entry + 24, 4),
                        .member_offset = get(entry + 42, 4)};
    memcpy(array->name, entry + CENTRAL_SIZE, n_name);

    const unsigned char *extra = entry + CENTRAL_SIZE + n_name;
    for (uint64_t i = 0; i + 4 <= n_extra;) {
        const uint64_t n_field = get(extra + i + 2, 2);
        uint64_t used = 0;
        if (i + 4 + n_field > n_extra)
            return 0;
        if (get(extra + i, 2) == 0x0001 &&
            !(take64(extra + i + 4, n_field, &used, &array->member_size) &&
              take64(extra + i + 4, n_field, &used, &packed) &&
              take64(extra + i + 4, n_field, &used, &array->member_offset)))
            return 0;
        i += 4 + n_field;
    }
    *stored =
        get(entry + 10, 2) == 0 && (get(entry + 8, 2) & 1) == 0 && packed == array->member_size;
    return n;
}

/// Moves *at behind a literal; false if something else is there.
static bool skip_literal(const char **at, const char *literal)
{
    const size_t n = strlen(literal);
    if (strncmp(*at, literal, n) != 0)
        return false;
    *at += n;
    return true;
}

/// "<f8", "|b1", "<U12" at *at, between quotes.
static bool read_descr(const char **at, NpzArray *array)
{
    if (!skip_literal(at, "'") || (**at != '<' && **at != '|'))
        return false;
    array->kind = (*at)[1];
    if (array->kind == '\0' || strchr("fiubU", array->kind) == NULL)
        return false;
    char *end;
    const char *digits = *at + 2;
    if (*digits < '0' || *digits > '9')
        return false;
    const unsigned long long n = strtoull(digits, &end, 10);
    if (n > TEXT_BYTES_MAX || (array->kind != 'U' && (n < 1 || n > 16)))
        return false;
    array->item_bytes = array->kind == 'U' ? 4 * (uint64_t)n : n;
    *at = end;
    return skip_literal(at, "'");
}

/// "(3, 4)", "(5,)", "()" at *at.
static bool read_shape(const char **at, NpzArray *array)
{
    if (!skip_literal(at, "("))
        return false;
    while (**at != ')') {
        if (array->n_dims == NPY_DIMS_MAX || **at < '0' || **at > '9')
            return false;
        char *end;
        const unsigned long long n = strtoull(*at, &end, 10);
        if (n > INT64_MAX)
            return false;
        array->shape[array->n_dims++] = n;
        *at = end;
        if (!skip_literal(at, ", "))
            skip_literal(at, ",");
    }
    return skip_literal(at, ")");
}

/// The dictionary, in the form and order in which NumPy writes it.
static bool read_dictionary(const char *text, NpzArray *array)
{
    const char *at = text;
    if (!skip_literal(&at, "{'descr': ") || !read_descr(&at, array) ||
        !skip_literal(&at, ", 'fortran_order': False, 'shape': ") || !read_shape(&at, array))
        return false;
    skip_literal(&at, ",");
    skip_literal(&at, " ");
    return *at == '}';
}

/// Bytes of all elements and of one row; false if they overflow.
static bool sizes_fit(NpzArray *array)
{
    uint64_t row = array->item_bytes;
    for (size_t d = 1; d < array->n_dims; d++)
        if (__builtin_mul_overflow(row, array->shape[d], &row))
            return false;
    array->row_bytes = row;
    return !__builtin_mul_overflow(row, array->n_dims > 0 ? array->shape[0] : 1,
                                   &array->data_bytes);
}

/// True if a local header says what the entry of the directory says, and nothing that other readers refuse: a newer
/// version of the format, encryption, patches. Sizes may stand in a 64-bit extra field of the local header alone.
static bool headers_agree(const unsigned char *entry, const unsigned char *local,
                          const NpzArray *array)
{
    enum { VERSION_MAX = 63, ENCRYPTED = 0x1, SIZES_BEHIND = 0x8, PATCHED = 0x20, STRONG = 0x40 };
    const uint64_t flags = get(entry + 8, 2);
    if (get(entry + 6, 2) > VERSION_MAX || get(local + 4, 2) > VERSION_MAX ||
        (flags & (ENCRYPTED | PATCHED | STRONG)) != 0 || get(local + 6, 2) != flags ||
        get(local + 8, 2) != get(entry + 10, 2) || get(local + 26, 2) != get(entry + 28, 2))
        return false;
    if (flags & SIZES_BEHIND)
        return true;
    if (get(local + 14, 4) != array->crc)
        return false;
    for (int k = 18; k <= 22; k += 4)
        if (get(local + k, 4) != 0xFFFFFFFF && get(local + k, 4) != array->member_size)
            return false;
    return true;
}

/// The local header, held against the entry of the directory, and the place of the data.
static QmtStatus read_local(QmtContext *ctx, Npz *npz, const Directory *dir,
                            const unsigned char *entry, NpzArray *array)
{
    unsigned char local[LOCAL_SIZE + NPZ_NAME_SIZE];
    const uint64_t end = dir->offset, n_name = get(entry + 28, 2);
    if (array->member_offset > end || end - array->member_offset < LOCAL_SIZE + n_name)
        return broken(ctx, npz, "a member is outside the file");
    TRY(file_read_at(ctx, &npz->file, local, LOCAL_SIZE + (size_t)n_name, array->member_offset));
    if (get(local, 4) != 0x04034B50)
        return broken(ctx, npz, "a local header is damaged");
    if (!headers_agree(entry, local, array) ||
        memcmp(local + LOCAL_SIZE, entry + CENTRAL_SIZE, n_name) != 0)
        return broken(ctx, npz, "a local header and the directory do not agree");
    array->local_offset = array->member_offset;
    array->member_offset += LOCAL_SIZE + n_name + get(local + 28, 2);
    if (array->member_offset > end || end - array->member_offset < array->member_size)
        return broken(ctx, npz, "a member is outside the file");
    return QMT_OK;
}

/// The .npy header of a member.
static QmtStatus read_member(QmtContext *ctx, Npz *npz, NpzArray *array)
{
    char header[NPY_HEADER_READ_MAX + 1];
    const uint64_t n_read =
        array->member_size < NPY_HEADER_READ_MAX ? array->member_size : NPY_HEADER_READ_MAX;
    TRY(file_read_at(ctx, &npz->file, header, (size_t)n_read, array->member_offset));
    header[n_read] = '\0';
    const unsigned char *bytes = (const unsigned char *)header;
    const bool is_npy =
        n_read >= 12 && memcmp(header, "\x93NUMPY", 6) == 0 && bytes[6] >= 1 && bytes[6] <= 3;
    const uint64_t prefix = is_npy && bytes[6] > 1 ? 12 : 10;
    const uint64_t n_header = is_npy ? prefix + get(bytes + 8, prefix == 12 ? 4 : 2) : 0;
    if (!is_npy || n_header > n_read || !read_dictionary(header + prefix, array) ||
        !sizes_fit(array))
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: the header of %.80s is damaged, or its type (structured, "
                    "big-endian, Fortran order) is not supported",
                    npz->file.path, array->name);
    array->data_offset = array->member_offset + n_header;
    if (array->data_bytes != array->member_size - n_header)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: %.80s has %" PRIu64 " bytes, its shape needs %" PRIu64, npz->file.path,
                    array->name, array->member_size - n_header, array->data_bytes);
    return QMT_OK;
}

static int by_place(const void *a, const void *b)
{
    const NpzArray *const x = *(const NpzArray *const *)a, *const y = *(const NpzArray *const *)b;
    return (x->local_offset > y->local_offset) - (x->local_offset < y->local_offset);
}

static int by_name(const void *a, const void *b)
{
    const NpzArray *const x = *(const NpzArray *const *)a, *const y = *(const NpzArray *const *)b;
    return strcmp(x->name, y->name);
}

/// Two members of one name are two answers: NumPy takes the last one, others the first.
static QmtStatus check_names(QmtContext *ctx, const Npz *npz, const NpzArray **order)
{
    qsort(order, npz->n, sizeof *order, by_name);
    for (size_t i = 1; i < npz->n; i++)
        if (strcmp(order[i - 1]->name, order[i]->name) == 0)
            return FAIL(ctx, QMT_ERR_FORMAT, "%s: holds two arrays of the name %.80s",
                        npz->file.path, order[i]->name);
    return QMT_OK;
}

/// No byte belongs to two members: a few bytes could else be read a million times.
static QmtStatus check_overlap(QmtContext *ctx, const Npz *npz, const NpzArray **order)
{
    qsort(order, npz->n, sizeof *order, by_place);
    for (size_t i = 1; i < npz->n; i++)
        if (order[i - 1]->member_offset + order[i - 1]->member_size > order[i]->local_offset)
            return broken(ctx, npz, "two members overlap");
    return QMT_OK;
}

/// The members beside each other.
static QmtStatus check_members(QmtContext *ctx, const Npz *npz)
{
    const NpzArray **const order = malloc((npz->n + 1) * sizeof *order);
    if (order == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the directory", npz->file.path);
    for (size_t i = 0; i < npz->n; i++)
        order[i] = &npz->arrays[i];
    QmtStatus status = check_overlap(ctx, npz, order);
    if (status == QMT_OK)
        status = check_names(ctx, npz, order);
    free(order);
    return status;
}

static QmtStatus read_members(QmtContext *ctx, Npz *npz, const Directory *dir,
                              const unsigned char *bytes)
{
    uint64_t at = 0;
    for (uint64_t i = 0; i < dir->n; i++) {
        NpzArray *array = &npz->arrays[npz->n];
        bool stored = false;
        const unsigned char *const entry = bytes + at;
        const uint64_t n = read_central(entry, dir->size - at, array, &stored);
        if (n == 0)
            return broken(ctx, npz, "its directory is damaged");
        at += n;
        const size_t n_name = strlen(array->name);
        if (n_name <= 4 || strcmp(array->name + n_name - 4, ".npy") != 0)
            continue;
        if (!stored)
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: %s is compressed; save it with numpy.savez, not "
                        "savez_compressed",
                        npz->file.path, array->name);
        array->name[n_name - 4] = '\0';
        TRY(read_local(ctx, npz, dir, entry, array));
        TRY(read_member(ctx, npz, array));
        npz->n++;
    }
    if (at != dir->size)
        return broken(ctx, npz, "its directory is longer than its entries");
    return check_members(ctx, npz);
}

static QmtStatus read_directory(QmtContext *ctx, Npz *npz)
{
    uint64_t file_bytes;
    Directory dir = {0};
    TRY(file_size(ctx, &npz->file, &file_bytes));
    TRY(find_directory(ctx, npz, file_bytes, &dir));
    if (dir.size > DIRECTORY_MAX || dir.n > MEMBERS_MAX || dir.n > dir.size / CENTRAL_SIZE ||
        dir.offset > file_bytes || file_bytes - dir.offset < dir.size ||
        dir.offset + dir.size != dir.end)
        return broken(ctx, npz, "its directory is outside the file");

    unsigned char *bytes = malloc((size_t)dir.size + 1);
    npz->arrays = calloc((size_t)dir.n + 1, sizeof *npz->arrays);
    QmtStatus status = QMT_OK;
    if (bytes == NULL || npz->arrays == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the directory", npz->file.path);
    if (status == QMT_OK)
        status = file_read_at(ctx, &npz->file, bytes, (size_t)dir.size, dir.offset);
    if (status == QMT_OK)
        status = read_members(ctx, npz, &dir, bytes);
    free(bytes);
    return status;
}

QmtStatus npz_open(QmtContext *ctx, const char *path, Npz *npz)
{
    Npz opened = {.file = file_none()};
    QmtStatus status = file_open(ctx, path, FILE_READ, &opened.file);
    if (status == QMT_ERR_IO && archives_look_again(ctx, path)) // packed or unpacked meanwhile
        status = file_open(ctx, path, FILE_READ, &opened.file);
    TRY(status);
    status = read_directory(ctx, &opened);
    if (status != QMT_OK)
        npz_close(&opened);
    else
        *npz = opened;
    return status;
}

void npz_close(Npz *npz)
{
    file_abandon(&npz->file);
    free(npz->arrays);
    npz->arrays = NULL;
    npz->n = 0;
}

const NpzArray *npz_find(const Npz *npz, const char *name)
{
    for (size_t i = 0; i < npz->n; i++)
        if (strcmp(npz->arrays[i].name, name) == 0)
            return &npz->arrays[i];
    return NULL;
}

QmtStatus npz_require(QmtContext *ctx, const Npz *npz, const char *name, char kind,
                      uint64_t item_bytes, size_t n_dims, const NpzArray **array)
{
    const NpzArray *found = npz_find(npz, name);
    if (found == NULL)
        return FAIL(ctx, QMT_ERR_FORMAT, "%s: there is no array %s; is it a trajectory?",
                    npz->file.path, name);
    if (found->kind != kind || (item_bytes != 0 && found->item_bytes != item_bytes) ||
        found->n_dims != n_dims)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: %s is of type %c%" PRIu64 " with %zu axes, wanted are "
                    "%c%" PRIu64 " and %zu axes",
                    npz->file.path, name, found->kind, found->item_bytes, found->n_dims, kind,
                    item_bytes != 0 ? item_bytes : found->item_bytes, n_dims);
    *array = found;
    return QMT_OK;
}

QmtStatus npz_read_rows(QmtContext *ctx, Npz *npz, const NpzArray *array, uint64_t first,
                        uint64_t n, void *out)
{
    const uint64_t n_rows = array->n_dims > 0 ? array->shape[0] : 1;
    if (first > n_rows || n > n_rows - first)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: %s has %" PRIu64 " rows, wanted are %" PRIu64 " from row %" PRIu64 " on",
                    npz->file.path, array->name, n_rows, n, first);
    return file_read_at(ctx, &npz->file, out, (size_t)(n * array->row_bytes),
                        array->data_offset + first * array->row_bytes);
}

void npz_numbers(const NpzArray *array, const void *raw, size_t n, double *out)
{
    const bool is_float = array->kind == 'f', is_wide = array->item_bytes == 8;
    const unsigned char *const bytes = raw;
// a loop of its own per type, which the compiler makes a vector of
#define CONVERT(type)                                                                              \
    for (size_t i = 0; i < n; i++) {                                                               \
        type value;                                                                                \
        memcpy(&value, bytes + i * sizeof value, sizeof value);                                    \
        out[i] = (double)value;                                                                    \
    }
    if (is_float && is_wide)
        CONVERT(double)
    else if (is_float)
        CONVERT(float)
    else if (is_wide)
        CONVERT(int64_t)
    else
        CONVERT(int32_t)
#undef CONVERT
}

QmtStatus npz_read_numbers(QmtContext *ctx, Npz *npz, const NpzArray *array, uint64_t first,
                           uint64_t n, void *raw, double *out)
{
    TRY(npz_read_rows(ctx, npz, array, first, n, raw));
    npz_numbers(array, raw, (size_t)(n * (array->row_bytes / array->item_bytes)), out);
    return QMT_OK;
}

/// UCS-4 to UTF-8; returns the bytes written, 0 for a value that is no character.
static size_t put_utf8(uint32_t code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    out[0] = (char)((0xFF00u >> (more + 1) & 0xFF) | code >> (6 * more));
    for (int i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (code >> (6 * (more - i)) & 0x3F));
    return (size_t)more + 1;
}

QmtStatus npz_read_text(QmtContext *ctx, Npz *npz, const NpzArray *array, char **utf8)
{
    if (array->kind != 'U' || array->n_dims != 0 || array->data_bytes > TEXT_BYTES_MAX)
        return FAIL(ctx, QMT_ERR_FORMAT, "%s: %s is not a single string of a sensible size",
                    npz->file.path, array->name);
    const size_t n = (size_t)array->data_bytes / 4;
    unsigned char *codes = malloc(4 * n + 1);
    char *text = malloc(4 * n + 1);
    QmtStatus status = QMT_OK;
    if (codes == NULL || text == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %s", npz->file.path, array->name);
    if (status == QMT_OK)
        status = file_read_at(ctx, &npz->file, codes, 4 * n, array->data_offset);
    size_t used = 0, n_used = n;
    // NumPy pads strings with zeros.
    while (status == QMT_OK && n_used > 0 && get(codes + 4 * (n_used - 1), 4) == 0)
        n_used--;
    for (size_t i = 0; status == QMT_OK && i < n_used; i++) {
        const uint32_t code = (uint32_t)get(codes + 4 * i, 4);
        const size_t n_bytes = code == 0 ? 0 : put_utf8(code, text + used);
        if (n_bytes == 0)
            status = FAIL(ctx, QMT_ERR_FORMAT, "%s: character %zu of %s is none (%08" PRIx32 ")",
                          npz->file.path, i, array->name, code);
        used += n_bytes;
    }
    free(codes);
    if (status != QMT_OK) {
        free(text);
        return status;
    }
    text[used] = '\0';
    *utf8 = text;
    return QMT_OK;
}

static QmtStatus verify_array(QmtContext *ctx, Npz *npz, const NpzArray *array,
                              unsigned char *block)
{
    uint32_t crc = 0;
    for (uint64_t done = 0; done < array->member_size;) {
        const uint64_t left = array->member_size - done;
        const size_t now = left < VERIFY_BLOCK ? (size_t)left : VERIFY_BLOCK;
        TRY(file_read_at(ctx, &npz->file, block, now, array->member_offset + done));
        crc = zip_crc(crc, block, now);
        done += now;
    }
    if (crc != array->crc)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: %s is damaged: CRC-32 %08" PRIx32 ", the directory says %08" PRIx32,
                    npz->file.path, array->name, crc, array->crc);
    return QMT_OK;
}

QmtStatus npz_verify(QmtContext *ctx, Npz *npz)
{
    unsigned char *block = malloc(VERIFY_BLOCK);
    if (block == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to read it", npz->file.path);
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < npz->n && status == QMT_OK; i++)
        status = verify_array(ctx, npz, &npz->arrays[i], block);
    free(block);
    return status;
}
