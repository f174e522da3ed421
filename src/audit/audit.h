#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "base/context.h"

/// Proof that a trajectory file is what it says: reads an NPZ of the layout of io/trajectory.h, whoever
/// wrote it, and judges it line by line. Nothing is written.

/// Every line: name, and what it looks at.
#define CHECK_LIST(X)                                                                              \
    X(CHECK_ARCHIVE, "archive")         /* ZIP directory and .npy headers */                       \
    X(CHECK_ARRAYS, "arrays")           /* names, types, shapes */                                 \
    X(CHECK_CHECKSUMS, "checksums")     /* CRC-32 of every member */                               \
    X(CHECK_METADATA, "metadata")       /* JSON; method, units, number of atoms, status */         \
    X(CHECK_ATOMS, "atoms")             /* elements, and masses that belong to them */             \
    X(CHECK_FINITE, "finite")           /* no NaN, no Inf */                                       \
    X(CHECK_TIME, "time")               /* from 0 in equal steps, those of the configuration */    \
    X(CHECK_KINETIC, "kinetic")         /* Ekin = sum m v^2 / 2 */                                 \
    X(CHECK_TOTAL, "total")             /* Etot = Ekin + Epot */                                   \
    X(CHECK_WORK, "work")               /* dEpot = -F.dx from frame to frame, by four frames */    \
    X(CHECK_TEMPERATURE, "temperature") /* mean against temperature_K */                           \
    X(CHECK_DRIFT, "drift")             /* total energy of NVE windows and NVE trajectories */     \
    X(CHECK_CENTRE, "centre of mass")   /* at rest */                                              \
    X(CHECK_BONDS, "bonds")             /* those of frame 0 stay, no others come */                \
    X(CHECK_LABELS, "labels")           /* energies and forces computed again */                   \
    X(CHECK_PROPERTIES, "properties")   /* charges, dipoles, ... that were asked for, likewise */

#define CHECK_ENUM(name, text) name,
typedef enum { CHECK_LIST(CHECK_ENUM) CHECK_COUNT } CheckItem;
#undef CHECK_ENUM

typedef enum { CHECK_NOT_RUN, CHECK_PASS, CHECK_WARN, CHECK_FAIL } CheckVerdict;

enum { CHECK_SENTENCE_SIZE = 400 };

typedef struct {
    CheckVerdict verdict;
    char sentence[CHECK_SENTENCE_SIZE]; ///< what was seen, and against which limit
} CheckLine;

typedef struct {
    CheckLine line[CHECK_COUNT];
} CheckReport;

typedef struct {
    uint64_t n_frames; ///< frames computed again for CHECK_LABELS; 0: none
    uint64_t seed;     ///< which ones
} CheckOptions;

/// "archive", ..., as in the list above.
const char *check_item_name(CheckItem item);
/// "PASS", "WARN", "FAIL", "NOT RUN".
const char *check_verdict_name(CheckVerdict verdict);
/// The worst line: CHECK_FAIL before CHECK_WARN before CHECK_PASS.
CheckVerdict check_worst(const CheckReport *report);

/// Checks one file. The same file and options give the same report. A damaged file is a report with
/// CHECK_FAIL, not a failure of this function.
///
/// Fails with QMT_ERR_IO (the file cannot be read) or QMT_ERR_MEMORY; *report is then untouched.
QmtStatus check_file(QmtContext *ctx, const char *path, const CheckOptions *options,
                     CheckReport *report);

#endif
