#ifndef QMTRAJ_TEXT_H
#define QMTRAJ_TEXT_H

/// Words and numbers as this library reads and writes them, for programs around it: the same in every locale.

#include <stddef.h>

#include <qmtraj/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Frees a text that the library made; accepts NULL.
QMT_API void qmt_text_free(char *text);

/// Writes a text to a file, which appears when it is whole; "-" is no file. After a failure the file is as it was.
/// Fails with QMT_ERR_IO or QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_text_write(QmtContext *ctx, const char *path, const char *text);

/// Asks whether a file may be made without taking the place of another one. Fails with QMT_ERR_USAGE if there is anything
/// of this name: a file, a folder, a link, also one to nowhere, a pipe or a device; with QMT_ERR_IO if its folder is not there or
/// may not be written to; with QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_text_check_new(QmtContext *ctx, const char *path);

/// Copies a text so that it may be shown on a terminal: control characters, what turns the direction of
/// writing and bytes that are no UTF-8 become their codes, line breaks a blank.
///
/// @param text  NULL counts as ""
/// @param out   [size] what does not fit is cut off between two characters
/// @return out; "" if it is NULL or size is 0
QMT_API const char *qmt_text_printable(const char *text, char *out, size_t size);

/// Copies a text of JSON so that it may be shown on a terminal: characters that are not seen become \uXXXX, bytes that
/// are no UTF-8 \ufffd, so that it is JSON in any case.
///
/// @return to be freed with qmt_text_free(); NULL if there is no memory, or text is NULL
QMT_API char *qmt_text_json_printable(const char *text);

/// Columns of a terminal that printable UTF-8 takes: none for combining marks, two for East Asian wide characters and
/// emoji, one for all others; 0 for NULL.
QMT_API int qmt_text_columns(const char *text);

/// Copies a text as qmt_text_printable(), with its middle replaced by ".." if it is wider than so many columns: names
/// differ at both ends.
///
/// @param text  NULL counts as ""
/// @param out   [size] what does not fit is cut off between two characters
/// @return out; "" if it is NULL or size is 0
QMT_API const char *qmt_text_shorten(const char *text, int columns, char *out, size_t size);

/// ", did you mean NAME?" for the nearest candidate, or "" if none is near.
///
/// @param candidates  [n]
/// @param hint        [size] cut off if it does not fit
/// @return hint; "" if anything is NULL or 0
QMT_API const char *qmt_text_suggest(const char *word, const char *const *candidates, size_t n,
                                     char *hint, size_t size);

/// Writes a number so that reading it gives it back, as JSON and YAML want it: "0.1", "-1.5e-07"; what is not finite
/// becomes "null".
///
/// @param text  [size] 32 are enough; cut off if it does not fit
/// @return text; "" if it is NULL or size is 0
QMT_API const char *qmt_text_of_number(double value, char *text, size_t size);

/// Reads a whole word as a finite decimal number, rounded correctly.
///
/// @return NULL, or what is wrong as the end of a sentence that begins with the word, "is not a number"; *value is then
///         untouched
QMT_API const char *qmt_text_to_number(const char *word, double *value);

/// Reads a whole word as a decimal integer from lowest to highest; returns as qmt_text_to_number().
QMT_API const char *qmt_text_to_integer(const char *word, long long lowest, long long highest,
                                        long long *value);

#ifdef __cplusplus
}
#endif
#endif
