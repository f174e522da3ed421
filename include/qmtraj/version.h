#ifndef QMTRAJ_VERSION_H
#define QMTRAJ_VERSION_H

/// Which library this is. Versions are semantic: within one major version programs keep working with a newer
/// library without being compiled again (docs/api.md says how).

#include <qmtraj/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Version of these headers. CMake reads it from here; it stands nowhere else.
#define QMT_VERSION_MAJOR 0
#define QMT_VERSION_MINOR 2
#define QMT_VERSION_PATCH 0

/// True if the headers are at least of a version: `#if QMT_VERSION_AT_LEAST(0, 2, 0)`.
#define QMT_VERSION_AT_LEAST(major, minor, patch)                                                  \
    (QMT_VERSION_MAJOR > (major) ||                                                                \
     (QMT_VERSION_MAJOR == (major) &&                                                              \
      (QMT_VERSION_MINOR > (minor) ||                                                              \
       (QMT_VERSION_MINOR == (minor) && QMT_VERSION_PATCH >= (patch)))))

/// Version of the library that runs, "major.minor.patch"; the headers may be of another one.
QMT_API const char *qmt_version(void);

/// Which build of that version: the commit it was made from, with a checksum of the sources behind it if they were
/// changed, or that checksum alone.
QMT_API const char *qmt_build_id(void);

/// Checksum (64 bit, hex) of all that decides the numbers and the layout of a trajectory: sources, tables,
/// compiler, its flags and the linear algebra linked in. Trajectories are continued by builds with the same one.
QMT_API const char *qmt_numerics_id(void);

/// FNV-1a checksum (64 bit, hex) of all parameter tables compiled in.
QMT_API const char *qmt_parameter_checksum(void);

/// The papers to cite, as BibTeX.
QMT_API const char *qmt_citations(void);

#ifdef __cplusplus
}
#endif
#endif
