#ifndef SUPPORT_MD_RUN_H
#define SUPPORT_MD_RUN_H

#include "md/md.h"

/// Runs to the end, or as md_advance() fails.
static inline QmtStatus md_run(QmtContext *ctx, Md *md)
{
    bool done;
    return md_advance(ctx, md, UINT64_MAX, &done);
}

#endif
