#include "structure/state_words.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/element.h"
#include "io/text.h"

enum { WORD_SIZE = 48, LINE_WORDS_MAX = 12 };

static bool word_among(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(word, words[i]) == 0)
            return true;
    return false;
}

static bool names_ion(const char *word)
{
    static const char *const WORDS[] = {
        "cation",     "anion",        "dication",       "dianion",      "trication",
        "trianion",   "cationic",     "anionic",        "monoanion",    "monocation",
        "protonated", "deprotonated", "radical-cation", "radical-anion"};
    return word_among(word, WORDS, sizeof WORDS / sizeof *WORDS);
}

static bool names_spin(const char *word)
{
    static const char *const WORDS[] = {"biradical", "diradical", "triradical", "open-shell",
                                        "openshell", "high-spin", "highspin"};
    return state_multiplicity_word(word) > 2 ||
           word_among(word, WORDS, sizeof WORDS / sizeof *WORDS);
}

/// One unpaired electron, which an odd number of electrons has anyway.
static bool names_doublet(const char *word)
{
    return strcasecmp(word, "radical") == 0 || strcasecmp(word, "doublet") == 0;
}

/// "H2O", "CuCl4": symbols of elements in their case, and digits.
static bool is_formula(const char *text)
{
    if (*text == '\0')
        return false;
    while (*text != '\0') {
        char symbol[3] = {text[0], islower((unsigned char)text[1]) ? text[1] : '\0', '\0'};
        if (!isupper((unsigned char)symbol[0]) || element_number(symbol) == 0)
            return false;
        text += strlen(symbol);
        text += strspn(text, "0123456789");
    }
    return true;
}

/// "H2O+", "[H2O]2+", "SO4(2-)", "SO4^2-", "water++", "2-".
static bool is_charged(const char *word)
{
    char plain[WORD_SIZE];
    size_t n = 0, signs = 0;
    if (strlen(word) >= sizeof plain)
        return false;
    for (; *word != '\0'; word++)
        if (strchr("()[]{}^", *word) == NULL)
            plain[n++] = *word;
    plain[n] = '\0';
    while (n > 0 && (plain[n - 1] == '+' || plain[n - 1] == '-') &&
           (signs == 0 || plain[n - 1] == plain[n]))
        n--, signs++;
    if (signs == 0 || signs > 3 || n == 0)
        return false;
    plain[n] = '\0';
    const bool digit_alone = n == 1 && plain[0] >= '1' && plain[0] <= '9';
    // A program may be written in C++.
    const bool repeated = signs > 1 && isalpha((unsigned char)plain[0]) && strcmp(plain, "C") != 0;
    return (digit_alone && signs == 1) || repeated || (signs == 1 && is_formula(plain));
}

static bool counts_charges(const char *word)
{
    static const char *const WORDS[] = {"singly",     "doubly",   "triply", "positively",
                                        "negatively", "multiply", "single", "double"};
    return word_among(word, WORDS, sizeof WORDS / sizeof *WORDS);
}

/// What an adjective such as "anionic" is said of, if not of the molecule.
static bool names_part(const char *word)
{
    static const char *const WORDS[] = {"site",       "sites",    "group",   "groups",
                                        "residue",    "residues", "centre",  "center",
                                        "surfactant", "end",      "terminus"};
    return word_among(word, WORDS, sizeof WORDS / sizeof *WORDS);
}

/// The number that a word is, also "two"; -1: none.
static int count_of(const char *word)
{
    static const char *const WORDS[] = {"zero", "one", "two",   "three", "four",
                                        "five", "six", "seven", "eight"};
    long long value;
    for (int i = 0; i < 9; i++)
        if (strcasecmp(word, WORDS[i]) == 0)
            return i;
    return text_parse_integer(word, 0, 20, &value) == NULL ? (int)value : -1;
}

static void quote(char text[STATE_SOURCE_SIZE], const char *before, const char *word)
{
    snprintf(text, STATE_SOURCE_SIZE, "comment \"%.30s%s%.40s\"", before,
             before[0] != '\0' ? " " : "", word);
    for (char *at = text; *at != '\0'; at++)
        if (*at == '\'') // it is written between such quotes
            *at = '_';
}

