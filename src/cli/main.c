/// The program: words in, exit code out. It never calls setlocale(), so numbers have points everywhere.

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <qmtraj/config.h>
#include <qmtraj/text.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/fail.h"
#include "cli/terminal.h"

const Command COMMANDS[] = {
    {"run", "trajectories of molecules", cmd_run, help_run},
    {"energy", "energy, gradient, charges and dipole of structures", cmd_energy, help_energy},
    {"opt", "minima of the energy of structures", cmd_opt, help_opt},
    {"hess", "second derivatives, vibrations and thermochemistry of structures", cmd_hess,
     help_hess},
    {"sample", "labelled geometries along normal modes", cmd_sample, help_sample},
    {"scan", "energies along a torsion", cmd_scan, help_scan},
    {"label", "energies and forces of the frames of a file", cmd_label, help_label},
    {"atoms", "energies of free atoms, for codes that learn", cmd_atoms, help_atoms},
    {"ipi", "energies and forces for i-PI or ASE, through a socket", cmd_ipi, help_ipi},
    {"convert", "a trajectory as extended XYZ, or as arrays to map into memory", cmd_convert,
     help_convert},
    {"dataset", "a training set from trajectories, divided without leaks", cmd_dataset,
     help_dataset},
    {"pack", "finished trajectories of a folder in one archive", cmd_pack, help_pack},
    {"unpack", "folders of the trajectories in archives", cmd_unpack, help_unpack},
    {"summary", "the figures of all trajectories of a folder in one file", cmd_summary,
     help_summary},
    {"status", "how far the trajectories of a folder are", cmd_status, help_status},
    {"check", "proof that trajectory files are what they say", cmd_check, help_check},
    {"report", "a page to look at: verdicts, curves, molecules in motion", cmd_report, help_report},
    {"view", "likewise of one trajectory", cmd_view, help_view},
    {"spectrum", "vibrations and infrared spectrum of a trajectory, as CSV", cmd_spectrum,
     help_spectrum},
    {"solvents", "the solvents of the continuum models", cmd_solvents, help_solvents},
    {"help", "this text, or that of a COMMAND; `help config`: all keys, `help arrays`: all arrays",
     cmd_help, help_all},
    {"version", "version, instruction set, checksum of the parameters", cmd_version, help_version},
    {"cite", "the papers to cite, as BibTeX", cmd_cite, help_cite},
};
const size_t N_COMMANDS = sizeof COMMANDS / sizeof COMMANDS[0];
_Static_assert(sizeof COMMANDS / sizeof COMMANDS[0] < COMMANDS_MAX, "more commands than room");

static QmtStatus command_run(QmtContext *ctx, int argc, char **argv)
{
    static const struct {
        const char *word, *command;
    } same[] = {{"--help", "help"}, {"-h", "help"}, {"--version", "version"}, {"--cite", "cite"}};

    if (argc < 2)
        return FAIL(ctx, QMT_ERR_USAGE, "no command; `qmtraj --help` lists them");
    const char *word = argv[1];
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (strcmp(word, same[i].word) == 0)
            word = same[i].command;

    const char *names[COMMANDS_MAX];
    for (size_t i = 0; i < N_COMMANDS; i++) {
        names[i] = COMMANDS[i].name;
        if (strcmp(word, COMMANDS[i].name) == 0)
            return COMMANDS[i].run(ctx, argc - 2, argv + 2);
    }
    static const char *const options[] = {"--help", "--version", "--cite"};
    char hint[256];
    if (word[0] == '-') {
        qmt_text_suggest(word, options, 3, hint, sizeof hint);
        return FAIL(ctx, QMT_ERR_USAGE,
                    "%.100s: unknown option%s%s the first word is a command, e.g. `qmtraj run`",
                    word, hint, hint[0] != '\0' ? " Otherwise" : ";");
    }
    qmt_text_suggest(word, names, N_COMMANDS, hint, sizeof hint);
    return FAIL(ctx, QMT_ERR_USAGE, "%.100s: unknown command%s", word,
                hint[0] != '\0' ? hint : "; `qmtraj --help` lists them");
}

/// Started with a closed stream, the next file opened would take its number, and notes meant for the screen
/// would go into a trajectory. What stands there instead lets every write fail.
static void streams_fill(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDONLY) != fd)
            exit(exit_code(QMT_ERR_IO));
}

/// Closes standard output, whatever command wrote to it: a full disk or a reader that is gone is a failure like
/// any other, and stands behind that of the command.
static QmtStatus output_finish(QmtContext *ctx, QmtStatus status)
{
    // A write in mid-course that failed is only marked; what comes after it may well arrive.
    const bool lost = ferror(stdout) != 0;
    if (fclose(stdout) == 0 && !lost)
        return status;
    static const char sentence[] =
        "standard output: cannot be written; is the disk full or the reader gone?";
    if (status == QMT_OK)
        return FAIL(ctx, QMT_ERR_IO, "%s", sentence);
    cli_note(ctx, QMT_LOG_WARNING, "%s", sentence);
    return status;
}

/// What a hint means to somebody in front of this program.
static const char *advice(QmtHint hint)
{
    return hint == QMT_HINT_SOLVENTS ? "`qmtraj solvents` lists them" : qmt_config_advice(hint);
}

static void failure_print(const QmtContext *ctx)
{
    char sentence[2048];
    const char *const more = advice(qmt_context_hint(ctx));
    snprintf(sentence, sizeof sentence, "%s%s%s", qmt_context_message(ctx),
             more[0] != '\0' ? "; " : "", more);
    sentence_print(stderr, COLOUR_NONE, "qmtraj", sentence);
}

int main(int argc, char **argv)
{
    QmtContext *ctx = NULL;
    streams_fill();
    // A write beyond the limit on file sizes is then a failure like any other (EFBIG), not our death.
    signal(SIGXFSZ, SIG_IGN);
    QmtStatus status = qmt_context_create(&ctx);
    if (status != QMT_OK) {
        fprintf(stderr, "qmtraj: %s\n",
                ctx != NULL ? qmt_context_message(ctx) : qmt_status_sentence(status));
        qmt_context_destroy(&ctx);
        return exit_code(status);
    }
    qmt_context_set_log(ctx, note_print, NULL);

    status = output_finish(ctx, command_run(ctx, argc, argv));
    if (status != QMT_OK)
        failure_print(ctx);
    qmt_context_destroy(&ctx);
    return exit_code(status);
}
