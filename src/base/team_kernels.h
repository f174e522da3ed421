#ifndef BASE_TEAM_KERNELS_H
#define BASE_TEAM_KERNELS_H

#include "base/team.h"

/// The same kernels, of which those over large matrices divide their work among the team of the thread, between
/// team_enter() and team_leave(). Every element of a result is computed as by the kernels given: products are divided by columns of the
/// result, at places where registers begin, everything else by rows.
Kernels team_kernels(const Kernels *plain);

#endif
