#ifndef AUDIT_SUMMARY_H
#define AUDIT_SUMMARY_H

#include "audit/frames.h"

/// CHECK_SUMMARY: figures of the metadata against those that the frames give again: mean temperature with its
/// expected spread, drift of the total energy less the heat of the thermostat.
void summary_figures_check(Check *check, const FramesResult *result);

#endif
