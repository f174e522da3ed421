#include "base/columns.h"

#include <string.h>

#include "base/printable.h"

static int width_of(unsigned long code)
{
    static const struct {
        unsigned long first, last;
        int width;
    } BLOCKS[] = {
        {0x0300, 0x036F, 0},   {0x0483, 0x0489, 0},   {0x0591, 0x05BD, 0},   {0x064B, 0x065F, 0},
        {0x1100, 0x115F, 2},   {0x1AB0, 0x1AFF, 0},   {0x1DC0, 0x1DFF, 0},   {0x20D0, 0x20FF, 0},
        {0x2E80, 0xA4CF, 2},   {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},
        {0xFE20, 0xFE2F, 0},   {0xFE30, 0xFE6F, 2},   {0xFF00, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},
        {0x1F300, 0x1F64F, 2}, {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2},
    };
    for (size_t b = 0; b < sizeof BLOCKS / sizeof BLOCKS[0] && code >= BLOCKS[b].first; b++)
        if (code <= BLOCKS[b].last)
            return BLOCKS[b].width;
    return 1;
}

/// The character at a text, one byte where it is no UTF-8; returns its bytes.
static size_t character_at(const char *text, int *width)
{
    unsigned long code = 0;
    const size_t n = utf8_decode(text, strlen(text), &code);
    *width = n > 0 ? width_of(code) : 1;
    return n > 0 ? n : 1;
}

int text_columns(const char *text)
{
    int columns = 0, width;
    while (*text != '\0') {
        text += character_at(text, &width);
        columns += width;
    }
    return columns;
}

/// Bytes of the longest beginning that takes at most so many columns.
static size_t beginning(const char *text, int columns)
{
    const char *at = text;
    int width;
    while (*at != '\0') {
        const size_t n = character_at(at, &width);
        if (width > columns)
            break;
        columns -= width;
        at += n;
    }
    return (size_t)(at - text);
}

/// Where the longest end begins that takes at most so many columns.
static const char *end_of(const char *text, int columns)
{
    int left = text_columns(text), width;
    while (*text != '\0' && left > columns) {
        text += character_at(text, &width);
        left -= width;
    }
    return text;
}

char *text_shorten(const char *text, int columns, char *out, size_t size)
{
    char whole[2048];
    text_printable(text, whole, sizeof whole);
    const bool fits = text_columns(whole) <= columns;
    const int head = columns > 2 ? (columns - 2 + 1) / 2 : columns;
    const char *const tail = fits || columns <= 2 ? "" : end_of(whole, columns - 2 - head);
    const size_t n_head = fits ? strlen(whole) : beginning(whole, head);
    const char *const dots = fits || columns <= 2 ? "" : "..";
    if (n_head + strlen(dots) + strlen(tail) + 1 > size) {
        out[0] = '\0';
        return out;
    }
    memcpy(out, whole, n_head);
    strcpy(out + n_head, dots);
    strcat(out, tail);
    return out;
}
