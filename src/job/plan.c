#include "job/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/nearest.h"
#include "base/units.h"
#include "base/vec3.h"
#include "basis/basis.h"
#include "data/element.h"
#include "data/method.h"
#include "engine/properties.h"
#include "io/smiles.h"
#include "io/xyz.h"

/// Closer than the first no two nuclei of a molecule ever are; the second is shorter than H2 (0.74).
#define TOO_CLOSE_BOHR (0.3 * BOHR_PER_ANGSTROM)
#define SUSPICIOUS_BOHR (0.6 * BOHR_PER_ANGSTROM)

/// Of the engine per pair of orbitals: 41 and 37 doubles with 450 and 1350 orbitals, measured.
#define BYTES_PER_PAIR (40.0 * 8.0)

_Static_assert((int)N_PROPERTIES <= (int)TRAJECTORY_EXTRAS_MAX, "more properties than arrays");

int64_t plan_windows(const Config *config)
{
    const int64_t every = config_steps(config, config->nve_every_ps);
    if (every == 0 || config_steps(config, config->nve_window_ps) == 0)
        return 0;
    return config_steps(config, config->length_ps) / every;
}

int64_t plan_steps(const Config *config)
{
    return config_steps(config, config->equilibration_ps) +
           config_steps(config, config->length_ps) +
           plan_windows(config) * config_steps(config, config->nve_window_ps);
}

static QmtStatus atoms_check(QmtContext *ctx, const Structure *structure)
{
    const char *const name = structure->name;
    if (structure->n_atoms == 0)
        return FAIL(ctx, QMT_ERR_INPUT, "%s: no atoms", name);
    for (size_t a = 0; a < structure->n_atoms; a++) {
        const int z = structure->numbers[a];
        if (z < 1 || z > ELEMENT_MAX)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%s: atom %zu has atomic number %d, the method knows 1 to %d", name, a + 1,
                        z, ELEMENT_MAX);
        for (int x = 0; x < 3; x++)
            if (!isfinite(structure->xyz[a][x]))
                return FAIL(ctx, QMT_ERR_INPUT, "%s: atom %zu: a coordinate is not finite", name,
                            a + 1);
    }

    return QMT_OK;
}

static QmtStatus contacts_check(QmtContext *ctx, const Structure *structure)
{
    const char *const name = structure->name;
    for (size_t a = 0; a < structure->n_atoms; a++) {
        for (size_t b = 0; b < a; b++) {
            double d[3];
            vec3_difference(structure->xyz[a], structure->xyz[b], d);
            const double r = vec3_norm(d);
            if (r < TOO_CLOSE_BOHR)
                return FAIL(
                    ctx, QMT_ERR_INPUT,
                    "%s: atoms %zu (%s) and %zu (%s) are %.3f angstrom apart, less than 0.3; is an "
                    "atom there twice, or are the coordinates not in angstrom?",
                    name, b + 1, element_symbol(structure->numbers[b]), a + 1,
                    element_symbol(structure->numbers[a]), r / BOHR_PER_ANGSTROM);
            if (r < SUSPICIOUS_BOHR)
                context_log(ctx, QMT_LOG_WARNING,
                            "%s: atoms %zu (%s) and %zu (%s) are only %.3f angstrom apart", name,
                            b + 1, element_symbol(structure->numbers[b]), a + 1,
                            element_symbol(structure->numbers[a]), r / BOHR_PER_ANGSTROM);
        }
    }
    return QMT_OK;
}

/// The structure's own charge and multiplicity win over the configuration's.
static QmtStatus charge_settle(QmtContext *ctx, const Structure *structure, Config *config)
{
    if (structure->has_charge) {
        if (config->charge != 0 && config->charge != structure->charge)
            return FAIL(ctx, QMT_ERR_CONFIG,
                        "%s: charge %d in %s, but %" PRId64
                        " in the configuration; remove one of them",
                        structure->name, structure->charge, structure->source, config->charge);
        config->charge = structure->charge;
    }
    if (structure->has_multiplicity) {
        if (config->spin_multiplicity != 1 && config->spin_multiplicity != structure->multiplicity)
            return FAIL(ctx, QMT_ERR_CONFIG,
                        "%s: multiplicity %d in %s, but %" PRId64
                        " in the configuration; remove one of them (an XYZ file can say "
                        "multiplicity= in its comment line, a SMILES cannot)",
                        structure->name, structure->multiplicity, structure->source,
                        config->spin_multiplicity);
        config->spin_multiplicity = structure->multiplicity;
    }
    return QMT_OK;
}

