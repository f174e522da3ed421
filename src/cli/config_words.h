#ifndef CLI_CONFIG_WORDS_H
#define CLI_CONFIG_WORDS_H

#include <qmtraj/config.h>

/// Keys of the configuration on the command line.

/// Sets a key from "key=value", the word behind --set. Fails with QMT_ERR_CONFIG.
QmtStatus config_word(QmtContext *ctx, const char *assignment, QmtConfig *config);

#endif
