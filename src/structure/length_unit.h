#ifndef STRUCTURE_LENGTH_UNIT_H
#define STRUCTURE_LENGTH_UNIT_H

#include <stdbool.h>

/// Units of length that the comment line of an XYZ file, which is in angstrom, may name.

enum { LENGTH_WORD_SIZE = 48 };

/// True if "key = value" says that lengths are in another unit: "units=bohr", "coordinate_unit: nm", "unit_length=pm". What
/// says nothing of lengths ("energy_unit=Ha") or says angstrom is false.
bool length_unit_is_other(const char *key, const char *value);
/// True for a free word that is a unit of length and not angstrom: "bohr".
bool length_unit_is_word(const char *word);
/// True for the bohr under any of its names: "bohr", "atomic_unit", "a.u.".
bool length_unit_is_bohr(const char *word);
/// True if a line names another unit in words that mean other things elsewhere: "a.u." and "atomic units" alone, "coordinates
/// in nm", "coordinates/bohr". Units of energies ("E=-76 au"), and numbers with a unit, are passed over.
///
/// @param found  the words, for messages
bool length_unit_in_line(const char *line, char found[LENGTH_WORD_SIZE]);
/// The next "quantity{unit}" of a line, as i-PI writes them; *at goes behind it. False: there is none.
bool length_unit_braces(const char **at, char quantity[LENGTH_WORD_SIZE],
                        char unit[LENGTH_WORD_SIZE]);
/// True for a name of positions: "positions", "coords".
bool length_unit_of_positions(const char *quantity);

#endif
