#ifndef AUDIT_SCF_EVENTS_H
#define AUDIT_SCF_EVENTS_H

#include "audit/verdict.h"

/// What the file itself records of the solutions of its self-consistent field (docs/file-format.md, "events"): a frame in which
/// one was lost is off the work of the forces, and one that stayed above another is off what is computed from nothing.

/// Frames that the metadata name are the first 16 of each of three kinds.
enum { SCF_EVENTS_MAX = 48 };

typedef struct {
    /// The last one saved before a solution was lost or left, or at it.
    uint64_t frame[SCF_EVENTS_MAX];
    size_t n;
    bool has_more;   ///< losses of a solution that were counted and not named
    bool has_higher; ///< a solution that was not the lowest was kept
} ScfEvents;

void scf_events_read(const Check *check, ScfEvents *events);
/// Whether the step to a frame is that of a recorded event.
bool scf_events_at(const ScfEvents *events, uint64_t frame);

#endif
