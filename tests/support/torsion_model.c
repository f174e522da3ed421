#include "support/torsion_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "base/vec3.h"
#include "bias/variable.h"

static const double BOND = 0.3, LENGTH = 2.9;     // hartree/bohr^2, bohr
static const double ANGLE = 0.15, COSINE = -0.37; // hartree
static const double BARRIER = 12.0 / KJMOL_PER_HARTREE, TILT = -4.0 / KJMOL_PER_HARTREE;

const double TORSION_MODEL_MASS[TORSION_MODEL_ATOMS] = {12.0, 12.0, 12.0, 12.0};
const double TORSION_MODEL_XYZ[TORSION_MODEL_ATOMS][3] = {
    {0.0, 0.0, 0.0}, {2.9, 0.0, 0.0}, {3.97, 2.69, 0.0}, {6.86, 2.7, 0.3}};
const size_t TORSION_MODEL_TORSION[4] = {0, 1, 2, 3};

double torsion_model_energy(double phi)
{
    return 0.5 * BARRIER * (1.0 + cos(3.0 * phi)) + 0.5 * TILT * (1.0 - cos(phi));
}

static double bonds_add(const double (*xyz)[3], double (*gradient)[3])
{
    double energy = 0.0;
    for (size_t a = 0; a + 1 < TORSION_MODEL_ATOMS; a++) {
        double d[3];
        vec3_difference(xyz[a], xyz[a + 1], d);
        const double r = vec3_norm(d), slope = BOND * (r - LENGTH) / r;
        energy += 0.5 * BOND * (r - LENGTH) * (r - LENGTH);
        vec3_add_scaled(slope, d, gradient[a]);
        vec3_add_scaled(-slope, d, gradient[a + 1]);
    }
    return energy;
}

static double angles_add(const double (*xyz)[3], double (*gradient)[3])
{
    double energy = 0.0;
    for (size_t b = 1; b + 1 < TORSION_MODEL_ATOMS; b++) {
        double u[3], v[3];
        vec3_difference(xyz[b - 1], xyz[b], u);
        vec3_difference(xyz[b + 1], xyz[b], v);
        const double ru = vec3_norm(u), rv = vec3_norm(v);
        const double c = vec3_dot(u, v) / (ru * rv), slope = ANGLE * (c - COSINE);
        energy += 0.5 * ANGLE * (c - COSINE) * (c - COSINE);
        for (int x = 0; x < 3; x++) {
            const double du = slope * (v[x] / (ru * rv) - c * u[x] / (ru * ru));
            const double dv = slope * (u[x] / (ru * rv) - c * v[x] / (rv * rv));
            gradient[b - 1][x] += du;
            gradient[b + 1][x] += dv;
            gradient[b][x] -= du + dv;
        }
    }
    return energy;
}

static double torsion_add(const double (*xyz)[3], double (*gradient)[3])
{
    double slope[4][3];
    const double phi = VARIABLE_TORSION.value(TORSION_MODEL_TORSION, xyz, slope);
    const double by_phi = -1.5 * BARRIER * sin(3.0 * phi) + 0.5 * TILT * sin(phi);
    for (size_t a = 0; a < 4; a++)
        vec3_add_scaled(by_phi, slope[a], gradient[a]);
    return torsion_model_energy(phi);
}

static QmtStatus evaluate(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                          const EngineResult *result)
{
    double gradient[TORSION_MODEL_ATOMS][3] = {{0.0}};
    (void)ctx;
    (void)engine;
    double energy = bonds_add(xyz, gradient);
    energy += angles_add(xyz, gradient);
    energy += torsion_add(xyz, gradient);
    if (result->energy != NULL)
        *result->energy = energy;
    if (result->gradient != NULL)
        memcpy(result->gradient, gradient, sizeof gradient);
    if (result->report != NULL)
        *result->report = (EngineReport){0};
    return QMT_OK;
}

static void destroy(Engine *engine)
{
    free(engine);
}

static const EngineType TORSION_MODEL = {
    .name = "torsion model", .evaluate = evaluate, .destroy = destroy};

QmtStatus torsion_model_create(QmtContext *ctx, Engine **engine)
{
    Engine *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "torsion model: no memory");
    *made = (Engine){.type = &TORSION_MODEL, .n_atoms = TORSION_MODEL_ATOMS};
    *engine = made;
    return QMT_OK;
}
