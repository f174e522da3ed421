#include "dataset/source_paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dataset/folder.h"
#include "io/file.h"
#include "run/files.h"
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

/// The frames of an unfinished trajectory that were converted are also in what it became.
static QmtStatus frames_are_elsewhere(QmtContext *ctx, const char *folder, const char *name,
                                      bool *elsewhere)
{
    const char *const files[] = {RUN_FILE_COMPLETE, RUN_FILE_PARTIAL, RUN_FILE_COMPLETE ".part"};
    const size_t n = sizeof files / sizeof *files;
    *elsewhere = false;
    for (size_t i = 0; i < n && strcmp(name, "trajectory.frames.npz") == 0; i++) {
        char path[FILE_PATH_SIZE];
        TRY(file_join(ctx, folder, files[i], path));
        *elsewhere = *elsewhere || file_exists(path);
    }
    return QMT_OK;
}

/// Keeps the archives of a folder open as long as the list is there.
static QmtStatus archives_keep(QmtContext *ctx, ArchiveMount *mount, SourcePathList *list)
{
    ArchiveMount **const more =
        realloc(list->archives, (list->n_archives + 1) * sizeof(ArchiveMount *));
    if (more == NULL) {
        archives_unmount(&mount);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of archives");
    }
    list->archives = more;
    list->archives[list->n_archives++] = mount;
    return QMT_OK;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/// The trajectories in the archives of a folder, but those whose folder was found before it was packed.
///
/// @param first  of the paths that were found in the folder
static QmtStatus packed_add(QmtContext *ctx, const char *folder, size_t first, SourcePathList *list)
{
    ArchiveMount *mount = NULL;
    TRY(archives_mount(ctx, folder, NULL, &mount));
    TRY(archives_keep(ctx, mount, list));
    const size_t n_found = list->n - first;
    char **const found = malloc((n_found + 1) * sizeof *found);
    if (found == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of trajectories");
    for (size_t i = 0; i < n_found; i++)
        found[i] = list->items[first + i].path;
    qsort(found, n_found, sizeof *found, by_path);
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < archives_count(mount) && status == QMT_OK; i++) {
        const char *const label = archives_label(mount, i);
        char path[FILE_PATH_SIZE], file[FILE_PATH_SIZE], *const wanted = file;
        if (label == NULL)
            continue;
        status = file_join(ctx, folder, label, path);
        if (status == QMT_OK)
            status = file_join(ctx, path, RUN_FILE_COMPLETE, file);
        if (status == QMT_OK && file_exists(file) &&
            bsearch(&wanted, found, n_found, sizeof *found, by_path) == NULL)
            status = path_add(ctx, file, true, list);
    }
    free(found);
    return status;
}

/// A path that is not there: a trajectory in an archive, or the folder of one.
static QmtStatus missing_add(QmtContext *ctx, const char *path, SourcePathList *list)
{
    ArchiveMount *mount = NULL;
    char file[FILE_PATH_SIZE];
    TRY(file_join(ctx, path, RUN_FILE_COMPLETE, file));
    TRY(archives_mount_above(ctx, path, &mount));
    if (mount == NULL || !file_exists(path)) {
        archives_unmount(&mount);
        TRY(archives_mount_above(ctx, file, &mount));
    }
    if (mount == NULL)
        return path_add(ctx, path, false, list);
    TRY(archives_keep(ctx, mount, list));
    return path_add(ctx, file_exists(file) ? file : path, false, list);
}

/// A trajectory below a folder.
static QmtStatus found_add(QmtContext *ctx, const char *folder, const char *name, const char *path,
                           SourcePathList *list)
{
    bool elsewhere;
    TRY(frames_are_elsewhere(ctx, folder, name, &elsewhere));
    return elsewhere ? QMT_OK : path_add(ctx, path, true, list);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static QmtStatus folder_add(QmtContext *ctx, const char *folder, bool partial, SourcePathList *list)
{
    struct dirent **entries = NULL;
    bool has_archives = false;
    const size_t first = list->n;
    if (folder_is_dataset(folder)) {
        context_log(ctx, QMT_LOG_INFO, "%s: is a training set, passed over", folder);
        return QMT_OK;
    }
    const int n = scandir(folder, &entries, NULL, by_bytes);
    if (n < 0 && errno == ENOENT)
        return QMT_OK; // packed meanwhile
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
                else if (archive_name_is(name))
                    has_archives = true;
                else if (is_trajectory(path, name, partial))
                    status = found_add(ctx, folder, name, path, list);
            }
        }
        free(entries[i]);
    }
    free(entries);
    return status == QMT_OK && has_archives ? packed_add(ctx, folder, first, list) : status;
}

/// Which file a path leads to.
typedef struct {
    dev_t device;
    ino_t inode;
    uint64_t begin; ///< in an archive
    size_t place;
} Identity;

static int by_identity(const void *a, const void *b)
{
    const Identity *const x = a, *const y = b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    if (x->inode != y->inode)
        return x->inode < y->inode ? -1 : 1;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

static QmtStatus identity_find(QmtContext *ctx, const char *path, Identity *identity)
{
    struct stat about = {0};
    File file = file_none();
    if (stat(path, &about) != 0) { // it may be a piece of an archive
        QmtStatus status = file_open(ctx, path, FILE_READ, &file);
        if (status == QMT_ERR_IO && archives_look_again(ctx, path)) // packed meanwhile
            status = file_open(ctx, path, FILE_READ, &file);
        TRY(status);
        if (fstat(file.fd, &about) != 0) {
            file_abandon(&file);
            return FAIL(ctx, QMT_ERR_IO, "%.900s: %s", path, strerror(errno));
        }
    }
    identity->device = about.st_dev;
    identity->inode = about.st_ino;
    identity->begin = file.begin;
    file_abandon(&file);
    return QMT_OK;
}

static bool is_same_file(const Identity *a, const Identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->begin == b->begin;
}

/// A file named twice would be in the set twice.
static QmtStatus twice_refuse(QmtContext *ctx, const SourcePathList *list)
{
    Identity *const files = malloc((list->n + 1) * sizeof *files);
    if (files == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of trajectories");
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < list->n && status == QMT_OK; i++) {
        files[i] = (Identity){.place = i};
        status = identity_find(ctx, list->items[i].path, &files[i]);
    }
    if (status == QMT_OK)
        qsort(files, list->n, sizeof *files, by_identity);
    for (size_t i = 1; i < list->n && status == QMT_OK; i++)
        if (is_same_file(&files[i], &files[i - 1]))
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
        if (stat(paths[i], &about) != 0) {
            status = missing_add(ctx, paths[i], &made);
            continue;
        }
        if (!S_ISDIR(about.st_mode)) {
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
    for (size_t i = 0; i < list->n_archives; i++)
        archives_unmount(&list->archives[i]);
    free(list->archives);
    *list = (SourcePathList){0};
}
