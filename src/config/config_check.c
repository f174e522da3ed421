#include "config/config_check.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/recipe.h"
#include "data/solvent.h"
#include "io/text.h"
#include "md/thermostat.h"

/// "qm.yaml:4: " or "--set: " for the place where a key got its value; "configuration: " for
/// defaults.
static void key_place(const Config *config, const char *name, char text[320])
{
    const size_t k = config_key(name);
    assert(k < CONFIG_KEY_COUNT);
    if (config->line[k] > 0)
        snprintf(text, 320, "%s:%d", config->place, config->line[k]);
    else if (config->line[k] == CONFIG_LINE_RECIPE)
        recipe_place(config, text);
    else
        snprintf(text, 320, "%s", config->line[k] < 0 ? "--set" : "configuration");
}

static QmtStatus length_check(QmtContext *ctx, const Config *config, const char *name,
                              double length_ps)
{
    const double steps = length_ps * 1000.0 / config->dt_fs;
    char place[320], length[TEXT_DOUBLE_SIZE], dt[TEXT_DOUBLE_SIZE];
    key_place(config, name, place);
    text_format_double(length_ps, length);
    text_format_double(config->dt_fs, dt);

    if (steps > CONFIG_LARGEST_STEPS)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: %s = %s ps at dt_fs = %s is %.3g steps, at most %.0f are "
                    "possible; make it shorter or dt_fs larger",
                    place, name, length, dt, steps, CONFIG_LARGEST_STEPS);
    if (fabs(steps - rint(steps)) > 1e-6 || (length_ps > 0.0 && rint(steps) == 0.0)) {
        const double whole = rint(steps) > 0.0 ? rint(steps) : 1.0;
        char near[TEXT_DOUBLE_SIZE];
        text_format_double(rint(whole * config->dt_fs * 1e9) / 1e12, near);
        return FAIL(
            ctx, QMT_ERR_CONFIG,
            "%s: %s = %s ps is not a whole number of steps of dt_fs = %s; the nearest is %s", place,
            name, length, dt, near);
    }
    return QMT_OK;
}

/// Not every solvent has parameters for every model and method.
static QmtStatus solvent_check(QmtContext *ctx, const Config *config)
{
    const Method *method = method_find(method_name((size_t)config->method));
    const SolvationModel model = (SolvationModel)config->solvation_model;
    const char *name = config_solvent_name(config);
    Solvent solvent;
    if (name == NULL || solvent_find(method, model, name, &solvent))
        return QMT_OK;
    char place[320];
    key_place(config, "solvent", place);
    return FAIL(ctx, QMT_ERR_CONFIG,
                "%s: solvent = %s has no parameters for %s with %s; take solvation_model = alpb or "
                "one of those that `qmtraj solvents` lists",
                place, name, method->name, solvation_model_name(model));
}

/// A value that nothing takes notice of is an error where somebody means it.
static QmtStatus thermostat_check(QmtContext *ctx, const Config *config)
{
    const Config initial = config_default();
    const bool langevin = !thermostat_at((size_t)config->thermostat)->scales;
    const bool means_time = config->thermostat_time_ps != initial.thermostat_time_ps,
               means_friction = config->friction_per_ps != initial.friction_per_ps;
    char place[320];
    if (config->ensemble != CONFIG_NVT || !(langevin ? means_time : means_friction))
        return QMT_OK;
    key_place(config, langevin ? "thermostat_time_ps" : "friction_per_ps", place);
    return FAIL(ctx, QMT_ERR_CONFIG,
                langevin
                    ? "%s: thermostat_time_ps is of thermostat: bussi and nose-hoover; langevin "
                      "takes friction_per_ps"
                    : "%s: friction_per_ps is of thermostat: langevin; bussi and nose-hoover "
                      "take thermostat_time_ps",
                place);
}

/// A block that is in use without what it acts on.
static QmtStatus block_check(QmtContext *ctx, const Config *config, const char *key,
                             bool has_subject, const char *example)
{
    char place[320];
    if (has_subject || config_is_dormant(config, config_key(key)))
        return QMT_OK;
    const char *const name = strrchr(key, '.');
    size_t given = config_key(key); // the first key of the block that somebody set
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        if (strncmp(CONFIG_KEYS[k].name, key, (size_t)(name - key) + 1) == 0 &&
            config->line[k] != 0 && config->line[given] == 0)
            given = k;
    key_place(config, CONFIG_KEYS[given].name, place);
    return FAIL(ctx, QMT_ERR_CONFIG, "%s: %.*s has no %s; give it, e.g. %s", place,
                (int)(name - key), key, name + 1, example);
}

