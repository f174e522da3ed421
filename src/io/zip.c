#include "io/zip.h"

#include <assert.h>
#include <libdeflate.h>
#include <string.h>

enum {
    LOCAL_FIXED = 30,
    CENTRAL_FIXED = 46,
    END64_SIZE = 56,
    LOCATOR_SIZE = 20,
    END_SIZE = 22,
    LOCAL_ZIP64 = 20,   // extra field: identifier, length, two sizes
    CENTRAL_ZIP64 = 28, // the same and the offset
    ALIGN_FIXED = 6,    // extra field: identifier, length, alignment
    VERSION_ZIP64 = 45,
    MADE_BY_UNIX = 3 << 8 | VERSION_ZIP64,
    DATE_1980_01_01 = 0x21,
};

/// Little-endian bytes, one after the other.
typedef struct {
    unsigned char *at;
} Bytes;

static void put(Bytes *b, uint64_t value, int n_bytes)
{
    for (int i = 0; i < n_bytes; i++)
        *b->at++ = (unsigned char)(value >> (8 * i));
}

static void put_name(Bytes *b, const char *name)
{
    const size_t n = strlen(name);
    memcpy(b->at, name, n);
    b->at += n;
}

static const char *name_of(const ZipMember *member)
{
    return member->path != NULL ? member->path : member->name;
}

uint64_t zip_place(ZipMember *member, uint64_t offset)
{
    const uint64_t unpadded =
        offset + LOCAL_FIXED + strlen(name_of(member)) + LOCAL_ZIP64 + ALIGN_FIXED;
    member->header_offset = offset;
    member->data_offset = (unpadded + ZIP_ALIGNMENT - 1) / ZIP_ALIGNMENT * ZIP_ALIGNMENT;
    return member->data_offset + member->size;
}

size_t zip_local_header(const ZipMember *member, unsigned char *out)
{
    const size_t n_name = strlen(name_of(member));
    const size_t size = (size_t)(member->data_offset - member->header_offset);
    assert(size <= (member->path != NULL ? (size_t)ZIP_PATH_LOCAL_MAX : (size_t)ZIP_LOCAL_MAX));
    const size_t n_extra = size - LOCAL_FIXED - n_name;

    memset(out, 0, size);
    Bytes b = {out};
    put(&b, 0x04034B50, 4);
    put(&b, VERSION_ZIP64, 2);
    put(&b, 0, 2); // flags
    put(&b, 0, 2); // stored
    put(&b, 0, 2); // time
    put(&b, DATE_1980_01_01, 2);
    put(&b, member->crc, 4);
    put(&b, 0xFFFFFFFF, 4); // both sizes are in the extra field
    put(&b, 0xFFFFFFFF, 4);
    put(&b, n_name, 2);
    put(&b, n_extra, 2);
    put_name(&b, name_of(member));
    put(&b, 0x0001, 2);
    put(&b, LOCAL_ZIP64 - 4, 2);
    put(&b, member->size, 8);
    put(&b, member->size, 8);
    put(&b, 0xD935, 2);
    put(&b, n_extra - LOCAL_ZIP64 - 4, 2);
    put(&b, ZIP_ALIGNMENT, 2);
    return size;
}

size_t zip_directory_size(const ZipMember *members, size_t n)
{
    size_t size = END64_SIZE + LOCATOR_SIZE + END_SIZE;
    for (size_t i = 0; i < n; i++)
        size += CENTRAL_FIXED + strlen(name_of(&members[i])) + CENTRAL_ZIP64;
    return size;
}

static void put_central(Bytes *b, const ZipMember *member)
{
    put(b, 0x02014B50, 4);
    put(b, MADE_BY_UNIX, 2);
    put(b, VERSION_ZIP64, 2);
    put(b, 0, 2);
    put(b, 0, 2);
    put(b, 0, 2);
    put(b, DATE_1980_01_01, 2);
    put(b, member->crc, 4);
    put(b, 0xFFFFFFFF, 4);
    put(b, 0xFFFFFFFF, 4);
    put(b, strlen(name_of(member)), 2);
    put(b, CENTRAL_ZIP64, 2);
    put(b, 0, 2);           // comment
    put(b, 0, 2);           // disk
    put(b, 0, 2);           // internal attributes
    put(b, 0600u << 16, 4); // mode
    put(b, 0xFFFFFFFF, 4);  // the offset is in the extra field
    put_name(b, name_of(member));
    put(b, 0x0001, 2);
    put(b, CENTRAL_ZIP64 - 4, 2);
    put(b, member->size, 8);
    put(b, member->size, 8);
    put(b, member->header_offset, 8);
}

