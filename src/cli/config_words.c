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
