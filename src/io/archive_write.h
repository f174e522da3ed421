#ifndef IO_ARCHIVE_WRITE_H
#define IO_ARCHIVE_WRITE_H

#include "io/archive.h"

/// Folders go into an archive (io/archive.h). Several programs may append to one; they take turns.

typedef struct {
    char path[FILE_PATH_SIZE];
    File zip, index;
    Archive archive;   ///< what is in it
    size_t n_appended; ///< folders, by this writer
    size_t n_taken; ///< archives that other programs took away from it, with what it had appended
} ArchiveWriter;

/// Takes the turn: until lock_give_back() nobody else appends to the archive of this path or takes it away.
///
/// Fails with QMT_ERR_LOCKED (another program has had it for two minutes) or QMT_ERR_IO.
QmtStatus archive_turn_take(QmtContext *ctx, const char *path, File *turn);

/// Opens or makes an archive. Fails as archive_read(), or with QMT_ERR_LOCKED. What appends makes an index again that lacks
/// folders, and fails with QMT_ERR_FORMAT where the archive was cut off: what lies behind could come back.
QmtStatus archive_writer_open(QmtContext *ctx, const char *path, ArchiveWriter *writer);
/// Appends the files of a folder under a label, the one named last behind the others; hidden files, those named "lock" and
/// those that end in ".tmp" excepted. Nothing is done if it is there already. Where another program has taken the archive away
/// meanwhile, this begins a new one, and n_taken grows. After a failure the archive is as before.
QmtStatus archive_append(QmtContext *ctx, ArchiveWriter *writer, const char *folder,
                         const char *label, const char *last);
/// Waits until all that was appended is on the disk. The folders may go when it is, as long as one has the turn and
/// archive_is_in_place().
QmtStatus archive_sync(QmtContext *ctx, ArchiveWriter *writer);
/// True if the archive that was appended to last still has its name: not if another program has taken it away. With the turn
/// that stays so.
bool archive_is_in_place(const ArchiveWriter *writer);
/// Writes the directory behind the members, so that other programs can read the archive; of one that was taken away, none.
QmtStatus archive_directory_write(QmtContext *ctx, ArchiveWriter *writer);
void archive_writer_close(ArchiveWriter *writer);

/// Copies the files of a folder out of an archive; the folder is made, and whole on the disk when this returns. CRC-32
/// are compared.
///
/// Fails with QMT_ERR_FORMAT (damaged) or QMT_ERR_IO.
QmtStatus archive_extract(QmtContext *ctx, const Archive *archive, const ArchiveFolder *folder,
                          const char *to);

#endif