size_t zip_central(const ZipMember *member, unsigned char *out)
{
    Bytes b = {out};
    put_central(&b, member);
    return (size_t)(b.at - out);
}

void zip_directory(const ZipMember *members, size_t n, uint64_t offset, unsigned char *out)
{
    Bytes b = {out};
    for (size_t i = 0; i < n; i++)
        put_central(&b, &members[i]);
    zip_end(n, offset, (uint64_t)(b.at - out), b.at);
}

void zip_end(uint64_t n, uint64_t offset, uint64_t size, unsigned char *out)
{
    Bytes b = {out};
    put(&b, 0x06064B50, 4);
    put(&b, END64_SIZE - 12, 8);
    put(&b, MADE_BY_UNIX, 2);
    put(&b, VERSION_ZIP64, 2);
    put(&b, 0, 4);
    put(&b, 0, 4);
    put(&b, n, 8);
    put(&b, n, 8);
    put(&b, size, 8);
    put(&b, offset, 8);

    put(&b, 0x07064B50, 4);
    put(&b, 0, 4);
    put(&b, offset + size, 8);
    put(&b, 1, 4);

    // Old readers look only here; a value that does not fit says "look above".
    const uint64_t count = n < 0xFFFF ? n : 0xFFFF;
    put(&b, 0x06054B50, 4);
    put(&b, 0, 2);
    put(&b, 0, 2);
    put(&b, count, 2);
    put(&b, count, 2);
    put(&b, size < 0xFFFFFFFF ? size : 0xFFFFFFFF, 4);
    put(&b, offset < 0xFFFFFFFF ? offset : 0xFFFFFFFF, 4);
    put(&b, 0, 2);
    assert(b.at - out == ZIP_END_SIZE);
}

static uint64_t get(const unsigned char *from, int n_bytes)
{
    uint64_t value = 0;
    for (int i = n_bytes - 1; i >= 0; i--)
        value = value << 8 | from[i];
    return value;
}

size_t zip_central_read(const unsigned char *from, size_t n, char path[ZIP_PATH_MAX],
                        ZipMember *member)
{
    unsigned char wanted[ZIP_CENTRAL_MAX];
    const size_t n_name = n < CENTRAL_FIXED ? 0 : (size_t)get(from + 28, 2);
    const size_t length = CENTRAL_FIXED + n_name + CENTRAL_ZIP64;
    if (n_name == 0 || n_name >= ZIP_PATH_MAX || n < length)
        return 0;
    memcpy(path, from + CENTRAL_FIXED, n_name);
    path[n_name] = '\0';
    const unsigned char *const extra = from + CENTRAL_FIXED + n_name;
    *member = (ZipMember){.path = path,
                          .size = get(extra + 4, 8),
                          .crc = (uint32_t)get(from + 16, 4),
                          .header_offset = get(extra + 20, 8)};
    return zip_central(member, wanted) == length && memcmp(from, wanted, length) == 0 ? length : 0;
}

bool zip_end_read(const unsigned char *records, uint64_t file_size, uint64_t *n_entries,
                  uint64_t *offset)
{
    unsigned char wanted[ZIP_END_SIZE];
    *n_entries = get(records + 24, 8);
    *offset = get(records + 48, 8);
    if (file_size < ZIP_END_SIZE || *offset > file_size - ZIP_END_SIZE)
        return false;
    zip_end(*n_entries, *offset, file_size - ZIP_END_SIZE - *offset, wanted);
    return memcmp(records, wanted, sizeof wanted) == 0;
}

uint32_t zip_crc(uint32_t crc, const void *data, size_t n)
{
    return libdeflate_crc32(crc, data, n);
}
