#include "cli/status_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/columns.h"
#include "base/printable.h"
#include "campaign/progress.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "io/json.h"
#include "io/text.h"
#include "run/metadata.h"

/// All rows of so many trajectories are shown; a name takes at most so many columns.
enum { FEW = 50, NAME_WIDEST = 22, COLUMNS = 79 };

static bool is_shown(const StatusEntry *entry, StatusShow show, size_t n)
{
    if (show == STATUS_SHOW_FAILED)
        return entry->kind == STATUS_FAILED || entry->kind == STATUS_REJECTED;
    if (show == STATUS_SHOW_ALL || n <= FEW)
        return true;
    return entry->kind == STATUS_RUNNING || entry->kind == STATUS_FAILED ||
           entry->kind == STATUS_INTERRUPTED || entry->warnings.n > 0;
}

static const char *number_text(char text[32], const char *format, double value)
{
    if (isfinite(value))
        snprintf(text, 32, format, value);
    else
        snprintf(text, 32, "-");
    return text;
}

/// Foreign text in lines of its own below a row.
static void below_print(const char *before, const char *text)
{
    char shown[2 * RUN_NOTE_SIZE], line[sizeof shown + 64];
    snprintf(line, sizeof line, "%s%s", before, text_printable(text, shown, sizeof shown));
    printf("    ");
    text_print_wrapped(stdout, line, 4, 4);
}

static void warnings_print(const RunWarnings *warnings)
{
    char code[RUN_WARNING_CODE_SIZE], text[RUN_WARNING_TEXT_SIZE];
    size_t at = 0;
    while (run_warning_next(warnings, &at, code, text))
        below_print("warning: ", text);
}

static void row_print(const Terminal *terminal, const StatusEntry *e, int width)
{
    char name[400], speed[32], eta[PROGRESS_TIME_SIZE] = "", temperature[32], drift[32];
    const char *const word = status_kind_word(e->kind);
    const Colour colour = colour_of_status(word);
    if (e->kind == STATUS_RUNNING || e->kind == STATUS_INTERRUPTED)
        progress_time_text(e->eta_s, eta);
    printf("%s %s%-11s%s %5.1f %11s %9s %7s %8s\n", text_cell(e->label, width, name, sizeof name),
           colour_begin(terminal, colour), word, colour_end(terminal, colour), e->percent, eta,
           number_text(speed, "%.3f", e->ms_per_step),
           number_text(temperature, "%.1f", e->mean_temperature_k),
           number_text(drift, "%.1e", e->shadow_drift_kjmol_ps));
    if (e->kind == STATUS_RUNNING) {
        char about[LOCK_HOLDER_SIZE + 128], age[PROGRESS_TIME_SIZE];
        progress_time_text(e->age_s, age);
        snprintf(about, sizeof about, "%s%s%s; as of %s ago", e->phase,
                 e->phase[0] != '\0' ? ", " : "", e->holder, age);
        below_print("", about);
    }
    if (e->reason[0] != '\0')
        below_print("", e->reason);
    warnings_print(&e->warnings);
}

static int name_width(const StatusList *list, StatusShow show)
{
    int width = (int)strlen("molecule");
    for (size_t i = 0; i < list->n; i++) {
        char name[400];
        if (!is_shown(&list->entries[i], show, list->n))
            continue;
        const int columns =
            text_columns(text_shorten(list->entries[i].label, NAME_WIDEST, name, sizeof name));
        width = columns > width ? columns : width;
    }
    return width;
}

static void totals_print(const StatusList *list, const Terminal *terminal)
{
    const JobState job = {.n = list->n,
                          .n_complete = list->n_of[STATUS_COMPLETE],
                          .n_running = list->n_of[STATUS_RUNNING],
                          .n_waiting = list->n_of[STATUS_WAITING],
                          .n_failed = list->n_of[STATUS_FAILED],
                          .n_rejected = list->n_of[STATUS_REJECTED],
                          .n_interrupted = list->n_of[STATUS_INTERRUPTED],
                          .left_s = list->left_s};
    char line[PROGRESS_LINE_SIZE];
    job_line(&job, COLUMNS, line);
    printf("%s%s%s\n", colour_begin(terminal, COLOUR_BOLD), line,
           colour_end(terminal, COLOUR_BOLD));
}

void status_view_print(const StatusList *list, StatusShow show, size_t rows_max)
{
    const Terminal terminal = terminal_of(stdout);
    const int width = name_width(list, show);
    size_t n_shown = 0, n_left = 0;
    totals_print(list, &terminal);
    for (size_t i = 0; i < list->n; i++) {
        if (!is_shown(&list->entries[i], show, list->n))
            continue;
        if (n_shown >= rows_max) {
            n_left++;
            continue;
        }
        if (n_shown++ == 0)
            printf("\n%-*s %-11s %5s %11s %9s %7s %8s\n", width, "molecule", "status", "%",
                   "time left", "ms/step", "T/K", "drift");
        row_print(&terminal, &list->entries[i], width);
    }
    if (n_left > 0)
        printf("+%zu more, --all shows them\n", n_left);
    if (n_shown > 0)
        printf("drift: kJ/mol/ps of the shadow energy, in NVE windows if there are any\n");
}

static void add_number(cJSON *object, const char *name, double value)
{
    char text[TEXT_DOUBLE_SIZE];
    text_format_double(value, text);
    cJSON_AddRawToObject(object, name, text);
}

QmtStatus status_view_json(QmtContext *ctx, const StatusList *list)
{
    json_begin();
    cJSON *const array = cJSON_CreateArray();
    for (size_t i = list->n; i-- > 0;) { // the head of a list of cJSON is cheap, its end is not
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
        cJSON_InsertItemInArray(array, 0, object);
    }
    char *const text = json_text(array, true);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "status: no memory for its JSON");
    puts(text);
    cJSON_free(text);
    return QMT_OK;
}
