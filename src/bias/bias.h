#ifndef BIAS_BIAS_H
#define BIAS_BIAS_H

#include "bias/variable.h"
#include "engine/engine.h"

/// Energies beside those of the method that hold a molecule together or push it over barriers: a decorator of
/// engines. Energy and gradient that come out of it are those of the method and of all its biases together,
/// which is what moves the atoms; EngineResult has the part of the biases, too, so that labels stay those of
/// the method.
///
///     E(x, t) = E_method(x) + sum over the kinds of bias/bias_parts.h of V(x, t)
///
/// Everything is in atomic units. Time is that of the production: bias_set_time() says for which instant the
/// evaluations that follow are, bias_add_hills() lets metadynamics grow between two steps. Evaluations change
/// nothing that is kept, so one that fails leaves no trace.

/// A wall, bias/confine.c. Off with radius 0.
typedef struct {
    double radius; ///< bohr
    double k;      ///< hartree/bohr^3
} BiasConfine;

typedef enum { BIAS_OFF, BIAS_RESTRAIN, BIAS_METADYNAMICS } BiasMode;

/// A bias on a torsion (radian) or a distance (bohr), bias/variable_bias.c.
typedef struct {
    BiasMode mode;
    size_t atoms[4]; ///< of a distance the first two
    double at, to;   ///< where the restraint is at time 0 and from `over` on; the same: it rests
    double over;     ///< time of its move
    double k;        ///< hartree per square of the unit
    double height;   ///< of a hill, hartree
    double width;    ///< of a hill
    double factor;   ///< of well-tempered metadynamics, above 1; 0: plain
    uint64_t every;  ///< steps from hill to hill
} BiasVariable;

/// A push away from kept structures, bias/rmsd.c. Off with no atoms.
typedef struct {
    size_t n_atoms;
    const size_t *atoms; ///< [n_atoms], copied
    double k;            ///< of one structure, hartree
    double alpha;        ///< bohr^-2
    double ramp;         ///< time
    uint64_t every;      ///< steps from structure to structure
} BiasRmsd;

typedef struct {
    BiasConfine confine;
    BiasVariable torsion, distance;
    BiasRmsd rmsd;
    const double *mass; ///< [n_atoms] of any unit, copied
    double kt;          ///< hartree, of well-tempered metadynamics
    double dt;          ///< time step
    uint64_t n_steps;   ///< of the production: decides how many hills there is room for
} BiasOptions;

/// Puts the biases around an engine, which stays the caller's and must outlive them. All memory is taken
/// here, with room for every hill of n_steps. Fails with QMT_ERR_MEMORY.
QmtStatus bias_create(QmtContext *ctx, Engine *inner, const BiasOptions *options, Engine **engine);

/// The time that the next evaluations are for.
void bias_set_time(Engine *engine, double time);

/// What a change of the biases at fixed positions does to their energy and to its rate.
typedef struct {
    double energy; ///< hartree
    double rate;   ///< hartree per time
} BiasChange;

/// Adds the hills that are due after a step of the production, or at its start (0). The forces at xyz stay
/// what they were, because a hill is flat at its top.
BiasChange bias_add_hills(Engine *engine, uint64_t step, const double (*xyz)[3]);

/// Hills and kept structures so far.
size_t bias_n_hills(const Engine *engine);

/// One of them.
typedef struct {
    const char *kind;         ///< "torsion", "distance" or "rmsd"
    const Variable *variable; ///< whose value its place is; NULL: the place is a structure
    double time;              ///< when it was added
    double height;            ///< hartree
    const double *place;      ///< its centre: one number, or [n_atoms][3] bohr
} BiasHill;
BiasHill bias_hill(const Engine *engine, size_t i);

/// Bias of a torsion or distance as a function of it, at the time that was set; for free energies.
///
/// @param kind  "torsion" or "distance"
double bias_of_variable(const Engine *engine, const char *kind, double value);

#endif
