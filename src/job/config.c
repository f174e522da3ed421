#include "job/config.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "data/solvent.h"
#include "io/text.h"
#include "job/config_write.h"

/// Whole numbers go through doubles in JSON readers, which hold them exactly up to here.
#define LARGEST_WHOLE 9007199254740991.0

/// Steps are counted in 32 bits by the random number generator's key.
#define LARGEST_STEPS 4294967295.0

enum { CONFIG_CHOICES_MAX = 8 };

#define AT(member) offsetof(Config, member)

const ConfigKey CONFIG_KEYS[] = {
    {.name = "temperature_K",
     .type = CONFIG_REAL,
     .offset = AT(temperature_k),
     .unit = "K",
     .initial = 300.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 10000.0,
     .decides_numbers = true,
     .help = "Temperature of the initial velocities and of the thermostat."},
    {.name = "friction_per_ps",
     .type = CONFIG_REAL,
     .offset = AT(friction_per_ps),
     .unit = "1/ps",
     .initial = 0.002,
     .lowest = 0.0,
     .highest = 1000.0,
     .decides_numbers = true,
     .help = "Friction of the Langevin thermostat in production; 1/friction is the time in which "
             "velocities are forgotten."},
    {.name = "dt_fs",
     .type = CONFIG_REAL,
     .offset = AT(dt_fs),
     .unit = "fs",
     .initial = 0.25,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 100.0,
     .decides_numbers = true,
     .help = "Time step."},
    {.name = "length_ps",
     .type = CONFIG_REAL,
     .offset = AT(length_ps),
     .unit = "ps",
     .initial = 30.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Length of production; a whole number of steps."},
    {.name = "save_interval_steps",
     .type = CONFIG_COUNT,
     .offset = AT(save_interval_steps),
     .unit = "steps",
     .initial = 1,
     .lowest = 1,
     .highest = LARGEST_STEPS,
     .decides_numbers = true,
     .help = "Steps from one saved frame to the next; frames = steps / save_interval_steps + 1."},
    {.name = "method",
     .type = CONFIG_CHOICE,
     .offset = AT(method),
     .unit = "",
     .choices = "GFN2-xTB|GFN1-xTB", // in the order of the method table
     .decides_numbers = true,
     .help = "Electronic structure method."},
    {.name = "solvent",
     .type = CONFIG_SOLVENT,
     .offset = AT(solvent),
     .unit = "",
     .decides_numbers = true,
     .help = "Continuum around the molecule; none: gas phase."},
    {.name = "solvation_model",
     .type = CONFIG_CHOICE,
     .offset = AT(solvation_model),
     .unit = "",
     .initial = SOLVATION_ALPB,
     .choices = "alpb|gbsa", // in the order of SolvationModel
     .decides_numbers = true,
     .help = "Model of the continuum."},
    {.name = "solvation_state",
     .type = CONFIG_CHOICE,
     .offset = AT(solvation_state),
     .unit = "",
     .initial = SOLVATION_GSOLV,
     .choices = "gsolv|bar1mol|reference", // in the order of SolvationState
     .decides_numbers = true,
     .help =
         "What the free energy of solvation refers to: equal volumes of gas and solution, 1 bar "
         "to 1 mol/L, or 1 bar to the pure solvent. A constant; forces do not feel it."},
    {.name = "solvation_grid",
     .type = CONFIG_CHOICE,
     .offset = AT(solvation_grid),
     .unit = "",
     .initial = SOLVATION_GRID_REFERENCE,
     .choices = "reference|fine", // in the order of SolvationGrid
     .decides_numbers = true,
     .help =
         "Surface of the solute on the 230 points of the fit, or on 1000, for energies that hardly "
         "depend on the orientation."},
    {.name = "random_seed",
     .type = CONFIG_COUNT,
     .offset = AT(random_seed),
     .unit = "",
     .initial = 42,
     .lowest = 0,
     .highest = LARGEST_WHOLE,
     .decides_numbers = true,
     .help = "Seed of velocities and thermostat; the same seed gives the same bytes."},
    {.name = "charge",
     .type = CONFIG_COUNT,
     .offset = AT(charge),
     .unit = "e",
     .initial = 0,
     .lowest = -100,
     .highest = 100,
     .decides_numbers = true,
     .help = "Total charge of structures that do not say theirs; a non-zero value that disagrees "
             "with a structure is an error."},
    {.name = "spin_multiplicity",
     .type = CONFIG_COUNT,
     .offset = AT(spin_multiplicity),
     .unit = "",
     .initial = 1,
     .lowest = 1,
     .highest = 100,
     .decides_numbers = true,
     .help = "Unpaired electrons + 1, for structures that do not say theirs."},
    {.name = "equilibration_ps",
     .type = CONFIG_REAL,
     .offset = AT(equilibration_ps),
     .unit = "ps",
     .initial = 5.0,
     .lowest = 0.0,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Length of the equilibration before production, always with the Langevin thermostat."},
    {.name = "nve_window_ps",
     .type = CONFIG_REAL,
     .offset = AT(nve_window_ps),
     .unit = "ps",
     .initial = 10.0,
     .lowest = 0.0,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Length of a side run without thermostat that measures energy conservation; 0: none."},
    {.name = "nve_every_ps",
     .type = CONFIG_REAL,
     .offset = AT(nve_every_ps),
     .unit = "ps",
     .initial = 20.0,
     .lowest = 0.0,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Time between the starts of these side runs; 0: none."},
    {.name = "ensemble",
     .type = CONFIG_CHOICE,
     .offset = AT(ensemble),
     .unit = "",
     .initial = CONFIG_NVT,
     .choices = "nvt|nve",
     .decides_numbers = true,
     .help = "Production with thermostat (nvt) or at constant energy (nve)."},
    {.name = "thermostat",
     .type = CONFIG_CHOICE,
     .offset = AT(thermostat),
     .unit = "",
     .choices = "langevin",
     .decides_numbers = true,
     .help = "Thermostat of nvt production: Langevin as BAOAB; its random part acts at one random "
             "instant in every 50 fs, above a friction of 2 /ps in every 0.1/friction."},
    {.name = "equilibration_friction_per_ps",
     .type = CONFIG_REAL,
     .offset = AT(equilibration_friction_per_ps),
     .unit = "1/ps",
     .initial = 10.0,
     .lowest = 0.0,
     .highest = 1000.0,
     .decides_numbers = true,
     .help =
         "Friction during equilibration, strong enough to bring the molecule to temperature_K."},
    {.name = "optimize",
     .type = CONFIG_BOOL,
     .offset = AT(optimize),
     .unit = "",
     .initial = 1,
     .decides_numbers = true,
     .help = "Relax the start geometry first."},
    {.name = "electronic_temperature_K",
     .type = CONFIG_REAL,
     .offset = AT(electronic_temperature_k),
     .unit = "K",
     .initial = 300.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 100000.0,
     .decides_numbers = true,
     .help = "Temperature of the Fermi occupation of the orbitals."},
    {.name = "scf",
     .type = CONFIG_CHOICE,
     .offset = AT(scf),
     .unit = "",
     .initial = CONFIG_SCF_TIGHT,
     .choices = "tight|fast",
     .decides_numbers = true,
     .help =
         "RMS change of charges and moments at which a step is converged: 1e-10, or 1e-7 in less "
         "time."},
    {.name = "scf_max_iterations",
     .type = CONFIG_COUNT,
     .offset = AT(scf_max_iterations),
     .unit = "",
     .initial = 250,
     .lowest = 1,
     .highest = 100000,
     .decides_numbers = true,
     .help = "SCF iterations before the recovery ladder begins."},
    {.name = "fermi_stop",
     .type = CONFIG_CHOICE,
     .offset = AT(fermi_stop),
     .unit = "",
     .initial = CONFIG_FERMI_EXACT,
     .choices = "exact|reference",
     .decides_numbers = true,
     .help = "Fill the orbitals exactly, or stop where the reference program stops (for tests)."},
    {.name = "precision",
     .type = CONFIG_CHOICE,
     .offset = AT(precision),
     .unit = "",
     .initial = CONFIG_FLOAT32,
     .choices = "float32|float64",
     .decides_numbers = true,
     .help = "Type of pos, vel, forces and properties in the file; all computing is double."},
    {.name = "properties",
     .type = CONFIG_SET,
     .offset = AT(properties),
     .unit = "",
     .choices = "dipole|charges|bond_orders|homo_lumo_gap|quadrupole|scf_residual", // as Property
     .decides_numbers = true,
     .help = "Further arrays in the file, of every frame."},
    {.name = "replicas",
     .type = CONFIG_COUNT,
     .offset = AT(replicas),
     .unit = "",
     .initial = 1,
     .lowest = 1,
     .highest = 9999,
     .help = "Independent trajectories of each molecule, in NAME/r01, NAME/r02, ... if more than "
             "one."},
    {.name = "checkpoint_s",
     .type = CONFIG_REAL,
     .offset = AT(checkpoint_s),
     .unit = "s",
     .initial = 60.0,
     .lowest = 0.0,
     .highest = 1e6,
     .help = "Seconds from one checkpoint to the next, fractions allowed; 0: after every step. It "
             "never changes the numbers."},
};
const size_t CONFIG_KEY_COUNT = sizeof CONFIG_KEYS / sizeof CONFIG_KEYS[0];
_Static_assert(sizeof CONFIG_KEYS / sizeof CONFIG_KEYS[0] <= CONFIG_KEYS_MAX,
               "more keys than lines");

Config config_default(void)
{
    Config config = {0};
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        const ConfigKey *key = &CONFIG_KEYS[k];
        char *at = (char *)&config + key->offset;
        if (key->type == CONFIG_REAL)
            *(double *)at = key->initial;
        else if (key->type == CONFIG_BOOL)
            *(bool *)at = key->initial != 0.0;
        else
            *(int64_t *)at = (int64_t)key->initial;
    }
    return config;
}

size_t config_key(const char *name)
{
    size_t k = 0;
    while (k < CONFIG_KEY_COUNT && strcmp(CONFIG_KEYS[k].name, name) != 0)
        k++;
    return k;
}

bool config_is_given(const Config *config, const char *name)
{
    const size_t k = config_key(name);
    assert(k < CONFIG_KEY_COUNT);
    return config->line[k] != 0;
}

/// What a text looks like, for "wants a number, got ...".
static const char *kind_of_text(const char *text, bool quoted)
{
    static const char *const truths[] = {"true", "false", "yes", "no", "on", "off"};
    double number;

    if (quoted)
        return "text in quotes";
    if (text[0] == '\0' || strcmp(text, "~") == 0 || strcasecmp(text, "null") == 0)
        return "nothing";
    for (size_t k = 0; k < sizeof truths / sizeof truths[0]; k++)
        if (strcasecmp(text, truths[k]) == 0)
            return "a truth value";
    return text_parse_double(text, &number) == NULL ? "a number" : "text";
}

static QmtStatus number_set(QmtContext *ctx, const char *place, const ConfigKey *key,
                            const char *text, bool quoted, char *at)
{
    const bool whole = key->type == CONFIG_COUNT;
    const char *const wanted = whole ? "a whole number" : "a number";
    double number;

    if (text[0] == '\0' && !quoted)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s wants %s, got nothing; give one or remove the key",
                    place, key->name, wanted);
    if (quoted || text_parse_double(text, &number) != NULL)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s wants %s, got %s \"%.60s\"%s", place, key->name,
                    wanted, kind_of_text(text, quoted), text, quoted ? "; remove the quotes" : "");
    if (whole && number != rint(number))
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s wants a whole number, got %.60s", place, key->name,
                    text);
    // YAML 1.1 reads 010 as eight, people as ten.
    const char *const digits = text + strspn(text, "+-");
    if (whole && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9')
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s: write %.60s without leading zeros", place,
                    key->name, text);
    if (number < key->lowest || number > key->highest ||
        (key->above_lowest && number <= key->lowest)) {
        char range[CONFIG_TEXT_SIZE];
        config_range_text((size_t)(key - CONFIG_KEYS), range);
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s = %.60s is out of range, wants %s%s%s", place,
                    key->name, text, range, key->unit[0] ? " " : "", key->unit);
    }
    if (whole)
        *(int64_t *)at = (int64_t)number;
    else
        *(double *)at = number + 0.0; // -0 becomes 0, so that the echo does not depend on the sign
    return QMT_OK;
}

