#ifndef REPORT_SPECTRUM_CSV_H
#define REPORT_SPECTRUM_CSV_H

#include "base/context.h"

/// Writes the vibrational density of states of a trajectory, and its infrared spectrum if dipoles are stored, as CSV:
/// lines of comment with window and resolution, a line of names, a line per wavenumber.
///
/// @param text  the lines, to be freed with free()
/// Fails with QMT_ERR_INPUT (too few frames, or not equally spaced in time), QMT_ERR_FORMAT, QMT_ERR_IO or
/// QMT_ERR_MEMORY.
QmtStatus spectrum_csv(QmtContext *ctx, const char *path, char **text);

#endif
