#ifndef QMTRAJ_H
#define QMTRAJ_H

/// The public face of qmtraj: GFN-xTB energies, forces and trajectories.
///
/// Conventions for every function here: atomic units (hartree, bohr, e) unless a name says
/// otherwise; arrays are row-major, [atom][xyz]; any output pointer may be NULL and then costs
/// nothing; every create has a destroy that takes the address, sets NULL and accepts NULL. The
/// library copies what it keeps, never prints and never exits. After a failure the outputs are
/// untouched and qmt_context_message() holds one sentence that says what happened.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define QMT_API __attribute__((visibility("default")))
#else
#define QMT_API
#endif

/// Every status: name, exit code of the program, sentence. The manual's table is made from this list.
#define QMT_STATUS_LIST(X)                                                                         \
    X(QMT_OK, 0, "done")                                                                           \
    X(QMT_ERR_PARTIAL, 1, "some molecules failed")                                                 \
    X(QMT_ERR_USAGE, 2, "wrong command line")                                                      \
    X(QMT_ERR_CONFIG, 2, "wrong configuration")                                                    \
    X(QMT_ERR_INPUT, 3, "the chemistry of the input is impossible or not supported")               \
    X(QMT_ERR_FORMAT, 3, "an input file is not what it should be")                                 \
    X(QMT_ERR_SCF, 4, "the self-consistent field does not converge")                               \
    X(QMT_ERR_PHYSICS, 4, "the motion is not physical any more")                                   \
    X(QMT_ERR_IO, 5, "reading or writing failed")                                                  \
    X(QMT_ERR_MEMORY, 5, "out of memory")                                                          \
    X(QMT_ERR_LOCKED, 6, "another process holds the folder")                                       \
    X(QMT_ERR_CHECKPOINT, 7, "the checkpoint does not fit")                                        \
    X(QMT_STOPPED, 75, "stopped on request, can be resumed")

#define QMT_STATUS_ENUM(name, exit_code, sentence) name,
typedef enum { QMT_STATUS_LIST(QMT_STATUS_ENUM) QMT_STATUS_COUNT } QmtStatus;
#undef QMT_STATUS_ENUM

/// Exit code of the program for a status, as listed above.
QMT_API int qmt_status_exit_code(QmtStatus status);
/// The sentence of a status, as listed above.
QMT_API const char *qmt_status_sentence(QmtStatus status);

/// What may help after a failure, where it depends on options that the caller has: name, the words of
/// qmt_hint_sentence().
#define QMT_HINT_LIST(X)                                                                           \
    X(QMT_HINT_NONE, "")                                                                           \
    X(QMT_HINT_WARMER_ELECTRONS, "raise the electronic temperature")                               \
    X(QMT_HINT_SHORTER_STEP, "take a smaller time step")                                           \
    X(QMT_HINT_SHORTER_STEP_OR_RELAX, "take a smaller time step, or relax the geometry first")     \
    X(QMT_HINT_GEOMETRY_OR_STEP, "check the geometry, or take a smaller time step")                \
    X(QMT_HINT_SOLVENTS, "look at the list of solvents")

#define QMT_HINT_ENUM(name, sentence) name,
typedef enum { QMT_HINT_LIST(QMT_HINT_ENUM) QMT_HINT_COUNT } QmtHint;
#undef QMT_HINT_ENUM

/// The words of a hint, as listed above; "" for QMT_HINT_NONE and for what is no hint.
QMT_API const char *qmt_hint_sentence(QmtHint hint);

/// Holds the last error sentence, the log function and the kernels in use. One per thread.
typedef struct QmtContext QmtContext;

typedef enum { QMT_LOG_INFO, QMT_LOG_WARNING } QmtLogLevel;
typedef void (*QmtLogFunction)(void *user, QmtLogLevel level, const char *sentence);

