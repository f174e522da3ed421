#ifndef STRUCTURE_FORMAT_DETECT_H
#define STRUCTURE_FORMAT_DETECT_H

#include <stddef.h>

/// Which format a file has, by its first lines and, where they do not tell, by its name.

typedef enum {
    FORMAT_XYZ, ///< also what is not recognised: its reader says what is wrong
    FORMAT_SDF,
    FORMAT_COORD,
    FORMAT_SMILES,
    FORMAT_FOREIGN, ///< known, not read
} InputFormat;

typedef struct {
    InputFormat format;
    const char *name; ///< of a foreign one: "a PDB file"
    const char *
        way; ///< what makes it readable, with one or two %s for its path and a new one; NULL: nothing
} DetectedFormat;

/// data [n] begins with the text of the file; path only helps. Allocates nothing.
DetectedFormat format_detect(const char *path, const char *data, size_t n);

#endif
