#include "report/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/audit.h"
#include "campaign/status.h"
#include "data/citations.h"
#include "io/archive_mount.h"
#include "io/file.h"
#include "io/json.h"
#include "io/processes.h"
#include "io/text.h"
#include "report/page_parts.h"
#include "report/trajectory_json.h"
#include "run/files.h"
#include "run/partial.h"

/// Trajectories with curves in the page, the worst ones, and with all checks and metadata; bytes of positions of all.
enum { OPENED_MAX = 100, MORE_MAX = 1000, POSITION_BYTES = 2500000, SHOWN_MIN = 20 };

/// Of page.html: a page that was made before may be made again.
static const char PAGE_WORDS[] = "<title>qmtraj report</title>";

/// Worst first.
typedef enum { RANK_FAILED, RANK_WARNED, RANK_UNFINISHED, RANK_GOOD } Rank;

typedef struct {
    const StatusEntry *entry;  ///< NULL: a file by itself
    char path[FILE_PATH_SIZE]; ///< "" if there is no file to read
    Rank rank;
    char *row, *more, *detail; ///< JSON; detail is NULL if the page has no room for it
} Item;

typedef struct {
    const ReportOptions *options;
    const char *name; ///< as it was asked for
    bool is_folder;
    Item *items; ///< [n]
    size_t n;
    size_t n_opened;
    char *empty; ///< why there is no trajectory; NULL: there is
} Page;

static Rank rank_of(const StatusEntry *entry, const CheckReport *check, bool unread)
{
    const CheckVerdict worst = check != NULL ? check_worst(check) : CHECK_NOT_RUN;
    if (unread || worst == CHECK_FAIL ||
        (entry != NULL && (entry->kind == STATUS_FAILED || entry->kind == STATUS_REJECTED)))
        return RANK_FAILED;
    if (worst == CHECK_WARN || (entry != NULL && entry->kind == STATUS_INTERRUPTED))
        return RANK_WARNED;
    return entry != NULL && entry->kind != STATUS_COMPLETE ? RANK_UNFINISHED : RANK_GOOD;
}

/// Of the checks, the row has those that are bad.
static void checks_put(cJSON *row, cJSON *more, const CheckReport *check)
{
    cJSON *const bad = cJSON_AddArrayToObject(row, "checks");
    cJSON *const all = cJSON_AddArrayToObject(more, "checks");
    for (int i = 0; i < CHECK_COUNT; i++) {
        cJSON *const line = cJSON_CreateObject();
        cJSON_AddStringToObject(line, "name", check_item_name((CheckItem)i));
        cJSON_AddStringToObject(line, "verdict", check_verdict_name(check->line[i].verdict));
        cJSON_AddStringToObject(line, "sentence", check->line[i].sentence);
        if (check->line[i].verdict >= CHECK_WARN)
            cJSON_AddItemToArray(bad, cJSON_Duplicate(line, true));
        cJSON_AddItemToArray(all, line);
    }
    cJSON_AddStringToObject(row, "verdict", check_verdict_name(check_worst(check)));
}

