#ifndef STRUCTURE_LENGTH_UNIT_H
#define STRUCTURE_LENGTH_UNIT_H

#include <stdbool.h>

/// Units of length that the comment line of an XYZ file, which is in angstrom, may name.

/// True if "key = value" says that lengths are in another unit: "units=bohr", "coordinate_unit: nm". What says nothing of
/// lengths ("energy_unit=Ha") or says angstrom is false.
bool length_unit_is_other(const char *key, const char *value);
/// True for a free word that is a unit of length and not angstrom: "bohr".
bool length_unit_is_word(const char *word);

#endif
