#ifndef AUDIT_MOTION_H
#define AUDIT_MOTION_H

#include "audit/frame.h"
#include "audit/verdict.h"
#include "md/integrator.h"
#include "md/shadow_energy.h"

/// CHECK_MOTION: each frame follows from the one before.
///
/// Where this program saved every step, the integrator makes each step again from the frame before it, with the
/// forces that the file has for the frame after it and the random numbers of the thermostat (of nose-hoover, whose
/// chain is not in the file, the heat): positions and velocities
/// must come out to the rounding of the file. That finds frames that are missing, doubled or exchanged, velocities of
/// other frames or directions, forces (with those of biases) that did not move the atoms, another time step, seed or temperature.
///
/// Elsewhere positions, velocities and accelerations a = F/m at both ends of an interval h must fit a smooth path,
///
///     D = x1 - x0 - h/2 (v0 + v1) - h^2/12 (a0 - a1),
///
/// which is 0 for any polynomial of fourth degree and (omega h)^4/720 of the way h v of a vibration. The random kicks
/// of a thermostat make D up to h/2 of the change of velocity, in those intervals that have one.

/// An engine that gives back the forces of a frame.
typedef struct {
    Engine base;
    const MdState *at;
} Playback;

/// Steps that one kind of mismatch was seen in.
typedef struct {
    uint64_t n, first;   ///< how many; the frame of the first
    size_t atom;         ///< where it is worst in that frame
    double off, allowed; ///< nm or nm/ps, of the first
} Mismatch;

typedef struct {
    bool again; ///< steps are made again; else paths are held against smooth ones
    const Integrator *integrator;
    IntegratorSettings settings;
    Playback playback;
    MdState before, made, now; ///< as stored, as made from it, as stored
    double *mass;              ///< [n_atoms] electron masses
    ShadowEnergy watch;        ///< of the steps made again
    double heat_before,
        heat_change; ///< hartree, of the file: at the frame before, in the step that is made again
    Mismatch path, kick,
        heat; ///< positions; velocities where the positions fit; the heat of the file
    /// [3 n_atoms] of the frame before: nm, nm/ps, and kJ/mol/nm where steps are made again, else nm/ps^2.
    double *last[3];
    const double *last_rounding[3]; ///< [3 n_atoms] of positions, velocities and forces, likewise
    double *per_force;              ///< [3 n_atoms] dt / 2m: nm/ps of 1 kJ/mol/nm
    double *allowed
        [2]; ///< [3 n_atoms] what rounding allows a position and a velocity made again to be off
    double *part[2]; ///< [3 n_atoms] how far they are off, as a part of it
    double last_time;
    uint64_t n_intervals, n_rough; ///< smooth: all; those beyond what a vibration allows
    double worst;                  ///< largest mismatch as a part of what is allowed
    double interval_ps;
    double *forces; ///< [3 n_atoms] of the method and of biases, of the frame at hand
    double bias_rounding,
        last_bias_rounding; ///< kJ/mol/nm, of both addends there and in the frame before
} Motion;

/// Settings of the steps of known motion: all but the masses and what the thermostat remembers.
IntegratorSettings motion_settings(const Check *check);
/// Angular frequency, 1/ps, that no vibration of these elements exceeds by much.
double motion_fastest_vibration(const Check *check);

void motion_layout(Motion *motion, Arena *arena, const Check *check);
/// After the memory is there.
void motion_begin(const Check *check, Motion *motion);
QmtStatus motion_add(QmtContext *ctx, const Check *check, Motion *motion, const CheckFrame *frame);
/// What the thermostat has given since frame 0 in the steps made again, kJ/mol.
double motion_heat(const Motion *motion);
void motion_report(Check *check, const Motion *motion);

#endif
