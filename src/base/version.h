#ifndef BASE_VERSION_H
#define BASE_VERSION_H

/// The semantic version; the build reads it from here. Which build of it: qmt_build_id().
#define QMTRAJ_VERSION "0.2.0"

#endif
