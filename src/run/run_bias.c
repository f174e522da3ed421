#include "run/run_bias.h"

#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "base/vec3.h"
#include "bias/variable.h"
#include "data/element.h"
#include "structure/structure.h"

/// Beyond the furthest atom: about the radius of an atom, so that a molecule on the surface of a cluster has
/// room to turn.
static const double ROOM_NM = 0.2;
/// Fewer atoms turn into each other without any RMSD.
enum { RMSD_ATOMS_MIN = 3 };

static const double RADIAN_PER_DEGREE = 3.14159265358979323846 / 180.0;

/// Distance of the furthest atom from the centre of mass, bohr; *atom is its number.
static double furthest_atom(const Structure *structure, size_t *atom)
{
    double centre[3] = {0.0}, mass = 0.0, furthest = 0.0;
    *atom = 0;
    for (size_t a = 0; a < structure->n_atoms; a++) {
        mass += structure_mass_da(structure, a);
        vec3_add_scaled(structure_mass_da(structure, a), structure->xyz[a], centre);
    }
    for (size_t a = 0; a < structure->n_atoms; a++) {
        double d[3] = {structure->xyz[a][0], structure->xyz[a][1], structure->xyz[a][2]};
        vec3_add_scaled(-1.0 / mass, centre, d);
        if (vec3_norm(d) > furthest) {
            furthest = vec3_norm(d);
            *atom = a;
        }
    }
    return furthest;
}

double run_bias_radius_nm(const RunSpec *task)
{
    size_t atom;
    const double radius = config_confine_nm(&task->config);
    switch (config_number_word(radius)) {
    case CONFIG_CONFINE_NONE:
        return 0.0;
    case CONFIG_CONFINE_AUTO:
        return furthest_atom(task->structure, &atom) * NM_PER_BOHR + ROOM_NM;
    default:
        return radius;
    }
}

static QmtStatus atoms_check(QmtContext *ctx, const Structure *structure, const char *key,
                             const ConfigAtoms *atoms)
{
    for (int32_t i = 0; i < atoms->n; i++)
        if ((size_t)atoms->last[i] > structure->n_atoms)
            return FAIL(ctx, QMT_ERR_CONFIG,
                        "%s: %s names atom %d, but the molecule has %zu; atoms count from 1",
                        structure->name, key, (int)atoms->last[i], structure->n_atoms);
    return QMT_OK;
}

/// Atoms of the RMSD into out [n_atoms], which may be NULL; returns their number.
static size_t rmsd_atoms(const Structure *structure, const ConfigAtoms *atoms, size_t *out)
{
    enum { HEAVY = 1, ALL = 2 };
    size_t n = 0;
    if (atoms->n > 0)
        return out != NULL ? config_atoms(atoms, out, structure->n_atoms) : config_n_atoms(atoms);
    for (size_t a = 0; a < structure->n_atoms; a++)
        if (atoms->word == ALL || (atoms->word == HEAVY && structure->numbers[a] != 1)) {
            if (out != NULL)
                out[n] = a;
            n++;
        }
    return n;
}

static QmtStatus rmsd_check(QmtContext *ctx, const RunSpec *task)
{
    const ConfigAtoms *const atoms = &task->config.rmsd.atoms;
    const Structure *const structure = task->structure;
    if (!config_has_atoms(atoms))
        return QMT_OK;
    const size_t n = rmsd_atoms(structure, atoms, NULL);
    return n >= RMSD_ATOMS_MIN
               ? QMT_OK
               : FAIL(ctx, QMT_ERR_CONFIG,
                      "%s: bias.rmsd.atoms are %zu here, at least %d are needed%s", structure->name,
                      n, RMSD_ATOMS_MIN, atoms->n == 0 ? "; all has more than heavy" : "");
}

/// The angles of a torsion must be none of 0 or 180 degrees.
static QmtStatus torsion_check(QmtContext *ctx, const RunSpec *task)
{
    static const double SMALLEST_SINE = 0.05; // 3 degrees
    const Structure *const structure = task->structure;
    size_t at[4];
    if (!config_has_atoms(&task->config.torsion.atoms))
        return QMT_OK;
    config_atoms(&task->config.torsion.atoms, at, 4);
    for (int i = 0; i < 2; i++) {
        double u[3], v[3], cross[3];
        vec3_difference(structure->xyz[at[i]], structure->xyz[at[i + 1]], u);
        vec3_difference(structure->xyz[at[i + 2]], structure->xyz[at[i + 1]], v);
        vec3_cross(u, v, cross);
        if (vec3_norm(cross) < SMALLEST_SINE * vec3_norm(u) * vec3_norm(v))
            return FAIL(ctx, QMT_ERR_CONFIG,
                        "%s: bias.torsion.atoms: atoms %zu, %zu and %zu are on a line and have no "
                        "torsion; choose others",
                        structure->name, at[i] + 1, at[i + 1] + 1, at[i + 2] + 1);
    }
    return QMT_OK;
}

