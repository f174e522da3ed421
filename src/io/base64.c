#include "io/base64.h"

void base64_encode(const void *data, size_t n, char *text)
{
    static const char LETTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *const byte = data;
    char *to = text;
    for (size_t i = 0; i < n; i += 3) {
        const unsigned left = n - i < 3 ? (unsigned)(n - i) : 3;
        const unsigned bits = (unsigned)byte[i] << 16 |
                              (left > 1 ? (unsigned)byte[i + 1] << 8 : 0) |
                              (left > 2 ? (unsigned)byte[i + 2] : 0);
        *to++ = LETTERS[bits >> 18];
        *to++ = LETTERS[bits >> 12 & 63];
        *to++ = left > 1 ? LETTERS[bits >> 6 & 63] : '=';
        *to++ = left > 2 ? LETTERS[bits & 63] : '=';
    }
    *to = '\0';
}
