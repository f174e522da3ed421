#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/// Text that others wrote (names, comments, metadata, file names) on its way to a terminal or a log. There an
/// escape sequence can hide or forge lines, a line break can make a line that looks like a verdict, and
/// characters that turn the direction of writing or have no width make one name look like another.

/// Length of the UTF-8 character that begins at bytes, at most n of which exist, and its code point. 0 if the bytes
/// are no UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
size_t utf8_decode(const char *bytes, size_t n, unsigned long *code);

/// True of characters that are not seen themselves but change how others are: Unicode's general categories Cc
/// (control characters), Zl and Zp (separators of lines and paragraphs), and of Cf those in use (without width, or
/// they steer the direction of writing).
bool character_is_unseen(unsigned long code);

/// True if the text is UTF-8 without control characters (C0, DEL, C1), line and paragraph separators, characters
/// without width and those that steer the direction of writing.
bool text_is_printable(const char *text);

/// Copies a text as it may be printed: tabs and line breaks become a blank, what else text_is_printable() refuses
/// becomes its code, "\x1b" (a byte) or "\u202e" (a code point). Printable text stays as it is, so a second
/// pass changes nothing. What does not fit is cut off between two characters.
///
/// @param out  [size], size > 0
/// @return     out
char *text_printable(const char *text, char *out, size_t size);

#endif
