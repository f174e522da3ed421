#ifndef CAMPAIGN_PACK_H
#define CAMPAIGN_PACK_H

#include "campaign/shard.h"
#include "io/archive_mount.h"
#include "io/archive_write.h"

/// Finished trajectories of OUT in an archive instead of a folder each: OUT/packed.zip, or OUT/packed.3-of-100.zip of a
/// part of a list.

typedef struct Packer Packer;

enum { PACK_NAME_SIZE = SHARD_TEXT_SIZE + 16 };
/// The name of the archive of a part.
void pack_name(const Shard *shard, char name[PACK_NAME_SIZE]);

/// Begins; nothing is opened before the first trajectory comes. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus packer_open(QmtContext *ctx, const char *out, const Shard *shard, Packer **packer);
/// Takes the folder of a finished trajectory. It goes a moment later, when the archive is on the disk. What fails is a
/// warning, said once: the folder then stays, and so do those that come later.
void packer_add(QmtContext *ctx, Packer *packer, const char *label);
/// Finishes, and sets the pointer to NULL; accepts NULL. The directory of the archive is written, unless this job added
/// only a small part of a large one.
void packer_close(QmtContext *ctx, Packer **packer);

/// Packs every finished trajectory that lies in a folder of OUT, and writes the directory of the archive.
///
/// @param n  how many
/// Fails with QMT_ERR_IO, QMT_ERR_FORMAT, QMT_ERR_LOCKED or QMT_ERR_MEMORY.
QmtStatus pack_all(QmtContext *ctx, const char *out, size_t *n);
/// Makes folders of the trajectories in the archives of OUT again, and removes the archives if it was all. Programs that
/// append wait meanwhile. Where one is damaged, the others are unpacked and its archive stays.
///
/// @param labels  [n_labels] of those that are wanted; 0: all
/// @param n       how many
/// Fails likewise, with QMT_ERR_FORMAT also if a trajectory is damaged, and with QMT_ERR_USAGE if a label is in no archive.
QmtStatus unpack_all(QmtContext *ctx, const char *out, const char *const *labels, size_t n_labels,
                     size_t *n);
/// Makes a folder of one trajectory; none in an archive is fine.
QmtStatus unpack_one(QmtContext *ctx, const ArchiveMount *mount, const char *out,
                     const char *label);

#endif
