#include "md/verdict.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/// Drift, kJ/mol/ps, and ripple, kJ/mol, of the shadow energy per atom that are worth a word; the drift where it
/// stands out from the ripple, and at all. Steps of 0.25 fs drift by 1e-8 in the gas phase and by 1e-4 in a
/// solvent, steps of 1 fs by 1e-3, steps of 2 fs by 1e-2 to 1e-1.
static const double DRIFT = 1e-3, DRIFT_AT_ALL = 1e-2, RIPPLE = 1e-2;
/// Below this length, ps, a slope cannot be told from the ripple.
static const double LENGTH_JUDGED = 0.5;
/// Longer steps, fs, have ripple of their own.
static const double STEP_JUDGED = 0.5;
/// Times what chance explains.
static const double TEMPERATURE = 3.0;

bool md_temperature_is_off(const MdReport *report, const MdOptions *options)
{
    return report->dof > 0 && report->expected_spread_k > 0.0 &&
           fabs(report->mean_temperature_k - md_wanted_mean_temperature(options, report->steps)) >
               TEMPERATURE * report->expected_spread_k + md_ramp_lag(options);
}

/// True if the shadow energy drifts beyond its ripple, or scatters as it does where the SCF goes from one
/// solution to another.
static bool energy_is_off(const MdReport *report, const MdOptions *options)
{
    const double n = (double)report->n_atoms, drift = fabs(report->shadow_slope_kjmol_ps),
                 ripple = report->shadow_rms_kjmol, length = options->length_ps;
    const bool stands_out = drift > DRIFT * n && drift * length > 3.0 * ripple;
    return stands_out || (drift > DRIFT_AT_ALL * n && length >= LENGTH_JUDGED) ||
           (options->dt_fs <= STEP_JUDGED && ripple > RIPPLE * n);
}

double md_equilibration_deficit(const MdOptions *options)
{
    return 0.5 * exp(-options->equilibration_friction_per_ps * options->equilibration_ps);
}

typedef struct {
    MdVerdict *list;
    size_t n;
} Verdicts;

static void __attribute__((format(printf, 3, 4)))
verdict_add(Verdicts *verdicts, MdVerdictKind kind, const char *format, ...)
{
    MdVerdict *const verdict = &verdicts->list[verdicts->n++];
    va_list arguments;
    verdict->kind = kind;
    va_start(arguments, format);
    vsnprintf(verdict->text, sizeof verdict->text, format, arguments);
    va_end(arguments);
}

static void temperature_judge(Verdicts *verdicts, const MdReport *report, const MdOptions *options)
{
    const double wanted = md_wanted_mean_temperature(options, report->steps),
                 mean = report->mean_temperature_k, spread = report->expected_spread_k;
    if (!md_temperature_is_off(report, options))
        return;
    if (options->ensemble == MD_NVE)
        verdict_add(verdicts, MD_NVE_TEMPERATURE_OFF,
                    "mean temperature %.1f K, %.1f K asked for: at constant energy it follows from "
                    "the energy that the start left, and not from a thermostat",
                    mean, wanted);
    else
        verdict_add(verdicts, MD_TEMPERATURE_OFF,
                    "mean temperature %.1f K, %.1f K asked for; that is %.1f times the spread that "
                    "chance explains, %.1f K",
                    mean, wanted, fabs(mean - wanted) / spread, spread);
}

static void scf_judge(Verdicts *verdicts, const MdReport *report)
{
    if (report->production_recoveries > 0)
        verdict_add(verdicts, MD_SCF_RECOVERED,
                    "the SCF of %llu steps converged only by its recovery, the first at step %llu "
                    "of production; it may have gone to another solution there",
                    (unsigned long long)report->production_recoveries,
                    (unsigned long long)report->first_recovery_step);
    if (report->checks_failed > 0)
        verdict_add(verdicts, MD_SELF_CHECK_FAILED,
                    "%llu of %llu self-checks found a wrong density; those steps were made again "
                    "by diagonalisation, but frames since the check before may be wrong",
                    (unsigned long long)report->checks_failed, (unsigned long long)report->checks);
}

size_t md_verdicts(const MdReport *report, const MdOptions *options, MdVerdict *list)
{
    Verdicts verdicts = {.list = list};
    temperature_judge(&verdicts, report, options);
    if (energy_is_off(report, options))
        verdict_add(&verdicts, MD_ENERGY_DRIFT,
                    "the energy is not conserved: %.1e kJ/mol/ps, with a scatter of %.1e kJ/mol "
                    "around that line",
                    report->shadow_slope_kjmol_ps, report->shadow_rms_kjmol);
    scf_judge(&verdicts, report);
    if (options->optimize && !report->relax_converged)
        verdict_add(&verdicts, MD_RELAXATION_UNFINISHED,
                    "the relaxation ended after %llu evaluations with a largest gradient component "
                    "of %.1e hartree/bohr, %.1e was wanted; the motion starts from there",
                    (unsigned long long)report->relax_evaluations, report->relax_largest_slope,
                    options->relax_threshold);
    if (report->hottest_k > md_hot_k(options))
        verdict_add(&verdicts, MD_HOT,
                    "the molecule was up to %.0f K hot, by energy that was in it, as the conserved "
                    "energy shows: bonds that were far from their length, or formed",
                    report->hottest_k);
    return verdicts.n;
}
