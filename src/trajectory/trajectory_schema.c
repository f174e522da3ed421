#include "trajectory/trajectory_schema.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define AT(member) offsetof(TrajectoryFrame, member)
#define WINDOW_AT(member) offsetof(TrajectoryWindowStep, member)

/// ASE hands energy, free_energy and forces to a calculator; MACE reads REF_energy and REF_forces.
static const TrajectoryArray ARRAYS[N_ARRAYS] = {
    [ARRAY_POS] = {"pos", TYPE_REAL, "FN3", ROLE_FRAME, true, "nm", "pos", ANGSTROM_PER_NM, AT(pos),
                   "positions; the centre of mass starts at the origin"},
    [ARRAY_VEL] = {"vel", TYPE_REAL, "FN3", ROLE_FRAME, true, "nm/ps", NULL, 0.0, AT(vel),
                   "velocities at the same instant"},
    [ARRAY_FORCES] = {"forces", TYPE_REAL, "FN3", ROLE_FRAME, true, "kJ/mol/nm",
                      "forces REF_forces", EV_PER_KJMOL / ANGSTROM_PER_NM, AT(forces),
                      "forces of the method at the same positions, without thermostat and biases"},
    [ARRAY_EKIN] = {"Ekin", TYPE_FLOAT64, "F", ROLE_FRAME, true, "kJ/mol", NULL, 0.0, AT(kinetic),
                    "sum of m v^2/2"},
    [ARRAY_EPOT] = {"Epot", TYPE_FLOAT64, "F", ROLE_FRAME, true, "kJ/mol",
                    "energy free_energy REF_energy", EV_PER_KJMOL, AT(potential),
                    "free energy of the method at the electronic temperature"},
    [ARRAY_ETOT] = {"Etot", TYPE_FLOAT64, "F", ROLE_FRAME, true, "kJ/mol", NULL, 0.0, AT(total),
                    "Ekin + Epot"},
    [ARRAY_TIME] = {"time_ps", TYPE_FLOAT64, "F", ROLE_FRAME, true, "ps", "time_ps", 1.0, AT(time),
                    "time since frame 0"},
    [ARRAY_HEAT] = {"heat", TYPE_FLOAT64, "F", ROLE_FRAME, false, "kJ/mol", "heat", EV_PER_KJMOL,
                    AT(heat),
                    "taken up from the bath since frame 0; Etot - heat is what the dynamics "
                    "conserves; of all thermostats but langevin"},
    [ARRAY_WANTED] = {"temperature_wanted", TYPE_FLOAT64, "F", ROLE_FRAME, false, "K",
                      "temperature_wanted", 1.0, AT(wanted_k),
                      "temperature of the thermostat; only with temperature_ramp_K"},
    [ARRAY_BIAS_ENERGY] =
        {"bias_energy", TYPE_FLOAT64, "F", ROLE_FRAME, false, "kJ/mol", "bias_energy", EV_PER_KJMOL,
         AT(bias_energy),
         "energy of walls and biases, which is in none of the others; only with one"},
    [ARRAY_BIAS_WORK] = {"bias_work", TYPE_FLOAT64, "F", ROLE_FRAME, false, "kJ/mol", "bias_work",
                         EV_PER_KJMOL, AT(bias_work),
                         "what moving and growing biases have put in since frame 0: without "
                         "thermostat Etot + bias_energy - bias_work stays"},
    [ARRAY_BIAS_FORCES] = {"bias_forces", TYPE_REAL, "FN3", ROLE_FRAME, false, "kJ/mol/nm",
                           "bias_forces", EV_PER_KJMOL / ANGSTROM_PER_NM, AT(bias_forces),
                           "forces of walls and biases, which come to `forces` in the motion"},
    [ARRAY_MASSES] = {"masses", TYPE_FLOAT32, "N", ROLE_ATOM, true, "Da", NULL, 0.0, 0,
                      "natural abundance"},
    [ARRAY_TYPES] = {"atom_types", TYPE_INT32, "N", ROLE_ATOM, true, "1", NULL, 0.0, 0,
                     "atomic numbers"},
    [ARRAY_BOX] = {"box", TYPE_FLOAT32, "F33", ROLE_CONSTANT, false, "nm", NULL, 0.0, 0,
                   "identity, because loaders ask for it; nothing is periodic"},
    [ARRAY_METADATA] = {"metadata", TYPE_TEXT, "", ROLE_DOCUMENT, false, "", NULL, 0.0, 0,
                        "JSON object, below"},
    [ARRAY_NVE_WINDOW] = {"nve_window", TYPE_INT32, "W", ROLE_WINDOW, false, "1", NULL, 0.0,
                          WINDOW_AT(window), "number of the NVE window of each step, from 0"},
    [ARRAY_NVE_EKIN] = {"nve_window_Ekin", TYPE_FLOAT64, "W", ROLE_WINDOW, false, "kJ/mol", NULL,
                        0.0, WINDOW_AT(kinetic), "kinetic energy before each step of the windows"},
    [ARRAY_NVE_EPOT] = {"nve_window_Epot", TYPE_FLOAT64, "W", ROLE_WINDOW, false, "kJ/mol", NULL,
                        0.0, WINDOW_AT(potential), "potential energy, likewise, biases included"},
    [ARRAY_NVE_ETOT] = {"nve_window_Etot", TYPE_FLOAT64, "W", ROLE_WINDOW, false, "kJ/mol", NULL,
                        0.0, WINDOW_AT(total), "nve_window_Ekin + nve_window_Epot"},
    [ARRAY_NVE_TEXT] = {"nve_windows", TYPE_TEXT, "", ROLE_DOCUMENT, false, "kJ/mol", NULL, 0.0, 0,
                        "the same as a JSON list, below; only if asked for"},
};

