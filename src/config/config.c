#include "config/config.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "data/solvent.h"
#include "engine/properties.h"
#include "md/thermostat.h"

/// Whole numbers go through doubles in JSON readers, which hold them exactly up to here.
#define LARGEST_WHOLE 9007199254740991.0

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
     .help = "Friction of the Langevin thermostat in production (thermostat: langevin); 1/friction "
             "is the time in which "
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
     .highest = CONFIG_LARGEST_STEPS,
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
    {.name = "nve_windows_text",
     .type = CONFIG_BOOL,
     .offset = AT(nve_windows_text),
     .unit = "",
     .decides_numbers = true,
     .help = "Store the NVE windows as JSON text `nve_windows`, too, for loaders that ask for it."},
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
     .choices = THERMOSTAT_NAMES,
     .decides_numbers = true,
     .help =
         "Thermostat of nvt production: Langevin, canonical velocity rescaling, or Nose-Hoover "
         "chains of three. It acts at one random instant in every 50 fs, with a friction above 2 "
         "/ps in every 0.1/friction, with a time below 0.5 ps in every tenth of it."},
    {.name = "thermostat_time_ps",
     .type = CONFIG_REAL,
     .offset = AT(thermostat_time_ps),
     .unit = "ps",
     .initial = 0.5,
     .lowest = 0.001,
     .highest = 1e6,
     .decides_numbers = true,
     .help = "Time in which bussi and nose-hoover bring the kinetic energy back to temperature_K."},
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
     .choices = &PROPERTY_NAMES[1], // behind the first bar
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
    {.name = "keep_checkpoint",
     .type = CONFIG_CHOICE,
     .offset = AT(keep_checkpoint),
     .unit = "",
     .initial = CONFIG_KEEP_AUTO,
     .choices = "auto|true|false",
     .help =
         "Keep the checkpoint of a finished trajectory; without it a longer one begins anew. auto: "
         "keep "
         "it unless it is larger than a tenth of trajectory.npz and that took less than a minute."},
};
_Static_assert(sizeof PROPERTY_NAMES + N_PROPERTIES + 2 <= CONFIG_TEXT_SIZE,
               "the names of all properties do not fit into the text of a value");
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

int64_t config_steps(const Config *config, double length_ps)
{
    return llround(length_ps * 1000.0 / config->dt_fs);
}

int64_t config_frames(const Config *config)
{
    return config_steps(config, config->length_ps) / config->save_interval_steps + 1;
}

/// The method and model that know every solvent there is.
const char *config_solvent_by_place(int64_t place)
{
    return solvent_name(&METHOD_GFN2, SOLVATION_ALPB, (size_t)place);
}

const char *config_solvent_name(const Config *config)
{
    return config->solvent > 0 ? config_solvent_by_place(config->solvent - 1) : NULL;
}