/// A key that the mode of a bias does not use.
static QmtStatus mode_check(QmtContext *ctx, const Config *config, const char *block, int64_t mode)
{
    static const char *const OF_MODE[2][6] = {{"at_", "to_", "over_ps", "k_"},
                                              {"height_", "width_", "every_ps", "bias_factor"}};
    const size_t size = strlen(block);
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        const char *const name = CONFIG_KEYS[k].name;
        if (strncmp(name, block, size) != 0 || config_is_default(config, k))
            continue;
        for (int i = 0; i < 4; i++) {
            const char *const other = OF_MODE[mode == CONFIG_RESTRAIN][i];
            char place[320];
            if (strncmp(name + size, other, strlen(other)) != 0)
                continue;
            key_place(config, name, place);
            return FAIL(ctx, QMT_ERR_CONFIG,
                        "%s: %s is for mode = %s, but %smode is %s; remove it or change the mode",
                        place, name, mode == CONFIG_RESTRAIN ? "metadynamics" : "restrain", block,
                        mode == CONFIG_RESTRAIN ? "restrain" : "metadynamics");
        }
    }
    return QMT_OK;
}

static QmtStatus variable_check(QmtContext *ctx, const Config *config,
                                const ConfigVariableBias *bias, const char *kind,
                                const char *example)
{
    char block[32], atoms[40], every[40];
    snprintf(block, sizeof block, "bias.%s.", kind);
    snprintf(atoms, sizeof atoms, "%satoms", block);
    snprintf(every, sizeof every, "%severy_ps", block);
    TRY(block_check(ctx, config, atoms, config_has_atoms(&bias->atoms), example));
    TRY(mode_check(ctx, config, block, bias->mode));
    return config_has_atoms(&bias->atoms) && bias->mode == CONFIG_METADYNAMICS
               ? length_check(ctx, config, every, bias->every_ps)
               : QMT_OK;
}

/// What acts beside the method.
static QmtStatus biases_check(QmtContext *ctx, const Config *config)
{
    TRY(block_check(ctx, config, "confine.sphere",
                    config_number_word(config_confine_nm(config)) != CONFIG_CONFINE_NONE,
                    "sphere: auto"));
    TRY(variable_check(ctx, config, &config->torsion, "torsion", "atoms: [1, 2, 3, 4]"));
    TRY(variable_check(ctx, config, &config->distance, "distance", "atoms: [1, 2]"));
    TRY(block_check(ctx, config, "bias.rmsd.atoms", config_has_atoms(&config->rmsd.atoms),
                    "atoms: heavy"));
    TRY(block_check(ctx, config, "push.atoms", config_has_atoms(&config->push_atoms),
                    "atoms: [1, 2]"));
    TRY(block_check(ctx, config, "solvate.molecule", config->solvate_molecule[0] != '\0',
                    "molecule: O"));
    if (config_has_atoms(&config->push_atoms) && config->push_ev == 0.0) {
        char place[320];
        key_place(config, "push.eV", place);
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: push.eV = 0 pushes nothing; give an energy or remove push", place);
    }
    return config_has_atoms(&config->rmsd.atoms)
               ? length_check(ctx, config, "bias.rmsd.every_ps", config->rmsd.every_ps)
               : QMT_OK;
}

/// Well-tempered hills shrink with exp(-V / (k T (bias_factor - 1))), whose T a ramp has not: there is no one temperature
/// to temper at.
static QmtStatus tempering_check(QmtContext *ctx, const Config *config, const char *place)
{
    const struct {
        const ConfigVariableBias *bias;
        const char *key;
    } hills[] = {{&config->torsion, "bias.torsion.bias_factor"},
                 {&config->distance, "bias.distance.bias_factor"}};
    for (size_t i = 0; i < sizeof hills / sizeof hills[0]; i++) {
        if (!config_has_atoms(&hills[i].bias->atoms) ||
            hills[i].bias->mode != CONFIG_METADYNAMICS ||
            config_number_word(hills[i].bias->gamma) >= 0)
            continue;
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: temperature_ramp_K: well-tempered metadynamics (%s = %g) is of one "
                    "temperature; take temperature_K instead of the ramp, or bias_factor: none",
                    place, hills[i].key, hills[i].bias->gamma);
    }
    return QMT_OK;
}

/// A ramp that nothing follows is of no use, and has no other temperature beside it.
static QmtStatus ramp_check(QmtContext *ctx, const Config *config)
{
    static const double RELAXATIONS_NEEDED = 3.0;
    const ConfigReals *const ramp = &config->temperature_ramp, *const at = &config->temperature_k;
    const bool scales = thermostat_at((size_t)config->thermostat)->scales;
    const double rate = scales ? 0.5 / config->thermostat_time_ps : config->friction_per_ps;
    char place[320], other[320];
    if (ramp->n == 0)
        return QMT_OK;
    key_place(config, "temperature_ramp_K", place);
    key_place(config, "temperature_K", other);
    if (at->n > 1 ||
        (at->value[0] != ramp->value[0] && at->value[0] != config_default().temperature_k.value[0]))
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: temperature_K and temperature_ramp_K (%s) exclude each other; remove one",
                    other, place);
    if (config->ensemble == CONFIG_NVE)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: temperature_ramp_K needs a thermostat, but ensemble is nve", place);
    TRY(tempering_check(ctx, config, place));
    if (rate * config->length_ps < RELAXATIONS_NEEDED)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: temperature_ramp_K: the thermostat brings energy back within %.3g ps, too "
                    "slowly for a ramp of %.3g ps, which no molecule would follow; %s",
                    place, 1.0 / rate, config->length_ps,
                    scales ? "make thermostat_time_ps smaller" : "take friction_per_ps = 2");
    return QMT_OK;
}

