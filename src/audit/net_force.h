#ifndef AUDIT_NET_FORCE_H
#define AUDIT_NET_FORCE_H

#include <stdbool.h>

#include "audit/frame.h"
#include "audit/verdict.h"

/// CHECK_CENTRE, of the forces of this program: the energy of a molecule does not change where all of it is moved, so that they add up to nothing in
/// every frame, and without a solvent, whose surface has points at fixed directions in space, neither where it is turned:
///
///     sum F = 0,    sum r x F = 0.
///
/// The array `forces` is without walls, biases and thermostat, so that this holds with them, too. A force that is falsified alone
/// shows by its own size, however far the frames are apart.

/// What one of the two sums is off by, where it exceeds what is allowed most.
typedef struct {
    double off, allowed; ///< kJ/mol/nm, or kJ/mol
    uint64_t frame;
} NetSum;

typedef struct {
    bool turns_free; ///< no solvent
    double residual; ///< kJ/mol/nm, what the end of the SCF leaves in a force
    NetSum force, torque;
} NetForce;

void net_force_begin(const Check *check, NetForce *net);
void net_force_add(const Check *check, NetForce *net, const CheckFrame *frame);
void net_force_report(Check *check, const NetForce *net);

#endif
