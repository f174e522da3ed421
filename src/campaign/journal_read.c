#include "campaign/journal_read.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/text.h"
#include "run/metadata.h"

/// Bytes of a file in memory at a time; longer lines get what they need.
enum { BLOCK = 1 << 18 };

/// Takes one line, zero-terminated, which stands at an offset of the file.
typedef QmtStatus LineTake(QmtContext *ctx, char *line, uint64_t offset, void *user);

/// A file that is read line by line.
typedef struct {
    File file;
    char *block;        ///< [capacity]
    size_t n, capacity; ///< bytes of it that are read
    uint64_t offset;    ///< of the block in the file
} LineReader;

static bool has_ending(const char *name, const char *ending)
{
    const size_t n = strlen(name), n_ending = strlen(ending);
    return n > n_ending && strcmp(name + n - n_ending, ending) == 0;
}

/// Reads on behind what the block holds; *got bytes, 0 at the end of the file.
static QmtStatus block_fill(QmtContext *ctx, LineReader *r, uint64_t size, size_t *got)
{
    if (r->capacity - r->n < 2) {
        char *const more = realloc(r->block, 2 * r->capacity + BLOCK);
        if (more == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the journal");
        r->block = more;
        r->capacity = 2 * r->capacity + BLOCK;
    }
    const uint64_t left = size - (r->offset + r->n);
    const size_t room = r->capacity - r->n - 1;
    *got = left < room ? (size_t)left : room;
    if (*got > 0)
        TRY(file_read_at(ctx, &r->file, r->block + r->n, *got, r->offset + r->n));
    r->n += *got;
    r->block[r->n] = '\0';
    return QMT_OK;
}

/// Hands out the whole lines of the block, and at the end of the file what stands behind them; the rest moves to the front.
static QmtStatus block_take(QmtContext *ctx, LineReader *r, bool is_last, LineTake *take,
                            void *user)
{
    size_t begin = 0;
    for (char *end; (end = memchr(r->block + begin, '\n', r->n - begin)) != NULL;) {
        *end = '\0';
        TRY(take(ctx, r->block + begin, r->offset + begin, user));
        begin = (size_t)(end - r->block) + 1;
    }
    if (is_last && begin < r->n) {
        TRY(take(ctx, r->block + begin, r->offset + begin, user));
        begin = r->n;
    }
    r->n -= begin;
    r->offset += begin;
    memmove(r->block, r->block + begin, r->n + 1);
    return QMT_OK;
}

static QmtStatus lines_read(QmtContext *ctx, LineReader *r, LineTake *take, void *user)
{
    uint64_t size; // lines that are appended meanwhile are of another time
    TRY(file_size(ctx, &r->file, &size));
    for (size_t got = 1; got > 0;) {
        TRY(block_fill(ctx, r, size, &got));
        TRY(block_take(ctx, r, got == 0, take, user));
    }
    return QMT_OK;
}

static QmtStatus file_lines(QmtContext *ctx, const char *path, LineTake *take, void *user)
{
    LineReader reader = {.file = file_none()};
    TRY(file_open(ctx, path, FILE_READ, &reader.file));
    const QmtStatus status = lines_read(ctx, &reader, take, user);
    file_abandon(&reader.file);
    free(reader.block);
    return status;
}

/// Reads the files of the folder with an ending, in the order of their names. Their paths are kept in *paths, of which the last is the
/// one that is read.
static QmtStatus files_read(QmtContext *ctx, const char *out, const char *ending, LineTake *take,
                            void *user, char ***paths, size_t *n_paths)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    struct dirent **names = NULL;
    TRY(file_join(ctx, out, JOURNAL_FOLDER, folder));
    const int n_names = scandir(folder, &names, NULL, alphasort);
    if (n_names < 0 && (errno == ENOENT || errno == ENOTDIR))
        return QMT_OK;
    if (n_names < 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: %s", folder, strerror(errno));
    *paths = calloc((size_t)n_names + 1, sizeof **paths);
    QmtStatus status =
        *paths != NULL ? QMT_OK : FAIL(ctx, QMT_ERR_MEMORY, "no memory for the journal");
    for (int i = 0; i < n_names; i++) {
        if (status == QMT_OK && has_ending(names[i]->d_name, ending)) {
            status = file_join(ctx, folder, names[i]->d_name, path);
            if (status == QMT_OK && ((*paths)[(*n_paths)++] = strdup(path)) == NULL)
                status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for the journal");
            if (status == QMT_OK)
                status = file_lines(ctx, path, take, user);
        }
        free(names[i]);
    }
    free(names);
    return status;
}

static void paths_release(char **paths, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(paths[i]);
    free(paths);
}

/// Room for one more of size bytes.
static bool has_room(void **items, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity)
        return true;
    const size_t more = *capacity == 0 ? 64 : 2 * *capacity;
    void *const moved = realloc(*items, more * size);
    if (moved == NULL)
        return false;
    *items = moved;
    *capacity = more;
    return true;
}

