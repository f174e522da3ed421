#include "audit/summary.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/units.h"

/// Relative, of what is computed again from the same numbers.
static const double FIGURE_LIMIT = 1e-6;
/// Standard deviations that the mean over some of the steps may be off the mean over all.
static const double SIGMAS = 6.0;
/// ps: half a period of H2, 4401 cm^-1 (Huber, Herzberg 1979); ps; and an energy in kT that one mode in 3000 has.
static const double SWING_FASTEST_PS = 3.7e-3, SWING_KEPT_PS = 1.0, SWING_ENERGY_KT = 8.0;
/// Frames that a standard deviation can be told from.
enum { FRAMES_NEEDED = 10 };

/// True if the file has every step, so that figures must come out the same.
static bool has_every_step(const Check *check)
{
    return check->motion.known && check->is_complete &&
           fabs(check->motion.frame_ps / check->motion.dt_ps - 1.0) < 1e-9;
}

static void figure_compare(Check *check, const char *name, double again, double allowed)
{
    double stored;
    if (!check_summary_number(check, name, &stored))
        return;
    if (!(fabs(stored - again) <= allowed))
        check_say(check, CHECK_SUMMARY, CHECK_FAIL,
                  isfinite(allowed)
                      ? "%s is %.6g, the frames give %.6g; a difference of %.2g is allowed"
                      : "%s is %.6g, the frames give no finite number",
                  name, stored, again, allowed);
}

/// Frames in step with a vibration, whose kinetic energy swings twice a period, see one phase of it alone: formic acid with a
/// frame every 5 fs, where O-H swings in 4.95 fs, had 222 K in its frames and 182 K in its steps. Such a mode of
/// energy E moves the mean by E/(k dof) as long as it keeps its phase, some SWING_KEPT_PS, and by the root of that part of a
/// longer run; none swings faster than that of H2.
static double beat_allowed(const Check *check, const Energies *energies, double mean, double dof)
{
    const double length = energies->time_last - energies->time_first;
    if (!(check->motion.frame_ps >= SWING_FASTEST_PS))
        return 0.0;
    return SWING_ENERGY_KT * mean / dof * fmin(1.0, sqrt(SWING_KEPT_PS / length));
}

static void temperature_check(Check *check, const Energies *energies, double dof)
{
    const double mean = block_mean_value(&energies->temperature) / dof;
    const double square = energies->temperature_square / (double)energies->n / (dof * dof);
    const double spread = sqrt(fmax(square - mean * mean, 0.0));
    if (has_every_step(check))
        figure_compare(check, "mean_temperature_K", mean, FIGURE_LIMIT * mean + 1e-9);
    else if (energies->n >= FRAMES_NEEDED)
        figure_compare(check, "mean_temperature_K", mean,
                       SIGMAS * spread / sqrt((double)energies->n) +
                           beat_allowed(check, energies, mean, dof) + FIGURE_LIMIT * mean);
}

/// ps: of the steps behind the summary, the last of which need not be a frame.
static double length_of_steps(const Check *check, const Energies *energies)
{
    double length;
    return check_config_number(check, "length_ps", &length)
               ? fmin(length, check->ended_ps)
               : energies->time_last - energies->time_first;
}

/// Until 0.1.0 the spread was called an error.
static const char *name_of_spread(const Check *check)
{
    double any;
    return check_summary_number(check, "expected_spread_K", &any) ? "expected_spread_K"
                                                                  : "expected_error_K";
}

