#ifndef ENGINE_XTB_TERMS_H
#define ENGINE_XTB_TERMS_H

#include "terms/term.h"

enum { XTB_TERMS_MAX = 12 };

/// The contributions beside the Hamiltonian, in the order of the energy breakdown: those of the recipe of a
/// method, and in a solvent those of the solvation. Methods and their terms are listed in xtb_terms.c.
typedef struct {
    Arena states; ///< what the terms' self point to; their arrays lie in the arena of the engine
    Term list[XTB_TERMS_MAX];
    size_t n;
} XtbTerms;

/// Lists the terms and takes memory for their states. Fails with QMT_ERR_MEMORY.
///
/// @param solvent  NULL: gas phase
QmtStatus xtb_terms_create(QmtContext *ctx, const Method *method, const Solvent *solvent,
                           XtbTerms *terms);
void xtb_terms_layout(XtbTerms *terms, Arena *arena, const TermSpec *spec);
void xtb_terms_setup(XtbTerms *terms, const TermSpec *spec);
void xtb_terms_release(XtbTerms *terms);

#endif
