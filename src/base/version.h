#ifndef BASE_VERSION_H
#define BASE_VERSION_H
#define QMTRAJ_VERSION "0.1.0"
#endif
