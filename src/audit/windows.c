#include "audit/windows.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/energies.h"
#include "audit/motion.h"
#include "base/units.h"
#include "md/observables.h"

/// kJ/mol; energies are stored in float64.
static const double ENERGY_LIMIT = 1e-6;
/// Relative, of figures that are computed again from the same numbers.
static const double FIGURE_LIMIT = 1e-6;
/// kJ/mol: where the point after the last step is, which follows from a slope, errs by the rounding of energies times the root of
/// their number.
static const double POINT_LIMIT = 1e-7;
/// Times the largest step from point to point that the last one may be: a vibration has had all its phases by then.
static const double STEP_FACTOR = 4.0;
enum { STEPS_OF_RIPPLE = 40 };
/// A period of the slowest vibrations, of 67 /cm: in a shorter window their ripple may be a straight line, and what is left about it
/// says nothing of its size. It is at most S of audit/balance.h, with as much energy in bonds as in motion.
static const double VIBRATION_PS = 0.5;

/// What the energies of a window say, kJ/mol, ps, K.
typedef struct {
    int number, n; ///< of the window; points
    LineFit total; ///< relative to the first
    double kinetic_first, potential_first, kinetic_mean;
    double furthest; ///< of the total energy from its first value
    double step;     ///< from one point to the next, the largest
    double last;     ///< total energy of the last point, relative to the first
    double gap;      ///< of the total energy from the sum of the two
} Window;

/// The window whose energy drifts most against what is good, of those that are long enough.
typedef struct {
    int number; ///< -1: none yet
    double slope, ripple, length_ps, excess;
} WorstDrift;

