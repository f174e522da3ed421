#ifndef LABEL_FRAME_COLUMNS_H
#define LABEL_FRAME_COLUMNS_H

#include "base/context.h"
#include "label/comment_tokens.h"

/// The columns of a frame of XYZ as they stand there, and what must change so that every reader takes them.

enum {
    COLUMN_NAME_SIZE = 96,
    KINDS_MAX = 128, ///< kinds of columns in Properties=
    WORDS_MAX = 256, ///< columns of an atom line
    SPECIES_SIZE = 16
};

/// The lines of a frame.
typedef struct {
    const char *place; ///< "FILE:LINE", for notes
    size_t n_atoms;
    const char **lines;  ///< [n_atoms + 2] count, comment, atoms
    const size_t *sizes; ///< [n_atoms + 2] bytes, without line ends
} FrameLines;

/// A part of Properties=.
typedef struct {
    char name[COLUMN_NAME_SIZE], type;
    size_t n;
} Column;

typedef struct {
    QmtContext *ctx;
    const FrameLines *lines;
    Column kinds[KINDS_MAX];
    size_t n_kinds, n_words; ///< words of an atom line that are kept
    size_t species;          ///< word of the symbol; WORDS_MAX: there is none
    bool new_species;        ///< symbols are written anew and kept as input_species
    bool new_numbers;        ///< exponents that not every reader knows
} FrameColumns;

/// Finds the columns. What readers would stop at and what is not kept is a warning of the context.
///
/// @param properties  value of Properties=; NULL: symbol, x y z, and columns that are given names
/// @return false if the atoms are no columns that could be written again
bool frame_columns_find(QmtContext *ctx, const FrameLines *lines, const Piece *properties,
                        FrameColumns *columns);

/// Cuts an atom line into words; returns how many, of which the first WORDS_MAX are stored.
size_t frame_words_find(const FrameLines *lines, size_t atom, Piece words[WORDS_MAX]);

/// What stands for "e" in a number with an exponent of QM9 ("6.9*^-6") or of Fortran ("6.9D-06"), and its bytes; NULL:
/// the word is no such number.
const char *frame_exponent_find(const Piece *word, size_t *n);

/// The symbol of the element that a word names; "X", which readers take for no element, if it names none.
void frame_species_text(const FrameColumns *columns, const Piece *word, char symbol[SPECIES_SIZE]);

#endif
