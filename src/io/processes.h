#ifndef IO_PROCESSES_H
#define IO_PROCESSES_H

#include "base/context.h"

/// Work on many items, side by side in processes, with the results in the order of the items.

/// A result on its way to the parent: bytes one after another.
typedef struct {
    unsigned char *data;
    size_t n, room;
    bool lost; ///< there was no memory for some of them
} Bytes;

void bytes_add(Bytes *bytes, const void *data, size_t n);
void bytes_release(Bytes *bytes);

/// Calls work() for items 0 to n - 1 in n_workers processes, each in its own; with one worker in this process. Results do
/// not depend on their number.
///
/// @param work  makes the result of an item; what it changes elsewhere is seen by nobody else
/// @param take  gets every result, in this process and in the order of the items
/// Fails with what work() or take() failed with, of the first such item; with QMT_ERR_IO if a process cannot be made
/// or dies, or QMT_ERR_MEMORY.
QmtStatus processes_map(QmtContext *ctx, size_t n, size_t n_workers,
                        QmtStatus (*work)(QmtContext *ctx, void *user, size_t item, Bytes *result),
                        QmtStatus (*take)(QmtContext *ctx, void *user, size_t item,
                                          const Bytes *result),
                        void *user);
/// Likewise, but a process that dies takes only its own items with it: each is given to take() with result NULL.
QmtStatus
processes_map_all(QmtContext *ctx, size_t n, size_t n_workers,
                  QmtStatus (*work)(QmtContext *ctx, void *user, size_t item, Bytes *result),
                  QmtStatus (*take)(QmtContext *ctx, void *user, size_t item, const Bytes *result),
                  void *user);

#endif
