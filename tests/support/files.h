#ifndef SUPPORT_FILES_H
#define SUPPORT_FILES_H

/// The bytes of a file with a zero behind them, to be freed; fails the test if it cannot be read.
char *read_whole_file(const char *path);

#endif
