#ifndef IO_FILE_H
#define IO_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/context.h"

/// The one layer through which files are read and written. It finishes short writes, repeats calls
/// that a signal interrupted, and turns every failure into one sentence with the path, the operation,
/// the reason of the system and a way out (QMT_ERR_IO).

typedef enum {
    FILE_OP_OPEN,
    FILE_OP_READ,
    FILE_OP_WRITE,
    FILE_OP_RESERVE,
    FILE_OP_TRUNCATE,
    FILE_OP_SYNC,
    FILE_OP_CLOSE,
    FILE_OP_RENAME,
    FILE_OP_SYNC_DIRECTORY,
    FILE_OP_REMOVE,
    FILE_OP_MAKE_DIRECTORY,
    FILE_OP_COUNT
} FileOperation;

/// "open", "write", ..., for messages and tests.
const char *file_operation_name(FileOperation op);

/// Returned by a fault hook: the next read or write handles one byte only, as the system may do.
enum { FILE_FAULT_SHORT = -1 };

/// For tests: called before every system call of this layer; returns 0, an errno that the call is to
/// fail with (without being made), or FILE_FAULT_SHORT. NULL removes the hook. One for the process;
/// to be set while no other thread is in this layer.
void file_set_fault_hook(int (*hook)(void *user, FileOperation op, const char *path), void *user);

enum { FILE_PATH_SIZE = 4096 };

/// An open file. {.fd = -1} or file_none() is none.
typedef struct {
    int fd;
    char path[FILE_PATH_SIZE];
    bool is_part;         ///< a piece of another file, at most for reading
    uint64_t begin, size; ///< of the piece
} File;

/// A piece of a file that is read as if it were one.
typedef struct {
    const char *path; ///< of the file that it lies in
    uint64_t begin, size;
} FilePart;

/// Who knows pieces by the path that they would have (io/archive.h): asked by file_open(FILE_READ), file_exists() and
/// file_stamp() where there is no file. False if there is none. One for the process; NULL removes it.
void file_set_part_finder(bool (*find)(const char *path, FilePart *part));

typedef enum {
    FILE_READ,   ///< must exist
    FILE_CREATE, ///< read and write; made anew, a file or link that had the name is removed
    FILE_UPDATE, ///< read and write; must exist, content kept; no link
    FILE_ANY, ///< read and write; made if it is not there, content kept; no link and no second name
    /// Read and write; made if it is not there, content kept; no link. Each write goes behind all others whatever
    /// its offset, so that lines of several processes do not mix.
    FILE_APPEND,
} FileMode;

static inline File file_none(void)
{
    return (File){.fd = -1};
}

/// Opens a file; descriptors are not inherited by programs that are started later. Pipes, sockets and devices are
/// refused, unless they are named in /dev or /proc. After a failure *file is as it was.
QmtStatus file_open(QmtContext *ctx, const char *path, FileMode mode, File *file);
/// Closes; a failure (the last chance of a network file system to report a lost write) is reported,
/// the descriptor is gone either way. Does nothing to a file that is not open.
QmtStatus file_close(QmtContext *ctx, File *file);
/// Closes a file whose content does not matter any more.
void file_abandon(File *file);

/// Writes all n bytes at an offset. On a full disk, quota or size limit the sentence says how many
/// bytes were wanted. Allocates nothing.
QmtStatus file_write_at(QmtContext *ctx, File *file, const void *data, size_t n, uint64_t offset);
/// Reads exactly n bytes at an offset; a file that ends before is QMT_ERR_IO.
QmtStatus file_read_at(QmtContext *ctx, File *file, void *data, size_t n, uint64_t offset);
/// Size in bytes.
QmtStatus file_size(QmtContext *ctx, File *file, uint64_t *size);
/// Fails with QMT_ERR_IO if an open file has lost its last name: what is written to it is gone once it is closed.
QmtStatus file_check_there(QmtContext *ctx, const File *file);
/// Makes the file at least this long with all its blocks on the disk, so that no later write below it
/// can fail for want of space.
QmtStatus file_reserve(QmtContext *ctx, File *file, uint64_t size);
/// Cuts or lengthens (with a hole) to this size.
QmtStatus file_truncate(QmtContext *ctx, File *file, uint64_t size);
/// Lets file_sync(), file_sync_path() and the folders of file_rename() wait for the disk or not, in this thread; they do
/// at first. Without it a process may be killed at any moment as before, but what a machine that loses power leaves is
/// not ordered: for files that are copied to a safe place before they count.
void file_set_sync(bool wait);
/// Waits until the content is on the disk.
QmtStatus file_sync(QmtContext *ctx, File *file);

/// Renames within a folder and waits until the folder's entry is on the disk. A pipe, a socket or a device does not give
/// way to it.
QmtStatus file_rename(QmtContext *ctx, const char *from, const char *to);
/// Removes a file; none there is fine.
QmtStatus file_remove(QmtContext *ctx, const char *path);
bool file_exists(const char *path);
/// Fails with QMT_ERR_USAGE if there is anything of this name, also a link to nowhere: a file that somebody names for an
/// output is a new one.
///
/// @param own  words near the beginning of files that may be replaced all the same; NULL: none may
QmtStatus file_check_new(QmtContext *ctx, const char *path, const char *own);
/// Fails with QMT_ERR_IO if the folder of a file is not there or may not be written to: to be asked before work is done for it.
QmtStatus file_check_folder(QmtContext *ctx, const char *path);
/// True if two paths, through links if there are any, lead to one file.
bool file_is_same(const char *a, const char *b);
/// Size and time of the last change: where both are as before, so is the content, but for accidents of the disk.
typedef struct {
    int64_t n_bytes, modified_ns; ///< since 1970
    bool is_part;                 ///< a piece of another file, whose time is not its own
} FileStamp;
/// False if there is no regular file, or it cannot be asked.
bool file_stamp(const char *path, FileStamp *stamp);
/// Makes a folder and those above it; existing ones are fine.
QmtStatus file_make_directories(QmtContext *ctx, const char *path);

/// Replaces a file as a whole: PATH.tmp, fsync, rename, fsync of the folder. Whoever reads PATH sees
/// the old content or the new one. After a failure PATH is as it was and PATH.tmp is gone.
QmtStatus file_write_whole(QmtContext *ctx, const char *path, const void *data, size_t n);
/// Replaces a file as a whole for those that read it, but does not wait for the disk: file_sync_path() does, for many
/// small files at a later moment.
QmtStatus file_write_later(QmtContext *ctx, const char *path, const void *data, size_t n);
/// Waits until the content of a file is on the disk; none there is fine. Its name is there with the next file_rename() in
/// its folder.
QmtStatus file_sync_path(QmtContext *ctx, const char *path);
/// Reads a whole file (pipes too) of at most limit bytes; *data has a terminating zero that *n does
/// not count and is freed by the caller. A larger file is QMT_ERR_FORMAT.
QmtStatus file_read_whole(QmtContext *ctx, const char *path, size_t limit, char **data, size_t *n);

/// Joins folder and name into out [FILE_PATH_SIZE]; a path too long is QMT_ERR_IO.
QmtStatus file_join(QmtContext *ctx, const char *folder, const char *name, char *out);

#endif
