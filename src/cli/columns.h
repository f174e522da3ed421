#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <stddef.h>

/// Copies a foreign text as qmt_text_shorten(), with blanks behind up to that width.
///
/// @param out  [size], size > 0
/// @return     out
const char *text_cell(const char *text, int columns, char *out, size_t size);

#endif
