#ifndef CAMPAIGN_JOURNAL_READ_H
#define CAMPAIGN_JOURNAL_READ_H

#include "campaign/journal.h"

/// What the journals and lists in OUT say, all machines together.

/// The last that was said of a trajectory.
typedef struct {
    const char *label;
    const char *line; ///< its JSON object, length bytes, no zero behind it
    size_t length;
    const char *ended; ///< "2027-01-31T12:00:00Z"
    bool is_complete;
    double wall_s;     ///< NAN if not known
    size_t place;      ///< in the order of reading
    bool has_warnings; ///< which are in the line
    /// As of RunResult; NAN if not known.
    int64_t evaluations, n_steps;
    double ms_per_step, mean_temperature_k, drift_shown_kjmol_ps;
} JournalEntry;

typedef struct {
    JournalEntry *entries; ///< [n] in the order of their labels, one each
    size_t n, capacity;
    size_t n_skipped; ///< lines that are none
    char **texts;     ///< [n_texts] that the lines lie in
    size_t n_texts;
} JournalEntries;

/// Reads the journals; no folder is an empty one. Lines that were cut off are skipped and counted.
///
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY; *found is to be released all the same.
QmtStatus journal_read(QmtContext *ctx, const char *out, JournalEntries *found);
void journal_entries_release(JournalEntries *found);
/// NULL if there is none.
const JournalEntry *journal_find(const JournalEntries *found, const char *label);

/// A molecule of a job's list.
typedef struct {
    const char *label;
    double cost;
} ListedMolecule;

typedef struct {
    ListedMolecule *items; ///< [n] in the order of the labels, one each
    size_t n, capacity;
    char **texts;
    size_t n_texts;
} MoleculeList;

/// Reads the lists of all jobs in OUT; fails as journal_read().
QmtStatus journal_lists_read(QmtContext *ctx, const char *out, MoleculeList *list);
void molecule_list_release(MoleculeList *list);
/// NULL if there is none.
const ListedMolecule *molecule_find(const MoleculeList *list, const char *label);

#endif
