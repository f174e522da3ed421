#ifndef STRUCTURE_COORDINATE_WORD_H
#define STRUCTURE_COORDINATE_WORD_H

/// Coordinates as programs write them.

/// A word as text_parse_double() takes it, or with an exponent of Fortran ("1.19D-01") or of QM9 ("6.9*^-6"), which
/// becomes "e" in place. Returns NULL, or what is wrong as the end of a sentence; *value is then untouched.
const char *coordinate_parse(char *word, double *value);

#endif
