#include "dataset/source_paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/file.h"
#include "run/partial.h"

static QmtStatus path_add(QmtContext *ctx, const char *path, bool in_folder, SourcePathList *list)
{
    if (list->n == list->room) {
        const size_t room = 2 * list->room + 16;
        SourcePath *const more = realloc(list->items, room * sizeof *more);
        if (more == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of trajectories");
        list->items = more;
        list->room = room;
    }
    char *const copy = strdup(path);
    if (copy == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of trajectories");
    list->items[list->n++] = (SourcePath){.path = copy, .in_folder = in_folder};
    return QMT_OK;
}

/// A trajectory that was not put aside by a later one ("trajectory.old.npz", "trajectory.old.2.npz").
static bool is_trajectory(const char *path, const char *name, bool partial)
{
    const size_t n = strlen(name);
    if (partial && partial_is(path))
        return true;
    return n > 4 && strcmp(name + n - 4, ".npz") == 0 &&
           strncmp(name, "trajectory.old.", strlen("trajectory.old.")) != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static QmtStatus folder_add(QmtContext *ctx, const char *folder, bool partial, SourcePathList *list)
{
    struct dirent **entries = NULL;
    const int n = scandir(folder, &entries, NULL, by_bytes);
    if (n < 0)
        return FAIL(ctx, QMT_ERR_IO, "%.900s: cannot be listed: %s", folder, strerror(errno));
    QmtStatus status = QMT_OK;
    for (int i = 0; i < n; i++) {
        const char *const name = entries[i]->d_name;
        char path[FILE_PATH_SIZE];
        struct stat about;
        if (status == QMT_OK && name[0] != '.') {
            status = file_join(ctx, folder, name, path);
            // A link to a folder is not followed: it could lead back here.
            if (status == QMT_OK && lstat(path, &about) == 0) {
                if (S_ISDIR(about.st_mode))
                    status = folder_add(ctx, path, partial, list);
                else if (is_trajectory(path, name, partial))
                    status = path_add(ctx, path, true, list);
            }
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

/// Which file a path leads to.
typedef struct {
    dev_t device;
    ino_t inode;
    size_t place;
} Identity;

static int by_identity(const void *a, const void *b)
{
    const Identity *const x = a, *const y = b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    if (x->inode != y->inode)
        return x->inode < y->inode ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

/// A file named twice would be in the set twice.
static QmtStatus twice_refuse(QmtContext *ctx, const SourcePathList *list)
{
    Identity *const files = malloc((list->n + 1) * sizeof *files);
    struct stat about = {0};
    if (files == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of trajectories");
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < list->n && status == QMT_OK; i++) {
        if (stat(list->items[i].path, &about) != 0)
            status = FAIL(ctx, QMT_ERR_IO, "%.900s: %s", list->items[i].path, strerror(errno));
        files[i] = (Identity){.device = about.st_dev, .inode = about.st_ino, .place = i};
    }
    if (status == QMT_OK)
        qsort(files, list->n, sizeof *files, by_identity);
    for (size_t i = 1; i < list->n && status == QMT_OK; i++)
        if (files[i].device == files[i - 1].device && files[i].inode == files[i - 1].inode)
            status = FAIL(ctx, QMT_ERR_INPUT,
                          "%.400s and %.400s are one file, which would be in the set twice; name "
                          "it once",
                          list->items[files[i - 1].place].path, list->items[files[i].place].path);
    free(files);
    return status;
}

QmtStatus source_paths_find(QmtContext *ctx, const char *const *paths, size_t n_paths, bool partial,
                            SourcePathList *list)
{
    SourcePathList made = {0};
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < n_paths && status == QMT_OK; i++) {
        struct stat about;
        const size_t before = made.n;
        if (stat(paths[i], &about) != 0 || !S_ISDIR(about.st_mode)) {
            status = path_add(ctx, paths[i], false, &made);
            continue;
        }
        status = folder_add(ctx, paths[i], partial, &made);
        if (status == QMT_OK && made.n == before)
            status = FAIL(ctx, QMT_ERR_INPUT,
                          partial ? "%.900s: there is no trajectory in this folder"
                                  : "%.900s: there is no finished trajectory in this folder; those "
                                    "that are not finished or failed are taken on request, as "
                                    "partial ones",
                          paths[i]);
    }
    if (status == QMT_OK)
        status = twice_refuse(ctx, &made);
    if (status != QMT_OK)
        source_paths_release(&made);
    else
        *list = made;
    return status;
}

void source_paths_release(SourcePathList *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->items[i].path);
    free(list->items);
    *list = (SourcePathList){0};
}
