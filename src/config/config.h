#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/context.h"

/// The configuration of a job. One table, CONFIG_KEYS, holds name, type, unit, default, range and
/// help of every key; reading YAML, `--set key=value`, the echo, the metadata and the manual all
/// walk it.

enum { CONFIG_KEYS_MAX = 96, CONFIG_TEXT_SIZE = 256 }; ///< bytes of the text of a value
enum { CONFIG_RANGES_MAX = 16, CONFIG_SMILES_SIZE = 64 };

enum { CONFIG_NVT = 0, CONFIG_NVE = 1 };                                    ///< ensemble
enum { CONFIG_FLOAT32 = 0, CONFIG_FLOAT64 = 1 };                            ///< precision
enum { CONFIG_SCF_TIGHT = 0, CONFIG_SCF_FAST = 1 };                         ///< scf
enum { CONFIG_SCF_LOWEST = 0, CONFIG_SCF_FOLLOW = 1, CONFIG_SCF_STOP = 2 }; ///< scf_state
enum { CONFIG_FERMI_EXACT = 0, CONFIG_FERMI_REFERENCE = 1 };                ///< fermi_stop
enum { CONFIG_KEEP_AUTO = 0, CONFIG_KEEP_TRUE = 1, CONFIG_KEEP_FALSE = 2 }; ///< keep_checkpoint

enum { CONFIG_FROM_SMILES = 0, CONFIG_FROM_FRAMES = 1 }; ///< conformers_from
enum { CONFIG_RESTRAIN = 0, CONFIG_METADYNAMICS = 1 };   ///< bias.*.mode
enum { CONFIG_RECIPE_NONE, CONFIG_RECIPE_SPICE, CONFIG_RECIPE_ANI, CONFIG_RECIPES }; ///< recipe

/// Config.line of a key that --set or a call gave, and of one that the recipe sets.
enum { CONFIG_LINE_SET = -1, CONFIG_LINE_RECIPE = -2 };
/// More copies of frames than this have no names; of the variant of a trajectory, too.
enum { CONFIG_COPIES_MAX = 99999 };

/// Steps are counted in 32 bits by the random number generator's key.
#define CONFIG_LARGEST_STEPS 4294967295.0

/// A list of atoms, counted from 1 as chemists do: ranges "5-9" and single atoms; or one of the words of its key.
typedef struct {
    int32_t n;    ///< ranges; 0: a word
    int32_t word; ///< its place among the choices of the key
    int32_t first[CONFIG_RANGES_MAX], last[CONFIG_RANGES_MAX];
} ConfigAtoms;

enum { CONFIG_REALS_MAX = 16 };

/// A list of numbers. Written as a number where it has one, as none where it has none.
typedef struct {
    int64_t n;
    double value[CONFIG_REALS_MAX];
} ConfigReals;

/// bias.torsion and bias.distance: degree and nm, rad^2 and nm^2.
typedef struct {
    ConfigAtoms atoms;
    int64_t mode;
    double at, to, over_ps, k;             ///< of a restraint
    double height, width, every_ps, gamma; ///< of metadynamics
} ConfigVariableBias;

/// Copies of frames, relaxed a little and moved at another temperature.
typedef struct {
    double every_ps; ///< or a word: none
    int64_t steps;   ///< of the relaxation
    double then_k, ps;
} ConfigQuench;

/// bias.rmsd
typedef struct {
    ConfigAtoms atoms;
    double k_per_atom, alpha_per_nm2, every_ps, ramp_ps;
} ConfigRmsdBias;

/// Values in the units of the YAML file; a choice is its place in the table's list.
typedef struct {
    ConfigReals temperature_k;    ///< of a trajectory one
    ConfigReals temperature_ramp; ///< from, to; or none
    double friction_per_ps;
    double dt_fs;
    double length_ps;
    int64_t save_interval_steps;
    int64_t method;
    int64_t solvent; ///< 0: none, else the place in config_solvent_name(), from 1
    int64_t solvation_model;
    int64_t solvation_state;
    int64_t solvation_grid;
    int64_t random_seed;
    int64_t charge;            ///< e, for structures that do not say theirs
    int64_t spin_multiplicity; ///< likewise
    double equilibration_ps;
    double nve_window_ps;
    double nve_every_ps;
    bool nve_windows_text;
    int64_t ensemble;
    int64_t thermostat;
    double thermostat_time_ps;
    double equilibration_friction_per_ps;
    bool optimize;
    int64_t optimize_max_steps;
    double hydrogen_mass_da; ///< or a word
    bool stop_bond_broken;
    double electronic_temperature_k;
    int64_t scf;
    int64_t scf_state;
    int64_t scf_max_iterations;
    int64_t fermi_stop;
    int64_t precision;
    int64_t properties; ///< a set, bits of Property
    int64_t replicas;
    int64_t conformers; ///< 0: none
    int64_t conformers_from;
    int64_t recipe;
    int64_t cores_per_trajectory;
    double checkpoint_s;
    int64_t keep_checkpoint;
    double confine_nm; ///< radius or a word
    double confine_k;  ///< kJ/mol/nm^3
    ConfigVariableBias torsion, distance;
    ConfigRmsdBias rmsd;
    ConfigAtoms push_atoms;
    double push_ev;
    char solvate_molecule[CONFIG_SMILES_SIZE]; ///< SMILES; "": none
    int64_t solvate_count;
    ConfigQuench quench;

    char place[256]; ///< file that was read, "" if none
    int line
        [CONFIG_KEYS_MAX]; ///< where a key was set: a line of the file, 0: default, or CONFIG_LINE_...
} Config;

