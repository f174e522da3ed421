#include "cli/config_words.h"

#include <stdio.h>
#include <string.h>

#include "cli/fail.h"

QmtStatus config_word(QmtContext *ctx, const char *assignment, QmtConfig *config)
{
    const char *const equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment)
        return FAIL(ctx, QMT_ERR_CONFIG, "--set %.60s: wants key=value, e.g. --set length_ps=5",
                    assignment);

    char name[64], place[96];
    snprintf(name, sizeof name, "%.*s", (int)(equals - assignment), assignment);
    snprintf(place, sizeof place, "--set %.80s", assignment);
    return qmt_config_set_at(ctx, config, place, name, equals + 1);
}

static const CommandKey *command_key(const CommandKey *keys, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(keys[i].key, name) == 0)
            return &keys[i];
    return NULL;
}

static QmtStatus word_unused_say(QmtContext *ctx, const char *name, const char *command,
                                 QmtKeyUse use, const CommandKey *own)
{
    if (use == QMT_KEY_BESIDE_METHOD)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "--set %s: acts in trajectories (`qmtraj run`) alone, and `qmtraj %s` would "
                    "compute without it; remove it",
                    name, command);
    cli_note(ctx, QMT_LOG_WARNING, "%s of the configuration does not count for `qmtraj %s`: %s",
             name, command, own != NULL ? own->instead : "it is of trajectories (`qmtraj run`)");
    return QMT_OK;
}

QmtStatus config_unused_say(QmtContext *ctx, const QmtConfig *config, const char *command,
                            const CommandKey *keys, size_t n)
{
    char list[1024] = "";
    size_t used = 0, n_listed = 0;
    for (size_t k = 0; k < qmt_config_key_count(); k++) {
        QmtConfigKey key;
        TRY(qmt_config_key(ctx, k, &key));
        const CommandKey *const own = command_key(keys, n, key.name);
        const QmtKeyUse use = qmt_config_key_use(k);
        const int line = qmt_config_line(config, key.name);
        if (line == 0 || (own != NULL ? own->instead == NULL : use == QMT_KEY_OF_ENERGY) ||
            ((line > 0 || use == QMT_KEY_BESIDE_METHOD) && qmt_config_is_default(config, key.name)))
            continue;
        if (line < 0)
            TRY(word_unused_say(ctx, key.name, command, use, own));
        else if ((own != NULL || use == QMT_KEY_BESIDE_METHOD) && used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s",
                                     n_listed++ > 0 ? ", " : "", key.name);
    }
    if (n_listed > 0)
        cli_note(ctx, QMT_LOG_WARNING, "%s: %s do%s not count for `qmtraj %s`",
                 qmt_config_file(config), list, n_listed == 1 ? "es" : "", command);
    return QMT_OK;
}
