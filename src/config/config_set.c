#include "config/config_set.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "config/value_text.h"
#include "data/solvent.h"
#include "io/text.h"

enum { CONFIG_CHOICES_MAX = 8 };

static const char TRUTH_VALUE[] = "a truth value";

/// What a text looks like, for "wants a number, got ...".
static const char *kind_of_text(const char *text, bool quoted)
{
    static const char *const truths[] = {"true", "false", "yes", "no", "on", "off"};
    double number;

    if (quoted)
        return "text in quotes";
    if (text[0] == '\0' || strcmp(text, "~") == 0 || strcasecmp(text, "null") == 0)
        return "nothing";
    for (size_t k = 0; k < sizeof truths / sizeof truths[0]; k++)
        if (strcasecmp(text, truths[k]) == 0)
            return TRUTH_VALUE;
    return text_parse_double(text, &number) == NULL ? "a number" : "text";
}

static size_t choices_split(const ConfigKey *key, char names[CONFIG_CHOICES_MAX][32],
                            const char *list[CONFIG_CHOICES_MAX])
{
    size_t n = 0;
    for (const char *c = key->choices; *c != '\0' && n < CONFIG_CHOICES_MAX; n++) {
        const size_t size = strcspn(c, "|");
        snprintf(names[n], sizeof names[n], "%.*s", (int)size, c);
        list[n] = names[n];
        c += size + (c[size] == '|');
    }
    return n;
}

/// Place of a text among the words of a key, -1: it is none of them.
static int word_find(const ConfigKey *key, const char *text, bool quoted)
{
    char names[CONFIG_CHOICES_MAX][32];
    const char *list[CONFIG_CHOICES_MAX];
    const size_t n = key->choices != NULL && !quoted ? choices_split(key, names, list) : 0;
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(text, names[i]) == 0)
            return (int)i;
    return -1;
}

static QmtStatus number_set(QmtContext *ctx, const char *place, const ConfigKey *key,
                            const char *text, bool quoted, char *at)
{
    const bool whole = key->type == CONFIG_COUNT;
    char wanted[CONFIG_TEXT_SIZE + 32];
    double number;
    const int word = word_find(key, text, quoted);
    if (word >= 0) {
        *(double *)at = config_word_number(word);
        return QMT_OK;
    }
    snprintf(wanted, sizeof wanted, "%s%s%s", whole ? "a whole number" : "a number",
             key->choices != NULL ? " or " : "", key->choices != NULL ? key->choices : "");
    for (char *bar = wanted; (bar = strchr(bar, '|')) != NULL;)
        memcpy(bar, "/", 1);

    if (text[0] == '\0' && !quoted)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s wants %s, got nothing; give one or remove the key",
                    place, key->name, wanted);
    if (quoted || text_parse_double(text, &number) != NULL)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s wants %s, got %s \"%.60s\"%s", place, key->name,
                    wanted, kind_of_text(text, quoted), text, quoted ? "; remove the quotes" : "");
    if (whole && number != rint(number))
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s wants a whole number, got %.60s", place, key->name,
                    text);
    // YAML 1.1 reads 010 as eight, people as ten; 010.5 is ten and a half to both.
    const char *const digits = text + strspn(text, "+-");
    if (digits[0] == '0' && digits[1] != '\0' && digits[strspn(digits, "0123456789_")] == '\0')
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s: write %.60s without leading zeros", place,
                    key->name, text);
    if (number < key->lowest || number > key->highest ||
        (key->above_lowest && number <= key->lowest)) {
        char range[CONFIG_TEXT_SIZE];
        config_range_text((size_t)(key - CONFIG_KEYS), range);
        const char *const words = strstr(range, ", or ");
        const int n_numbers = words != NULL ? (int)(words - range) : (int)strlen(range);
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s = %.60s is out of range, wants %.*s%s%s%s", place,
                    key->name, text, n_numbers, range, key->unit[0] ? " " : "", key->unit,
                    range + n_numbers);
    }
    if (whole)
        *(int64_t *)at = (int64_t)number;
    else
        *(double *)at = number + 0.0; // -0 becomes 0, so that the echo does not depend on the sign
    return QMT_OK;
}

