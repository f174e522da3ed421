#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/method.h"
#include "structure/state.h"

/// The second of two integers is a multiplicity up to here: seven d or f electrons on two metals.
enum { PAIR_MULTIPLICITY_MAX = 15 };

int state_electrons(const Structure *structure)
{
    double electrons = 0.0; // the same in GFN1 and GFN2; a unit test watches it
    for (size_t a = 0; a < structure->n_atoms; a++)
        electrons += method_electrons(&METHOD_GFN2, structure->numbers[a]);
    return (int)lrint(electrons);
}

/// Two integers beside other words: a state that fits and is not the one taken anyway is asked for.
static QmtStatus loose_pair_settle(QmtContext *ctx, const char *place, const StateTexts *texts,
                                   int electrons, Structure *s)
{
    const int charge = texts->pair_charge, multiplicity = texts->pair_multiplicity;
    const int left = electrons - charge;
    const bool fits = abs(charge) <= 9 && multiplicity >= 1 && multiplicity <= left + 1 &&
                      multiplicity <= PAIR_MULTIPLICITY_MAX && (left - multiplicity + 1) % 2 == 0;
    const bool is_default =
        charge == (s->has_charge ? s->charge : 0) && multiplicity <= 2 - (left + 1) % 2;
    const bool is_state = texts->pair_is_signed && abs(charge) <= (int)s->n_atoms + 2 &&
                          multiplicity >= 1 && multiplicity <= PAIR_MULTIPLICITY_MAX;
    if ((!fits && !is_state) || is_default || s->has_multiplicity ||
        (s->has_charge && s->charge != charge))
        return QMT_OK;
    char sentence[700];
    if (!fits) {
        snprintf(sentence, sizeof sentence,
                 "%.200s: the %s looks like charge and multiplicity, but %d valence electrons do "
                 "not go with multiplicity %d; write charge= and multiplicity= in the comment line",
                 place, texts->pair_source, left, multiplicity);
        return structure_set_unclear(ctx, s, true, true, sentence);
    }
    snprintf(sentence, sizeof sentence,
             "%.200s: the %s may mean charge and multiplicity, which this program would have to "
             "guess; write charge= and multiplicity= in the comment line",
             place, texts->pair_source);
    return structure_set_unclear(ctx, s, true, true, sentence);
}

/// Two integers as charge and multiplicity, before the other texts are held against them.
static QmtStatus pair_settle(QmtContext *ctx, const char *place, int electrons, StateTexts *texts,
                             ReaderNotes *notes, Structure *s)
{
    const int charge = texts->pair_charge, multiplicity = texts->pair_multiplicity;
    const bool is_state = abs(charge) <= (int)s->n_atoms + 2 && charge <= electrons &&
                          multiplicity >= 1 && multiplicity <= PAIR_MULTIPLICITY_MAX;
    if (!is_state) {
        reader_note(notes, NOTE_IGNORED, QMT_LOG_INFO,
                    "%s: the %s is not a charge and multiplicity of this molecule and is ignored",
                    place, texts->pair_source);
        return QMT_OK;
    }
    const int left = electrons - charge, unpaired = multiplicity - 1;
    if (left < unpaired || (left - unpaired) % 2 != 0) {
        char sentence[700];
        snprintf(sentence, sizeof sentence,
                 "%.200s: the %s looks like charge and multiplicity, but %d valence electrons do "
                 "not go with multiplicity %d; correct it, or write charge= and multiplicity=",
                 place, texts->pair_source, left, multiplicity);
        return structure_set_unclear(ctx, s, true, true, sentence);
    }
    reader_note(notes, NOTE_STATE, QMT_LOG_INFO,
                "%s: charge %d and multiplicity %d are taken from the %s", place, charge,
                multiplicity, texts->pair_source);
    TRY(state_add_charge(ctx, place, charge, texts->pair_source, texts));
    state_add_spin(STATE_MULTIPLICITY, multiplicity, texts->pair_source, texts);
    return QMT_OK;
}

