#include "audit/energies.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audit/metadata.h"
#include "base/units.h"

/// Relative, of the kinetic energy: float32 velocities keep 6e-8.
static const double KINETIC_LIMIT = 1e-5;
/// kJ/mol; float64 sums of 1e6 kJ/mol round by 1e-10.
static const double TOTAL_LIMIT = 1e-6;
/// K, of the wanted temperature of a frame.
static const double WANTED_LIMIT = 1e-6;
/// A mean temperature further from its target than this many expected errors.
static const double TEMPERATURE_WARN = 3.0, TEMPERATURE_FAIL = 6.0;
/// Below this many relaxation times with a thermostat, equilibration included, a trajectory need not have its
/// temperature yet.
static const double RELAXATIONS_NEEDED = 3.0;
/// kJ/mol/ps per atom. The first is what this program is held to, the second what GROMACS allows its
/// pair lists by default (verlet-buffer-tolerance): beyond it nobody calls energy conserved.
static const double DRIFT_WARN = 1e-4, DRIFT_FAIL = 5e-3;
/// Two periods of the bonds with hydrogen, which the total energy ripples with most.
static const double DRIFT_SHORTEST_PS = 0.02;
/// Factor of the earlier Python pipeline on velocities, docs/velocity-factor.md.
static const double PIPELINE_FACTOR = 10.1805;
static const double KJMOL_PER_KELVIN = HARTREE_PER_KELVIN * KJMOL_PER_HARTREE;

static void kinetic_add(const Check *check, Energies *energies, const CheckFrame *frame)
{
    double kinetic = 0.0;
    for (size_t i = 0; i < 3 * check->n_atoms; i++)
        kinetic += 0.5 * check->masses[i / 3] * frame->vel[i] * frame->vel[i];
    energies->kinetic_sum += kinetic;
    // The floor lets a molecule at rest pass.
    const double off = fabs(kinetic - *frame->kinetic) / fmax(fabs(*frame->kinetic), 1e-3);
    if (!(off <= energies->kinetic_worst)) {
        energies->kinetic_worst = off;
        energies->kinetic_frame = frame->number;
    }
}

double energies_conserved(const CheckFrame *frame)
{
    return *frame->total + (frame->bias_energy != NULL ? *frame->bias_energy : 0.0) -
           (frame->bias_work != NULL ? *frame->bias_work : 0.0) -
           (frame->heat != NULL ? *frame->heat : 0.0);
}

/// Wanted temperatures are as the configuration has them, to the rounding of a sum.
static void wanted_add(const Check *check, Energies *energies, const CheckFrame *frame)
{
    if (frame->wanted == NULL || frame->time == NULL || !check->motion.known)
        return;
    const double off = fabs(*frame->wanted - check_wanted_k(&check->motion, *frame->time));
    if (!(off <= energies->wanted_worst)) {
        energies->wanted_worst = off;
        energies->wanted_frame = frame->number;
    }
}

void energies_add(const Check *check, Energies *energies, const CheckFrame *frame)
{
    wanted_add(check, energies, frame);
    if (frame->kinetic != NULL) {
        const double temperature = 2.0 * *frame->kinetic / KJMOL_PER_KELVIN;
        energies->ekin_sum += *frame->kinetic;
        block_mean_add(&energies->temperature, temperature);
        energies->temperature_square += temperature * temperature;
        if (frame->vel != NULL && check->masses != NULL)
            kinetic_add(check, energies, frame);
    }
    if (frame->kinetic != NULL && frame->potential != NULL && frame->total != NULL) {
        const double off = fabs(*frame->total - *frame->kinetic - *frame->potential);
        if (!(off <= energies->total_worst)) {
            energies->total_worst = off;
            energies->total_frame = frame->number;
        }
    }
    if (frame->total != NULL && frame->time != NULL) {
        const double conserved = energies_conserved(frame);
        if (frame->number == 0) {
            energies->total_first = conserved;
            energies->time_first = *frame->time;
        }
        energies->time_last = *frame->time;
        line_fit_add(&energies->total, *frame->time, conserved - energies->total_first);
    }
    energies->n++;
}

static void kinetic_report(Check *check, const Energies *energies)
{
    if (check->masses == NULL || check->array[ARRAY_VEL] == NULL ||
        check->array[ARRAY_EKIN] == NULL)
        return;
    const double ratio =
        energies->ekin_sum > 0.0 ? energies->kinetic_sum / energies->ekin_sum : 1.0;
    const double factor = sqrt(ratio);
    if (fabs(factor / PIPELINE_FACTOR - 1.0) < 1e-3)
        check_say(check, CHECK_KINETIC, CHECK_FAIL,
                  "velocities are %.4f times too large: the factor of the earlier Python pipeline, "
                  "which took sqrt(eV/Da) for angstrom/fs; multiply vel by %.6f to have nm/ps",
                  factor, 1.0 / factor);
    else if (!(energies->kinetic_worst <= KINETIC_LIMIT))
        check_say(check, CHECK_KINETIC, CHECK_FAIL,
                  "frame %" PRIu64 ": sum m v^2/2 is off Ekin by %.2g of it, %g is allowed; over "
                  "all frames it is %.6g times Ekin",
                  energies->kinetic_frame, energies->kinetic_worst, KINETIC_LIMIT, ratio);
    check_say(check, CHECK_KINETIC, CHECK_PASS,
              "sum m v^2/2 is within %.1e of Ekin, relative; %g is allowed",
              energies->kinetic_worst, KINETIC_LIMIT);
}