static QmtStatus electrons_check(QmtContext *ctx, const Structure *structure, JobTask *task)
{
    const Method *const method = method_find(method_name((size_t)task->config.method));
    double electrons = 0.0;
    size_t n_orbitals = 0;
    for (size_t a = 0; a < structure->n_atoms; a++) {
        electrons += method_electrons(method, structure->numbers[a]);
        n_orbitals += basis_n_ao(method, structure->numbers[a]);
    }
    const int n_electrons = (int)lrint(electrons) - (int)task->config.charge;
    const int unpaired = (int)task->config.spin_multiplicity - 1;

    if (n_electrons < 0)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: charge %" PRId64
                    " takes more than its %d valence electrons; choose a smaller one",
                    structure->name, task->config.charge, (int)lrint(electrons));
    if ((n_electrons - unpaired) % 2 != 0)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: %d valence electrons at charge %" PRId64
                    " do not go with multiplicity %d; an %s "
                    "number of electrons needs an %s multiplicity",
                    structure->name, n_electrons, task->config.charge, unpaired + 1,
                    n_electrons % 2 ? "odd" : "even", n_electrons % 2 ? "even" : "odd");
    if (unpaired > n_electrons)
        return FAIL(
            ctx, QMT_ERR_INPUT,
            "%s: multiplicity %d wants %d unpaired electrons, there are %d; choose a lower one",
            structure->name, unpaired + 1, unpaired, n_electrons);
    if ((size_t)n_electrons + (size_t)unpaired > 2 * n_orbitals)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: %d electrons, %d of them unpaired, do not fit into %zu orbitals; choose a "
                    "higher charge or a lower multiplicity",
                    structure->name, n_electrons, unpaired, n_orbitals);

    task->n_electrons = n_electrons;
    task->n_orbitals = n_orbitals;
    return QMT_OK;
}

TrajectoryLayout plan_layout(const JobTask *task, const double *masses)
{
    const Config *config = &task->config;
    const int64_t window_steps = config_steps(config, config->nve_window_ps);
    const size_t n_atoms = task->structure->n_atoms;
    TrajectoryLayout layout = {.n_atoms = n_atoms,
                               .n_frames = (uint64_t)config_frames(config),
                               .n_window_records = (uint64_t)(plan_windows(config) * window_steps),
                               .float64 = config->precision == CONFIG_FLOAT64,
                               .numbers = task->structure->numbers,
                               .masses = masses};
    for (int p = 0; p < N_PROPERTIES; p++) {
        if (!(config->properties >> p & 1))
            continue;
        const PropertyType *type = &PROPERTIES[p];
        TrajectoryExtra *extra = &layout.extra[layout.n_extras++];
        *extra = (TrajectoryExtra){.name = type->name, .n_axes = type->n_axes};
        for (size_t i = 0; i < type->n_axes; i++)
            extra->axis[i] = type->axis[i] != 0 ? type->axis[i] : n_atoms;
    }
    return layout;
}

/// What cannot fit into the machine is refused here: the system would end the process without a word.
static QmtStatus memory_check(QmtContext *ctx, const Structure *structure, size_t n_orbitals)
{
    const double n = (double)n_orbitals;
    const double wanted = BYTES_PER_PAIR * n * n;
    const double there = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (there > 0.0 && wanted > there)
        return FAIL(
            ctx, QMT_ERR_INPUT,
            "%s: %zu atoms with %zu orbitals need about %.0f GB of memory, this machine has "
            "%.0f GB; take a smaller molecule",
            structure->name, structure->n_atoms, n_orbitals, 1e-9 * wanted, 1e-9 * there);
    return QMT_OK;
}

QmtStatus plan_check_structure(QmtContext *ctx, const Structure *structure, const Config *config,
                               JobTask *task)
{
    JobTask checked = {.structure = structure, .config = *config};
    TRY(atoms_check(ctx, structure));
    TRY(charge_settle(ctx, structure, &checked.config));
    TRY(electrons_check(ctx, structure, &checked));
    TRY(memory_check(ctx, structure, checked.n_orbitals));
    TRY(contacts_check(ctx, structure));

    const double n = (double)checked.n_orbitals;
    checked.cost = n * n * n * (double)plan_steps(config);
    const TrajectoryLayout layout = plan_layout(&checked, NULL);
    checked.n_bytes = trajectory_bytes(&layout);
    snprintf(checked.label, sizeof checked.label, "%s", structure->name);
    *task = checked;
    return QMT_OK;
}

