#ifndef AUDIT_VERDICT_H
#define AUDIT_VERDICT_H

#include <float.h>
#include <stdint.h>
#include <string.h>

#include "audit/report.h"
#include "md/thermostat.h"
#include "trajectory/trajectory_reader.h"

/// The file under examination, what is known of it, and the report that grows: what every check works on. The
/// checks know nothing of each other; audit.c calls them in order.

struct cJSON;

/// How the motion of the metadata's configuration is made again; numbers of the file, units of the file.
typedef struct {
    bool known;                   ///< all of it, by this program, with an integrator that it has
    const Thermostat *thermostat; ///< NULL: constant energy
    double dt_ps;                 ///< of a step
    double frame_ps;              ///< from frame to frame
    double target_k;              ///< temperature_K, or the first of a ramp
    double target_end_k;          ///< of temperature_ramp_K; else that of target_k
    double length_ps;             ///< of the production
    double
        rate; ///< of the thermostat, 1/ps: friction_per_ps or 1/thermostat_time_ps; 0 at constant energy
    uint64_t seed;    ///< random_seed
    uint64_t replica; ///< from 0
} CheckMotion;

/// Wanted temperature at a time of the production.
static inline double check_wanted_k(const CheckMotion *motion, double time_ps)
{
    if (motion->target_end_k == motion->target_k) // to the last bit
        return motion->target_k;
    return motion->target_k +
           (motion->target_end_k - motion->target_k) * (time_ps / motion->length_ps);
}

typedef struct {
    Npz npz;
    uint64_t n_again, seed;   ///< frames to compute again, and which ones
    CheckConserved conserved; ///< of CheckOptions
    void *user;
    CheckReport *report;
    /// By place in the schema; NULL: missing, or of a shape that cannot be used.
    const NpzArray *array[N_TRAJECTORY_ARRAYS];
    uint64_t n_frames;
    size_t n_atoms;
    int *numbers;           ///< [n_atoms], NULL if not known or not elements 1..86
    double *masses;         ///< [n_atoms] Da, NULL if not known
    struct cJSON *metadata; ///< NULL if there is none
    bool is_ours;           ///< the metadata say that this program wrote it
    bool is_current;        ///< ... and that it was this version of it
    bool is_sample;         ///< ... and that the frames are drawn, no motion
    bool is_complete;       ///< ... and that the trajectory is complete
    bool is_quenched;       ///< ... and that it is a copy of a hotter frame
    double ended_ps;        ///< ... but ended at this time by stop_when; infinite: it did not
    CheckMotion motion;
    unsigned property_set; ///< those that are there
} Check;

/// Sets the sentence of a check; a worse verdict that is there already stays. What is not printable in it (names and
/// texts of the file) is escaped.
void check_say(Check *check, CheckItem item, CheckVerdict verdict, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/// A number of the metadata, or of "config" or "summary" in it. False if it is not there.
bool check_metadata_number(const Check *check, const char *name, double *value);
bool check_config_number(const Check *check, const char *name, double *value);
bool check_summary_number(const Check *check, const char *name, double *value);
/// A text, likewise; NULL if it is not there.
const char *check_metadata_text(const Check *check, const char *name);
const char *check_config_text(const Check *check, const char *name);

/// A text array as JSON, which the caller deletes; *json is NULL, and the check has been told why, if it is missing
/// or is none. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus check_read_json(QmtContext *ctx, Check *check, const char *name, CheckItem item,
                          struct cJSON **json);

/// Reads rows of an array of f4, f8, i4 or i8 as doubles.
///
/// @param raw  [n * row_bytes] scratch;  @param out  [n * row_bytes / item_bytes]
QmtStatus check_read(QmtContext *ctx, Check *check, const NpzArray *array, uint64_t first,
                     uint64_t n, void *raw, double *out);
/// Half the distance of the least numbers of a type, which no rounding is below: that of numbers below FLT_MIN.
static inline double check_rounding_least(const NpzArray *array)
{
    return array->item_bytes == 8 ? 0x1p-1074 : 0x1p-150;
}

/// The same as check_rounding(), of any number, by frexp() and ldexp().
double check_rounding_of_any(const NpzArray *array, double value);

/// The most that rounding to the type of the array has changed a value that is now this: half the distance to
/// the next number, read off the exponent where there is one.
static inline double check_rounding(const NpzArray *array, double value)
{
    const int digits = array->item_bytes == 8 ? DBL_MANT_DIG : FLT_MANT_DIG;
    uint64_t bits;
    double rounding;
    memcpy(&bits, &value, sizeof bits);
    const uint64_t exponent = bits >> (DBL_MANT_DIG - 1) & 0x7FF;
    if (exponent <= (uint64_t)digits || exponent == 0x7FF)
        return check_rounding_of_any(array, value);
    bits = (exponent - (uint64_t)digits) << (DBL_MANT_DIG - 1);
    memcpy(&rounding, &bits, sizeof rounding);
    return rounding > check_rounding_least(array) ? rounding : check_rounding_least(array);
}

/// The same of n values at once: every number of a file is asked for.
void check_roundings(const NpzArray *array, size_t n, const double *value, double *rounding);

#endif
