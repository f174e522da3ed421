#ifndef TRAJECTORY_TRAJECTORY_SCHEMA_H
#define TRAJECTORY_TRAJECTORY_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/properties.h"

/// What a trajectory file holds, as one table: the writer, the reader, `check`, `convert`, the units in
/// the metadata and the tables of docs/file-format.md (`qmtraj help arrays`) follow from its rows.

/// The arrays that every trajectory can have; behind them come those of PROPERTIES.
typedef enum {
    ARRAY_POS,
    ARRAY_VEL,
    ARRAY_FORCES,
    ARRAY_EKIN,
    ARRAY_EPOT,
    ARRAY_ETOT,
    ARRAY_TIME,
    ARRAY_HEAT,
    ARRAY_WANTED,
    ARRAY_BIAS_ENERGY,
    ARRAY_BIAS_WORK,
    ARRAY_BIAS_FORCES,
    ARRAY_MASSES,
    ARRAY_TYPES,
    ARRAY_BOX,
    ARRAY_METADATA,
    ARRAY_NVE_WINDOW,
    ARRAY_NVE_EKIN,
    ARRAY_NVE_EPOT,
    ARRAY_NVE_ETOT,
    ARRAY_NVE_TEXT,
    N_ARRAYS
} TrajectoryArrayId;

enum { N_TRAJECTORY_ARRAYS = N_ARRAYS + (int)N_PROPERTIES, TRAJECTORY_AXES_MAX = 4 };

typedef enum {
    TYPE_REAL, ///< float32, or float64 if the trajectory is in double precision
    TYPE_FLOAT32,
    TYPE_FLOAT64,
    TYPE_INT32,
    TYPE_TEXT
} TrajectoryType;

/// Where the numbers of an array come from.
typedef enum {
    ROLE_FRAME,    ///< one row with each frame: a TrajectoryFrame has them
    ROLE_ATOM,     ///< of the atoms, once
    ROLE_CONSTANT, ///< the same in every trajectory
    ROLE_DOCUMENT, ///< a text about the trajectory
    ROLE_WINDOW,   ///< one number with each step of an NVE window: a TrajectoryWindowStep has it
} TrajectoryRole;

typedef struct {
    const char *name;
    TrajectoryType type;
    /// A character per axis: 'F' frames, 'N' atoms, 'W' steps of all NVE windows, or a digit.
    char axes[TRAJECTORY_AXES_MAX + 1];
    TrajectoryRole role;
    bool
        required; ///< a file without it is no trajectory; else, of frames, layouts say in `further` who has it
    const char *unit;
    const char *extxyz;     ///< its keys in extended XYZ, blanks between them; NULL: not in it
    double extxyz_per_unit; ///< factor from the unit of the file to that of the keys
    size_t offset;          ///< of its numbers in TrajectoryFrame or TrajectoryWindowStep
    const char *help;       ///< for the documentation, Markdown
} TrajectoryArray;

/// Lengths of the axes.
typedef struct {
    uint64_t n_frames, n_atoms, n_window_steps;
} TrajectorySizes;

/// One instant, in the units of the file. Scalars are members; vectors and properties are pointers.
typedef struct {
    const double (*pos)[3];           ///< [n_atoms][3] nm
    const double (*vel)[3];           ///< [n_atoms][3] nm/ps
    const double (*forces)[3];        ///< [n_atoms][3] kJ/mol/nm
    double kinetic, potential, total; ///< kJ/mol
    double time;                      ///< ps
    double heat;                      ///< kJ/mol, taken up from the bath since frame 0
    double wanted_k;                  ///< K, of the thermostat
    double bias_energy, bias_work;    ///< kJ/mol
    const double (*bias_forces)[3];   ///< [n_atoms][3] kJ/mol/nm
    /// The properties of the trajectory one after another, as properties_size() counts; NULL without any.
    const double *properties;
} TrajectoryFrame;

/// Energies before one step of an NVE window, kJ/mol.
typedef struct {
    double window; ///< its number, from 0
    double kinetic, potential, total;
} TrajectoryWindowStep;

/// The arrays of biases, a set of bits: a trajectory has all of them or none.
enum { BIAS_ARRAYS = 1 << ARRAY_BIAS_ENERGY | 1 << ARRAY_BIAS_WORK | 1 << ARRAY_BIAS_FORCES };

/// True if a trajectory has row i of the table.
///
/// @param further  frame arrays that not every one has, a set of bits 1 << TrajectoryArrayId
/// @param set      of properties
bool trajectory_array_is_there(size_t i, unsigned further, unsigned set);

/// Row i of the table: 0 to N_ARRAYS - 1 by TrajectoryArrayId, then N_ARRAYS + p for property p.
TrajectoryArray trajectory_array(size_t i);
/// Place of a name in the table; N_TRAJECTORY_ARRAYS if there is none.
size_t trajectory_array_find(const char *name);

/// Length of each axis into shape [TRAJECTORY_AXES_MAX]; returns the number of axes.
size_t trajectory_array_shape(const TrajectoryArray *array, const TrajectorySizes *sizes,
                              uint64_t *shape);
/// NumPy's name of its type, e.g. "<f4"; NULL for a text, whose type has its length in it.
const char *trajectory_array_descr(const TrajectoryArray *array, bool float64);
/// Bytes of one number; 0 for a text.
size_t trajectory_array_item_bytes(const TrajectoryArray *array, bool float64);
/// Numbers of one row along the first axis.
size_t trajectory_array_row(const TrajectoryArray *array, size_t n_atoms);

/// The numbers of array i of a frame, [trajectory_array_row()].
///
/// @param set  the properties that the trajectory has
const double *trajectory_frame_numbers(const TrajectoryFrame *frame, size_t i, unsigned set,
                                       size_t n_atoms);

#endif
