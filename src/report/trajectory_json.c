#include "report/trajectory_json.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "data/element.h"
#include "io/base64.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the page reads little-endian numbers");

/// Up to so many places of a spectrum are shown, and no more than 4500 cm-1.
static const double WAVENUMBER_SHOWN = 4500.0;
/// Marks a position that is no number.
enum { NO_POSITION = -32768, POSITION_MAX = 32767 };

static void bytes_put(cJSON *object, const char *key, const void *data, size_t n)
{
    char *const text = malloc(base64_size(n) + 1);
    if (text == NULL)
        return;
    base64_encode(data, n, text);
    cJSON_AddStringToObject(object, key, text);
    free(text);
}

static void floats_put(cJSON *object, const char *key, const float *values, size_t n)
{
    bytes_put(object, key, values, n * sizeof *values);
}

static void number_put(cJSON *object, const char *key, double value)
{
    if (isfinite(value))
        cJSON_AddNumberToObject(object, key, value);
    else
        cJSON_AddNullToObject(object, key);
}

static void curve_put(cJSON *object, const char *key, const Curve *curve, size_t n_columns)
{
    cJSON *const made = cJSON_AddObjectToObject(object, key);
    // Energies are large and change little: the columns are differences from a base that float32 resolves.
    const double base = isfinite(curve_mean(curve)) ? floor(curve_mean(curve)) : 0.0;
    float means[CURVE_COLUMNS], low[CURVE_COLUMNS], high[CURVE_COLUMNS];
    for (size_t c = 0; c < n_columns; c++) {
        means[c] = (float)(curve_column_mean(curve, c) - base);
        low[c] = (float)(curve->low[c] - base);
        high[c] = (float)(curve->high[c] - base);
    }
    floats_put(made, "low", low, n_columns);
    floats_put(made, "high", high, n_columns);
    floats_put(made, "means", means, n_columns);
    number_put(made, "base", base);
    number_put(made, "mean", curve_mean(curve));
    cJSON_AddNumberToObject(made, "not_finite", (double)curve->n_not_finite);
}

static void curves_put(cJSON *object, const FrameSeries *s)
{
    const size_t n = s->n_columns;
    curve_put(object, "kinetic", &s->kinetic, n);
    curve_put(object, "potential", &s->potential, n);
    curve_put(object, "total", &s->total, n);
    curve_put(object, "conserved", &s->conserved.curve, n);
    number_put(object, "conserved_slope", line_fit_slope(&s->conserved.line));
    number_put(object, "conserved_rms", line_fit_rms(&s->conserved.line));
    cJSON_AddStringToObject(
        object, "heat",
        (const char *[]){
            [HEAT_UNKNOWN] = "unknown", [HEAT_OF_FILE] = "file", [HEAT_MADE_AGAIN] = "again"}
            [s->heat]);
    if (s->has_wanted)
        curve_put(object, "wanted", &s->wanted, n);
    cJSON *const properties = cJSON_AddArrayToObject(object, "properties");
    for (int p = 0; p < (int)N_PROPERTIES; p++) {
        if (s->property[p] == NULL)
            continue;
        cJSON *const property = cJSON_CreateObject();
        cJSON_AddStringToObject(property, "name", property_name((Property)p));
        cJSON_AddStringToObject(property, "title", PROPERTIES[p].title);
        cJSON_AddStringToObject(property, "unit", PROPERTIES[p].unit);
        cJSON_AddStringToObject(property, "axes", PROPERTIES[p].axes);
        curve_put(property, "curve", s->property[p], n);
        cJSON_AddItemToArray(properties, property);
    }
}

static void windows_put(cJSON *object, const FrameSeries *s)
{
    cJSON *const windows = cJSON_AddArrayToObject(object, "windows");
    cJSON_AddNumberToObject(object, "n_windows", (double)s->n_windows);
    for (size_t w = 0; w < s->n_windows && w < SERIES_WINDOWS_MAX; w++) {
        cJSON *const window = cJSON_CreateObject();
        cJSON_AddNumberToObject(window, "steps", (double)s->windows[w].n_steps);
        curve_put(window, "curve", &s->windows[w].total, s->windows[w].n_columns);
        cJSON_AddItemToArray(windows, window);
    }
}

