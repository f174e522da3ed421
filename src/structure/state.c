#include "structure/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/text.h"

/// Charges and multiplicities beyond these are other things.
enum { CHARGE_MAX = 1000 };

/// A calculated magnetic moment this near a whole number counts electrons.
static const double MOMENT_TOLERANCE = 0.02;

/// A number, also as "3/2".
static bool is_number(const char *text, double *value)
{
    char above[48];
    const char *const slash = strchr(text, '/');
    if (slash == NULL)
        return text_parse_double(text, value) == NULL;
    snprintf(above, sizeof above, "%.*s", (int)(slash - text), text);
    double below;
    if (text_parse_double(above, value) != NULL || text_parse_double(slash + 1, &below) != NULL ||
        below == 0.0)
        return false;
    *value /= below;
    return true;
}

bool state_value_is_absent(const char *value)
{
    static const char *const WORDS[] = {"none", "null", "nan", "n/a", "na", "unknown", "?"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasecmp(value, WORDS[i]) == 0)
            return true;
    return false;
}

QmtStatus state_add_charge(QmtContext *ctx, const char *place, int charge, const char *source,
                           StateTexts *texts)
{
    if (texts->has_charge && texts->charge != charge)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: the charge is given twice, as %d (%s) and %d (%s); keep one", place,
                    texts->charge, texts->charge_source, charge, source);
    if (!texts->has_charge)
        snprintf(texts->charge_source, sizeof texts->charge_source, "%s", source);
    texts->has_charge = true;
    texts->charge = charge;
    return QMT_OK;
}

void state_add_spin(StateQuantity quantity, double value, const char *source, StateTexts *texts)
{
    if (texts->n_spins == STATE_SPINS_MAX)
        return;
    texts->spin[texts->n_spins].quantity = quantity;
    texts->spin[texts->n_spins].value = value;
    snprintf(texts->spin[texts->n_spins].source, sizeof texts->spin[0].source, "%s", source);
    texts->n_spins++;
}

static bool is_half(double value)
{
    return 2.0 * value == rint(2.0 * value) && value >= 0.0 && value <= 50.0;
}

/// A key that is understood with certainty: its value must be possible.
static QmtStatus sure_key_add(QmtContext *ctx, const char *place, StateQuantity quantity,
                              const char *key, const char *value, const char *source,
                              StateTexts *texts)
{
    const bool is_charge = quantity == STATE_CHARGE;
    const int lowest = is_charge ? -CHARGE_MAX : quantity == STATE_MULTIPLICITY ? 1 : 0;
    int number = 0;
    const int word = is_charge ? 0 : state_multiplicity_word(value);
    if (word > 0) {
        state_add_spin(STATE_MULTIPLICITY, word, source, texts);
        return QMT_OK;
    }
    if (is_charge && strcasecmp(value, "neutral") == 0)
        return state_add_charge(ctx, place, 0, source, texts);
    if (!text_parse_whole(value, lowest, CHARGE_MAX, &number))
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: %.40s=%.40s is no %s; a whole number from %d to %d is possible", place,
                    key, value,
                    is_charge                        ? "charge"
                    : quantity == STATE_MULTIPLICITY ? "multiplicity"
                                                     : "number of unpaired electrons",
                    lowest, CHARGE_MAX);
    if (is_charge)
        return state_add_charge(ctx, place, number, source, texts);
    state_add_spin(quantity, number, source, texts);
    return QMT_OK;
}

