#include "io/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const double TRY_PAUSE_S = 0.02;

static void holder_read(int fd, char holder[LOCK_HOLDER_SIZE])
{
    const ssize_t n = pread(fd, holder, LOCK_HOLDER_SIZE - 1, 0);
    holder[n > 0 ? n : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    if (holder[0] == '\0')
        strcpy(holder, "another process");
}

/// Says who we are. Whoever cannot read it learns less, so a failure does not matter.
static void holder_write(int fd)
{
    char host[256] = "", text[LOCK_HOLDER_SIZE];
    gethostname(host, sizeof host - 1);
    const int n = snprintf(text, sizeof text, "process %ld on %.250s\n", (long)getpid(), host);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
        return;
}

/// The file may have been removed by its last holder between opening and locking.
static bool is_still_there(const File *file)
{
    struct stat held, there;
    return fstat(file->fd, &held) == 0 && stat(file->path, &there) == 0 &&
           held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

QmtStatus lock_take(QmtContext *ctx, const char *path, double wait_s, File *lock, char *holder)
{
    char who[LOCK_HOLDER_SIZE] = "";
    const double end = seconds() + wait_s;
    for (;;) {
        File file = file_none();
        TRY(file_open(ctx, path, FILE_ANY, &file));
        const int refused = flock(file.fd, LOCK_EX | LOCK_NB) != 0 ? errno : 0;
        const bool held = refused == EWOULDBLOCK, removed = refused == 0 && !is_still_there(&file);
        if (!held && !removed && refused != EINTR) {
            if (refused != 0)
                context_log(ctx, QMT_LOG_WARNING,
                            "%s: this file system knows no locks (%s); start no second program on "
                            "this folder",
                            path, strerror(refused));
            holder_write(file.fd);
            *lock = file;
            return QMT_OK;
        }
        if (held)
            holder_read(file.fd, who);
        file_abandon(&file);
        if (!held)
            continue;
        if (seconds() >= end)
            break;
        nanosleep(&(struct timespec){.tv_nsec = (long)(1e9 * TRY_PAUSE_S)}, NULL);
    }
    if (holder != NULL)
        strcpy(holder, who);
    return FAIL(ctx, QMT_ERR_LOCKED, "%s: held by %s", path, who);
}

void lock_give_back(File *lock)
{
    if (lock->fd < 0)
        return;
    unlink(lock->path); // while it is held: nobody else can hold what is removed
    file_abandon(lock);
}

bool lock_is_held(const char *path, char holder[LOCK_HOLDER_SIZE])
{
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return false;
    // A shared lock of a moment: several may look, and who wants to hold waits longer than that.
    const bool held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (held)
        holder_read(fd, holder);
    close(fd);
    return held;
}