/// Copies are of frames that are saved.
static QmtStatus quench_intervals_check(QmtContext *ctx, const Config *config, const char *place)
{
    const int64_t every = config_steps(config, config->quench.every_ps);
    char text[TEXT_DOUBLE_SIZE], frames[TEXT_DOUBLE_SIZE];
    text_format_double(config->quench.every_ps, text);
    text_format_double(1e-3 * (double)config->save_interval_steps * config->dt_fs, frames);
    if (every > config_steps(config, config->length_ps))
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: quench.every_ps = %s is longer than the run (length_ps)", place, text);
    if (every % config->save_interval_steps != 0)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: quench.every_ps = %s is no multiple of %s ps, the time from one saved "
                    "frame to the next; copies are of saved frames: change it or "
                    "save_interval_steps",
                    place, text, frames);
    if (config_copies(config) > CONFIG_COPIES_MAX)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: quench.every_ps = %s makes %" PRId64 " copies of each trajectory, %d are "
                    "possible",
                    place, text, config_copies(config), CONFIG_COPIES_MAX);
    return QMT_OK;
}

static QmtStatus quench_check(QmtContext *ctx, const Config *config)
{
    char place[320];
    TRY(block_check(ctx, config, "quench.every_ps", config_is_quenched(config), "every_ps: 1"));
    if (!config_is_quenched(config))
        return QMT_OK;
    TRY(length_check(ctx, config, "quench.every_ps", config->quench.every_ps));
    TRY(length_check(ctx, config, "quench.ps", config->quench.ps));
    key_place(config, "quench.every_ps", place);
    TRY(quench_intervals_check(ctx, config, place));
    if (!config->stop_bond_broken)
        return QMT_OK;
    return FAIL(ctx, QMT_ERR_CONFIG,
                "%s: quench makes copies of frames at fixed times, but stop_when.bond_broken may "
                "end a trajectory before; remove one of them",
                place);
}

/// A key that is of no use without another one, which was forgotten. Where that one is given its value may be the one
/// that puts this key out of use: a configuration is often taken with a solvent or conformers taken back.
static QmtStatus needed_check(QmtContext *ctx, const Config *config)
{
    static const struct {
        const char *key, *needed, *example;
    } NEEDS[] = {{"solvation_model", "solvent", "solvent: water"},
                 {"solvation_state", "solvent", "solvent: water"},
                 {"solvation_grid", "solvent", "solvent: water"},
                 {"conformers_from", "conformers", "conformers: 10"},
                 {"bias.torsion.over_ps", "bias.torsion.to_degree", "to_degree: 180"},
                 {"bias.distance.over_ps", "bias.distance.to_nm", "to_nm: 0.3"}};
    for (size_t i = 0; i < sizeof NEEDS / sizeof NEEDS[0]; i++) {
        char place[320];
        if (config_is_default(config, config_key(NEEDS[i].key)) ||
            config->line[config_key(NEEDS[i].needed)] != 0)
            continue;
        key_place(config, NEEDS[i].key, place);
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: %s has no effect without %s; give that, e.g. %s, or remove it", place,
                    NEEDS[i].key, NEEDS[i].needed, NEEDS[i].example);
    }
    return QMT_OK;
}

QmtStatus config_check(QmtContext *ctx, const Config *config)
{
    TRY(solvent_check(ctx, config));
    TRY(thermostat_check(ctx, config));
    TRY(biases_check(ctx, config));
    TRY(needed_check(ctx, config));
    TRY(ramp_check(ctx, config));
    TRY(length_check(ctx, config, "length_ps", config->length_ps));
    TRY(length_check(ctx, config, "equilibration_ps", config->equilibration_ps));
    // Without windows their lengths mean nothing, and the defaults fit no step of 0.3 fs.
    if (config->nve_window_ps > 0.0 && config->nve_every_ps > 0.0) {
        TRY(length_check(ctx, config, "nve_window_ps", config->nve_window_ps));
        TRY(length_check(ctx, config, "nve_every_ps", config->nve_every_ps));
    }

    const int64_t steps = config_steps(config, config->length_ps);
    if (config->save_interval_steps > steps) {
        char place[320];
        key_place(config, "save_interval_steps", place);
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: save_interval_steps = %" PRId64 " is longer than the run of %" PRId64
                    " steps",
                    place, config->save_interval_steps, steps);
    }
    return quench_check(ctx, config);
}
