#include "dataset/frame_array.h"

#include <math.h>

#include "base/units.h"

/// The property that an array is; N_PROPERTIES: it is none.
static Property property_of(FrameArrayId id)
{
    switch (id) {
    case FRAME_PARTIAL_CHARGES:
        return PROPERTY_CHARGES;
    case FRAME_DIPOLE:
        return PROPERTY_DIPOLE;
    case FRAME_BOND_ORDERS:
        return PROPERTY_BOND_ORDERS;
    default:
        return N_PROPERTIES;
    }
}

bool frame_array_is_there(FrameArrayId id, const Set *set)
{
    const Property property = property_of(id);
    if (property != N_PROPERTIES)
        return (set->properties & 1u << property) != 0;
    return id < FRAME_MOMENTA || set->options->lag_fs > 0.0;
}

static const double *one(double value, double *scratch, size_t *n)
{
    *n = 1;
    scratch[0] = value;
    return scratch;
}

static const double *momenta(const SetFrame *f, const TrajectoryFrame *frame, double *scratch)
{
    const double unit = frame_momentum_unit();
    for (size_t a = 0; a < f->source->n_atoms; a++)
        for (size_t x = 0; x < 3; x++)
            scratch[3 * a + x] = f->masses[a] * unit * frame->vel[a][x];
    return scratch;
}

static const double *numbers(const SetFrame *f, double *scratch)
{
    for (size_t a = 0; a < f->source->n_atoms; a++)
        scratch[a] = f->source->numbers[a];
    return scratch;
}

static const double *property(const SetFrame *f, Property p, size_t *n)
{
    *n = property_size(p, f->source->n_atoms);
    return trajectory_frame_numbers(f->frame, (size_t)N_ARRAYS + (size_t)p, f->properties,
                                    f->source->n_atoms);
}

const double *frame_array(const SetFrame *f, FrameArrayId id, double *scratch, size_t *n)
{
    const size_t n_atoms = f->source->n_atoms;
    *n = 3 * n_atoms;
    switch (id) {
    case FRAME_POS:
        return f->frame->pos[0];
    case FRAME_FORCES:
        return f->frame->forces[0];
    case FRAME_ENERGY:
        return one(f->frame->potential, scratch, n);
    case FRAME_ENERGY_LESS_ATOMS:
        return one(f->frame->potential - f->system->atoms_energy_kjmol, scratch, n);
    case FRAME_CHARGE:
        return one(f->source->charge, scratch, n);
    case FRAME_MULTIPLICITY:
        return one(f->source->multiplicity, scratch, n);
    case FRAME_NUMBERS:
        *n = n_atoms;
        return numbers(f, scratch);
    case FRAME_MOMENTA:
        return momenta(f, f->frame, scratch);
    case FRAME_FUTURE_MOMENTA:
        return momenta(f, f->later, scratch);
    case FRAME_FUTURE_POS:
        return f->later->pos[0];
    case FRAME_MASSES:
        *n = n_atoms;
        return f->masses;
    default:
        return property(f, property_of(id), n);
    }
}

double frame_momentum_unit(void)
{
    const double speed_au = BOHR_PER_NM * PS_PER_AUT;
    return sqrt(ME_PER_DALTON * speed_au * speed_au * EV_PER_HARTREE);
}