/// A key that names something else in other files: what cannot be meant is left alone.
static void loose_key_add(StateQuantity quantity, const char *value, const char *source,
                          StateTexts *texts)
{
    double number;
    const int word = state_multiplicity_word(value);
    if (word > 0 && quantity != STATE_SHORT_M) {
        state_add_spin(STATE_WORD, word, source, texts);
        return;
    }
    if (quantity == STATE_SPIN && !is_number(value, &number) && strpbrk(value, "123456789") != NULL)
        snprintf(texts->open_spin, sizeof texts->open_spin, "%s", source); // a list
    if (quantity == STATE_WORD || !is_number(value, &number))
        return;
    if ((quantity == STATE_SPIN && !is_half(number)) || (quantity == STATE_ASK && number != 0.0) ||
        (quantity == STATE_LEVEL && number > 1.0))
        snprintf(texts->open_spin, sizeof texts->open_spin, "%s", source);
    else if (quantity == STATE_ASK || quantity == STATE_LEVEL)
        return;
    else if (quantity == STATE_SHORT_M && number != rint(number))
        return;
    else if (quantity == STATE_MOMENT && fabs(fabs(number) - rint(fabs(number))) < MOMENT_TOLERANCE)
        state_add_spin(quantity, rint(fabs(number)), source, texts);
    else if (quantity != STATE_MOMENT && is_half(number))
        state_add_spin(quantity, number, source, texts);
}

/// The numbers of electrons of either spin: their difference is that of the unpaired ones.
static void electrons_add(StateQuantity quantity, const char *value, StateTexts *texts)
{
    int number;
    char source[STATE_SOURCE_SIZE];
    if (!text_parse_whole(value, 0, 100000, &number))
        return;
    texts->electrons[quantity == STATE_BETA] = number;
    texts->has_electrons[quantity == STATE_BETA] = true;
    if (!texts->has_electrons[0] || !texts->has_electrons[1])
        return;
    snprintf(source, sizeof source, "comment \"alpha %d beta %d\"", texts->electrons[0],
             texts->electrons[1]);
    state_add_spin(STATE_UNPAIRED, abs(texts->electrons[0] - texts->electrons[1]), source, texts);
}

/// A key that looks like one of charge or multiplicity. A value that changes nothing does no harm.
static void unknown_key_add(const char *key, const char *value, const char *source,
                            StateTexts *texts)
{
    int number;
    if (!text_parse_whole(value, -CHARGE_MAX, CHARGE_MAX, &number) || number == 0)
        return;
    const StateQuantity meant = state_quantity_meant(key);
    if (meant == STATE_CHARGE)
        snprintf(texts->open_charge, sizeof texts->open_charge, "%s", source);
    else if (meant == STATE_MULTIPLICITY && number != 1)
        snprintf(texts->open_spin, sizeof texts->open_spin, "%s", source);
}

QmtStatus state_add_key(QmtContext *ctx, const char *place, const char *source, const char *key,
                        const char *text, StateTexts *texts)
{
    char quoted[STATE_SOURCE_SIZE], value[48];
    snprintf(value, sizeof value, "%.47s", text + strspn(text, "([{\"'"));
    for (size_t n = strlen(value); n > 0 && strchr(")]}>\"'", value[n - 1]) != NULL; n--)
        value[n - 1] = '\0';
    if (state_value_is_absent(value))
        return QMT_OK;
    snprintf(quoted, sizeof quoted, "%s \"%.30s=%.30s\"", source, key, value);
    for (char *at = quoted; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == '\'') // it is written between such quotes
            *at = '_';
    const StateQuantity quantity = state_quantity(key);
    switch (quantity) {
    case STATE_ALPHA:
    case STATE_BETA:
        electrons_add(quantity, value, texts);
        return QMT_OK;
    case STATE_NONE:
        unknown_key_add(key, value, quoted, texts);
        return QMT_OK;
    case STATE_CHARGE:
    case STATE_MULTIPLICITY:
    case STATE_TOTAL_SPIN:
    case STATE_UNPAIRED:
        return sure_key_add(ctx, place, quantity, key, value, quoted, texts);
    default:
        loose_key_add(quantity, value, quoted, texts);
        return QMT_OK;
    }
}

void state_add_pair(const char *first, const char *second, StateTexts *texts)
{
    long long charge, multiplicity;
    if (text_parse_integer(first, -1000000000, 1000000000, &charge) != NULL ||
        text_parse_integer(second, -1000000000, 1000000000, &multiplicity) != NULL)
        return;
    texts->has_pair = true;
    texts->pair_charge = (int)charge;
    texts->pair_multiplicity = (int)multiplicity;
    snprintf(texts->pair_source, sizeof texts->pair_source, "comment \"%.20s %.20s\"", first,
             second);
}
