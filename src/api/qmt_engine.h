#ifndef API_QMT_ENGINE_H
#define API_QMT_ENGINE_H

#include "engine/engine.h"
#include "qmtraj/engine.h"

struct QmtEngine {
    Engine *engine;
    bool is_xtb;   ///< has charges, terms and properties; a force field of the caller has none
    int numbers[]; ///< [n_atoms]
};

#endif
