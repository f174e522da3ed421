#include "cli/columns.h"

#include <string.h>

#include <qmtraj/text.h>

const char *text_cell(const char *text, int columns, char *out, size_t size)
{
    qmt_text_shorten(text, columns, out, size);
    size_t n = strlen(out);
    for (int width = qmt_text_columns(out); width < columns && n + 1 < size; width++)
        out[n++] = ' ';
    out[n] = '\0';
    return out;
}
