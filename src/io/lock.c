#include "io/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/printable.h"

static const double TRY_PAUSE_S = 0.02;

/// The process that holds a lock of flock(2) on an open file, as this system sees it; 0 if it does not say, as
/// for a holder on another machine.
static long locker_find(int fd)
{
    struct stat info;
    char line[160];
    long found = 0;
    FILE *const file = fopen("/proc/locks", "re");
    if (file == NULL)
        return 0;
    if (fstat(fd, &info) == 0)
        while (found == 0 && fgets(line, sizeof line, file) != NULL) {
            long process;
            unsigned major_number, minor_number;
            unsigned long long inode;
            if (sscanf(line, "%*d: FLOCK %*s %*s %ld %x:%x:%llu", &process, &major_number,
                       &minor_number, &inode) == 4 &&
                inode == info.st_ino && process > 0)
                found = process;
        }
    fclose(file);
    return found;
}

/// Names a process by what the system knows of it; false if it has ended, and the lock is that of one that it left
/// behind.
static bool process_name(long process, char holder[LOCK_HOLDER_SIZE])
{
    char path[64], name[32] = "";
    struct stat info;
    snprintf(path, sizeof path, "/proc/%ld/comm", process);
    if (stat(path, &info) != 0)
        return false;
    FILE *const file = fopen(path, "re");
    if (file != NULL) {
        if (fgets(name, sizeof name, file) != NULL)
            name[strcspn(name, "\n")] = '\0';
        fclose(file);
    }
    snprintf(holder, LOCK_HOLDER_SIZE, "process %ld (%s) of user %lu", process, name,
             (unsigned long)info.st_uid);
    return true;
}

/// What the holder wrote about itself; if the system names another process, that one: whoever may read the file can
/// hold it.
static void holder_read(int fd, char holder[LOCK_HOLDER_SIZE])
{
    char text[LOCK_HOLDER_SIZE];
    const ssize_t n = pread(fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    long writer = 0;
    const bool written = sscanf(text, "process %ld on ", &writer) == 1;
    const long locker = locker_find(fd);
    if (locker != 0 && locker != writer && process_name(locker, holder))
        return;
    if (written)
        text_printable(text, holder, LOCK_HOLDER_SIZE);
    else
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

/// Whether somebody holds a lock whose file we may only read.
static bool is_held(const char *path, char who[LOCK_HOLDER_SIZE])
{
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    const bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (held)
        holder_read(fd, who);
    if (fd >= 0)
        close(fd);
    return held;
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
        const QmtStatus opened = file_open(ctx, path, FILE_ANY, &file);
        // Who holds it may have taken the permission to write, and is the better news.
        if (opened != QMT_OK && is_held(path, who))
            break;
        TRY(opened);
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

LockState lock_look(const char *path, char holder[LOCK_HOLDER_SIZE])
{
    holder[0] = '\0';
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return LOCK_FREE;
    // A shared lock of a moment: several may look, and who wants to hold waits longer than that.
    const bool refused = fd < 0 || flock(fd, LOCK_SH | LOCK_NB) != 0;
    LockState state = refused ? LOCK_UNKNOWN : LOCK_FREE;
    if (refused && fd >= 0 && errno == EWOULDBLOCK) {
        state = LOCK_HELD;
        holder_read(fd, holder);
    } else if (refused) {
        snprintf(holder, LOCK_HOLDER_SIZE, "its lock cannot be read: %s", strerror(errno));
    }
    if (fd >= 0)
        close(fd);
    return state;
}

bool lock_mount_is_shared(const char *line)
{
    static const char *const LOCAL[] = {"localflock", "local_lock=flock", "local_lock=all"};
    for (size_t i = 0; i < sizeof LOCAL / sizeof LOCAL[0]; i++)
        if (strstr(line, LOCAL[i]) != NULL)
            return false;
    return true;
}

/// Looks for the mount that a folder is in; one that is not listed has no options that matter.
static bool mount_is_shared(const struct stat *folder)
{
    char line[4096];
    bool shared = true;
    FILE *const file = fopen("/proc/self/mountinfo", "re");
    if (file == NULL)
        return true;
    while (shared && fgets(line, sizeof line, file) != NULL) {
        unsigned major_number, minor_number;
        if (sscanf(line, "%*d %*d %u:%u", &major_number, &minor_number) == 2 &&
            makedev(major_number, minor_number) == folder->st_dev)
            shared = lock_mount_is_shared(line);
    }
    fclose(file);
    return shared;
}

bool lock_is_shared(const char *folder)
{
    struct stat info;
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool known = fd >= 0 && (flock(fd, LOCK_SH | LOCK_NB) == 0 || errno == EWOULDBLOCK);
    const bool shared = known && fstat(fd, &info) == 0 && mount_is_shared(&info);
    if (fd >= 0)
        close(fd);
    return shared;
}
