#include <string.h>

#include <qmtraj/text.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/help_tables.h"
#include "cli/options.h"

/// Tables that `help` prints.
enum { N_TABLES = 2 };

enum { LARGEST_EXIT_CODE = 75 };

void help_all(FILE *out)
{
    text_print_paragraphs(
        out, "qmtraj: GFN-xTB trajectories of molecules, every step of them, for training.\n"
             "\n"
             "  qmtraj run --config configs/qm.yaml --smiles-file molecules.smi --out data/qm\n"
             "  qmtraj energy water.xyz\n"
             "  qmtraj convert data/qm/glycine/trajectory.npz --to extxyz --every 100\n"
             "  qmtraj check data/qm\n"
             "\n"
             "Commands (`qmtraj COMMAND --help` says more):\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        const int column = fprintf(out, "  %-10s ", COMMANDS[i].name);
        text_print_wrapped(out, COMMANDS[i].help, column, column);
    }
    text_print_paragraphs(out, "\nExit codes:\n");
    for (int code = 0; code <= LARGEST_EXIT_CODE; code++) {
        bool named = false;
        for (int status = 0; status < QMT_STATUS_COUNT; status++) {
            // Statuses for callers of the library: the program has a word line, and no functions of others.
            if (exit_code((QmtStatus)status) != code || status == QMT_ERR_ARGUMENT ||
                status == QMT_ERR_CALLBACK)
                continue;
            fprintf(out, named ? "       %.0d%s\n" : "  %3d  %s\n", named ? 0 : code,
                    qmt_status_sentence((QmtStatus)status));
            named = true;
        }
    }
    text_print_paragraphs(out, "  128+n ended by signal n\n");
}

static bool asks_help(int argc, char **argv)
{
    return argc > 0 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0);
}

void help_version(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj version\n"
        "\n"
        "The version, the build, the checksum of all that decides numbers, the instruction set of\n"
        "the kernels in use and the checksum of the parameter tables: what to quote in a report.\n"
        "The environment variable QMTRAJ_ISA chooses another instruction set.\n"
        "\n"
        "  qmtraj version\n"
        "  QMTRAJ_ISA=generic qmtraj version\n");
}

void help_cite(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj cite\n"
        "\n"
        "The papers behind the methods, the solvents, the thermostat and the start geometries, "
        "as BibTeX.\n"
        "\n"
        "  qmtraj cite >references.bib\n");
}

static const struct {
    const char *name;
    void (*print)(FILE *out);
    void (*print_markdown)(FILE *out);
} TABLES[N_TABLES] = {{"config", help_config, help_config_markdown},
                      {"arrays", help_arrays, help_arrays_markdown}};

static QmtStatus no_topic(QmtContext *ctx, const char *word)
{
    const char *topics[COMMANDS_MAX + N_TABLES];
    char hint[256];
    for (size_t i = 0; i < N_TABLES; i++)
        topics[i] = TABLES[i].name;
    for (size_t i = 0; i < N_COMMANDS; i++)
        topics[N_TABLES + i] = COMMANDS[i].name;
    qmt_text_suggest(word, topics, N_COMMANDS + N_TABLES, hint, sizeof hint);
    return FAIL(ctx, QMT_ERR_USAGE, "help %.60s: no such topic%s", word,
                hint[0] != '\0' ? hint : "; `qmtraj --help` lists the commands");
}

QmtStatus cmd_help(QmtContext *ctx, int argc, char **argv)
{
    if (argc == 0 || asks_help(argc, argv)) {
        help_all(stdout);
        return QMT_OK;
    }
    const bool markdown = argc == 2 && strcmp(argv[1], "--markdown") == 0;
    if (argc > 1 && !markdown)
        return FAIL(ctx, QMT_ERR_USAGE, "help %.60s: one topic at a time, got %.60s too", argv[0],
                    argv[1]);
    for (size_t i = 0; i < N_TABLES; i++)
        if (strcmp(argv[0], TABLES[i].name) == 0) {
            (markdown ? TABLES[i].print_markdown : TABLES[i].print)(stdout);
            return QMT_OK;
        }
    if (markdown)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "help %.60s: only `help config` and `help arrays` are "
                    "tables that --markdown can print",
                    argv[0]);
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[0], COMMANDS[i].name) == 0) {
            COMMANDS[i].help_text(stdout);
            return QMT_OK;
        }
    return no_topic(ctx, argv[0]);
}

