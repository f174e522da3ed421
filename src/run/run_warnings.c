#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "md/verdict.h"
#include "run/run_parts.h"
#include "run/start_notes.h"

/// How a verdict on the motion is written down, and what its user can change.
static const struct {
    const char *code, *advice;
    QmtLogLevel level;
} VERDICTS[MD_VERDICT_COUNT] = {
    [MD_TEMPERATURE_OFF] = {"temperature_off",
                            "a longer equilibration_ps or a smaller dt_fs may help",
                            QMT_LOG_WARNING},
    [MD_NVE_TEMPERATURE_OFF] = {"temperature_off", "", QMT_LOG_WARNING},
    [MD_ENERGY_DRIFT] = {"energy_drift",
                         "a smaller dt_fs may help, or the SCF went from one solution to another",
                         QMT_LOG_WARNING},
    [MD_SCF_RECOVERED] = {"scf_recovered", "electronic_temperature_K = 1000 may keep it on one",
                          QMT_LOG_WARNING},
    [MD_SELF_CHECK_FAILED] = {"self_check_failed", "", QMT_LOG_WARNING},
    [MD_RELAXATION_UNFINISHED] = {"relaxation_unfinished", "", QMT_LOG_INFO},
    [MD_HOT] = {"hot", "", QMT_LOG_WARNING},
};

static const char SMILES_CHANGED[] = "smiles_changed",
                  EQUILIBRATION_SHORT[] = "equilibration_short",
                  START_DISTANCES[] = "start_distances", NOT_GROUND_STATE[] = "not_ground_state";
/// Part of the temperature that an equilibration may leave missing without a word.
static const double DEFICIT_NOTED = 0.01;

/// What the relaxation made of the SMILES; "" if that is the molecule.
static void smiles_sentence(const Watch *watch, char sentence[RUN_WARNING_TEXT_SIZE])
{
    char changes[WATCH_TEXT_SIZE];
    watch_smiles_text(watch, changes);
    snprintf(sentence, RUN_WARNING_TEXT_SIZE, "%s%s",
             changes[0] != '\0' ? "the relaxed molecule is not that of its SMILES: " : "", changes);
}

void run_smiles_say(QmtContext *ctx, const Watch *watch)
{
    char sentence[RUN_WARNING_TEXT_SIZE];
    smiles_sentence(watch, sentence);
    if (sentence[0] != '\0')
        context_log(ctx, QMT_LOG_WARNING, "%s", sentence);
}

/// What happened to the molecule, a sentence for each kind.
static void events_collect(const Watch *watch, RunWarnings *warnings)
{
    char sentence[RUN_WARNING_TEXT_SIZE];
    smiles_sentence(watch, sentence);
    if (sentence[0] != '\0')
        run_warning_add(warnings, SMILES_CHANGED, "%s", sentence);
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        const uint64_t n = watch->record.counts[kind];
        char text[WATCH_TEXT_SIZE], more[64] = "";
        if (n == 0)
            continue;
        watch_event_text(watch, watch_first(watch, kind), text);
        if (n > 1)
            snprintf(more, sizeof more, "; %llu such events", (unsigned long long)n);
        run_warning_add(warnings, watch_kind_name(kind), "%s%s", text, more);
    }
}

/// A molecule at constant energy that a reaction heated is as it should be.
static void temperature_collect(const Watch *watch, const MdReport *report, double wanted_k,
                                const char *verdict, RunWarnings *warnings)
{
    if (watch_has_reaction(watch))
        run_warning_add(warnings, "reaction_heat",
                        "a reaction changed the temperature: %.1f K on the mean, %.1f K asked for; "
                        "at constant energy that is as it should be",
                        report->mean_temperature_k, wanted_k);
    else
        run_warning_add(warnings, VERDICTS[MD_NVE_TEMPERATURE_OFF].code, "%s", verdict);
}

/// Where two solutions are close to each other the SCF wanders long between them, and may end in either.
static void slow_scf_collect(const MdReport *report, RunWarnings *warnings)
{
    if (report->scf_iterations_max > SCF_SLOW_ITERATIONS)
        run_warning_add(warnings, "scf_slow",
                        "a step needed %d SCF iterations; there may be more than one solution",
                        report->scf_iterations_max);
}

/// Of a molecule that starts at rest. The job says so once, before it begins.
static void equilibration_collect(const MdOptions *options, RunWarnings *warnings)
{
    const double missing = md_equilibration_deficit(options);
    if (options->optimize && options->ensemble == MD_NVT && missing > DEFICIT_NOTED)
        run_warning_add(warnings, EQUILIBRATION_SHORT,
                        "after the equilibration the molecule is still about %.0f K too cold",
                        missing * options->temperature_k);
}

