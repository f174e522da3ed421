#ifndef AUDIT_REPORT_H
#define AUDIT_REPORT_H

#include <stdint.h>

#include "base/context.h"

/// What an examination of a file says: a verdict and a sentence per check.

/// Every check: name, and what it examines.
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
    X(CHECK_MOTION, "motion")           /* each frame follows from the one before */               \
    X(CHECK_TEMPERATURE, "temperature") /* mean against temperature_K */                           \
    X(CHECK_DRIFT, "drift")             /* total energy of NVE windows and NVE trajectories */     \
    X(CHECK_WINDOWS, "windows")         /* number, begin and figures of the NVE windows */         \
    X(CHECK_SUMMARY, "summary")         /* figures of the metadata, computed again */              \
    X(CHECK_CENTRE, "centre of mass")   /* at rest */                                              \
    X(CHECK_BONDS, "bonds")             /* which break and form */                                 \
    X(CHECK_RECORD, "record")           /* what the run recorded and nothing else here sees */     \
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

/// Gets the conserved energy of a frame that follows from steps made again, kJ/mol: total energy with biases, less their
/// work and the heat of the thermostat.
typedef void (*CheckConserved)(void *user, uint64_t frame, uint64_t n_frames, double time_ps,
                               double energy);

/// "archive", ..., as in the list above.
const char *check_item_name(CheckItem item);
/// "PASS", "WARN", "FAIL", "NOT RUN".
const char *check_verdict_name(CheckVerdict verdict);
/// The worst line: CHECK_FAIL before CHECK_WARN before CHECK_PASS.
CheckVerdict check_worst(const CheckReport *report);

#endif
