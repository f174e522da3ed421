#ifndef RUN_WARNINGS_H
#define RUN_WARNINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qmtraj/engine.h"

/// What a person should know about a trajectory although it completed: pairs of a code for programs and a
/// sentence for people. They follow from the trajectory alone, so that an interrupted one has the same as one
/// that ran through. Plain bytes, so that they can go through a pipe.
///
///     temperature_off       the mean temperature is not the one asked for, beyond chance
///     reaction_heat         at constant energy, a reaction heated or cooled the molecule
///     hot                   hotter than 10 times the wanted temperature, and 10000 K, by energy that was in it
///     energy_drift          the conserved energy is not conserved
///     scf_recovered         steps converged only by the recovery
///     scf_slow              a step needed more than SCF_SLOW_ITERATIONS
///     scf_jump              the SCF went to another solution: Epot left the work of the forces
///     scf_change            the same, seen by its charges
///     scf_crossing          the lower of two solutions was taken
///     scf_higher            the lower of two solutions was not taken
///     self_check_failed     a density was found wrong and made again
///     relaxation_unfinished the start geometry is not at a minimum
///     start_distances       the start geometry may be in another unit than angstrom
///     not_ground_state      an atom or a small molecule in a multiplicity that nobody gave
///     equilibration_short   too short to warm a molecule that starts at rest
///     smiles_changed        the relaxed molecule is not the one of its SMILES
///     dissociation, association, proton_transfer, bond_breaks, bond_forms, separation
///                           what happened to the bonds, analysis/bonds.h
///     ended_early           stop_when or scf_state ended it
///     other_processor       goes on on another processor: other last digits
///     checkpoint_damaged    goes on from the checkpoint before the last

enum { SCF_SLOW_ITERATIONS = QMT_SCF_SLOW_ITERATIONS };
enum { RUN_WARNINGS_SIZE = 1600, RUN_WARNING_CODE_SIZE = 32, RUN_WARNING_TEXT_SIZE = 320 };

typedef struct {
    uint32_t n;                    ///< how many there are
    uint32_t n_dropped;            ///< how many more did not fit
    char lines[RUN_WARNINGS_SIZE]; ///< "code: sentence\n" each
} RunWarnings;

/// Adds one. A second of the same code replaces nothing and is dropped: one sentence for each kind. Sentences
/// are cut to RUN_WARNING_TEXT_SIZE, line breaks in them become blanks.
void run_warning_add(RunWarnings *warnings, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool run_warning_has(const RunWarnings *warnings, const char *code);
/// Takes lines as they stand in a checkpoint, as many as there is room for.
void run_warnings_from_lines(const char *lines, RunWarnings *warnings);
/// The next one; begin with *at = 0. False when there is none.
bool run_warning_next(const RunWarnings *warnings, size_t *at, char code[RUN_WARNING_CODE_SIZE],
                      char text[RUN_WARNING_TEXT_SIZE]);

#endif
