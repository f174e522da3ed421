#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stdio.h>

#include "base/context.h"

/// One function per command: argv [argc] are the words after its name. A failure leaves its sentence in
/// the context; main() prints it and makes the exit code.
QmtStatus cmd_run(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_energy(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_help(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_version(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_cite(QmtContext *ctx, int argc, char **argv);

/// The help texts of the commands.
void help_run(FILE *out);
void help_energy(FILE *out);

/// A row of the list of commands.
typedef struct {
    const char *name;
    const char *help;
    QmtStatus (*run)(QmtContext *ctx, int argc, char **argv);
} Command;

extern const Command COMMANDS[];
extern const size_t N_COMMANDS;

#endif