static double number_at(const cJSON *item)
{
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

/// The figures of one window from its n steps.
static Window window_of(Check *check, const TrajectoryWindowStep *steps, int n, double dt_ps)
{
    Window window = {.number = (int)steps->window,
                     .n = n,
                     .kinetic_first = steps->kinetic,
                     .potential_first = steps->potential};
    for (int i = 0; i < n; i++) {
        const double gap = fabs(steps[i].total - steps[i].kinetic - steps[i].potential);
        window.gap = gap <= window.gap ? window.gap : gap; // NaN stays
        window.furthest = fmax(window.furthest, fabs(steps[i].total - steps->total));
        window.last = steps[i].total - steps->total;
        if (i > 0)
            window.step = fmax(window.step, fabs(steps[i].total - steps[i - 1].total));
        window.kinetic_mean += steps[i].kinetic / n;
        line_fit_add(&window.total, i * dt_ps, steps[i].total - steps->total);
    }
    if (!(window.gap <= ENERGY_LIMIT))
        check_say(check, CHECK_WINDOWS, CHECK_FAIL,
                  "NVE window %d: total differs from kinetic + potential by %.2g kJ/mol",
                  window.number, window.gap);
    return window;
}

/// The windows begin with the energies of the trajectory at that time, where that is a frame.
static QmtStatus window_check_begin(QmtContext *ctx, Check *check, const Window *window,
                                    double begins_ps)
{
    double raw, kinetic, potential;
    const double frame = begins_ps / check->motion.frame_ps, whole = round(frame);
    if (!check->motion.known || fabs(frame - whole) > 1e-6 || !(whole < (double)check->n_frames) ||
        check->array[ARRAY_EKIN] == NULL || check->array[ARRAY_EPOT] == NULL)
        return QMT_OK;
    TRY(check_read(ctx, check, check->array[ARRAY_EKIN], (uint64_t)whole, 1, &raw, &kinetic));
    TRY(check_read(ctx, check, check->array[ARRAY_EPOT], (uint64_t)whole, 1, &raw, &potential));
    if (check->array[ARRAY_BIAS_ENERGY] != NULL) {
        double bias;
        TRY(check_read(ctx, check, check->array[ARRAY_BIAS_ENERGY], (uint64_t)whole, 1, &raw,
                       &bias));
        potential += bias;
    }
    if (!(fabs(window->kinetic_first - kinetic) <= ENERGY_LIMIT &&
          fabs(window->potential_first - potential) <= ENERGY_LIMIT))
        check_say(check, CHECK_WINDOWS, CHECK_FAIL,
                  "NVE window %d begins with %.6f + %.6f kJ/mol, its frame %.0f has %.6f + %.6f",
                  window->number, window->kinetic_first, window->potential_first, whole, kinetic,
                  potential);
    return QMT_OK;
}

static bool is_near(double a, double b)
{
    return fabs(a - b) <= FIGURE_LIMIT * fmax(fabs(a), fabs(b)) + 1e-9;
}

/// A figure of the summary of a window that these energies do not give: NULL, or its name. The summary was made of one point
/// more, after the last step, which is not stored. The slope says where it is, and the other figures and the steps before it
/// must agree.
static const char *figure_off(const Window *window, double dt_ps, double slope, double rms,
                              double furthest)
{
    const double n = window->n;
    LineFit fit = window->total;
    const double late = n * dt_ps - fit.mean_t, share = n / (n + 1.0);
    const double last =
        fit.mean_e + (slope * (fit.tt + share * late * late) - fit.te) / (share * late);
    line_fit_add(&fit, n * dt_ps, last);
    if (window->n >= STEPS_OF_RIPPLE &&
        !(fabs(last - window->last) <= STEP_FACTOR * window->step + ENERGY_LIMIT))
        return "drift_kJ_mol_ps";
    if (!(fabs(rms - line_fit_rms(&fit)) <= FIGURE_LIMIT * rms + POINT_LIMIT))
        return "rms_kJ_mol";
    const double most = fmax(window->furthest, fabs(last));
    if (!(fabs(furthest - most) <= FIGURE_LIMIT * most + POINT_LIMIT))
        return "largest_deviation_kJ_mol";
    return NULL;
}

/// Holds a window against its part of the summary.
static void window_check_summary(Check *check, const Window *window, const cJSON *summary,
                                 double dt_ps, double begins_ps)
{
    double dof = 0.0;
    const double slope = number_at(cJSON_GetObjectItemCaseSensitive(summary, "drift_kJ_mol_ps"));
    const double shadow =
        number_at(cJSON_GetObjectItemCaseSensitive(summary, "shadow_drift_kJ_mol_ps"));
    const double rms = number_at(cJSON_GetObjectItemCaseSensitive(summary, "rms_kJ_mol"));
    const double furthest =
        number_at(cJSON_GetObjectItemCaseSensitive(summary, "largest_deviation_kJ_mol"));
    const double mean = number_at(cJSON_GetObjectItemCaseSensitive(summary, "mean_temperature_K"));
    const double begins = number_at(cJSON_GetObjectItemCaseSensitive(summary, "begins_at_ps"));
    const double kelvin = HARTREE_PER_KELVIN * KJMOL_PER_HARTREE;
    const char *what = NULL;
    const bool all = isfinite(slope) && isfinite(shadow) && isfinite(rms) && isfinite(furthest) &&
                     isfinite(begins) && (isfinite(mean) || check->n_atoms == 1);
    if (!all && check->is_current && cJSON_IsObject(summary))
        check_say(check, CHECK_WINDOWS, CHECK_FAIL,
                  "NVE window %d: its part of the summary lacks a figure", window->number);
    if (!isfinite(slope) || !isfinite(rms) || !isfinite(furthest))
        return;
    if (check->motion.known && isfinite(begins) && !(fabs(begins - begins_ps) <= 0.5 * dt_ps))
        what = "begins_at_ps";
    if (check_metadata_number(check, "dof", &dof) && dof >= 1.0 && isfinite(mean) &&
        !is_near(mean, 2.0 * window->kinetic_mean / (dof * kelvin)))
        what = "mean_temperature_K";
    // What the ripple makes of the slope, the shadow energy lacks. In a window shorter than a vibration the ripple is nearly a
    // straight line, so that its size is that of the energy itself and not what is left about the line.
    if (window->n >= STEPS_OF_RIPPLE && isfinite(shadow) &&
        !(fabs(shadow - slope) <= drift_difference(check, fmax(rms, furthest), window->n * dt_ps)))
        what = "shadow_drift_kJ_mol_ps";
    const char *const off = figure_off(window, dt_ps, slope, rms, furthest);
    if (off != NULL)
        what = off;
    if (what != NULL)
        check_say(check, CHECK_WINDOWS, CHECK_FAIL,
                  "NVE window %d is not the one that the summary was made of: %s is another",
                  window->number, what);
}

/// Windows that the configuration asks for; -1: not known.
static double windows_wanted(const Check *check)
{
    double every, window, length;
    if (!check->motion.known || !check_config_number(check, "nve_every_ps", &every) ||
        !check_config_number(check, "nve_window_ps", &window) ||
        !check_config_number(check, "length_ps", &length))
        return -1.0;
    const double dt = check->motion.dt_ps;
    if (round(every / dt) < 1.0 || round(window / dt) < 1.0)
        return 0.0;
    return floor(round(fmin(length, check->ended_ps) / dt) / round(every / dt));
}

static void windows_check_number(Check *check, int n, const cJSON *summary)
{
    const double wanted = windows_wanted(check);
    if (check->is_complete && wanted >= 0.0 && (double)n != wanted)
        check_say(check, CHECK_WINDOWS, CHECK_FAIL,
                  "%d NVE windows, nve_every_ps and length_ps say %.0f", n, wanted);
    if (check->is_ours && cJSON_IsArray(summary) && cJSON_GetArraySize(summary) != n)
        check_say(check, CHECK_WINDOWS, CHECK_FAIL, "%d NVE windows, the summary has %d", n,
                  cJSON_GetArraySize(summary));
}

static void drift_add(const Check *check, const Window *window, double dt_ps, double shortest_ps,
                      WorstDrift *worst)
{
    const double length_ps = window->n * dt_ps;
    if (length_ps < shortest_ps || window->n < 2)
        return; // cut off where the trajectory ends: too short to be judged
    WorstDrift drift = {.number = window->number,
                        .slope = line_fit_slope(&window->total),
                        .ripple = line_fit_rms(&window->total),
                        .length_ps = length_ps};
    if (length_ps < VIBRATION_PS && check->motion.known) {
        const double angle = motion_fastest_vibration(check) * dt_ps;
        const double most = angle * angle / 3.0 * window->kinetic_mean;
        drift.ripple = fmax(drift.ripple, fmin(window->furthest, most));
    }
    drift.excess = drift_excess(check, drift.slope, drift.ripple, drift.length_ps);
    if (worst->number < 0 || !(drift.excess <= worst->excess))
        *worst = drift; // NaN is the worst
}

/// Windows of complete trajectories last as long as the configuration says.
static void window_check_length(Check *check, const Window *window, double dt_ps)
{
    double length;
    if (!check->is_current || !check->is_complete ||
        !check_config_number(check, "nve_window_ps", &length))
        return;
    const double wanted = round(length / dt_ps);
    if ((double)window->n != wanted)
        check_say(check, CHECK_WINDOWS, CHECK_FAIL,
                  "NVE window %d has %d steps, nve_window_ps and dt_fs say %.0f", window->number,
                  window->n, wanted);
}

/// Every window in turn, each against its part of the summary.
static QmtStatus windows_go_through(QmtContext *ctx, Check *check,
                                    const TrajectoryWindowStep *steps, size_t n_steps,
                                    const cJSON *summary, double dt_ps, WorstDrift *worst)
{
    double shortest_ps = 0.0, every_ps = 0.0;
    const char *const status = check_metadata_text(check, "status");
    // Only a trajectory that did not complete may end inside a window.
    if (status != NULL && strcmp(status, "partial") == 0 &&
        check_config_number(check, "nve_window_ps", &shortest_ps))
        shortest_ps -= 0.5 * dt_ps;
    check_config_number(check, "nve_every_ps", &every_ps);
    for (size_t first = 0, end = 0; first < n_steps; first = end) {
        while (end < n_steps && steps[end].window == steps[first].window)
            end++;
        const Window window = window_of(check, steps + first, (int)(end - first), dt_ps);
        window_check_length(check, &window, dt_ps);
        TRY(window_check_begin(ctx, check, &window, (window.number + 1) * every_ps));
        window_check_summary(check, &window, cJSON_GetArrayItem(summary, window.number), dt_ps,
                             (window.number + 1) * every_ps);
        drift_add(check, &window, dt_ps, shortest_ps, worst);
    }
    return QMT_OK;
}

static void drift_check(Check *check, int n, const WorstDrift *worst)
{
    char name[64];
    if (n == 0)
        check_say(check, CHECK_DRIFT, CHECK_NOT_RUN,
                  "no NVE windows, and the trajectory itself has a thermostat or does not say");
    if (worst->number < 0) {
        check_say(check, CHECK_DRIFT, CHECK_NOT_RUN, "no NVE window is complete");
        return;
    }
    snprintf(name, sizeof name, n > 1 ? "NVE window %d, the worst of %d" : "NVE window %d",
             worst->number, n);
    drift_report(check, name, worst->slope, worst->ripple, worst->length_ps);
}

/// What the steps of all windows say, numbered 0, 1, ...
static QmtStatus steps_check(QmtContext *ctx, Check *check, const TrajectoryWindowStep *steps,
                             size_t n_steps)
{
    double dt_fs = 0.0;
    WorstDrift worst = {.number = -1};
    const int n = n_steps > 0 ? (int)steps[n_steps - 1].window + 1 : 0;
    const cJSON *const summary = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(check->metadata, "summary"), "nve_windows");
    windows_check_number(check, n, summary);
    if (n > 0 && !(check_config_number(check, "dt_fs", &dt_fs) && dt_fs > 0.0)) {
        check_say(check, CHECK_DRIFT, CHECK_NOT_RUN, "the metadata do not say dt_fs");
    } else {
        TRY(windows_go_through(ctx, check, steps, n_steps, summary, 1e-3 * dt_fs, &worst));
        drift_check(check, n, &worst);
    }
    if (n == 0)
        check_say(check, CHECK_WINDOWS, CHECK_PASS, "none, as the configuration says");
    else
        check_say(check, CHECK_WINDOWS, CHECK_PASS,
                  "%d, with the energies of their frames and the figures of the summary", n);
    return QMT_OK;
}

QmtStatus windows_check(QmtContext *ctx, Check *check)
{
    TrajectoryWindowStep *steps;
    size_t n_steps;
    bool found;
    QmtStatus status = trajectory_windows_read(ctx, &check->npz, &steps, &n_steps, &found);
    if (status == QMT_ERR_FORMAT) {
        check_say(check, CHECK_WINDOWS, CHECK_FAIL, "%s", qmt_context_message(ctx));
        return QMT_OK;
    }
    TRY(status);
    if (!found)
        check_say(check, CHECK_WINDOWS, CHECK_NOT_RUN, "the file says nothing of NVE windows");
    else
        status = steps_check(ctx, check, steps, n_steps);
    free(steps);
    return status;
}
