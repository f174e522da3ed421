#ifndef STRUCTURE_STATE_WORDS_H
#define STRUCTURE_STATE_WORDS_H

#include "structure/state.h"

/// What a comment line says of a charge or a spin without a key: "radical cation", "H2O^2-", "water +1", "-1 2 water". None
/// of it is certain enough to be computed; all of it is reason to ask.

/// A free word: open, unless a key says the same quantity.
void state_add_word(const char *word, StateTexts *texts);
/// The whole line: two integers at its beginning or end, or a word and a charge. To be called before it is cut.
void state_add_line(const char *line, StateTexts *texts);

#endif
