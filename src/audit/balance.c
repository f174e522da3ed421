#include "audit/balance.h"

#include <inttypes.h>
#include <math.h>

#include "audit/energies.h"
#include "audit/motion.h"

/// kJ/mol: sums of 1e6 kJ/mol in float64 round by 1e-10 each, and a heat that stays is the same number.
static const double ROUNDING = 1e-6;
/// Times the bound: bonds far from rest are stiffer than at rest. Correct files use 0.8 of it once, H2 with its 4400 /cm.
static const double SAFETY = 2.0;
/// The sums: the part of the heat that the shadow energy takes beside it, in kappa (correct files: up to 2), and deviations
/// of the noise that the ripple puts on it.
static const double SHARE_KAPPAS = 3.0, SHARE_SIGMAS = 6.0;
/// Beyond so many times what is allowed it is no ripple any more, and less is a warning: very hot hydrogen at 1 fs, and biases that are
/// stiffer than any bond, reach 3.
static const double FAR_TIMES = 4.0;
/// Intervals without heat that the ripple is measured by; with fewer it is the bound.
static const double QUIET_NEEDED = 30.0;

void balance_begin(const Check *check, Balance *balance)
{
    const CheckMotion *const known = &check->motion;
    const double every = round(known->frame_ps / known->dt_ps);
    *balance = (Balance){
        .told = known->known && !check->is_sample && check->masses != NULL && check->n_frames > 1 &&
                fabs(known->frame_ps / known->dt_ps - every) < 1e-6 &&
                check->array[ARRAY_ETOT] != NULL && check->array[ARRAY_EKIN] != NULL &&
                check->array[ARRAY_FORCES] != NULL};
    if (!balance->told)
        return;
    const double angle = motion_fastest_vibration(check) * known->dt_ps;
    balance->settings = motion_settings(check);
    balance->every = (uint64_t)every;
    balance->kappa = angle * angle / 6.0;
    scf_events_read(check, &balance->events);
}

/// S of a frame.
static double ripple_of(const Check *check, const Balance *balance, const CheckFrame *frame)
{
    const double dt = check->motion.dt_ps;
    double square = 0.0;
    for (size_t i = 0; i < 3 * check->n_atoms; i++) {
        const double force =
            frame->forces[i] + (frame->bias_forces != NULL ? frame->bias_forces[i] : 0.0);
        square += force * force / check->masses[i / 3];
    }
    return balance->kappa * *frame->kinetic + dt * dt / 24.0 * square;
}

/// How often the thermostat acts in the steps before a frame.
static double kicks_before(const Balance *balance, size_t n_atoms, uint64_t frame)
{
    const Thermostat *const thermostat = balance->settings.thermostat;
    double n = 0.0;
    if (thermostat == NULL)
        return 0.0;
    MdState at = {.n_atoms = n_atoms};
    for (uint64_t step = (frame - 1) * balance->every; step < frame * balance->every; step++) {
        at.at.step = step;
        n += thermostat->acts == NULL || thermostat->acts(&balance->settings, &at);
    }
    return n;
}

static void off_take(OffInterval *worst, double off, double allowed, uint64_t frame)
{
    if (off <= allowed)
        return;
    worst->is_far = worst->is_far || !(off <= FAR_TIMES * allowed);
    if (worst->n++ == 0 || !(off - allowed <= worst->off - worst->allowed)) {
        worst->off = off;
        worst->allowed = allowed;
        worst->frame = frame;
    }
}

/// What the work of a bias adds to the ripple of an interval.
static double ripple_of_work(Balance *balance, const CheckFrame *frame)
{
    if (frame->bias_work == NULL)
        return 0.0;
    const double before = balance->work_in_step;
    balance->work_in_step = fabs(*frame->bias_work - balance->work) / (double)balance->every;
    return 0.5 * (before + balance->work_in_step);
}