static QmtStatus bool_set(QmtContext *ctx, const char *place, const ConfigKey *key,
                          const char *text, bool quoted, char *at)
{
    const bool is_true = strcasecmp(text, "true") == 0, is_false = strcasecmp(text, "false") == 0;
    const char *const kind = kind_of_text(text, quoted);
    const bool is_word = strcmp(kind, TRUTH_VALUE) == 0; // "yes", which YAML 1.1 takes for true
    if (quoted || (!is_true && !is_false))
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s wants true or false, got %s%s\"%.60s\"", place,
                    key->name, is_word ? "" : kind, is_word ? "" : " ", text);
    *(bool *)at = is_true;
    return QMT_OK;
}

/// Place of a text of n bytes among the choices of a key, in any case. Fails with QMT_ERR_CONFIG.
static QmtStatus choice_find(QmtContext *ctx, const char *place, const ConfigKey *key,
                             const char *text, size_t length, int64_t *found)
{
    char names[CONFIG_CHOICES_MAX][32], own[64];
    const char *list[CONFIG_CHOICES_MAX];
    const size_t n = choices_split(key, names, list);
    snprintf(own, sizeof own, "%.*s", (int)length, text);
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(own, names[i]) == 0) {
            *found = (int64_t)i;
            return QMT_OK;
        }

    char range[CONFIG_TEXT_SIZE];
    config_range_text((size_t)(key - CONFIG_KEYS), range);
    char hint[SUGGEST_HINT_SIZE];
    if (n > 1)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s = \"%.60s\" is unknown%s (%s)", place, key->name,
                    own, suggest_hint(own, list, n, hint), range);
    return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s = \"%.60s\" is unknown, this version knows: %s", place,
                key->name, own, range);
}

static QmtStatus set_set(QmtContext *ctx, const char *place, const ConfigKey *key, const char *text,
                         char *at)
{
    static const char BETWEEN[] = "[], ";
    int64_t set = 0;
    for (text += strspn(text, BETWEEN); *text != '\0'; text += strspn(text, BETWEEN)) {
        const size_t length = strcspn(text, BETWEEN);
        int64_t choice;
        TRY(choice_find(ctx, place, key, text, length, &choice));
        set |= (int64_t)1 << choice;
        text += length;
    }
    *(int64_t *)at = set;
    return QMT_OK;
}

/// One item of a list of atoms: "3" or "5-9".
static QmtStatus range_set(QmtContext *ctx, const char *place, const ConfigKey *key,
                           const char *item, ConfigAtoms *atoms)
{
    static const long MOST = 1000000;
    char *end;
    const bool begins = item[0] >= '0' && item[0] <= '9';
    const long first = begins ? strtol(item, &end, 10) : -1;
    long last = first;
    if (begins && *end == '-' && end[1] >= '0' && end[1] <= '9')
        last = strtol(end + 1, &end, 10);
    if (!begins || *end != '\0') {
        char range[CONFIG_TEXT_SIZE];
        config_range_text((size_t)(key - CONFIG_KEYS), range);
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: %s wants numbers of atoms like 3, ranges like 5-9%s, got \"%.40s\"", place,
                    key->name, strstr(range, ", or "), item);
    }
    if (first < 1)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s counts atoms from 1, there is no atom %.20s",
                    place, key->name, item);
    if (last < first || last > MOST)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s: the range %.40s %s", place, key->name, item,
                    last < first ? "runs backwards" : "is too long");
    for (int32_t i = 0; i < atoms->n; i++)
        if (first <= atoms->last[i] && last >= atoms->first[i])
            return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s has atom %ld twice", place, key->name,
                        first > atoms->first[i] ? first : (long)atoms->first[i]);
    if (atoms->n == CONFIG_RANGES_MAX)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: %s has more than %d items; write neighbours as ranges like 5-9", place,
                    key->name, CONFIG_RANGES_MAX);
    atoms->first[atoms->n] = (int32_t)first;
    atoms->last[atoms->n++] = (int32_t)last;
    return QMT_OK;
}

