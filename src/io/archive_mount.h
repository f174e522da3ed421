#ifndef IO_ARCHIVE_MOUNT_H
#define IO_ARCHIVE_MOUNT_H

#include "io/archive.h"

/// Archives of a folder whose members can be opened by the path that they would have outside: OUT/LABEL/FILE.
typedef struct ArchiveMount ArchiveMount;

/// Opens the archives in OUT, those that lack a directory among them, to the file_open(), file_exists() and file_stamp() of this thread. No archive is fine, and
/// costs nothing later. Of one that was cut off a warning says how much is lost.
///
/// @param own    name of an archive that may appear later; NULL: none
/// @param mount  to be given back with archives_unmount()
/// Fails as archive_read().
QmtStatus archives_mount(QmtContext *ctx, const char *out, const char *own, ArchiveMount **mount);
/// Likewise for the path of a file in a folder that may be in an archive of a folder above it.
QmtStatus archives_mount_above(QmtContext *ctx, const char *path, ArchiveMount **mount);
/// Learns what other programs appended since; what cannot be read is left for another time.
void archives_refresh(QmtContext *ctx, ArchiveMount *mount);
/// For a file that is not there any more: learns what was packed meanwhile into the archives that this thread has open, those
/// of their folders that are new among them. True if the file is there now, in an archive or unpacked.
bool archives_look_again(QmtContext *ctx, const char *path);
/// Sets the pointer to NULL; accepts NULL.
void archives_unmount(ArchiveMount **mount);

/// How many folders there are, hidden ones among them.
size_t archives_count(const ArchiveMount *mount);
/// Label of folder i; NULL if a folder on the disk or in another archive hides it.
const char *archives_label(const ArchiveMount *mount, size_t i);
/// The folder of a label, NULL if there is none or one on the disk hides it; *archive is the one that it is in.
const ArchiveFolder *archives_find(const ArchiveMount *mount, const char *label,
                                   const Archive **archive);
/// Whether an archive behind this one holds a folder of the label, too.
bool archives_hold_behind(const ArchiveMount *mount, const Archive *archive, const char *label);

#endif
