#include "audit/windows.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/energies.h"
#include "base/units.h"
#include "md/observables.h"

/// kJ/mol; energies are stored in float64.
static const double ENERGY_LIMIT = 1e-6;
/// Relative, of figures that are computed again from the same numbers.
static const double FIGURE_LIMIT = 1e-6;

/// What the energies of a window say, kJ/mol, ps, K.
typedef struct {
    int number, n; ///< of the window; points
    LineFit total; ///< relative to the first
    double kinetic_first, potential_first, kinetic_mean;
    double furthest; ///< of the total energy from its first value
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

/// The summary of a window was made of these energies and of those after the last step, which are not stored: one
/// more point of the line, no further from the first than the furthest.
static void window_check_summary(Check *check, const Window *window, const cJSON *summary)
{
    double dof = 0.0;
    const double n = window->n;
    const double slope = number_at(cJSON_GetObjectItemCaseSensitive(summary, "drift_kJ_mol_ps"));
    const double rms = number_at(cJSON_GetObjectItemCaseSensitive(summary, "rms_kJ_mol"));
    const double furthest =
        number_at(cJSON_GetObjectItemCaseSensitive(summary, "largest_deviation_kJ_mol"));
    const double mean = number_at(cJSON_GetObjectItemCaseSensitive(summary, "mean_temperature_K"));
    const double kelvin = HARTREE_PER_KELVIN * KJMOL_PER_HARTREE;
    const char *what = NULL;
    if (!isfinite(slope) || !isfinite(rms) || !isfinite(furthest))
        return;
    if (check_metadata_number(check, "dof", &dof) && dof >= 1.0 && isfinite(mean) &&
        !is_near(mean, 2.0 * window->kinetic_mean / (dof * kelvin)))
        what = "mean_temperature_K";
    // The last point is at most this far from the line through the others, and this long after their middle.
    const double here = line_fit_slope(&window->total), ripple = line_fit_rms(&window->total);
    const double late = n > 1.0 ? window->total.mean_t * (n + 1.0) / (n - 1.0) : 0.0;
    const double last = furthest + fabs(window->total.mean_e) + fabs(here) * late + 1e-9;
    const double squares = n * ripple * ripple, wanted = (n + 1.0) * rms * rms;
    if (n > 2.0 &&
        !(wanted >= squares * (1.0 - 1e-6) - 1e-12 && wanted <= squares + last * last + 1e-12))
        what = "rms_kJ_mol";
    if (n > 2.0 && !(fabs(slope - here) <= last * late / window->total.tt + 1e-9))
        what = "drift_kJ_mol_ps";
    if (!(furthest >= window->furthest * (1.0 - FIGURE_LIMIT) - 1e-9))
        what = "largest_deviation_kJ_mol";
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
    drift.excess = drift_excess(check, drift.slope, drift.ripple, drift.length_ps);
    if (worst->number < 0 || !(drift.excess <= worst->excess))
        *worst = drift; // NaN is the worst
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
        TRY(window_check_begin(ctx, check, &window, (window.number + 1) * every_ps));
        window_check_summary(check, &window, cJSON_GetArrayItem(summary, window.number));
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