/// All pairs b < a, as parts of the greatest in 255 steps; 255 also stands for what is not a number.
static void matrix_put(cJSON *object, const FrameSeries *s)
{
    const size_t n = s->n_matrix * (s->n_matrix - 1) / 2;
    double greatest = 0.0;
    for (size_t i = 0; i < n; i++)
        greatest = isfinite(s->matrix[i]) ? fmax(greatest, s->matrix[i]) : greatest;
    unsigned char *const steps = malloc(n + 1);
    if (steps == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        steps[i] = isfinite(s->matrix[i]) && greatest > 0.0
                       ? (unsigned char)lrint(254.0 * s->matrix[i] / greatest)
                       : 255;
    cJSON *const matrix = cJSON_AddObjectToObject(object, "matrix");
    cJSON_AddNumberToObject(matrix, "n", (double)s->n_matrix);
    cJSON_AddNumberToObject(matrix, "every", (double)s->matrix_every);
    number_put(matrix, "greatest", greatest * ANGSTROM_PER_NM);
    bytes_put(matrix, "steps", steps, n);
    free(steps);
}

static void peptides_put(cJSON *object, const FrameSeries *s)
{
    cJSON *const peptides = cJSON_AddArrayToObject(object, "peptides");
    for (size_t p = 0; p < s->n_peptides; p++) {
        cJSON *const peptide = cJSON_CreateObject();
        cJSON_AddNumberToObject(peptide, "alpha", (double)s->peptide[p][1][1] + 1.0);
        floats_put(peptide, "phi", s->peptide_angles + 2 * p * s->n_shown, s->n_shown);
        floats_put(peptide, "psi", s->peptide_angles + (2 * p + 1) * s->n_shown, s->n_shown);
        cJSON_AddItemToArray(peptides, peptide);
    }
}

/// In steps of a thousandth of an angstrom, or larger ones where the molecule is larger than 32 angstrom.
static void positions_put(cJSON *object, const FrameSeries *s)
{
    const size_t n = s->n_shown * s->n_atoms;
    double largest = 0.0;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            if (isfinite(s->shown[i][k]))
                largest = fmax(largest, fabs(s->shown[i][k]) * ANGSTROM_PER_NM);
    const double step = fmax(0.001, largest / POSITION_MAX);
    int16_t(*const steps)[3] = malloc((n + 1) * sizeof *steps);
    if (steps == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            steps[i][k] = isfinite(s->shown[i][k])
                              ? (int16_t)lrint(s->shown[i][k] * ANGSTROM_PER_NM / step)
                              : (int16_t)NO_POSITION;
    number_put(object, "step", step);
    bytes_put(object, "pos", steps, n * sizeof *steps);
    free(steps);
}

static void atoms_put(cJSON *object, const TrajectoryReader *reader, const FrameSeries *s)
{
    cJSON *const symbols = cJSON_AddArrayToObject(object, "symbols");
    for (size_t a = 0; a < s->n_atoms; a++) {
        const char *const symbol = element_symbol(reader->numbers[a]);
        cJSON_AddItemToArray(symbols, cJSON_CreateString(symbol != NULL ? symbol : "?"));
    }
    cJSON *const bonds = cJSON_AddArrayToObject(object, "bonds");
    size_t pair = 0, a, b;
    while (s->n_frames > 0 && bonds_next(&s->bonds, &pair, &a, &b))
        cJSON_AddItemToArray(bonds, cJSON_CreateIntArray((int[]){(int)a, (int)b}, 2));
}

static void events_put(cJSON *object, const FrameSeries *s)
{
    cJSON *const events = cJSON_AddArrayToObject(object, "events");
    for (size_t e = 0; e < s->n_events && e < SERIES_EVENTS_MAX; e++) {
        const SeriesEvent *const from = &s->events[e];
        cJSON *const event = cJSON_CreateObject();
        cJSON_AddStringToObject(event, "kind", bond_event_name(from->event.kind));
        cJSON *const atoms = cJSON_AddArrayToObject(event, "atoms");
        for (size_t i = 0; i < from->event.n_atoms; i++)
            cJSON_AddItemToArray(atoms, cJSON_CreateNumber((double)from->event.atoms[i] + 1.0));
        cJSON_AddNumberToObject(event, "frame", (double)from->frame);
        number_put(event, "ps", from->time_ps);
        cJSON_AddItemToArray(events, event);
    }
    cJSON_AddNumberToObject(object, "n_events", (double)s->n_events);
}

static void forces_put(cJSON *object, const FrameSeries *s)
{
    cJSON *const forces = cJSON_AddArrayToObject(object, "forces");
    number_put(object, "force_bin", FORCE_BIN);
    number_put(object, "force_max", s->force_max);
    for (int z = 1; z < ELEMENTS_MAX && s->forces != NULL; z++) {
        size_t last = FORCE_BINS;
        while (last > 0 && s->forces[z][last - 1] == 0)
            last--;
        if (last == 0)
            continue;
        cJSON *const row = cJSON_CreateObject();
        const char *const symbol = element_symbol(z);
        cJSON_AddStringToObject(row, "element", symbol != NULL ? symbol : "?");
        float counts[FORCE_BINS];
        for (size_t i = 0; i < last; i++)
            counts[i] = (float)s->forces[z][i];
        floats_put(row, "counts", counts, last);
        cJSON_AddItemToArray(forces, row);
    }
}

static void torsions_put(cJSON *object, const FrameSeries *s)
{
    cJSON *const torsions = cJSON_AddArrayToObject(object, "torsions");
    for (size_t t = 0; t < s->n_torsions; t++) {
        cJSON *const torsion = cJSON_CreateObject();
        int atoms[4];
        for (int i = 0; i < 4; i++)
            atoms[i] = (int)s->torsion[t][i] + 1;
        cJSON_AddItemToObject(torsion, "atoms", cJSON_CreateIntArray(atoms, 4));
        floats_put(torsion, "degrees", s->angles + t * s->n_shown, s->n_shown);
        cJSON_AddItemToArray(torsions, torsion);
    }
}

static void spectra_put(cJSON *object, const FrameSeries *s)
{
    if (s->velocities.n_segments == 0)
        return;
    const size_t n = s->velocities.length / 2 + 1;
    double *const states = malloc(2 * n * sizeof *states);
    float *const shown = malloc(n * sizeof *shown);
    cJSON *const spectrum = cJSON_AddObjectToObject(object, "spectrum");
    if (states != NULL && shown != NULL) {
        series_spectra(s, states, states + n);
        size_t last = 0;
        while (last < n && series_wavenumber(s, last) <= WAVENUMBER_SHOWN)
            last++;
        number_put(spectrum, "step", series_wavenumber(s, 1));
        number_put(spectrum, "resolution", series_resolution(s));
        number_put(spectrum, "limit", series_limit(s));
        number_put(spectrum, "window_ps", (double)s->velocities.length * s->sample_ps);
        cJSON_AddNumberToObject(spectrum, "segments", (double)s->velocities.n_segments);
        for (int which = 0; which < (s->dipoles.n_segments > 0 ? 2 : 1); which++) {
            for (size_t k = 0; k < last; k++)
                shown[k] = (float)states[(size_t)which * n + k];
            floats_put(spectrum, which == 0 ? "states" : "infrared", shown, last);
        }
    }
    free(states);
    free(shown);
}

cJSON *trajectory_json(const TrajectoryReader *reader, const FrameSeries *series)
{
    cJSON *const object = cJSON_CreateObject();
    if (object == NULL)
        return NULL;
    cJSON_AddNumberToObject(object, "frames", (double)series->n_frames);
    cJSON_AddNumberToObject(object, "shown_every", (double)series->shown_every);
    number_put(object, "first_ps", series->first_ps);
    number_put(object, "last_ps", series->last_ps);
    atoms_put(object, reader, series);
    if (series->n_frames > 0) {
        curves_put(object, series);
        windows_put(object, series);
        matrix_put(object, series);
        peptides_put(object, series);
        floats_put(object, "shown_ps", series->shown_ps, series->n_shown);
        floats_put(object, "rmsd", series->rmsd, series->n_shown);
        positions_put(object, series);
    }
    events_put(object, series);
    forces_put(object, series);
    torsions_put(object, series);
    number_put(object, "tau_ps", series->tau_ps);
    cJSON_AddBoolToObject(object, "tau_settled", series->tau_settled);
    number_put(object, "tau_torsions_ps", series->tau_torsions_ps);
    cJSON_AddBoolToObject(object, "tau_torsions_settled", series->tau_torsions_settled);
    spectra_put(object, series);
    return object;
}