QmtStatus cmd_version(QmtContext *ctx, int argc, char **argv)
{
    if (asks_help(argc, argv)) {
        help_version(stdout);
        return QMT_OK;
    }
    if (argc > 0)
        return FAIL(ctx, QMT_ERR_USAGE, "%.60s: `qmtraj version` takes no words", argv[0]);
    printf("qmtraj %s\nbuild %s\nnumerics %s\ninstruction set %s\nparameters %s\n", qmt_version(),
           qmt_build_id(), qmt_numerics_id(), qmt_context_isa(ctx), qmt_parameter_checksum());
    return QMT_OK;
}

/// BibTeX of what CITATION.cff names; a test compares the two.
static const char CITATIONS[] =
    "% The method GFN2-xTB\n"
    "@article{Bannwarth2019,\n"
    "  author  = {Bannwarth, Christoph and Ehlert, Sebastian and Grimme, Stefan},\n"
    "  title   = {{GFN2-xTB}: An Accurate and Broadly Parametrized Self-Consistent "
    "Tight-Binding\n"
    "             Quantum Chemical Method with Multipole Electrostatics and Density-Dependent\n"
    "             Dispersion Contributions},\n"
    "  journal = {J. Chem. Theory Comput.}, volume = {15}, pages = {1652--1671}, year = "
    "{2019},\n"
    "  doi     = {10.1021/acs.jctc.8b01176}\n"
    "}\n"
    "\n"
    "% Its dispersion: D4\n"
    "@article{Caldeweyher2019,\n"
    "  author  = {Caldeweyher, Eike and Ehlert, Sebastian and Hansen, Andreas and Neugebauer, "
    "Hagen\n"
    "             and Spicher, Sebastian and Bannwarth, Christoph and Grimme, Stefan},\n"
    "  title   = {A generally applicable atomic-charge dependent {London} dispersion "
    "correction},\n"
    "  journal = {J. Chem. Phys.}, volume = {150}, pages = {154122}, year = {2019},\n"
    "  doi     = {10.1063/1.5090222}\n"
    "}\n"
    "\n"
    "% The method GFN1-xTB\n"
    "@article{Grimme2017,\n"
    "  author  = {Grimme, Stefan and Bannwarth, Christoph and Shushkov, Philip},\n"
    "  title   = {A Robust and Accurate Tight-Binding Quantum Chemical Method for Structures, "
    "Vibrational\n"
    "             Frequencies, and Noncovalent Interactions of Large Molecular Systems "
    "Parametrized for\n"
    "             All spd-Block Elements ({Z} = 1--86)},\n"
    "  journal = {J. Chem. Theory Comput.}, volume = {13}, pages = {1989--2009}, year = "
    "{2017},\n"
    "  doi     = {10.1021/acs.jctc.7b00118}\n"
    "}\n"
    "\n"
    "% Its dispersion: D3 with the damping of Becke and Johnson\n"
    "@article{Grimme2010,\n"
    "  author  = {Grimme, Stefan and Antony, Jens and Ehrlich, Stephan and Krieg, Helge},\n"
    "  title   = {A consistent and accurate ab initio parametrization of density functional "
    "dispersion\n"
    "             correction ({DFT-D}) for the 94 elements {H-Pu}},\n"
    "  journal = {J. Chem. Phys.}, volume = {132}, pages = {154104}, year = {2010},\n"
    "  doi     = {10.1063/1.3382344}\n"
    "}\n"
    "@article{Grimme2011,\n"
    "  author  = {Grimme, Stefan and Ehrlich, Stephan and Goerigk, Lars},\n"
    "  title   = {Effect of the damping function in dispersion corrected density functional "
    "theory},\n"
    "  journal = {J. Comput. Chem.}, volume = {32}, pages = {1456--1465}, year = {2011},\n"
    "  doi     = {10.1002/jcc.21759}\n"
    "}\n"
    "\n"
    "% The continuum models of solvation: ALPB and GBSA, their surface, the charges of "
    "GFN1-xTB in "
    "them\n"
    "@article{Ehlert2021,\n"
    "  author  = {Ehlert, Sebastian and Stahn, Marcel and Spicher, Sebastian and Grimme, "
    "Stefan},\n"
    "  title   = {Robust and Efficient Implicit Solvation Model for Fast Semiempirical "
    "Methods},\n"
    "  journal = {J. Chem. Theory Comput.}, volume = {17}, pages = {4250--4261}, year = "
    "{2021},\n"
    "  doi     = {10.1021/acs.jctc.1c00471}\n"
    "}\n"
    "@article{Sigalov2006,\n"
    "  author  = {Sigalov, Grigori and Fenley, Andrew and Onufriev, Alexey},\n"
    "  title   = {Analytical electrostatics for biomolecules: Beyond the generalized {Born} "
    "approximation},\n"
    "  journal = {J. Chem. Phys.}, volume = {124}, pages = {124902}, year = {2006},\n"
    "  doi     = {10.1063/1.2177251}\n"
    "}\n"
    "@article{Onufriev2004,\n"
    "  author  = {Onufriev, Alexey and Bashford, Donald and Case, David A.},\n"
    "  title   = {Exploring protein native states and large-scale conformational changes with "
    "a modified\n"
    "             generalized {Born} model},\n"
    "  journal = {Proteins}, volume = {55}, pages = {383--394}, year = {2004},\n"
    "  doi     = {10.1002/prot.20033}\n"
    "}\n"
    "@article{Im2003,\n"
    "  author  = {Im, Wonpil and Lee, Michael S. and Brooks, Charles L.},\n"
    "  title   = {Generalized {Born} model with a simple smoothing function},\n"
    "  journal = {J. Comput. Chem.}, volume = {24}, pages = {1691--1702}, year = {2003},\n"
    "  doi     = {10.1002/jcc.10321}\n"
    "}\n"
    "@article{Marenich2012,\n"
    "  author  = {Marenich, Aleksandr V. and Jerome, Steven V. and Cramer, Christopher J. and "
    "Truhlar,\n"
    "             Donald G.},\n"
    "  title   = {Charge Model 5: An Extension of {Hirshfeld} Population Analysis for the "
    "Accurate\n"
    "             Description of Molecular Interactions in Gaseous and Condensed Phases},\n"
    "  journal = {J. Chem. Theory Comput.}, volume = {8}, pages = {527--541}, year = {2012},\n"
    "  doi     = {10.1021/ct200866d}\n"
    "}\n"
    "\n"
    "% The thermostat: Langevin dynamics as BAOAB\n"
    "@article{Leimkuhler2013,\n"
    "  author  = {Leimkuhler, Benedict and Matthews, Charles},\n"
    "  title   = {Rational Construction of Stochastic Numerical Methods for Molecular "
    "Sampling},\n"
    "  journal = {Appl. Math. Res. Express}, volume = {2013}, pages = {34--56}, year = "
    "{2013},\n"
    "  doi     = {10.1093/amrx/abs010}\n"
    "}\n"
    "\n"
    "% Molecules from SMILES\n"
    "@article{Wang2020,\n"
    "  author  = {Wang, Shuzhe and Witek, Jagna and Landrum, Gregory A. and Riniker, "
    "Sereina},\n"
    "  title   = {Improving Conformer Generation for Small Rings and Macrocycles Based on "
    "Distance\n"
    "             Geometry and Experimental Torsional-Angle Preferences},\n"
    "  journal = {J. Chem. Inf. Model.}, volume = {60}, pages = {2044--2058}, year = {2020},\n"
    "  doi     = {10.1021/acs.jcim.0c00025}\n"
    "}\n";

QmtStatus cmd_cite(QmtContext *ctx, int argc, char **argv)
{
    if (asks_help(argc, argv)) {
        help_cite(stdout);
        return QMT_OK;
    }
    if (argc > 0)
        return FAIL(ctx, QMT_ERR_USAGE, "%.60s: `qmtraj cite` takes no words", argv[0]);
    fputs(CITATIONS, stdout);
    return QMT_OK;
}
