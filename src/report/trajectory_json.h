#ifndef REPORT_TRAJECTORY_JSON_H
#define REPORT_TRAJECTORY_JSON_H

#include <cjson/cJSON.h>

#include "report/frame_series.h"

/// The curves and frames of a trajectory as JSON: numbers of curves as base64 of little-endian float32, positions as
/// int16. Keys are those that page.js reads.
///
/// @return NULL if there is no memory; the caller deletes it
cJSON *trajectory_json(const TrajectoryReader *reader, const FrameSeries *series);

#endif
