#include "campaign/pack.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/lock.h"
#include "io/text.h"
#include "run/files.h"
#include "run/spec.h"
#include "structure/structure.h"

/// The disk is waited for after so many folders or seconds: a wait costs milliseconds, and a kill in between nothing.
enum { FOLDERS_OF_A_SYNC = 200 };
static const double SECONDS_OF_A_SYNC = 2.0;
/// As with summary.json (campaign/summary.c): the directory is written for a job that added a fiftieth of it.
enum { SMALL = 1000, SHARE = 50 };
enum { ASIDE_SIZE = 80 };

/// A folder that is in the archive and is to go.
typedef struct {
    char label[SPEC_LABEL_SIZE];
    FileStamp stamp; ///< of its trajectory when it was read
} Packed;

struct Packer {
    char out[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    bool is_open, gave_up;
    ArchiveWriter writer;
    Packed waiting[FOLDERS_OF_A_SYNC];
    size_t n_waiting;
    double first_s; ///< when the first of them came
};

void pack_name(const Shard *shard, char name[PACK_NAME_SIZE])
{
    char part[SHARD_TEXT_SIZE];
    shard_suffix(shard, part);
    snprintf(name, PACK_NAME_SIZE, "packed%s.zip", part);
}

QmtStatus packer_open(QmtContext *ctx, const char *out, const Shard *shard, Packer **packer)
{
    char name[PACK_NAME_SIZE];
    Packer *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for an archive");
    pack_name(shard, name);
    snprintf(made->out, sizeof made->out, "%s", out);
    const QmtStatus status = file_join(ctx, out, name, made->path);
    if (status == QMT_OK)
        *packer = made;
    else
        free(made);
    return status;
}

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/// Removes a folder with its files; none there is fine.
static void folder_remove(QmtContext *ctx, const char *folder)
{
    struct dirent **names = NULL;
    char path[FILE_PATH_SIZE];
    const int n = scandir(folder, &names, is_entry, NULL);
    for (int i = 0; i < n; i++) {
        if (file_join(ctx, folder, names[i]->d_name, path) == QMT_OK)
            unlink(path);
        free(names[i]);
    }
    free(names);
    rmdir(folder);
}

/// ".packed.HOST.", how folders are called whose content is on its way in or out, before the number of their process.
static void aside_begin(char begin[ASIDE_SIZE])
{
    char host[65] = "";
    gethostname(host, sizeof host - 1);
    snprintf(begin, ASIDE_SIZE, ".packed.%.64s.", host);
}

/// A folder beside those of trajectories, whose content is on its way in or out: .packed.HOST.PID.
static void aside_path(const char *out, char path[FILE_PATH_SIZE])
{
    char begin[ASIDE_SIZE];
    aside_begin(begin);
    snprintf(path, FILE_PATH_SIZE, "%.3900s/%s%ld", out, begin, (long)getpid());
}

/// Removes such folders of processes of this machine that were killed: what is in them is in the archive.
static void asides_sweep(QmtContext *ctx, const char *out)
{
    struct dirent **names = NULL;
    char begin[ASIDE_SIZE], path[FILE_PATH_SIZE];
    aside_begin(begin);
    const int n = scandir(out, &names, is_entry, NULL);
    for (int i = 0; i < n; i++) {
        const char *const name = names[i]->d_name;
        const size_t length = strlen(begin);
        long long process;
        if (strncmp(name, begin, length) == 0 &&
            text_parse_integer(name + length, 1, INT_MAX, &process) == NULL &&
            kill((pid_t)process, 0) != 0 && errno == ESRCH &&
            file_join(ctx, out, name, path) == QMT_OK)
            folder_remove(ctx, path);
        free(names[i]);
    }
    free(names);
}

/// Removes the folder of a packed trajectory, unless somebody works on it or changed it meanwhile.
static void packed_remove(QmtContext *ctx, const char *out, const Packed *packed)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    char aside[FILE_PATH_SIZE];
    File lock = file_none();
    FileStamp stamp;
    bool is_gone = false;
    aside_path(out, aside);
    folder_remove(ctx, aside);
    if (file_join(ctx, out, packed->label, folder) != QMT_OK ||
        file_join(ctx, folder, RUN_FILE_LOCK, path) != QMT_OK ||
        lock_take(ctx, path, 0.0, &lock, NULL) != QMT_OK)
        return;
    if (file_join(ctx, folder, RUN_FILE_COMPLETE, path) == QMT_OK && file_stamp(path, &stamp) &&
        stamp.n_bytes == packed->stamp.n_bytes && stamp.modified_ns == packed->stamp.modified_ns)
        is_gone = rename(folder, aside) ==
                  0; // in one go: what is left of a folder would hide the archive
    if (is_gone) {
        file_abandon(&lock);
        folder_remove(ctx, aside);
    }
    lock_give_back(&lock);
    for (const char *up = packed->label; is_gone && (up = strchr(up, '/')) != NULL; up++) {
        *strrchr(folder, '/') = '\0';
        rmdir(folder); // of the last one in it
    }
}

