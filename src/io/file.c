#include "io/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int (*fault_hook)(void *user, FileOperation op, const char *path);
static void *fault_user;

void file_set_fault_hook(int (*hook)(void *user, FileOperation op, const char *path), void *user)
{
    fault_hook = hook;
    fault_user = user;
}

const char *file_operation_name(FileOperation op)
{
    static const char *const NAMES[FILE_OP_COUNT] = {
        [FILE_OP_OPEN] = "open",
        [FILE_OP_READ] = "read",
        [FILE_OP_WRITE] = "write",
        [FILE_OP_RESERVE] = "reserve",
        [FILE_OP_TRUNCATE] = "truncate",
        [FILE_OP_SYNC] = "sync",
        [FILE_OP_CLOSE] = "close",
        [FILE_OP_RENAME] = "rename",
        [FILE_OP_SYNC_DIRECTORY] = "sync the folder",
        [FILE_OP_REMOVE] = "remove",
        [FILE_OP_MAKE_DIRECTORY] = "make the folder",
    };
    return NAMES[op];
}

/// What the hook wants for this call: 0, an errno, or FILE_FAULT_SHORT.
static bool (*part_finder)(const char *path, FilePart *part);

void file_set_part_finder(bool (*find)(const char *path, FilePart *part))
{
    part_finder = find;
}

/// True if there is no file of this name, but a piece of one that stands for it.
static bool part_find(const char *path, int error, FilePart *part)
{
    return (error == ENOENT || error == ENOTDIR) && part_finder != NULL && part_finder(path, part);
}

static _Thread_local bool sync_is_off;

void file_set_sync(bool wait)
{
    sync_is_off = !wait;
}

static int fault(FileOperation op, const char *path)
{
    return fault_hook != NULL ? fault_hook(fault_user, op, path) : 0;
}

static bool is_space_error(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

static const char *way_out(int error)
{
    switch (error) {
    case ENOSPC:
        return "free some space or choose another output folder";
    case EDQUOT:
        return "your quota is used up: remove files or choose another output folder";
    case EFBIG:
        return "raise the limit on file sizes (ulimit -f) or choose another file system";
    case EACCES:
    case EPERM:
        return "check the permissions";
    case EROFS:
        return "choose a folder that can be written";
    case ENOENT:
        return "check the name, and that its folder is still there";
    case ENOTDIR:
        return "a part of the path is a file, not a folder";
    case EISDIR:
        return "this is a folder, give a file";
    case EMFILE:
    case ENFILE:
        return "close other files or raise the limit (ulimit -n)";
    case EEXIST:
        return "a file has this name: remove it or choose another";
    case ENAMETOOLONG:
        return "choose a shorter name";
    case ELOOP:
        return "it is a link where none may be, or a circle of links: remove it";
    case ENXIO:
        return "it is not a file: remove it";
    case EIO:
        return "the device reports an error: check the disk and the system log";
    case ENOMEM:
        return "free some memory";
    default:
        return "check the file system";
    }
}

/// True if the path is a link, and what it points to is not there; target is where it points.
static bool is_link_to_nowhere(const char *path, char target[FILE_PATH_SIZE])
{
    struct stat info;
    const ssize_t n = readlink(path, target, FILE_PATH_SIZE - 1);
    target[n > 0 ? n : 0] = '\0';
    return n > 0 && stat(path, &info) != 0 && errno == ENOENT;
}

static QmtStatus failure(QmtContext *ctx, FileOperation op, const char *path, int error)
{
    char target[FILE_PATH_SIZE];
    if ((error == ENOENT || error == EEXIST) && is_link_to_nowhere(path, target))
        return FAIL(ctx, QMT_ERR_IO,
                    "%s: cannot %s: it is a link to %.200s, which does not exist; remove or mend "
                    "the link",
                    path, file_operation_name(op), target);
    if (error == EISDIR && op == FILE_OP_OPEN)
        return FAIL(ctx, QMT_ERR_IO, "%s: %s", path, way_out(error));
    return FAIL(ctx, QMT_ERR_IO, "%s: cannot %s: %s; %s", path, file_operation_name(op),
                strerror(error), way_out(error));
}

static QmtStatus failure_bytes(QmtContext *ctx, FileOperation op, const char *path, int error,
                               uint64_t n, uint64_t offset)
{
    return FAIL(ctx, QMT_ERR_IO, "%s: cannot %s %" PRIu64 " bytes at byte %" PRIu64 ": %s; %s",
                path, file_operation_name(op), n, offset, strerror(error), way_out(error));
}

/// The beginning is enough: the whole path would leave no room for the sentence.
static QmtStatus too_long(QmtContext *ctx, const char *path)
{
    return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is longer than %d bytes; choose a shorter one",
                path, FILE_PATH_SIZE - 1);
}

