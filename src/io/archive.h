#ifndef IO_ARCHIVE_H
#define IO_ARCHIVE_H

#include "io/file.h"

/// Finished folders in one file, so that a hundred thousand of them are not half a million files:
///
///     OUT/packed.zip        a ZIP of stored members LABEL/FILE, which NumPy, Python's zipfile and unzip read
///     OUT/packed.zip.index  a line for each folder: where its members begin, its label, "FILE:BYTES:CRC" of each
///
/// The members of a folder lie one after the other. Folders are appended at the end, over the directory of the ZIP,
/// which is written again when a job has ended; until then only the index knows them. A line of the index is
/// appended when the members are written, and the folder is removed when both are on the disk. So a program that is
/// killed at any moment leaves each folder in the archive, on the disk, or both. A folder on the disk hides that of its
/// label in an archive. Of two of one label in an archive the later one counts, of those in several archives that with the
/// larger trajectory, which is the longer one; of equal ones that of the last archive by name.
///
/// Where the directory stands behind all members it lists all, and the index must say the same. One that does not was
/// cut off, lost, or is that of another day: the directory counts then, and whoever appends makes the index again. Bytes
/// behind the last folder of the index without such a directory are what a killed program had begun to append; the next
/// folder goes over them. Folders of the index that end behind the archive were cut off with it, and count as not there.

#define ARCHIVE_INDEX ".index"
/// The file of a folder by whose size copies in several archives are compared.
#define ARCHIVE_TRAJECTORY "trajectory.npz"

/// True of the name of an archive: packed.zip, or packed.3-of-100.zip of a part of a list. Files of other names, such as a
/// copy packed.backup.zip, are somebody's own.
bool archive_name_is(const char *name);

typedef struct {
    const char *name; ///< "run.json"
    uint64_t begin;   ///< of its data in the archive
    uint64_t size;
    uint32_t crc;
} ArchiveFile;

typedef struct {
    const char *label;
    size_t first, n; ///< of the files of the archive
    uint64_t offset; ///< of its first local header
} ArchiveFolder;

/// A file that has the same ones is the same as before.
typedef struct {
    uint64_t inode, n_bytes;
    int64_t modified_ns;
} ArchiveStamp;

typedef struct {
    char path[FILE_PATH_SIZE];
    ArchiveFolder *folders; ///< [n] in the order of the index
    size_t n, capacity;
    uint32_t
        *slots; ///< [n_slots] hash table of the last folder of each label: its number + 1, 0: empty
    size_t n_slots; ///< a power of two
    ArchiveFile *files;
    size_t n_files, files_capacity;
    char **texts; ///< [n_texts] of the index, in which names and labels lie
    size_t n_texts;
    size_t n_hidden;   ///< files of folders that a later one of their label hides
    uint64_t n_index;  ///< bytes of its whole lines
    uint64_t end;      ///< of the last folder: where the next one begins
    uint64_t n_bytes;  ///< of the archive: folders that end behind it were cut off
    bool is_mended;    ///< the index lacks folders that the directory lists: all are read from that
    ArchiveStamp seen; ///< of the index when it was read, of the archive if there is no index
    uint64_t last;     ///< where the last whole line of the index begins
    uint32_t last_crc; ///< of that line
} Archive;

/// Reads the index of an archive, or its directory where the index lacks something. No archive is an empty one, also where
/// an index was left.
///
/// @param archive  written on success, to be released
/// Fails with QMT_ERR_IO, QMT_ERR_FORMAT (the index is damaged or missing, and there is no directory) or QMT_ERR_MEMORY.
QmtStatus archive_read(QmtContext *ctx, const char *path, Archive *archive);
void archive_release(Archive *archive);
/// Reads what was appended since, or all of an archive that came in its place; fails likewise. Bytes behind the last whole
/// line are left for another time. Labels stay valid until archive_release(), folders and files do not.
QmtStatus archive_catch_up(QmtContext *ctx, Archive *archive);
/// Whether an archive ends in a directory that covers all that is in it: not if a program was killed between its last
/// folder and the directory. No archive needs none.
bool archive_has_directory(QmtContext *ctx, const char *path);
/// False of a folder that was cut off with the end of the archive.
bool archive_holds(const Archive *archive, const ArchiveFolder *folder);
/// The last folder of a label; NULL if there is none.
const ArchiveFolder *archive_find(const Archive *archive, const char *label);
/// A file of a folder by its name; NULL if there is none.
const ArchiveFile *archive_file(const Archive *archive, const ArchiveFolder *folder,
                                const char *name);

#endif
