#include "proof/report.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "qmtraj/version.h"

static const char *const VERDICTS[VERDICT_COUNT] = {"NOT RUN", "PASS", "FAIL"};

void report_begin(SectionReport *lines, const Section *section, bool chosen)
{
    *lines = (SectionReport){.section = section, .chosen = chosen};
    for (size_t s = 0; s < PROOF_SUBJECTS_MAX; s++)
        for (size_t c = 0; c < PROOF_CLAIMS_MAX; c++)
            lines->figure[s][c] = NAN;
}

static double high_of(const Report *report, const Claim *claim)
{
    return report->run->brief && claim->brief_high > 0.0 ? claim->brief_high : claim->high;
}

Verdict report_verdict(const Report *report, size_t section, size_t subject, size_t claim)
{
    const SectionReport *lines = &report->sections[section];
    const Claim *claimed = &lines->section->claims[claim];
    const double figure = lines->figure[subject][claim];
    if (isnan(figure))
        return lines->sentence[subject][0] != '\0' ? VERDICT_FAIL : VERDICT_NOT_RUN;
    return figure >= claimed->low && figure <= high_of(report, claimed) ? VERDICT_PASS
                                                                        : VERDICT_FAIL;
}

size_t report_count(const Report *report, Verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < report->n; i++)
        for (size_t s = 0; s < report->sections[i].section->n_subjects; s++)
            for (size_t c = 0; c < report->sections[i].section->n_claims; c++)
                count += report_verdict(report, i, s, c) == verdict;
    return count;
}

/// Model of the processor, as Linux names it; "unknown" elsewhere.
static void processor_name(char name[128])
{
    strcpy(name, "unknown");
    FILE *const file = fopen("/proc/cpuinfo", "r");
    if (file == NULL)
        return;
    char line[256];
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "model name : %127[^\n]", name) == 1)
            break;
    fclose(file);
}

static void print_line(FILE *out, const Report *report, size_t i, size_t s, size_t c)
{
    const SectionReport *lines = &report->sections[i];
    const Section *section = lines->section;
    const Claim *claim = &section->claims[c];
    char limits[64], figure[32];
    if (claim->low > -INFINITY)
        snprintf(limits, sizeof limits, "%g .. %g", claim->low, high_of(report, claim));
    else
        snprintf(limits, sizeof limits, "<= %g", high_of(report, claim));
    snprintf(figure, sizeof figure, "%.3g", lines->figure[s][c]);
    fprintf(out, "%-7s  %-11s  %-20s  %-58s  %10s  %-14s  %s\n",
            VERDICTS[report_verdict(report, i, s, c)], section->name, section->subjects[s],
            claim->what, isnan(lines->figure[s][c]) ? "-" : figure, limits, claim->unit);
    if (isnan(lines->figure[s][c]) && lines->sentence[s][0] != '\0')
        fprintf(out, "         %s\n", lines->sentence[s]);
}

static char *report_text(const Report *report, const char *processor)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    fprintf(out, "qmtraj %s, parameters %s\n%s, kernels %s, compiler %s\n%s\n", qmt_version(),
            qmt_parameter_checksum(), processor, report->isa, __VERSION__, report->command);
    if (report->run->brief)
        fputs("short form: few steps, limits that such lengths can keep\n", out);
    fprintf(out, "%zu PASS, %zu FAIL, %zu NOT RUN\n\n", report_count(report, VERDICT_PASS),
            report_count(report, VERDICT_FAIL), report_count(report, VERDICT_NOT_RUN));
    for (size_t i = 0; i < report->n; i++) {
        const Section *section = report->sections[i].section;
        for (size_t s = 0; s < section->n_subjects; s++)
            for (size_t c = 0; c < section->n_claims; c++)
                print_line(out, report, i, s, c);
        fprintf(out, "         %s took %.0f s\n\n", section->name, report->sections[i].seconds);
    }
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static void add_number(cJSON *object, const char *name, double value)
{
    if (isfinite(value))
        cJSON_AddNumberToObject(object, name, value);
    else
        cJSON_AddNullToObject(object, name);
}

static char *report_json(const Report *report, const char *processor)
{
    cJSON *const root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "version", qmt_version());
    cJSON_AddStringToObject(root, "parameters", qmt_parameter_checksum());
    cJSON_AddStringToObject(root, "processor", processor);
    cJSON_AddStringToObject(root, "kernels", report->isa);
    cJSON_AddStringToObject(root, "compiler", __VERSION__);
    cJSON_AddStringToObject(root, "command", report->command);
    cJSON_AddBoolToObject(root, "short_form", report->run->brief);
    cJSON *const array = cJSON_AddArrayToObject(root, "lines");
    for (size_t i = 0; i < report->n; i++) {
        const SectionReport *lines = &report->sections[i];
        for (size_t s = 0; s < lines->section->n_subjects; s++)
            for (size_t c = 0; c < lines->section->n_claims; c++) {
                const Claim *claim = &lines->section->claims[c];
                cJSON *const line = cJSON_CreateObject();
                cJSON_AddStringToObject(line, "verdict", VERDICTS[report_verdict(report, i, s, c)]);
                cJSON_AddStringToObject(line, "section", lines->section->name);
                cJSON_AddStringToObject(line, "subject", lines->section->subjects[s]);
                cJSON_AddStringToObject(line, "claim", claim->what);
                cJSON_AddStringToObject(line, "unit", claim->unit);
                add_number(line, "figure", lines->figure[s][c]);
                add_number(line, "low", claim->low);
                add_number(line, "high", high_of(report, claim));
                if (lines->sentence[s][0] != '\0')
                    cJSON_AddStringToObject(line, "sentence", lines->sentence[s]);
                cJSON_AddItemToArray(array, line);
            }
    }
    char *const text = cJSON_Print(root);
    cJSON_Delete(root);
    return text;
}

static QmtStatus text_write(QmtContext *ctx, const Report *report, const char *name,
                            const char *text)
{
    char path[FILE_PATH_SIZE];
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its text", name);
    TRY(file_join(ctx, report->run->out, name, path));
    return file_write_whole(ctx, path, text, strlen(text));
}

QmtStatus report_write(QmtContext *ctx, const Report *report)
{
    char processor[128];
    processor_name(processor);
    char *const text = report_text(report, processor);
    QmtStatus status = text_write(ctx, report, "report.txt", text);
    free(text);
    TRY(status);
    char *const json = report_json(report, processor);
    status = text_write(ctx, report, "report.json", json);
    free(json);
    return status;
}