/// "h2o_cation", "O2_triplet", "anion_3": a part of a word that counts.
static bool part_counts(const char *word, bool (*names)(const char *))
{
    for (const char *part = word; part != NULL;) {
        char own[WORD_SIZE];
        const char *const end = strchr(part, '_');
        const size_t n = end != NULL ? (size_t)(end - part) : strlen(part);
        const bool ends = end == NULL || end[1 + strspn(end + 1, "0123456789")] == '\0';
        snprintf(own, sizeof own, "%.*s", (int)(n < WORD_SIZE ? n : WORD_SIZE - 1), part);
        if ((ends || names == names_spin) && names(own))
            return true;
        part = end != NULL ? end + 1 : NULL;
    }
    return false;
}

void state_add_word(const char *before, const char *word, StateTexts *texts)
{
    if (part_counts(word, names_spin))
        quote(texts->open_spin, "", word);
    else if (names_doublet(word))
        quote(texts->open_doublet, "", word);
    else if (part_counts(word, names_ion))
        quote(texts->open_charge, "", word);
    else if (is_charged(word) && strcasecmp(before, "pH") != 0)
        quote(texts->open_charge, "", word);
    else if (strcasecmp(word, "charged") == 0 && counts_charges(before))
        quote(texts->open_charge, before, word);
    else if (strcasecmp(word, "unpaired") == 0 && count_of(before) > 0)
        quote(count_of(before) > 1 ? texts->open_spin : texts->open_doublet, before, word);
    else if (names_part(word) && names_ion(before) && strstr(texts->open_charge, before) != NULL)
        texts->open_charge[0] = '\0';
}

void state_add_value(const char *value, StateTexts *texts)
{
    char copy[256], *words[LINE_WORDS_MAX];
    StateTexts found = {0};
    snprintf(copy, sizeof copy, "%s", value);
    const size_t n = text_split(copy, words, LINE_WORDS_MAX);
    for (size_t w = 0; w < n && w < LINE_WORDS_MAX; w++)
        state_add_word(w > 0 ? words[w - 1] : "", words[w], &found);
    if (found.open_charge[0] != '\0')
        strcpy(texts->open_charge, found.open_charge);
    if (found.open_spin[0] != '\0')
        strcpy(texts->open_spin, found.open_spin);
}

void state_add_smiles(const char *smiles, StateTexts *texts)
{
    long charge = 0;
    bool inside = false;
    for (const char *at = smiles; *at != '\0'; at++) {
        inside = *at == '[' || (inside && *at != ']');
        if (!inside || (*at != '+' && *at != '-'))
            continue;
        const long sign = *at == '+' ? 1 : -1;
        charge += isdigit((unsigned char)at[1]) ? sign * strtol(at + 1, NULL, 10) : sign;
    }
    if (charge != 0)
        quote(texts->open_charge, "SMILES", smiles);
}

void state_add_inchi(const char *inchi, StateTexts *texts)
{
    long charge = 0;
    for (const char *at = strchr(inchi, '/'); at != NULL; at = strchr(at + 1, '/'))
        if ((at[1] == 'q' || at[1] == 'p') && (at[2] == '+' || at[2] == '-'))
            charge += strtol(at + 2, NULL, 10);
    if (charge != 0)
        quote(texts->open_charge, "InChI", inchi);
}

static bool is_integer(const char *word)
{
    long long value;
    return text_parse_integer(word, -1000, 1000, &value) == NULL;
}

static bool is_signed(const char *word)
{
    return word[0] == '+' || word[0] == '-';
}

/// A word that is text: letters and no number.
static bool is_text(const char *word)
{
    double number;
    return isalpha((unsigned char)word[0]) && strpbrk(word, "=:") == NULL &&
           text_parse_double(word, &number) != NULL;
}

static void pair_open(const char *first, const char *second, StateTexts *texts)
{
    int charge = 0, multiplicity = state_multiplicity_word(second);
    if (!text_parse_whole(first, -1000, 1000, &charge) ||
        (multiplicity == 0 && !text_parse_whole(second, -1000, 1000, &multiplicity)))
        return;
    texts->has_loose_pair = true;
    texts->pair_is_signed = is_signed(first);
    texts->pair_charge = charge;
    texts->pair_multiplicity = multiplicity;
    quote(texts->pair_source, first, second);
}

/// "+2", "oxygen -2".
static void signed_open(char *const *words, size_t n, StateTexts *texts)
{
    const char *const last = words[n - 1];
    int value;
    if (!is_signed(last) || !is_integer(last) || !text_parse_whole(last, -1000, 1000, &value) ||
        value == 0 || abs(value) > 9 || n > 2)
        return;
    if (n == 1)
        quote(texts->open_charge, "", last);
    else if (is_text(words[0]) && state_quantity(words[0]) == STATE_NONE)
        quote(texts->open_charge, words[0], last);
}

