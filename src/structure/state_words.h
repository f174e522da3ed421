#ifndef STRUCTURE_STATE_WORDS_H
#define STRUCTURE_STATE_WORDS_H

#include "structure/state.h"

/// What a comment line says of a charge or a spin without a key: "radical cation", "H2O^2-", "water +1", "-1 2 water". None
/// of it is certain enough to be computed; all of it is reason to ask.

/// A free word and the one before it, "" if there is none: open, unless a key says the same quantity. A noun such as "site"
/// behind "anionic" takes back what that said.
void state_add_word(const char *before, const char *word, StateTexts *texts);
/// The value of a key that names no state, "formula=H2O+": its words, but that a radical is spoken of.
void state_add_value(const char *value, StateTexts *texts);
/// A SMILES or an InChI with a charge.
void state_add_smiles(const char *smiles, StateTexts *texts);
void state_add_inchi(const char *inchi, StateTexts *texts);
/// The whole line: two integers at its beginning or end, or a word and a charge. To be called before it is cut.
void state_add_line(const char *line, StateTexts *texts);
/// Every name of a charge or a multiplicity that a whole number follows, whatever stands between them ("charge->2", "<mult>3",
/// {"charge": 2}): open, unless it was understood as a key. To be called before the line is cut.
void state_add_mentions(const char *line, StateTexts *texts);

#endif
