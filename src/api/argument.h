#ifndef API_ARGUMENT_H
#define API_ARGUMENT_H

#include "base/context.h"

/// What callers from outside may get wrong, and those inside may not: NULL, and structs of another size.

/// Fails with QMT_ERR_ARGUMENT without a context, and with a sentence unless a condition holds.
#define NEEDS(ctx, condition, ...)                                                                 \
    do {                                                                                           \
        if ((ctx) == NULL)                                                                         \
            return QMT_ERR_ARGUMENT;                                                               \
        if (!(condition))                                                                          \
            return FAIL((ctx), QMT_ERR_ARGUMENT, __VA_ARGS__);                                     \
    } while (0)

/// Fails with QMT_ERR_INPUT, "PLACE: atom 3: its x coordinate is not finite", unless all of xyz [3 n_atoms] are.
QmtStatus coordinates_check(QmtContext *ctx, const char *place, size_t n_atoms, const double *xyz);

/// Copies a struct of a caller, who may have been compiled with an older or newer header. Its first member is
/// its size as a size_t. Members that the caller does not know keep what *own has; own's first member becomes own_size.
///
/// @param name        of the type, for the message
/// @param first_size  the size in the first version that had the struct
/// Fails with QMT_ERR_ARGUMENT if the size is less than that, or if members that this library does not know are not
/// zero.
QmtStatus struct_take(QmtContext *ctx, const char *name, const void *given, size_t first_size,
                      void *own, size_t own_size);

/// Copies as much of *own to a struct of the caller as that has room for; its size stays what it is.
///
/// Fails with QMT_ERR_ARGUMENT if its size is less than first_size.
QmtStatus struct_give(QmtContext *ctx, const char *name, const void *own, size_t own_size,
                      size_t first_size, void *given);

#endif
