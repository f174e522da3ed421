#include "base/team.h"
#include "scf/orbital_update_parts.h"

/// Largest X that first order is good for, and the largest correction of the pass before, whose second order stays.
#define LARGEST_RESPONSE 1e-7
/// Share of X that may be left: the next density of the geometry takes it up.
#define RESPONSE_TOLERANCE 1e-3

void orbital_response_begin(OrbitalUpdate *update, const double *fock)
{
    update->responded = false;
    update->may_respond = update->large && update->last_is_full;
    // E is done with.
    if (update->may_respond)
        team_copy(update->e, fock, update->n * update->ld_ao * sizeof *fock);
}

typedef struct {
    OrbitalUpdate *update;
    const double *fock;
} Difference;

static void part_difference(void *task, size_t first, size_t last)
{
    const Difference *d = task;
    const size_t ld_ao = d->update->ld_ao;
    const double *restrict fock = d->fock;
    double *restrict before = d->update->e;
    float *restrict difference = d->update->fock_single;
    for (size_t i = first * ld_ao; i < last * ld_ao; i++) {
        difference[i] = (float)(before[i] - fock[i]);
        before[i] = fock[i];
    }
}

/// -dF in single precision; F becomes the one before.
static void make_difference(OrbitalUpdate *update, const double *fock)
{
    Difference difference = {update, fock};
    team_share(update->n, ORBITAL_UPDATE_ROWS, part_difference, &difference);
}

static void part_sum(void *task, size_t first, size_t last)
{
    OrbitalUpdate *update = task;
    const size_t fv = update->first_virtual, ld = update->ld;
    const float *fc = update->step;
    for (size_t k = first; k < last; k++)
        for (size_t i = 0; i < fv; i++)
            update->guess[k * ld + i] =
                fc[k * ld + i] + (update->responded ? update->guess[k * ld + i] : 0.0F);
}

/// The sum of the -dF C_o of this geometry, in the place of the way to its orbitals.
static void add_to_sum(OrbitalUpdate *update)
{
    team_share(update->n, ORBITAL_UPDATE_ROWS, part_sum, update);
    update->guess_is_path = false;
}

/// -C_v^T dF C_o and what the equation before has left, into update->residual.
static void make_right_side(OrbitalUpdate *update)
{
    const size_t size = orbital_update_n_virtual(update) * update->ld;
    float *fc = update->step, *sum = update->e_single;
    orbital_multiply_single(update, ORBITALS_OCCUPIED, update->fock_single, update->orbitals_single,
                            fc);
    add_to_sum(update);
    orbital_product_tn_single(update, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED,
                              update->orbitals_single + update->first_virtual, fc, sum);
    orbital_product_single(update, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED, ORBITALS_OCCUPIED,
                           update->residual, update->g_off, sum, sum);
    orbital_product_single(update, ORBITALS_VIRTUAL, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED,
                           update->g_off + orbital_update_vv(update), update->residual, sum, sum);
    team_copy(update->residual, sum, size * sizeof *sum);
}

/// Y_ov -= X^T, which is in the place of e_scaled.
static void part_correction(void *task, size_t first, size_t last)
{
    OrbitalUpdate *update = task;
    const size_t nv = orbital_update_n_virtual(update), ld = update->ld;
    const float *restrict ov_t = update->e_scaled;
    float *restrict ov = update->y + update->first_virtual;
    for (size_t i = first; i < last; i++)
        for (size_t a = 0; a < nv; a++)
            ov[i * ld + a] += ov_t[i * ld + a];
}

bool orbital_response(OrbitalUpdate *update, const double *fock)
{
    const size_t no = update->n_occupied, fv = update->first_virtual,
                 nv = orbital_update_n_virtual(update), ld = update->ld;
    make_difference(update, fock);
    make_right_side(update);
    const double largest = orbital_update_solve(update, RESPONSE_TOLERANCE);
    update->may_respond = largest >= 0.0 && largest <= LARGEST_RESPONSE;
    if (!update->may_respond)
        return false;
    update->responded = true;
    update->block_known = false;
    update->moved += largest;
    orbital_correct(update, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED, update->orbitals_single + fv,
                    update->x, update->orbitals, update->orbitals);
    // C_v -= C_o X^T, later.
    update->kernels->transpose_single(nv, no, -1.0F, update->x, ld, update->e_scaled, ld);
    team_share(no, ORBITAL_UPDATE_ROWS, part_correction, update);
    return true;
}

const float *orbital_response_block(OrbitalUpdate *update)
{
    // Symmetric, as all dF were multiplied by the same orbitals.
    if (update->responded && !update->block_known)
        orbital_product_triangle_single(update, ORBITALS_OCCUPIED, update->orbitals_single,
                                        update->guess, update->residual);
    update->block_known = update->responded;
    return update->responded ? update->residual : NULL;
}
