#include "dataset/relabel.h"

#include <stdlib.h>
#include <string.h>

#include "dataset/folder.h"
#include "dataset/format_relabel.h"
#include "io/json.h"
#include "io/output.h"
#include "label/collect.h"

enum { SIZE_LIMIT = 1 << 16, LEVEL_SIZE = 160 };

/// What relabel.json says.
typedef struct {
    const RelabelProgram *program;
    char level[LEVEL_SIZE];
} Relabelling;

static const RelabelProgram *program_find(const char *name)
{
    static const SetFormat *const FORMATS[] = {&FORMAT_PSI4, &FORMAT_PYSCF, &FORMAT_ORCA};
    for (size_t i = 0; name != NULL && i < sizeof FORMATS / sizeof *FORMATS; i++) {
        const RelabelProgram *const program = FORMATS[i]->more;
        if (strcmp(program->program, name) == 0)
            return program;
    }
    return NULL;
}

static QmtStatus description_read(QmtContext *ctx, const char *folder, Relabelling *relabelling)
{
    char path[FILE_PATH_SIZE], *text = NULL;
    size_t n = 0;
    TRY(file_join(ctx, folder, "relabel.json", path));
    if (!file_exists(path))
        return FAIL(ctx, QMT_ERR_USAGE,
                    "%.900s: is not a folder of inputs for another program: it has no relabel.json",
                    folder);
    TRY(file_read_whole(ctx, path, SIZE_LIMIT, &text, &n));
    cJSON *const object = cJSON_Parse(text);
    const char *const method =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "method"));
    const char *const basis =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "basis"));
    relabelling->program =
        program_find(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "program")));
    const bool whole = relabelling->program != NULL && method != NULL && basis != NULL &&
                       strpbrk(method, "\"'\n") == NULL && strpbrk(basis, "\"'\n") == NULL;
    if (whole)
        snprintf(relabelling->level, LEVEL_SIZE, "%.70s/%.70s", method, basis);
    cJSON_Delete(object);
    free(text);
    return whole ? QMT_OK
                 : FAIL(ctx, QMT_ERR_FORMAT, "%s: does not name program, method and basis", path);
}

static QmtStatus split_collect(QmtContext *ctx, const Relabelling *relabelling, const char *folder,
                               const char *out, Split split, Output *missing, uint64_t *n_found,
                               uint64_t *n_missing)
{
    const RelabelProgram *const program = relabelling->program;
    const char *const file = program->dialect.files[split];
    char frames[FILE_PATH_SIZE], results[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    TRY(file_join(ctx, folder, file, frames));
    TRY(file_join(ctx, folder, split_name(split), results));
    TRY(file_join(ctx, out, file, path));
    if (!file_exists(frames))
        return QMT_OK;
    const CollectPart part = {.frames = frames,
                              .folder = results,
                              .ending = program->result,
                              .level = relabelling->level,
                              .out = path,
                              .part = split_name(split),
                              .missing = missing};
    return collect_part(ctx, &part, n_found, n_missing);
}

static QmtStatus splits_collect(QmtContext *ctx, const Relabelling *relabelling, const char *folder,
                                const char *out, uint64_t *n_found, uint64_t *n_missing)
{
    Output missing = {.file = file_none()};
    TRY(output_open_in(ctx, out, "missing.tsv", &missing));
    output_text(ctx, &missing, "part\tframe\treason\n");
    QmtStatus status = QMT_OK;
    for (int s = 0; s < N_SPLITS && status == QMT_OK; s++)
        status =
            split_collect(ctx, relabelling, folder, out, (Split)s, &missing, n_found, n_missing);
    if (status == QMT_OK)
        return output_finish(ctx, &missing);
    output_abandon(&missing);
    return status;
}

QmtStatus relabel_collect(QmtContext *ctx, const char *folder, const char *out, uint64_t *n_found,
                          uint64_t *n_missing)
{
    Relabelling relabelling;
    Folder made;
    *n_found = *n_missing = 0;
    TRY(description_read(ctx, folder, &relabelling));
    TRY(folder_begin(ctx, out, &made));
    QmtStatus status = splits_collect(ctx, &relabelling, folder, made.part, n_found, n_missing);
    if (status == QMT_OK && *n_found == 0)
        status = FAIL(ctx, QMT_ERR_INPUT,
                      "%.500s: none of its %llu inputs has a result; `sh run.sh` there makes them",
                      folder, (unsigned long long)*n_missing);
    if (status == QMT_OK)
        status = folder_finish(ctx, &made);
    if (status != QMT_OK) {
        const Message failure = context_keep(ctx);
        folder_discard(&made);
        status = context_restore(ctx, &failure);
    }
    return status;
}
