#ifndef AUDIT_AUDIT_PARTS_H
#define AUDIT_AUDIT_PARTS_H

#include "audit/audit.h"
#include "engine/properties.h"
#include "io/npz_read.h"

/// What check.c (the file), check_frames.c (what frames say of each other), check_labels.c (the engine's
/// opinion) and check_properties.c (further arrays) share; nobody else's.

typedef enum {
    ARRAY_POS,
    ARRAY_VEL,
    ARRAY_FORCES,
    ARRAY_EKIN,
    ARRAY_EPOT,
    ARRAY_ETOT,
    ARRAY_TIME,
    ARRAY_MASSES,
    ARRAY_TYPES,
    ARRAY_BOX,
    N_ARRAYS
} ArrayPlace;

struct cJSON;

typedef struct {
    Npz npz;
    const CheckOptions *options;
    CheckReport *report;
    const NpzArray *array[N_ARRAYS]; ///< NULL: missing, or of a shape that cannot be used
    uint64_t n_frames;
    size_t n_atoms;
    int *numbers;                           ///< [n_atoms], NULL if not known or not elements 1..86
    double *masses;                         ///< [n_atoms] Da, NULL if not known
    struct cJSON *metadata;                 ///< NULL if there is none
    const NpzArray *property[N_PROPERTIES]; ///< NULL: missing, or of a shape that cannot be used
    unsigned property_set;                  ///< those that are there
} Check;

/// Sets a line; a worse verdict that is there already stays.
void check_say(Check *check, CheckItem item, CheckVerdict verdict, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/// A number of the metadata, or of "config" in it. False if it is not there.
bool check_metadata_number(const Check *check, const char *name, double *value);
bool check_config_number(const Check *check, const char *name, double *value);
/// A text, likewise; NULL if it is not there.
const char *check_metadata_text(const Check *check, const char *name);
const char *check_config_text(const Check *check, const char *name);

/// Reads rows of an array of f4, f8, i4 or i8 as doubles.
///
/// @param raw  [n * row_bytes] scratch;  @param out  [n * row_bytes / item_bytes]
QmtStatus check_read(QmtContext *ctx, Check *check, const NpzArray *array, uint64_t first,
                     uint64_t n, void *raw, double *out);

/// One pass over all frames: everything from CHECK_FINITE to CHECK_BONDS but CHECK_DRIFT of windows.
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus check_frames(QmtContext *ctx, Check *check);

/// CHECK_LABELS. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus check_labels(QmtContext *ctx, Check *check);

/// CHECK_PROPERTIES, arrays on their own. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus check_properties(QmtContext *ctx, Check *check);
/// Holds one frame against what the engine says of it.
///
/// @param raw, stored  [properties_size()] scratch
/// @param computed     [properties_size()] of the set of the check, a.u.
QmtStatus check_properties_frame(QmtContext *ctx, Check *check, uint64_t frame, double *raw,
                                 double *stored, const double *computed);
/// The last word, if nothing is wrong.
void check_properties_judge(Check *check, uint64_t n_looked);

/// Judges the slope of a total energy, kJ/mol/ps, over length_ps with this ripple about its line.
void check_slope(Check *check, const char *of, double slope, double ripple, double length_ps);

#endif
