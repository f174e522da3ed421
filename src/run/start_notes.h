#ifndef RUN_START_NOTES_H
#define RUN_START_NOTES_H

#include "config/config.h"
#include "structure/structure.h"

/// What a person should know of a start that can be computed and may not be what was meant. Sentences without the name of
/// the molecule; false where there is nothing to say.

enum { START_TEXT_SIZE = 240 };

/// Distances that look like another unit than angstrom (analysis/distances.h).
bool start_distances_text(const Structure *structure, char text[START_TEXT_SIZE]);
/// A multiplicity that nobody gave, of an atom or a small molecule whose ground state has another one.
///
/// @param config  with the charge and multiplicity that hold
bool start_ground_state_text(const Structure *structure, const Config *config,
                             char text[START_TEXT_SIZE]);

#endif