/// True for a line that begins with two numbers as a state would, and goes on with what is no third integer.
static bool begins_with_pair(char *const *words, size_t n)
{
    const bool integers =
        is_integer(words[0]) && (is_integer(words[1]) || state_multiplicity_word(words[1]) > 0);
    return n == 2 || (integers && (!is_integer(words[2]) || (n == 3 && is_signed(words[0]))));
}

void state_add_line(const char *line, StateTexts *texts)
{
    char copy[1024], *all[LINE_WORDS_MAX], **words = all;
    // The rest of a long line says nothing here.
    snprintf(copy, sizeof copy, "%s", line);
    for (char *at = copy; *at != '\0'; at++)
        if (strchr(",;()[]{}|#!*<>\"'", *at) != NULL)
            *at = ' ';
    size_t n = text_split(copy, words, LINE_WORDS_MAX);
    const bool whole = n <= LINE_WORDS_MAX && strlen(line) < sizeof copy;
    n = n < LINE_WORDS_MAX ? n : LINE_WORDS_MAX;
    if (n > 2 && strcasecmp(words[0], "xyz") == 0) // the block of an input of ORCA
        words++, n--;
    if (n < 1)
        return;
    signed_open(words, n, texts);
    if (n >= 2 && begins_with_pair(words, n))
        pair_open(words[0], words[1], texts);
    if (n > 2 && whole && !texts->has_loose_pair && is_text(words[n - 3]) &&
        (is_signed(words[n - 2]) || strcasecmp(words[n - 3], "xyz") == 0) &&
        is_integer(words[n - 2]) && is_integer(words[n - 1]) &&
        state_quantity(words[n - 3]) == STATE_NONE)
        pair_open(words[n - 2], words[n - 1], texts);
}

/// The quantity that a word of a line names beyond doubt, or as an option of a program.
static StateQuantity quantity_mentioned(const char *word)
{
    const StateQuantity quantity = state_quantity(word);
    if (strcmp(word, "-c") == 0)
        return STATE_CHARGE;
    if (strcmp(word, "-u") == 0)
        return STATE_UNPAIRED;
    return quantity == STATE_CHARGE || quantity == STATE_MULTIPLICITY ||
                   quantity == STATE_TOTAL_SPIN || quantity == STATE_UNPAIRED
               ? quantity
               : STATE_NONE;
}

/// The next run of letters, digits and what stands in numbers; false at the end of the line.
static bool run_next(const char **at, char run[WORD_SIZE])
{
    static const char KEPT[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-";
    *at += strcspn(*at, KEPT);
    const size_t n = strspn(*at, KEPT);
    snprintf(run, WORD_SIZE, "%.*s", (int)(n < WORD_SIZE ? n : WORD_SIZE - 1), *at);
    *at += n;
    return n > 0;
}

/// A name and the number behind it.
static void mention_take(const char *word, const char *number, StateTexts *texts)
{
    const StateQuantity quantity = quantity_mentioned(word);
    int value = 0;
    if (quantity == STATE_NONE || !text_parse_whole(number, -1000, 1000, &value) || abs(value) > 50)
        return;
    if (quantity == STATE_CHARGE && value != 0 && texts->open_charge[0] == '\0')
        quote(texts->open_charge, word, number);
    else if (quantity != STATE_CHARGE && value > (quantity != STATE_UNPAIRED) &&
             texts->open_spin[0] == '\0')
        quote(texts->open_spin, word, number);
}

void state_add_mentions(const char *line, StateTexts *texts)
{
    char word[WORD_SIZE], number[WORD_SIZE], next[WORD_SIZE];
    const char *at = line;
    for (bool there = run_next(&at, word); there; memcpy(word, number, sizeof word)) {
        there = run_next(&at, number);
        if (!there)
            return;
        mention_take(word, number, texts);
        // "charge 0, 3" at the end of the line
        const char *after = at;
        if (quantity_mentioned(word) == STATE_CHARGE && !texts->has_pair &&
            !texts->has_loose_pair && is_integer(number) && run_next(&after, next) &&
            is_integer(next) &&
            after[strcspn(
                after, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")] == '\0')
            pair_open(number, next, texts);
    }
}
