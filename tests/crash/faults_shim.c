/// Preloaded into the program (LD_PRELOAD), so that its n-th call of some kind fails. faults.py says which:
///
///     FAULT_COUNTERS  a file of one uint64 per kind, shared by the processes of a job; counts calls
///     FAULT_KIND      the kind whose calls fail ("write", "malloc", ...), or "change": all that alter files
///     FAULT_AT        the call that fails, 1 is the first; 0: none, only counts
///     FAULT_ERROR     errno of the failure; -1: the call handles half of its bytes; -2: the process and its
///                     group are killed instead of the call
///     FAULT_STAYS     1: every later call of the kind fails too, as on a disk that is full
///
/// Calls count from main() on: what the system's libraries do before is not the program's. Of reads, writes
/// and closings only those of regular files do.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum {
    OPEN,
    READ,
    WRITE,
    RESERVE,
    TRUNCATE,
    SYNC,
    CLOSE,
    RENAME,
    REMOVE,
    MAKE_FOLDER,
    LOCK,
    FORK,
    PIPE,
    MALLOC,
    CHANGE, ///< any of those that alter files
    N_KINDS
} Kind;

static const char *const KIND_NAMES[N_KINDS] = {
    [OPEN] = "open",         [READ] = "read",         [WRITE] = "write",   [RESERVE] = "reserve",
    [TRUNCATE] = "truncate", [SYNC] = "sync",         [CLOSE] = "close",   [RENAME] = "rename",
    [REMOVE] = "remove",     [MAKE_FOLDER] = "mkdir", [LOCK] = "lock",     [FORK] = "fork",
    [PIPE] = "pipe",         [MALLOC] = "malloc",     [CHANGE] = "change",
};

enum { SHORT = -1, KILL = -2 };

// The wrapped functions have no other place to find these; set once, before main().
static _Atomic uint64_t *counters; ///< [N_KINDS], NULL: main() has not begun
static int fault_kind = -1, fault_error;
static uint64_t fault_at;
static bool fault_stays;

// glibc's own names, which need no search that would itself allocate.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/// Counts a call; returns 0, or how it is to fail.
static int fault(Kind kind)
{
    if (counters == NULL)
        return 0;
    const uint64_t n = atomic_fetch_add(&counters[kind], 1) + 1;
    if ((int)kind != fault_kind || fault_at == 0)
        return 0;
    if (n != fault_at && !(fault_stays && n > fault_at))
        return 0;
    if (fault_error == KILL)
        kill(0, SIGKILL);
    return fault_error;
}

/// The same for a call that alters files.
static int fault_of_change(Kind kind)
{
    const int of_kind = fault(kind), of_change = fault(CHANGE);
    return of_kind != 0 ? of_kind : of_change;
}

static bool is_regular(int fd)
{
    struct stat info;
    return counters != NULL && fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

static int (*real_main)(int, char **, char **);

static void begin(void)
{
    const char *const path = getenv("FAULT_COUNTERS"), *const kind = getenv("FAULT_KIND");
    const char *const at = getenv("FAULT_AT"), *const error = getenv("FAULT_ERROR");
    const char *const stays = getenv("FAULT_STAYS");
    const int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *const map =
        mmap(NULL, N_KINDS * sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED)
        return;
    for (int k = 0; kind != NULL && k < N_KINDS; k++)
        if (strcmp(kind, KIND_NAMES[k]) == 0)
            fault_kind = k;
    fault_at = at != NULL ? strtoull(at, NULL, 10) : 0;
    fault_error = error != NULL ? atoi(error) : EIO;
    fault_stays = stays != NULL && strcmp(stays, "1") == 0;
    counters = map;
}

static int main_after_begin(int argc, char **argv, char **envp)
{
    begin();
    return real_main(argc, argv, envp);
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
    int (*const start)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void),
                       void (*)(void), void *) = dlsym(RTLD_NEXT, "__libc_start_main");
    real_main = main;
    return start(main_after_begin, argc, argv, init, fini, rtld_fini, stack_end);
}