/// The multiplicity that a text says whatever the electrons; 0: it needs them, or another text.
static int multiplicity_alone(const StateTexts *texts, size_t i)
{
    const double value = texts->spin[i].value;
    switch (texts->spin[i].quantity) {
    case STATE_MULTIPLICITY:
    case STATE_TOTAL_SPIN:
    case STATE_WORD:
        return (int)lrint(value);
    case STATE_UNPAIRED:
        return (int)lrint(value) + 1;
    case STATE_QUANTUM:
        return (int)lrint(2.0 * value) + 1;
    case STATE_SHORT_M:
        return texts->has_charge ? (int)lrint(value) : 0;
    default:
        return 0;
    }
}

/// Whether a text agrees with a multiplicity that another one says.
static bool spin_agrees(const StateTexts *texts, size_t i, int multiplicity)
{
    const double value = texts->spin[i].value, m = multiplicity;
    const StateQuantity quantity = texts->spin[i].quantity;
    const int alone = multiplicity_alone(texts, i);
    if (quantity == STATE_SPIN || quantity == STATE_TOTAL_SPIN)
        return value == m || value == m - 1.0 || 2.0 * value + 1.0 == m;
    return quantity == STATE_MOMENT || alone == 0 || alone == multiplicity;
}

/// What "spin", a spin of 0 or a magnetic moment means with an odd or even number of electrons; 0: nothing fits.
static int multiplicity_by_parity(StateQuantity quantity, double value, bool odd)
{
    const int unpaired = (int)lrint(value), twice = (int)lrint(2.0 * value);
    if (value != rint(value)) // S itself
        return odd == (twice % 2 != 0) ? twice + 1 : 0;
    if (quantity == STATE_SPIN && unpaired > 0 && odd == (unpaired % 2 == 0))
        return unpaired; // 2S + 1
    return odd == (unpaired % 2 != 0) ? unpaired + 1 : 0;
}

static QmtStatus spin_open(QmtContext *ctx, const char *place, const char *source, int electrons,
                           Structure *s)
{
    char sentence[700];
    snprintf(sentence, sizeof sentence,
             "%.200s: the %s is not a multiplicity that %d valence electrons can have; write "
             "multiplicity= (unpaired electrons + 1)",
             place, source, electrons);
    return structure_set_unclear(ctx, s, false, true, sentence);
}

/// A multiplicity that only the electrons decide; 0: there is none.
static QmtStatus parity_settle(QmtContext *ctx, const char *place, const StateTexts *texts,
                               int electrons, ReaderNotes *notes, Structure *s)
{
    const bool odd = electrons % 2 != 0;
    bool moments = true; // a calculated moment counts only where nothing else is said
    for (size_t i = 0; i < texts->n_spins; i++)
        moments = moments && (texts->spin[i].quantity == STATE_MOMENT);
    for (size_t i = 0; i < texts->n_spins; i++) {
        const StateQuantity quantity = texts->spin[i].quantity;
        const double value = texts->spin[i].value;
        if (quantity == STATE_SHORT_M || (quantity == STATE_MOMENT && (value == 0.0 || !moments)))
            continue;
        const int multiplicity = multiplicity_by_parity(quantity, value, odd);
        if (multiplicity == 0)
            return spin_open(ctx, place, texts->spin[i].source, electrons, s);
        s->has_multiplicity = true;
        s->multiplicity = multiplicity;
        snprintf(s->multiplicity_source, sizeof s->multiplicity_source, "%s",
                 texts->spin[i].source);
        if (quantity == STATE_SPIN && value == 1.0 && !odd)
            reader_note(notes, NOTE_STATE, QMT_LOG_INFO,
                        "%s: the %s is read as 2S + 1, multiplicity 1; for two unpaired electrons "
                        "write multiplicity=3",
                        place, texts->spin[i].source);
        else if (quantity == STATE_SPIN && value > 1.0 && multiplicity != (int)lrint(value))
            reader_note(
                notes, NOTE_STATE, QMT_LOG_INFO,
                "%s: the %s is read as multiplicity %d; if S is meant, write multiplicity=%d",
                place, texts->spin[i].source, multiplicity, (int)lrint(2.0 * value) + 1);
        else if (quantity == STATE_MOMENT)
            reader_note(notes, NOTE_STATE, QMT_LOG_WARNING,
                        "%s: the %s is read as unpaired electrons, multiplicity %d", place,
                        texts->spin[i].source, multiplicity);
        return QMT_OK;
    }
    return QMT_OK;
}

