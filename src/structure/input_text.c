#include "structure/input_text.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"

/// A named pipe that stays empty for so long has no writer.
enum { PIPE_WAIT_MS = 5000, PIPE_BLOCK = 1 << 16 };

/// Reads what a writer puts into a named pipe until it closes its end.
static QmtStatus pipe_drain(QmtContext *ctx, int fd, const char *path, size_t limit, char **data,
                            size_t *n)
{
    size_t room = 0, length = 0;
    char *all = NULL;
    bool any = false;
    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (length + PIPE_BLOCK + 1 > room) {
            room = 2 * room + 2 * PIPE_BLOCK;
            char *const more = realloc(all, room);
            if (more == NULL) {
                free(all);
                return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu bytes", path, room);
            }
            all = more;
        }
        const int ready = poll(&wait, 1, PIPE_WAIT_MS);
        const ssize_t got = ready > 0 ? read(fd, all + length, PIPE_BLOCK) : -1;
        if (ready < 0 && errno == EINTR)
            continue;
        if (got == 0 && any)
            break;
        if (got <= 0 || length + (size_t)got > limit) {
            free(all);
            if (got > 0)
                return FAIL(ctx, QMT_ERR_FORMAT, "%s: more than %zu bytes come out of this pipe",
                            path, limit);
            return FAIL(ctx, QMT_ERR_IO,
                        "%s: a pipe into which nobody writes; give a file, or \"-\" for standard "
                        "input",
                        path);
        }
        any = true;
        length += (size_t)got;
    }
    all[length] = '\0';
    *data = all;
    *n = length;
    return QMT_OK;
}

static QmtStatus named_pipe_read(QmtContext *ctx, const char *path, size_t limit, char **data,
                                 size_t *n)
{
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: cannot open: %s", path, strerror(errno));
    const QmtStatus status = pipe_drain(ctx, fd, path, limit, data, n);
    close(fd);
    return status;
}

static bool is_gzip(const char *data, size_t n)
{
    return n >= 18 && (unsigned char)data[0] == 0x1F && (unsigned char)data[1] == 0x8B;
}

/// Decompresses one member after another into a buffer that grows to at most limit bytes.
static QmtStatus gzip_expand(QmtContext *ctx, const char *path, size_t limit, char **data,
                             size_t *n)
{
    struct libdeflate_decompressor *const machine = libdeflate_alloc_decompressor();
    size_t room = 4 * *n + 4096, used = 0, length = 0;
    char *out = malloc(room + 1);
    enum libdeflate_result result = LIBDEFLATE_SUCCESS;
    while (machine != NULL && out != NULL && used < *n && result == LIBDEFLATE_SUCCESS) {
        size_t in = 0, made = 0;
        result = libdeflate_gzip_decompress_ex(machine, *data + used, *n - used, out + length,
                                               room - length, &in, &made);
        if (result == LIBDEFLATE_SUCCESS) {
            used += in;
            length += made;
        } else if (result == LIBDEFLATE_INSUFFICIENT_SPACE && room < limit) {
            char *const more = realloc(out, (room = room < limit / 4 ? 4 * room : limit) + 1);
            if (more == NULL)
                free(out);
            out = more;
            result = LIBDEFLATE_SUCCESS;
        }
    }
    libdeflate_free_decompressor(machine);
    if (machine == NULL || out == NULL || result != LIBDEFLATE_SUCCESS) {
        free(out);
        if (machine == NULL || out == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to decompress it", path);
        if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
            return FAIL(ctx, QMT_ERR_FORMAT, "%s: more than %zu bytes when decompressed; split it",
                        path, limit);
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: this gzip file is damaged or cut off; copy or make it again", path);
    }
    out[length] = '\0';
    free(*data);
    *data = out;
    *n = length;
    return QMT_OK;
}

QmtStatus input_read(QmtContext *ctx, const char *path, size_t limit, char **data, size_t *n)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    // What the shell makes of <(command) is under /dev and has a writer.
    const bool is_device = strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
    struct stat about;
    char *read = NULL;
    size_t length = 0;
    if (!is_stdin && !is_device && stat(path, &about) == 0 && S_ISFIFO(about.st_mode))
        TRY(named_pipe_read(ctx, path, limit, &read, &length));
    else
        TRY(file_read_whole(ctx, is_stdin ? "/dev/stdin" : path, limit, &read, &length));
    const QmtStatus status =
        is_gzip(read, length) ? gzip_expand(ctx, path, limit, &read, &length) : QMT_OK;
    if (status != QMT_OK) {
        free(read);
        return status;
    }
    *data = read;
    *n = length;
    return QMT_OK;
}
