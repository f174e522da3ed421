#include "report/frame_series.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/autocorrelation.h"
#include "analysis/peptides.h"
#include "analysis/superposition.h"
#include "analysis/torsions.h"
#include "audit/reactions.h"
#include "base/units.h"
#include "base/vec3.h"

/// Samples of the spectra are at most so far apart, which resolves up to 5559 cm-1, and a segment is at least so long: lines of 6 cm-1.
static const double SAMPLE_PS = 0.003, SEGMENT_PS = 8.0;
static const double DEGREES = 180.0 / 3.14159265358979323846;

/// What is needed during the pass alone.
typedef struct {
    Bonds now, after;
    BondSkin skin;
    uint64_t every_sample, every_energy;
    double *energy; ///< [n_energy]
    size_t n_energy;
    float (*first)[3], (*other)[3]; ///< [n_atoms]
    double first_square;
    double *velocity; ///< [3 n_atoms]
    size_t dipole;    ///< place among the properties; SIZE_MAX: none
} Pass;

static QmtStatus arrays_make(QmtContext *ctx, FrameSeries *s, Pass *pass)
{
    const size_t n = s->n_atoms;
    s->shown_ps = calloc(s->n_shown, sizeof(float));
    s->shown = calloc(s->n_shown * n, sizeof *s->shown);
    s->rmsd = calloc(s->n_shown, sizeof(float));
    s->angles = calloc(SERIES_TORSIONS_MAX * s->n_shown, sizeof(float));
    s->peptide_angles = calloc(2 * SERIES_PEPTIDES_MAX * s->n_shown, sizeof(float));
    s->forces = calloc(ELEMENTS_MAX, sizeof *s->forces);
    pass->energy = calloc(SERIES_SAMPLES_MAX, sizeof(double));
    pass->first = calloc(n, sizeof *pass->first);
    pass->other = calloc(n, sizeof *pass->other);
    pass->velocity = calloc(3 * n, sizeof(double));
    if (s->shown_ps == NULL || s->shown == NULL || s->rmsd == NULL || s->angles == NULL ||
        s->peptide_angles == NULL || s->forces == NULL || pass->energy == NULL ||
        pass->first == NULL || pass->other == NULL || pass->velocity == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the curves of %zu atoms", n);
    for (int p = 0; p < (int)N_PROPERTIES; p++) {
        if ((s->properties & 1U << p) == 0)
            continue;
        s->property[p] = malloc(sizeof *s->property[p]);
        if (s->property[p] == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the curves of %zu atoms", n);
        curve_begin(s->property[p]);
    }
    return QMT_OK;
}

static void pass_release(Pass *pass)
{
    free(pass->energy);
    free(pass->first);
    free(pass->other);
    free(pass->velocity);
}

static QmtStatus bonds_begin(QmtContext *ctx, const TrajectoryReader *reader, Arena *arena,
                             FrameSeries *s, Pass *pass)
{
    for (int twice = 0; twice < 2; twice++) {
        bonds_layout(&s->bonds, arena, s->n_atoms);
        bonds_layout(&pass->now, arena, s->n_atoms);
        bonds_layout(&pass->after, arena, s->n_atoms);
        bond_skin_layout(&pass->skin, arena, s->n_atoms);
        if (twice == 0)
            TRY(arena_reserve(ctx, arena));
    }
    bonds_setup(&s->bonds, reader->numbers, 1.0 / ANGSTROM_PER_NM);
    bonds_setup(&pass->now, reader->numbers, 1.0 / ANGSTROM_PER_NM);
    bonds_setup(&pass->after, reader->numbers, 1.0 / ANGSTROM_PER_NM);
    return QMT_OK;
}

/// Where the dipole stands among the properties of a frame.
static size_t dipole_find(const TrajectoryReader *reader)
{
    size_t at = 0;
    for (int p = 0; p < (int)N_PROPERTIES; p++) {
        if ((reader->properties & 1U << p) == 0)
            continue;
        if (p == (int)PROPERTY_DIPOLE)
            return at;
        at += property_size((Property)p, reader->n_atoms);
    }
    return SIZE_MAX;
}

static QmtStatus spectra_begin(QmtContext *ctx, TrajectoryReader *reader, FrameSeries *s,
                               Pass *pass)
{
    const TrajectoryFrame *frame;
    if (s->n_frames < 4)
        return QMT_OK;
    TRY(trajectory_reader_frame(ctx, reader, s->n_frames - 1, &frame));
    s->last_ps = frame->time;
    TRY(trajectory_reader_frame(ctx, reader, 0, &frame));
    const double frame_ps = (s->last_ps - frame->time) / (double)(s->n_frames - 1);
    if (!(frame_ps > 0.0) || !isfinite(frame_ps))
        return QMT_OK;
    const double whole = floor(SAMPLE_PS / frame_ps * (1.0 + 1e-9));
    pass->every_sample = whole > 1.0 && whole < 1e6 ? (uint64_t)whole : 1;
    s->sample_ps = frame_ps * (double)pass->every_sample;
    const size_t n = (size_t)((s->n_frames - 1) / pass->every_sample + 1);
    size_t longest = 4;
    while ((double)longest * s->sample_ps < SEGMENT_PS)
        longest *= 2;
    double *const weight = malloc(3 * s->n_atoms * sizeof *weight);
    if (weight == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the masses");
    for (size_t i = 0; i < 3 * s->n_atoms; i++)
        weight[i] = reader->masses[i / 3];
    const QmtStatus status =
        power_spectrum_begin(ctx, n, longest, 3 * s->n_atoms, weight, &s->velocities);
    free(weight);
    TRY(status);
    pass->dipole = dipole_find(reader);
    return pass->dipole != SIZE_MAX ? power_spectrum_begin(ctx, n, longest, 3, NULL, &s->dipoles)
                                    : QMT_OK;
}

static bool positions_are_finite(const FrameSeries *s, const TrajectoryFrame *frame)
{
    for (size_t a = 0; a < s->n_atoms; a++)
        for (int k = 0; k < 3; k++)
            if (!isfinite(frame->pos[a][k]))
                return false;
    return true;
}

static float angle_of(const TrajectoryFrame *frame, const size_t torsion[4])
{
    double cosine, sine;
    torsion_angle(frame->pos, torsion, &cosine, &sine);
    return (float)(DEGREES * atan2(sine, cosine));
}

static void shown_add(FrameSeries *s, Pass *pass, size_t at, const TrajectoryFrame *frame)
{
    const size_t n = s->n_atoms;
    s->shown_ps[at] = (float)frame->time;
    for (size_t a = 0; a < n; a++)
        for (int k = 0; k < 3; k++)
            pass->other[a][k] = s->shown[at * n + a][k] = (float)frame->pos[a][k];
    for (size_t t = 0; t < s->n_torsions; t++)
        s->angles[t * s->n_shown + at] = angle_of(frame, s->torsion[t]);
    for (size_t t = 0; t < 2 * s->n_peptides; t++)
        s->peptide_angles[t * s->n_shown + at] = angle_of(frame, s->peptide[t / 2][t % 2]);
    if (!positions_are_finite(s, frame)) {
        s->rmsd[at] = NAN;
        return;
    }
    const double square = superposition_centre(n, pass->other);
    if (at == 0) {
        memcpy(pass->first, pass->other, n * sizeof *pass->first);
        pass->first_square = square;
    }
    s->rmsd[at] = (float)superposition_rmsd(n, (const float(*)[3])pass->first, pass->first_square,
                                            (const float(*)[3])pass->other, square);
}

static void bonds_follow(const TrajectoryReader *reader, FrameSeries *s, Pass *pass, uint64_t f,
                         const TrajectoryFrame *frame)
{
    BondEvent events[4];
    if (f == 0) {
        cJSON *const metadata = reader->metadata != NULL ? cJSON_Parse(reader->metadata) : NULL;
        if (!reactions_bonds_read(metadata, &pass->now))
            bonds_find_moving(&pass->now, frame->pos);
        cJSON_Delete(metadata);
        bonds_find(&s->bonds, frame->pos);
        size_t(*all)[4] = malloc((bonds_count(&s->bonds) + 1) * sizeof *all);
        const size_t room = bonds_count(&s->bonds);
        const size_t n = all != NULL ? torsions_find(&s->bonds, all, room) : 0;
        for (; s->n_torsions < n && s->n_torsions < SERIES_TORSIONS_MAX; s->n_torsions++)
            memcpy(s->torsion[s->n_torsions], all[s->n_torsions], sizeof *all);
        free(all);
        s->n_peptides = peptides_find(&s->bonds, reader->numbers, s->peptide, SERIES_PEPTIDES_MAX);
        s->n_peptides = s->n_peptides < SERIES_PEPTIDES_MAX ? s->n_peptides : SERIES_PEPTIDES_MAX;
        return;
    }
    if (!bond_skin_update(&pass->skin, &pass->now, frame->pos, &pass->after))
        return;
    const size_t n = bonds_compare(&pass->now, &pass->after, events, 4);
    for (size_t e = 0; e < n && e < 4 && s->n_events + e < SERIES_EVENTS_MAX; e++)
        s->events[s->n_events + e] =
            (SeriesEvent){.event = events[e], .frame = f, .time_ps = frame->time};
    s->n_events += n;
    bonds_copy(&pass->now, &pass->after);
}

static void forces_add(const TrajectoryReader *reader, FrameSeries *s, const TrajectoryFrame *frame)
{
    for (size_t a = 0; a < s->n_atoms; a++) {
        const double force = vec3_norm(frame->forces[a]);
        const int z = reader->numbers[a];
        if (!isfinite(force) || z < 0 || z >= ELEMENTS_MAX)
            continue;
        const double bin = force / FORCE_BIN;
        s->forces[z][bin < FORCE_BINS - 1 ? (size_t)bin : FORCE_BINS - 1]++;
        s->force_max = fmax(s->force_max, force);
    }
}

/// One number is shown as it is, a vector or tensor by its magnitude, numbers of atoms or pairs by the least and the
/// greatest.
static void property_add(Curve *curve, size_t column, Property p, const double *value, size_t n)
{
    const char *const axes = PROPERTIES[p].axes;
    double least = value[0], greatest = value[0], square = 0.0;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, value[i]);
        greatest = fmax(greatest, value[i]);
        square += value[i] * value[i];
    }
    if (axes[0] == '3') {
        curve_add(curve, column, sqrt(square));
        return;
    }
    curve_add(curve, column, greatest);
    if (axes[0] != '\0')
        curve_add(curve, column, least);
}

static void curves_add_further(FrameSeries *s, size_t column, const TrajectoryFrame *frame)
{
    const double heat = s->heat == HEAT_OF_FILE ? frame->heat : 0.0;
    if (s->heat != HEAT_MADE_AGAIN)
        conserved_add(&s->conserved, column, frame->time,
                      frame->total + frame->bias_energy - frame->bias_work - heat);
    if (s->has_wanted)
        curve_add(&s->wanted, column, frame->wanted_k);
    size_t at = 0;
    for (int p = 0; p < (int)N_PROPERTIES; p++) {
        const size_t n = property_size((Property)p, s->n_atoms);
        if (s->property[p] == NULL)
            continue;
        property_add(s->property[p], column, (Property)p, frame->properties + at, n);
        at += n;
    }
}

size_t series_column(uint64_t frame, uint64_t n_frames)
{
    return (size_t)(n_frames < CURVE_COLUMNS ? frame : frame * CURVE_COLUMNS / n_frames);
}

static void frame_add(const TrajectoryReader *reader, FrameSeries *s, Pass *pass, uint64_t f,
                      const TrajectoryFrame *frame)
{
    const size_t column = series_column(f, s->n_frames);
    curve_add(&s->kinetic, column, frame->kinetic);
    curve_add(&s->potential, column, frame->potential);
    curve_add(&s->total, column, frame->total);
    curves_add_further(s, column, frame);
    s->last_ps = frame->time;
    if (f == 0)
        s->first_ps = frame->time;
    bonds_follow(reader, s, pass, f, frame);
    if (f % s->shown_every == 0)
        shown_add(s, pass, (size_t)(f / s->shown_every), frame);
    if (f % pass->every_energy == 0)
        pass->energy[pass->n_energy++] = frame->potential;
    if (s->sample_ps > 0.0 && f % pass->every_sample == 0) {
        memcpy(pass->velocity, frame->vel, 3 * s->n_atoms * sizeof(double));
        power_spectrum_add(&s->velocities, pass->velocity);
        forces_add(reader, s, frame);
        if (pass->dipole != SIZE_MAX)
            power_spectrum_add(&s->dipoles, frame->properties + pass->dipole);
    } else if (!(s->sample_ps > 0.0)) {
        forces_add(reader, s, frame);
    }
}

static void energy_correlate(FrameSeries *s, Pass *pass)
{
    const double frame_ps = (s->last_ps - s->first_ps) / fmax((double)(s->n_frames - 1), 1.0);
    bool finite = pass->n_energy > 1;
    for (size_t i = 0; i < pass->n_energy; i++)
        finite = finite && isfinite(pass->energy[i]);
    s->tau_ps = NAN;
    if (finite)
        s->tau_ps = frame_ps * (double)pass->every_energy *
                    autocorrelation_time(pass->n_energy, 1, pass->energy, &s->tau_settled);
}

static QmtStatus frames_pass(QmtContext *ctx, TrajectoryReader *reader, Arena *arena,
                             FrameSeries *s, Pass *pass)
{
    TRY(arrays_make(ctx, s, pass));
    TRY(bonds_begin(ctx, reader, arena, s, pass));
    TRY(spectra_begin(ctx, reader, s, pass));
    for (uint64_t f = 0; f < s->n_frames; f++) {
        const TrajectoryFrame *frame;
        TRY(trajectory_reader_frame(ctx, reader, f, &frame));
        frame_add(reader, s, pass, f, frame);
    }
    if (s->sample_ps > 0.0)
        power_spectrum_finish(&s->velocities);
    if (s->dipoles.length > 0)
        power_spectrum_finish(&s->dipoles);
    energy_correlate(s, pass);
    TRY(series_torsions_correlate(ctx, s));
    TRY(series_matrix_make(ctx, s));
    return series_windows_make(ctx, reader, s);
}

QmtStatus frame_series_read(QmtContext *ctx, TrajectoryReader *reader, size_t shown_max,
                            const Conserved *again, Arena *arena, FrameSeries *series)
{
    const uint64_t n = reader->n_frames;
    FrameSeries *const s = series;
    *s = (FrameSeries){
        .n_frames = n, .n_atoms = reader->n_atoms, .tau_ps = NAN, .tau_torsions_ps = NAN};
    if (n == 0)
        return QMT_OK;
    s->n_columns = n < CURVE_COLUMNS ? (size_t)n : CURVE_COLUMNS;
    s->shown_every = (n + shown_max - 1) / shown_max;
    s->n_shown = (size_t)((n + s->shown_every - 1) / s->shown_every);
    for (size_t c = 0; c < 4; c++)
        curve_begin((Curve *[]){&s->kinetic, &s->potential, &s->total, &s->wanted}[c]);
    conserved_begin(&s->conserved);
    s->has_wanted = reader->array[ARRAY_WANTED] != NULL;
    if (reader->array[ARRAY_HEAT] != NULL) {
        s->heat = HEAT_OF_FILE;
    } else if (again != NULL && again->curve.n == n) {
        s->heat = HEAT_MADE_AGAIN;
        s->conserved = *again;
    }
    s->properties = reader->properties;
    Pass pass = {.every_sample = 1,
                 .every_energy = (n + SERIES_SAMPLES_MAX - 1) / SERIES_SAMPLES_MAX,
                 .dipole = SIZE_MAX};
    const QmtStatus status = frames_pass(ctx, reader, arena, s, &pass);
    pass_release(&pass);
    return status;
}

void frame_series_release(FrameSeries *series)
{
    free(series->shown_ps);
    free(series->shown);
    free(series->rmsd);
    free(series->angles);
    free(series->peptide_angles);
    free(series->matrix);
    free(series->windows);
    for (int p = 0; p < (int)N_PROPERTIES; p++)
        free(series->property[p]);
    free(series->forces);
    power_spectrum_release(&series->velocities);
    power_spectrum_release(&series->dipoles);
    *series = (FrameSeries){0};
}
