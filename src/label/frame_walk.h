#ifndef LABEL_FRAME_WALK_H
#define LABEL_FRAME_WALK_H

#include "label/frame_writer.h"
#include "label/frames_input.h"

/// The frames of a piece, one after another.

/// A frame as it stands in the file; valid during the call.
typedef struct {
    FrameLines lines;
    const char *text; ///< [n] its bytes, with the lines of QM9 behind the atoms
    size_t n;
    size_t lines_before; ///< of the file
    uint64_t number;     ///< in the file, from 0
} WalkedFrame;

/// Calls take() for every frame of a piece. Fails as take() does, and with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus frames_walk(QmtContext *ctx, const FramesInput *input, size_t piece,
                      QmtStatus (*take)(QmtContext *ctx, void *user, const WalkedFrame *frame),
                      void *user);

#endif
