#include "dataset/folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// Says that a folder is ours to remove. The finished one has none.
static const char MARK[] = ".unfinished-dataset";

static int entry_remove(const char *path, const struct stat *about, int type, struct FTW *at)
{
    (void)about, (void)type, (void)at;
    return remove(path);
}

static bool tree_remove(const char *path)
{
    enum { DESCRIPTORS = 16 };
    return nftw(path, entry_remove, DESCRIPTORS, FTW_DEPTH | FTW_PHYS) == 0;
}

/// Also one that is being written.
static bool has_mark(const char *mark)
{
    char half[FILE_PATH_SIZE + 4];
    struct stat about;
    snprintf(half, sizeof half, "%s.tmp", mark);
    return lstat(mark, &about) == 0 || lstat(half, &about) == 0;
}

/// What an interrupted call left goes.
static QmtStatus left_over_remove(QmtContext *ctx, const Folder *folder)
{
    char mark[FILE_PATH_SIZE];
    struct stat about;
    if (lstat(folder->part, &about) != 0)
        return QMT_OK;
    TRY(file_join(ctx, folder->part, MARK, mark));
    // An empty one was killed before it had its mark, or after it lost everything else.
    if (S_ISDIR(about.st_mode) && rmdir(folder->part) == 0)
        return QMT_OK;
    if (!S_ISDIR(about.st_mode) || !has_mark(mark))
        return FAIL(ctx, QMT_ERR_USAGE,
                    "%.900s: is needed for a while and exists already; remove it or choose another "
                    "name",
                    folder->part);
    if (!tree_remove(folder->part))
        return FAIL(ctx, QMT_ERR_IO,
                    "%.900s: was left by an interrupted job and cannot be removed: %s",
                    folder->part, strerror(errno));
    return QMT_OK;
}

QmtStatus folder_begin(QmtContext *ctx, const char *out, Folder *folder)
{
    char mark[FILE_PATH_SIZE];
    size_t length = strlen(out);
    while (length > 1 && out[length - 1] == '/')
        length--;
    const int n = snprintf(folder->part, sizeof folder->part, "%.*s.part", (int)length, out);
    if (length == 0 || n < 0 || (size_t)n >= sizeof folder->part)
        return FAIL(ctx, QMT_ERR_USAGE, "\"%.60s\" is not a name for a folder", out);
    snprintf(folder->path, sizeof folder->path, "%.*s", (int)length, out);
    TRY(file_check_new(ctx, folder->path, NULL));
    TRY(left_over_remove(ctx, folder));
    TRY(file_make_directories(ctx, folder->part));
    TRY(file_join(ctx, folder->part, MARK, mark));
    return file_write_whole(ctx, mark, "", 0);
}

QmtStatus folder_finish(QmtContext *ctx, const Folder *folder)
{
    char mark[FILE_PATH_SIZE];
    TRY(file_rename(ctx, folder->part, folder->path));
    TRY(file_join(ctx, folder->path, MARK, mark));
    return file_remove(ctx, mark);
}

/// True if there is such a file in a folder.
static bool holds(const char *folder, const char *name)
{
    char path[FILE_PATH_SIZE];
    const int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    return n > 0 && (size_t)n < sizeof path && file_exists(path);
}

bool folder_is_dataset(const char *path)
{
    return holds(path, MARK) || (holds(path, "manifest.tsv") && holds(path, "sources.tsv"));
}

void folder_discard(const Folder *folder)
{
    tree_remove(folder->part); // nothing can be done about what stays
}
