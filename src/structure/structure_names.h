#ifndef STRUCTURE_STRUCTURE_NAMES_H
#define STRUCTURE_STRUCTURE_NAMES_H

#include "structure/structure.h"

/// Names of structures from the files and folders they were read from.

/// "folder/water.xyz.gz" -> "water": without folder and without the endings of formats. What no folder may be called becomes "_".
///
/// @return true if something did
bool name_from_path(const char *path, char name[STRUCTURE_NAME_SIZE]);

/// Gives the structures from index first on, which are the frames of one file, their names: their own, else that
/// of the file. A name that several have gets the number of the frame behind it: NAME_0001, NAME_0002, ..., whether or
/// not the others could be read.
///
/// @param n_frames  of the file, with those that could not be read
QmtStatus frames_name(QmtContext *ctx, const char *path, StructureList *list, size_t first,
                      size_t n_frames);
/// The name of one of several frames that could not be read: its own if it is known, else NAME_0002.
void frame_name(const char *path, const Structure *frame, char name[STRUCTURE_NAME_SIZE]);

typedef enum {
    NAMES_APART,   ///< of the file; of the folder where files of one name come from several folders
    NAMES_OF_FILE, ///< of the file
    NAMES_OF_FOLDER, ///< of the folder
} NamesFrom;

/// Renames the structures whose name is that of their file; names that a file gives itself stay. "a/struc.xyz" and
/// "b/struc.xyz" become "a" and "b"; where the folders have one name, too, the folder above is put before it:
/// "x/s/struc.xyz" and "y/s/struc.xyz" become "x_s" and "y_s". Fails with QMT_ERR_MEMORY.
QmtStatus structures_name_apart(QmtContext *ctx, StructureList *list, NamesFrom from);

#endif