static QmtStatus bool_set(QmtContext *ctx, const char *place, const ConfigKey *key,
                          const char *text, bool quoted, char *at)
{
    const bool is_true = strcasecmp(text, "true") == 0, is_false = strcasecmp(text, "false") == 0;
    if (quoted || (!is_true && !is_false))
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s wants true or false, got %s \"%.60s\"", place,
                    key->name, kind_of_text(text, quoted), text);
    *(bool *)at = is_true;
    return QMT_OK;
}

/// Place of a text of n bytes among the choices of a key, in any case. Fails with QMT_ERR_CONFIG.
static QmtStatus choice_find(QmtContext *ctx, const char *place, const ConfigKey *key,
                             const char *text, size_t length, int64_t *found)
{
    char names[CONFIG_CHOICES_MAX][32], own[64];
    const char *list[CONFIG_CHOICES_MAX];
    size_t n = 0;
    snprintf(own, sizeof own, "%.*s", (int)length, text);

    for (const char *c = key->choices; *c != '\0' && n < CONFIG_CHOICES_MAX; n++) {
        const size_t size = strcspn(c, "|");
        snprintf(names[n], sizeof names[n], "%.*s", (int)size, c);
        list[n] = names[n];
        if (strcasecmp(own, names[n]) == 0) {
            *found = (int64_t)n;
            return QMT_OK;
        }
        c += size + (c[size] == '|');
    }

    char range[CONFIG_TEXT_SIZE];
    config_range_text((size_t)(key - CONFIG_KEYS), range);
    char hint[NEAREST_HINT_SIZE];
    if (n > 1)
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s = \"%.60s\" is unknown%s (%s)", place, key->name,
                    own, nearest_hint(own, list, n, hint), range);
    return FAIL(ctx, QMT_ERR_CONFIG, "%s: %s = \"%.60s\" is unknown, this version knows: %s", place,
                key->name, own, range);
}

