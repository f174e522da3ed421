#include "cli/status_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <qmtraj/text.h>

#include "cli/columns.h"
#include "cli/json_print.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/terminal.h"

/// All rows of so many trajectories are shown; a name takes at most so many columns.
enum { FEW = 50, NAME_WIDEST = 22, COLUMNS = 79 };

static bool is_shown(const QmtFolderEntry *entry, StatusShow show, size_t n)
{
    if (show == STATUS_SHOW_FAILED)
        return entry->state == QMT_STATE_FAILED || entry->state == QMT_STATE_REJECTED;
    if (show == STATUS_SHOW_ALL || n <= FEW)
        return true;
    return entry->state == QMT_STATE_RUNNING || entry->state == QMT_STATE_FAILED ||
           entry->state == QMT_STATE_INTERRUPTED || entry->n_warnings > 0;
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
    char shown[2048], line[sizeof shown + 64];
    snprintf(line, sizeof line, "%s%s", before, qmt_text_printable(text, shown, sizeof shown));
    printf("    ");
    text_print_wrapped(stdout, line, 4, 4);
}

static void warnings_print(QmtContext *ctx, const QmtFolderStatus *list, size_t i, size_t n)
{
    QmtWarning warning;
    for (size_t w = 0; w < n; w++)
        if (qmt_folder_status_warning(ctx, list, i, w, &warning) == QMT_OK)
            below_print("warning: ", warning.text);
}

static void row_print(const Terminal *terminal, const QmtFolderEntry *e, int width)
{
    char name[400], speed[32], eta[PROGRESS_TIME_SIZE] = "", temperature[32], drift[32];
    const char *const word = e->word;
    const Colour colour = colour_of_status(word);
    if (e->state == QMT_STATE_RUNNING || e->state == QMT_STATE_INTERRUPTED)
        progress_time_text(e->left_s, eta);
    printf("%s %s%-11s%s %5.1f %11s %9s %7s %8s\n", label_cell(e->label, width, name, sizeof name),
           colour_begin(terminal, colour), word, colour_end(terminal, colour), e->percent, eta,
           number_text(speed, "%.3f", e->ms_per_step),
           number_text(temperature, "%.1f", e->mean_temperature_k),
           number_text(drift, "%.1e", e->shadow_drift_kjmol_ps));
    if (e->state == QMT_STATE_RUNNING) {
        char about[1024], age[PROGRESS_TIME_SIZE];
        progress_time_text(e->age_s, age);
        snprintf(about, sizeof about, "%s%s%s; as of %s ago", e->phase,
                 e->phase[0] != '\0' ? ", " : "", e->holder, age);
        below_print("", about);
    }
    if (e->reason[0] != '\0')
        below_print("", e->reason);
}

static int name_width(QmtContext *ctx, const QmtFolderStatus *list, StatusShow show)
{
    QmtFolderEntry entry;
    const size_t n = qmt_folder_status_count(list);
    int width = (int)strlen("molecule");
    for (size_t i = 0; i < n && qmt_folder_status_entry(ctx, list, i, &entry) == QMT_OK; i++) {
        if (!is_shown(&entry, show, n))
            continue;
        const int all = qmt_text_columns(entry.label);
        const int columns = all < NAME_WIDEST ? all : NAME_WIDEST;
        width = columns > width ? columns : width;
    }
    return width;
}

static void totals_print(const QmtTotals *totals, const Terminal *terminal)
{
    char line[PROGRESS_LINE_SIZE];
    job_line(totals, COLUMNS, line);
    printf("%s%s%s\n", colour_begin(terminal, COLOUR_BOLD), line,
           colour_end(terminal, COLOUR_BOLD));
}

