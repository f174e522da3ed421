#include "run/spec.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "base/vec3.h"
#include "basis/basis.h"
#include "data/element.h"
#include "data/method.h"
#include "md/thermostat.h"
#include "run/start_notes.h"
#include "structure/smiles_formula.h"
#include "structure/xyz.h"

/// Closer than the first no two nuclei of a molecule ever are; the second is shorter than H2 (0.74).
#define TOO_CLOSE_BOHR (0.3 * BOHR_PER_ANGSTROM)
#define SUSPICIOUS_BOHR (0.6 * BOHR_PER_ANGSTROM)

/// Of the engine per pair of orbitals: 49 and 46 doubles with 602 and 2016 orbitals.
#define BYTES_PER_PAIR (50.0 * 8.0)

int64_t spec_windows(const Config *config)
{
    const int64_t every = config_steps(config, config->nve_every_ps);
    if (every == 0 || config_steps(config, config->nve_window_ps) == 0)
        return 0;
    return config_steps(config, config->length_ps) / every;
}

bool spec_is_short(const RunSpec *task)
{
    enum { FEW_STEPS = 200 };
    return task->config.keep_checkpoint != CONFIG_KEEP_TRUE &&
           spec_steps(&task->config) <= FEW_STEPS;
}

int64_t spec_steps(const Config *config)
{
    return config_steps(config, config->equilibration_ps) +
           config_steps(config, config->length_ps) +
           spec_windows(config) * config_steps(config, config->nve_window_ps);
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
    char text[START_TEXT_SIZE];
    const bool is_scaled = start_distances_text(structure, text);
    if (is_scaled)
        context_log(ctx, QMT_LOG_WARNING, "%s: %s", name, text);
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
            if (r < SUSPICIOUS_BOHR && !is_scaled)
                context_log(ctx, QMT_LOG_WARNING,
                            "%s: atoms %zu (%s) and %zu (%s) are only %.3f angstrom apart", name,
                            b + 1, element_symbol(structure->numbers[b]), a + 1,
                            element_symbol(structure->numbers[a]), r / BOHR_PER_ANGSTROM);
        }
    }
    return QMT_OK;
}

/// True if somebody means this value: on the command line, or elsewhere where it is not the default, which files
/// with all keys hold.
static bool config_means(const Config *config, const char *name, int64_t value, int64_t initial)
{
    return config->line[config_key(name)] < 0 || value != initial;
}

static void source_set(char source[STATE_SOURCE_SIZE], const char *text)
{
    snprintf(source, STATE_SOURCE_SIZE, "%s", text);
}

/// The structure's own charge wins over the configuration's, which must not mean another one.
static QmtStatus charge_settle(QmtContext *ctx, const Structure *structure, RunSpec *task)
{
    Config *const config = &task->config;
    const bool meant = config_means(config, "charge", config->charge, 0);
    source_set(task->charge_source,
               config_is_given(config, "charge") ? "configuration" : "default");
    if (structure->charge_unclear && !meant)
        return FAIL(ctx, QMT_ERR_INPUT, "%s: %s", structure->name, structure->unclear);
    if (!structure->has_charge)
        return QMT_OK;
    if (meant && config->charge != structure->charge)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: charge %d in %s (%s), but %" PRId64
                    " in the configuration; remove one of them",
                    structure->name, structure->charge, structure->source, structure->charge_source,
                    config->charge);
    config->charge = structure->charge;
    source_set(task->charge_source, structure->charge_source);
    return QMT_OK;
}