/// What is as it should be in a copy of a hotter frame: it is relaxed by a few steps, and the energy that is left warms
/// it.
static bool is_of_quench(MdVerdictKind kind)
{
    return kind == MD_TEMPERATURE_OFF || kind == MD_NVE_TEMPERATURE_OFF ||
           kind == MD_RELAXATION_UNFINISHED;
}

static void ended_collect(const Run *run, const MdReport *report, const MdOptions *options,
                          RunWarnings *warnings)
{
    const double ended_ps = 1e-3 * (double)report->steps * options->dt_fs;
    if (run->ended_by != NULL && run->ended_by->kind >= WATCH_SCF_JUMP)
        run_warning_add(
            warnings, "ended_early",
            "ended after %.4g of %.4g ps, because the SCF lost its solution (scf_state: "
            "stop); frames from %" PRId64 " on are of another one",
            ended_ps, options->length_ps, watch_frames_before(&run->watch, run->ended_by));
    else if (run->ended_by != NULL)
        run_warning_add(
            warnings, "ended_early",
            "ended after %.4g of %.4g ps, because a bond broke (stop_when.bond_broken); "
            "the frames are complete up to there",
            ended_ps, options->length_ps);
}

/// What may help, or why it is so.
static const char *advice_of(MdVerdictKind kind, const MdReport *report, const MdOptions *options)
{
    const bool warmer =
        report->mean_temperature_k > md_wanted_mean_temperature(options, report->steps);
    if (kind == MD_TEMPERATURE_OFF && options->push.energy != 0.0 && warmer)
        return "it got a push at the start of production";
    return VERDICTS[kind].advice;
}

void run_warnings_collect(const Run *run, const MdReport *report, RunWarnings *warnings)
{
    const MdOptions options = run_md_options(run->task);
    MdVerdict verdicts[MD_VERDICT_COUNT];
    const size_t n = report->phase == MD_DONE ? md_verdicts(report, &options, verdicts) : 0;
    const bool is_copy = run->task->quench.number > 0;
    char text[START_TEXT_SIZE];
    if (start_distances_text(run->task->structure, text))
        run_warning_add(warnings, START_DISTANCES, "%s", text);
    if (start_ground_state_text(run->task->structure, &run->task->config, text))
        run_warning_add(warnings, NOT_GROUND_STATE, "%s", text);
    ended_collect(run, report, &options, warnings);
    events_collect(&run->watch, warnings);
    if (report->n_atoms > 1 && !is_copy) // one atom has no temperature
        equilibration_collect(&options, warnings);
    slow_scf_collect(report, warnings);
    for (size_t i = 0; i < n; i++) {
        const MdVerdictKind kind = verdicts[i].kind;
        if (is_copy && is_of_quench(kind))
            continue;
        const char *const advice = advice_of(kind, report, &options);
        if (kind == MD_NVE_TEMPERATURE_OFF)
            temperature_collect(&run->watch, report, options.temperature_k, verdicts[i].text,
                                warnings);
        else
            run_warning_add(warnings, VERDICTS[kind].code, "%s%s%s", verdicts[i].text,
                            advice[0] != '\0' ? "; " : "", advice);
    }
}

/// True of what was told when it happened, or before it began (spec_make(), preflight_notes()).
static bool is_told(const char *code)
{
    bool told = strcmp(code, SMILES_CHANGED) == 0 || strcmp(code, EQUILIBRATION_SHORT) == 0 ||
                strcmp(code, START_DISTANCES) == 0 || strcmp(code, NOT_GROUND_STATE) == 0;
    for (int kind = 0; kind < WATCH_KINDS; kind++)
        told = told || strcmp(code, watch_kind_name(kind)) == 0;
    return told;
}

static QmtLogLevel level_of(const char *code)
{
    for (int kind = 0; kind < MD_VERDICT_COUNT; kind++)
        if (strcmp(VERDICTS[kind].code, code) == 0)
            return VERDICTS[kind].level;
    return QMT_LOG_WARNING;
}

void run_warnings_say(QmtContext *ctx, const RunWarnings *warnings)
{
    char code[RUN_WARNING_CODE_SIZE], text[RUN_WARNING_TEXT_SIZE];
    size_t at = 0;
    while (run_warning_next(warnings, &at, code, text))
        if (!is_told(code))
            context_log(ctx, level_of(code), "%s", text);
}
