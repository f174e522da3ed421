// Host tool: makes one page of its parts, as C texts.
//
//     embed OUT.c page.html page.css FIRST.js ...
//
// In page.html the words {{style}} and {{script}} are replaced by the files, {{style-hash}} and {{script-hash}} by
// what a content security policy calls them, "sha256-" and base64; {{data}} is where the page is cut in two.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_SIZE_LIMIT = 1 << 20 };

static const char *file_read(const char *path, char text[FILE_SIZE_LIMIT])
{
    FILE *const file = fopen(path, "rb");
    if (file == NULL || fread(text, 1, FILE_SIZE_LIMIT - 1, file) == 0 || !feof(file)) {
        fprintf(stderr, "embed: %s cannot be read\n", path);
        exit(1);
    }
    fclose(file);
    return text;
}

static uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/// The first 32 bits behind the point of a root of a prime: no table to mistype.
static uint32_t root_bits(int prime, int cube)
{
    // the largest r with r^2 (or r^3) <= prime 2^64 (or prime 2^96), by bits, in 128 bits
    unsigned __int128 r = 0;
    for (int bit = 35; bit >= 0; bit--) {
        const unsigned __int128 t = r | (unsigned __int128)1 << bit;
        if (cube ? t * t * t <= (unsigned __int128)prime << 96
                 : t * t <= (unsigned __int128)prime << 64)
            r = t;
    }
    return (uint32_t)r;
}

static void block_add(uint32_t h[8], const uint32_t k[64], const unsigned char *b)
{
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)b[4 * i] << 24 | (uint32_t)b[4 * i + 1] << 16 |
               (uint32_t)b[4 * i + 2] << 8 | b[4 * i + 3];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + w[i - 7] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) +
               (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(s, h, sizeof s);
    for (int i = 0; i < 64; i++) {
        const uint32_t t1 = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
                            ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
        const uint32_t t2 = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) +
                            ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        h[i] += s[i];
}

static void constants_make(uint32_t h[8], uint32_t k[64])
{
    int n = 0;
    for (int p = 2; n < 64; p++) {
        int prime = 1;
        for (int d = 2; d * d <= p; d++)
            prime = prime && p % d != 0;
        if (!prime)
            continue;
        if (n < 8)
            h[n] = root_bits(p, 0);
        k[n++] = root_bits(p, 1);
    }
}

/// SHA-256 (FIPS 180-4) of a text in base64.
static void hash_text(const char *text, char out[64])
{
    static const char LETTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t h[8], k[64];
    const size_t n = strlen(text), padded = (n + 72) / 64 * 64;
    unsigned char *const data = calloc(1, padded);
    if (data == NULL)
        exit(1);
    constants_make(h, k);
    memcpy(data, text, n);
    data[n] = 0x80;
    for (int i = 0; i < 8; i++)
        data[padded - 1 - (size_t)i] = (unsigned char)((uint64_t)n * 8 >> 8 * i);
    for (size_t i = 0; i < padded; i += 64)
        block_add(h, k, data + i);
    free(data);
    unsigned char bytes[33] = {0};
    for (int i = 0; i < 32; i++)
        bytes[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
    strcpy(out, "sha256-");
    char *to = out + 7;
    for (int i = 0; i < 33; i += 3) {
        const unsigned bits = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 | bytes[i + 2];
        for (int j = 18; j >= 0; j -= 6)
            *to++ = LETTERS[bits >> j & 63];
    }
    to[-1] = '=';
    *to = '\0';
}

static void bytes_write(FILE *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%d,%s", (signed char)text[i], i % 24 == 23 ? "\n" : "");
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 1;
    static char texts[3][FILE_SIZE_LIMIT], js[FILE_SIZE_LIMIT];
    const char *const page = file_read(argv[2], texts[0]);
    const char *const css = file_read(argv[3], texts[1]);
    for (int i = 4; i < argc; i++) {
        memset(texts[2], 0, FILE_SIZE_LIMIT);
        strncat(js, file_read(argv[i], texts[2]), FILE_SIZE_LIMIT - 1 - strlen(js));
    }
    char css_hash[64], js_hash[64];
    hash_text(css, css_hash);
    hash_text(js, js_hash);
    const struct {
        const char *word, *text;
    } words[] = {{"{{style}}", css},
                 {"{{script}}", js},
                 {"{{style-hash}}", css_hash},
                 {"{{script-hash}}", js_hash},
                 {"{{data}}", NULL}};
    FILE *const out = fopen(argv[1], "wb");
    if (out == NULL)
        return 1;
    fputs("#include \"report/page_parts.h\"\n\nconst char REPORT_PAGE_BEFORE[] = {\n", out);
    for (const char *at = page; *at != '\0';) {
        size_t w = 0;
        while (w < 5 && strncmp(at, words[w].word, strlen(words[w].word)) != 0)
            w++;
        if (w == 5)
            bytes_write(out, at++, 1);
        else if (words[w].text != NULL)
            bytes_write(out, words[w].text, strlen(words[w].text));
        else
            fputs("0};\nconst char REPORT_PAGE_BEHIND[] = {\n", out);
        at += w < 5 ? strlen(words[w].word) : 0;
    }
    fputs("0};\n", out);
    return fclose(out) == 0 ? 0 : 1;
}
