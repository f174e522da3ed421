#ifndef ENGINE_CALLBACK_H
#define ENGINE_CALLBACK_H

#include "engine/engine.h"
#include "qmtraj/engine.h"

/// A function of the caller behind the face of an engine. It remembers nothing.

/// Fails with QMT_ERR_MEMORY. Its evaluate fails with QMT_ERR_CALLBACK if the function says so or if what it
/// gives is not finite, and gives zeros where charges or a dipole are asked for.
QmtStatus callback_engine_create(QmtContext *ctx, size_t n_atoms, QmtForceFunction function,
                                 void *user, Engine **engine);

#endif