static QmtStatus set_set(QmtContext *ctx, const char *place, const ConfigKey *key, const char *text,
                         char *at)
{
    static const char BETWEEN[] = "[], ";
    int64_t set = 0;
    for (text += strspn(text, BETWEEN); *text != '\0'; text += strspn(text, BETWEEN)) {
        const size_t length = strcspn(text, BETWEEN);
        int64_t choice;
        TRY(choice_find(ctx, place, key, text, length, &choice));
        set |= (int64_t)1 << choice;
        text += length;
    }
    *(int64_t *)at = set;
    return QMT_OK;
}

/// The method and model that know every solvent there is.
static const char *solvent_by_place(int64_t place)
{
    return solvent_name(&METHOD_GFN2, SOLVATION_ALPB, (size_t)place);
}

static QmtStatus solvent_set(QmtContext *ctx, const char *place, const ConfigKey *key,
                             const char *text, char *at)
{
    Solvent solvent;
    if (strcasecmp(text, "none") == 0) {
        *(int64_t *)at = 0;
        return QMT_OK;
    }
    if (!solvent_find(&METHOD_GFN2, SOLVATION_ALPB, text, &solvent))
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: %s = \"%.60s\" is unknown, did you mean %s? `qmtraj solvents` lists them",
                    place, key->name, text, solvent_nearest(&METHOD_GFN2, SOLVATION_ALPB, text));
    int64_t found = 0;
    while (strcmp(solvent_by_place(found), solvent.row->solvent) != 0)
        found++;
    *(int64_t *)at = found + 1;
    return QMT_OK;
}