static void figures_take(const cJSON *object, JournalEntry *entry)
{
    RunResult result = run_result_unknown();
    result_from_json(object, &result);
    entry->evaluations = result.evaluations;
    entry->n_steps = result.n_steps;
    entry->ms_per_step = result.ms_per_step;
    entry->mean_temperature_k = result.mean_temperature_k;
    entry->drift_shown_kjmol_ps = run_drift_shown(&result);
    entry->wall_s = result.wall_s;
    entry->has_warnings = result.warnings.n > 0;
}

static QmtStatus entry_take(QmtContext *ctx, char *line, uint64_t offset, void *user)
{
    JournalEntries *const found = user;
    if (*line == '\0')
        return QMT_OK;
    cJSON *const object = cJSON_Parse(line);
    const char *const label =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "molecule"));
    const char *const ended =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "ended"));
    const char *const status =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "status"));
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "ended"))) { // of a part of a list
        cJSON_Delete(object);
        return QMT_OK;
    }
    if (label == NULL || ended == NULL || status == NULL) {
        found->n_skipped++;
        cJSON_Delete(object);
        return QMT_OK;
    }
    JournalEntry entry = {.file = found->n_paths - 1,
                          .offset = offset,
                          .length = strlen(line),
                          .is_complete = strcmp(status, "complete") == 0,
                          .place = found->n};
    figures_take(object, &entry);
    char *const own_label = strdup(label);
    snprintf(entry.ended, sizeof entry.ended, "%s", ended);
    cJSON_Delete(object);
    if (own_label == NULL ||
        !has_room((void **)&found->entries, found->n, &found->capacity, sizeof *found->entries)) {
        free(own_label);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the journal");
    }
    entry.label = own_label;
    found->entries[found->n++] = entry;
    return QMT_OK;
}

typedef struct {
    JournalTake *take;
    void *user;
} EachLine;

static QmtStatus object_take(QmtContext *ctx, char *line, uint64_t offset, void *user)
{
    const EachLine *const each = user;
    (void)offset;
    cJSON *const object = cJSON_Parse(line);
    const QmtStatus status = object != NULL ? each->take(ctx, object, each->user) : QMT_OK;
    cJSON_Delete(object);
    return status;
}

QmtStatus journal_each(QmtContext *ctx, const char *out, JournalTake *take, void *user)
{
    EachLine each = {.take = take, .user = user};
    char **paths = NULL;
    size_t n_paths = 0;
    const QmtStatus status = files_read(ctx, out, ".jsonl", object_take, &each, &paths, &n_paths);
    paths_release(paths, n_paths);
    return status;
}

static int by_label_and_time(const void *a, const void *b)
{
    const JournalEntry *p = a, *q = b;
    int order = strcmp(p->label, q->label);
    if (order == 0)
        order = strcmp(p->ended, q->ended);
    return order != 0 ? order : (p->place > q->place) - (p->place < q->place);
}

