#include "cli/npz_paths.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <qmtraj/dataset.h>
#include <qmtraj/trajectory.h>

void npz_paths_release(NpzPaths *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        free(paths->path[i]);
    free(paths->path);
    for (size_t i = 0; i < paths->n_archives; i++)
        qmt_archives_close(&paths->archives[i]);
}

static QmtStatus paths_add(QmtContext *ctx, const char *path, NpzPaths *paths)
{
    if (paths->n == paths->room) {
        const size_t room = paths->room > 0 ? 2 * paths->room : 16;
        char **const more = realloc(paths->path, room * sizeof *more);
        if (more == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the list of files", path);
        paths->path = more;
        paths->room = room;
    }
    paths->path[paths->n] = strdup(path);
    if (paths->path[paths->n] == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the list of files", path);
    paths->n++;
    return QMT_OK;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_npz(const char *name)
{
    const size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".npz") == 0;
}

/// "trajectory.old.npz", "trajectory.old.2.npz": a finished trajectory that `run --fresh` put aside.
static bool is_put_aside(const char *name)
{
    return strncmp(name, "trajectory.old.", strlen("trajectory.old.")) == 0;
}

/// "FOLDER/NAME". Fails with QMT_ERR_IO if that is too long.
static QmtStatus path_join(QmtContext *ctx, const char *folder, const char *name,
                           char path[PATH_MAX])
{
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
        return FAIL(ctx, QMT_ERR_IO,
                    "%.60s...: the path is longer than %d bytes; choose a shorter one", folder,
                    PATH_MAX - 1);
    return QMT_OK;
}

/// The .npz files of a folder and those below it, in the order of their bytes.
static QmtStatus folder_add(QmtContext *ctx, const char *folder, NpzPaths *paths)
{
    struct dirent **entries = NULL;
    if (qmt_path_is_dataset(folder)) {
        cli_note(ctx, QMT_LOG_INFO, "%s: is a training set, passed over", folder);
        return QMT_OK;
    }
    const int n = scandir(folder, &entries, NULL, by_bytes);
    if (n < 0 && errno == ENOENT)
        return QMT_OK; // packed meanwhile
    if (n < 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: cannot be listed", folder);
    QmtStatus status = QMT_OK;
    for (int i = 0; i < n; i++) {
        char path[PATH_MAX];
        struct stat about;
        if (status == QMT_OK && entries[i]->d_name[0] != '.') {
            status = path_join(ctx, folder, entries[i]->d_name, path);
            // A link to a folder is not followed: it could lead back here.
            if (status == QMT_OK && lstat(path, &about) == 0) {
                if (S_ISDIR(about.st_mode))
                    status = folder_add(ctx, path, paths);
                else if (is_npz(path) && !is_put_aside(entries[i]->d_name))
                    status = paths_add(ctx, path, paths);
            }
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

/// Opens the archives that a path leads to, for as long as the paths are there.
static QmtStatus archives_open(QmtContext *ctx, const char *path, NpzPaths *paths)
{
    const size_t most = sizeof paths->archives / sizeof paths->archives[0];
    if (paths->n_archives == most)
        return FAIL(ctx, QMT_ERR_USAGE, "%.300s: archives of more than %zu folders at once", path,
                    most);
    TRY(qmt_archives_open(ctx, path, &paths->archives[paths->n_archives]));
    paths->n_archives++;
    return QMT_OK;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/// The trajectories in archives of a folder, but those whose folder was found before it was packed.
///
/// @param first  of the paths that were found in the folder
static QmtStatus packed_add(QmtContext *ctx, const char *folder, size_t first, NpzPaths *paths)
{
    TRY(archives_open(ctx, folder, paths));
    const QmtArchives *const archives = paths->archives[paths->n_archives - 1];
    const size_t n = qmt_archives_count(archives);
    const size_t n_found = paths->n - first;
    char **const found = malloc((n_found + 1) * sizeof *found);
    if (found == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the list of files", folder);
    for (size_t i = 0; i < n_found; i++)
        found[i] = paths->path[first + i];
    qsort(found, n_found, sizeof *found, by_path);
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < n && status == QMT_OK; i++) {
        const char *const name = qmt_archives_name(archives, i);
        char path[PATH_MAX], file[PATH_MAX], *const wanted = file;
        if (name == NULL)
            continue;
        status = path_join(ctx, folder, name, path);
        if (status == QMT_OK)
            status = path_join(ctx, path, "trajectory.npz", file);
        if (status == QMT_OK && bsearch(&wanted, found, n_found, sizeof *found, by_path) == NULL)
            status = paths_add(ctx, file, paths);
    }
    free(found);
    return status;
}

/// A folder that lies in an archive: that of its trajectory.
static QmtStatus missing_add(QmtContext *ctx, const char *path, NpzPaths *paths)
{
    char file[PATH_MAX];
    TRY(path_join(ctx, path, "trajectory.npz", file));
    TRY(archives_open(ctx, is_npz(path) ? path : file, paths));
    const bool is_packed = qmt_archives_count(paths->archives[paths->n_archives - 1]) > 0;
    if (!is_packed)
        qmt_archives_close(&paths->archives[--paths->n_archives]);
    return paths_add(ctx, is_packed && !is_npz(path) ? file : path, paths);
}

QmtStatus npz_paths_add(QmtContext *ctx, const char *path, NpzPaths *paths)
{
    struct stat about;
    if (qmt_path_is_unfinished(path))
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%.300s: is not finished; `qmtraj convert %.300s --to npz` makes a file of its "
                    "frames, which can be checked",
                    path, path);
    if (stat(path, &about) != 0)
        return missing_add(ctx, path, paths);
    if (!S_ISDIR(about.st_mode))
        return paths_add(ctx, path, paths);
    if (qmt_path_is_dataset(path))
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%.600s: is a training set, and trajectories are wanted; its manifest.tsv says "
                    "which ones its frames come from",
                    path);
    const size_t before = paths->n;
    TRY(folder_add(ctx, path, paths));
    TRY(packed_add(ctx, path, before, paths));
    if (paths->n == before)
        return FAIL(ctx, QMT_ERR_IO,
                    "%s: no .npz file in this folder; for an unfinished trajectory run `qmtraj "
                    "convert NAME/trajectory.npz.part --to npz` first",
                    path);
    return QMT_OK;
}
