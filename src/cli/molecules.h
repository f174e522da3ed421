#ifndef CLI_MOLECULES_H
#define CLI_MOLECULES_H

#include <qmtraj/single.h>

#include "cli/config_words.h"
#include "cli/json_print.h"
#include "cli/options.h"

/// What the commands for single structures have in common: where molecules come from, what holds for them, and what
/// happens when one of many fails.

/// Places of the common options in the table of a command; its own begin at N_MOLECULE_OPTIONS.
enum {
    M_METHOD,
    M_ALPB,
    M_GBSA,
    M_CHARGE,
    M_MULTIPLICITY,
    M_SMILES_FILE,
    M_SMILES,
    M_SMILES_COLUMN,
    M_NAME_COLUMN,
    M_CONFIG,
    M_SET,
    M_HELP,
    M_H,
    N_MOLECULE_OPTIONS
};

// clang-format off
#define MOLECULE_OPTIONS                                                                           \
    [M_METHOD] = {"--method", "NAME", "GFN2-xTB (default) or GFN1-xTB"},                           \
    [M_ALPB] = {"--alpb", "SOLVENT", "in a solvent (`qmtraj solvents`), ALPB model"},              \
    [M_GBSA] = {"--gbsa", "SOLVENT", "in a solvent, GBSA model"},                                  \
    [M_CHARGE] = {"--charge", "N", "charge of structures that do not say theirs (default 0)"},     \
    [M_MULTIPLICITY] = {"--multiplicity", "N", "unpaired electrons + 1, likewise (default 1)"},    \
    [M_SMILES_FILE] = {"--smiles-file", "FILE",                                                    \
                       "a list of SMILES: lines \"SMILES name\", or a table with a header"},       \
    [M_SMILES] = {"--smiles", "SMILES[=NAME]", "one molecule, made 3D first; may be repeated"},    \
    [M_SMILES_COLUMN] = {"--smiles-column", "COLUMN",                                              \
                         "word of the header or number of the column of the SMILES; before the "   \
                         "file"},                                                                  \
    [M_NAME_COLUMN] = {"--name-column", "COLUMN", "likewise of the names"},                        \
    [M_CONFIG] = {"--config", "FILE",                                                              \
                  "method, solvent and SCF as in the configuration of a run; what moves the "      \
                  "nuclei there does not count"},                                                  \
    [M_SET] = {"--set", "KEY=VALUE",                                                               \
               "a key of the configuration, e.g. electronic_temperature_K=1000; `qmtraj help "     \
               "config` says which count"},                                                        \
    [M_HELP] = {"--help", NULL, "this text"},                                                      \
    [M_H] = {"-h", NULL, NULL}
// clang-format on

/// The molecules of a command line.
typedef struct {
    QmtConfig *config;
    QmtStructures *structures;
    QmtReadOptions reading;
    bool help; ///< it is asked for
} Molecules;

QmtStatus molecules_begin(QmtContext *ctx, Molecules *molecules);
void molecules_end(Molecules *molecules);

/// Reads a command line: the common options and the molecules, and the own options of a command by take().
QmtStatus molecules_read(QmtContext *ctx, int argc, char **argv, const Option *options, size_t n,
                         Molecules *molecules, OptionTake *take, void *words);

/// Says what of the configuration does not count for the command, config_unused_say(), unless help is asked for.
QmtStatus molecules_unused_say(QmtContext *ctx, const Molecules *molecules, const char *command,
                               const CommandKey *keys, size_t n);

/// Prints the own options of a command, then the common ones.
void molecules_options_print(FILE *out, const Option *options, size_t n);

/// Warns of a solution that was hard to find: what it took, as in QmtReport.
void molecules_solution_warn(QmtContext *ctx, const char *name, int scf_iterations, int recovery);

/// A number to print with so many decimals: 0 instead of what would become -0.000.
double without_minus_zero(double value, int decimals);

/// Does something with every structure, by its number. A single one that fails is the failure; of several the failures are warnings, the
/// others are done, and the end says how many failed.
///
/// @param command  for the example of a command line without molecules
QmtStatus molecules_each(QmtContext *ctx, Molecules *molecules, const char *command,
                         QmtStatus (*work)(QmtContext *ctx, Molecules *molecules, size_t i,
                                           void *user),
                         void *user);
/// Likewise with an engine for each.
QmtStatus molecules_do(QmtContext *ctx, Molecules *molecules, const char *command,
                       QmtStatus (*work)(QmtContext *ctx, QmtSingle *molecule, void *user),
                       void *user);

/// Writes what was found to a file, also if other structures failed: their failure then stays that of the command.
///
/// @param status  how the structures ended
/// @return status, or how the writing failed
QmtStatus molecules_text_write(QmtContext *ctx, const char *path, const char *text,
                               QmtStatus status);

/// A JSON object that says which molecule: name, method, solvent, charge, multiplicity, atomic numbers, species.
cJSON *molecule_json(const QmtSingleState *state);
/// [n][3] bohr as rows in angstrom.
cJSON *positions_json(const double *xyz, size_t n_atoms);
/// Rows of a matrix.
cJSON *rows_json(const double *values, size_t n_rows, size_t n);

#endif
