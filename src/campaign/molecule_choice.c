#include "campaign/molecule_choice.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"

/// A name that is there counts before a pattern: "a[1]" may be one.
static bool is_named(const char *name, const char *wanted)
{
    return strcmp(name, wanted) == 0 || fnmatch(wanted, name, 0) == 0;
}

static QmtStatus nothing_fits(QmtContext *ctx, const StructureList *structures, const char *wanted)
{
    const char **const names = malloc((structures->n + 1) * sizeof *names);
    char hint[SUGGEST_HINT_SIZE] = "";
    if (names == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "plan: no memory for %zu names", structures->n);
    for (size_t i = 0; i < structures->n; i++)
        names[i] = structures->items[i].name;
    if (structures->n > 0)
        suggest_hint(wanted, names, structures->n, hint);
    free(names);
    return FAIL(ctx, QMT_ERR_USAGE, "--molecule %.100s: no such molecule%s", wanted,
                hint[0] != '\0' ? hint : "; --dry-run lists them");
}

/// Marks those of one name; false if there is none.
static bool name_mark(const StructureList *structures, const char *wanted, bool *keep,
                      bool *keep_rejected)
{
    bool exact = false, found = false;
    for (size_t i = 0; i < structures->n; i++)
        exact = exact || strcmp(structures->items[i].name, wanted) == 0;
    for (size_t i = 0; i < structures->n; i++) {
        const char *const name = structures->items[i].name;
        if (exact ? strcmp(name, wanted) == 0 : is_named(name, wanted))
            keep[i] = found = true;
    }
    for (size_t i = 0; structures->rejected != NULL && i < structures->rejected->n; i++)
        if (is_named(structures->rejected->items[i].name, wanted))
            keep_rejected[i] = found = true;
    return found;
}

QmtStatus molecules_choose(QmtContext *ctx, StructureList *structures, const char *const *names,
                           size_t n_names, bool *keep)
{
    const size_t n_rejected = structures->rejected != NULL ? structures->rejected->n : 0;
    bool *const keep_rejected = calloc(n_rejected + 1, sizeof *keep_rejected);
    QmtStatus status = QMT_OK;
    if (keep_rejected == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "plan: no memory for %zu names", n_rejected);
    for (size_t i = 0; i < structures->n; i++)
        keep[i] = n_names == 0;
    for (size_t m = 0; m < n_names && status == QMT_OK; m++)
        if (!name_mark(structures, names[m], keep, keep_rejected))
            status = nothing_fits(ctx, structures, names[m]);
    if (n_names > 0 && n_rejected > 0 && status == QMT_OK)
        rejections_keep(structures->rejected, keep_rejected);
    free(keep_rejected);
    return status;
}