/// Of a set any number of the choices may be given, none included. A solvent is one of the parameter tables,
/// by any of its names, or none. A real number with choices may be one of these words instead.
typedef enum {
    CONFIG_REAL,
    CONFIG_REALS, ///< ConfigReals, each within the range
    CONFIG_COUNT,
    CONFIG_BOOL,
    CONFIG_CHOICE,
    CONFIG_SET,
    CONFIG_SOLVENT,
    CONFIG_ATOMS, ///< ConfigAtoms; its range is that of their number
    CONFIG_SMILES ///< a text, or none
} ConfigType;

/// Where a key counts.
typedef enum {
    CONFIG_OF_RUN,       ///< in trajectories alone: motion, sampling, files
    CONFIG_OF_ENERGY,    ///< wherever energies are computed: state of the molecule, method, SCF
    CONFIG_BESIDE_METHOD ///< in trajectories alone, where it acts on the nuclei beside the method
} ConfigUse;

typedef struct {
    const char *name; ///< as in YAML; "confine.sphere" is sphere in the block confine
    ConfigType type;
    ConfigUse use;
    size_t
        offset; ///< in Config: double, int64_t, bool, int64_t, int64_t, int64_t, ConfigAtoms, char [] by type
    const char *unit;
    double initial;         ///< default; a choice: its place; a bool: 0 or 1
    double lowest, highest; ///< range of REAL and COUNT
    bool above_lowest;      ///< the lowest value itself is not allowed
    int64_t least, most;    ///< numbers in REALS
    bool decides_numbers;   ///< a different value gives different bytes: belongs to the metadata
    const char *choices;    ///< of CHOICE, SET, ATOMS and REAL, separated by '|'
    const char *help;       ///< one sentence
} ConfigKey;

extern const ConfigKey CONFIG_KEYS[];
extern const size_t CONFIG_KEY_COUNT;

/// Every key at its default.
Config config_default(void);
/// Every key in a block, as "bias", at its default.
void config_block_reset(Config *config, const char *block);

/// Place of a key in the table; CONFIG_KEY_COUNT if there is none.
size_t config_key(const char *name);

/// True if a name is that of a block of keys, as "bias" and "bias.torsion".
bool config_is_block(const char *name);

/// How many trajectories of this configuration fill n_cores, at least 1.
size_t config_workers(const Config *config, size_t n_cores);

/// True if a key has its default.
bool config_is_default(const Config *config, size_t k);

/// True of a key in a block that is not in use: all keys of the block are at their defaults. Such keys
/// are not written.
bool config_is_dormant(const Config *config, size_t k);

/// The value of a real number that stands for word i of its key; far from all others.
double config_word_number(int i);
/// Word that a value stands for, -1: it is a number.
int config_number_word(double value);
/// True if copies of frames are made; their number for each trajectory.
bool config_is_quenched(const Config *config);
int64_t config_copies(const Config *config);
/// True if something beside the method moves the molecule: a wall, or any key in the block bias.
bool config_is_biased(const Config *config);
/// Radius of the wall, or one of the words of confine.sphere: a solvent shell always has a wall.
double config_confine_nm(const Config *config);
enum { CONFIG_CONFINE_NONE = 0, CONFIG_CONFINE_AUTO = 1 };
/// True if atoms are given rather than left at "none", the first word.
bool config_has_atoms(const ConfigAtoms *atoms);
/// Number of atoms in the ranges.
size_t config_n_atoms(const ConfigAtoms *atoms);
/// The atoms of the ranges, from 0, into out [n_max]; returns their number.
size_t config_atoms(const ConfigAtoms *atoms, size_t *out, size_t n_max);

/// True if the key was set by a file or by --set rather than left at its default or to the recipe.
bool config_is_given(const Config *config, const char *name);

/// Number of steps of dt in a length; config_check() says that it is whole.
int64_t config_steps(const Config *config, double length_ps);

/// Frames from one copy to the next; config_check() says that it is whole.
int64_t config_frames_between_copies(const Config *config);

/// Frames of the trajectory: steps / save_interval_steps + 1.
int64_t config_frames(const Config *config);

/// Name of the solvent at a place of the list, from 0.
const char *config_solvent_by_place(int64_t place);

/// Name of the solvent, NULL in the gas phase.
const char *config_solvent_name(const Config *config);

#endif