/// True if a name belongs to a pipe, a socket or a device, which no file of ours may take the place of.
static bool is_no_file(const char *path, mode_t *mode)
{
    struct stat info;
    const bool there = lstat(path, &info) == 0;
    *mode = there ? info.st_mode : 0;
    return there && !S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode) && !S_ISDIR(info.st_mode);
}

/// Opens with the flags of a mode. Files that we make are new ones: what has the name already, which may be a link
/// that somebody put there or a second name of another file, is removed and not written through; a device is not removed.
static int descriptor_open(const char *path, FileMode mode)
{
    static const int FLAGS[] = {
        [FILE_READ] = O_RDONLY,
        [FILE_CREATE] = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
        [FILE_UPDATE] = O_RDWR | O_NOFOLLOW,
        [FILE_ANY] = O_RDWR | O_CREAT | O_NOFOLLOW,
        [FILE_APPEND] = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW,
    };
    const int injected = fault(FILE_OP_OPEN, path);
    if (injected > 0) {
        errno = injected;
        return -1;
    }
    // Without O_NONBLOCK opening a pipe would wait for somebody at its other end.
    int fd = -1;
    mode_t kind;
    for (int attempt = 0; attempt < 3; attempt++) {
        fd = open(path, FLAGS[mode] | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST || mode != FILE_CREATE || is_no_file(path, &kind) ||
            unlink(path) != 0)
            break;
    }
    return fd;
}

/// What kind of thing it is instead of a file, as the end of a sentence.
static const char *kind_word(mode_t mode)
{
    return S_ISFIFO(mode)   ? "a pipe"
           : S_ISSOCK(mode) ? "a socket"
           : S_ISCHR(mode)  ? "a device"
           : S_ISBLK(mode)  ? "a block device"
                            : "something else";
}

/// Refuses what is no file, on which reading may wait for ever; standard input and what else the caller names in
/// /dev or /proc is meant that way.
static QmtStatus kind_check(QmtContext *ctx, const char *path, FileMode mode, int fd)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return failure(ctx, FILE_OP_OPEN, path, errno);
    if (S_ISDIR(info.st_mode))
        return failure(ctx, FILE_OP_OPEN, path, EISDIR);
    const bool named = strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
    if (!S_ISREG(info.st_mode) && !named)
        return FAIL(ctx, QMT_ERR_IO, "%s: is not a file but %s%s", path, kind_word(info.st_mode),
                    S_ISFIFO(info.st_mode) ? "; to read from one, name /dev/stdin" : "");
    if (mode == FILE_ANY && info.st_nlink > 1)
        return FAIL(ctx, QMT_ERR_IO, "%s: is a second name of another file; remove it", path);
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) != 0)
        return failure(ctx, FILE_OP_OPEN, path, errno);
    return QMT_OK;
}

/// Refuses to put a file in the place of what is none.
static QmtStatus replaceable(QmtContext *ctx, const char *path, QmtStatus code)
{
    mode_t mode;
    return is_no_file(path, &mode)
               ? FAIL(ctx, code, "%.900s: is not a file but %s; choose another name", path,
                      kind_word(mode))
               : QMT_OK;
}

