#include "cli/columns.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <qmtraj/text.h>

/// Columns of a name below which the whole label is shortened instead.
enum { NAME_LEAST = 4 };

/// Where the name of the molecule ends.
static size_t name_length(const char *label)
{
    const char *const slash = strchr(label, '/'), *const dot = strrchr(label, '.');
    if (slash != NULL)
        return (size_t)(slash - label);
    const bool is_copy = dot != NULL && dot[1] == 'q' && strlen(dot) >= strlen(".q001") &&
                         dot[2 + strspn(dot + 2, "0123456789")] == '\0';
    return is_copy ? (size_t)(dot - label) : strlen(label);
}

const char *label_cell(const char *label, int columns, char *out, size_t size)
{
    char name[400], whole[800];
    const size_t length = name_length(label);
    const int room = columns - qmt_text_columns(label + length);
    if (qmt_text_columns(label) <= columns || room < NAME_LEAST || length >= sizeof name)
        return text_cell(label, columns, out, size);
    snprintf(name, sizeof name, "%.*s", (int)length, label);
    char shown[400];
    snprintf(whole, sizeof whole, "%s%.380s", qmt_text_shorten(name, room, shown, sizeof shown),
             label + length);
    return text_cell(whole, columns, out, size);
}

const char *text_cell(const char *text, int columns, char *out, size_t size)
{
    qmt_text_shorten(text, columns, out, size);
    size_t n = strlen(out);
    for (int width = qmt_text_columns(out); width < columns && n + 1 < size; width++)
        out[n++] = ' ';
    out[n] = '\0';
    return out;
}
