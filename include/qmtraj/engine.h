#ifndef QMTRAJ_ENGINE_H
#define QMTRAJ_ENGINE_H

/// Energy and forces of one geometry: GFN-xTB, or a force field of the caller behind the same face.
///
/// Atomic units: hartree, bohr, e. Arrays are flat and row-major: xyz is [3 n_atoms], x y z of the first atom first.
///
/// Threads: an engine is in one call at a time; between two calls it may move to another thread and be used with
/// another context. An engine with more than one core has threads of its own, which it makes when it is created and
/// ends when it is destroyed, and which block all signals; what the caller hands over they never call or see. In a
/// process that was forked off later it works on, with one core.

#include <stddef.h>
#include <string.h>

#include <qmtraj/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What an engine that is moved does where the SCF has more than one solution (docs/theory/scf.md).
typedef enum {
    QMT_SCF_LOWEST =
        0, ///< a second solution is followed beside its own, and taken when it is the lower one
    QMT_SCF_FOLLOW =
        1 ///< it stays on the solution of the evaluation before, and reports a lower one
} QmtScfState;

/// What a GFN-xTB engine computes and how tightly. Start from qmt_engine_options_default().
typedef struct {
    size_t struct_size; ///< sizeof(QmtEngineOptions), set by qmt_engine_options_default()
    const char *method; ///< "GFN2-xTB" or "GFN1-xTB"
    int charge;         ///< total charge, e
    int unpaired;       ///< unpaired electrons (multiplicity - 1); -1: 0 or 1 by parity
    double electronic_temperature_k; ///< of the Fermi occupation, kelvin
    double scf_tolerance;            ///< RMS of the change of charges and moments, a.u.
    int scf_max_iterations;          ///< before the recovery stages begin
    int fermi_stop_reference;        ///< 1: stop the Fermi search where the reference program stops
    const char *solvent;             ///< "water", ...; NULL: gas phase
    const char *solvation_model;     ///< "alpb" or "gbsa"
    const char *solvation_state; ///< "gsolv", "bar1mol" or "reference": a constant in the energy
    const char *solvation_grid;  ///< "reference" or "fine": points of the surface of each atom
    int cores; ///< threads that work on one evaluation, 1 to 256; the numbers are the same for any of them
    int scf_state; ///< QmtScfState
    /// [3 n_atoms] bohr, a geometry of the molecule, read while the engine is made; NULL: none. Of a long molecule it tells which
    /// order of the atoms is fast inside; the numbers are the same to rounding.
    const double *start;
} QmtEngineOptions;

/// Sets every option to its default, as far as options of that size reach.
///
/// @param options      NULL is ignored
/// @param struct_size  sizeof(QmtEngineOptions) of the caller
QMT_API void qmt_engine_options_init(QmtEngineOptions *options, size_t struct_size);

/// GFN2-xTB, neutral, lowest multiplicity, 300 K, gas phase.
static inline QmtEngineOptions qmt_engine_options_default(void)
{
    QmtEngineOptions options;
    qmt_engine_options_init(&options, sizeof options);
    return options;
}

/// Energy and slopes of one molecule, with what is remembered from one geometry to the next.
typedef struct QmtEngine QmtEngine;

/// Makes a GFN-xTB engine for one molecule; all memory is taken here. Options and numbers are copied.
///
/// @param numbers  [n_atoms] atomic numbers, 1..86
/// @param options  NULL: the defaults
/// @param engine   to be destroyed with qmt_engine_destroy(); untouched after a failure
/// Fails with QMT_ERR_INPUT (element, parity, too many unpaired electrons, no atoms), QMT_ERR_CONFIG (unknown
/// method or solvent, a tolerance that is not positive, cores out of range), QMT_ERR_ARGUMENT (also an unknown scf_state) or QMT_ERR_MEMORY
/// (also if a thread cannot be made).
QMT_API QmtStatus qmt_engine_create(QmtContext *ctx, size_t n_atoms, const int *numbers,
                                    const QmtEngineOptions *options, QmtEngine **engine);

/// A force field of the caller.
///
/// @param user      as given to qmt_engine_from_callback()
/// @param xyz       [3 n_atoms] bohr
/// @param energy    hartree, to be set
/// @param gradient  [3 n_atoms] hartree/bohr, to be set: the slope of the energy, the force with the other sign
/// @return 0, or anything else for a failure, which ends the evaluation with QMT_ERR_CALLBACK
typedef int (*QmtForceFunction)(void *user, size_t n_atoms, const double *xyz, double *energy,
                                double *gradient);

/// Makes an engine from a function, so that it can be moved by qmt_dynamics_create(). The function should depend
/// on the positions alone; it is called in the thread of the evaluation and may use other engines.
///
/// @param numbers  [n_atoms] atomic numbers, 1..86, for the masses of dynamics
/// Fails with QMT_ERR_INPUT (element, no atoms), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_engine_from_callback(QmtContext *ctx, size_t n_atoms, const int *numbers,
                                           QmtForceFunction function, void *user,
                                           QmtEngine **engine);

/// Destroys an engine and sets the pointer to NULL; accepts NULL. No dynamics may use it any more.
QMT_API void qmt_engine_destroy(QmtEngine **engine);

/// Number of atoms; 0 for NULL.
QMT_API size_t qmt_engine_n_atoms(const QmtEngine *engine);

/// An evaluation that needs more iterations than this may have found one of several solutions; steps of a motion need 5
/// to 10, first ones some 20.
enum { QMT_SCF_SLOW_ITERATIONS = 100 };