static int descriptor_open_again(const char *path, FileMode mode)
{
    int fd;
    do
        fd = descriptor_open(path, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

QmtStatus file_open(QmtContext *ctx, const char *path, FileMode mode, File *file)
{
    if (strlen(path) >= sizeof file->path)
        return too_long(ctx, path);
    FilePart part = {.path = path};
    int fd = descriptor_open_again(path, mode);
    const bool is_part = fd < 0 && mode == FILE_READ && part_find(path, errno, &part);
    if (is_part)
        fd = descriptor_open_again(part.path, mode);
    if (fd < 0 && errno == EEXIST)
        TRY(replaceable(ctx, path, QMT_ERR_IO));
    if (fd < 0)
        return failure(ctx, FILE_OP_OPEN, path, errno);

    const QmtStatus status = kind_check(ctx, path, mode, fd);
    if (status != QMT_OK) {
        close(fd);
        return status;
    }
    file->fd = fd;
    strcpy(file->path, path);
    file->is_part = is_part;
    file->begin = part.begin;
    file->size = part.size;
    return QMT_OK;
}

QmtStatus file_close(QmtContext *ctx, File *file)
{
    if (file->fd < 0)
        return QMT_OK;
    const int injected = fault(FILE_OP_CLOSE, file->path);
    const int result = close(file->fd);
    // On Linux the descriptor is gone after EINTR too, and nothing is lost by it.
    const int error = injected > 0 ? injected : (result != 0 ? errno : 0);
    file->fd = -1;
    if (error != 0 && error != EINTR)
        return failure(ctx, FILE_OP_CLOSE, file->path, error);
    return QMT_OK;
}

void file_abandon(File *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

QmtStatus file_write_at(QmtContext *ctx, File *file, const void *data, size_t n, uint64_t offset)
{
    assert(file->fd >= 0);
    const unsigned char *from = data;
    size_t done = 0;
    while (done < n) {
        const int injected = fault(FILE_OP_WRITE, file->path);
        ssize_t wrote;
        if (injected > 0) {
            errno = injected;
            wrote = -1;
        } else {
            const size_t wanted = injected == FILE_FAULT_SHORT ? 1 : n - done;
            wrote = pwrite(file->fd, from + done, wanted, (off_t)(offset + done));
        }
        if (wrote > 0) {
            done += (size_t)wrote;
        } else if (wrote == 0) {
            // Nothing taken and no reason given: asking again could go on for ever.
            return failure_bytes(ctx, FILE_OP_WRITE, file->path, ENOSPC, n - done, offset + done);
        } else if (errno != EINTR) {
            return failure_bytes(ctx, FILE_OP_WRITE, file->path, errno, n - done, offset + done);
        }
    }
    return QMT_OK;
}

QmtStatus file_read_at(QmtContext *ctx, File *file, void *data, size_t n, uint64_t offset)
{
    assert(file->fd >= 0);
    unsigned char *to = data;
    size_t done = 0;
    if (file->is_part && (offset > file->size || n > file->size - offset))
        return FAIL(ctx, QMT_ERR_IO,
                    "%s: cannot read %zu bytes at byte %" PRIu64 ": the file ends at byte %" PRIu64
                    "; it was cut off, make it again",
                    file->path, n, offset, file->size);
    const uint64_t begin = file->is_part ? file->begin : 0;
    while (done < n) {
        const int injected = fault(FILE_OP_READ, file->path);
        ssize_t got;
        if (injected > 0) {
            errno = injected;
            got = -1;
        } else {
            const size_t wanted = injected == FILE_FAULT_SHORT ? 1 : n - done;
            got = pread(file->fd, to + done, wanted, (off_t)(begin + offset + done));
        }
        if (got > 0)
            done += (size_t)got;
        else if (got == 0)
            return FAIL(ctx, QMT_ERR_IO,
                        "%s: cannot read %zu bytes at byte %" PRIu64 ": the file "
                        "ends at byte %" PRIu64 "; it was cut off, make it again",
                        file->path, n, offset, offset + done);
        else if (errno != EINTR)
            return failure_bytes(ctx, FILE_OP_READ, file->path, errno, n - done, offset + done);
    }
    return QMT_OK;
}

QmtStatus file_size(QmtContext *ctx, File *file, uint64_t *size)
{
    struct stat info;
    const int injected = fault(FILE_OP_READ, file->path);
    if (injected > 0)
        return failure(ctx, FILE_OP_READ, file->path, injected);
    if (file->is_part) {
        *size = file->size;
        return QMT_OK;
    }
    if (fstat(file->fd, &info) != 0)
        return failure(ctx, FILE_OP_READ, file->path, errno);
    *size = (uint64_t)info.st_size;
    return QMT_OK;
}

QmtStatus file_check_there(QmtContext *ctx, const File *file)
{
    struct stat info;
    if (fstat(file->fd, &info) != 0)
        return failure(ctx, FILE_OP_READ, file->path, errno);
    if (info.st_nlink == 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: was removed while it was being written", file->path);
    return QMT_OK;
}

QmtStatus file_reserve(QmtContext *ctx, File *file, uint64_t size)
{
    if (size == 0)
        return QMT_OK;
    int error;
    do {
        const int injected = fault(FILE_OP_RESERVE, file->path);
        error = injected > 0 ? injected : posix_fallocate(file->fd, 0, (off_t)size);
    } while (error == EINTR);
    if (error != 0)
        return failure_bytes(ctx, FILE_OP_RESERVE, file->path, error, size, 0);
    return QMT_OK;
}

QmtStatus file_truncate(QmtContext *ctx, File *file, uint64_t size)
{
    int error;
    do {
        const int injected = fault(FILE_OP_TRUNCATE, file->path);
        error = injected > 0 ? injected : (ftruncate(file->fd, (off_t)size) != 0 ? errno : 0);
    } while (error == EINTR);
    if (error != 0)
        return is_space_error(error)
                   ? failure_bytes(ctx, FILE_OP_TRUNCATE, file->path, error, size, 0)
                   : failure(ctx, FILE_OP_TRUNCATE, file->path, error);
    return QMT_OK;
}

QmtStatus file_sync(QmtContext *ctx, File *file)
{
    int error;
    if (sync_is_off)
        return QMT_OK;
    do {
        const int injected = fault(FILE_OP_SYNC, file->path);
        error = injected > 0 ? injected : (fsync(file->fd) != 0 ? errno : 0);
    } while (error == EINTR);
    // Never repeated after another failure: the kernel may have dropped the pages and would then say
    // that all is well.
    if (error != 0)
        return failure(ctx, FILE_OP_SYNC, file->path, error);
    return QMT_OK;
}

/// Waits until the entries of the folder that holds a path are on the disk.
static QmtStatus sync_parent(QmtContext *ctx, const char *path)
{
    char folder[FILE_PATH_SIZE];
    const char *slash = strrchr(path, '/');
    const size_t length = slash == NULL ? 0 : (size_t)(slash - path);
    if (sync_is_off)
        return QMT_OK;
    if (slash == NULL)
        strcpy(folder, ".");
    else if (length == 0)
        strcpy(folder, "/");
    else if (length < sizeof folder) {
        memcpy(folder, path, length);
        folder[length] = '\0';
    } else {
        return failure(ctx, FILE_OP_SYNC_DIRECTORY, path, ENAMETOOLONG);
    }

    int error = 0;
    const int injected = fault(FILE_OP_SYNC_DIRECTORY, folder);
    const int fd = injected > 0 ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (injected > 0) {
        error = injected;
    } else if (fd < 0) {
        error = errno;
    } else {
        while (fsync(fd) != 0) {
            if (errno == EINTR)
                continue;
            error = errno;
            break;
        }
        close(fd);
    }
    // Some network file systems know no fsync of folders; they order renames themselves.
    if (error != 0 && error != EINVAL && error != EINTR)
        return failure(ctx, FILE_OP_SYNC_DIRECTORY, folder, error);
    return QMT_OK;
}

static QmtStatus rename_only(QmtContext *ctx, const char *from, const char *to)
{
    TRY(replaceable(ctx, to, QMT_ERR_IO));
    const int injected = fault(FILE_OP_RENAME, from);
    const int error = injected > 0 ? injected : (rename(from, to) != 0 ? errno : 0);
    if (error != 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: cannot rename to %s: %s; %s", from, to, strerror(error),
                    way_out(error));
    return QMT_OK;
}

QmtStatus file_rename(QmtContext *ctx, const char *from, const char *to)
{
    TRY(rename_only(ctx, from, to));
    return sync_parent(ctx, to);
}

QmtStatus file_remove(QmtContext *ctx, const char *path)
{
    const int injected = fault(FILE_OP_REMOVE, path);
    const int error = injected > 0 ? injected : (unlink(path) != 0 ? errno : 0);
    if (error != 0 && error != ENOENT)
        return failure(ctx, FILE_OP_REMOVE, path, error);
    return QMT_OK;
}

bool file_stamp(const char *path, FileStamp *stamp)
{
    struct stat there;
    FilePart part;
    if (stat(path, &there) != 0) {
        const bool found = part_find(path, errno, &part);
        if (found)
            *stamp = (FileStamp){.n_bytes = (int64_t)part.size, .is_part = true};
        return found;
    }
    if (!S_ISREG(there.st_mode))
        return false;
    *stamp = (FileStamp){.n_bytes = (int64_t)there.st_size,
                         .modified_ns = (int64_t)there.st_mtim.tv_sec * 1000000000 +
                                        (int64_t)there.st_mtim.tv_nsec};
    return true;
}

bool file_exists(const char *path)
{
    struct stat info;
    FilePart part;
    return stat(path, &info) == 0 || part_find(path, errno, &part);
}

/// True if a file, which is no link, has these words near its beginning.
static bool has_words(const char *path, const char *words)
{
    enum { LOOKED_AT = 2048 };
    char begin[LOOKED_AT];
    ssize_t n = -1;
    struct stat info;
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
        n = pread(fd, begin, sizeof begin, 0);
    if (fd >= 0)
        close(fd);
    return n > 0 && memmem(begin, (size_t)n, words, strlen(words)) != NULL;
}

QmtStatus file_check_folder(QmtContext *ctx, const char *path)
{
    char folder[FILE_PATH_SIZE] = ".";
    struct stat info;
    const char *const slash = strrchr(path, '/');
    if (slash != NULL)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path + 1), path);
    if (stat(folder, &info) != 0)
        return FAIL(ctx, QMT_ERR_IO,
                    "%.900s: cannot be written, for its folder cannot be opened: %s", path,
                    strerror(errno));
    if (!S_ISDIR(info.st_mode) || access(folder, W_OK | X_OK) != 0)
        return FAIL(ctx, QMT_ERR_IO, "%.900s: cannot be written, for %.900s %s", path, folder,
                    S_ISDIR(info.st_mode) ? "is a folder that you may not write to"
                                          : "is not a folder");
    return QMT_OK;
}

QmtStatus file_check_new(QmtContext *ctx, const char *path, const char *own)
{
    struct stat info;
    FilePart part;
    if (lstat(path, &info) != 0 && !part_find(path, errno, &part))
        return QMT_OK;
    TRY(replaceable(ctx, path, QMT_ERR_USAGE));
    if (own != NULL && has_words(path, own))
        return QMT_OK;
    return FAIL(ctx, QMT_ERR_USAGE, "%.900s: exists already; remove it or choose another name",
                path);
}

bool file_is_same(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static QmtStatus make_directory(QmtContext *ctx, const char *path)
{
    const int injected = fault(FILE_OP_MAKE_DIRECTORY, path);
    int error = injected > 0 ? injected : (mkdir(path, 0777) != 0 ? errno : 0);
    if (error == 0 || injected > 0)
        return error == 0 ? QMT_OK : failure(ctx, FILE_OP_MAKE_DIRECTORY, path, error);

    // A read-only or forbidden parent answers before "exists": what counts is whether it is there.
    struct stat info;
    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode))
            return QMT_OK;
        error = ENOTDIR;
    }
    return failure(ctx, FILE_OP_MAKE_DIRECTORY, path, error);
}

