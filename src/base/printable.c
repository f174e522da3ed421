#include "base/printable.h"

#include <stdio.h>
#include <string.h>

size_t utf8_decode(const char *bytes, size_t n, unsigned long *code)
{
    static const unsigned long LEAST[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *const s = (const unsigned char *)bytes;
    if (n == 0 || (s[0] >= 0x80 && s[0] < 0xC2) || s[0] > 0xF4)
        return 0;
    const size_t more = s[0] < 0x80 ? 0 : s[0] >= 0xF0 ? 3 : s[0] >= 0xE0 ? 2 : 1;
    if (more >= n)
        return 0;
    unsigned long value = more == 0 ? s[0] : s[0] & (0x3Fu >> more);
    for (size_t k = 1; k <= more; k++) {
        if ((s[k] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (s[k] & 0x3Fu);
    }
    if (value < LEAST[more] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code = value;
    return more + 1;
}

bool character_is_unseen(unsigned long code)
{
    static const unsigned long RANGES[][2] = {{0x00, 0x1F},     {0x7F, 0x9F},      {0xAD, 0xAD},
                                              {0x61C, 0x61C},   {0x180E, 0x180E},  {0x200B, 0x200F},
                                              {0x2028, 0x202E}, {0x2060, 0x206F},  {0xFEFF, 0xFEFF},
                                              {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++)
        if (code >= RANGES[i][0] && code <= RANGES[i][1])
            return true;
    return false;
}

bool text_is_printable(const char *text)
{
    unsigned long code;
    size_t left = strlen(text);
    while (left > 0) {
        const size_t length = utf8_decode(text, left, &code);
        if (length == 0 || character_is_unseen(code))
            return false;
        text += length;
        left -= length;
    }
    return true;
}

char *text_printable(const char *text, char *out, size_t size)
{
    size_t left = strlen(text), used = 0;
    while (left > 0) {
        unsigned long code = 0;
        char shown[16];
        size_t length = utf8_decode(text, left, &code);
        if (length == 0 || code == 0x7F || code < 0x20) {
            const unsigned char byte = (unsigned char)*text;
            length = 1;
            if (byte >= '\t' && byte <= '\r')
                strcpy(shown, " ");
            else
                snprintf(shown, sizeof shown, "\\x%02x", byte);
        } else if (character_is_unseen(code)) {
            snprintf(shown, sizeof shown, code > 0xFFFF ? "\\U%08lx" : "\\u%04lx", code);
        } else {
            snprintf(shown, sizeof shown, "%.*s", (int)length, text);
        }
        const size_t wanted = strlen(shown);
        if (wanted >= size - used)
            break;
        memcpy(out + used, shown, wanted);
        used += wanted;
        text += length;
        left -= length;
    }
    out[used] = '\0';
    return out;
}