static void total_report(Check *check, const Energies *energies)
{
    if (check->array[ARRAY_EKIN] == NULL || check->array[ARRAY_EPOT] == NULL ||
        check->array[ARRAY_ETOT] == NULL)
        return;
    check_say(check, CHECK_TOTAL, energies->total_worst <= TOTAL_LIMIT ? CHECK_PASS : CHECK_FAIL,
              "frame %" PRIu64 ": Etot is off Ekin + Epot by %.1e kJ/mol; %g is allowed",
              energies->total_frame, energies->total_worst, TOTAL_LIMIT);
}

/// What the temperature is held against. False, with the reason said, if the metadata lack something.
static bool temperature_wanted(Check *check, double *dof, double *target, double *rate)
{
    const struct {
        const char *name;
        bool known;
    } wanted[] = {
        {"dof", check_metadata_number(check, "dof", dof) && *dof >= 0.0 && *dof < 1e9},
        {"temperature_K", check_config_number(check, "temperature_K", target)},
        {"friction_per_ps", metadata_thermostat_rate(check, rate)},
        {"ensemble", check_config_text(check, "ensemble") != NULL},
    };
    char missing[64] = "";
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!wanted[i].known)
            snprintf(missing + strlen(missing), sizeof missing - strlen(missing), "%s%s",
                     missing[0] != '\0' ? ", " : "", wanted[i].name);
    if (missing[0] != '\0')
        check_say(check, CHECK_TEMPERATURE, CHECK_NOT_RUN, "the metadata do not say %s", missing);
    else if (*dof < 1.0)
        check_say(check, CHECK_TEMPERATURE, CHECK_NOT_RUN, "nothing can move");
    return missing[0] == '\0' && *dof >= 1.0;
}

/// Why a mean temperature far from temperature_K need not mean that something is wrong; NULL: no reason.
static const char *reason_for_other_temperature(const Check *check, bool is_nve, double rate,
                                                double length_ps, bool reacts)
{
    double equilibration_ps = 0.0, equilibration_friction = 0.0;
    if (reacts)
        return "bonds break or form, which heats or cools the molecule";
    double any;
    if (check_config_number(check, "push.eV", &any))
        return "it got a push at the start of production";
    if (check_config_number(check, "bias.rmsd.every_ps", &any) ||
        check_config_number(check, "bias.torsion.every_ps", &any) ||
        check_config_number(check, "bias.distance.every_ps", &any))
        return "a bias heats it";
    if (is_nve)
        return "at constant energy nothing holds the temperature: what the start or a reaction "
               "sets "
               "free stays";
    check_config_number(check, "equilibration_ps", &equilibration_ps);
    check_config_number(check, "equilibration_friction_per_ps", &equilibration_friction);
    if (equilibration_ps * equilibration_friction + length_ps * rate < RELAXATIONS_NEEDED)
        return "the thermostat acted too briefly, equilibration included, to bring it there";
    return NULL;
}

