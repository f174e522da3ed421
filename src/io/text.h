#ifndef IO_TEXT_H
#define IO_TEXT_H

#include <locale.h>

#include "base/context.h"
#include "base/printable.h"

/// Text files as lines, and words as numbers, the same in every locale.

/// A text file in memory. Line i of the file is line[i - 1], without its line end (LF, CRLF or CR).
typedef struct {
    char *data;
    char **line; ///< [n_lines], zero-terminated
    size_t n_lines;
} Text;

/// Reads a whole text file of at most limit bytes; a UTF-8 byte order mark is skipped. Zero bytes (a
/// binary or UTF-16 file) are QMT_ERR_FORMAT. After a failure *text is as it was.
QmtStatus text_read(QmtContext *ctx, const char *path, size_t limit, Text *text);
/// The same from memory; place names it in messages, data [n] is copied.
QmtStatus text_from_memory(QmtContext *ctx, const char *place, const char *data, size_t n,
                           Text *text);
void text_release(Text *text);

/// Cuts a line at blanks and tabs, in place. Returns the number of words, of which the first max are
/// stored.
size_t text_split(char *line, char **words, size_t max);
/// True if there is nothing but blanks and tabs.
bool text_is_blank(const char *line);

/// Order of two elements of a [n] of const char *, for qsort() and bsearch().
int text_order(const void *a, const void *b);

/// A whole word as a decimal floating point number, rounded correctly, whatever the locale. Returns
/// NULL, or what is wrong as the end of a sentence that begins with the word: "is not a number". NaN,
/// Inf, hexadecimal numbers and Fortran's D exponents are refused; *value is then untouched.
const char *text_parse_double(const char *word, double *value);
/// A whole word as a decimal integer in min..max; returns as text_parse_double().
const char *text_parse_integer(const char *word, long long min, long long max, long long *value);
/// A whole number in min..max, also as "3.0" or "3.": a column with gaps is one of floating point numbers where tables are made.
bool text_parse_whole(const char *word, int min, int max, int *value);

/// Makes printf and strtod of this thread write and read a decimal point until text_leave_c_locale(),
/// which takes what this returned.
locale_t text_enter_c_locale(void);
void text_leave_c_locale(locale_t before);

enum { TEXT_DOUBLE_SIZE = 32 };
/// The shortest decimal that reads back as the same double, with a point in every locale, as JSON and
/// YAML want it: "0.1", "-1.5e-07", "3.0". NaN and Inf become "null". Returns its length.
size_t text_format_double(double value, char out[TEXT_DOUBLE_SIZE]);

/// True if the bytes are valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool text_is_utf8(const char *bytes, size_t n);

#endif