/// What was packed is on the disk: its folders go.
static QmtStatus packer_sync(QmtContext *ctx, Packer *packer)
{
    if (packer->n_waiting == 0)
        return QMT_OK;
    TRY(archive_sync(ctx, &packer->writer));
    const Message before = context_keep(ctx);
    for (size_t i = 0; i < packer->n_waiting; i++)
        packed_remove(ctx, packer->out, &packer->waiting[i]);
    (void)context_restore(ctx, &before);
    packer->n_waiting = 0;
    return QMT_OK;
}

static bool is_in(const char *folder, const char *name)
{
    char path[FILE_PATH_SIZE];
    struct stat about;
    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
           stat(path, &about) == 0;
}

static QmtStatus folder_take(QmtContext *ctx, Packer *packer, const char *label)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    Packed *const next = &packer->waiting[packer->n_waiting];
    TRY(file_join(ctx, packer->out, label, folder));
    TRY(file_join(ctx, folder, RUN_FILE_COMPLETE, path));
    if (!file_stamp(path, &next->stamp) || next->stamp.is_part)
        return QMT_OK; // it is in an archive
    if (!packer->is_open) {
        TRY(archive_writer_open(ctx, packer->path, &packer->writer));
        packer->is_open = true;
    }
    const QmtStatus status = archive_append(ctx, &packer->writer, folder, label, RUN_FILE_RUN);
    if (status != QMT_OK && !is_in(folder, "."))
        return QMT_OK; // another program has packed and removed it
    TRY(status);
    snprintf(next->label, sizeof next->label, "%s", label);
    if (packer->n_waiting++ == 0)
        packer->first_s = clock_s();
    return packer->n_waiting == FOLDERS_OF_A_SYNC || clock_s() - packer->first_s > SECONDS_OF_A_SYNC
               ? packer_sync(ctx, packer)
               : QMT_OK;
}

void packer_add(QmtContext *ctx, Packer *packer, const char *label)
{
    if (packer == NULL || packer->gave_up)
        return;
    const Message before = context_keep(ctx);
    if (folder_take(ctx, packer, label) != QMT_OK) {
        packer->gave_up = true;
        context_log(ctx, QMT_LOG_WARNING,
                    "%s; from here on trajectories stay folders, and `qmtraj pack %s` packs them",
                    qmt_context_message(ctx), packer->out);
    }
    (void)context_restore(ctx, &before);
}

void packer_close(QmtContext *ctx, Packer **packer)
{
    Packer *const gone = *packer;
    if (gone == NULL)
        return;
    const Message before = context_keep(ctx);
    // A job that was killed behind its last folder left no directory, and this one may have had nothing to add: what lay in
    // a folder may have been in the archive, too.
    const bool added = gone->is_open && gone->writer.n_appended > 0;
    const bool lacks_directory = !added && !archive_has_directory(ctx, gone->path);
    if (lacks_directory && !gone->is_open)
        gone->is_open = archive_writer_open(ctx, gone->path, &gone->writer) == QMT_OK;
    if (gone->is_open) {
        const ArchiveWriter *const writer = &gone->writer;
        QmtStatus status = packer_sync(ctx, gone);
        const bool is_small_part =
            writer->archive.n > SMALL && writer->archive.n / SHARE > writer->n_appended;
        if (status == QMT_OK && (lacks_directory || (writer->n_appended > 0 && !is_small_part)))
            status = archive_directory_write(ctx, &gone->writer);
        else if (status == QMT_OK && writer->n_appended > 0)
            context_log(ctx, QMT_LOG_INFO,
                        "%s has no directory for other programs now; `qmtraj pack %s` writes it",
                        gone->path, gone->out);
        if (status != QMT_OK)
            context_log(ctx, QMT_LOG_WARNING, "%s; `qmtraj pack %s` does it again",
                        qmt_context_message(ctx), gone->out);
        archive_writer_close(&gone->writer);
    }
    asides_sweep(ctx, gone->out);
    (void)context_restore(ctx, &before);
    free(gone);
    *packer = NULL;
}

static bool is_finished(const char *folder)
{
    return is_in(folder, RUN_FILE_COMPLETE) && is_in(folder, RUN_FILE_RUN) &&
           !is_in(folder, RUN_FILE_COMPLETE ".part");
}

/// NAME/T0300/c01/r01
enum { DEPTH_MAX = 3 };

