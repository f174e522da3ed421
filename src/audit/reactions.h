#ifndef AUDIT_REACTIONS_H
#define AUDIT_REACTIONS_H

#include "analysis/bond_skin.h"
#include "audit/frame.h"
#include "audit/verdict.h"

/// CHECK_BONDS: which bonds break and form, from those of the relaxed geometry if the metadata list them
/// (`bonds`: pairs of atoms from 0), else from those that frame 0 leaves no doubt about. Where frames are close, the
/// bonds of the metadata's events break and form in them.

enum { REACTION_ATOMS_MAX = 2000, RECORDED_BONDS_MAX = 80 };

/// An event of the metadata (docs/file-format.md, "events"), whose two atoms are too near or too far from each other in the
/// frames before and after it, unless one shows otherwise.
typedef struct {
    uint64_t frame; ///< the last one before it, or at it
    size_t atoms[2];
    bool apart;      ///< a bond that breaks: they are further than
    double distance; ///< nm; else nearer
    double seen;     ///< nm, the furthest or the nearest of the two frames
} RecordedBond;

typedef struct {
    bool watched; ///< elements and positions are known, and there are not too many
    Bonds before, after;
    BondSkin skin;
    uint64_t n_events;
    size_t n_recorded;
    RecordedBond recorded[RECORDED_BONDS_MAX];
} Reactions;

/// Adds the bonds that the metadata of a trajectory list, by which its run and its check begin. False if they list none.
bool reactions_bonds_read(const struct cJSON *metadata, Bonds *bonds);

void reactions_layout(Reactions *reactions, Arena *arena, const Check *check);
void reactions_add(Check *check, Reactions *reactions, const CheckFrame *frame);
void reactions_report(Check *check, const Reactions *reactions);

#endif
