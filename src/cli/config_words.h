#ifndef CLI_CONFIG_WORDS_H
#define CLI_CONFIG_WORDS_H

#include <qmtraj/config.h>

/// Keys of the configuration on the command line.

/// Sets a key from "key=value", the word behind --set. Fails with QMT_ERR_CONFIG.
QmtStatus config_word(QmtContext *ctx, const char *assignment, QmtConfig *config);

/// A key that a command takes in another way than the table of keys says.
typedef struct {
    const char *key;
    const char *instead; ///< what counts in its place, half a sentence; NULL: the key itself counts
} CommandKey;

/// Says what of a configuration does not count for a command that computes energies and moves nothing. A key given on
/// the command line is a warning each, and an error if it acts beside the method: the result would be without what was asked
/// for. Of a file, which `run` often shares, one warning names what acts beside the method and what the command has its
/// own option for.
///
/// @param command  "opt"
/// @param keys     [n] where the command differs from qmt_config_key_use()
/// Fails with QMT_ERR_CONFIG.
QmtStatus config_unused_say(QmtContext *ctx, const QmtConfig *config, const char *command,
                            const CommandKey *keys, size_t n);

#endif
