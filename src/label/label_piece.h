#ifndef LABEL_LABEL_PIECE_H
#define LABEL_LABEL_PIECE_H

#include "config/config.h"
#include "io/processes.h"
#include "label/frames_input.h"
#include "structure/state.h"

/// The work on one piece of the input: its frames are read, computed and written again with their labels. It depends on
/// the piece and the configuration alone; the engines start cold.

/// What is done to every frame.
typedef struct {
    const FramesInput *input;
    const Config *config;
    const char *also;  ///< a second method; NULL: none
    StateTexts beside; ///< what the files .CHRG and .UHF say
} LabelJob;

/// In front of what a piece gives: three texts, one after another.
typedef struct {
    uint64_t n_frames, n_failed; ///< in all, and of them without labels
    uint64_t n_left_out;         ///< failed ones that could not be written again
    uint64_t n_text;             ///< bytes of the frames,
    uint64_t n_rejected;         ///< of the lines of the list of failures
    uint64_t n_notes;            ///< and of notes (label/notes.h)
} PieceHeader;

/// Labels a piece; the result is a PieceHeader and its texts.
///
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY; what is wrong with a frame fails that frame.
QmtStatus label_piece(QmtContext *ctx, const LabelJob *job, size_t piece, Bytes *result);

/// First line of the list of failures.
extern const char REJECTED_TITLES[];

/// "_gfn1" of "GFN1-xTB": what its keys end in beside those of another method.
const char *label_suffix(const char *method);

#endif
