#include "io/archive_mount.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/zip.h"

struct ArchiveMount {
    char out[FILE_PATH_SIZE];
    Archive *archives; ///< [n]
    size_t n;
    ArchiveMount *next; ///< of this thread
};

/// What this thread can reach into.
static _Thread_local ArchiveMount *mounted;

/// True if there is such a folder on the disk.
static bool is_outside(const ArchiveMount *mount, const char *label)
{
    char folder[FILE_PATH_SIZE];
    struct stat about;
    return snprintf(folder, sizeof folder, "%s/%s", mount->out, label) < (int)sizeof folder &&
           stat(folder, &about) == 0;
}

/// The folder of a label that an archive holds; NULL if there is none.
static const ArchiveFolder *held_find(const Archive *archive, const char *label)
{
    const ArchiveFolder *const found = archive_find(archive, label);
    return found != NULL && archive_holds(archive, found) ? found : NULL;
}

/// Bytes of the trajectory in a folder: the longer of two is the larger one.
static uint64_t trajectory_bytes(const Archive *archive, const ArchiveFolder *folder)
{
    const ArchiveFile *const file = archive_file(archive, folder, ARCHIVE_TRAJECTORY);
    return file != NULL ? file->size : 0;
}

const ArchiveFolder *archives_find(const ArchiveMount *mount, const char *label,
                                   const Archive **archive)
{
    const ArchiveFolder *best = NULL;
    uint64_t most = 0;
    for (size_t a = mount->n; a-- > 0;) {
        const ArchiveFolder *const found = held_find(&mount->archives[a], label);
        const uint64_t n = found != NULL ? trajectory_bytes(&mount->archives[a], found) : 0;
        if (found == NULL || (best != NULL && n <= most))
            continue;
        best = found;
        most = n;
        *archive = &mount->archives[a];
    }
    return best != NULL && is_outside(mount, label) ? NULL : best;
}

bool archives_hold_behind(const ArchiveMount *mount, const Archive *archive, const char *label)
{
    for (size_t a = mount->n; a-- > 0 && &mount->archives[a] != archive;)
        if (held_find(&mount->archives[a], label) != NULL)
            return true;
    return false;
}

/// True of a path in the folder of a mount.
static bool is_below(const ArchiveMount *mount, const char *path)
{
    const size_t n = strlen(mount->out);
    return strncmp(path, mount->out, n) == 0 && path[n] == '/';
}

/// file_set_part_finder()
static bool part_find(const char *path, FilePart *part)
{
    for (const ArchiveMount *mount = mounted; mount != NULL; mount = mount->next) {
        const size_t n_out = strlen(mount->out);
        const char *const name = strrchr(path, '/');
        char label[ZIP_PATH_MAX];
        const Archive *archive;
        if (!is_below(mount, path) || name <= path + n_out ||
            snprintf(label, sizeof label, "%.*s", (int)(name - path - (long)n_out - 1),
                     path + n_out + 1) >= (int)sizeof label)
            continue;
        const ArchiveFolder *const folder = archives_find(mount, label, &archive);
        const ArchiveFile *const file =
            folder != NULL ? archive_file(archive, folder, name + 1) : NULL;
        if (file == NULL)
            continue;
        *part = (FilePart){.path = archive->path, .begin = file->begin, .size = file->size};
        return true;
    }
    return false;
}

static int is_archive(const struct dirent *entry)
{
    return archive_name_is(entry->d_name);
}

/// Says what was lost with the end of an archive.
static void cut_warn(QmtContext *ctx, const Archive *archive)
{
    size_t n_lost = 0, n = 0;
    if (archive->end <= archive->n_bytes)
        return;
    for (size_t i = 0; i < archive->n; i++) {
        const ArchiveFolder *const folder = &archive->folders[i];
        const bool counts = archive_find(archive, folder->label) == folder;
        n += counts;
        n_lost += counts && !archive_holds(archive, folder);
    }
    context_log(ctx, QMT_LOG_WARNING,
                "%s: has %llu bytes, and its index tells of %llu: it was cut off, and %zu of its "
                "%zu trajectories count as not there",
                archive->path, (unsigned long long)archive->n_bytes,
                (unsigned long long)archive->end, n_lost, n);
}