/// How the solution of an evaluation came from that of the evaluation before.
typedef enum {
    QMT_SCF_SAME = 0, ///< it continues it, as far as charges and moments tell; so is the first
    QMT_SCF_JUMPED =
        1, ///< charges or moments are not where they were going: that solution was lost
    QMT_SCF_CROSSED = 2, ///< another solution is the lower one now, and was taken (QMT_SCF_LOWEST)
    QMT_SCF_HIGHER = 3   ///< another solution is the lower one, and was not taken (QMT_SCF_FOLLOW)
} QmtScfChange;

/// How an evaluation went.
typedef struct {
    size_t struct_size;   ///< sizeof(QmtReport), set by the caller
    double scf_residual;  ///< RMS of the last change of charges and moments, a.u.
    int scf_iterations;   ///< density builds; 0 for a force field
    int recovery;         ///< 0: converged normally, else the recovery stage that found a solution
    int diagonalisations; ///< of the density builds
    int checked;          ///< 1: the density was compared with that of a full diagonalisation ...
    int check_failed;     ///< 1: ... did not agree, and the evaluation was repeated without history
    int scf_change;       ///< QmtScfChange
} QmtReport;

/// A report to be filled.
static inline QmtReport qmt_report_empty(void)
{
    QmtReport report;
    memset(&report, 0, sizeof report);
    report.struct_size = sizeof report;
    return report;
}

/// Where results go. Any pointer may be NULL and then costs nothing. Start from qmt_result_empty().
typedef struct {
    size_t struct_size; ///< sizeof(QmtResult), set by qmt_result_empty()
    double *energy;     ///< hartree, the electronic free energy, which dynamics conserves
    double *gradient;   ///< [3 n_atoms] hartree/bohr
    double *virial;     ///< NULL for now: cells are not periodic yet
    double *charges;    ///< [n_atoms] e, Mulliken; GFN-xTB only
    double *dipole;     ///< [3] e bohr, about the origin; GFN-xTB only
    double *
        properties; ///< [qmt_properties_size()] a.u., those of the set one after another; GFN-xTB only
    unsigned property_set; ///< bit 1 << p for property p of qmt_property_name()
    unsigned reserved;     ///< 0
    QmtReport *report;     ///< how it went
} QmtResult;

/// A result that asks for nothing yet.
static inline QmtResult qmt_result_empty(void)
{
    QmtResult result;
    memset(&result, 0, sizeof result);
    result.struct_size = sizeof result;
    return result;
}

/// Energy and slopes at one geometry, from the converged density. Allocates nothing.
///
/// The first geometry of an engine is computed from neutral atoms, each further one from what the last ones left:
/// energies then differ by up to some 1e-11 hartree from those of a new engine, within the tolerance of the
/// SCF. Where the same geometry must give the same bytes, call qmt_engine_forget() before.
///
/// @param xyz      [3 n_atoms] bohr
/// @param lattice  NULL for now
/// @param result   where results go; untouched after a failure
/// Fails with QMT_ERR_INPUT (two atoms closer than 0.3 angstrom, a coordinate that is not finite), QMT_ERR_SCF,
/// QMT_ERR_CALLBACK (a force function failed or gave what is not finite) or QMT_ERR_ARGUMENT (NULL, a lattice or
/// virial, charges of a force field). The engine can be used again after a failure.
QMT_API QmtStatus qmt_engine_evaluate(QmtContext *ctx, QmtEngine *engine, const double *xyz,
                                      const double *lattice, const QmtResult *result);

/// Makes an engine forget what it remembers of earlier geometries; NULL is ignored.
QMT_API void qmt_engine_forget(QmtEngine *engine);

/// One contribution to the energy. This struct does not grow.
typedef struct {
    const char *name; ///< "repulsion", ...; valid for ever
    double energy;    ///< hartree
} QmtTerm;

/// The contributions of the last successful evaluation; their sum is the energy.
///
/// @param terms  [room] to be filled; NULL with room 0 asks for the number alone
/// @return how many there are, also if more than room; 0 for NULL, a force field, or before any evaluation
QMT_API size_t qmt_engine_terms(const QmtEngine *engine, QmtTerm *terms, size_t room);

/// A property of the converged density, texts valid for ever. Filled by the library.
typedef struct {
    const char *name;  ///< "charges"
    const char *title; ///< a few words for a table
    const char *unit;  ///< the atomic one, "hartree"
    const char *axes;  ///< a character per axis: 'N' the atoms, '3'; "" is a single number
} QmtProperty;

/// Property p = 0, 1, ... of the table. Fails with QMT_ERR_ARGUMENT after the last one.
QMT_API QmtStatus qmt_property(QmtContext *ctx, size_t p, QmtProperty *property);
/// How many properties there are.
QMT_API size_t qmt_property_count(void);
/// Name of property p = 0, 1, ... of the converged density, "charges"; NULL after the last one.
QMT_API const char *qmt_property_name(size_t p);
/// Numbers of property p of a molecule; 0 if there is no such property.
QMT_API size_t qmt_property_size(size_t p, size_t n_atoms);
/// Numbers of all properties of a set, bit 1 << p for property p; bits of no property count nothing.
QMT_API size_t qmt_properties_size(unsigned property_set, size_t n_atoms);

/// Symbol of an element, "C"; "?" for what is none.
QMT_API const char *qmt_element_symbol(int number);
/// Standard atomic weight in dalton; 0 for what is no element.
QMT_API double qmt_element_mass(int number);

#ifdef __cplusplus
}
#endif
#endif