static QmtStatus atoms_set(QmtContext *ctx, const char *place, const ConfigKey *key,
                           const char *text, bool quoted, char *at)
{
    static const char BETWEEN[] = "[], ";
    ConfigAtoms atoms = {.word = 0};
    const int word = word_find(key, text, quoted);
    if (word >= 0) {
        atoms.word = word;
        *(ConfigAtoms *)at = atoms;
        return QMT_OK;
    }
    for (text += strspn(text, BETWEEN); *text != '\0'; text += strspn(text, BETWEEN)) {
        const size_t length = strcspn(text, BETWEEN);
        char item[64];
        snprintf(item, sizeof item, "%.*s", (int)length, text);
        TRY(range_set(ctx, place, key, item, &atoms));
        text += length;
    }
    const double n = (double)config_n_atoms(&atoms);
    char range[CONFIG_TEXT_SIZE];
    config_range_text((size_t)(key - CONFIG_KEYS), range);
    if (n < key->lowest || n > key->highest)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s has %.0f atom%s, wants %s", place, key->name, n,
                    n == 1.0 ? "" : "s", range);
    *(ConfigAtoms *)at = atoms;
    return QMT_OK;
}

static QmtStatus smiles_set(QmtContext *ctx, const char *place, const ConfigKey *key,
                            const char *text, bool quoted, char *at)
{
    char smiles[CONFIG_SMILES_SIZE] = "";
    const size_t length = strlen(text);
    if (length == 0)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s wants a SMILES, got nothing; write none for none",
                    place, key->name);
    if (length >= sizeof smiles)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s has %zu characters, %zu are possible", place,
                    key->name, length, sizeof smiles - 1);
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~' || text[i] == '"')
            return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s is no SMILES: character %zu cannot be in one",
                        place, key->name, i + 1);
    if (quoted || strcasecmp(text, "none") != 0)
        memcpy(smiles, text, length);
    memcpy(at, smiles, sizeof smiles);
    return QMT_OK;
}

/// A list that is none in YAML: "298,15" may be a number with a decimal comma, "300 310" may be anything. Ramps have two
/// numbers and no other reading.
static QmtStatus bare_list_check(QmtContext *ctx, const char *place, const ConfigKey *key,
                                 const char *text)
{
    static const double LIKELY_K = 100.0; // two digits behind a comma are below it
    char first[64], *words[2], copy[CONFIG_TEXT_SIZE];
    long long whole;
    double second;
    const size_t n = strcspn(text, ",");
    snprintf(first, sizeof first, "%.*s", (int)(n < 63 ? n : 63), text);
    if (text[0] == '[')
        return QMT_OK;
    if (text[n] == ',' && key->least < 2 && strpbrk(text + n + 1, ", ") == NULL &&
        text_parse_integer(first, 0, 1000000, &whole) == NULL && text[n + 1] != '\0' &&
        strspn(text + n + 1, "0123456789") == strlen(text + n + 1) &&
        text_parse_double(text + n + 1, &second) == NULL && second < LIKELY_K)
        return FAIL(
            ctx, QMT_ERR_CONFIG,
            "%s: %s = \"%.60s\" may be a number with a decimal comma; write %.20s.%.20s, or "
            "[%.20s, %.20s] for a list",
            place, key->name, text, first, text + n + 1, first, text + n + 1);
    snprintf(copy, sizeof copy, "%s", text);
    for (char *item = copy; item != NULL;) {
        char *const comma = strchr(item, ',');
        if (comma != NULL)
            *comma = '\0';
        const size_t n_words = text_split(item, words, 2);
        if (n_words > 1 && text_parse_double(words[1], &second) != NULL)
            return FAIL(
                ctx, QMT_ERR_CONFIG,
                "%s: %s = \"%.60s\": %.20s is no number; units are not written here, and what "
                "belongs to another key stands on a line that is not indented",
                place, key->name, text, words[1]);
        if (n_words > 1)
            return FAIL(ctx, QMT_ERR_CONFIG,
                        "%s: %s = \"%.60s\": there is no comma between %.20s and %.20s; write a "
                        "list as [300, 310]",
                        place, key->name, text, words[0], words[1]);
        item = comma != NULL ? comma + 1 : NULL;
    }
    return QMT_OK;
}

