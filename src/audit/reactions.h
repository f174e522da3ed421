#ifndef AUDIT_REACTIONS_H
#define AUDIT_REACTIONS_H

#include "analysis/bond_skin.h"
#include "audit/frame.h"
#include "audit/verdict.h"

/// CHECK_BONDS: which bonds break and form, from those of the relaxed geometry if the metadata list them
/// (`bonds`: pairs of atoms from 0), else from those that frame 0 leaves no doubt about.

enum { REACTION_ATOMS_MAX = 2000 };

typedef struct {
    bool watched; ///< elements and positions are known, and there are not too many
    Bonds before, after;
    BondSkin skin;
    uint64_t n_events;
} Reactions;

/// Adds the bonds that the metadata of a trajectory list, by which its run and its check begin. False if they list none.
bool reactions_bonds_read(const struct cJSON *metadata, Bonds *bonds);

void reactions_layout(Reactions *reactions, Arena *arena, const Check *check);
void reactions_add(Check *check, Reactions *reactions, const CheckFrame *frame);
void reactions_report(Check *check, const Reactions *reactions);

#endif
