#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdio.h>

#include "cli/fail.h"

/// The words of a command line: options from a table, `--name value`, `--name=value` or `-h`, and the
/// rest in between. After `--` every word is one of the rest.

typedef struct {
    const char *name;     ///< with the dashes
    const char *argument; ///< name of its value in the help, NULL if it takes none
    const char *help;     ///< NULL: understood, but not in the help
} Option;

typedef struct {
    int argc;
    char **argv;
    int at;               ///< the next word
    bool only_rest;       ///< "--" was there
    char assignment[512]; ///< "key=value" of a configuration key that was given as an option
} OptionReader;

enum { OPTION_END = -1, OPTION_REST = -2 };

/// The next option or word of the rest. A key of the configuration as an option ("--length_ps 5") is read as --set
/// length_ps=5 where the table has --set.
///
/// @param place  index in the table; OPTION_REST: *value is a word; OPTION_END: no more
/// Fails with QMT_ERR_USAGE: unknown option (with the nearest), value missing or not wanted.
QmtStatus options_next(QmtContext *ctx, OptionReader *reader, const Option *options, size_t n,
                       int *place, const char **value);

/// What a command does with an option or a word of the rest (OPTION_REST).
typedef QmtStatus OptionTake(QmtContext *ctx, int place, const char *value, void *words);

/// Gives the options and words of a line to take() in their order, until one fails or sets *stop.
QmtStatus options_each(QmtContext *ctx, int argc, char **argv, const Option *options, size_t n,
                       const bool *stop, OptionTake *take, void *words);

/// Prints the table, one option a line.
void options_print(FILE *out, const Option *options, size_t n);

/// Prints text in lines of at most 80 columns, the first beginning at column `from`, the others
/// indented by `indent`.
void text_print_wrapped(FILE *out, const char *text, int from, int indent);

/// Likewise in lines of at most so many columns. Words are as wide as their bytes, so that lines with other letters are
/// a little shorter.
void text_print_within(FILE *out, const char *text, int from, int indent, int columns);

/// Prints a text of whole lines in lines of at most 80 columns: paragraphs are filled, lines that begin with a blank stay.
void text_print_paragraphs(FILE *out, const char *text);

/// A whole number in a range; QMT_ERR_USAGE names the option.
QmtStatus option_number(QmtContext *ctx, const char *name, const char *value, long long lowest,
                        long long highest, long long *number);

/// A number in a range; QMT_ERR_USAGE names the option.
QmtStatus option_double(QmtContext *ctx, const char *name, const char *value, double lowest,
                        double highest, double *number);

/// The name of a file to make, not "-"; QMT_ERR_USAGE otherwise.
QmtStatus option_file(QmtContext *ctx, const char *name, const char *value, const char **path);

/// Likewise, and it is not there yet.
QmtStatus option_new_file(QmtContext *ctx, const char *name, const char *value, const char **path);

#endif
