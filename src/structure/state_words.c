#include "structure/state_words.h"

#include <ctype.h>
#include <stdio.h>
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
    static const char *const WORDS[] = {"cation",    "anion",      "dication",   "dianion",
                                        "trication", "trianion",   "cationic",   "anionic",
                                        "monoanion", "monocation", "protonated", "deprotonated"};
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

void state_add_word(const char *word, StateTexts *texts)
{
    if (names_spin(word))
        snprintf(texts->open_spin, sizeof texts->open_spin, "comment \"%.40s\"", word);
    else if (names_doublet(word))
        snprintf(texts->open_doublet, sizeof texts->open_doublet, "comment \"%.40s\"", word);
    else if (names_ion(word) || is_charged(word))
        snprintf(texts->open_charge, sizeof texts->open_charge, "comment \"%.40s\"", word);
}

static bool is_integer(const char *word, long long *value)
{
    return text_parse_integer(word, -1000, 1000, value) == NULL;
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
    long long charge = 0, multiplicity = 0;
    if (!is_integer(first, &charge) || !is_integer(second, &multiplicity))
        return;
    texts->has_loose_pair = true;
    texts->pair_charge = (int)charge;
    texts->pair_multiplicity = (int)multiplicity;
    snprintf(texts->pair_source, sizeof texts->pair_source, "comment \"%.20s %.20s\"", first,
             second);
}

void state_add_line(const char *line, StateTexts *texts)
{
    char copy[160], *words[LINE_WORDS_MAX];
    long long value;
    if (strlen(line) >= sizeof copy)
        return;
    strcpy(copy, line);
    for (char *at = copy; *at != '\0'; at++)
        if (strchr(",;()[]|", *at) != NULL)
            *at = ' ';
    const size_t n = text_split(copy, words, LINE_WORDS_MAX);
    if (n > LINE_WORDS_MAX || n < 1)
        return;
    if (n == 1 && is_signed(words[0]) && is_integer(words[0], &value) && value != 0 &&
        value >= -9 && value <= 9)
        snprintf(texts->open_charge, sizeof texts->open_charge, "comment \"%.10s\"", words[0]);
    if (n < 2)
        return;
    if (n == 2 && is_text(words[0]) && is_signed(words[1]) && is_integer(words[1], &value) &&
        value != 0 && value >= -9 && value <= 9 && state_quantity(words[0]) == STATE_NONE)
        snprintf(texts->open_charge, sizeof texts->open_charge, "comment \"%.30s %.10s\"", words[0],
                 words[1]);
    else if (n > 2 && (is_text(words[2]) || (n == 3 && is_signed(words[0]))))
        pair_open(words[0], words[1], texts);
    if (n > 2 && !texts->has_loose_pair && is_text(words[n - 3]) && is_signed(words[n - 2]) &&
        state_quantity(words[n - 3]) == STATE_NONE)
        pair_open(words[n - 2], words[n - 1], texts);
}
