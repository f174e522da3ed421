#ifndef IO_LOCK_H
#define IO_LOCK_H

#include "io/file.h"

/// Something that one process at a time may write to: a file beside it, held with flock(2) and saying by
/// whom. The system gives it back when its holder ends, however that happens, so a dead process never blocks.
/// The file is removed when the lock is given back; one that a killed process left is taken over.

enum { LOCK_HOLDER_SIZE = 320 };

/// Takes the lock, waiting at most wait_s seconds for another holder.
///
/// @param holder  [LOCK_HOLDER_SIZE] who holds it after QMT_ERR_LOCKED: "process 123 on host", or, if that is not
///                the process that the system names, "process 456 (name) of user 1001"; may be NULL
/// Fails with QMT_ERR_LOCKED, or QMT_ERR_IO if the file cannot be made. A file system that knows no locks
/// is a warning: nothing is then protected.
QmtStatus lock_take(QmtContext *ctx, const char *path, double wait_s, File *lock, char *holder);
/// Gives it back; does nothing to one that is not held.
void lock_give_back(File *lock);

/// True if locks in a folder hold for all who see it: its file system knows them, and does not keep them to one machine, as
/// Lustre mounted with localflock and NFS with local_lock=flock do.
bool lock_is_shared(const char *folder);

/// Likewise by a line of /proc/self/mountinfo alone.
bool lock_mount_is_shared(const char *line);

typedef enum {
    LOCK_FREE,
    LOCK_HELD,
    LOCK_UNKNOWN ///< it may not be read, or its file system knows no locks
} LockState;

/// Whether another process holds it now, and who, without more than looking: the right to read is enough.
///
/// @param holder  who, as above; with LOCK_UNKNOWN why that is so; "" with LOCK_FREE
LockState lock_look(const char *path, char holder[LOCK_HOLDER_SIZE]);

#endif