static void interval_add(const Check *check, Balance *balance, const CheckFrame *frame,
                         double energy, double ripple)
{
    const double kicks = kicks_before(balance, check->n_atoms, frame->number);
    const double change = energy - balance->energy;
    const double ripples = ripple + balance->ripple + ripple_of_work(balance, frame);
    const double heat = frame->heat != NULL ? *frame->heat - balance->heat : 0.0;
    if (kicks == 0.0)
        off_take(&balance->quiet_heat, fabs(heat), ROUNDING, frame->number);
    if ((kicks > 0.0 && frame->heat == NULL) || scf_events_at(&balance->events, frame->number))
        return;
    // Heats of several steps may cancel each other, what the shadow energy takes beside them need not.
    const double exchanged =
        kicks > 1.0 ? sqrt(kicks) * (*frame->kinetic + balance->kinetic) : fabs(change);
    off_take(&balance->jump, fabs(change - heat),
             ROUNDING + SAFETY * (ripples + (kicks > 0.0 ? balance->kappa * exchanged : 0.0)),
             frame->number);
    IntervalSums *const sums = kicks > 0.0 ? &balance->kicked : &balance->quiet;
    sums->n += 1.0;
    sums->squares += change * change;
    sums->products += (change - heat) * change;
    sums->ripples += ripples * ripples;
    balance->n_told++;
}

void balance_add(const Check *check, Balance *balance, const CheckFrame *frame)
{
    if (!balance->told)
        return;
    const double heat = frame->heat != NULL ? *frame->heat : 0.0;
    const double energy = energies_conserved(frame) + heat;
    const double ripple = ripple_of(check, balance, frame);
    if (frame->number == 0)
        balance->heat_first = heat;
    else
        interval_add(check, balance, frame, energy, ripple);
    balance->energy = energy;
    balance->heat = heat;
    balance->work = frame->bias_work != NULL ? *frame->bias_work : 0.0;
    balance->ripple = ripple;
    balance->kinetic = *frame->kinetic;
}

double balance_ripple(const Balance *balance)
{
    const double n = balance->quiet.n + balance->kicked.n;
    if (!balance->told || n == 0.0)
        return INFINITY;
    // The shadow heats that are not in the heat add up as a walk at random does.
    return SAFETY * (sqrt((balance->quiet.ripples + balance->kicked.ripples) / n) +
                     balance->kappa * sqrt(balance->kicked.squares));
}

/// The heat of all steps in which the thermostat acts, at once.
static void share_report(Check *check, const Balance *balance)
{
    const IntervalSums *const kicked = &balance->kicked, *const quiet = &balance->quiet;
    if (check->array[ARRAY_HEAT] == NULL || !(kicked->squares > 0.0))
        return;
    // Where a bias moves, half of its work in a step is noise, too, which is in the bound alone. An atom at rest has only what sums
    // round by.
    const bool measured = quiet->n >= QUIET_NEEDED && check->array[ARRAY_BIAS_WORK] == NULL;
    const double noise =
        ROUNDING * ROUNDING + (measured ? quiet->squares / quiet->n : kicked->ripples / kicked->n);
    const double share = kicked->products / kicked->squares;
    const double allowed = SHARE_KAPPAS * balance->kappa +
                           SHARE_SIGMAS * sqrt(noise / kicked->squares) +
                           4.0 * kicked->n * noise / kicked->squares;
    if (!(fabs(share) <= allowed))
        check_say(check, CHECK_DRIFT, CHECK_FAIL,
                  "where the thermostat acts Etot changes by %.3g times the heat, 1 is right and "
                  "%.1e off it is allowed",
                  share == 1.0 ? INFINITY : 1.0 / (1.0 - share), allowed);
}

void balance_report(Check *check, const Balance *balance)
{
    const OffInterval *const jump = &balance->jump, *const quiet = &balance->quiet_heat;
    if (!balance->told)
        return;
    if (!(fabs(balance->heat_first) <= ROUNDING))
        check_say(check, CHECK_DRIFT, CHECK_FAIL, "heat is %.6g kJ/mol in frame 0, not 0",
                  balance->heat_first);
    if (quiet->n > 0)
        check_say(check, CHECK_DRIFT, CHECK_FAIL,
                  "frame %" PRIu64 ": heat changes by %.2g kJ/mol, but the thermostat acts in none "
                  "of the steps before it (random_seed, name and replica decide that); %" PRIu64
                  " frames are so",
                  quiet->frame, quiet->off, quiet->n);
    if (jump->n > 0)
        check_say(
            check, CHECK_DRIFT, balance->events.has_more || !jump->is_far ? CHECK_WARN : CHECK_FAIL,
            "frame %" PRIu64 ": the total energy less the heat changes by %.2g kJ/mol from "
            "the frame before, %.1e is allowed; %" PRIu64 " of %" PRIu64 " frames are so%s",
            jump->frame, jump->off, jump->allowed, jump->n, balance->n_told,
            balance->events.has_more ? "; the file records more changes of the SCF than it lists"
                                     : "");
    share_report(check, balance);
}
