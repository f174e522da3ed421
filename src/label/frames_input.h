#ifndef LABEL_FRAMES_INPUT_H
#define LABEL_FRAMES_INPUT_H

#include "io/file.h"

/// A file of XYZ frames that may be larger than the memory, in pieces: its lines are counted once from beginning to
/// end, then any piece can be read again, by several processes side by side. A file on the disk stays there; standard
/// input, pipes and compressed files are held in memory.
///
/// The pieces depend on the file alone, so that what is computed of one cannot depend on who computes it.

enum {
    PIECE_FRAMES_MAX = 64,  ///< frames of a piece, fewer in files of fewer than 64 times as many
    PIECE_ATOMS_MAX = 8192, ///< beyond which no further frame is added to it
};

/// Some frames one after another.
typedef struct {
    uint64_t offset, n_bytes;
    uint64_t lines_before, frames_before;
    uint64_t n_frames, n_atoms;
} FramesPiece;

typedef struct {
    char path[FILE_PATH_SIZE];
    File file;    ///< not open: the bytes are in memory
    char *memory; ///< [n_bytes], NULL: they are in the file
    uint64_t n_bytes, n_frames;
    FramesPiece *pieces; ///< [n_pieces]
    size_t n_pieces, pieces_room;
    uint32_t checksum; ///< CRC-32 of all bytes
} FramesInput;

/// Opens a file, "-" is standard input, and finds its frames. It is to be closed with frames_input_close().
///
/// Fails with QMT_ERR_IO, QMT_ERR_FORMAT (no number of atoms where a frame begins, a frame cut off, no frames, binary)
/// or QMT_ERR_MEMORY; nothing is to be closed then.
QmtStatus frames_input_open(QmtContext *ctx, const char *path, FramesInput *input);
void frames_input_close(FramesInput *input);

/// The bytes of a piece, with a zero behind them; the caller frees them. Fails with QMT_ERR_IO, also if the file has
/// become shorter, or QMT_ERR_MEMORY.
QmtStatus frames_input_read(QmtContext *ctx, const FramesInput *input, size_t piece, char **text);

#endif
