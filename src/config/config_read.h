#ifndef CONFIG_CONFIG_READ_H
#define CONFIG_CONFIG_READ_H

#include "config/config.h"

/// Reads a YAML file over the defaults: one mapping of keys to scalars, in which a
/// block of keys "confine:" with "sphere: auto" below it is the key confine.sphere. Keys that the file
/// does not name keep the value they have in *config.
///
/// Fails with QMT_ERR_IO (the file cannot be read), QMT_ERR_FORMAT (larger than 1 MiB) or
/// QMT_ERR_CONFIG, with file, line and column:
/// no YAML, unknown or duplicate key, wrong type or range, anchors, aliases, tags, nested values,
/// several documents. After a failure *config is as it was.
QmtStatus config_read(QmtContext *ctx, const char *path, Config *config);

/// The same from memory; place is used in messages where a file would give its name.
QmtStatus config_parse(QmtContext *ctx, const char *place, const char *text, size_t size,
                       Config *config);

#endif
