#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "io/npy.h"
#include "io/zip.h"

/// Mutates NPZ files so that most stay archives: the name, the header or the data of one member is changed,
/// or the member is left out or doubled, and the archive is put together again with right places, sizes and
/// CRC-32; or bytes are changed anywhere.

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

enum { MEMBERS_MAX = 32, WORK_MAX = 1 << 17, CENTRAL = 46, LOCAL = 30, DATA_MAX = 1 << 14 };

typedef struct {
    char name[ZIP_NAME_MAX];
    uint8_t *data; ///< [size], in the work buffer
    size_t size;
} Entry;

typedef struct {
    Entry entries[MEMBERS_MAX];
    size_t n;
    uint8_t work[WORK_MAX];
    size_t used;
} Archive;

static uint64_t get(const uint8_t *bytes, int n)
{
    uint64_t value = 0;
    for (int i = n - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

/// Takes an archive of small members apart, by the local headers alone.
static bool take_apart(const uint8_t *data, size_t size, Archive *archive)
{
    size_t at = 0;
    archive->n = archive->used = 0;
    while (at + LOCAL <= size && get(data + at, 4) == 0x04034B50 && archive->n < MEMBERS_MAX) {
        const size_t n_name = get(data + at + 26, 2), n_extra = get(data + at + 28, 2);
        uint64_t n = get(data + at + 22, 4);
        const size_t begin = at + LOCAL + n_name + n_extra;
        if (begin > size || n_name >= ZIP_NAME_MAX)
            return false;
        // The writer puts the 64-bit sizes first in the extra field.
        if (n == 0xFFFFFFFF && n_extra >= 20)
            n = get(data + at + LOCAL + n_name + 4, 8);
        if (n > size - begin || archive->used + n > WORK_MAX / 2)
            return false;
        Entry *const entry = &archive->entries[archive->n++];
        memset(entry->name, 0, sizeof entry->name);
        memcpy(entry->name, data + at + LOCAL, n_name);
        entry->data = archive->work + archive->used;
        entry->size = (size_t)n;
        memcpy(entry->data, data + begin, (size_t)n);
        archive->used += (size_t)n;
        at = begin + (size_t)n;
    }
    return archive->n > 0;
}

static size_t put_together(const Archive *archive, uint8_t *out, size_t max)
{
    ZipMember members[MEMBERS_MAX] = {{.size = 0}};
    uint64_t at = 0;
    for (size_t i = 0; i < archive->n; i++) {
        const Entry *const entry = &archive->entries[i];
        memcpy(members[i].name, entry->name, sizeof entry->name);
        members[i].size = entry->size;
        members[i].crc = zip_crc(0, entry->data, entry->size);
        at = zip_place(&members[i], at);
    }
    const size_t n_directory = zip_directory_size(members, archive->n);
    if (at + n_directory > max)
        return 0;
    memset(out, 0, (size_t)at);
    for (size_t i = 0; i < archive->n; i++) {
        unsigned char header[ZIP_LOCAL_MAX];
        memcpy(out + members[i].header_offset, header, zip_local_header(&members[i], header));
        memcpy(out + members[i].data_offset, archive->entries[i].data, archive->entries[i].size);
    }
    zip_directory(members, archive->n, at, out + at);
    return (size_t)at + n_directory;
}

/// Bytes behind the header of a version 1 member; the header's length in *n_header. False if it is none.
static bool header_find(const Entry *entry, size_t *n_header)
{
    if (entry->size < 10 || memcmp(entry->data, "\x93NUMPY\x01", 7) != 0)
        return false;
    *n_header = 10 + (size_t)get(entry->data + 8, 2);
    return *n_header <= entry->size;
}

/// Gives a member another type and shape, and data of the size that they say if that is small.
static void reshape(Archive *archive, Entry *entry, unsigned seed)
{
    static const char *const TYPES[] = {"<f4", "<f8", "<i4", "<i8", "|b1", "<U0",
                                        "<U1", "<u2", "<f2", "<U7", "<f16"};
    static const int BYTES[] = {4, 8, 4, 8, 1, 0, 4, 2, 2, 28, 16};
    static const uint64_t SIZES[] = {
        0, 1, 2, 3, 3, 2, 4, 64, 65, 1u << 20, (uint64_t)1 << 32, (uint64_t)1 << 61, INT64_MAX};
    enum { N_TYPES = sizeof BYTES / sizeof *BYTES, N_SIZES = sizeof SIZES / sizeof *SIZES };
    uint64_t shape[NPY_DIMS_MAX], bytes;
    const unsigned type = seed % N_TYPES;
    size_t n_dims = seed / N_TYPES % 4;
    bytes = (uint64_t)BYTES[type];
    for (size_t d = 0; d < n_dims; d++) {
        seed = seed * 1664525u + 1013904223u;
        shape[d] = SIZES[(seed >> 8) % N_SIZES];
        if (__builtin_mul_overflow(bytes, shape[d], &bytes))
            bytes = UINT64_MAX;
    }
    uint8_t *const to = archive->work + archive->used;
    const size_t n = npy_header(TYPES[type], n_dims, shape, to);
    const size_t n_data = bytes <= DATA_MAX ? (size_t)bytes : 16;
    for (size_t i = 0; i < n_data; i++)
        to[n + i] = (uint8_t)(entry->size > 0 ? entry->data[i % entry->size] : 0);
    archive->used += n + n_data;
    entry->data = to;
    entry->size = n + n_data;
}

static void entry_mutate(Archive *archive, Entry *entry, unsigned way, unsigned seed)
{
    const size_t free_bytes = WORK_MAX - archive->used;
    size_t n_header = 0;
    if (free_bytes < entry->size + DATA_MAX + 1024)
        return;
    if (way == 2) {
        reshape(archive, entry, seed);
        return;
    }
    uint8_t *const to = archive->work + archive->used;
    memcpy(to, entry->data, entry->size);
    const bool has_header = header_find(entry, &n_header);
    if (way == 3 && has_header)
        LLVMFuzzerMutate(to + 10, n_header - 10, n_header - 10); // the dictionary, same length
    else if (way <= 5 && has_header && entry->size > n_header)
        LLVMFuzzerMutate(to + n_header, entry->size - n_header, entry->size - n_header);
    else
        entry->size = LLVMFuzzerMutate(to, entry->size, entry->size + 256);
    archive->used += entry->size;
    entry->data = to;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static Archive archive;
    if (size < 64 && seed % 4 != 0) {
        const size_t n = fuzz_seed(seed / 4 % 2, data, max);
        if (n > 0)
            return n;
    }
    const unsigned way = seed % 8;
    if (way >= 2 && take_apart(data, size, &archive)) {
        const size_t chosen = seed / 8 % archive.n;
        Entry *const entry = &archive.entries[chosen];
        if (way == 7 && seed / 512 % 2 == 0) {
            *entry = archive.entries[--archive.n];
        } else if (way == 7 && archive.n < MEMBERS_MAX) {
            archive.entries[archive.n++] = *entry;
        } else if (way == 6 && seed / 512 % 4 == 0) {
            LLVMFuzzerMutate((uint8_t *)entry->name, strlen(entry->name), strlen(entry->name));
        } else {
            entry_mutate(&archive, entry, way, seed / 512);
        }
        const size_t n = put_together(&archive, data, max);
        if (n > 0)
            return n;
    }
    return LLVMFuzzerMutate(data, size, max);
}
