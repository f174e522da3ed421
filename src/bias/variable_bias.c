#include <math.h>
#include <string.h>

#include "base/vec3.h"
#include "bias/bias_parts.h"
#include "bias/variable.h"

/// A restraint on a variable s, or metadynamics on it:
///
///     V = k/2 (s - c(t))^2,     c goes from `at` to `to` at constant speed in the time `over`
///     V = sum_i h_i exp(-(s - s_i)^2 / (2 w^2))
///
/// Laio, Parrinello, PNAS 99, 12562 (2002), 10.1073/pnas.202427399; with a bias factor g the height of a hill
/// is h exp(-V(s) / (kT (g - 1))), Barducci, Bussi, Parrinello, Phys. Rev. Lett. 100, 020603 (2008),
/// 10.1103/PhysRevLett.100.020603, and the free energy tends to -g/(g - 1) V. Differences of angles are taken
/// the short way round; the hills of an angle are exp((cos(s - s_i) - 1) / w^2), which is the same for small
/// widths and has no kink opposite to the hill.

static const double PI = 3.14159265358979323846;

/// A variable with its bias.
typedef struct {
    const Variable *variable;
    const BiasVariable *options;
    const BiasKind *kind;
} Biased;

static Biased torsion_of(const Bias *bias)
{
    return (Biased){&VARIABLE_TORSION, &bias->options.torsion, &BIAS_KIND_TORSION};
}

static Biased distance_of(const Bias *bias)
{
    return (Biased){&VARIABLE_DISTANCE, &bias->options.distance, &BIAS_KIND_DISTANCE};
}

static double difference(const Variable *variable, double a, double b)
{
    return variable->periodic ? remainder(a - b, 2.0 * PI) : a - b;
}

/// Energy, its slope by the value and its rate.
typedef struct {
    double energy, slope, rate;
} Value;

static Value restraint(const Biased *biased, double time, double s)
{
    const BiasVariable *const o = biased->options;
    const double way = o->to - o->at; // 0 to 2 pi is a whole turn
    const double part = o->over > 0.0 ? fmin(fmax(time / o->over, 0.0), 1.0) : 1.0;
    // At the end of the move half the speed, so that the trapezoidal rule for the work is exact there, too.
    const double speed = o->over > 0.0 ? way / o->over : 0.0;
    const double pace = time < o->over ? 1.0 : time > o->over ? 0.0 : 0.5;
    const double off = difference(biased->variable, s, o->at + part * way);
    return (Value){
        .energy = 0.5 * o->k * off * off, .slope = o->k * off, .rate = -o->k * off * speed * pace};
}

static Value hills(const Bias *bias, const Biased *biased, double s)
{
    const double width = biased->options->width, square = width * width;
    Value value = {0};
    size_t i = 0;
    for (const Hill *hill; (hill = bias_next_hill(bias, biased->kind, &i)) != NULL;) {
        const double d = s - hill->place[0];
        const double exponent =
            biased->variable->periodic ? (cos(d) - 1.0) / square : -0.5 * d * d / square;
        const double e = hill->height * exp(exponent);
        value.energy += e;
        value.slope -= e * (biased->variable->periodic ? sin(d) : d) / square;
    }
    return value;
}

static Value value_at(const Bias *bias, const Biased *biased, double s)
{
    return biased->options->mode == BIAS_RESTRAIN ? restraint(biased, bias->time, s)
                                                  : hills(bias, biased, s);
}

static void add(const Bias *bias, const Biased *biased, const double (*xyz)[3], BiasSum *sum)
{
    double slope[VARIABLE_ATOMS_MAX][3];
    const size_t *const atoms = biased->options->atoms;
    const Value value = value_at(bias, biased, biased->variable->value(atoms, xyz, slope));
    sum->energy += value.energy;
    sum->rate += value.rate;
    for (size_t i = 0; i < biased->variable->n_atoms; i++)
        vec3_add_scaled(value.slope, slope[i], sum->gradient[atoms[i]]);
}

/// @return the rate, none
static double make_hill(const Bias *bias, const Biased *biased, const double (*xyz)[3], Hill *hill,
                        double *energy)
{
    const BiasVariable *const o = biased->options;
    const double s = biased->variable->value(o->atoms, xyz, NULL);
    const double tempered =
        o->factor > 0.0
            ? exp(-hills(bias, biased, s).energy / (bias->options.kt * (o->factor - 1.0)))
            : 1.0;
    hill->height = o->height * tempered;
    hill->place[0] = s;
    *energy = hill->height;
    return 0.0;
}

static uint64_t every(const BiasVariable *options)
{
    return options->mode == BIAS_METADYNAMICS ? options->every : 0;
}

static size_t one(const BiasOptions *options)
{
    (void)options;
    return 1;
}

static bool torsion_is_on(const BiasOptions *options)
{
    return options->torsion.mode != BIAS_OFF;
}

static bool distance_is_on(const BiasOptions *options)
{
    return options->distance.mode != BIAS_OFF;
}

static uint64_t torsion_every(const BiasOptions *options)
{
    return every(&options->torsion);
}

static uint64_t distance_every(const BiasOptions *options)
{
    return every(&options->distance);
}

static void torsion_evaluate(const Bias *bias, const double (*xyz)[3], BiasSum *sum)
{
    const Biased biased = torsion_of(bias);
    add(bias, &biased, xyz, sum);
}

static void distance_evaluate(const Bias *bias, const double (*xyz)[3], BiasSum *sum)
{
    const Biased biased = distance_of(bias);
    add(bias, &biased, xyz, sum);
}

static double torsion_hill(const Bias *bias, const double (*xyz)[3], Hill *hill, double *energy)
{
    const Biased biased = torsion_of(bias);
    return make_hill(bias, &biased, xyz, hill, energy);
}

static double distance_hill(const Bias *bias, const double (*xyz)[3], Hill *hill, double *energy)
{
    const Biased biased = distance_of(bias);
    return make_hill(bias, &biased, xyz, hill, energy);
}

double bias_of_variable(const Engine *engine, const char *kind, double value)
{
    const Bias *const bias = (const Bias *)engine;
    const Biased biased = strcmp(kind, "torsion") == 0 ? torsion_of(bias) : distance_of(bias);
    return value_at(bias, &biased, value).energy;
}

const BiasKind BIAS_KIND_TORSION = {.name = "torsion",
                                    .variable = &VARIABLE_TORSION,
                                    .is_on = torsion_is_on,
                                    .evaluate = torsion_evaluate,
                                    .every = torsion_every,
                                    .n_place = one,
                                    .make_hill = torsion_hill};
const BiasKind BIAS_KIND_DISTANCE = {.name = "distance",
                                     .variable = &VARIABLE_DISTANCE,
                                     .is_on = distance_is_on,
                                     .evaluate = distance_evaluate,
                                     .every = distance_every,
                                     .n_place = one,
                                     .make_hill = distance_hill};