/// What the run said to know about its trajectory.
static void warnings_put(cJSON *row, const char *lines)
{
    char code[RUN_WARNING_CODE_SIZE], text[RUN_WARNING_TEXT_SIZE];
    RunWarnings warnings;
    if (lines == NULL || lines[0] == '\0')
        return;
    run_warnings_from_lines(lines, &warnings);
    cJSON *const list = cJSON_AddArrayToObject(row, "warnings");
    for (size_t at = 0; run_warning_next(&warnings, &at, code, text);)
        cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

static void entry_put(cJSON *row, const StatusEntry *entry)
{
    warnings_put(row, entry->warning_lines);
    cJSON_AddStringToObject(row, "state", status_kind_word(entry->kind));
    cJSON_AddStringToObject(row, "reason", entry->reason);
    cJSON_AddNumberToObject(row, "percent", isfinite(entry->percent) ? entry->percent : 0.0);
}

static QmtStatus reader_open(QmtContext *ctx, const char *path, TrajectoryReader **reader)
{
    return partial_is(path) ? partial_open(ctx, path, reader)
                            : trajectory_reader_open(ctx, path, reader);
}

static void copy_put(cJSON *to, const cJSON *from, const char *key)
{
    const cJSON *const item = cJSON_GetObjectItemCaseSensitive(from, key);
    if (item != NULL && to != NULL)
        cJSON_AddItemToObject(to, key, cJSON_Duplicate(item, true));
}

/// Of the metadata, the row has what the table shows.
static void metadata_put(cJSON *row, cJSON *more, const TrajectoryReader *reader)
{
    static const char *const SHOWN[] = {
        "mean_temperature_K", "mean_temperature_error_K", "expected_spread_K", "expected_error_K",
        "drift_kJ_mol_ps",    "scf_recoveries",           "nve_windows"};
    cJSON_AddNumberToObject(row, "frames", (double)reader->n_frames);
    cJSON_AddNumberToObject(row, "atoms", (double)reader->n_atoms);
    cJSON *const metadata = reader->metadata != NULL ? cJSON_Parse(reader->metadata) : NULL;
    if (metadata == NULL)
        return;
    json_numbers_keep(metadata);
    cJSON *const shown = cJSON_AddObjectToObject(row, "metadata");
    copy_put(shown, metadata, "qm_method");
    const cJSON *const config = cJSON_GetObjectItemCaseSensitive(metadata, "config");
    cJSON *const wanted = cJSON_AddObjectToObject(shown, "config");
    copy_put(wanted, config, "temperature_K");
    copy_put(wanted, config, "temperature_ramp_K");
    cJSON *const summary = cJSON_AddObjectToObject(shown, "summary");
    for (size_t i = 0; i < sizeof SHOWN / sizeof *SHOWN; i++)
        copy_put(summary, cJSON_GetObjectItemCaseSensitive(metadata, "summary"), SHOWN[i]);
    cJSON_AddItemToObject(more, "metadata", metadata);
}

/// The object, which is freed, as a text with its zero.
static QmtStatus text_add(QmtContext *ctx, Bytes *result, cJSON *object)
{
    char *const text = json_text(object, false);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a row of the report");
    bytes_add(result, text, strlen(text) + 1);
    cJSON_free(text);
    return QMT_OK;
}

static size_t frames_to_show(const Page *page, size_t n_atoms)
{
    const size_t n = POSITION_BYTES / (page->n_opened * n_atoms * 8 + 1);
    return n < SHOWN_MIN ? SHOWN_MIN : n > SERIES_SHOWN_MAX ? SERIES_SHOWN_MAX : n;
}

static void conserved_take(void *user, uint64_t frame, uint64_t n_frames, double time_ps,
                           double energy)
{
    conserved_add(user, series_column(frame, n_frames), time_ps, energy);
}

/// Curves of a trajectory. One whose frames cannot be read has none.
static QmtStatus curves_add(QmtContext *ctx, const Page *page, TrajectoryReader *reader,
                            const Conserved *again, Bytes *result)
{
    FrameSeries series = {0};
    Arena arena = {0};
    QmtStatus status = frame_series_read(ctx, reader, frames_to_show(page, reader->n_atoms), again,
                                         &arena, &series);
    json_begin();
    if (status == QMT_OK)
        status = text_add(ctx, result, trajectory_json(reader, &series));
    frame_series_release(&series);
    arena_release(&arena);
    return status == QMT_ERR_MEMORY ? status : QMT_OK;
}

/// What the first pass says of an item: its rank, its row and what more there is to say.
static QmtStatus row_make(QmtContext *ctx, void *user, size_t at, Bytes *result)
{
    const Page *const page = user;
    const Item *const item = &page->items[at];
    CheckReport check;
    TrajectoryReader *reader = NULL;
    Conserved again;
    bool unread = false, checked = false;
    conserved_begin(&again);
    json_begin();
    cJSON *const row = cJSON_CreateObject(), *const more = cJSON_CreateObject();
    cJSON_AddStringToObject(row, "name", item->entry != NULL ? item->entry->label : page->name);
    if (item->entry != NULL)
        entry_put(row, item->entry);
    if (item->path[0] != '\0') {
        const CheckOptions options = {.n_frames = page->options->n_frames,
                                      .seed = 1,
                                      .conserved = conserved_take,
                                      .user = &again};
        if (!partial_is(item->path) && check_file(ctx, item->path, &options, &check) == QMT_OK) {
            checked = true;
            checks_put(row, more, &check);
        }
        unread = reader_open(ctx, item->path, &reader) != QMT_OK;
        if (unread)
            cJSON_AddStringToObject(row, "unread", qmt_context_message(ctx));
        else
            metadata_put(row, more, reader);
    }
    const Rank rank =
        rank_of(item->entry, checked ? &check : NULL, unread && !partial_is(item->path));
    bytes_add(result, &rank, sizeof rank);
    QmtStatus status = text_add(ctx, result, row);
    if (status == QMT_OK)
        status = text_add(ctx, result, more);
    if (status == QMT_OK && reader != NULL && page->n_opened == page->n)
        status = curves_add(ctx, page, reader, &again, result); // the file is open
    trajectory_reader_close(&reader);
    return status;
}

static QmtStatus row_take(QmtContext *ctx, void *user, size_t at, const Bytes *result)
{
    Item *const item = &((Page *)user)->items[at];
    const char *const row = (const char *)result->data + sizeof item->rank;
    memcpy(&item->rank, result->data, sizeof item->rank);
    item->row = strdup(row);
    const char *const more = row + strlen(row) + 1, *const detail = more + strlen(more) + 1;
    item->more = strdup(more);
    if (detail < (const char *)result->data + result->n) {
        item->detail = strdup(detail);
        if (item->detail == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the report");
    }
    return item->row != NULL && item->more != NULL
               ? QMT_OK
               : FAIL(ctx, QMT_ERR_MEMORY, "no memory for the report");
}

/// The second pass, where there are too many for curves of all: of those that the page has room for.
static QmtStatus detail_make(QmtContext *ctx, void *user, size_t at, Bytes *result)
{
    const Page *const page = user;
    const Item *const item = &page->items[at];
    TrajectoryReader *reader = NULL;
    CheckReport check;
    Conserved again;
    const CheckOptions options = {.conserved = conserved_take, .user = &again};
    conserved_begin(&again);
    if (item->path[0] == '\0' || reader_open(ctx, item->path, &reader) != QMT_OK)
        return QMT_OK;
    if (!partial_is(item->path) && reader->array[ARRAY_HEAT] == NULL &&
        check_file(ctx, item->path, &options, &check) != QMT_OK)
        conserved_begin(&again); // the page does without
    const QmtStatus status = curves_add(ctx, page, reader, &again, result);
    trajectory_reader_close(&reader);
    return status;
}

static QmtStatus detail_take(QmtContext *ctx, void *user, size_t at, const Bytes *result)
{
    Item *const item = &((Page *)user)->items[at];
    if (result->n == 0)
        return QMT_OK;
    item->detail = strdup((const char *)result->data);
    return item->detail != NULL ? QMT_OK : FAIL(ctx, QMT_ERR_MEMORY, "no memory for the report");
}

static int by_rank(const void *a, const void *b)
{
    const Item *const x = a, *const y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->entry != NULL && y->entry != NULL ? strcmp(x->entry->label, y->entry->label) : 0;
}

/// JSON inside a page: what could end its element or begin a tag is written as \u003c. Outside of strings JSON has none of
/// these characters.
static void json_put(Bytes *page, const char *json)
{
    for (const char *at = json; *at != '\0';) {
        const size_t n = strcspn(at, "<>&");
        char escaped[8];
        bytes_add(page, at, n);
        at += n;
        if (*at != '\0') {
            snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned char)*at++);
            bytes_add(page, escaped, 6);
        }
    }
}