/// Reads the archives of a folder; one that may appear later has its place among them.
static QmtStatus mount_fill(QmtContext *ctx, ArchiveMount *mount, const char *own)
{
    struct dirent **names = NULL;
    const int n_found = scandir(mount->out, &names, is_archive, alphasort);
    const size_t n = n_found > 0 ? (size_t)n_found : 0;
    bool has_own = own == NULL;
    char path[FILE_PATH_SIZE];
    QmtStatus status = QMT_OK;
    mount->archives = calloc(n + 1, sizeof *mount->archives);
    if (mount->archives == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu archives", mount->out, n);
    for (size_t i = 0; i < n; i++) {
        has_own = has_own || strcmp(names[i]->d_name, own) == 0;
        if (status == QMT_OK)
            status = file_join(ctx, mount->out, names[i]->d_name, path);
        if (status == QMT_OK)
            status = archive_read(ctx, path, &mount->archives[mount->n]);
        if (status == QMT_OK)
            cut_warn(ctx, &mount->archives[mount->n++]);
        free(names[i]);
    }
    free(names);
    if (status == QMT_OK && !has_own)
        status = file_join(ctx, mount->out, own, mount->archives[mount->n++].path);
    return status;
}

QmtStatus archives_mount(QmtContext *ctx, const char *out, const char *own, ArchiveMount **mount)
{
    ArchiveMount *made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its archives", out);
    snprintf(made->out, sizeof made->out, "%s", out);
    const QmtStatus status = mount_fill(ctx, made, own);
    if (status != QMT_OK) {
        archives_unmount(&made);
        return status;
    }
    made->next = mounted; // also without an archive: one may appear
    mounted = made;
    file_set_part_finder(part_find);
    *mount = made;
    return QMT_OK;
}

void archives_refresh(QmtContext *ctx, ArchiveMount *mount)
{
    const Message before = context_keep(ctx);
    for (size_t a = 0; mount != NULL && a < mount->n; a++)
        (void)archive_catch_up(ctx, &mount->archives[a]);
    (void)context_restore(ctx, &before);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int by_name(const void *name, const void *entry)
{
    return strcmp(name, (*(struct dirent *const *)entry)->d_name);
}

/// Adds an archive; one that cannot be read is left for another time.
static void mount_add(QmtContext *ctx, ArchiveMount *mount, const char *name)
{
    char path[FILE_PATH_SIZE];
    Archive *const more = realloc(mount->archives, (mount->n + 1) * sizeof *more);
    if (more == NULL)
        return;
    mount->archives = more;
    if (file_join(ctx, mount->out, name, path) == QMT_OK &&
        archive_read(ctx, path, &more[mount->n]) == QMT_OK)
        mount->n++;
}

/// Adds the archives that are new in the folder.
static void mount_extend(QmtContext *ctx, ArchiveMount *mount)
{
    struct dirent **names = NULL;
    const int n = scandir(mount->out, &names, is_archive, by_bytes);
    bool *const known = calloc(n > 0 ? (size_t)n : 1, sizeof *known);
    for (size_t a = 0; known != NULL && n > 0 && a < mount->n; a++) {
        const char *const name = strrchr(mount->archives[a].path, '/') + 1;
        struct dirent **const found = bsearch(name, names, (size_t)n, sizeof *names, by_name);
        if (found != NULL)
            known[found - names] = true;
    }
    for (int i = 0; i < n; i++) {
        if (known != NULL && !known[i])
            mount_add(ctx, mount, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    free(known);
}

bool archives_look_again(QmtContext *ctx, const char *path)
{
    const Message before = context_keep(ctx);
    for (ArchiveMount *mount = mounted; mount != NULL; mount = mount->next) {
        if (!is_below(mount, path))
            continue;
        archives_refresh(ctx, mount);
        if (!file_exists(path))
            mount_extend(ctx, mount);
    }
    (void)context_restore(ctx, &before);
    return file_exists(path);
}

QmtStatus archives_mount_above(QmtContext *ctx, const char *path, ArchiveMount **mount)
{
    char folder[FILE_PATH_SIZE];
    struct stat about;
    snprintf(folder, sizeof folder, "%s", path);
    *mount = NULL;
    // FILE, LABEL, and the replica of one.
    for (int level = 0; level < 3 && stat(path, &about) != 0; level++) {
        char *const slash = strrchr(folder, '/');
        if (slash == NULL)
            break;
        *slash = '\0';
        if (level == 0 || stat(folder, &about) != 0)
            continue;
        TRY(archives_mount(ctx, folder, NULL, mount));
        if ((*mount)->n > 0)
            return QMT_OK;
        archives_unmount(mount);
    }
    return QMT_OK;
}

void archives_unmount(ArchiveMount **mount)
{
    ArchiveMount *const gone = *mount;
    if (gone == NULL)
        return;
    for (ArchiveMount **at = &mounted; *at != NULL; at = &(*at)->next)
        if (*at == gone) {
            *at = gone->next;
            break;
        }
    for (size_t a = 0; a < gone->n; a++)
        archive_release(&gone->archives[a]);
    free(gone->archives);
    free(gone);
    *mount = NULL;
}

size_t archives_count(const ArchiveMount *mount)
{
    size_t n = 0;
    for (size_t a = 0; mount != NULL && a < mount->n; a++)
        n += mount->archives[a].n;
    return n;
}

const char *archives_label(const ArchiveMount *mount, size_t i)
{
    for (size_t a = 0; a < mount->n; a++) {
        if (i >= mount->archives[a].n) {
            i -= mount->archives[a].n;
            continue;
        }
        const ArchiveFolder *const folder = &mount->archives[a].folders[i];
        const Archive *archive;
        return archives_find(mount, folder->label, &archive) == folder ? folder->label : NULL;
    }
    return NULL;
}