QmtStatus config_set_key(QmtContext *ctx, const char *place, int line, const char *name,
                         const char *text, bool quoted, Config *config)
{
    const size_t k = config_key(name);
    if (k == CONFIG_KEY_COUNT) {
        const char *names[CONFIG_KEYS_MAX];
        for (size_t i = 0; i < CONFIG_KEY_COUNT; i++)
            names[i] = CONFIG_KEYS[i].name;
        char hint[NEAREST_HINT_SIZE];
        nearest_hint(name, names, CONFIG_KEY_COUNT, hint);
        return FAIL(ctx, QMT_ERR_CONFIG, "%s: unknown key \"%.60s\"%s", place, name,
                    hint[0] != '\0' ? hint : "; `qmtraj help config` lists them");
    }

    const ConfigKey *key = &CONFIG_KEYS[k];
    char *at = (char *)config + key->offset;
    switch (key->type) {
    case CONFIG_REAL:
    case CONFIG_COUNT:
        TRY(number_set(ctx, place, key, text, quoted, at));
        break;
    case CONFIG_BOOL:
        TRY(bool_set(ctx, place, key, text, quoted, at));
        break;
    case CONFIG_CHOICE:
        TRY(choice_find(ctx, place, key, text, strlen(text), (int64_t *)at));
        break;
    case CONFIG_SET:
        TRY(set_set(ctx, place, key, text, at));
        break;
    case CONFIG_SOLVENT:
        TRY(solvent_set(ctx, place, key, text, at));
        break;
    }
    config->line[k] = line;
    return QMT_OK;
}