static void text_put(Bytes *page, const char *text)
{
    bytes_add(page, text, strlen(text));
}

static void element_put(Bytes *out, const char *name, size_t i, const char *json)
{
    char text[80];
    if (json == NULL)
        return;
    snprintf(text, sizeof text, "<script type=\"application/json\" id=\"%s-%zu\">", name, i);
    text_put(out, text);
    json_put(out, json);
    text_put(out, "</script>\n");
}

static void data_put(Bytes *out, const Page *page, const char *about)
{
    text_put(out, "<script type=\"application/json\" id=\"about\">");
    json_put(out, about);
    text_put(out, "</script>\n<script type=\"application/json\" id=\"rows\">[");
    for (size_t i = 0; i < page->n; i++) {
        text_put(out, i > 0 ? ",\n" : "\n");
        json_put(out, page->items[i].row);
    }
    text_put(out, "]</script>\n");
    for (size_t i = 0; i < page->n; i++) {
        element_put(out, "more", i, i < MORE_MAX ? page->items[i].more : NULL);
        element_put(out, "trajectory", i, page->items[i].detail);
    }
}

/// Of the page as a whole.
static char *about_make(const Page *page)
{
    json_begin();
    cJSON *const about = cJSON_CreateObject();
    cJSON_AddStringToObject(about, "name", page->name);
    char command[FILE_PATH_SIZE + 16];
    snprintf(command, sizeof command, "%s %s", page->is_folder ? "report" : "view", page->name);
    cJSON_AddStringToObject(about, "command", command);
    cJSON_AddStringToObject(about, "version", qmt_version());
    cJSON_AddStringToObject(about, "build", qmt_build_id());
    cJSON_AddStringToObject(about, "parameters", qmt_parameter_checksum());
    cJSON_AddStringToObject(about, "citations", citations_bibtex());
    if (page->empty != NULL)
        cJSON_AddStringToObject(about, "empty", page->empty);
    cJSON_AddNumberToObject(about, "frames_again", (double)page->options->n_frames);
    cJSON_AddNumberToObject(about, "reload_s", page->options->reload_s);
    return json_text(about, false);
}