/// The expected spread follows from temperature_K and the thermostat alone, unless the temperatures of all steps show
/// more: another temperature_K contradicts it.
static void expected_spread_check(Check *check, const Energies *energies, double dof)
{
    const CheckMotion *const motion = &check->motion;
    const char *const name = name_of_spread(check);
    double stored;
    if (!motion->known || !check_summary_number(check, name, &stored))
        return;
    const size_t n = check->n_atoms;
    const size_t whole = (size_t)dof;
    const BlockMean none = {0};
    const bool every = has_every_step(check);
    const double length = length_of_steps(check, energies);
    // Of a molecule in a line the figure may be either: lines have one degree of freedom of rotation less.
    double nearest = INFINITY, least = INFINITY;
    for (int linear = 0; linear < 2; linear++) {
        const size_t all = n < 3 ? 1 : linear ? 3 * n - 5 : 3 * n - 6;
        const size_t rotations = motion->thermostat != NULL && whole > all ? whole - all : 0;
        const TemperatureSpread run = {.rotations = rotations,
                                       .vibrations = whole - rotations,
                                       .rate = motion->rate,
                                       .scales =
                                           motion->thermostat != NULL && motion->thermostat->scales,
                                       .length = length};
        const double error =
            expected_temperature_spread(every ? &energies->temperature : &none,
                                        check_wanted_k(motion, 0.5 * length) * dof, &run) /
            dof;
        if (fabs(error - stored) < fabs(nearest - stored))
            nearest = error;
        least = fmin(least, error);
    }
    // Up to a relaxation time of the thermostat the temperatures have no say in it (md/observables.h).
    if (every || (check->is_complete && motion->rate * length < 1.0 - FIGURE_LIMIT))
        figure_compare(check, name, nearest, FIGURE_LIMIT * nearest);
    else if (!(stored >= least * (1.0 - FIGURE_LIMIT)) && check->is_complete)
        check_say(check, CHECK_SUMMARY, CHECK_FAIL,
                  "%s is %.6g; temperature_K, the thermostat and length_ps make it %.6g at least",
                  name, stored, least);
}

/// The standard error of the mean, by blocks of all steps; none where they are too few.
static void error_check(Check *check, const Energies *energies, double dof)
{
    const double error = block_mean_error(&energies->temperature) / dof;
    double stored;
    if (!has_every_step(check))
        return;
    const bool has_one = check_summary_number(check, "mean_temperature_error_K", &stored);
    if (check->is_current && has_one != (error >= 0.0))
        check_say(check, CHECK_SUMMARY, CHECK_FAIL,
                  error >= 0.0 ? "mean_temperature_error_K is no number, the frames give %.3g K"
                               : "mean_temperature_error_K is a number, the frames are too few to "
                                 "give one (%.0f)",
                  error);
    if (error >= 0.0)
        figure_compare(check, "mean_temperature_error_K", error, FIGURE_LIMIT * error + 1e-9);
}

/// Slopes of the total energy less the heat of the thermostat, and of the shadow energy. In steps made again they are known to the
/// rounding of velocities in float32; at constant energy that of Etot follows from Etot.
static void drifts_again_check(Check *check, const FramesResult *result, double length)
{
    const double unit = KJMOL_PER_HARTREE / PS_PER_AUT;
    const ShadowEnergy *const watch = &result->motion.watch;
    const double again = line_fit_slope(&watch->plain) * unit;
    const double shadow = line_fit_slope(&watch->shadow) * unit;
    const double kinetic = result->energies.ekin_sum / (double)result->energies.n;
    // The heat of a kick is a difference of kinetic energies, and kicks err independently.
    const double rounding = 1e-6 * kinetic / length;
    const bool has_heat = check->motion.thermostat != NULL;
    figure_compare(check, "drift_kJ_mol_ps", again,
                   1e-5 * fabs(again) + (has_heat ? rounding : 0.0) + 1e-9);
    // Which of two series the shadow heat of a kick is taken from may hang on the rounding; they differ in dt^4.
    const double angle = motion_fastest_vibration(check) * check->motion.dt_ps;
    const double series = has_heat ? angle * angle * angle * angle / 36.0 * kinetic / length : 0.0;
    figure_compare(check, "shadow_drift_kJ_mol_ps", shadow,
                   1e-5 * fabs(shadow) + rounding + series + 1e-9);
}

