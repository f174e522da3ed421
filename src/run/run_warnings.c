#include <string.h>

#include "md/verdict.h"
#include "run/run_parts.h"

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
};

void run_warnings_collect(const Run *run, const MdReport *report, RunWarnings *warnings)
{
    const MdOptions options = run_md_options(run->task);
    MdVerdict verdicts[MD_VERDICT_COUNT];
    const size_t n = report->phase == MD_DONE ? md_verdicts(report, &options, verdicts) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *const advice = VERDICTS[verdicts[i].kind].advice;
        run_warning_add(warnings, VERDICTS[verdicts[i].kind].code, "%s%s%s", verdicts[i].text,
                        advice[0] != '\0' ? "; " : "", advice);
    }
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
        context_log(ctx, level_of(code), "%s", text);
}