static QmtStatus page_write(QmtContext *ctx, const Page *page, const char *to)
{
    Bytes out = {0};
    char *const about = about_make(page);
    if (about != NULL) {
        text_put(&out, REPORT_PAGE_BEFORE);
        data_put(&out, page, about);
        text_put(&out, REPORT_PAGE_BEHIND);
    }
    QmtStatus status = QMT_OK;
    if (about == NULL || out.lost)
        status = FAIL(ctx, QMT_ERR_MEMORY, "%.500s: no memory for the page", to);
    else
        status = file_write_whole(ctx, to, out.data, out.n);
    cJSON_free(about);
    bytes_release(&out);
    return status;
}

/// The file in the folder of a trajectory that says most: complete, partial, unfinished; "" if there is none.
static QmtStatus path_find(QmtContext *ctx, const char *folder, char *path)
{
    static const char *const NAMES[] = {RUN_FILE_COMPLETE, RUN_FILE_PARTIAL,
                                        RUN_FILE_COMPLETE ".part"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        TRY(file_join(ctx, folder, NAMES[i], path));
        if (file_exists(path))
            return QMT_OK;
    }
    path[0] = '\0';
    return QMT_OK;
}

/// That of a trajectory which was packed after the archives were read.
static QmtStatus packed_find(QmtContext *ctx, const char *folder, char *path)
{
    TRY(file_join(ctx, folder, RUN_FILE_COMPLETE, path));
    return archives_look_again(ctx, path) ? QMT_OK : path_find(ctx, folder, path);
}

