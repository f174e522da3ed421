#include "api/qmt_warning.h"

#include "api/argument.h"

_Static_assert(sizeof((QmtWarning){0}.code) >= RUN_WARNING_CODE_SIZE &&
                   sizeof((QmtWarning){0}.text) >= RUN_WARNING_TEXT_SIZE,
               "room for every warning");

QmtStatus warning_show(QmtContext *ctx, const RunWarnings *warnings, size_t w, QmtWarning *warning)
{
    QmtWarning found;
    size_t at = 0;
    NEEDS(ctx, warning != NULL, "warning is NULL");
    for (size_t i = 0; i <= w; i++)
        NEEDS(ctx, run_warning_next(warnings, &at, found.code, found.text), "warning %zu of %zu", w,
              i);
    *warning = found;
    return QMT_OK;
}
