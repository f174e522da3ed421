#include <math.h>
#include <string.h>

#include "base/printable.h"
#include "campaign/progress.h"
#include "campaign/status.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "io/json.h"
#include "io/text.h"
#include "run/metadata.h"

enum { O_JSON, O_HELP, O_H, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    [O_JSON] = {"--json", NULL, "one JSON list with an object per trajectory"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

void help_status(FILE *out)
{
    fputs("qmtraj status OUT [--json]\n"
          "\n"
          "How far the trajectories in an output folder are, also while they run: phase, percent, "
          "speed, time\n"
          "left, mean temperature and drift so far (of the shadow energy, in NVE windows if there "
          "are any), or\n"
          "the reason of a failure. What is running is shown as of its last checkpoint.\n"
          "\n"
          "  qmtraj status data/qm\n"
          "\n",
          out);
    options_print(out, OPTIONS, N_OPTIONS);
}

/// Labels are names of folders, which others may have made.
enum { LABEL_SHOWN_SIZE = 1024 };

static const char *number_text(char text[32], const char *format, double value)
{
    if (isfinite(value))
        snprintf(text, 32, format, value);
    else
        snprintf(text, 32, "-");
    return text;
}

static void print_table(const StatusList *list)
{
    int width = (int)strlen("molecule");
    char label[LABEL_SHOWN_SIZE], shown[1024];
    for (size_t i = 0; i < list->n; i++) {
        const int length = (int)strlen(text_printable(list->entries[i].label, label, sizeof label));
        width = length > width ? length : width;
    }
    printf("%-*s  %-11s  %-13s %6s %9s %11s %7s %9s\n", width, "molecule", "status", "phase", "%",
           "ms/step", "ETA", "T/K", "drift");
    for (size_t i = 0; i < list->n; i++) {
        const StatusEntry *e = &list->entries[i];
        char speed[32], eta[PROGRESS_TIME_SIZE] = "", temperature[32], drift[32];
        if (e->kind == STATUS_RUNNING || e->kind == STATUS_INTERRUPTED)
            progress_time_text(isfinite(e->eta_s) ? e->eta_s : -1.0, eta);
        printf("%-*s  %-11s  %-13s %6.1f %9s %11s %7s %9s", width,
               text_printable(e->label, label, sizeof label), status_kind_word(e->kind), e->phase,
               e->percent, number_text(speed, "%.3f", e->ms_per_step), eta,
               number_text(temperature, "%.1f", e->mean_temperature_k),
               number_text(drift, "%.1e", e->shadow_drift_kjmol_ps));
        if (e->holder[0] != '\0')
            printf("  %s, %.0f s ago", text_printable(e->holder, shown, sizeof shown), e->age_s);
        if (e->reason[0] != '\0')
            printf("  %s", text_printable(e->reason, shown, sizeof shown));
        putchar('\n');
    }
    printf("drift: kJ/mol/ps of the shadow energy, in NVE windows if there are any\n");
}

static void add_number(cJSON *object, const char *name, double value)
{
    char text[TEXT_DOUBLE_SIZE];
    text_format_double(value, text);
    cJSON_AddRawToObject(object, name, text);
}

static QmtStatus print_json(QmtContext *ctx, const StatusList *list)
{
    json_begin();
    cJSON *const array = cJSON_CreateArray();
    for (size_t i = 0; i < list->n; i++) {
        const StatusEntry *e = &list->entries[i];
        cJSON *const object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "molecule", e->label);
        cJSON_AddStringToObject(object, "status", status_kind_word(e->kind));
        cJSON_AddStringToObject(object, "phase", e->phase);
        cJSON_AddStringToObject(object, "holder", e->holder);
        cJSON_AddStringToObject(object, "reason", e->reason);
        cJSON_AddItemToObject(object, "warnings", warnings_json(&e->warnings));
        cJSON_AddNumberToObject(object, "step", (double)e->step);
        cJSON_AddNumberToObject(object, "steps", (double)e->n_steps);
        add_number(object, "percent", e->percent);
        add_number(object, "ms_per_step", e->ms_per_step);
        add_number(object, "eta_s", e->eta_s);
        add_number(object, "mean_temperature_K", e->mean_temperature_k);
        add_number(object, "shadow_drift_kJ_mol_ps", e->shadow_drift_kjmol_ps);
        add_number(object, "age_s", e->age_s);
        cJSON_AddItemToArray(array, object);
    }
    char *const text = json_text(array, true);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "status: no memory for its JSON");
    puts(text);
    cJSON_free(text);
    return QMT_OK;
}

QmtStatus cmd_status(QmtContext *ctx, int argc, char **argv)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    const char *value = NULL, *out = NULL;
    bool json = false;
    int place = 0;
    for (;;) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        if (place == OPTION_END)
            break;
        if (place == O_HELP || place == O_H) {
            help_status(stdout);
            return QMT_OK;
        }
        if (place == O_JSON)
            json = true;
        else if (out != NULL)
            return FAIL(ctx, QMT_ERR_USAGE, "%.100s: one folder is enough", value);
        else
            out = value;
    }
    if (out == NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "which folder? qmtraj status OUT");

    StatusList list = {0};
    TRY(status_look(ctx, out, &list));
    QmtStatus status = QMT_OK;
    if (json)
        status = print_json(ctx, &list);
    else
        print_table(&list);
    status_release(&list);
    return status;
}
