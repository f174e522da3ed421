#include "structure/atom_columns.h"

#include <math.h>
#include <stdio.h>

#include "data/element.h"
#include "io/text.h"

/// A mass this far from the standard atomic weight means an isotope, Da; tables of weights differ by less.
static const double MASS_OF_ISOTOPE = 0.3;
/// A sum of charges or moments this near a whole number is one.
static const double WHOLE = 0.01;

static QmtStatus value_read(QmtContext *ctx, const char *place, const char *word, const char *what,
                            double *value)
{
    const char *const problem = text_parse_double(word, value);
    if (problem == NULL)
        return QMT_OK;
    return FAIL(ctx, QMT_ERR_FORMAT, "%s: the %s \"%.40s\" %s", place, what, word, problem);
}

QmtStatus atom_mass_take(QmtContext *ctx, const char *place, double mass, size_t atom,
                         ReaderNotes *notes, Structure *s)
{
    const int z = s->numbers[atom];
    const int number = (int)lrint(fmin(fabs(mass), 999.0));
    if (fabs(mass - structure_mass_da(s, atom)) < MASS_OF_ISOTOPE || mass == 0.0)
        return QMT_OK;
    const double isotope = isotope_mass_da(z, number);
    // The other way round, so that it holds for a mass that is no number.
    if (!(isotope > 0.0 && fabs(isotope - mass) <= MASS_OF_ISOTOPE))
        return FAIL(ctx, QMT_ERR_INPUT, "%s: the mass %.10g is that of no isotope of %s", place,
                    mass, element_symbol(z));
    reader_note(notes, NOTE_MASS, QMT_LOG_INFO, "%s: the mass %.10g is read as %d%s", place, mass,
                number, element_symbol(z));
    return structure_set_isotope(ctx, s, atom, number);
}

QmtStatus atom_columns_take(QmtContext *ctx, const char *place, const AtomColumns *columns,
                            char **words, size_t atom, ReaderNotes *notes, Structure *structure,
                            ColumnSums *sums)
{
    double value = 0.0;
    if (columns->charge < COLUMNS_MAX) {
        TRY(value_read(ctx, place, words[columns->charge], "charge", &value));
        sums->charge += value;
    }
    if (columns->moment < COLUMNS_MAX) {
        TRY(value_read(ctx, place, words[columns->moment], "magnetic moment", &value));
        sums->moment += value;
    }
    if (columns->isotope < COLUMNS_MAX) {
        TRY(value_read(ctx, place, words[columns->isotope], "mass number", &value));
        const int number = (int)lrint(fmin(fabs(value), 999.0));
        if (number != 0 && isotope_mass_da(structure->numbers[atom], number) == 0.0)
            return FAIL(ctx, QMT_ERR_INPUT, "%s: the mass of %d%s is not known", place, number,
                        element_symbol(structure->numbers[atom]));
        if (number != 0)
            TRY(structure_set_isotope(ctx, structure, atom, number));
    }
    if (columns->mass >= COLUMNS_MAX)
        return QMT_OK;
    TRY(value_read(ctx, place, words[columns->mass], "mass", &value));
    return atom_mass_take(ctx, place, value, atom, notes, structure);
}

static bool is_whole(double value)
{
    return fabs(value - rint(value)) < WHOLE;
}

QmtStatus atom_columns_settle(QmtContext *ctx, const char *place, const AtomColumns *columns,
                              const ColumnSums *sums, StateTexts *texts)
{
    char source[STATE_SOURCE_SIZE];
    const double moment = fabs(sums->moment);
    snprintf(source, sizeof source, "charges of the atoms, %.4g in all", sums->charge);
    if (columns->charge < COLUMNS_MAX && !texts->has_charge && !is_whole(sums->charge))
        snprintf(texts->open_charge, sizeof texts->open_charge, "%s", source);
    else if (columns->charge < COLUMNS_MAX && !texts->has_charge && rint(sums->charge) != 0.0)
        TRY(state_add_charge(ctx, place, (int)lrint(sums->charge), source, texts));
    snprintf(source, sizeof source, "magnetic moments of the atoms, %.4g in all", sums->moment);
    if (columns->moment >= COLUMNS_MAX || texts->n_spins > 0 || texts->has_pair)
        return QMT_OK;
    if (!is_whole(moment))
        snprintf(texts->open_spin, sizeof texts->open_spin, "%s", source);
    else if (rint(moment) != 0.0)
        state_add_spin(STATE_MOMENT, rint(moment), source, texts);
    return QMT_OK;
}
