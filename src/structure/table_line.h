#ifndef STRUCTURE_TABLE_LINE_H
#define STRUCTURE_TABLE_LINE_H

#include <stdbool.h>
#include <stddef.h>

/// Lines of a table whose columns stand between blanks, tabs, commas or semicolons.

enum { TABLE_COLUMNS_MAX = 64 };

/// The separator that a first line suggests: '\t', ',', ';', or ' ' for any blanks. Commas and semicolons count
/// only before the first blank, since names have them.
char table_separator(const char *line);

/// Cuts a line into columns, in place: between blanks, or at each separator with the blanks around the
/// columns and double quotes taken off. Returns their number, of which the first TABLE_COLUMNS_MAX are
/// stored.
size_t table_split(char *line, char separator, char *columns[TABLE_COLUMNS_MAX]);

#endif
