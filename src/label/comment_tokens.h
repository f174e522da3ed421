#ifndef LABEL_COMMENT_TOKENS_H
#define LABEL_COMMENT_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

/// The words of a comment line of extended XYZ as they stand there, so that they can be written again byte for byte.
/// What they mean is read elsewhere (structure/comment.h). They are cut as ASE cuts them (ase.io.extxyz): quotes and
/// brackets may open anywhere in a word, and behind a backslash every character is text.

/// A piece of the line.
typedef struct {
    const char *data;
    size_t n;
} Piece;

/// key=value, or a bare word.
typedef struct {
    Piece whole; ///< "key=value" with its quotes
    Piece key;   ///< the bare word
    Piece value; ///< without quotes; data NULL: a bare word
    bool
        open_ends; ///< a quote or bracket is never closed, or the key is missing: what follows would belong to it
    bool waits; ///< its value is empty, and readers take the next word for it
} Token;

/// The next token; false at the end of the line, which is [n] bytes with no line end.
bool token_next(const char *line, size_t n, size_t *at, Token *token);

/// The token key=value of a name; false if there is none.
bool token_find(const char *line, size_t n, const char *key, Token *token);

/// True if a line is key=value pairs and bare words, with at least one pair and every quote closed.
bool tokens_are_extended(const char *line, size_t n);

bool piece_is(const Piece *piece, const char *text);

#endif