static QmtStatus wall_check(QmtContext *ctx, const RunSpec *task)
{
    const double radius = run_bias_radius_nm(task);
    size_t atom;
    const double furthest = furthest_atom(task->structure, &atom) * NM_PER_BOHR;
    if (radius == 0.0 || furthest <= radius)
        return QMT_OK;
    return FAIL(ctx, QMT_ERR_CONFIG,
                "%s: confine.sphere = %g nm, but atom %zu (%s) is %.3f nm from the centre of mass; "
                "choose a larger one",
                task->structure->name, radius, atom + 1,
                element_symbol(task->structure->numbers[atom]), furthest);
}

QmtStatus run_bias_check(QmtContext *ctx, const RunSpec *task)
{
    const Config *const config = &task->config;
    const Structure *const structure = task->structure;
    TRY(atoms_check(ctx, structure, "bias.torsion.atoms", &config->torsion.atoms));
    TRY(atoms_check(ctx, structure, "bias.distance.atoms", &config->distance.atoms));
    TRY(atoms_check(ctx, structure, "bias.rmsd.atoms", &config->rmsd.atoms));
    TRY(atoms_check(ctx, structure, "push.atoms", &config->push_atoms));
    TRY(torsion_check(ctx, task));
    TRY(rmsd_check(ctx, task));
    return wall_check(ctx, task);
}

MdPush run_push(const RunSpec *task)
{
    MdPush push = {.energy = 0.0};
    if (config_atoms(&task->config.push_atoms, push.atoms, 2) == 2)
        push.energy = task->config.push_ev / EV_PER_HARTREE;
    return push;
}

/// @param unit      atomic units of a value in one of the configuration
/// @param variable  for where the start geometry is
static BiasVariable variable_options(const RunSpec *task, const ConfigVariableBias *config,
                                     const Variable *variable, double unit)
{
    BiasVariable o = {.mode = BIAS_OFF};
    if (config_atoms(&config->atoms, o.atoms, variable->n_atoms) != variable->n_atoms)
        return o;
    const int64_t steps = config_steps(&task->config, config->every_ps);
    o.mode = config->mode == CONFIG_RESTRAIN ? BIAS_RESTRAIN : BIAS_METADYNAMICS;
    o.at = config_number_word(config->at) < 0
               ? config->at * unit
               : variable->value(o.atoms, (const double(*)[3])task->structure->xyz, NULL);
    o.to = config_number_word(config->to) < 0 ? config->to * unit : o.at;
    o.over = config->over_ps / PS_PER_AUT;
    o.height = config->height / KJMOL_PER_HARTREE;
    o.width = config->width * unit;
    o.factor = config_number_word(config->gamma) < 0 ? config->gamma : 0.0;
    o.every = steps > 0 ? (uint64_t)steps : 1;
    // The force constant of an angle is of radian, not of degree.
    o.k = config->k / KJMOL_PER_HARTREE / (variable->periodic ? 1.0 : unit * unit);
    return o;
}

static BiasRmsd rmsd_options(const RunSpec *task, size_t *atoms)
{
    const ConfigRmsdBias *const config = &task->config.rmsd;
    const int64_t steps = config_steps(&task->config, config->every_ps);
    const size_t n = rmsd_atoms(task->structure, &config->atoms, atoms);
    return (BiasRmsd){.n_atoms = n,
                      .atoms = atoms,
                      .k = (double)n * config->k_per_atom / KJMOL_PER_HARTREE,
                      .alpha = config->alpha_per_nm2 * NM_PER_BOHR * NM_PER_BOHR,
                      .ramp = config->ramp_ps / PS_PER_AUT,
                      .every = steps > 0 ? (uint64_t)steps : 1};
}

QmtStatus run_bias_create(QmtContext *ctx, const RunSpec *task, const double *masses, Engine *inner,
                          Engine **bias)
{
    const Config *const config = &task->config;
    *bias = NULL;
    if (!config_is_biased(config))
        return QMT_OK;
    size_t *const atoms = calloc(inner->n_atoms, sizeof *atoms);
    if (atoms == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "bias: no memory for %zu atoms", inner->n_atoms);
    const BiasOptions options = {
        .confine = {.radius = run_bias_radius_nm(task) * BOHR_PER_NM,
                    .k = config->confine_k / KJMOL_PER_HARTREE * pow(NM_PER_BOHR, 3.0)},
        .torsion = variable_options(task, &config->torsion, &VARIABLE_TORSION, RADIAN_PER_DEGREE),
        .distance = variable_options(task, &config->distance, &VARIABLE_DISTANCE, BOHR_PER_NM),
        .rmsd = rmsd_options(task, atoms),
        .mass = masses,
        .kt = config->temperature_k.value[0] * HARTREE_PER_KELVIN,
        .dt = config->dt_fs / FS_PER_AUT,
        .n_steps = (uint64_t)config_steps(config, config->length_ps)};
    const QmtStatus status = bias_create(ctx, inner, &options, bias);
    free(atoms);
    return status;
}
