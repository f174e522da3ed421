#ifndef LABEL_FRAME_SCANNER_H
#define LABEL_FRAME_SCANNER_H

#include <stdbool.h>
#include <stddef.h>

/// Where frames begin and end in an XYZ file, line by line, by the rules of structure/xyz.h: blank lines and ">" may
/// stand between them, and QM9 has up to three lines behind its atoms.

typedef enum {
    LINE_BETWEEN, ///< belongs to no frame
    LINE_COUNT,   ///< a frame begins with it
    LINE_COMMENT,
    LINE_ATOM,
    LINE_LAST_ATOM, ///< the frame is whole, but for lines of LINE_TAIL
    LINE_TAIL,      ///< behind the atoms of QM9
    LINE_WRONG      ///< a number of atoms was expected
} LineKind;

/// All zero at the beginning of a file.
typedef struct {
    size_t n_atoms; ///< of the frame at hand, or the last one
    size_t n_left;  ///< atoms that are still to come
    bool wants_comment, is_qm9;
    int n_tail; ///< lines that may still be a tail
} FrameScanner;

enum { SCANNED_MAX = 128 }; ///< bytes of a line that matter

/// What the next line is.
///
/// @param line  [n] without its end, of a longer one the first SCANNED_MAX bytes
LineKind frame_scanner_next(FrameScanner *scanner, const char *line, size_t n);

/// True where a file may end.
bool frame_scanner_at_end(const FrameScanner *scanner);

#endif
