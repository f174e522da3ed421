#include "structure/table_line.h"

#include <string.h>

#include "io/text.h"

char table_separator(const char *line)
{
    if (strchr(line, '\t') != NULL)
        return '\t';
    const char *const at =
        line + (line[0] == '"' ? strcspn(line + 1, "\"") + 1 : strcspn(line, " ,;"));
    const char *const separator = at + strspn(at, "\"");
    return *separator == ',' || *separator == ';' ? *separator : ' ';
}

/// The column that begins at *at, without blanks and quotes; *at goes behind its separator, or becomes NULL.
static char *column_take(char **at, char separator)
{
    char *begin = *at + strspn(*at, " ");
    char *write = begin, *read = begin;
    bool quoted = false;
    const bool quotes = *begin == '"' && strchr(begin + 1, '"') != NULL;
    for (; *read != '\0' && (quoted || *read != separator); read++) {
        if (!quotes || *read != '"')
            *write++ = *read;
        else if (quoted && read[1] == '"')
            *write++ = *read++;
        else
            quoted = !quoted;
    }
    *at = *read == '\0' ? NULL : read + 1;
    *write = '\0';
    while (write > begin && (write[-1] == ' ' || write[-1] == '\t'))
        *--write = '\0';
    return begin;
}

size_t table_split(char *line, char separator, char *columns[TABLE_COLUMNS_MAX])
{
    if (separator == ' ')
        return text_split(line, columns, TABLE_COLUMNS_MAX);
    size_t n = 0;
    for (char *at = line; at != NULL; n++) {
        char *const column = column_take(&at, separator);
        if (n < TABLE_COLUMNS_MAX)
            columns[n] = column;
    }
    return n;
}
