// include/qmtraj/archive.h
#include "qmtraj/archive.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "api/argument.h"
#include "campaign/pack.h"
#include "io/archive_mount.h"

struct QmtArchives {
    ArchiveMount *mount; ///< NULL: there is none
};

QmtStatus qmt_pack(QmtContext *ctx, const char *out, size_t *n)
{
    size_t packed;
    NEEDS(ctx, out != NULL, "pack: out is NULL");
    TRY(pack_all(ctx, out, &packed));
    if (n != NULL)
        *n = packed;
    return QMT_OK;
}

QmtStatus qmt_unpack(QmtContext *ctx, const char *out, const char *const *names, size_t n_names,
                     size_t *n)
{
    size_t unpacked;
    NEEDS(ctx, out != NULL && (names != NULL || n_names == 0), "unpack: out or names is NULL");
    TRY(unpack_all(ctx, out, names, n_names, &unpacked));
    if (n != NULL)
        *n = unpacked;
    return QMT_OK;
}

QmtStatus qmt_archives_open(QmtContext *ctx, const char *path, QmtArchives **archives)
{
    struct stat about;
    NEEDS(ctx, path != NULL && archives != NULL, "archives: path or archives is NULL");
    QmtArchives *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for archives");
    const QmtStatus status = stat(path, &about) == 0
                                 ? archives_mount(ctx, path, NULL, &made->mount)
                                 : archives_mount_above(ctx, path, &made->mount);
    if (status == QMT_OK)
        *archives = made;
    else
        free(made);
    return status;
}

void qmt_archives_close(QmtArchives **archives)
{
    if (archives == NULL || *archives == NULL)
        return;
    archives_unmount(&(*archives)->mount);
    free(*archives);
    *archives = NULL;
}

size_t qmt_archives_count(const QmtArchives *archives)
{
    return archives != NULL ? archives_count(archives->mount) : 0;
}

const char *qmt_archives_name(const QmtArchives *archives, size_t i)
{
    return i < qmt_archives_count(archives) ? archives_label(archives->mount, i) : NULL;
}