static bool alters(int flags)
{
    return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
}

int open(const char *path, int flags, ...)
{
    va_list words;
    va_start(words, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(words, mode_t) : 0;
    va_end(words);
    const int injected = alters(flags) ? fault_of_change(OPEN) : fault(OPEN);
    if (injected > 0) {
        errno = injected;
        return -1;
    }
    return REAL(open)(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    const int injected = fault(OPEN);
    if (injected > 0) {
        errno = injected;
        return NULL;
    }
    return REAL(fopen)(path, mode);
}

static size_t half(size_t n)
{
    return n > 1 ? n / 2 : n;
}

ssize_t read(int fd, void *data, size_t n)
{
    const int injected = is_regular(fd) ? fault(READ) : 0;
    if (injected > 0) {
        errno = injected;
        return -1;
    }
    return REAL(read)(fd, data, injected == SHORT ? half(n) : n);
}

ssize_t pread(int fd, void *data, size_t n, off_t offset)
{
    const int injected = is_regular(fd) ? fault(READ) : 0;
    if (injected > 0) {
        errno = injected;
        return -1;
    }
    return REAL(pread)(fd, data, injected == SHORT ? half(n) : n, offset);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t offset)
{
    const int injected = is_regular(fd) ? fault_of_change(WRITE) : 0;
    if (injected > 0) {
        errno = injected;
        return -1;
    }
    return REAL(pwrite)(fd, data, injected == SHORT ? half(n) : n, offset);
}

int posix_fallocate(int fd, off_t offset, off_t n)
{
    const int injected = fault_of_change(RESERVE);
    return injected > 0 ? injected : REAL(posix_fallocate)(fd, offset, n);
}

/// The body of a wrapped function that returns 0 or -1.
#define RETURN_FAULT_OR(injected, call)                                                            \
    do {                                                                                           \
        const int injected_ = (injected);                                                          \
        if (injected_ > 0) {                                                                       \
            errno = injected_;                                                                     \
            return -1;                                                                             \
        }                                                                                          \
        return call;                                                                               \
    } while (0)

int ftruncate(int fd, off_t size)
{
    RETURN_FAULT_OR(fault_of_change(TRUNCATE), REAL(ftruncate)(fd, size));
}

int fsync(int fd)
{
    RETURN_FAULT_OR(fault_of_change(SYNC), REAL(fsync)(fd));
}

int rename(const char *from, const char *to)
{
    RETURN_FAULT_OR(fault_of_change(RENAME), REAL(rename)(from, to));
}

int unlink(const char *path)
{
    RETURN_FAULT_OR(fault_of_change(REMOVE), REAL(unlink)(path));
}

int mkdir(const char *path, mode_t mode)
{
    RETURN_FAULT_OR(fault_of_change(MAKE_FOLDER), REAL(mkdir)(path, mode));
}

int flock(int fd, int operation)
{
    RETURN_FAULT_OR(fault(LOCK), REAL(flock)(fd, operation));
}

pid_t fork(void)
{
    RETURN_FAULT_OR(fault(FORK), REAL(fork)());
}

int pipe2(int ends[2], int flags)
{
    RETURN_FAULT_OR(fault(PIPE), REAL(pipe2)(ends, flags));
}

/// The descriptor is gone even when the call fails, as on Linux.
int close(int fd)
{
    const int injected = is_regular(fd) ? fault(CLOSE) : 0;
    const int result = REAL(close)(fd);
    if (injected > 0) {
        errno = injected;
        return -1;
    }
    return result;
}

static bool no_memory(void)
{
    if (fault(MALLOC) == 0)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return no_memory() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return no_memory() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *block, size_t size)
{
    return no_memory() ? NULL : __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return no_memory() ? NULL : __libc_memalign(alignment, size);
}
