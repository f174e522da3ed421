// include/qmtraj/label.h
#include "qmtraj/label.h"

#include "api/argument.h"
#include "api/qmt_config.h"
#include "campaign/cpu_count.h"
#include "label/label_file.h"

enum { OPTIONS_FIRST_SIZE = 32 };
_Static_assert(sizeof(QmtLabelOptions) == OPTIONS_FIRST_SIZE, "it has not grown yet");

void qmt_label_options_init(QmtLabelOptions *options, size_t struct_size)
{
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    options->struct_size = struct_size;
}

QmtStatus qmt_label_file(QmtContext *ctx, const QmtConfig *config, const char *path,
                         const char *out, const QmtLabelOptions *options,
                         void (*progress)(void *user, const QmtLabelCounts *counts), void *user,
                         QmtLabelCounts *counts)
{
    QmtLabelOptions own = {.struct_size = sizeof own};
    NEEDS(ctx, path != NULL && out != NULL, "label: path or out is NULL");
    if (options != NULL)
        TRY(struct_take(ctx, "QmtLabelOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    const Config values = config != NULL ? config->values : config_default();
    if (own.n_workers == 0)
        own.n_workers = config_workers(&values, cpu_count());
    return label_file(ctx, &values, path, out, &own, progress, user, counts);
}
