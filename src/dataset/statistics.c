#include "dataset/statistics.h"

#include <math.h>

#include "base/units.h"
#include "base/vec3.h"

void statistics_add(Statistics *s, const SetFrame *f)
{
    const size_t n = f->source->n_atoms;
    const double energy =
        EV_PER_KJMOL * (f->frame->potential - f->system->atoms_energy_kjmol) / (double)n;
    s->energy_least = s->n_frames == 0 ? energy : fmin(s->energy_least, energy);
    s->energy_most = s->n_frames == 0 ? energy : fmax(s->energy_most, energy);
    s->energy_sum += energy;
    s->energy_squares += energy * energy;
    s->n_frames++;
    s->n_atoms += n;
    for (size_t a = 0; a < n; a++) {
        const double force = EV_PER_KJMOL / ANGSTROM_PER_NM * vec3_norm(f->frame->forces[a]);
        s->force_squares += force * force;
        s->force_most = fmax(s->force_most, force);
        s->n_of[f->source->numbers[a]]++;
    }
}

double statistics_energy_mean(const Statistics *s)
{
    return s->n_frames > 0 ? s->energy_sum / (double)s->n_frames : 0.0;
}

double statistics_energy_spread(const Statistics *s)
{
    const double mean = statistics_energy_mean(s);
    return s->n_frames > 0 ? sqrt(fmax(0.0, s->energy_squares / (double)s->n_frames - mean * mean))
                           : 0.0;
}

double statistics_force_rms(const Statistics *s)
{
    return s->n_atoms > 0 ? sqrt(s->force_squares / (3.0 * (double)s->n_atoms)) : 0.0;
}
