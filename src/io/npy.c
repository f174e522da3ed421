#include "io/npy.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t npy_header(const char *descr, size_t n_dims, const uint64_t *shape, unsigned char *out)
{
    enum { PREFIX = 10 };
    char text[NPY_HEADER_MAX - PREFIX];
    assert(n_dims <= NPY_DIMS_MAX && strlen(descr) < 32);

    int n =
        snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
    for (size_t d = 0; d < n_dims; d++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%" PRIu64, d > 0 ? ", " : "", shape[d]);
    n += snprintf(text + n, sizeof text - (size_t)n, "%s), }", n_dims == 1 ? "," : "");

    // One byte more for the line end, then up to the next multiple of 64.
    const size_t total = (PREFIX + (size_t)n + 1 + 63) / 64 * 64;
    assert(total <= NPY_HEADER_MAX);
    const size_t length = total - PREFIX;
    memcpy(out, "\x93NUMPY\x01\x00", 8);
    out[8] = (unsigned char)(length & 0xFF);
    out[9] = (unsigned char)(length >> 8);
    memcpy(out + PREFIX, text, (size_t)n);
    memset(out + PREFIX + n, ' ', length - (size_t)n - 1);
    out[total - 1] = '\n';
    return total;
}

size_t npy_string_header(uint64_t n_characters, unsigned char *out)
{
    char descr[32];
    snprintf(descr, sizeof descr, "<U%" PRIu64, npy_string_length(n_characters));
    return npy_header(descr, 0, NULL, out);
}

uint32_t npy_utf8_next(const char **at)
{
    const unsigned char *s = (const unsigned char *)*at;
    const int more = s[0] < 0x80 ? 0 : s[0] >= 0xF0 ? 3 : s[0] >= 0xE0 ? 2 : 1;
    uint32_t code = more == 0 ? s[0] : s[0] & (0x3Fu >> more);
    for (int i = 1; i <= more; i++)
        code = code << 6 | (s[i] & 0x3Fu);
    *at += more + 1;
    return code;
}