TrajectoryArray trajectory_array(size_t i)
{
    assert(i < N_TRAJECTORY_ARRAYS);
    if (i < N_ARRAYS)
        return ARRAYS[i];
    const Property property = (Property)(i - N_ARRAYS);
    const PropertyType *type = &PROPERTIES[property];
    TrajectoryArray array = {.name = property_name(property),
                             .type = TYPE_REAL,
                             .role = ROLE_FRAME,
                             .unit = type->unit,
                             .extxyz = type->extxyz,
                             .extxyz_per_unit = type->extxyz_per_unit,
                             .offset = AT(properties),
                             .help = type->help};
    snprintf(array.axes, sizeof array.axes, "F%s", type->axes);
    return array;
}

bool trajectory_array_is_there(size_t i, unsigned further, unsigned set)
{
    if (i >= N_ARRAYS)
        return set >> (i - N_ARRAYS) & 1;
    return ARRAYS[i].role != ROLE_FRAME || ARRAYS[i].required || (further >> i & 1);
}

size_t trajectory_array_find(const char *name)
{
    size_t i = 0;
    while (i < N_TRAJECTORY_ARRAYS && strcmp(trajectory_array(i).name, name) != 0)
        i++;
    return i;
}

static uint64_t axis_length(char axis, const TrajectorySizes *sizes)
{
    switch (axis) {
    case 'F':
        return sizes->n_frames;
    case 'N':
        return sizes->n_atoms;
    case 'W':
        return sizes->n_window_steps;
    default:
        return (uint64_t)(axis - '0');
    }
}

size_t trajectory_array_shape(const TrajectoryArray *array, const TrajectorySizes *sizes,
                              uint64_t *shape)
{
    size_t n = 0;
    for (; array->axes[n] != '\0'; n++)
        shape[n] = axis_length(array->axes[n], sizes);
    return n;
}

const char *trajectory_array_descr(const TrajectoryArray *array, bool float64)
{
    switch (array->type) {
    case TYPE_REAL:
        return float64 ? "<f8" : "<f4";
    case TYPE_FLOAT32:
        return "<f4";
    case TYPE_FLOAT64:
        return "<f8";
    case TYPE_INT32:
        return "<i4";
    case TYPE_TEXT:
        break;
    }
    return NULL;
}

size_t trajectory_array_item_bytes(const TrajectoryArray *array, bool float64)
{
    const char *const descr = trajectory_array_descr(array, float64);
    return descr != NULL ? (size_t)(descr[2] - '0') : 0;
}

size_t trajectory_array_row(const TrajectoryArray *array, size_t n_atoms)
{
    const TrajectorySizes sizes = {.n_atoms = n_atoms};
    size_t n = 1;
    for (const char *axis = array->axes; *axis != '\0'; axis++)
        n *= axis == array->axes ? 1 : (size_t)axis_length(*axis, &sizes);
    return n;
}

const double *trajectory_frame_numbers(const TrajectoryFrame *frame, size_t i, unsigned set,
                                       size_t n_atoms)
{
    const TrajectoryArray array = trajectory_array(i);
    assert(array.role == ROLE_FRAME);
    const void *const member = (const char *)frame + array.offset;
    if (i >= N_ARRAYS)
        return frame->properties + properties_size(set & ((1u << (i - N_ARRAYS)) - 1), n_atoms);
    const double *numbers = member;
    if (strlen(array.axes) > 1) // a pointer to vectors
        memcpy(&numbers, member, sizeof numbers);
    return numbers;
}
