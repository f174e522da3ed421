#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

/// The candidate that needs the fewest single-letter changes (insert, delete, replace) to become
/// the word, case ignored; the first of equals. For "did you mean" sentences.
///
/// @param candidates  [n], n >= 1; of longer names only the first 63 letters count
/// Cannot fail. Allocates nothing.
const char *suggest_name(const char *word, const char *const *candidates, size_t n);

enum { SUGGEST_HINT_SIZE = 256 };

/// ", did you mean NAME?" for the nearest candidate, if it needs changes in at most a third of its letters, has
/// two neighbours in the other order, or begins with the word (two letters or more); else "": a far-fetched name helps nobody.
///
/// @return hint
const char *suggest_hint(const char *word, const char *const *candidates, size_t n,
                         char hint[SUGGEST_HINT_SIZE]);

#endif
