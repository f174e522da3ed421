#ifndef STRUCTURE_STATE_KEYS_H
#define STRUCTURE_STATE_KEYS_H

#include "base/context.h"

/// The names under which files give the charge and the multiplicity of a molecule.

typedef enum {
    STATE_NONE,
    STATE_CHARGE,       ///< e
    STATE_MULTIPLICITY, ///< 2S + 1
    STATE_TOTAL_SPIN, ///< 2S + 1 (ACEsuit/mace, issue 66 of mace-foundations), 0 in files of others
    STATE_UNPAIRED,   ///< unpaired electrons, 2S
    STATE_SPIN,       ///< "spin": 2S + 1 or 2S, which the parity of the electrons decides
    STATE_QUANTUM,    ///< S itself, a multiple of 1/2
    STATE_MOMENT,     ///< total magnetic moment of a calculation, unpaired electrons
    STATE_WORD,       ///< "singlet", "doublet", ... as the value of "state"
    STATE_LEVEL,      ///< likewise, or the number of a level: above 1 not understood
    STATE_SHORT_M,    ///< "m", the multiplicity if the same line has a charge
    STATE_ALPHA,      ///< electrons of one spin
    STATE_BETA,       ///< electrons of the other
    STATE_ASK,        ///< names a spin in more than one way: nothing but 0 is understood
} StateQuantity;

/// Which quantity a key names: any case, with or without "_", "-", "." and blanks ("Total_Charge",
/// "totalCharge"). STATE_NONE: none that is known.
StateQuantity state_quantity(const char *key);

/// Which quantity an unknown key may be meant to name, by its spelling: STATE_CHARGE ("chrage",
/// "xtb_charge"), STATE_MULTIPLICITY ("multiplicty", "spin_state_number") or STATE_NONE.
StateQuantity state_quantity_meant(const char *key);

/// "singlet" 1, "doublet" 2, ... "octet" 8, in any case; 0: no such word.
int state_multiplicity_word(const char *word);

#endif