/// Likewise; what a SMILES leaves to the valences the configuration may say better.
static QmtStatus multiplicity_settle(QmtContext *ctx, const Structure *structure, RunSpec *task)
{
    Config *const config = &task->config;
    const bool meant = config_means(config, "spin_multiplicity", config->spin_multiplicity, 1);
    const bool other = config->spin_multiplicity != structure->multiplicity;
    source_set(task->multiplicity_source, meant ? "configuration" : "default");
    if (structure->multiplicity_unclear && !meant)
        return FAIL(ctx, QMT_ERR_INPUT, "%s: %s", structure->name, structure->unclear);
    if (!structure->has_multiplicity)
        return QMT_OK;
    if (meant && other && structure->multiplicity_assumed) {
        context_log(ctx, QMT_LOG_INFO,
                    "%s: multiplicity %" PRId64 " of the configuration, not %d (%s)",
                    structure->name, config->spin_multiplicity, structure->multiplicity,
                    structure->multiplicity_source);
        return QMT_OK;
    }
    if (meant && other)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: multiplicity %d in %s (%s), but %" PRId64
                    " in the configuration; remove one of them",
                    structure->name, structure->multiplicity, structure->source,
                    structure->multiplicity_source, config->spin_multiplicity);
    config->spin_multiplicity = structure->multiplicity;
    source_set(task->multiplicity_source, structure->multiplicity_source);
    return QMT_OK;
}

static QmtStatus electrons_check(QmtContext *ctx, const Structure *structure, RunSpec *task)
{
    const Method *const method = method_find(method_name((size_t)task->config.method));
    double electrons = 0.0;
    size_t n_orbitals = 0;
    for (size_t a = 0; a < structure->n_atoms; a++) {
        electrons += method_electrons(method, structure->numbers[a]);
        n_orbitals += basis_n_ao(method, structure->numbers[a]);
    }
    const int64_t n_electrons = (int64_t)lrint(electrons) - task->config.charge;
    const int64_t unpaired = task->config.spin_multiplicity - 1;

    if (n_electrons < 0)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: charge %" PRId64
                    " takes more than its %d valence electrons; choose a smaller one",
                    structure->name, task->config.charge, (int)lrint(electrons));
    if ((n_electrons - unpaired) % 2 != 0)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: %" PRId64 " valence electrons at charge %" PRId64
                    " do not go with multiplicity %" PRId64
                    "; an %s number of electrons needs an %s "
                    "multiplicity (charge: %s; multiplicity: %s)",
                    structure->name, n_electrons, task->config.charge, unpaired + 1,
                    n_electrons % 2 ? "odd" : "even", n_electrons % 2 ? "even" : "odd",
                    task->charge_source, task->multiplicity_source);
    if (unpaired > n_electrons)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: multiplicity %" PRId64 " wants %" PRId64
                    " unpaired electrons, there are %" PRId64 "; choose a lower one",
                    structure->name, unpaired + 1, unpaired, n_electrons);
    if ((size_t)n_electrons + (size_t)unpaired > 2 * n_orbitals)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: %" PRId64 " electrons, %" PRId64
                    " of them unpaired, do not fit into %zu orbitals; choose a "
                    "higher charge or a lower multiplicity",
                    structure->name, n_electrons, unpaired, n_orbitals);

    task->n_electrons = (int)n_electrons;
    task->n_orbitals = n_orbitals;
    return QMT_OK;
}

unsigned spec_further(const Config *config)
{
    unsigned set = 0;
    if (config->ensemble == CONFIG_NVT && thermostat_at((size_t)config->thermostat)->scales)
        set |= 1u << ARRAY_HEAT;
    if (config_is_biased(config))
        set |= BIAS_ARRAYS;
    if (config->temperature_ramp.n > 0)
        set |= 1u << ARRAY_WANTED;
    return set;
}

TrajectoryLayout spec_layout(const RunSpec *task, const double *masses)
{
    const Config *config = &task->config;
    const int64_t window_steps = config_steps(config, config->nve_window_ps);
    return (TrajectoryLayout){.n_atoms = task->structure->n_atoms,
                              .n_frames = (uint64_t)config_frames(config),
                              .float64 = config->precision == CONFIG_FLOAT64,
                              .properties = (unsigned)config->properties,
                              .further = spec_further(config),
                              .numbers = task->structure->numbers,
                              .masses = masses,
                              .n_window_steps = (uint64_t)(spec_windows(config) * window_steps),
                              .window_text = config->nve_windows_text};
}