QmtStatus file_make_directories(QmtContext *ctx, const char *path)
{
    char part[FILE_PATH_SIZE];
    const size_t length = strlen(path);
    if (length >= sizeof part)
        return too_long(ctx, path);
    for (size_t i = 1; i < length; i++) {
        if (path[i] != '/' || path[i - 1] == '/')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        TRY(make_directory(ctx, part));
    }
    return length > 0 ? make_directory(ctx, path) : QMT_OK;
}

static QmtStatus content_write(QmtContext *ctx, File *file, const void *data, size_t n, bool wait)
{
    TRY(file_write_at(ctx, file, data, n, 0));
    if (wait)
        TRY(file_sync(ctx, file));
    return file_close(ctx, file);
}

/// Replaces a file; wait: for the disk.
static QmtStatus file_replace(QmtContext *ctx, const char *path, const void *data, size_t n,
                              bool wait)
{
    char temporary[FILE_PATH_SIZE];
    const int length = snprintf(temporary, sizeof temporary, "%s.tmp", path);
    if (length < 0 || (size_t)length >= sizeof temporary)
        return too_long(ctx, path);

    File file = file_none();
    TRY(file_open(ctx, temporary, FILE_CREATE, &file));
    QmtStatus status = content_write(ctx, &file, data, n, wait);
    file_abandon(&file);
    if (status == QMT_OK)
        status = wait ? file_rename(ctx, temporary, path) : rename_only(ctx, temporary, path);
    if (status != QMT_OK)
        unlink(temporary);
    return status;
}

