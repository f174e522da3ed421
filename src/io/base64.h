#ifndef IO_BASE64_H
#define IO_BASE64_H

#include <stddef.h>

/// Base64 of RFC 4648, section 4: bytes as letters, four for three, with = at the end.

/// Letters of n bytes, without the zero behind them.
static inline size_t base64_size(size_t n)
{
    return (n + 2) / 3 * 4;
}

/// @param text  [base64_size(n) + 1], a zero at its end
void base64_encode(const void *data, size_t n, char *text);

#endif
