// include/qmtraj/campaign.h: parts of a list, and what launchers say.

#include <stdlib.h>

#include "api/argument.h"
#include "api/qmt_config.h"
#include "campaign/cpu_count.h"
#include "campaign/launcher.h"
#include "qmtraj/campaign.h"

QmtStatus qmt_shard_parse(QmtContext *ctx, const char *text, QmtShard *shard)
{
    Shard inner;
    NEEDS(ctx, text != NULL && shard != NULL, "shard: text or shard is NULL");
    TRY(shard_parse(ctx, text, &inner));
    *shard = (QmtShard){.index = inner.index, .count = inner.count};
    return QMT_OK;
}

int qmt_shard_has(QmtShard shard, const char *name)
{
    return name != NULL && shard_has(&(Shard){shard.index, shard.count}, name);
}

const char *qmt_launcher_shard(QmtShard *shard)
{
    const Launcher launcher = launcher_find(getenv);
    if (shard != NULL && launcher.name != NULL)
        *shard = (QmtShard){.index = launcher.shard.index, .count = launcher.shard.count};
    return launcher.name;
}

size_t qmt_worker_count(void)
{
    const Launcher launcher = launcher_find(getenv);
    return launcher_workers(&launcher, cpu_count(), cpu_count_of_machine());
}

size_t qmt_worker_count_for(const QmtConfig *config)
{
    const size_t n_cores = qmt_worker_count();
    return config != NULL ? config_workers(&config->values, n_cores) : n_cores;
}