/// Packs what is finished in a folder of OUT; several trajectories of a molecule lie below it.
static QmtStatus folders_pack(QmtContext *ctx, Packer *packer, const char *at, const char *parent,
                              int depth, size_t *n)
{
    struct dirent **names = NULL;
    const int n_names = scandir(at, &names, NULL, alphasort);
    if (n_names < 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: %s", at, strerror(errno));
    QmtStatus status = QMT_OK;
    for (int i = 0; i < n_names; i++) {
        char folder[FILE_PATH_SIZE], label[SPEC_LABEL_SIZE];
        const char *const name = names[i]->d_name;
        if (status == QMT_OK && name[0] != '.' && file_join(ctx, at, name, folder) == QMT_OK &&
            snprintf(label, sizeof label, "%s%s%s", parent, parent[0] != '\0' ? "/" : "", name) <
                (int)sizeof label) {
            if (is_finished(folder)) {
                status = folder_take(ctx, packer, label);
                *n += status == QMT_OK;
            } else if (depth < DEPTH_MAX && is_in(folder, ".")) {
                status = folders_pack(ctx, packer, folder, label, depth + 1, n);
            }
        }
        free(names[i]);
    }
    free(names);
    return status;
}

/// Writes the directories of the archives whose job left them without.
static QmtStatus directories_write(QmtContext *ctx, const char *out)
{
    struct dirent **names = NULL;
    char path[FILE_PATH_SIZE];
    const int n = scandir(out, &names, NULL, alphasort);
    QmtStatus status = QMT_OK;
    for (int i = 0; i < n; i++) {
        ArchiveWriter writer;
        if (status == QMT_OK && archive_name_is(names[i]->d_name)) {
            status = file_join(ctx, out, names[i]->d_name, path);
            if (status == QMT_OK)
                status = archive_writer_open(ctx, path, &writer);
            if (status == QMT_OK) {
                status = archive_directory_write(ctx, &writer);
                archive_writer_close(&writer);
            }
        }
        free(names[i]);
    }
    free(names);
    return status;
}

QmtStatus pack_all(QmtContext *ctx, const char *out, size_t *n)
{
    Packer *packer = NULL;
    *n = 0;
    TRY(packer_open(ctx, out, &(Shard){0}, &packer));
    QmtStatus status = folders_pack(ctx, packer, out, "", 0, n);
    if (status == QMT_OK)
        status = packer_sync(ctx, packer);
    if (packer->is_open)
        archive_writer_close(&packer->writer);
    free(packer);
    if (status == QMT_OK)
        asides_sweep(ctx, out);
    return status == QMT_OK ? directories_write(ctx, out) : status;
}

QmtStatus unpack_one(QmtContext *ctx, const ArchiveMount *mount, const char *out, const char *label)
{
    char folder[FILE_PATH_SIZE], aside[FILE_PATH_SIZE], parent[FILE_PATH_SIZE];
    const Archive *archive;
    const ArchiveFolder *const found = archives_find(mount, label, &archive);
    if (found == NULL)
        return QMT_OK;
    TRY(file_join(ctx, out, label, folder));
    aside_path(out, aside);
    folder_remove(ctx, aside);
    TRY(archive_extract(ctx, archive, found, aside));
    if (strchr(label, '/') != NULL) {
        snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(folder, '/') - folder), folder);
        TRY(file_make_directories(ctx, parent));
    }
    return file_rename(ctx, aside, folder); // in one go: half a folder would hide the archive
}

/// All that the archives hold is in folders: they go.
static QmtStatus archives_remove(QmtContext *ctx, const char *out)
{
    struct dirent **names = NULL;
    char path[FILE_PATH_SIZE], index[FILE_PATH_SIZE + 8];
    const int n = scandir(out, &names, NULL, alphasort);
    QmtStatus status = QMT_OK;
    for (int i = 0; i < n; i++) {
        const bool is_its = archive_name_is(names[i]->d_name);
        if (is_its && status == QMT_OK)
            status = file_join(ctx, out, names[i]->d_name, path);
        if (is_its && status == QMT_OK)
            status = file_remove(ctx, path);
        if (is_its && status == QMT_OK) {
            snprintf(index, sizeof index, "%s" ARCHIVE_INDEX, path);
            status = file_remove(ctx, index);
        }
        free(names[i]);
    }
    free(names);
    return status;
}

QmtStatus unpack_all(QmtContext *ctx, const char *out, const char *const *labels, size_t n_labels,
                     size_t *n)
{
    ArchiveMount *mount = NULL;
    QmtStatus status = QMT_OK;
    const Archive *archive;
    *n = 0;
    TRY(archives_mount(ctx, out, NULL, &mount));
    for (size_t i = 0; i < n_labels && status == QMT_OK; i++) {
        if (archives_find(mount, labels[i], &archive) == NULL)
            status = FAIL(ctx, QMT_ERR_USAGE, "%.200s: is in no archive of %s", labels[i], out);
        else
            status = unpack_one(ctx, mount, out, labels[i]);
        *n += status == QMT_OK;
    }
    const size_t n_all = n_labels == 0 ? archives_count(mount) : 0;
    for (size_t i = 0; i < n_all && status == QMT_OK; i++) {
        const char *const label = archives_label(mount, i);
        if (label != NULL)
            status = unpack_one(ctx, mount, out, label);
        *n += label != NULL && status == QMT_OK;
    }
    archives_unmount(&mount);
    return status == QMT_OK && n_labels == 0 ? archives_remove(ctx, out) : status;
}
