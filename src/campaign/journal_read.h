#ifndef CAMPAIGN_JOURNAL_READ_H
#define CAMPAIGN_JOURNAL_READ_H

#include "campaign/journal.h"

/// What the journals and lists in OUT say, all machines together.

/// The last that was said of a trajectory.
typedef struct {
    const char *label;
    char ended[24];  ///< "2027-01-31T12:00:00Z"
    size_t file;     ///< that its line is in, which journal_line_read() reads again
    uint64_t offset; ///< of it
    size_t length;
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
    char **paths;     ///< [n_paths] of the files
    size_t n_paths;
    File file;      ///< the one that was read last
    size_t is_open; ///< its number + 1; 0: none
} JournalEntries;

struct cJSON;

/// Takes a line.
typedef QmtStatus JournalTake(QmtContext *ctx, const struct cJSON *line, void *user);

/// Hands over the lines of the journals, those of a file in the order in which they were written. What is no JSON is
/// left out. Fails with QMT_ERR_IO or QMT_ERR_MEMORY, or as take() does.
QmtStatus journal_each(QmtContext *ctx, const char *out, JournalTake *take, void *user);

/// Reads the journals; no folder is an empty one. Lines that were cut off are skipped and counted.
///
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY; *found is to be released all the same.
QmtStatus journal_read(QmtContext *ctx, const char *out, JournalEntries *found);
void journal_entries_release(JournalEntries *found);
/// Reads the JSON object of an entry, zero-terminated, to be freed. Only figures are kept of each, as a hundred thousand
/// lines are as many kilobytes. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus journal_line_read(QmtContext *ctx, JournalEntries *found, const JournalEntry *entry,
                            char **line);
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
} MoleculeList;

/// Reads the lists of all jobs in OUT; fails as journal_read().
QmtStatus journal_lists_read(QmtContext *ctx, const char *out, MoleculeList *list);
void molecule_list_release(MoleculeList *list);
/// NULL if there is none.
const ListedMolecule *molecule_find(const MoleculeList *list, const char *label);

#endif