static QmtStatus items_report(QmtContext *ctx, Page *page, const char *to)
{
    page->n_opened = page->n < OPENED_MAX ? page->n : OPENED_MAX;
    TRY(processes_map(ctx, page->n, page->options->n_workers, row_make, row_take, page));
    qsort(page->items, page->n, sizeof *page->items, by_rank);
    if (page->n_opened < page->n)
        TRY(processes_map(ctx, page->n_opened, page->options->n_workers, detail_make, detail_take,
                          page));
    return page_write(ctx, page, to);
}

static QmtStatus folder_report(QmtContext *ctx, const char *out, const StatusList *list, Page *page,
                               const char *to)
{
    page->items = calloc(list->n + 1, sizeof *page->items);
    if (page->items == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%.500s: no memory for its report", out);
    page->n = list->n;
    for (size_t i = 0; i < list->n; i++) {
        char folder[FILE_PATH_SIZE];
        page->items[i].entry = &list->entries[i];
        TRY(file_join(ctx, out, list->entries[i].label, folder));
        TRY(path_find(ctx, folder, page->items[i].path));
        if (list->entries[i].kind == STATUS_COMPLETE && page->items[i].path[0] == '\0')
            TRY(packed_find(ctx, folder, page->items[i].path));
    }
    return items_report(ctx, page, to);
}

static QmtStatus file_report(QmtContext *ctx, const char *path, Page *page, const char *to)
{
    TrajectoryReader *reader = NULL;
    page->items = calloc(1, sizeof *page->items);
    if (page->items == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%.500s: no memory for its report", path);
    page->n = 1;
    snprintf(page->items[0].path, sizeof page->items[0].path, "%s", path);
    // A page about a file that is none would help nobody.
    TRY(reader_open(ctx, path, &reader));
    trajectory_reader_close(&reader);
    return items_report(ctx, page, to);
}

static void page_release(Page *page)
{
    for (size_t i = 0; i < page->n; i++) {
        free(page->items[i].row);
        free(page->items[i].more);
        free(page->items[i].detail);
    }
    free(page->items);
    free(page->empty);
}

/// A folder without a trajectory has a page that says so: a job may not have begun.
static QmtStatus folder_look(QmtContext *ctx, const char *path, StatusList *list, Page *page)
{
    const QmtStatus status = status_look(ctx, path, list);
    if (status != QMT_ERR_INPUT)
        return status;
    page->empty = strdup(qmt_context_message(ctx));
    if (page->empty == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%.500s: no memory for its report", path);
    context_log(ctx, QMT_LOG_WARNING, "%s", page->empty);
    return QMT_OK;
}

QmtStatus report_write(QmtContext *ctx, const char *path, const char *to,
                       const ReportOptions *options, size_t *n_running)
{
    struct stat about;
    char alone[FILE_PATH_SIZE] = "";
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        TRY(path_find(ctx, path, alone));
    if (alone[0] != '\0') // the folder of one trajectory
        path = alone;
    Page page = {.options = options, .name = path};
    ArchiveMount *archives = NULL;
    StatusList list = {0};
    *n_running = 0;
    TRY(file_check_new(ctx, to, PAGE_WORDS));
    const bool is_folder = page.is_folder = stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    QmtStatus status = is_folder ? archives_mount(ctx, path, NULL, &archives)
                                 : archives_mount_above(ctx, path, &archives);
    if (status == QMT_OK && is_folder)
        status = folder_look(ctx, path, &list, &page);
    const locale_t before = text_enter_c_locale();
    if (status == QMT_OK)
        status = is_folder ? folder_report(ctx, path, &list, &page, to)
                           : file_report(ctx, path, &page, to);
    text_leave_c_locale(before);
    *n_running = list.n_of[STATUS_RUNNING];
    page_release(&page);
    status_release(&list);
    archives_unmount(&archives);
    return status;
}
