#ifndef IO_LOCK_H
#define IO_LOCK_H

#include "io/file.h"

/// Something that one process at a time may write to: a file beside it, held with flock(2) and saying by
/// whom. The system gives it back when its holder ends, however that happens, so a dead process never blocks.
/// The file is removed when the lock is given back; one that a killed process left is taken over.

enum { LOCK_HOLDER_SIZE = 320 };

/// Takes the lock, waiting at most wait_s seconds for another holder.
///
/// @param holder  [LOCK_HOLDER_SIZE] who holds it, "process 123 on host", after QMT_ERR_LOCKED; may be NULL
/// Fails with QMT_ERR_LOCKED, or QMT_ERR_IO if the file cannot be made. A file system that knows no locks
/// is a warning: nothing is then protected.
QmtStatus lock_take(QmtContext *ctx, const char *path, double wait_s, File *lock, char *holder);
/// Gives it back; does nothing to one that is not held.
void lock_give_back(File *lock);

/// Whether another process holds it now, and who, without more than looking.
bool lock_is_held(const char *path, char holder[LOCK_HOLDER_SIZE]);

#endif
