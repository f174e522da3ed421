#ifndef API_QMT_ENGINE_H
#define API_QMT_ENGINE_H

#include "engine/engine.h"
#include "qmtraj/engine.h"

/// Size of QmtEngineOptions in the first version that had it.
enum { ENGINE_OPTIONS_FIRST_SIZE = 80 };

struct QmtEngine {
    Engine *engine;
    /// Of everything that decides the numbers beside the elements; 0: a function of the caller, which nobody knows.
    uint32_t kind;
    bool is_xtb;   ///< has charges, terms and properties; a force field of the caller has none
    int numbers[]; ///< [n_atoms]
};

#endif