/// The first text that says a multiplicity by itself.
static bool spin_find(const StateTexts *texts, size_t *first)
{
    for (*first = 0; *first < texts->n_spins; (*first)++)
        if (multiplicity_alone(texts, *first) > 0)
            return true;
    return false;
}

static QmtStatus spin_settle(QmtContext *ctx, const char *place, const StateTexts *texts,
                             int electrons, ReaderNotes *notes, Structure *s)
{
    size_t first;
    if (!spin_find(texts, &first))
        return parity_settle(ctx, place, texts, electrons, notes, s);
    const StateQuantity quantity = texts->spin[first].quantity;
    const char *const source = texts->spin[first].source;
    const int multiplicity = multiplicity_alone(texts, first);
    for (size_t i = 0; i < texts->n_spins; i++)
        if (!spin_agrees(texts, i, multiplicity))
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: the multiplicity is given twice, by the %s and the %s; keep one",
                        place, source, texts->spin[i].source);
    // "S" is a letter of many meanings: the electrons must agree.
    if (quantity == STATE_QUANTUM && (electrons - multiplicity + 1) % 2 != 0)
        return spin_open(ctx, place, source, electrons, s);
    if (quantity == STATE_WORD || (quantity == STATE_QUANTUM && multiplicity > 1))
        reader_note(notes, NOTE_STATE, QMT_LOG_WARNING, "%s: the %s is read as multiplicity %d",
                    place, source, multiplicity);
    s->has_multiplicity = true;
    s->multiplicity = multiplicity;
    snprintf(s->multiplicity_source, sizeof s->multiplicity_source, "%s", source);
    return QMT_OK;
}

/// A text that looks like a charge or a multiplicity, where none was understood.
static QmtStatus open_settle(QmtContext *ctx, const char *place, bool is_charge, const char *source,
                             Structure *s)
{
    char sentence[700];
    snprintf(sentence, sizeof sentence,
             "%.200s: the %s may mean a %s, which this program would have to guess; write %s= in "
             "the %s",
             place, source, is_charge ? "charge" : "multiplicity",
             is_charge ? "charge" : "multiplicity",
             strncmp(source, "comment", 7) == 0 ? "comment line" : "configuration");
    return structure_set_unclear(ctx, s, is_charge, !is_charge, sentence);
}

QmtStatus state_settle(QmtContext *ctx, const char *place, const StateTexts *texts,
                       ReaderNotes *notes, Structure *s)
{
    StateTexts all = *texts;
    const int electrons = state_electrons(s);
    if (all.has_pair)
        TRY(pair_settle(ctx, place, electrons, &all, notes, s));
    s->has_charge = all.has_charge;
    s->charge = all.charge;
    snprintf(s->charge_source, sizeof s->charge_source, "%s", all.charge_source);
    TRY(spin_settle(ctx, place, &all, electrons - all.charge, notes, s));
    if (s->has_charge && all.charge_from[0] != '\0')
        strcpy(s->charge_source, all.charge_from);
    if (s->has_multiplicity && all.multiplicity_from[0] != '\0')
        strcpy(s->multiplicity_source, all.multiplicity_from);
    if (all.has_loose_pair)
        TRY(loose_pair_settle(ctx, place, &all, electrons, s));
    for (size_t i = 0; i < all.n_spins && !s->has_charge && !s->has_multiplicity; i++)
        if (all.spin[i].quantity == STATE_SHORT_M && all.spin[i].value > 1.0 &&
            all.spin[i].value <= PAIR_MULTIPLICITY_MAX)
            strcpy(all.open_spin, all.spin[i].source);
    if (all.open_doublet[0] != '\0' && (electrons - all.charge) % 2 == 0 && !s->has_multiplicity)
        strcpy(all.open_spin, all.open_doublet);
    if (all.open_charge[0] != '\0' && !s->has_charge)
        TRY(open_settle(ctx, place, true, all.open_charge, s));
    if (all.open_spin[0] != '\0' && !s->has_multiplicity)
        TRY(open_settle(ctx, place, false, all.open_spin, s));
    return QMT_OK;
}