/// Keeps the structures that --molecule names.
static QmtStatus molecules_select(QmtContext *ctx, StructureList *structures,
                                  const char *const *molecules, size_t n_molecules, bool *keep)
{
    for (size_t i = 0; i < structures->n; i++)
        keep[i] = n_molecules == 0;
    for (size_t m = 0; m < n_molecules; m++) {
        bool found = false;
        for (size_t i = 0; i < structures->n; i++) {
            if (strcmp(structures->items[i].name, molecules[m]) == 0)
                keep[i] = found = true;
        }
        if (found)
            continue;
        const char **const names = malloc(structures->n * sizeof *names);
        if (names == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "plan: no memory for %zu names", structures->n);
        for (size_t i = 0; i < structures->n; i++)
            names[i] = structures->items[i].name;
        char hint[NEAREST_HINT_SIZE];
        nearest_hint(molecules[m], names, structures->n, hint);
        free(names);
        return FAIL(ctx, QMT_ERR_USAGE, "--molecule %.100s: no such molecule%s", molecules[m],
                    hint[0] != '\0' ? hint : "; --dry-run lists them");
    }
    return QMT_OK;
}

/// Looks at every molecule; says what is wrong with each before it fails.
static QmtStatus structures_check(QmtContext *ctx, const Config *config, StructureList *structures,
                                  const bool *keep, JobTask *checked)
{
    QmtStatus first = QMT_OK;
    size_t n_bad = 0, n_kept = 0;
    char sentence[sizeof ctx->message] = "";

    for (size_t i = 0; i < structures->n; i++) {
        if (!keep[i])
            continue;
        n_kept++;
        Structure *const structure = &structures->items[i];
        QmtStatus status = QMT_OK;
        if (structure->n_atoms == 0 && structure->smiles != NULL)
            status = smiles_embed(ctx, structure);
        if (status == QMT_OK)
            status = plan_check_structure(ctx, structure, config, &checked[i]);
        if (status == QMT_OK) {
            // The trajectory begins with the geometry that start.xyz says.
            xyz_round(structure);
            continue;
        }
        if (n_bad == 1)
            context_log(ctx, QMT_LOG_WARNING, "%s", sentence);
        if (n_bad > 0)
            context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
        else
            snprintf(sentence, sizeof sentence, "%s", qmt_context_message(ctx));
        first = n_bad == 0 ? status : first;
        n_bad++;
        // Without memory, disk or RDKit there is nothing to learn from the next molecule.
        if (status == QMT_ERR_MEMORY || status == QMT_ERR_IO ||
            (structure->n_atoms == 0 && !smiles_can_embed()))
            break;
    }
    if (n_bad == 1)
        return FAIL(ctx, first, "%s", sentence);
    if (n_bad > 1)
        return FAIL(ctx, first,
                    "%zu of %zu molecules cannot be computed, see above; nothing was begun", n_bad,
                    n_kept);
    return QMT_OK;
}

QmtStatus plan_make(QmtContext *ctx, const Config *config, StructureList *structures,
                    const char *const *molecules, size_t n_molecules, JobPlan *plan)
{
    if (structures->n == 0)
        return FAIL(ctx, QMT_ERR_USAGE, "no molecules: give --smiles-file or .xyz files");
    TRY(config_check(ctx, config));
    TRY(structures_check_names(ctx, structures));

    const size_t n = structures->n, n_replicas = (size_t)config->replicas;
    bool *const keep = calloc(n, sizeof *keep);
    JobTask *const checked = calloc(n, sizeof *checked);
    JobTask *const tasks = calloc(n * n_replicas, sizeof *tasks);
    QmtStatus status;
    if (keep == NULL || checked == NULL || tasks == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "plan: no memory for %zu molecules", n);
    else
        status = molecules_select(ctx, structures, molecules, n_molecules, keep);
    if (status == QMT_OK)
        status = structures_check(ctx, config, structures, keep, checked);

    size_t n_tasks = 0;
    for (size_t i = 0; i < n && status == QMT_OK; i++) {
        for (size_t r = 1; keep[i] && r <= n_replicas; r++) {
            JobTask *const task = &tasks[n_tasks++];
            *task = checked[i];
            if (n_replicas > 1) {
                task->replica = (int)r;
                snprintf(task->label, sizeof task->label, "%.255s/r%02d", structures->items[i].name,
                         task->replica);
            }
        }
    }
    free(keep);
    free(checked);
    if (status != QMT_OK) {
        free(tasks);
        return status;
    }
    // The items stay where they are, so the tasks' pointers hold.
    *plan = (JobPlan){.structures = *structures, .tasks = tasks, .n_tasks = n_tasks};
    *structures = (StructureList){0};
    return QMT_OK;
}

void plan_release(JobPlan *plan)
{
    structures_release(&plan->structures);
    free(plan->tasks);
    *plan = (JobPlan){0};
}
