#include "trajectory/sink.h"

#include <string.h>

// Of sink_extxyz.c and so on; a new format is a name here and in the list below.
extern const SinkType SINK_EXTXYZ, SINK_H5MD, SINK_NPY, SINK_TRR;

const SinkType *const SINKS[] = {&SINK_EXTXYZ, &SINK_H5MD, &SINK_NPY, &SINK_NPZ, &SINK_TRR};
const size_t N_SINKS = sizeof SINKS / sizeof *SINKS;

const SinkType *sink_find(const char *name)
{
    for (size_t i = 0; i < N_SINKS; i++)
        if (strcmp(SINKS[i]->name, name) == 0)
            return SINKS[i];
    return NULL;
}
