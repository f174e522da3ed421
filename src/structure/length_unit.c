#include "structure/length_unit.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/text.h"

static bool among(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(word, words[i]) == 0)
            return true;
    return false;
}

/// Lower case, without what is written between the words of a name.
static void plain_of(const char *word, char plain[LENGTH_WORD_SIZE])
{
    size_t n = 0;
    for (; *word != '\0' && n + 1 < LENGTH_WORD_SIZE; word++)
        if (strchr("_-. ", *word) == NULL)
            plain[n++] = (char)tolower((unsigned char)*word);
    plain[n] = '\0';
}

bool length_unit_is_word(const char *word)
{
    static const char *const WORDS[] = {"bohr",       "bohrs",     "a0",         "nanometer",
                                        "nanometers", "nanometre", "nanometres", "picometer",
                                        "picometers", "picometre", "picometres"};
    return among(word, WORDS, sizeof WORDS / sizeof *WORDS);
}

bool length_unit_is_bohr(const char *word)
{
    static const char *const WORDS[] = {"bohr",   "bohrs",      "a0",         "au",
                                        "atomic", "atomicunit", "atomicunits"};
    char plain[LENGTH_WORD_SIZE];
    plain_of(word, plain);
    return among(plain, WORDS, sizeof WORDS / sizeof *WORDS);
}

bool length_unit_of_positions(const char *quantity)
{
    static const char *const WORDS[] = {"coord",    "coords",    "coordinate", "coordinates",
                                        "position", "positions", "pos",        "xcentroid"};
    char plain[LENGTH_WORD_SIZE];
    plain_of(quantity, plain);
    return among(plain, WORDS, sizeof WORDS / sizeof *WORDS);
}

/// "coordinates", "length_unit", "units": what a unit of length is said of.
static bool names_lengths(const char *word)
{
    static const char *const WORDS[] = {"",         "length", "lengths", "distance", "distances",
                                        "geometry", "geom",   "r",       "xyz"};
    char plain[LENGTH_WORD_SIZE], *rest = plain;
    plain_of(word, plain);
    if (strncmp(rest, "units", 5) == 0)
        rest += 5;
    else if (strncmp(rest, "unit", 4) == 0)
        rest += 4;
    if (strncmp(rest, "of", 2) == 0)
        rest += 2;
    size_t n = strlen(rest);
    if (n >= 5 && strcmp(rest + n - 5, "units") == 0)
        rest[n - 5] = '\0';
    else if (n >= 4 && strcmp(rest + n - 4, "unit") == 0)
        rest[n - 4] = '\0';
    return among(rest, WORDS, sizeof WORDS / sizeof *WORDS) || length_unit_of_positions(rest);
}

bool length_unit_is_other(const char *key, const char *value)
{
    return key[0] != '\0' && names_lengths(key) &&
           (length_unit_is_word(value) || length_unit_is_bohr(value) ||
            strcasecmp(value, "nm") == 0 || strcasecmp(value, "pm") == 0);
}

/// A unit of length that is another word elsewhere; "Au" is gold.
static bool is_short_unit(const char *word, const char *next)
{
    static const char *const WORDS[] = {"au",   "AU", "a.u", "a.u.",
                                        "A.U.", "nm", "pm",  "atomic_units"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(word, WORDS[i]) == 0)
            return true;
    return strcasecmp(word, "atomic") == 0 &&
           (strcasecmp(next, "unit") == 0 || strcasecmp(next, "units") == 0);
}

/// A word between a quantity and its unit, which says nothing itself.
static bool is_filler(const char *word)
{
    static const char *const WORDS[] = {"in",  "are", "is",   "all",   "values", "given",
                                        "the", "of",  "unit", "units", "#"};
    return among(word, WORDS, sizeof WORDS / sizeof *WORDS);
}

/// A word of another quantity, whose unit the next one is.
static bool names_other(const char *word)
{
    static const char *const BEGINNINGS[] = {"energ",  "force",  "grad",    "dipol",
                                             "freq",   "wave",   "charge",  "time",
                                             "stress", "virial", "hartree", "gap"};
    static const char *const WORDS[] = {"e",  "etot", "epot", "ekin", "eh",
                                        "mu", "scf",  "homo", "lumo"};
    for (size_t i = 0; i < sizeof BEGINNINGS / sizeof *BEGINNINGS; i++)
        if (strncasecmp(word, BEGINNINGS[i], strlen(BEGINNINGS[i])) == 0)
            return true;
    return among(word, WORDS, sizeof WORDS / sizeof *WORDS);
}

/// "coordinates/bohr"
static bool is_quotient(const char *word)
{
    char quantity[LENGTH_WORD_SIZE];
    const char *const slash = strchr(word, '/');
    if (slash == NULL)
        return false;
    snprintf(quantity, sizeof quantity, "%.*s",
             (int)(slash - word < LENGTH_WORD_SIZE ? slash - word : LENGTH_WORD_SIZE - 1), word);
    return length_unit_is_other(quantity, slash + 1);
}

bool length_unit_in_line(const char *line, char found[LENGTH_WORD_SIZE])
{
    enum { WORDS_MAX = 40 };
    char copy[512], *words[WORDS_MAX];
    bool of_lengths = false, only_fillers = true;
    double number;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *at = copy; *at != '\0'; at++)
        if (strchr(",;|()[]{}\"'=:!#", *at) != NULL)
            *at = ' ';
    size_t n = text_split(copy, words, WORDS_MAX);
    n = n < WORDS_MAX ? n : WORDS_MAX;
    for (size_t w = 0; w < n; w++) {
        const char *const next = w + 1 < n ? words[w + 1] : "";
        const bool behind_number = w > 0 && text_parse_double(words[w - 1], &number) == NULL;
        const size_t last = w + (strcasecmp(words[w], "atomic") == 0);
        if (is_quotient(words[w]) || (is_short_unit(words[w], next) && !behind_number &&
                                      (of_lengths || (only_fillers && last + 1 == n)))) {
            snprintf(found, LENGTH_WORD_SIZE, "%.40s", words[w]);
            return true;
        }
        if (is_filler(words[w]))
            continue;
        only_fillers = false;
        if (names_other(words[w]))
            of_lengths = false;
        else if (names_lengths(words[w]))
            of_lengths = true;
    }
    return false;
}

bool length_unit_braces(const char **at, char quantity[LENGTH_WORD_SIZE],
                        char unit[LENGTH_WORD_SIZE])
{
    for (const char *open = strchr(*at, '{'); open != NULL; open = strchr(open + 1, '{')) {
        const char *begin = open;
        while (begin > *at && (isalnum((unsigned char)begin[-1]) || begin[-1] == '_'))
            begin--;
        const char *const close = strchr(open, '}');
        if (close == NULL)
            return false;
        if (begin == open || open - begin >= LENGTH_WORD_SIZE || close - open > LENGTH_WORD_SIZE)
            continue;
        snprintf(quantity, LENGTH_WORD_SIZE, "%.*s", (int)(open - begin), begin);
        snprintf(unit, LENGTH_WORD_SIZE, "%.*s", (int)(close - open - 1), open + 1);
        *at = close + 1;
        return true;
    }
    return false;
}