/// Where not every step is saved the slopes are those of more steps than there are frames, off by what the ripple makes of
/// them; that of the shadow energy lacks the ripple.
static void drift_check(Check *check, const FramesResult *result)
{
    const double length = result->energies.time_last - result->energies.time_first;
    const bool has_heat = check->motion.thermostat == NULL || check->array[ARRAY_HEAT] != NULL;
    double stored;
    if (check->n_frames < 3 || !check->motion.known || !check->is_complete)
        return;
    if (has_every_step(check) && result->motion.again) {
        drifts_again_check(check, result, length);
        return;
    }
    const double ripple = drift_difference(check, result->ripple, length);
    if (!has_heat || !isfinite(ripple) || check->array[ARRAY_ETOT] == NULL)
        return;
    figure_compare(check, "drift_kJ_mol_ps", line_fit_slope(&result->energies.total), ripple);
    if (check_summary_number(check, "drift_kJ_mol_ps", &stored))
        figure_compare(check, "shadow_drift_kJ_mol_ps", stored, ripple);
}

/// Figures of a summary of this version: each is there, and a number or, where it cannot be told, null.
static void figures_are_numbers(Check *check, const cJSON *summary)
{
    static const struct {
        const char *name;
        bool may_be_null;
    } FIGURES[] = {{"mean_temperature_K", false},
                   {"mean_temperature_error_K", true},
                   {"expected_spread_K", true},
                   {"drift_kJ_mol_ps", false},
                   {"shadow_drift_kJ_mol_ps", false},
                   {"scf_iterations_mean", true},
                   {"scf_residual_max", false},
                   {"scf_residual_median", true},
                   {"scf_recoveries", false},
                   {"scf_diagonalisations", false},
                   {"self_checks", false},
                   {"self_checks_failed", false}};
    for (size_t i = 0; i < sizeof FIGURES / sizeof *FIGURES; i++) {
        const cJSON *const figure = cJSON_GetObjectItemCaseSensitive(summary, FIGURES[i].name);
        // A single atom is at rest and has no temperature.
        const bool may_be_null = FIGURES[i].may_be_null || (i == 0 && check->n_atoms == 1);
        if (!cJSON_IsNumber(figure) && !(may_be_null && cJSON_IsNull(figure)))
            check_say(check, CHECK_SUMMARY, CHECK_FAIL, "%s is %s", FIGURES[i].name,
                      figure == NULL ? "missing" : "no number");
    }
    if (!cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(summary, "nve_windows")))
        check_say(check, CHECK_SUMMARY, CHECK_FAIL, "nve_windows is no list");
}

void summary_figures_check(Check *check, const FramesResult *result)
{
    double dof = 0.0, any;
    const cJSON *const summary = cJSON_GetObjectItemCaseSensitive(check->metadata, "summary");
    if (check->is_current && check->is_complete && cJSON_IsObject(summary))
        figures_are_numbers(check, summary);
    if (!cJSON_IsObject(summary)) {
        check_say(check, CHECK_SUMMARY, CHECK_NOT_RUN, "the metadata have no summary");
        return;
    }
    if (!check_summary_number(check, "mean_temperature_K", &any) ||
        !check_metadata_number(check, "dof", &dof) || dof < 1.0 ||
        check->array[ARRAY_EKIN] == NULL || check->array[ARRAY_TIME] == NULL) {
        check_say(check, CHECK_SUMMARY, CHECK_NOT_RUN,
                  "of a mean temperature, dof, Ekin and time_ps one is missing");
        return;
    }
    temperature_check(check, &result->energies, dof);
    expected_spread_check(check, &result->energies, dof);
    error_check(check, &result->energies, dof);
    drift_check(check, result);
    check_say(check, CHECK_SUMMARY, CHECK_PASS, "mean temperature%s as the frames give them",
              has_every_step(check) ? ", its expected spread and the drift"
                                    : " and its expected spread");
}
