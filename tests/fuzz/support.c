#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "io/zip.h"

QmtContext *fuzz_context(void)
{
    static QmtContext *ctx;
    if (ctx == NULL)
        FUZZ_REQUIRE(qmt_context_create(&ctx) == QMT_OK);
    (void)context_restore(ctx, &(Message){0});
    return ctx;
}

void fuzz_fail(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    abort();
}

QmtStatus fuzz_status(QmtStatus status)
{
    FUZZ_REQUIRE(status >= QMT_OK && status < QMT_STATUS_COUNT);
    FUZZ_REQUIRE(status != QMT_ERR_MEMORY);
    return status;
}

bool fuzz_sometimes(const uint8_t *data, size_t size, uint32_t every)
{
#ifdef FUZZ_LIBFUZZER
    return zip_crc(0, data, size) % every == 0;
#else
    (void)data;
    (void)size;
    (void)every;
    return true;
#endif
}

const char *fuzz_file(const void *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0) {
        fd = memfd_create("fuzz", MFD_CLOEXEC);
        FUZZ_REQUIRE(fd >= 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    FUZZ_REQUIRE(ftruncate(fd, 0) == 0);
    FUZZ_REQUIRE(pwrite(fd, data, size, 0) == (ssize_t)size);
    return path;
}

static char folder[64];

static int entry_remove(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

static void folder_remove(void)
{
    nftw(folder, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_folder(void)
{
    if (folder[0] == '\0') {
        strcpy(folder, "/dev/shm/qmtraj_fuzz_XXXXXX");
        if (mkdtemp(folder) == NULL) {
            strcpy(folder, "/tmp/qmtraj_fuzz_XXXXXX");
            FUZZ_REQUIRE(mkdtemp(folder) != NULL);
        }
        atexit(folder_remove);
    }
    return folder;
}