QmtStatus config_set(QmtContext *ctx, const char *assignment, Config *config)
{
    const char *const equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment)
        return FAIL(ctx, QMT_ERR_CONFIG, "--set %.60s: wants key=value, e.g. --set length_ps=5",
                    assignment);

    char name[64], place[96];
    snprintf(name, sizeof name, "%.*s", (int)(equals - assignment), assignment);
    snprintf(place, sizeof place, "--set %.80s", assignment);
    return config_set_key(ctx, place, -1, name, equals + 1, false, config);
}

int64_t config_steps(const Config *config, double length_ps)
{
    return llround(length_ps * 1000.0 / config->dt_fs);
}

int64_t config_frames(const Config *config)
{
    return config_steps(config, config->length_ps) / config->save_interval_steps + 1;
}

/// "qm.yaml:4: " or "--set: " for the place where a key got its value; "configuration: " for
/// defaults.
static void key_place(const Config *config, const char *name, char text[320])
{
    const size_t k = config_key(name);
    assert(k < CONFIG_KEY_COUNT);
    if (config->line[k] > 0)
        snprintf(text, 320, "%s:%d", config->place, config->line[k]);
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

    if (steps > LARGEST_STEPS)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: %s = %s ps at dt_fs = %s is %.3g steps, at most %.0f are "
                    "possible; make it shorter or dt_fs larger",
                    place, name, length, dt, steps, LARGEST_STEPS);
    if (fabs(steps - rint(steps)) > 1e-6 || (length_ps > 0.0 && rint(steps) == 0.0)) {
        const double whole = rint(steps) > 0.0 ? rint(steps) : 1.0;
        char near[TEXT_DOUBLE_SIZE];
        text_format_double(rint(whole * config->dt_fs * 1e9) / 1e12, near);
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "%s: %s = %s ps is no whole number of steps of dt_fs = %s; the nearest is %s",
                    place, name, length, dt, near);
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

QmtStatus config_check(QmtContext *ctx, const Config *config)
{
    TRY(solvent_check(ctx, config));
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
    return QMT_OK;
}

const char *config_solvent_name(const Config *config)
{
    return config->solvent > 0 ? solvent_by_place(config->solvent - 1) : NULL;
}

const char *config_choice(const Config *config, const char *name, char text[32])
{
    const size_t k = config_key(name);
    assert(k < CONFIG_KEY_COUNT && CONFIG_KEYS[k].type == CONFIG_CHOICE);
    char value[CONFIG_TEXT_SIZE];
    config_value_text(config, k, value);
    snprintf(text, 32, "%.31s", value);
    return text;
}
