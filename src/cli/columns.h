#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <stddef.h>

/// Copies a foreign text as qmt_text_shorten(), with blanks behind up to that width.
///
/// @param out  [size], size > 0
/// @return     out
const char *text_cell(const char *text, int columns, char *out, size_t size);

/// Likewise the label of a trajectory, "NAME/T0300/r01.q001": its name loses its middle, so that trajectories of one
/// molecule stay apart, as far as there is room for what follows the name.
const char *label_cell(const char *label, int columns, char *out, size_t size);

#endif
