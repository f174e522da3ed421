#include "dataset/origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/files.h"
#include "run/quench.h"

static int by_path(const void *a, const void *b)
{
    return strcmp((*(const Source *const *)a)->path, (*(const Source *const *)b)->path);
}

/// Path of the trajectory of which a path is a copy; false: it has not the name of one.
static bool origin_path(const char *path, char origin[FILE_PATH_SIZE])
{
    char folder[FILE_PATH_SIZE], label[FILE_PATH_SIZE];
    const char *const slash = strrchr(path, '/');
    if (slash == NULL || (size_t)(slash - path) >= sizeof folder)
        return false;
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    if (!quench_origin(folder, label))
        return false;
    const int n = snprintf(origin, FILE_PATH_SIZE, "%s/%s", label, RUN_FILE_COMPLETE);
    return n > 0 && n < FILE_PATH_SIZE;
}

QmtStatus origins_find(QmtContext *ctx, SourceList *list)
{
    const Source **const paths = malloc((list->n + 1) * sizeof(const Source *));
    if (paths == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of trajectories");
    for (size_t i = 0; i < list->n; i++)
        paths[i] = &list->items[i];
    qsort(paths, list->n, sizeof(const Source *), by_path);
    for (size_t i = 0; i < list->n; i++) {
        Source *const copy = &list->items[i];
        char path[FILE_PATH_SIZE];
        if (!copy->is_copy || !origin_path(copy->path, path))
            continue;
        const Source wanted = {.path = path}, *const key = &wanted;
        const Source *const *const found =
            bsearch(&key, paths, list->n, sizeof(const Source *), by_path);
        if (found != NULL && sources_compare(*found, copy) == 0 &&
            copy->origin_frame < (*found)->n_frames)
            copy->origin = *found;
    }
    free(paths);
    return QMT_OK;
}
