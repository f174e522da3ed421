#ifndef ENGINE_RECORDER_H
#define ENGINE_RECORDER_H

#include "engine/engine.h"

/// An engine that passes everything on to another one and keeps the geometry that it was last asked
/// for. When an evaluation fails in the middle of a trajectory, this is the geometry for the bug report.

/// Makes one around inner, which stays the caller's and must outlive it. It keeps nothing
/// that decides a byte. Fails with QMT_ERR_MEMORY.
QmtStatus recorder_create(QmtContext *ctx, Engine *inner, Engine **engine);

/// [n_atoms][3] bohr; zeros before the first evaluation.
const double (*recorder_geometry(const Engine *engine))[3];

#endif