QmtStatus journal_read(QmtContext *ctx, const char *out, JournalEntries *found)
{
    *found = (JournalEntries){.file = file_none()};
    TRY(files_read(ctx, out, ".jsonl", entry_take, found, &found->paths, &found->n_paths));
    if (found->n == 0)
        return QMT_OK;
    qsort(found->entries, found->n, sizeof *found->entries, by_label_and_time);
    size_t n = 0;
    for (size_t i = 0; i < found->n; i++) {
        if (i + 1 < found->n && strcmp(found->entries[i].label, found->entries[i + 1].label) == 0)
            free((char *)found->entries[i].label);
        else
            found->entries[n++] = found->entries[i];
    }
    found->n = n;
    return QMT_OK;
}

void journal_entries_release(JournalEntries *found)
{
    for (size_t i = 0; i < found->n; i++)
        free((char *)found->entries[i].label);
    free(found->entries);
    paths_release(found->paths, found->n_paths);
    if (found->is_open > 0)
        file_abandon(&found->file);
    *found = (JournalEntries){.file = file_none()};
}

QmtStatus journal_line_read(QmtContext *ctx, JournalEntries *found, const JournalEntry *entry,
                            char **line)
{
    if (found->is_open != entry->file + 1) {
        if (found->is_open > 0)
            file_abandon(&found->file);
        found->is_open = 0;
        TRY(file_open(ctx, found->paths[entry->file], FILE_READ, &found->file));
        found->is_open = entry->file + 1;
    }
    char *const text = malloc(entry->length + 1);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a line of the journal");
    const QmtStatus status = file_read_at(ctx, &found->file, text, entry->length, entry->offset);
    if (status != QMT_OK) {
        free(text);
        return status;
    }
    text[entry->length] = '\0';
    *line = text;
    return QMT_OK;
}

static int label_compare(const void *label, const void *entry)
{
    return strcmp(label, ((const JournalEntry *)entry)->label);
}

const JournalEntry *journal_find(const JournalEntries *found, const char *label)
{
    if (found->n == 0)
        return NULL;
    return bsearch(label, found->entries, found->n, sizeof *found->entries, label_compare);
}

static QmtStatus molecule_take(QmtContext *ctx, char *line, uint64_t offset, void *user)
{
    MoleculeList *const list = user;
    char *const tab = strchr(line, '\t');
    double cost;
    (void)offset;
    if (tab == NULL)
        return QMT_OK;
    *tab = '\0';
    if (text_parse_double(tab + 1, &cost) != NULL)
        return QMT_OK;
    char *const label = strdup(line);
    if (label == NULL ||
        !has_room((void **)&list->items, list->n, &list->capacity, sizeof *list->items)) {
        free(label);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of molecules");
    }
    list->items[list->n++] = (ListedMolecule){.label = label, .cost = cost};
    return QMT_OK;
}

static int molecules_compare(const void *a, const void *b)
{
    return strcmp(((const ListedMolecule *)a)->label, ((const ListedMolecule *)b)->label);
}

QmtStatus journal_lists_read(QmtContext *ctx, const char *out, MoleculeList *list)
{
    char **paths = NULL;
    size_t n_paths = 0;
    *list = (MoleculeList){0};
    const QmtStatus status = files_read(ctx, out, ".list", molecule_take, list, &paths, &n_paths);
    paths_release(paths, n_paths);
    TRY(status);
    if (list->n == 0)
        return QMT_OK;
    qsort(list->items, list->n, sizeof *list->items, molecules_compare);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        if (n == 0 || strcmp(list->items[n - 1].label, list->items[i].label) != 0)
            list->items[n++] = list->items[i];
        else
            free((char *)list->items[i].label);
    list->n = n;
    return QMT_OK;
}

void molecule_list_release(MoleculeList *list)
{
    for (size_t i = 0; i < list->n; i++)
        free((char *)list->items[i].label);
    free(list->items);
    *list = (MoleculeList){0};
}

const ListedMolecule *molecule_find(const MoleculeList *list, const char *label)
{
    const ListedMolecule wanted = {.label = label};
    if (list->n == 0)
        return NULL;
    return bsearch(&wanted, list->items, list->n, sizeof wanted, molecules_compare);
}
