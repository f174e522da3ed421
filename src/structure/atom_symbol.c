#include "structure/atom_symbol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/element.h"
#include "io/text.h"

static bool is_dummy(const char *word)
{
    static const char *const DUMMIES[] = {"X", "Xx", "Bq", "Du", "Gh", "*", "0", "Vac"};
    for (size_t i = 0; i < sizeof DUMMIES / sizeof *DUMMIES; i++)
        if (strcasecmp(word, DUMMIES[i]) == 0)
            return true;
    return false;
}

/// Atomic number of a symbol beyond the last element of the methods, Fr to Og; 0 if it is none.
static int heavy_number(const char *word)
{
    static const char *const SYMBOLS[] = {"Fr", "Ra", "Ac", "Th", "Pa", "U",  "Np", "Pu",
                                          "Am", "Cm", "Bk", "Cf", "Es", "Fm", "Md", "No",
                                          "Lr", "Rf", "Db", "Sg", "Bh", "Hs", "Mt", "Ds",
                                          "Rg", "Cn", "Nh", "Fl", "Mc", "Lv", "Ts", "Og"};
    for (size_t i = 0; i < sizeof SYMBOLS / sizeof *SYMBOLS; i++)
        if (strcasecmp(word, SYMBOLS[i]) == 0)
            return ELEMENT_MAX + 1 + (int)i;
    return 0;
}

/// "D", "T", or digits and then a symbol; false if the word is none of these.
static bool isotope_read(const char *word, AtomSymbol *atom)
{
    if (strcasecmp(word, "D") == 0 || strcasecmp(word, "T") == 0) {
        *atom = (AtomSymbol){.number = 1, .mass_number = strcasecmp(word, "D") == 0 ? 2 : 3};
        return true;
    }
    const size_t n_digits = strspn(word, "0123456789");
    const int number = element_number(word + n_digits);
    if (n_digits == 0 || n_digits > 3 || number == 0)
        return false;
    *atom = (AtomSymbol){.number = number, .mass_number = atoi(word)};
    return true;
}

/// A symbol with a number behind it: "C13", "Cl_3", "H2'".
static bool label_read(const char *word, AtomSymbol *atom)
{
    const size_t n = strcspn(word, "0123456789_-(");
    char letters[4];
    if (n == 0 || n > 2 || word[n] == '\0' ||
        word[n + strspn(word + n, "0123456789_-()'*")] != '\0')
        return false;
    snprintf(letters, sizeof letters, "%.*s", (int)n, word);
    *atom = (AtomSymbol){.number = element_number(letters), .is_label = true};
    return atom->number != 0;
}

static QmtStatus unknown_refuse(QmtContext *ctx, const char *place, const char *word)
{
    if (is_dummy(word))
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: \"%s\" is a dummy atom, which has no electrons; remove the line and lower "
                    "the count",
                    place, word);
    if (word[strspn(word, "+-0123456789")] == '\0')
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: no element has the number %.40s here; 1 (H) to %d (%s) can be computed",
                    place, word, ELEMENT_MAX, element_symbol(ELEMENT_MAX));
    if (heavy_number(word) != 0)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: \"%s\" is element %d, beyond the method; 1 (H) to %d (%s) can be computed",
                    place, word, heavy_number(word), ELEMENT_MAX, element_symbol(ELEMENT_MAX));
    return FAIL(ctx, QMT_ERR_INPUT,
                "%s: unknown element \"%.40s\", the nearest is \"%s\"; H to %s can be computed",
                place, word, element_nearest(word), element_symbol(ELEMENT_MAX));
}

/// "O2-", "O-", "Na+", "Ca2+": a symbol whose sign may mean a charge of the atom.
static bool is_charged_symbol(const char *word)
{
    char letters[4];
    const size_t length = strlen(word), n = strcspn(word, "0123456789+-");
    if (n == 0 || n > 2 || length < 2 || (word[length - 1] != '-' && word[length - 1] != '+'))
        return false;
    snprintf(letters, sizeof letters, "%.*s", (int)n, word);
    return word[n + strspn(word + n, "0123456789+-")] == '\0' && element_number(letters) != 0;
}

QmtStatus atom_symbol_read(QmtContext *ctx, const char *place, const char *word, AtomSymbol *atom)
{
    long long z;
    *atom = (AtomSymbol){.number = element_number(word)};
    if (atom->number != 0)
        return QMT_OK;
    if (is_dummy(word))
        return unknown_refuse(ctx, place, word);
    if (isotope_read(word, atom)) {
        if (isotope_mass_da(atom->number, atom->mass_number) > 0.0)
            return QMT_OK;
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: the mass of the isotope \"%.20s\" is not known; write \"%s\" for the "
                    "natural mixture",
                    place, word, element_symbol(atom->number));
    }
    if (text_parse_integer(word, 1, ELEMENT_MAX, &z) == NULL) {
        *atom = (AtomSymbol){.number = (int)z};
        return QMT_OK;
    }
    if (is_charged_symbol(word))
        return FAIL(
            ctx, QMT_ERR_INPUT,
            "%s: the symbol \"%.20s\" may mean a charge; write the symbol alone, and the charge "
            "of the whole molecule where the format has it",
            place, word);
    return label_read(word, atom) ? QMT_OK : unknown_refuse(ctx, place, word);
}
