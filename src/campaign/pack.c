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
    size_t n_taken; ///< of the writer, when the first of them came
    size_t n_left;  ///< stay folders, as their archive was taken away
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

/// Another program took the archive away that the folders are in which wait.
static void waiting_leave(QmtContext *ctx, Packer *packer)
{
    context_log(ctx, QMT_LOG_WARNING,
                "%s: was taken away by another program while trajectories went into it; %zu of "
                "them stay folders, and `qmtraj pack %s` packs them",
                packer->path, packer->n_waiting, packer->out);
    packer->n_left += packer->n_waiting;
    packer->n_waiting = 0;
}

/// What was packed is on the disk: its folders go.
static QmtStatus packer_sync(QmtContext *ctx, Packer *packer)
{
    File turn = file_none();
    if (packer->n_waiting == 0)
        return QMT_OK;
    TRY(archive_sync(ctx, &packer->writer));
    TRY(archive_turn_take(ctx, packer->path, &turn));
    const Message before = context_keep(ctx);
    if (!archive_is_in_place(&packer->writer))
        waiting_leave(ctx, packer);
    for (size_t i = 0; i < packer->n_waiting; i++)
        packed_remove(ctx, packer->out, &packer->waiting[i]);
    (void)context_restore(ctx, &before);
    lock_give_back(&turn);
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
    FileStamp stamp;
    TRY(file_join(ctx, packer->out, label, folder));
    TRY(file_join(ctx, folder, RUN_FILE_COMPLETE, path));
    if (!file_stamp(path, &stamp) || stamp.is_part)
        return QMT_OK; // it is in an archive
    if (!packer->is_open) {
        TRY(archive_writer_open(ctx, packer->path, &packer->writer));
        packer->is_open = true;
    }
    const QmtStatus status = archive_append(ctx, &packer->writer, folder, label, RUN_FILE_RUN);
    if (packer->n_waiting > 0 && packer->writer.n_taken != packer->n_taken)
        waiting_leave(ctx, packer);
    if (status != QMT_OK && !is_in(folder, "."))
        return QMT_OK; // another program has packed and removed it
    TRY(status);
    Packed *const next = &packer->waiting[packer->n_waiting];
    next->stamp = stamp;
    snprintf(next->label, sizeof next->label, "%s", label);
    if (packer->n_waiting++ == 0) {
        packer->first_s = clock_s();
        packer->n_taken = packer->writer.n_taken;
    }
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
    if (n_names < 0 && depth > 0 && errno == ENOENT)
        return QMT_OK; // finished and packed meanwhile
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
            const bool is_there = status == QMT_OK && file_exists(path);
            if (is_there)
                status = archive_writer_open(ctx, path, &writer);
            if (is_there && status == QMT_OK) {
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
    *n -= packer->n_left;
    free(packer);
    if (status == QMT_OK)
        asides_sweep(ctx, out);
    return status == QMT_OK ? directories_write(ctx, out) : status;
}

/// Makes the folder of a packed trajectory. Fails with QMT_ERR_FORMAT if it is damaged.
static QmtStatus folder_make(QmtContext *ctx, const Archive *archive, const ArchiveFolder *packed,
                             const char *out)
{
    char folder[FILE_PATH_SIZE], aside[FILE_PATH_SIZE], parent[FILE_PATH_SIZE];
    const char *const label = packed->label;
    TRY(file_join(ctx, out, label, folder));
    aside_path(out, aside);
    folder_remove(ctx, aside);
    QmtStatus status = archive_extract(ctx, archive, packed, aside);
    if (status == QMT_OK && strchr(label, '/') != NULL) {
        snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(folder, '/') - folder), folder);
        status = file_make_directories(ctx, parent);
    }
    // in one go: half a folder would hide the archive
    if (status == QMT_OK)
        status = file_rename(ctx, aside, folder);
    if (status == QMT_OK)
        return QMT_OK;
    const Message failure = context_keep(ctx);
    folder_remove(ctx, aside);
    return is_in(folder, ".") ? QMT_OK // another program has made it
                              : context_restore(ctx, &failure);
}

QmtStatus unpack_one(QmtContext *ctx, const ArchiveMount *mount, const char *out, const char *label)
{
    const Archive *archive;
    const ArchiveFolder *const found = archives_find(mount, label, &archive);
    return found != NULL ? folder_make(ctx, archive, found, out) : QMT_OK;
}

/// What is wanted of unpack_all(), and what became of it.
typedef struct {
    const char *out;
    const char *const *labels; ///< [n_labels]; none: all
    size_t n_labels, n, n_damaged;
    bool keeps_archives; ///< one of several copies is damaged, and another one takes its place
} Unpacking;

/// Makes the folder of a trajectory, unless there is one. A damaged trajectory does not stop the others.
static QmtStatus packed_unpack(QmtContext *ctx, const Archive *archive, const ArchiveFolder *packed,
                               Unpacking *work)
{
    if (is_in(work->out, packed->label))
        return QMT_OK;
    const QmtStatus status = folder_make(ctx, archive, packed, work->out);
    work->n += status == QMT_OK;
    if (status != QMT_ERR_FORMAT)
        return status;
    context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    work->n_damaged++;
    return QMT_OK;
}

