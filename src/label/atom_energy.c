#include "label/atom_energy.h"

#include <math.h>

#include "data/element.h"
#include "engine/xtb.h"

/// Above this (e bohr^2) the quadrupole is more than the SCF leaves of zero: 1e-12 at its tolerance.
static const double SPHERICAL = 1e-6;

static QmtStatus evaluate(QmtContext *ctx, Engine *engine, QmtAtomEnergy *atom, double *quadrupole)
{
    static const double origin[1][3] = {{0.0, 0.0, 0.0}};
    double components[9] = {0.0};
    EngineReport report = {0};
    const EngineResult result = {.energy = &atom->energy,
                                 .report = &report,
                                 .properties = components,
                                 .property_set = 1u << PROPERTY_QUADRUPOLE};
    TRY(engine_evaluate(ctx, engine, origin, &result));
    atom->scf_iterations = report.scf_iterations;
    atom->recovery = report.recovery;
    *quadrupole = 0.0;
    for (size_t i = 0; i < property_size(PROPERTY_QUADRUPOLE, 1); i++)
        *quadrupole = fmax(*quadrupole, fabs(components[i]));
    return QMT_OK;
}

QmtStatus atom_energy(QmtContext *ctx, int number, const QmtEngineOptions *options,
                      QmtAtomEnergy *atom)
{
    QmtAtomEnergy made = {.number = number, .multiplicity = atom_valence_multiplicity(number)};
    QmtEngineOptions own = *options;
    Engine *engine = NULL;
    double quadrupole;
    if (made.multiplicity == 0)
        return FAIL(ctx, QMT_ERR_INPUT, "atomic number %d is none of 1 (H) to %d (%s)", number,
                    ELEMENT_MAX, element_symbol(ELEMENT_MAX));
    own.charge = 0;
    own.unpaired = made.multiplicity - 1;
    own.solvent = NULL;
    TRY(xtb_create(ctx, 1, &number, &own, &engine));
    const QmtStatus status = evaluate(ctx, engine, &made, &quadrupole);
    engine_destroy(&engine);
    if (status != QMT_OK) {
        context_set_subject(ctx, "%s atom", element_symbol(number));
        return status;
    }
    if (quadrupole > SPHERICAL)
        context_log(ctx, QMT_LOG_WARNING,
                    "%s atom: the density is not spherical (quadrupole %.1e e bohr^2): there are "
                    "several solutions, this energy belongs to one of them",
                    element_symbol(number), quadrupole);
    *atom = made;
    return QMT_OK;
}
