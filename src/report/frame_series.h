#ifndef REPORT_FRAME_SERIES_H
#define REPORT_FRAME_SERIES_H

#include "analysis/bond_skin.h"
#include "analysis/power_spectrum.h"
#include "engine/properties.h"
#include "report/conserved.h"
#include "trajectory/trajectory_reader.h"

/// What a page shows of a trajectory, gathered in one pass over its frames. Memory does not depend on their number.

enum {
    SERIES_SHOWN_MAX = 500,   ///< frames that can be looked at
    SERIES_TORSIONS_MAX = 12, ///< of which the angles are kept
    SERIES_PEPTIDES_MAX = 6,  ///< residues, of which phi and psi are kept
    SERIES_MATRIX_MAX = 48,   ///< frames that are all compared with one another
    SERIES_WINDOWS_MAX = 8,   ///< NVE windows with a curve
    SERIES_EVENTS_MAX = 200,  ///< of the bonds
    SERIES_SAMPLES_MAX = 16384,
    FORCE_BINS = 800, ///< the last one has all that is greater
    ELEMENTS_MAX = 119
};

/// kJ/mol/nm of one bin of the forces.
static const double FORCE_BIN = 50.0;

/// Where the heat from the thermostat comes from.
typedef enum {
    HEAT_UNKNOWN,   ///< it is left out
    HEAT_OF_FILE,   ///< the array heat
    HEAT_MADE_AGAIN ///< the steps, made again with the random numbers of the thermostat
} HeatSource;

/// The steps of an NVE window: energies less that of its first step.
typedef struct {
    uint64_t n_steps;
    size_t n_columns;
    Curve total;
} WindowSeries;

typedef struct {
    BondEvent event;
    uint64_t frame;
    double time_ps;
} SeriesEvent;

typedef struct {
    uint64_t n_frames;
    size_t n_atoms,
        n_columns; ///< column c of a curve covers frames c n / columns to (c + 1) n / columns
    size_t n_shown;
    uint64_t shown_every;
    double first_ps, last_ps;
    Curve kinetic, potential, total;
    Conserved conserved;
    HeatSource heat; ///< what the conserved quantity is made with
    Curve wanted;    ///< K; only if the file has it
    bool has_wanted;
    unsigned properties;           ///< set of Property
    Curve *property[N_PROPERTIES]; ///< NULL: not in the file
    size_t n_windows;              ///< all, of which SERIES_WINDOWS_MAX are kept
    WindowSeries *windows;         ///< [SERIES_WINDOWS_MAX]
    size_t n_matrix, matrix_every; ///< frames compared; how many of the shown ones lie between
    float *matrix;                 ///< [n_matrix (n_matrix - 1) / 2] nm, of pairs b < a, row by row
    size_t n_peptides;             ///< residues with phi and psi
    size_t peptide[SERIES_PEPTIDES_MAX][2][4];
    float *peptide_angles; ///< [n_peptides][2][n_shown] degrees
    float *shown_ps;       ///< [n_shown] time
    float (*shown)[3];     ///< [n_shown][n_atoms] nm
    float *rmsd;           ///< [n_shown] nm to the first frame; NaN where positions are
    size_t n_torsions;     ///< of which angles are kept
    size_t torsion[SERIES_TORSIONS_MAX][4];
    float *angles;   ///< [n_torsions][n_shown] degrees
    size_t n_events; ///< all, of which SERIES_EVENTS_MAX are kept
    SeriesEvent events[SERIES_EVENTS_MAX];
    uint32_t (*forces)[FORCE_BINS]; ///< [ELEMENTS_MAX] by atomic number
    double force_max;
    double tau_ps; ///< autocorrelation time of the potential energy
    bool tau_settled;
    double tau_torsions_ps; ///< the longest of the torsions, of the frames to look at; NaN: none
    bool tau_torsions_settled;
    double sample_ps; ///< between the samples of the spectra; 0: none
    PowerSpectrum velocities, dipoles;
    Bonds bonds; ///< of the first frame
} FrameSeries;

/// Column of a curve that a frame belongs to.
size_t series_column(uint64_t frame, uint64_t n_frames);

/// @param shown_max  frames to look at, 1 to SERIES_SHOWN_MAX
/// @param again      the conserved quantity from steps made again, where the file has no heat; NULL: not known
/// Fails with QMT_ERR_IO, QMT_ERR_FORMAT or QMT_ERR_MEMORY; *series is to be released all the same.
QmtStatus frame_series_read(QmtContext *ctx, TrajectoryReader *reader, size_t shown_max,
                            const Conserved *again, Arena *arena, FrameSeries *series);
void frame_series_release(FrameSeries *series);

/// Parts of frame_series_read(), made after the pass over the frames: the longest autocorrelation time of the torsions,
/// RMSD of each two of some frames, NVE windows. All fail with QMT_ERR_MEMORY.
QmtStatus series_torsions_correlate(QmtContext *ctx, FrameSeries *series);
QmtStatus series_matrix_make(QmtContext *ctx, FrameSeries *series);
QmtStatus series_windows_make(QmtContext *ctx, const TrajectoryReader *reader, FrameSeries *series);

/// Vibrational density of states at place k, area 1 over wavenumbers, and wavenumber of place k, cm-1.
double series_wavenumber(const FrameSeries *series, size_t k);
/// Width of a line at half its height, cm-1.
double series_resolution(const FrameSeries *series);
/// Largest wavenumber that the samples resolve, cm-1.
double series_limit(const FrameSeries *series);
/// Both spectra, [length / 2 + 1], area 1; zeros if there is none.
void series_spectra(const FrameSeries *series, double *states, double *infrared);

#endif