/// All that the archive holds is in folders.
static QmtStatus archive_remove(QmtContext *ctx, const char *path)
{
    char index[FILE_PATH_SIZE + 8];
    snprintf(index, sizeof index, "%s" ARCHIVE_INDEX, path);
    TRY(file_remove(ctx, path));
    return file_remove(ctx, index);
}

/// Makes folders of what is wanted of an archive, whose turn we have: what is appended now is either read, or goes into
/// another archive.
static QmtStatus archive_unpack(QmtContext *ctx, const char *path, Unpacking *work)
{
    Archive archive;
    TRY(archive_read(ctx, path, &archive));
    QmtStatus status = QMT_OK;
    const size_t n_damaged = work->n_damaged;
    for (size_t i = 0; i < work->n_labels && status == QMT_OK; i++) {
        const ArchiveFolder *const packed = archive_find(&archive, work->labels[i]);
        if (packed != NULL)
            status = packed_unpack(ctx, &archive, packed, work);
    }
    const size_t n_all = work->n_labels == 0 ? archive.n : 0;
    for (size_t i = 0; i < n_all && status == QMT_OK; i++)
        if (archive_find(&archive, archive.folders[i].label) == &archive.folders[i])
            status = packed_unpack(ctx, &archive, &archive.folders[i], work);
    archive_release(&archive);
    if (status == QMT_OK && work->n_labels == 0 && work->n_damaged == n_damaged &&
        !work->keeps_archives)
        status = archive_remove(ctx, path);
    return status;
}

/// Makes the folder of a label whose copy that counts is not in the last archive that holds one.
static QmtStatus several_unpack(QmtContext *ctx, ArchiveMount *mount, const char *label,
                                Unpacking *work)
{
    char path[FILE_PATH_SIZE];
    const Archive *archive;
    File turn = file_none();
    const ArchiveFolder *packed = archives_find(mount, label, &archive);
    if (packed == NULL || !archives_hold_behind(mount, archive, label))
        return QMT_OK;
    snprintf(path, sizeof path, "%s", archive->path);
    TRY(archive_turn_take(ctx, path, &turn));
    archives_refresh(ctx, mount); // another program may have unpacked it
    packed = archives_find(mount, label, &archive);
    const size_t n_damaged = work->n_damaged;
    const QmtStatus status = packed != NULL && strcmp(archive->path, path) == 0
                                 ? packed_unpack(ctx, archive, packed, work)
                                 : QMT_OK;
    lock_give_back(&turn);
    work->keeps_archives = work->keeps_archives || work->n_damaged > n_damaged;
    return status;
}

static QmtStatus severals_unpack(QmtContext *ctx, ArchiveMount *mount, Unpacking *work)
{
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < work->n_labels && status == QMT_OK; i++)
        status = several_unpack(ctx, mount, work->labels[i], work);
    for (size_t i = 0; work->n_labels == 0 && i < archives_count(mount) && status == QMT_OK; i++) {
        const char *const label = archives_label(mount, i);
        if (label != NULL)
            status = several_unpack(ctx, mount, label, work);
    }
    return status;
}

/// Archive by archive, the last one first: what counts of several archives is in folders where it is in none of the last.
/// One turn at a time: there may be more archives than a process may open files.
static QmtStatus archives_unpack(QmtContext *ctx, Unpacking *work)
{
    struct dirent **names = NULL;
    char path[FILE_PATH_SIZE];
    QmtStatus status = QMT_OK;
    for (int i = scandir(work->out, &names, NULL, alphasort); i-- > 0;) {
        File turn = file_none();
        if (status == QMT_OK && archive_name_is(names[i]->d_name)) {
            status = file_join(ctx, work->out, names[i]->d_name, path);
            if (status == QMT_OK)
                status = archive_turn_take(ctx, path, &turn);
            if (status == QMT_OK)
                status = archive_unpack(ctx, path, work);
            lock_give_back(&turn);
        }
        free(names[i]);
    }
    free(names);
    return status;
}

static QmtStatus labels_check(QmtContext *ctx, const ArchiveMount *mount, const Unpacking *work)
{
    const Archive *archive;
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < work->n_labels && status == QMT_OK; i++)
        if (archives_find(mount, work->labels[i], &archive) == NULL)
            status =
                FAIL(ctx, QMT_ERR_USAGE,
                     is_in(work->out, work->labels[i]) ? "%.200s: is a folder of %.900s already"
                                                       : "%.200s: is in no archive of %.900s",
                     work->labels[i], work->out);
    return status;
}

QmtStatus unpack_all(QmtContext *ctx, const char *out, const char *const *labels, size_t n_labels,
                     size_t *n)
{
    Unpacking work = {.out = out, .labels = labels, .n_labels = n_labels};
    ArchiveMount *mount = NULL;
    TRY(archives_mount(ctx, out, NULL, &mount));
    QmtStatus status = labels_check(ctx, mount, &work);
    if (status == QMT_OK)
        status = severals_unpack(ctx, mount, &work);
    archives_unmount(&mount);
    TRY(status);
    TRY(archives_unpack(ctx, &work));
    *n = work.n;
    if (work.n_damaged > 0)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%.900s: %zu packed %s damaged and in the archive still, %zu %s again; the job "
                    "makes what is missing once the archive and its index are moved away",
                    out, work.n_damaged, work.n_damaged == 1 ? "trajectory is" : "trajectories are",
                    work.n, work.n == 1 ? "is a folder" : "are folders");
    return QMT_OK;
}
