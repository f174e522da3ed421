#include "campaign/journal_read.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/text.h"
#include "run/metadata.h"

static const size_t FILE_LIMIT = (size_t)1 << 34;

/// Takes one line, zero-terminated.
typedef QmtStatus LineTake(QmtContext *ctx, char *line, void *user);

static bool has_ending(const char *name, const char *ending)
{
    const size_t n = strlen(name), n_ending = strlen(ending);
    return n > n_ending && strcmp(name + n - n_ending, ending) == 0;
}

static QmtStatus text_keep(QmtContext *ctx, char *text, char ***texts, size_t *n_texts)
{
    char **const more = realloc(*texts, (*n_texts + 1) * sizeof *more);
    if (more == NULL) {
        free(text);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the journal");
    }
    *texts = more;
    more[(*n_texts)++] = text;
    return QMT_OK;
}

static QmtStatus lines_take(QmtContext *ctx, char *text, LineTake *take, void *user)
{
    while (*text != '\0') {
        char *const end = strchr(text, '\n');
        if (end != NULL)
            *end = '\0';
        TRY(take(ctx, text, user));
        if (end == NULL)
            break;
        text = end + 1;
    }
    return QMT_OK;
}

/// Reads the files of the folder with an ending, in the order of their names.
static QmtStatus files_read(QmtContext *ctx, const char *out, const char *ending, LineTake *take,
                            void *user, char ***texts, size_t *n_texts)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    struct dirent **names = NULL;
    TRY(file_join(ctx, out, JOURNAL_FOLDER, folder));
    const int n_names = scandir(folder, &names, NULL, alphasort);
    if (n_names < 0 && (errno == ENOENT || errno == ENOTDIR))
        return QMT_OK;
    if (n_names < 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: %s", folder, strerror(errno));
    QmtStatus status = QMT_OK;
    for (int i = 0; i < n_names; i++) {
        char *text = NULL;
        size_t n;
        if (status == QMT_OK && has_ending(names[i]->d_name, ending)) {
            status = file_join(ctx, folder, names[i]->d_name, path);
            if (status == QMT_OK)
                status = file_read_whole(ctx, path, FILE_LIMIT, &text, &n);
            if (status == QMT_OK)
                status = text_keep(ctx, text, texts, n_texts);
            if (status == QMT_OK)
                status = lines_take(ctx, text, take, user);
        }
        free(names[i]);
    }
    free(names);
    return status;
}

static void texts_release(char **texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(texts[i]);
    free(texts);
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

static QmtStatus entry_take(QmtContext *ctx, char *line, void *user)
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
    JournalEntry entry = {.line = line,
                          .length = strlen(line),
                          .is_complete = strcmp(status, "complete") == 0,
                          .place = found->n};
    figures_take(object, &entry);
    char *const own_label = strdup(label), *const own_ended = strdup(ended);
    cJSON_Delete(object);
    if (own_label == NULL || own_ended == NULL ||
        !has_room((void **)&found->entries, found->n, &found->capacity, sizeof *found->entries)) {
        free(own_label);
        free(own_ended);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the journal");
    }
    entry.label = own_label;
    entry.ended = own_ended;
    found->entries[found->n++] = entry;
    return QMT_OK;
}

static int by_label_and_time(const void *a, const void *b)
{
    const JournalEntry *p = a, *q = b;
    int order = strcmp(p->label, q->label);
    if (order == 0)
        order = strcmp(p->ended, q->ended);
    return order != 0 ? order : (p->place > q->place) - (p->place < q->place);
}

static void entry_release(JournalEntry *entry)
{
    free((char *)entry->label);
    free((char *)entry->ended);
}

QmtStatus journal_read(QmtContext *ctx, const char *out, JournalEntries *found)
{
    *found = (JournalEntries){0};
    TRY(files_read(ctx, out, ".jsonl", entry_take, found, &found->texts, &found->n_texts));
    if (found->n == 0)
        return QMT_OK;
    qsort(found->entries, found->n, sizeof *found->entries, by_label_and_time);
    size_t n = 0;
    for (size_t i = 0; i < found->n; i++) {
        if (i + 1 < found->n && strcmp(found->entries[i].label, found->entries[i + 1].label) == 0)
            entry_release(&found->entries[i]);
        else
            found->entries[n++] = found->entries[i];
    }
    found->n = n;
    return QMT_OK;
}

void journal_entries_release(JournalEntries *found)
{
    for (size_t i = 0; i < found->n; i++)
        entry_release(&found->entries[i]);
    free(found->entries);
    texts_release(found->texts, found->n_texts);
    *found = (JournalEntries){0};
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

static QmtStatus molecule_take(QmtContext *ctx, char *line, void *user)
{
    MoleculeList *const list = user;
    char *const tab = strchr(line, '\t');
    ListedMolecule molecule = {.label = line};
    if (tab == NULL)
        return QMT_OK;
    *tab = '\0';
    if (text_parse_double(tab + 1, &molecule.cost) != NULL)
        return QMT_OK;
    if (!has_room((void **)&list->items, list->n, &list->capacity, sizeof *list->items))
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of molecules");
    list->items[list->n++] = molecule;
    return QMT_OK;
}

static int molecules_compare(const void *a, const void *b)
{
    return strcmp(((const ListedMolecule *)a)->label, ((const ListedMolecule *)b)->label);
}

QmtStatus journal_lists_read(QmtContext *ctx, const char *out, MoleculeList *list)
{
    *list = (MoleculeList){0};
    TRY(files_read(ctx, out, ".list", molecule_take, list, &list->texts, &list->n_texts));
    if (list->n == 0)
        return QMT_OK;
    qsort(list->items, list->n, sizeof *list->items, molecules_compare);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        if (n == 0 || strcmp(list->items[n - 1].label, list->items[i].label) != 0)
            list->items[n++] = list->items[i];
    list->n = n;
    return QMT_OK;
}

void molecule_list_release(MoleculeList *list)
{
    free(list->items);
    texts_release(list->texts, list->n_texts);
    *list = (MoleculeList){0};
}

const ListedMolecule *molecule_find(const MoleculeList *list, const char *label)
{
    const ListedMolecule wanted = {.label = label};
    if (list->n == 0)
        return NULL;
    return bsearch(&wanted, list->items, list->n, sizeof wanted, molecules_compare);
}
