#ifndef CONFIG_CONFIG_SET_H
#define CONFIG_CONFIG_SET_H

#include "config/config.h"

/// Values of keys from their texts.

/// Sets one key from its text, as YAML would write a plain scalar; a set as its items with commas between
/// them, in brackets or not.
///
/// @param place  beginning of the message, e.g. "qm.yaml:3:9"
/// @param line   remembered in config->line: the line, or -1 for --set
/// @param quoted the text stood in quotes, so it is no number and no bool
/// Fails with QMT_ERR_CONFIG: unknown key, wrong type, out of range.
QmtStatus config_set_key(QmtContext *ctx, const char *place, int line, const char *name,
                         const char *text, bool quoted, Config *config);

#endif
