#ifndef STRUCTURE_STATE_H
#define STRUCTURE_STATE_H

#include "structure/reader_notes.h"
#include "structure/state_keys.h"
#include "structure/structure.h"

/// Charge and multiplicity of a molecule from what its file says: keys under all names in use, a comment line of
/// two integers, the files .CHRG and .UHF beside it. What is said is never dropped without a word, and what stays
/// unclear keeps the molecule from being computed (Structure.unclear).

enum { STATE_SPINS_MAX = 8 };

/// What was found, before the electrons of the molecule are known.
typedef struct {
    bool has_charge;
    int charge;
    char charge_source[STATE_SOURCE_SIZE];
    struct {
        StateQuantity quantity;
        double value;
        char source[STATE_SOURCE_SIZE];
    } spin[STATE_SPINS_MAX];
    size_t n_spins;
    /// A text that looks like a charge or multiplicity and is not understood; "": none.
    char open_charge[STATE_SOURCE_SIZE], open_spin[STATE_SOURCE_SIZE];
    /// One unpaired electron ("radical"), which an even number of electrons cannot have; "": nothing of it.
    char open_doublet[STATE_SOURCE_SIZE];
    /// The comment line is two integers; or it begins or ends with two that may be meant so.
    bool has_pair, has_loose_pair;
    bool pair_is_signed; ///< "-1 2", which is hardly a number of something
    int pair_charge, pair_multiplicity;
    char pair_source[STATE_SOURCE_SIZE];
    /// Electrons of either spin, where a file has both.
    bool has_electrons[2];
    int electrons[2];
    /// charge_from= and multiplicity_from= of a start.xyz: where its values came from in the first place.
    char charge_from[STATE_SOURCE_SIZE], multiplicity_from[STATE_SOURCE_SIZE];
} StateTexts;

/// A key with its value, as it stands in a file.
///
/// @param place   "water.xyz:2", for messages
/// @param source  how the place is called in the results: comment, SDF
/// Does nothing for a key that names neither charge nor spin. Fails with QMT_ERR_FORMAT if a known key has an
/// impossible value, or contradicts another.
QmtStatus state_add_key(QmtContext *ctx, const char *place, const char *source, const char *key,
                        const char *text, StateTexts *texts);
/// "None", "nan" and the like: the key is there, a value is not.
bool state_value_is_absent(const char *value);
/// A charge from a format that has a place for it. Fails with QMT_ERR_FORMAT if another one was given before.
QmtStatus state_add_charge(QmtContext *ctx, const char *place, int charge, const char *source,
                           StateTexts *texts);
/// A text about the spin; more than STATE_SPINS_MAX are dropped, which say the same anyway or are refused.
void state_add_spin(StateQuantity quantity, double value, const char *source, StateTexts *texts);
/// Two words that are all that stands in a comment line. Does nothing if they are not two integers.
void state_add_pair(const char *first, const char *second, StateTexts *texts);
/// The files .CHRG (charge) and .UHF (unpaired electrons) of the folder of path, as xtb reads them. Fails with
/// QMT_ERR_IO or QMT_ERR_FORMAT, also if they contradict what was found before.
QmtStatus state_add_files(QmtContext *ctx, const char *path, ReaderNotes *notes, StateTexts *texts);

/// Settles charge and multiplicity of a structure whose atoms are there.
///
/// Two integers are taken as charge and multiplicity if they fit the electrons, with a note; ignored, with a note,
/// if they are far from any state; else open. "spin" is 2S + 1 or 2S as parity tells; 1 with an even number of
/// electrons is 2S + 1.
///
/// Fails with QMT_ERR_FORMAT if two texts contradict each other.
QmtStatus state_settle(QmtContext *ctx, const char *place, const StateTexts *texts,
                       ReaderNotes *notes, Structure *structure);

/// Valence electrons of the neutral atoms.
int state_electrons(const Structure *structure);

#endif
