#ifndef IO_MD5_H
#define IO_MD5_H

#include <stddef.h>
#include <stdint.h>

/// MD5, RFC 1321: a checksum that some file formats hold. It protects against accidents only.

enum { MD5_SIZE = 16 };

typedef struct {
    uint32_t state[4];
    uint32_t sines[64]; ///< the constants
    uint64_t n_bytes;
    unsigned char block[64]; ///< the bytes of the last block so far
} Md5;

void md5_begin(Md5 *md5);
void md5_add(Md5 *md5, const void *data, size_t n);
void md5_end(Md5 *md5, unsigned char digest[MD5_SIZE]);
/// Lower-case hexadecimal digits.
void md5_text(const unsigned char digest[MD5_SIZE], char text[2 * MD5_SIZE + 1]);

#endif
