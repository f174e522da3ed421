#ifndef IO_ZIP_H
#define IO_ZIP_H

#include <stdbool.h>

#include "base/context.h"

/// A ZIP container of stored (uncompressed) members with 64-bit sizes, after APPNOTE.TXT 6.3 of PKWARE:
///
///     local header | data | local header | data | ... | directory | end records
///
/// The data of each member begin at a multiple of 64 bytes: the extra field of the local header is
/// padded, under the identifier 0xD935 for alignment. All places follow from names and sizes, so that
/// members can be written in any order and their CRC-32 filled in at the end. Nothing in it depends on
/// the clock or the user: dates are 1980-01-01, the mode is 0600.

enum {
    ZIP_NAME_MAX = 64,
    ZIP_ALIGNMENT = 64,
    ZIP_LOCAL_MAX = 256, ///< bytes of the longest local header
    ZIP_PATH_MAX = 512,  ///< of a member that is named by its path
    ZIP_PATH_LOCAL_MAX = 640,
    ZIP_CENTRAL_MAX = 640, ///< bytes of the longest entry of a directory
    ZIP_END_SIZE = 98,     ///< bytes of the end records
};

typedef struct {
    char name[ZIP_NAME_MAX];
    const char *path; ///< its name if it is longer than that, less than ZIP_PATH_MAX; NULL: name
    uint64_t size;    ///< bytes of data
    uint32_t crc;     ///< CRC-32 of the data
    uint64_t header_offset; ///< of the local header, set by zip_place()
    uint64_t data_offset;   ///< set by zip_place()
} ZipMember;

/// Places a member whose local header begins at offset; returns where the next one begins.
uint64_t zip_place(ZipMember *member, uint64_t offset);
/// Writes the local header of a placed member into out [ZIP_LOCAL_MAX], with a path [ZIP_PATH_LOCAL_MAX]; returns its length, which is
/// data_offset - header_offset.
size_t zip_local_header(const ZipMember *member, unsigned char *out);
/// Bytes of the directory with its end records.
size_t zip_directory_size(const ZipMember *members, size_t n);
/// Writes the directory that begins at offset in the file, into out [zip_directory_size()].
void zip_directory(const ZipMember *members, size_t n, uint64_t offset, unsigned char *out);

/// One entry of a directory that is too long for the memory, into out [ZIP_CENTRAL_MAX]; returns its length.
size_t zip_central(const ZipMember *member, unsigned char *out);
/// The records behind such a directory of n entries and so many bytes at an offset, into out [ZIP_END_SIZE].
void zip_end(uint64_t n, uint64_t offset, uint64_t size, unsigned char *out);

/// Reads an entry as zip_central() writes it from n bytes; returns its length, 0 if it is none.
///
/// @param path    becomes member->path
/// @param member  header_offset is set, data_offset is not
size_t zip_central_read(const unsigned char *from, size_t n, char path[ZIP_PATH_MAX],
                        ZipMember *member);
/// True if a file of so many bytes ends in these records [ZIP_END_SIZE], and the directory lies right before them.
///
/// @param n_entries  of the directory
/// @param offset     where it begins
bool zip_end_read(const unsigned char *records, uint64_t file_size, uint64_t *n_entries,
                  uint64_t *offset);

/// CRC-32 of more data after those that gave crc; 0 to begin with.
uint32_t zip_crc(uint32_t crc, const void *data, size_t n);

#endif