void status_view_print(QmtContext *ctx, const QmtFolderStatus *list, StatusShow show,
                       size_t rows_max)
{
    const Terminal terminal = terminal_of(stdout);
    const int width = name_width(ctx, list, show);
    const size_t n = qmt_folder_status_count(list);
    QmtTotals totals;
    QmtFolderEntry entry;
    size_t n_shown = 0, n_left = 0;
    if (qmt_folder_status_totals(ctx, list, &totals) == QMT_OK)
        totals_print(&totals, &terminal);
    for (size_t i = 0; i < n && qmt_folder_status_entry(ctx, list, i, &entry) == QMT_OK; i++) {
        if (!is_shown(&entry, show, n))
            continue;
        if (n_shown >= rows_max) {
            n_left++;
            continue;
        }
        if (n_shown++ == 0)
            printf("\n%-*s %-11s %5s %11s %9s %7s %8s\n", width, "molecule", "status", "%",
                   "time left", "ms/step", "T/K", "drift");
        row_print(&terminal, &entry, width);
        warnings_print(ctx, list, i, entry.n_warnings);
    }
    if (n_left > 0)
        printf("+%zu more, --all shows them\n", n_left);
    if (n_shown > 0)
        printf("drift: kJ/mol/ps of the shadow energy, in NVE windows if there are any\n");
}

static cJSON *warnings_json(QmtContext *ctx, const QmtFolderStatus *list, size_t i, size_t n)
{
    QmtWarning warning;
    cJSON *const array = cJSON_CreateArray();
    for (size_t w = 0; w < n; w++) {
        if (qmt_folder_status_warning(ctx, list, i, w, &warning) != QMT_OK)
            break;
        cJSON *const item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "code", warning.code);
        cJSON_AddStringToObject(item, "text", warning.text);
        cJSON_AddItemToArray(array, item);
    }
    return array;
}

static cJSON *entry_json(const QmtFolderEntry *e)
{
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "molecule", e->label);
    cJSON_AddStringToObject(object, "status", e->word);
    cJSON_AddStringToObject(object, "phase", e->phase);
    cJSON_AddStringToObject(object, "holder", e->holder);
    cJSON_AddStringToObject(object, "reason", e->reason);
    return object;
}

static void figures_add(const QmtFolderEntry *e, cJSON *object)
{
    cJSON_AddNumberToObject(object, "step", (double)e->step);
    cJSON_AddNumberToObject(object, "steps", (double)e->n_steps);
    cJSON_AddItemToObject(object, "percent", json_number(e->percent));
    cJSON_AddItemToObject(object, "ms_per_step", json_number(e->ms_per_step));
    cJSON_AddItemToObject(object, "eta_s", json_number(e->left_s));
    cJSON_AddItemToObject(object, "mean_temperature_K", json_number(e->mean_temperature_k));
    cJSON_AddItemToObject(object, "shadow_drift_kJ_mol_ps", json_number(e->shadow_drift_kjmol_ps));
    cJSON_AddItemToObject(object, "age_s", json_number(e->age_s));
}

/// Prints one object as cJSON prints it in a list: a list of 10^5 as a whole would take half a gigabyte.
static QmtStatus object_print(QmtContext *ctx, cJSON *object, bool first)
{
    cJSON *const list = cJSON_CreateArray();
    cJSON_AddItemToArray(list, object);
    char *const text = json_print_text(list, true);
    const size_t n = text != NULL ? strlen(text) : 0;
    if (n >= 2)
        printf("%s%.*s", first ? "[" : ", ", (int)(n - 2), text + 1);
    qmt_text_free(text);
    return n >= 2 ? QMT_OK : FAIL(ctx, QMT_ERR_MEMORY, "no memory for the JSON of the status");
}

QmtStatus status_view_json(QmtContext *ctx, const QmtFolderStatus *list)
{
    const size_t n = qmt_folder_status_count(list);
    bool first = true;
    QmtFolderEntry e;
    json_print_begin();
    for (size_t i = 0; i < n; i++) {
        if (qmt_folder_status_entry(ctx, list, i, &e) != QMT_OK)
            continue;
        cJSON *const object = entry_json(&e);
        cJSON_AddItemToObject(object, "warnings", warnings_json(ctx, list, i, e.n_warnings));
        figures_add(&e, object);
        TRY(object_print(ctx, object, first));
        first = false;
    }
    puts(first ? "[]" : "]");
    return QMT_OK;
}
