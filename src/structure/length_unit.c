#include "structure/length_unit.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool among(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(word, words[i]) == 0)
            return true;
    return false;
}

bool length_unit_is_word(const char *word)
{
    static const char *const WORDS[] = {"bohr",      "bohrs",      "a0",
                                        "nanometer", "nanometers", "picometer"};
    return among(word, WORDS, sizeof WORDS / sizeof *WORDS);
}

bool length_unit_is_other(const char *key, const char *value)
{
    static const char *const KEYS[] = {
        "unit",          "units",          "length_unit",   "length_units",    "lengthunit",
        "coord_unit",    "coord_units",    "coordinates",   "coordinate_unit", "coordinate_units",
        "distance_unit", "distance_units", "position_unit", "position_units",  "pos_unit",
        "pos_units",     "R_units",        "r_unit"};
    static const char *const VALUES[] = {"au", "a.u.", "atomic", "atomic_units", "nm", "pm"};
    return among(key, KEYS, sizeof KEYS / sizeof *KEYS) &&
           (length_unit_is_word(value) || among(value, VALUES, sizeof VALUES / sizeof *VALUES));
}
