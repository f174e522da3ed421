#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include <qmtraj/context.h>

/// What the other end of a stream can show.

typedef enum { COLOUR_NONE, COLOUR_BOLD, COLOUR_GOOD, COLOUR_WARNING, COLOUR_FAILURE } Colour;

typedef struct {
    bool moves;   ///< a terminal on which lines can be drawn again
    bool colours; ///< it shows colours, and NO_COLOR (no-color.org) does not forbid them
} Terminal;

/// A file, a pipe, TERM=dumb and TERM unset show plain text.
Terminal terminal_of(FILE *stream);

/// Size in characters now, 80 x 24 if it is not known.
void terminal_size(FILE *stream, int *columns, int *rows);

/// Escape sequence that begins a colour, and the one that ends it; "" without colours. Colours only repeat what words
/// say.
const char *colour_begin(const Terminal *terminal, Colour colour);
const char *colour_end(const Terminal *terminal, Colour colour);

/// One sentence behind a word or name that says what or whom it is about: "warning: ...". On a terminal in lines of at
/// most its width, broken between words; elsewhere in one line.
void sentence_print(FILE *stream, Colour colour, const char *about, const char *sentence);

/// The log function of the program: notes and warnings on standard error.
void note_print(void *user, QmtLogLevel level, const char *sentence);

/// The colour of a status as a word: "complete", "failed", "interrupted", ...
Colour colour_of_status(const char *word);

#endif
