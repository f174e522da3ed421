#include "config/config.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/team.h"
#include "data/solvent.h"
#include "engine/properties.h"
#include "md/thermostat.h"

/// Whole numbers go through doubles in JSON readers, which hold them exactly up to here.
#define LARGEST_WHOLE 9007199254740991.0

#define AT(member) offsetof(Config, member)

const ConfigKey CONFIG_KEYS[] = {
    {.name = "temperature_K",
     .type = CONFIG_REALS,
     .least = 1,
     .most = CONFIG_REALS_MAX,
     .offset = AT(temperature_k),
     .unit = "K",
     .initial = 300.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 10000.0,
     .decides_numbers = true,
     .help = "Temperature of the initial velocities and of the thermostat; of a list, a trajectory "
             "at each, in NAME/T0300, NAME/T0600, ..."},
    {.name = "temperature_ramp_K",
     .type = CONFIG_REALS,
     .least = 2,
     .most = 2,
     .choices = "none",
     .offset = AT(temperature_ramp),
     .unit = "K",
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 10000.0,
     .decides_numbers = true,
     .help = "From and to: the temperature of the thermostat rises or falls in a straight line "
             "through production; equilibration is at the first."},
    {.name = "friction_per_ps",
     .type = CONFIG_REAL,
     .offset = AT(friction_per_ps),
     .unit = "1/ps",
     .initial = 0.002,
     .lowest = 0.0,
     .highest = 1000.0,
     .decides_numbers = true,
     .help = "Friction of the Langevin thermostat in production (thermostat: langevin); 1/friction "
             "is the time in which velocities are forgotten."},
    {.name = "dt_fs",
     .type = CONFIG_REAL,
     .offset = AT(dt_fs),
     .unit = "fs",
     .initial = 0.25,
     .lowest = 1e-4, // below it a step moves nothing that float32 sees
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
     .use = CONFIG_OF_ENERGY,
     .offset = AT(method),
     .unit = "",
     .choices = "GFN2-xTB|GFN1-xTB", // in the order of the method table
     .decides_numbers = true,
     .help = "Electronic structure method."},
    {.name = "solvent",
     .type = CONFIG_SOLVENT,
     .use = CONFIG_OF_ENERGY,
     .offset = AT(solvent),
     .unit = "",
     .decides_numbers = true,
     .help = "Continuum around the molecule; none: gas phase."},
    {.name = "solvation_model",
     .type = CONFIG_CHOICE,
     .use = CONFIG_OF_ENERGY,
     .offset = AT(solvation_model),
     .unit = "",
     .initial = SOLVATION_ALPB,
     .choices = "alpb|gbsa", // in the order of SolvationModel
     .decides_numbers = true,
     .help = "Model of the continuum."},
    {.name = "solvation_state",
     .type = CONFIG_CHOICE,
     .use = CONFIG_OF_ENERGY,
     .offset = AT(solvation_state),
     .unit = "",
     .initial = SOLVATION_GSOLV,
     .choices = "gsolv|bar1mol|reference", // in the order of SolvationState
     .decides_numbers = true,
     .help = "What the free energy of solvation refers to: equal volumes of gas and solution, 1 "
             "bar to 1 mol/L, or 1 bar to the pure solvent. A constant; forces do not feel it."},
    {.name = "solvation_grid",
     .type = CONFIG_CHOICE,
     .use = CONFIG_OF_ENERGY,
     .offset = AT(solvation_grid),
     .unit = "",
     .initial = SOLVATION_GRID_REFERENCE,
     .choices = "reference|fine", // in the order of SolvationGrid
     .decides_numbers = true,
     .help = "Surface of the solute on the 230 points of the fit, or on 1000, for energies that "
             "hardly depend on the orientation."},
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
     .use = CONFIG_OF_ENERGY,
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
     .use = CONFIG_OF_ENERGY,
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
     .help = "Thermostat of nvt production: Langevin, canonical velocity rescaling, or Nose-Hoover "
             "chains of three. It acts at one random instant in every 50 fs, with a friction above "
             "2 /ps in every 0.1/friction, with a time below 0.5 ps in every tenth of it."},
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
    {.name = "optimize_max_steps",
     .type = CONFIG_COUNT,
     .offset = AT(optimize_max_steps),
     .unit = "steps",
     .initial = 1000,
     .lowest = 1,
     .highest = 1e6,
     .decides_numbers = true,
     .help = "Steps of that relaxation at most, an evaluation each."},
    {.name = "hydrogen_mass_Da",
     .type = CONFIG_REAL,
     .offset = AT(hydrogen_mass_da),
     .unit = "Da",
     .initial = -1e30, // natural
     .lowest = 0.5,
     .highest = 100.0,
     .choices = "natural",
     .decides_numbers = true,
     .help = "Mass of every hydrogen atom that is not said to be an isotope; heavier ones allow "
             "longer steps. natural: its standard weight."},
    {.name = "stop_when.bond_broken",
     .type = CONFIG_BOOL,
     .offset = AT(stop_bond_broken),
     .unit = "",
     .decides_numbers = true,
     .help = "End a trajectory, as complete, at the frame in which a bond is broken; else it goes "
             "on and its metadata have the event."},
    {.name = "electronic_temperature_K",
     .type = CONFIG_REAL,
     .use = CONFIG_OF_ENERGY,
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
     .use = CONFIG_OF_ENERGY,
     .offset = AT(scf),
     .unit = "",
     .initial = CONFIG_SCF_TIGHT,
     .choices = "tight|fast",
     .decides_numbers = true,
     .help = "RMS change of charges and moments at which a step is converged: 1e-10 (in a solvent "
             "1e-9), or 1e-7 in less time."},
    {.name = "scf_state",
     .type = CONFIG_CHOICE,
     .use = CONFIG_OF_ENERGY,
     .offset = AT(scf_state),
     .unit = "",
     .initial = CONFIG_SCF_LOWEST,
     .choices = "lowest|follow|stop",
     .decides_numbers = true,
     .help = "Where the SCF has more than one solution: take the lower one when two cross, stay on "
             "that of the step before, or end the trajectory, as complete, where that is lost. The "
             "metadata have the event."},
    {.name = "scf_max_iterations",
     .type = CONFIG_COUNT,
     .use = CONFIG_OF_ENERGY,
     .offset = AT(scf_max_iterations),
     .unit = "",
     .initial = 250,
     .lowest = 1,
     .highest = 100000,
     .decides_numbers = true,
     .help = "SCF iterations before the recovery begins."},
    {.name = "fermi_stop",
     .type = CONFIG_CHOICE,
     .use = CONFIG_OF_ENERGY,
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
     .help =
         "Independent trajectories of each molecule, in NAME/r01, NAME/r02, ... if more than one."},
    {.name = "conformers",
     .type = CONFIG_COUNT,
     .offset = AT(conformers),
     .unit = "",
     .initial = 0,
     .lowest = 0,
     .highest = 999,
     .help =
         "Conformers of each molecule, relaxed with the method, duplicates removed, the lowest "
         "first: a trajectory from each, in NAME/c01, NAME/c02, ...; 0: one geometry as it comes."},
    {.name = "conformers_from",
     .type = CONFIG_CHOICE,
     .offset = AT(conformers_from),
     .unit = "",
     .initial = CONFIG_FROM_SMILES,
     .choices = "smiles|frames",
     .help = "Start geometries of the conformers: three times as many as are wanted from the "
             "SMILES, by RDKit, or the frames of each file, which are one molecule's."},
    {.name = "recipe",
     .type = CONFIG_CHOICE,
     .offset = AT(recipe),
     .unit = "",
     .initial = CONFIG_RECIPE_NONE,
     .choices = "none|spice|ani",
     .help = "Set the keys that are not given as in a published training set (docs/sampling.md); "
             "the job says which."},
    {.name = "cores_per_trajectory",
     .type = CONFIG_COUNT,
     .use = CONFIG_OF_ENERGY,
     .offset = AT(cores_per_trajectory),
     .unit = "",
     .initial = 1,
     .lowest = 1,
     .highest = TEAM_THREADS_MAX,
     .help = "Threads that work on each molecule, for few molecules of more than a hundred atoms; "
             "it never changes the numbers. So many fewer trajectories run side by side."},
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
     .help = "Keep the checkpoint of a finished trajectory; without it a longer one starts over. "
             "auto: keep it unless it is larger than a tenth of trajectory.npz and that took less "
             "than a minute."},
    {.name = "confine.sphere",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(confine_nm),
     .unit = "nm",
     .initial = -1e30, // none
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1000.0,
     .choices = "none|auto",
     .decides_numbers = true,
     .help = "Radius of a wall around the centre of mass that pushes back every atom beyond it; "
             "auto: 0.2 nm beyond the furthest atom of the start geometry."},
    {.name = "confine.k_kJ_mol_nm3",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(confine_k),
     .unit = "kJ/mol/nm^3",
     .initial = 20000.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Stiffness k of that wall: k (r - sphere)^3 for each atom outside; the default is 20 "
             "kJ/mol at 0.1 nm."},
    {.name = "bias.torsion.atoms",
     .type = CONFIG_ATOMS,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(torsion.atoms),
     .unit = "",
     .lowest = 4,
     .highest = 4,
     .choices = "none",
     .decides_numbers = true,
     .help = "Four atoms in a row, counted from 1, whose torsion angle is biased."},
    {.name = "bias.torsion.mode",
     .type = CONFIG_CHOICE,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(torsion.mode),
     .unit = "",
     .choices = "restrain|metadynamics",
     .decides_numbers = true,
     .help = "Hold the torsion with k/2 (s - at)^2, or fill its wells with Gaussian hills."},
    {.name = "bias.torsion.at_degree",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(torsion.at),
     .unit = "degree",
     .initial = -1e30, // start
     .lowest = -360.0,
     .highest = 360.0,
     .choices = "start",
     .decides_numbers = true,
     .help = "Where the restraint holds the torsion; start: where the start geometry has it."},
    {.name = "bias.torsion.to_degree",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(torsion.to),
     .unit = "degree",
     .initial = -1e30, // at
     .lowest = -360.0,
     .highest = 360.0,
     .choices = "at",
     .decides_numbers = true,
     .help = "Where the restraint moves to in production, at constant speed; at: it stays."},
    {.name = "bias.torsion.over_ps",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(torsion.over_ps),
     .unit = "ps",
     .initial = 10.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Time of that move from the start of production; the restraint rests thereafter."},
    {.name = "bias.torsion.k_kJ_mol_rad2",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(torsion.k),
     .unit = "kJ/mol/rad^2",
     .initial = 200.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Force constant k of the restraint."},
    {.name = "bias.torsion.height_kJ_mol",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(torsion.height),
     .unit = "kJ/mol",
     .initial = 1.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e4,
     .decides_numbers = true,
     .help = "Height of a hill of metadynamics, before it is tempered."},
    {.name = "bias.torsion.width_degree",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(torsion.width),
     .unit = "degree",
     .initial = 15.0,
     .lowest = 1.0,
     .highest = 90.0,
     .decides_numbers = true,
     .help = "Standard deviation of a hill."},
    {.name = "bias.torsion.every_ps",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(torsion.every_ps),
     .unit = "ps",
     .initial = 0.1,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Time from one hill to the next in production, the first at its start; a whole number "
             "of steps."},
    {.name = "bias.torsion.bias_factor",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(torsion.gamma),
     .unit = "",
     .initial = 10.0,
     .lowest = 1.0,
     .above_lowest = true,
     .highest = 1e6,
     .choices = "none",
     .decides_numbers = true,
     .help = "Bias factor of well-tempered metadynamics at temperature_K; none: all hills have the "
             "same height."},
    {.name = "bias.distance.atoms",
     .type = CONFIG_ATOMS,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(distance.atoms),
     .unit = "",
     .lowest = 2,
     .highest = 2,
     .choices = "none",
     .decides_numbers = true,
     .help = "Two atoms, counted from 1, whose distance is biased."},
    {.name = "bias.distance.mode",
     .type = CONFIG_CHOICE,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(distance.mode),
     .unit = "",
     .choices = "restrain|metadynamics",
     .decides_numbers = true,
     .help = "Hold the distance with k/2 (s - at)^2, or fill its wells with Gaussian hills."},
    {.name = "bias.distance.at_nm",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(distance.at),
     .unit = "nm",
     .initial = -1e30, // start
     .lowest = 0.0,
     .highest = 1000.0,
     .choices = "start",
     .decides_numbers = true,
     .help = "Where the restraint holds the distance; start: where the start geometry has it."},
    {.name = "bias.distance.to_nm",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(distance.to),
     .unit = "nm",
     .initial = -1e30, // at
     .lowest = 0.0,
     .highest = 1000.0,
     .choices = "at",
     .decides_numbers = true,
     .help = "Where the restraint moves to in production, at constant speed; at: it stays."},
    {.name = "bias.distance.over_ps",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(distance.over_ps),
     .unit = "ps",
     .initial = 10.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Time of that move from the start of production; the restraint rests thereafter."},
    {.name = "bias.distance.k_kJ_mol_nm2",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(distance.k),
     .unit = "kJ/mol/nm^2",
     .initial = 50000.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Force constant k of the restraint."},
    {.name = "bias.distance.height_kJ_mol",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(distance.height),
     .unit = "kJ/mol",
     .initial = 1.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e4,
     .decides_numbers = true,
     .help = "Height of a hill of metadynamics, before it is tempered."},
    {.name = "bias.distance.width_nm",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(distance.width),
     .unit = "nm",
     .initial = 0.02,
     .lowest = 0.001,
     .highest = 10.0,
     .decides_numbers = true,
     .help = "Standard deviation of a hill."},
    {.name = "bias.distance.every_ps",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(distance.every_ps),
     .unit = "ps",
     .initial = 0.1,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Time from one hill to the next in production, the first at its start; a whole number "
             "of steps."},
    {.name = "bias.distance.bias_factor",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(distance.gamma),
     .unit = "",
     .initial = 10.0,
     .lowest = 1.0,
     .above_lowest = true,
     .highest = 1e6,
     .choices = "none",
     .decides_numbers = true,
     .help = "Bias factor of well-tempered metadynamics at temperature_K; none: all hills have the "
             "same height."},
    {.name = "bias.rmsd.atoms",
     .type = CONFIG_ATOMS,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(rmsd.atoms),
     .unit = "",
     .lowest = 3,
     .highest = 100000,
     .choices = "none|heavy|all",
     .decides_numbers = true,
     .help = "Atoms, counted from 1, whose RMSD to the structures kept so far is pushed up; heavy: "
             "all but hydrogen."},
    {.name = "bias.rmsd.k_per_atom_kJ_mol",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(rmsd.k_per_atom),
     .unit = "kJ/mol",
     .initial = 2.6,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e4,
     .decides_numbers = true,
     .help = "Energy at a kept structure, k exp(-alpha RMSD^2), for each atom of the list."},
    {.name = "bias.rmsd.alpha_per_nm2",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(rmsd.alpha_per_nm2),
     .unit = "1/nm^2",
     .initial = 360.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e6,
     .decides_numbers = true,
     .help = "alpha: how near the push of a kept structure is felt; 360 /nm^2 is 1 /bohr^2."},
    {.name = "bias.rmsd.every_ps",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(rmsd.every_ps),
     .unit = "ps",
     .initial = 0.5,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e9,
     .decides_numbers = true,
     .help = "Time from one kept structure to the next in production, the first at its start; a "
             "whole number of steps."},
    {.name = "bias.rmsd.ramp_ps",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(rmsd.ramp_ps),
     .unit = "ps",
     .initial = 0.1,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e6,
     .decides_numbers = true,
     .help = "Time in which the push of a structure grows: tanh(t / (2 ramp)) of it after t."},
    {.name = "push.atoms",
     .type = CONFIG_ATOMS,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(push_atoms),
     .unit = "",
     .lowest = 2,
     .highest = 2,
     .choices = "none",
     .decides_numbers = true,
     .help = "Two atoms, counted from 1, that are pushed apart at the start of production, along "
             "the line between them."},
    {.name = "push.eV",
     .type = CONFIG_REAL,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(push_ev),
     .unit = "eV",
     .initial = 1.0,
     .lowest = -100.0,
     .highest = 100.0,
     .decides_numbers = true,
     .help = "Kinetic energy of that push; a negative one pushes them together."},
    {.name = "solvate.molecule",
     .type = CONFIG_SMILES,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(solvate_molecule),
     .unit = "",
     .decides_numbers = true,
     .help = "SMILES of a neutral molecule whose copies are packed around every molecule; confined "
             "by confine.sphere = auto unless it says something else."},
    {.name = "solvate.count",
     .type = CONFIG_COUNT,
     .use = CONFIG_BESIDE_METHOD,
     .offset = AT(solvate_count),
     .unit = "",
     .initial = 20,
     .lowest = 1,
     .highest = 1000,
     .decides_numbers = true,
     .help = "Number of these copies."},
    {.name = "quench.every_ps",
     .type = CONFIG_REAL,
     .offset = AT(quench.every_ps),
     .unit = "ps",
     .initial = -1e30, // none
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e9,
     .choices = "none",
     .help = "Time from one frame to the next of which a copy is made, the first at the start of "
             "production: each is relaxed a little and moved on its own, in NAME.q001, NAME.q002, "
             "..."},
    {.name = "quench.steps",
     .type = CONFIG_COUNT,
     .offset = AT(quench.steps),
     .unit = "steps",
     .initial = 5,
     .lowest = 0,
     .highest = 1e6,
     .help = "Steps of the relaxation of a copy at most, an evaluation each."},
    {.name = "quench.then_K",
     .type = CONFIG_REAL,
     .offset = AT(quench.then_k),
     .unit = "K",
     .initial = 100.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 10000.0,
     .help = "Temperature of the new velocities and the thermostat of a copy; with ensemble: nve "
             "of the velocities alone."},
    {.name = "quench.ps",
     .type = CONFIG_REAL,
     .offset = AT(quench.ps),
     .unit = "ps",
     .initial = 1.0,
     .lowest = 0.0,
     .above_lowest = true,
     .highest = 1e9,
     .help = "Length of the trajectory of a copy; a whole number of steps. Its frames are as far "
             "apart as those of its origin, or its first and its last where that is longer."},
};
_Static_assert(sizeof PROPERTY_NAMES + N_PROPERTIES + 2 <= CONFIG_TEXT_SIZE,
               "the names of all properties do not fit into the text of a value");
const size_t CONFIG_KEY_COUNT = sizeof CONFIG_KEYS / sizeof CONFIG_KEYS[0];
_Static_assert(sizeof CONFIG_KEYS / sizeof CONFIG_KEYS[0] <= CONFIG_KEYS_MAX,
               "more keys than lines");

/// A key at its default.
static void key_reset(Config *config, const ConfigKey *key)
{
    char *const at = (char *)config + key->offset;
    switch (key->type) {
    case CONFIG_REAL:
        *(double *)at = key->initial;
        return;
    case CONFIG_REALS:
        *(ConfigReals *)at = (ConfigReals){.n = key->choices == NULL, .value = {key->initial}};
        return;
    case CONFIG_BOOL:
        *(bool *)at = key->initial != 0.0;
        return;
    case CONFIG_ATOMS: // the first word
        *(ConfigAtoms *)at = (ConfigAtoms){.n = 0};
        return;
    case CONFIG_SMILES:
        *at = '\0';
        return;
    case CONFIG_COUNT:
    case CONFIG_CHOICE:
    case CONFIG_SET:
    case CONFIG_SOLVENT:
        break;
    }
    *(int64_t *)at = (int64_t)key->initial;
}

Config config_default(void)
{
    Config config = {0};
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        key_reset(&config, &CONFIG_KEYS[k]);
    return config;
}

/// True of "bias.torsion.at_degree" in "bias".
static bool is_in_block(const ConfigKey *key, const char *block)
{
    const size_t n = strlen(block);
    return strncmp(key->name, block, n) == 0 && key->name[n] == '.';
}

void config_block_reset(Config *config, const char *block)
{
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        if (is_in_block(&CONFIG_KEYS[k], block))
            key_reset(config, &CONFIG_KEYS[k]);
}

size_t config_key(const char *name)
{
    size_t k = 0;
    while (k < CONFIG_KEY_COUNT && strcmp(CONFIG_KEYS[k].name, name) != 0)
        k++;
    return k;
}

bool config_is_block(const char *name)
{
    const size_t size = strlen(name);
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        if (strncmp(CONFIG_KEYS[k].name, name, size) == 0 && CONFIG_KEYS[k].name[size] == '.')
            return true;
    return false;
}

size_t config_workers(const Config *config, size_t n_cores)
{
    const size_t workers = n_cores / (size_t)config->cores_per_trajectory;
    return workers > 1 ? workers : 1;
}

bool config_is_default(const Config *config, size_t k)
{
    const ConfigKey *const key = &CONFIG_KEYS[k];
    const void *const at = (const char *)config + key->offset;
    switch (key->type) {
    case CONFIG_REAL:
        return *(const double *)at == key->initial;
    case CONFIG_REALS:
        return ((const ConfigReals *)at)->n == (key->choices == NULL) &&
               ((const ConfigReals *)at)->value[0] == key->initial;
    case CONFIG_BOOL:
        return *(const bool *)at == (key->initial != 0.0);
    case CONFIG_ATOMS:
        return ((const ConfigAtoms *)at)->n == 0 && ((const ConfigAtoms *)at)->word == 0;
    case CONFIG_SMILES:
        return *(const char *)at == '\0';
    case CONFIG_COUNT:
    case CONFIG_CHOICE:
    case CONFIG_SET:
    case CONFIG_SOLVENT:
        break;
    }
    return *(const int64_t *)at == (int64_t)key->initial;
}

bool config_is_dormant(const Config *config, size_t k)
{
    const char *const name = CONFIG_KEYS[k].name;
    const char *const dot = strrchr(name, '.');
    if (dot == NULL)
        return false;
    const size_t size = (size_t)(dot - name) + 1;
    for (size_t i = 0; i < CONFIG_KEY_COUNT; i++)
        if (strncmp(CONFIG_KEYS[i].name, name, size) == 0 && !config_is_default(config, i))
            return false;
    return true;
}

double config_word_number(int i)
{
    return -1e30 * (i + 1);
}

int config_number_word(double value)
{
    return value <= -1e30 ? (int)lround(value / -1e30) - 1 : -1;
}

double config_confine_nm(const Config *config)
{
    const bool none = config_number_word(config->confine_nm) == CONFIG_CONFINE_NONE;
    return none && config->solvate_molecule[0] != '\0' ? config_word_number(CONFIG_CONFINE_AUTO)
                                                       : config->confine_nm;
}

bool config_is_biased(const Config *config)
{
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        if (is_in_block(&CONFIG_KEYS[k], "bias") && !config_is_default(config, k))
            return true;
    return config_number_word(config_confine_nm(config)) != CONFIG_CONFINE_NONE;
}

bool config_is_quenched(const Config *config)
{
    return config_number_word(config->quench.every_ps) < 0;
}

int64_t config_copies(const Config *config)
{
    return config_is_quenched(config) ? config_steps(config, config->length_ps) /
                                                config_steps(config, config->quench.every_ps) +
                                            1
                                      : 0;
}

int64_t config_frames_between_copies(const Config *config)
{
    return config_steps(config, config->quench.every_ps) / config->save_interval_steps;
}

bool config_has_atoms(const ConfigAtoms *atoms)
{
    return atoms->n > 0 || atoms->word > 0;
}

size_t config_n_atoms(const ConfigAtoms *atoms)
{
    size_t n = 0;
    for (int32_t i = 0; i < atoms->n; i++)
        n += (size_t)(atoms->last[i] - atoms->first[i]) + 1;
    return n;
}

size_t config_atoms(const ConfigAtoms *atoms, size_t *out, size_t n_max)
{
    size_t n = 0;
    for (int32_t i = 0; i < atoms->n; i++)
        for (int32_t a = atoms->first[i]; a <= atoms->last[i] && n < n_max; a++)
            out[n++] = (size_t)a - 1;
    return n;
}

bool config_is_given(const Config *config, const char *name)
{
    const size_t k = config_key(name);
    assert(k < CONFIG_KEY_COUNT);
    return config->line[k] != 0 && config->line[k] != CONFIG_LINE_RECIPE;
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
