// include/qmtraj/dataset.h
#include "qmtraj/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "campaign/cpu_count.h"
#include "dataset/dataset.h"
#include "dataset/folder.h"
#include "dataset/format.h"
#include "dataset/relabel.h"

enum { OPTIONS_FIRST_SIZE = sizeof(QmtDatasetOptions) };

static const QmtDatasetOptions INITIAL = {.struct_size = sizeof(QmtDatasetOptions),
                                          .format = "mace",
                                          .train = 80.0,
                                          .valid = 10.0,
                                          .test = 10.0,
                                          .gap_ps = -1.0};

void qmt_dataset_options_init(QmtDatasetOptions *options, size_t struct_size)
{
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    memcpy(options, &INITIAL, struct_size < sizeof INITIAL ? struct_size : sizeof INITIAL);
    options->struct_size = struct_size;
}

const char *qmt_dataset_format_name(size_t i)
{
    return i < N_SET_FORMATS ? SET_FORMATS[i]->name : NULL;
}

const char *qmt_dataset_format_help(size_t i)
{
    return i < N_SET_FORMATS ? SET_FORMATS[i]->help : NULL;
}

int qmt_path_is_dataset(const char *path)
{
    return path != NULL && folder_is_dataset(path);
}

QmtStatus qmt_dataset_make(QmtContext *ctx, const char *const *paths, size_t n_paths,
                           const char *out, const QmtDatasetOptions *options,
                           void (*progress)(void *user, const QmtDatasetProgress *progress),
                           void *user, char **summary)
{
    QmtDatasetOptions own = INITIAL;
    NEEDS(ctx, paths != NULL && n_paths > 0 && out != NULL, "dataset: no paths, or out is NULL");
    for (size_t i = 0; i < n_paths; i++)
        NEEDS(ctx, paths[i] != NULL, "dataset: path %zu is NULL", i);
    if (options != NULL)
        TRY(struct_take(ctx, "QmtDatasetOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    NEEDS(ctx, own.format != NULL, "dataset: options.format is NULL");
    if (own.n_workers == 0)
        own.n_workers = cpu_count();
    return dataset_make(ctx, paths, n_paths, out, &own, progress, user, summary);
}

QmtStatus qmt_dataset_collect(QmtContext *ctx, const char *folder, const char *out,
                              uint64_t *n_found, uint64_t *n_missing)
{
    uint64_t found = 0, missing = 0;
    NEEDS(ctx, folder != NULL && out != NULL, "dataset: folder or out is NULL");
    TRY(relabel_collect(ctx, folder, out, &found, &missing));
    if (n_found != NULL)
        *n_found = found;
    if (n_missing != NULL)
        *n_missing = missing;
    return missing == 0
               ? QMT_OK
               : FAIL(ctx, QMT_ERR_PARTIAL,
                      "%.500s: %llu of %llu frames have no result; missing.tsv there says "
                      "why",
                      out, (unsigned long long)missing, (unsigned long long)(found + missing));
}
