#include "scf/scf_parts.h"

#include <string.h>

/// Potential on an atom, hartree/e, that the response is measured with.
#define POTENTIAL_STEP 1e-4

int scf_guess(const Geometry *geometry, Scf *scf)
{
    const int n_points = guess_make(&scf->guess, geometry->xyz, scf->x_in);
    if (n_points > 0 && potential_response_ready(&scf->response))
        potential_response_shift(&scf->response, 1.0, scf->x_in);
    return n_points;
}

void scf_newest(const Scf *scf, double *x)
{
    memcpy(x, guess_newest(&scf->guess), scf->n_variables * sizeof *x);
    if (potential_response_ready(&scf->response))
        potential_response_shift(&scf->response, 1.0, x);
}

void scf_store(const Geometry *geometry, Scf *scf)
{
    if (!potential_response_ready(&scf->response)) {
        guess_store(&scf->guess, geometry->xyz, scf->x_best);
        return;
    }
    double *smooth = scf->dx;
    memcpy(smooth, scf->x_best, scf->n_variables * sizeof *smooth);
    potential_response_shift(&scf->response, -1.0, smooth);
    guess_store(&scf->guess, geometry->xyz, smooth);
}

void scf_update_response(const Geometry *geometry, Scf *scf)
{
    PotentialResponse *response = &scf->response;
    if (!potential_response_ready(response))
        return;
    const Moments moments = {.atom = response->charges};
    Potential potential = {.atom = response->w};
    memset(response->w, 0, scf->n_atoms * sizeof *response->w);
    for (size_t t = 0; t < scf->spec.n_terms; t++)
        if (scf->spec.terms[t].type->rough)
            scf->spec.terms[t].type->potential(scf->spec.terms[t].self, geometry, &moments,
                                               &potential);
}

/// The slope of the solution with a potential on one atom into dx: that of one cycle, and what the loop makes of it.
static QmtStatus measure_column(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                const double *x_out, size_t atom)
{
    double *potential = scf->response.w, rms;
    memset(potential, 0, scf->n_atoms * sizeof *potential);
    potential[atom] = POTENTIAL_STEP;
    scf->external = potential;
    const QmtStatus status = scf_cycle(ctx, geometry, scf, &rms);
    scf->external = NULL;
    TRY(status);
    for (size_t i = 0; i < scf->n_variables; i++)
        scf->f[i] = (scf->x_out[i] - x_out[i]) / POTENTIAL_STEP;
    quasi_newton_apply(&scf->quasi_newton, scf->f, scf->dx);
    return QMT_OK;
}

QmtStatus scf_measure_response(QmtContext *ctx, const Geometry *geometry, Scf *scf)
{
    PotentialResponse *response = &scf->response;
    double *x_out = scf->f_last, *charges = scf->atom_out;
    memcpy(x_out, scf->x_out, scf->n_variables * sizeof *x_out);
    (void)scf_moments(scf); // the charges of this geometry
    for (int k = 0; k < SCF_MEASURE_AT_ONCE && !potential_response_ready(response); k++) {
        TRY(measure_column(ctx, geometry, scf, x_out, potential_response_next(response)));
        potential_response_add(response, scf->dx, charges);
    }
    if (!potential_response_ready(response))
        return QMT_OK;
    scf_update_response(geometry, scf);
    guess_forget(&scf->guess);
    scf_store(geometry, scf);
    return QMT_OK;
}
