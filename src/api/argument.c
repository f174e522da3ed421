#include "api/argument.h"

#include <math.h>
#include <string.h>

QmtStatus coordinates_check(QmtContext *ctx, const char *place, size_t n_atoms, const double *xyz)
{
    for (size_t i = 0; i < 3 * n_atoms; i++)
        if (!isfinite(xyz[i]))
            return FAIL(ctx, QMT_ERR_INPUT, "%s: atom %zu: its %c coordinate is not finite", place,
                        i / 3 + 1, "xyz"[i % 3]);
    return QMT_OK;
}

static QmtStatus size_of(QmtContext *ctx, const char *name, const void *given, size_t first_size,
                         size_t *size)
{
    memcpy(size, given, sizeof *size);
    if (*size < first_size)
        return FAIL(ctx, QMT_ERR_ARGUMENT,
                    "%s: struct_size is %zu, at least %zu is expected; was it made by its function "
                    "for the defaults?",
                    name, *size, first_size);
    return QMT_OK;
}

QmtStatus struct_take(QmtContext *ctx, const char *name, const void *given, size_t first_size,
                      void *own, size_t own_size)
{
    size_t size;
    TRY(size_of(ctx, name, given, first_size, &size));
    const unsigned char *const bytes = given;
    for (size_t i = own_size; i < size; i++)
        if (bytes[i] != 0)
            return FAIL(ctx, QMT_ERR_ARGUMENT,
                        "%s: has settings of a newer version than %s of this library", name,
                        qmt_version());
    memcpy(own, given, size < own_size ? size : own_size);
    memcpy(own, &own_size, sizeof own_size);
    return QMT_OK;
}

QmtStatus struct_give(QmtContext *ctx, const char *name, const void *own, size_t own_size,
                      size_t first_size, void *given)
{
    size_t size;
    TRY(size_of(ctx, name, given, first_size, &size));
    const size_t n = (size < own_size ? size : own_size) - sizeof size;
    memcpy((unsigned char *)given + sizeof size, (const unsigned char *)own + sizeof size, n);
    return QMT_OK;
}
