#ifndef QMTRAJ_ARCHIVE_H
#define QMTRAJ_ARCHIVE_H

/// Finished trajectories in archives: OUT/packed.zip instead of a folder for each. An archive is a ZIP of stored members
/// NAME/FILE, which zipfile and NumPy read as well; packed.zip.index says where they are while a job appends to it.
///
/// Threads: an open QmtArchives belongs to the thread that opened it.

#include <stddef.h>

#include <qmtraj/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Packs every finished trajectory that lies in a folder of OUT, and writes the directories of the archives there. What is
/// killed meanwhile loses nothing: a folder goes when the archive is on the disk.
///
/// @param n  how many were packed; may be NULL
/// Fails with QMT_ERR_IO, QMT_ERR_FORMAT (an index is damaged or missing), QMT_ERR_LOCKED, QMT_ERR_ARGUMENT or
/// QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_pack(QmtContext *ctx, const char *out, size_t *n);

/// Makes folders of packed trajectories again. The archives go if all were wanted. Programs that append to them wait
/// meanwhile. Where a trajectory is damaged, the others are unpacked, a warning names it, and its archive stays.
///
/// @param names  [n_names] "water", "water/r02"; none: all
/// @param n      how many were unpacked; may be NULL
/// Fails likewise, with QMT_ERR_FORMAT also if a trajectory is damaged, and with QMT_ERR_USAGE if a name is in no archive.
QMT_API QmtStatus qmt_unpack(QmtContext *ctx, const char *out, const char *const *names,
                             size_t n_names, size_t *n);

/// The archives of a folder. While it is open, the functions of this library read OUT/NAME/trajectory.npz and the files
/// beside it in this thread as if the folders were there.
typedef struct QmtArchives QmtArchives;

/// Opens the archives of a folder, or those that hold the folder of a path that is not there. None is fine.
///
/// @param archives  to be closed with qmt_archives_close(); untouched after a failure
/// Fails with QMT_ERR_IO, QMT_ERR_FORMAT, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_archives_open(QmtContext *ctx, const char *path, QmtArchives **archives);
/// Closes them and sets the pointer to NULL; accepts NULL.
QMT_API void qmt_archives_close(QmtArchives **archives);
/// Number of trajectories in them; 0 for NULL.
QMT_API size_t qmt_archives_count(const QmtArchives *archives);
/// "water", "water/r02", in the order of packing; NULL if a folder or a later one of the same name takes its place, or if
/// there is no trajectory i.
QMT_API const char *qmt_archives_name(const QmtArchives *archives, size_t i);

#ifdef __cplusplus
}
#endif
#endif