static void temperature_report(Check *check, const Energies *energies, bool reacts)
{
    double dof = -1.0, target = 0.0, rate = 0.0;
    if (check->array[ARRAY_EKIN] == NULL || !temperature_wanted(check, &dof, &target, &rate))
        return;
    const bool is_nve = strcmp(check_config_text(check, "ensemble"), "nve") == 0;
    if (is_nve)
        rate = 0.0;
    const CheckMotion *const motion = &check->motion;
    if (!(energies->wanted_worst <= WANTED_LIMIT))
        check_say(check, CHECK_TEMPERATURE, CHECK_FAIL,
                  "frame %" PRIu64 ": temperature_wanted is off temperature_ramp_K by %.3g K",
                  energies->wanted_frame, energies->wanted_worst);
    const double rise = fabs(motion->target_end_k - motion->target_k);
    if (rise > 0.0)
        target = check_wanted_k(motion, 0.5 * energies->time_last);
    const double length = energies->time_last - energies->time_first;
    const double mean = block_mean_value(&energies->temperature) / dof;
    // Linear molecules of more than two atoms count as others: their error comes out a little larger.
    const size_t rotations = is_nve || dof < 3.0 ? 0 : dof < 4.0 ? 2 : 3;
    // The block mean is of T times dof, and so is its error.
    const Thermostat *const thermostat = check->motion.thermostat;
    const TemperatureSpread run = {.rotations = rotations,
                                   .vibrations = (size_t)dof - rotations,
                                   .rate = rate,
                                   .scales = thermostat != NULL && thermostat->scales,
                                   .length = length};
    const double error =
        expected_temperature_spread(&energies->temperature, target * dof, &run) / dof;
    // A molecule lags behind a ramp by what it rises in the time of the thermostat (md_ramp_lag()).
    const double lag = rise > 0.0 && rate > 0.0
                           ? rise * fmin(1.0, (run.scales ? 2.0 : 1.0) / (rate * motion->length_ps))
                           : 0.0;
    const double off = fmax(0.0, fabs(mean - target) - lag);
    const char *const reason = reason_for_other_temperature(check, is_nve, rate, length, reacts);
    if (check->is_quenched)
        check_say(check, CHECK_TEMPERATURE, CHECK_NOT_RUN,
                  "mean %.1f K; a copy of a frame of another trajectory, relaxed in part, is not "
                  "held against %.1f K",
                  mean, target);
    else if (off <= TEMPERATURE_WARN * error)
        check_say(check, CHECK_TEMPERATURE, CHECK_PASS,
                  "mean %.1f K, wanted %.1f K; chance alone makes it differ by %.1f K", mean,
                  target, error);
    else
        check_say(check, CHECK_TEMPERATURE,
                  !(off <= TEMPERATURE_FAIL * error) && reason == NULL ? CHECK_FAIL : CHECK_WARN,
                  "mean %.1f K, wanted %.1f K; chance alone makes it differ by %.1f K, up to %.0f "
                  "times that is good%s%s",
                  mean, target, error, TEMPERATURE_WARN, reason != NULL ? "; " : "",
                  reason != NULL ? reason : "");
}

/// An oscillation cut off anywhere looks like a line of this slope.
static double slope_allowance(double ripple, double length_ps)
{
    return 2.0 * ripple / length_ps;
}

double drift_excess(const Check *check, double slope, double ripple, double length_ps)
{
    return fabs(slope) / (DRIFT_WARN * (double)check->n_atoms + slope_allowance(ripple, length_ps));
}

static void drift_report_within(Check *check, const char *of, double slope, double ripple,
                                double length_ps, double allowance)
{
    const double n = (double)check->n_atoms;
    if (length_ps < 0.999 * DRIFT_SHORTEST_PS) {
        check_say(check, CHECK_DRIFT, CHECK_NOT_RUN,
                  "%s: %.4g ps are too short to tell a drift from vibrations; it takes %g ps", of,
                  length_ps, DRIFT_SHORTEST_PS);
        return;
    }
    const CheckVerdict verdict = !(fabs(slope) <= DRIFT_FAIL * n + allowance)   ? CHECK_FAIL
                                 : !(fabs(slope) <= DRIFT_WARN * n + allowance) ? CHECK_WARN
                                                                                : CHECK_PASS;
    check_say(check, CHECK_DRIFT, verdict,
              "%s: %.1e kJ/mol/ps per atom over %.4g ps, ripple %.1e kJ/mol; up to %.0e is good",
              of, slope / n, length_ps, ripple, DRIFT_WARN + allowance / n);
}

void drift_report(Check *check, const char *of, double slope, double ripple, double length_ps)
{
    drift_report_within(check, of, slope, ripple, length_ps, slope_allowance(ripple, length_ps));
}

/// The heat of a kick is the change of the kinetic energy alone, which is off that of the shadow energy by some of the
/// ripple, each time by another: the sum walks at random. The slope of such a walk scatters by sqrt(18) times the
/// deviation from its line over the length; three times that is allowed.
static double walk_allowance(double ripple, double length_ps)
{
    return 3.0 * sqrt(18.0) * ripple / length_ps;
}

double drift_difference(const Check *check, double ripple, double length_ps)
{
    return DRIFT_WARN * (double)check->n_atoms + walk_allowance(ripple, length_ps);
}

/// @param most  what the ripple can be where the heat is right: a wrong one does not widen what is allowed to it
static void total_drift_report(Check *check, const Energies *energies, double length, double most)
{
    const char *const ensemble = check_config_text(check, "ensemble");
    const double slope = line_fit_slope(&energies->total), ripple = line_fit_rms(&energies->total);
    if (ensemble == NULL || check->n_frames < 3 || check->array[ARRAY_ETOT] == NULL ||
        check->array[ARRAY_TIME] == NULL || !(length > 0.0))
        return;
    if (check->array[ARRAY_HEAT] != NULL)
        drift_report_within(check, "Etot - heat", slope, ripple, length,
                            walk_allowance(fmin(ripple, most), length));
    else if (strcmp(ensemble, "nve") == 0)
        drift_report(check, "trajectory", slope, ripple, length);
}

void energies_report(Check *check, const Energies *energies, double ripple, bool reacts)
{
    kinetic_report(check, energies);
    total_report(check, energies);
    temperature_report(check, energies, reacts);
    total_drift_report(check, energies, energies->time_last - energies->time_first, ripple);
}
