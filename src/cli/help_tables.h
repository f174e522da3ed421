#ifndef CLI_HELP_TABLES_H
#define CLI_HELP_TABLES_H

#include <stdio.h>

#include <qmtraj/context.h>

/// The keys of the configuration and the arrays of a trajectory: for a terminal of 80 columns, and as the Markdown
/// tables of the manual.

void help_config(QmtContext *ctx, FILE *out);
void help_config_markdown(QmtContext *ctx, FILE *out);

/// The arrays of every trajectory, then those of `properties`.
void help_arrays(QmtContext *ctx, FILE *out);
void help_arrays_markdown(QmtContext *ctx, FILE *out);

#endif