/// What cannot fit into the machine is refused here: the system would end the process without a word.
static QmtStatus memory_check(QmtContext *ctx, const Structure *structure, size_t n_orbitals)
{
    const double n = (double)n_orbitals;
    const double wanted = BYTES_PER_PAIR * n * n;
    const double there = memory_of_machine();
    if (wanted > there)
        return FAIL(
            ctx, QMT_ERR_INPUT,
            "%s: %zu atoms with %zu orbitals need about %.0f GB of memory, this machine has "
            "%.0f GB; take a smaller molecule",
            structure->name, structure->n_atoms, n_orbitals, 1e-9 * wanted, 1e-9 * there);
    return QMT_OK;
}

static void size_fill(RunSpec *task)
{
    const double n = (double)task->n_orbitals;
    task->cost = n * n * n * (double)spec_steps(&task->config);
    const TrajectoryLayout layout = spec_layout(task, NULL);
    task->n_bytes = trajectory_bytes(&layout);
}

void spec_estimate(const Structure *structure, const Config *config, RunSpec *task)
{
    const Method *const method = method_find(method_name((size_t)config->method));
    size_t count[ELEMENT_MAX + 1];
    Structure sized = *structure; // for the number of atoms alone
    sized.n_atoms = smiles_formula(structure->smiles, count);
    if (config->solvate_molecule[0] != '\0') {
        size_t solvent[ELEMENT_MAX + 1];
        const size_t copies = (size_t)config->solvate_count;
        sized.n_atoms += copies * smiles_formula(config->solvate_molecule, solvent);
        for (int z = 1; z <= ELEMENT_MAX; z++)
            count[z] += copies * solvent[z];
    }
    *task = (RunSpec){.structure = &sized, .config = *config};
    for (int z = 1; z <= ELEMENT_MAX; z++)
        if (count[z] > 0) // a look into the tables takes longer than all else here
            task->n_orbitals += count[z] * basis_n_ao(method, z);
    size_fill(task);
    task->structure = structure;
    snprintf(task->label, sizeof task->label, "%s", structure->name);
}

QmtStatus spec_make(QmtContext *ctx, const Structure *structure, const Config *config,
                    RunSpec *task)
{
    RunSpec checked = {.structure = structure, .config = *config};
    TRY(atoms_check(ctx, structure));
    TRY(charge_settle(ctx, structure, &checked));
    TRY(multiplicity_settle(ctx, structure, &checked));
    TRY(electrons_check(ctx, structure, &checked));
    TRY(memory_check(ctx, structure, checked.n_orbitals));
    TRY(contacts_check(ctx, structure));
    char text[START_TEXT_SIZE];
    if (start_ground_state_text(structure, &checked.config, text))
        context_log(ctx, QMT_LOG_WARNING, "%s: %s", structure->name, text);

    size_fill(&checked);
    snprintf(checked.label, sizeof checked.label, "%s", structure->name);
    *task = checked;
    return QMT_OK;
}

char *spec_start_text(QmtContext *ctx, const RunSpec *task)
{
    Structure start = *task->structure; // shares the arrays; only the charge is settled
    char *text = NULL;                  // xyz_format() appends
    start.has_charge = start.has_multiplicity = true;
    start.charge = (int)task->config.charge;
    start.multiplicity = (int)task->config.spin_multiplicity;
    source_set(start.charge_source, task->charge_source);
    source_set(start.multiplicity_source, task->multiplicity_source);
    return xyz_format(ctx, &start, &text) == QMT_OK ? text : NULL;
}

void spec_start_bare(char *text)
{
    static const char *const KEYS[] = {" charge_from='", " multiplicity_from='"};
    for (size_t k = 0; k < 2; k++) {
        char *const begin = strstr(text, KEYS[k]);
        char *const end = begin != NULL ? strchr(begin + strlen(KEYS[k]), '\'') : NULL;
        if (end != NULL)
            memmove(begin, end + 1, strlen(end + 1) + 1);
    }
}