static QmtStatus reals_set(QmtContext *ctx, const char *place, const ConfigKey *key,
                           const char *text, bool quoted, char *at)
{
    static const char BETWEEN[] = "[], ";
    ConfigReals reals = {.n = 0};
    char range[CONFIG_TEXT_SIZE];
    if (word_find(key, text, quoted) >= 0) {
        *(ConfigReals *)at = reals;
        return QMT_OK;
    }
    if (text[0] == '\0') // says what is missing
        return number_set(ctx, place, key, text, quoted, (char *)&reals.value[0]);
    TRY(bare_list_check(ctx, place, key, text));
    config_range_text((size_t)(key - CONFIG_KEYS), range);
    for (text += strspn(text, BETWEEN); *text != '\0'; text += strspn(text, BETWEEN)) {
        const size_t length = strcspn(text, BETWEEN);
        char item[64];
        snprintf(item, sizeof item, "%.*s", (int)length, text);
        if (reals.n == CONFIG_REALS_MAX)
            return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s has more than %d numbers", place, key->name,
                        CONFIG_REALS_MAX);
        TRY(number_set(ctx, place, key, item, quoted, (char *)&reals.value[reals.n]));
        for (int64_t i = 0; i < reals.n; i++)
            if (reals.value[i] == reals.value[reals.n])
                return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s has %s twice", place, key->name, item);
        reals.n++;
        text += length;
    }
    if (reals.n < key->least || reals.n > key->most)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s has %lld number%s, wants %s%s", place, key->name,
                    (long long)reals.n, reals.n == 1 ? "" : "s",
                    key->least == 2 && key->most == 2 ? "two, each " : "", range);
    *(ConfigReals *)at = reals;
    return QMT_OK;
}

/// Words for the absence of a solvent, to none of which the nearest solvent is an answer.
static bool is_gas_phase(const char *text)
{
    static const char *const words[] = {"",          "gas",    "gas phase", "gas-phase", "gasphase",
                                        "gas_phase", "no",     "off",       "false",     "null",
                                        "~",         "vacuum", "vac",       "vacuo",     "nothing",
                                        "in vacuo",  "gaseous"};
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        if (strcasecmp(text, words[k]) == 0)
            return true;
    return false;
}

static QmtStatus solvent_set(QmtContext *ctx, const char *place, const ConfigKey *key,
                             const char *text, char *at)
{
    Solvent solvent;
    if (strcasecmp(text, "none") == 0) {
        *(int64_t *)at = 0;
        return QMT_OK;
    }
    if (!solvent_find(&METHOD_GFN2, SOLVATION_ALPB, text, &solvent))
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: %s = \"%.60s\" is unknown, did you mean %s? `qmtraj solvents` lists them",
                    place, key->name, text,
                    is_gas_phase(text) ? "none, the gas phase"
                                       : solvent_nearest(&METHOD_GFN2, SOLVATION_ALPB, text));
    int64_t found = 0;
    while (strcmp(config_solvent_by_place(found), solvent.row->solvent) != 0)
        found++;
    *(int64_t *)at = found + 1;
    return QMT_OK;
}

QmtStatus config_set_key(QmtContext *ctx, const char *place, int line, const char *name,
                         const char *text, bool quoted, Config *config)
{
    const size_t k = config_key(name);
    if (k == CONFIG_KEY_COUNT) {
        const char *names[CONFIG_KEYS_MAX];
        for (size_t i = 0; i < CONFIG_KEY_COUNT; i++)
            names[i] = CONFIG_KEYS[i].name;
        char hint[SUGGEST_HINT_SIZE];
        suggest_hint(name, names, CONFIG_KEY_COUNT, hint);
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: unknown key \"%.60s\"%s", place, name,
                    hint[0] != '\0' ? hint : "; `qmtraj help config` lists them");
    }

    const ConfigKey *key = &CONFIG_KEYS[k];
    char *at = (char *)config + key->offset;
    switch (key->type) {
    case CONFIG_REAL:
    case CONFIG_COUNT:
        TRY(number_set(ctx, place, key, text, quoted, at));
        break;
    case CONFIG_REALS:
        TRY(reals_set(ctx, place, key, text, quoted, at));
        break;
    case CONFIG_BOOL:
        TRY(bool_set(ctx, place, key, text, quoted, at));
        break;
    case CONFIG_CHOICE:
        TRY(choice_find(ctx, place, key, text, strlen(text), (int64_t *)at));
        break;
    case CONFIG_SET:
        TRY(set_set(ctx, place, key, text, at));
        break;
    case CONFIG_SOLVENT:
        TRY(solvent_set(ctx, place, key, text, at));
        break;
    case CONFIG_ATOMS:
        TRY(atoms_set(ctx, place, key, text, quoted, at));
        break;
    case CONFIG_SMILES:
        TRY(smiles_set(ctx, place, key, text, quoted, at));
        break;
    }
    config->line[k] = line;
    return QMT_OK;
}