QmtStatus file_write_whole(QmtContext *ctx, const char *path, const void *data, size_t n)
{
    return file_replace(ctx, path, data, n, true);
}

QmtStatus file_write_later(QmtContext *ctx, const char *path, const void *data, size_t n)
{
    return file_replace(ctx, path, data, n, false);
}

QmtStatus file_sync_path(QmtContext *ctx, const char *path)
{
    File file = file_none();
    if (sync_is_off || !file_exists(path))
        return QMT_OK;
    TRY(file_open(ctx, path, FILE_READ, &file));
    const QmtStatus status = file_sync(ctx, &file);
    file_abandon(&file);
    return status;
}

/// Reads a piece of a file.
static QmtStatus part_read(QmtContext *ctx, File *file, size_t limit, char **data, size_t *n)
{
    char *const block = file->size <= limit ? malloc((size_t)file->size + 1) : NULL;
    if (block == NULL)
        return FAIL(ctx, file->size > limit ? QMT_ERR_FORMAT : QMT_ERR_MEMORY,
                    "%s: %" PRIu64 " bytes are too many", file->path, file->size);
    const QmtStatus status = file_read_at(ctx, file, block, (size_t)file->size, 0);
    if (status != QMT_OK) {
        free(block);
        return status;
    }
    block[file->size] = '\0';
    *data = block;
    *n = (size_t)file->size;
    return QMT_OK;
}

