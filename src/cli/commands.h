#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stdio.h>

#include "cli/fail.h"

/// One function per command: argv [argc] are the words after its name. A failure leaves its sentence in
/// the context; main() prints it and makes the exit code.
QmtStatus cmd_run(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_energy(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_opt(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_hess(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_sample(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_scan(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_atoms(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_label(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_ipi(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_convert(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_dataset(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_pack(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_unpack(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_summary(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_status(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_check(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_report(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_view(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_spectrum(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_solvents(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_help(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_version(QmtContext *ctx, int argc, char **argv);
QmtStatus cmd_cite(QmtContext *ctx, int argc, char **argv);

/// The help texts of the commands; help_all() is that of the program.
void help_run(FILE *out);
void help_energy(FILE *out);
void help_opt(FILE *out);
void help_hess(FILE *out);
void help_sample(FILE *out);
void help_scan(FILE *out);
void help_atoms(FILE *out);
void help_label(FILE *out);
void help_ipi(FILE *out);
void help_convert(FILE *out);
void help_dataset(FILE *out);
void help_pack(FILE *out);
void help_unpack(FILE *out);
void help_summary(FILE *out);
void help_status(FILE *out);
void help_check(FILE *out);
void help_report(FILE *out);
void help_view(FILE *out);
void help_spectrum(FILE *out);
void help_solvents(FILE *out);
void help_all(FILE *out);
void help_version(FILE *out);
void help_cite(FILE *out);

enum { COMMANDS_MAX = 32 };

/// A row of the list of commands.
typedef struct {
    const char *name;
    const char *help;
    QmtStatus (*run)(QmtContext *ctx, int argc, char **argv);
    void (*help_text)(FILE *out);
} Command;

extern const Command COMMANDS[];
extern const size_t N_COMMANDS;

#endif
