#include "base/team.h"
#include "scf/orbital_update_parts.h"

enum { MAX_ITERATIONS = 20, MANY_ITERATIONS = 10 };

/// Whether the error of X is below the tolerance, or below that of first order itself.
static bool is_small(double error, double largest, double tolerance)
{
    return error <= orbital_update_larger(1e-12, orbital_update_larger(tolerance * largest,
                                                                       0.03 * largest * largest));
}

/// out = O v = off-diagonal elements of G_oo and -G_vv times v.
static void multiply_off(const OrbitalUpdate *update, const float *v, float *out)
{
    orbital_product_single(update, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED, ORBITALS_OCCUPIED, v,
                           update->g_off, NULL, out);
    orbital_product_single(update, ORBITALS_VIRTUAL, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED,
                           update->g_off + orbital_update_vv(update), v, out, out);
}

static double iterate(OrbitalUpdate *update, double tolerance)
{
    const size_t fv = update->first_virtual, nv = orbital_update_n_virtual(update), ld = update->ld;
    const Kernels *kernels = update->kernels;
    double largest = 0.0, before = 0.0;
    for (int inner = 0; inner < MAX_ITERATIONS; inner++) {
        const double change = kernels->sylvester_step(nv, fv, ld, update->residual, update->scale,
                                                      update->step, update->x, inner == 0);
        if (inner == 0)
            largest = change;
        // The changes shrink by a constant factor, which tells what is left.
        const double left =
            inner == 0 ? change : change * orbital_update_larger(change / before, 1e-3);
        if (is_small(left, largest, tolerance)) {
            update->slow = update->slow || inner >= MANY_ITERATIONS;
            return largest;
        }
        if (!(change <= 4.0 * largest))
            return -1.0;
        before = change;
        // What the step leaves comes from the off-diagonal elements alone.
        multiply_off(update, update->step, update->residual);
    }
    return -1.0;
}

/// Sums of rows, in their order.
static double total(const OrbitalUpdate *update)
{
    double sum = 0.0;
    for (size_t a = 0; a < orbital_update_n_virtual(update); a++)
        sum += update->level_work[a];
    return sum;
}

static double conjugate_gradients(OrbitalUpdate *update, double tolerance)
{
    const size_t fv = update->first_virtual, nv = orbital_update_n_virtual(update), ld = update->ld;
    const Kernels *kernels = update->kernels;
    const float *scale = update->scale;
    float *r = update->residual, *p = update->step, *q = update->e_scaled, *x = update->x;
    double *sums = update->level_work;
    const double largest = kernels->gradient_step(nv, fv, ld, 0.0, NULL, NULL, scale, x, r, sums);
    double rz = total(update), error = largest, before = 0.0, step_before = largest;
    for (int i = 0; i < MAX_ITERATIONS; i++) {
        if (is_small(error, largest, tolerance)) {
            update->slow = update->slow || i >= MANY_ITERATIONS;
            kernels->sylvester_step(nv, fv, ld, r, scale, p, x, false);
            team_copy(r, p, nv * ld * sizeof(float));
            return largest;
        }
        kernels->gradient_direction(nv, fv, ld, i == 0 ? 0.0 : rz / before, r, scale, p);
        multiply_off(update, p, q);
        kernels->gradient_curvature(nv, fv, ld, p, scale, q, sums);
        const double curvature = total(update);
        if (!(curvature > 0.0))
            return -1.0;
        before = rz;
        const double step =
            kernels->gradient_step(nv, fv, ld, rz / curvature, p, q, scale, x, r, sums);
        // The step that costs no product shrinks what is left as the last one has.
        error = step * orbital_update_larger(step / step_before, 1e-3);
        step_before = step;
        rz = total(update);
    }
    return -1.0;
}

double orbital_update_solve(OrbitalUpdate *update, double tolerance)
{
    return update->large ? conjugate_gradients(update, tolerance) : iterate(update, tolerance);
}
