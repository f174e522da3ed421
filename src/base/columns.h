#ifndef BASE_COLUMNS_H
#define BASE_COLUMNS_H

#include <stddef.h>

/// Text in columns of a terminal, by characters and not by bytes.

/// Columns that printable UTF-8 takes: none for combining marks, two for East Asian wide characters and emoji
/// (Unicode Standard Annex 11, the blocks in common use), one for all others.
int text_columns(const char *text);

/// Copies a foreign text as it may be printed (base/printable.h), with the middle replaced by ".." if it is wider
/// than so many columns: names differ at both ends.
///
/// @param out  [size], size > 0
/// @return     out
char *text_shorten(const char *text, int columns, char *out, size_t size);

#endif
