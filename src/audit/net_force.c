#include "audit/net_force.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/// kJ/mol/nm, what the end of the self-consistent loop leaves in the force of an atom; measured as 5e-6 and 1e-3
/// (docs/lab/validation.md), of the torque of methanol as 2e-7 kJ/mol.
static const double RESIDUAL = 2e-3, RESIDUAL_FAST = 0.02;
/// The bound on rounding is the sum of the half spacings of all numbers that go in; correct files use 0.98 of it.
static const double ROUNDINGS = 2.0;

void net_force_begin(const Check *check, NetForce *net)
{
    const char *const scf = check_config_text(check, "scf");
    *net =
        (NetForce){.turns_free = check_metadata_text(check, "solvent") == NULL,
                   .residual = scf != NULL && strcmp(scf, "fast") == 0 ? RESIDUAL_FAST : RESIDUAL};
}

static void sum_take(NetSum *sum, double off, double allowed, uint64_t frame)
{
    // Not a number is the worst.
    if (sum->allowed > 0.0 && off - allowed <= sum->off - sum->allowed)
        return;
    *sum = (NetSum){.off = off, .allowed = allowed, .frame = frame};
}

void net_force_add(const Check *check, NetForce *net, const CheckFrame *frame)
{
    double force[3] = {0.0}, torque[3] = {0.0}, force_rounding[3] = {0.0}, torque_rounding = 0.0;
    double arms = 0.0;
    if (!check->is_ours || frame->forces == NULL || frame->pos == NULL)
        return;
    for (size_t a = 0; a < check->n_atoms; a++) {
        const double *const f = frame->forces + 3 * a, *const r = frame->pos + 3 * a;
        const double *const df = frame->forces_rounding + 3 * a, *const dr =
                                                                     frame->pos_rounding + 3 * a;
        for (int x = 0; x < 3; x++) {
            const int y = (x + 1) % 3, z = (x + 2) % 3;
            force[x] += f[x];
            force_rounding[x] += df[x];
            torque[x] += r[y] * f[z] - r[z] * f[y];
            torque_rounding +=
                (fabs(r[y]) + fabs(r[z])) * df[x] + dr[x] * (fabs(f[y]) + fabs(f[z]));
            arms += fabs(r[x]);
        }
    }
    const double force_off = sqrt(force[0] * force[0] + force[1] * force[1] + force[2] * force[2]);
    const double rounding = force_rounding[0] + force_rounding[1] + force_rounding[2];
    sum_take(&net->force, force_off, net->residual + ROUNDINGS * rounding, frame->number);
    const double turn = sqrt(torque[0] * torque[0] + torque[1] * torque[1] + torque[2] * torque[2]);
    sum_take(&net->torque, turn, net->residual * arms + ROUNDINGS * torque_rounding, frame->number);
}

void net_force_report(Check *check, const NetForce *net)
{
    const NetSum *const force = &net->force, *const torque = &net->torque;
    if (force->allowed == 0.0)
        return;
    if (!(force->off <= force->allowed))
        check_say(check, CHECK_CENTRE, CHECK_FAIL,
                  "frame %" PRIu64 ": the forces add up to %.2g kJ/mol/nm, %.1e is allowed; those "
                  "of a molecule add up to nothing",
                  force->frame, force->off, force->allowed);
    if (net->turns_free && !(torque->off <= torque->allowed))
        check_say(check, CHECK_CENTRE, CHECK_FAIL,
                  "frame %" PRIu64 ": the forces turn the molecule with %.2g kJ/mol, %.1e is "
                  "allowed; without a solvent nothing turns it",
                  torque->frame, torque->off, torque->allowed);
}
