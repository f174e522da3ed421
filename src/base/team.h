#ifndef BASE_TEAM_H
#define BASE_TEAM_H

#include "base/context.h"
#include "kernels/kernels.h"

/// Threads that work on one molecule together. They are made once, with an engine; after that loops are divided
/// without memory or locks: the thread that evaluates opens a loop, the others help as long as there is
/// something left of it, and it never waits for one that has not come. Idle threads look out for work for a
/// millisecond and then sleep.
///
/// Results do not depend on how many threads there are: a part of a loop writes what no other part writes, and
/// every number is summed by one of them, in the order of a single thread. Sums over parts are made by
/// the caller, in an order of its own.
///
/// A team belongs to one thread at a time, the one between team_enter() and team_leave(). In a process that was
/// forked off it has that thread alone.
typedef struct Team Team;

enum { TEAM_THREADS_MAX = 256 };

/// Makes a team of n_threads, 2..TEAM_THREADS_MAX, with the calling thread; the others block all signals. Fails with
/// QMT_ERR_MEMORY if there is no memory or no thread to be had.
QmtStatus team_create(QmtContext *ctx, size_t n_threads, Team **team);
/// Ends the threads and sets the pointer to NULL; accepts NULL.
void team_destroy(Team **team);

/// From here on team_share() of this thread divides its loops among the team; NULL: it does not.
void team_enter(Team *team);
void team_leave(void);

/// The part first..last of a loop.
typedef void TeamPart(void *task, size_t first, size_t last);

/// Calls part() for all of 0..n in pieces of `piece` or fewer, in any order and in several threads at once; without a
/// team, or inside a part, once for the whole. Memory written in a part can be read afterwards.
void team_share(size_t n, size_t piece, TeamPart *part, void *task);

/// Pieces for a loop over n rows of a matrix, of which shorter ones than `from` are not worth dividing: of eight rows.
static inline size_t team_rows(size_t n, size_t from)
{
    return n < from ? n : 8;
}

/// memcpy(), divided where it pays.
void team_copy(void *to, const void *from, size_t n_bytes);

/// Threads that team_share() may use now, at least 1.
size_t team_size(void);

/// The kernels of the context that the team of this thread was made with. There must be a team.
const Kernels *team_plain_kernels(void);

#endif
