#ifndef LABEL_LABEL_JOURNAL_H
#define LABEL_LABEL_JOURNAL_H

#include "io/file.h"

/// How far a labelled file is, beside it as OUT.part.json: what is written in OUT.part up to here is safe, and the same
/// command goes on from there.

enum { LABEL_DIGEST_SIZE = 24 };

typedef struct {
    char digest[LABEL_DIGEST_SIZE]; ///< of input, configuration and program
    uint64_t n_pieces;              ///< done
    uint64_t n_text, n_rejected;    ///< bytes of OUT.part and OUT.rejected.tsv.part
    uint64_t n_frames, n_failed, n_left_out;
} LabelJournal;

/// Writes it as a whole. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus label_journal_write(QmtContext *ctx, const char *path, const LabelJournal *journal);
/// Reads it; *found is false if there is none that can be read. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus label_journal_read(QmtContext *ctx, const char *path, bool *found, LabelJournal *journal);

#endif
