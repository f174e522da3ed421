#ifndef FUZZ_SAMPLE_H
#define FUZZ_SAMPLE_H

#include "trajectory/trajectory.h"

/// A small trajectory for the targets that read binary files: two hydrogen atoms, few frames, two NVE
/// windows. The numbers are made up.

enum { SAMPLE_ATOMS = 2, SAMPLE_FRAMES = 3, SAMPLE_WINDOW_STEPS = 4 };
extern const double SAMPLE_XYZ[SAMPLE_ATOMS][3]; ///< bohr
extern const double SAMPLE_MASS[SAMPLE_ATOMS];   ///< Da

/// The layout of n_frames frames; in float64 with four properties, in float32 with the NVE windows as text, too.
TrajectoryLayout sample_layout(uint64_t n_frames, bool float64);

/// Writes SAMPLE_FRAMES frames of a trajectory of n_frames into FOLDER/trajectory.npz.part.
///
/// @param finish  all frames are there: make it FOLDER/trajectory.npz
/// @param state   how the writer stood before it was finished; may be NULL
void sample_write(const char *folder, uint64_t n_frames, bool float64, bool finish,
                  TrajectoryState *state);

/// Reads a file into out; returns its length, 0 if it is longer than max.
size_t sample_read(const char *path, uint8_t *out, size_t max);

#endif
