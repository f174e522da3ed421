#include "io/md5.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/// An additive constant of the RFC: floor(2^32 |sin(i + 1)|).
static uint32_t sine(int i)
{
    return (uint32_t)floor(4294967296.0 * fabs(sin(i + 1.0)));
}

void md5_begin(Md5 *md5)
{
    *md5 = (Md5){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
    for (int i = 0; i < 64; i++)
        md5->sines[i] = sine(i);
}

static uint32_t turned(uint32_t x, int bits)
{
    return x << bits | x >> (32 - bits);
}

static void block_add(Md5 *md5, const unsigned char *block)
{
    static const int TURNS[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t words[16], a = md5->state[0], b = md5->state[1], c = md5->state[2], d = md5->state[3];
    memcpy(words, block, sizeof words); // little endian
    for (int i = 0; i < 64; i++) {
        const int round = i / 16;
        const uint32_t f = round == 0   ? (b & c) | (~b & d)
                           : round == 1 ? (d & b) | (~d & c)
                           : round == 2 ? b ^ c ^ d
                                        : c ^ (b | ~d);
        const int word = round == 0 ? i : round == 1 ? 5 * i + 1 : round == 2 ? 3 * i + 5 : 7 * i;
        const uint32_t sum = a + f + md5->sines[i] + words[word % 16];
        a = d;
        d = c;
        c = b;
        b += turned(sum, TURNS[round][i % 4]);
    }
    md5->state[0] += a;
    md5->state[1] += b;
    md5->state[2] += c;
    md5->state[3] += d;
}

void md5_add(Md5 *md5, const void *data, size_t n)
{
    const unsigned char *at = data;
    while (n > 0) {
        const size_t used = (size_t)(md5->n_bytes % 64);
        const size_t part = n < 64 - used ? n : 64 - used;
        memcpy(md5->block + used, at, part);
        md5->n_bytes += part;
        at += part;
        n -= part;
        if (used + part == 64)
            block_add(md5, md5->block);
    }
}

void md5_end(Md5 *md5, unsigned char digest[MD5_SIZE])
{
    static const unsigned char PADDING[64] = {0x80};
    const uint64_t n_bits = 8 * md5->n_bytes;
    const size_t used = (size_t)(md5->n_bytes % 64);
    md5_add(md5, PADDING, used < 56 ? 56 - used : 120 - used);
    md5_add(md5, &n_bits, sizeof n_bits);
    memcpy(digest, md5->state, MD5_SIZE);
}

void md5_text(const unsigned char digest[MD5_SIZE], char text[2 * MD5_SIZE + 1])
{
    for (int i = 0; i < MD5_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
}
