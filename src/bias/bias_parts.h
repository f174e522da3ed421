#ifndef BIAS_BIAS_PARTS_H
#define BIAS_BIAS_PARTS_H

#include "base/arena.h"
#include "bias/bias.h"

/// What the files of this floor share. A kind of bias is one file and one row of KINDS in bias/bias.c.

/// A hill of metadynamics or a kept structure, as it is kept.
typedef struct {
    int64_t kind; ///< row of KINDS
    double time, height;
    double place[]; ///< [n_place] of its kind
} Hill;

typedef struct Bias Bias;

/// What the kinds add to.
typedef struct {
    double energy, rate;   ///< rate: dV/dt at fixed positions
    double (*gradient)[3]; ///< [n_atoms]
} BiasSum;

typedef struct {
    const char *name;
    const Variable *
        variable; ///< whose value is the place of its hills; NULL: they have none, or it makes none
    bool (*is_on)(const BiasOptions *options);
    /// Energy, rate and gradient at xyz [n_atoms][3], added to sum. Cannot fail, allocates nothing.
    void (*evaluate)(const Bias *bias, const double (*xyz)[3], BiasSum *sum);
    /// Steps from hill to hill, 0: it makes none; and numbers in the place of one. NULL: none ever.
    uint64_t (*every)(const BiasOptions *options);
    size_t (*n_place)(const BiasOptions *options);
    /// Fills time, height and place of a hill at xyz; returns the rate of its energy there.
    double (*make_hill)(const Bias *bias, const double (*xyz)[3], Hill *hill, double *energy);
} BiasKind;

extern const BiasKind BIAS_KIND_CONFINE, BIAS_KIND_TORSION, BIAS_KIND_DISTANCE, BIAS_KIND_RMSD;

struct Bias {
    Engine face; // first: an Engine * is a Bias *
    BiasOptions options;
    double total_mass;
    double time;
    double *mass;               ///< [n_atoms]
    size_t *rmsd_atoms;         ///< [options.rmsd.n_atoms]
    double (*gradient)[3];      ///< [n_atoms] scratch
    double (*centred)[3];       ///< [options.rmsd.n_atoms] scratch
    size_t capacity, hill_size; ///< hills there is room for; bytes of one
    uint64_t *n_hills;          ///< kept
    unsigned char *hills;       ///< kept, [capacity][hill_size]
    Arena arena;
};

static inline const Hill *bias_hill_at(const Bias *bias, size_t i)
{
    return (const Hill *)(const void *)(bias->hills + i * bias->hill_size);
}

/// The first hill from *i on of a kind, behind which *i then stands; NULL: there is none. The kind is known
/// by its row.
const Hill *bias_next_hill(const Bias *bias, const BiasKind *kind, size_t *i);

#endif