/// Makes a context. Fails with QMT_ERR_MEMORY, or with QMT_ERR_USAGE if the environment variable
/// QMTRAJ_ISA names an instruction set that this machine lacks.
QMT_API QmtStatus qmt_context_create(QmtContext **ctx);
QMT_API void qmt_context_destroy(QmtContext **ctx);
/// The sentence of the last failure in this context, "SUBJECT: TEXT" or the text alone; "" if there was none.
QMT_API const char *qmt_context_message(const QmtContext *ctx);
/// What the sentence of the last failure is about, for example the name of a molecule; "" if the text says it.
QMT_API const char *qmt_context_subject(const QmtContext *ctx);
/// What may help against the last failure.
QMT_API QmtHint qmt_context_hint(const QmtContext *ctx);
/// Sends notes and warnings to a function; without one they are dropped.
QMT_API void qmt_context_set_log(QmtContext *ctx, QmtLogFunction log, void *user);
/// Instruction set of the kernels in use: "generic", "avx2" or "avx512".
QMT_API const char *qmt_context_isa(const QmtContext *ctx);

/// Version of the library, "major.minor.patch".
QMT_API const char *qmt_version(void);
/// Which build of that version: the commit it was made from, with a checksum of the sources behind it if they were
/// changed, or that checksum alone.
QMT_API const char *qmt_build_id(void);
/// Checksum (64 bit, hex) of all that decides the numbers and the layout of a trajectory: sources, tables,
/// compiler, its flags and the linear algebra linked in. Trajectories are continued by builds with the same one.
QMT_API const char *qmt_numerics_id(void);
/// FNV-1a checksum (64 bit, hex) of all parameter tables compiled in.
QMT_API const char *qmt_parameter_checksum(void);

/// What a GFN-xTB engine computes and how tightly. Start from qmt_engine_options_default().
typedef struct {
    const char *method; ///< "GFN2-xTB" or "GFN1-xTB"
    int charge;         ///< total charge, e
    int unpaired;       ///< unpaired electrons (multiplicity - 1); -1: 0 or 1 by parity
    double electronic_temperature_k; ///< of the Fermi occupation, kelvin
    double scf_tolerance;            ///< RMS of the change of charges and moments, a.u.
    int scf_max_iterations;          ///< before the recovery ladder begins
    bool fermi_stop_reference;       ///< stop the Fermi search where the reference program stops
    const char *solvent;             ///< "water", ...; NULL: gas phase
    const char *solvation_model;     ///< "alpb" or "gbsa"
    const char *solvation_state; ///< "gsolv", "bar1mol" or "reference": a constant in the energy
    const char *solvation_grid;  ///< "reference" or "fine": points of the surface of each atom
} QmtEngineOptions;

QMT_API QmtEngineOptions qmt_engine_options_default(void);

typedef struct QmtEngine QmtEngine;

/// Makes an engine for one molecule; all memory is taken here.
///
/// @param numbers  [n_atoms] atomic numbers, 1..86
/// Fails with QMT_ERR_INPUT (element, parity, too many unpaired electrons), QMT_ERR_CONFIG (unknown
/// method or solvent) or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_engine_create(QmtContext *ctx, size_t n_atoms, const int *numbers,
                                    const QmtEngineOptions *options, QmtEngine **engine);
QMT_API void qmt_engine_destroy(QmtEngine **engine);

/// Energy and slopes at one geometry, from the converged density.
///
/// @param xyz       [n_atoms][3] bohr
/// @param energy    hartree, the electronic free energy
/// @param gradient  [n_atoms][3] hartree/bohr
/// @param charges   [n_atoms] e
/// @param dipole    [3] e bohr, about the origin
/// Fails with QMT_ERR_INPUT (atoms on top of each other, a coordinate that is not finite) or
/// QMT_ERR_SCF.
QMT_API QmtStatus qmt_engine_evaluate(QmtContext *ctx, QmtEngine *engine, const double (*xyz)[3],
                                      double *energy, double (*gradient)[3], double *charges,
                                      double dipole[3]);

#ifdef __cplusplus
}
#endif
#endif