/// Reads an open file to its end into a block that grows, so that pipes work.
static QmtStatus read_to_end(QmtContext *ctx, File *file, size_t limit, char **data, size_t *n)
{
    size_t capacity = 65536;
    char *block = malloc(capacity);
    size_t used = 0;
    while (block != NULL) {
        const int injected = fault(FILE_OP_READ, file->path);
        const size_t wanted = injected == FILE_FAULT_SHORT ? 1 : capacity - used - 1;
        ssize_t got = -1;
        if (injected > 0)
            errno = injected;
        else
            got = read(file->fd, block + used, wanted);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            const int error = errno;
            free(block);
            return failure(ctx, FILE_OP_READ, file->path, error);
        }
        if (got == 0) {
            block[used] = '\0';
            *data = block;
            *n = used;
            return QMT_OK;
        }
        used += (size_t)got;
        if (used > limit) {
            free(block);
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: larger than %zu bytes, which is the limit for this "
                        "kind of file; is it the right one?",
                        file->path, limit);
        }
        if (capacity - used < 2) {
            char *grown = realloc(block, 2 * capacity);
            if (grown == NULL)
                break;
            block = grown;
            capacity *= 2;
        }
    }
    free(block);
    return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu bytes", file->path, 2 * capacity);
}

QmtStatus file_read_whole(QmtContext *ctx, const char *path, size_t limit, char **data, size_t *n)
{
    File file = file_none();
    TRY(file_open(ctx, path, FILE_READ, &file));
    const QmtStatus status = file.is_part ? part_read(ctx, &file, limit, data, n)
                                          : read_to_end(ctx, &file, limit, data, n);
    file_abandon(&file);
    return status;
}

QmtStatus file_join(QmtContext *ctx, const char *folder, const char *name, char *out)
{
    const int length = snprintf(out, FILE_PATH_SIZE, "%s/%s", folder, name);
    if (length < 0 || length >= FILE_PATH_SIZE)
        return too_long(ctx, folder);
    return QMT_OK;
}
