#include "campaign/rejected_file.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "io/file.h"
#include "io/lock.h"
#include "io/text.h"

enum { LINE_SIZE = 4096, FIELDS = 4, FILE_LIMIT = 1 << 30 };
static const char TITLES[] = "source\tname\treason\tsentence\n";
static const double LOCK_WAIT_S = 10.0;

/// Tabs and line breaks of foreign text become blanks, so that each rejection is one line of four fields.
static size_t line_format(const Rejection *rejection, char line[LINE_SIZE])
{
    char source[600], name[300], sentence[2200];
    return (size_t)snprintf(line, LINE_SIZE, "%s\t%s\t%s\t%s\n",
                            text_printable(rejection->source, source, sizeof source),
                            text_printable(rejection->name, name, sizeof name),
                            reject_reason_word(rejection->reason),
                            text_printable(rejection->sentence, sentence, sizeof sentence));
}

static QmtStatus line_take(QmtContext *ctx, char *line, RejectionList *list)
{
    char *field[FIELDS];
    for (int f = 0; f < FIELDS; f++) {
        field[f] = line;
        char *const tab = line != NULL ? strchr(line, '\t') : NULL;
        if (line == NULL || (f < FIELDS - 1 && tab == NULL))
            return QMT_OK;
        if (f < FIELDS - 1)
            *tab = '\0';
        line = tab != NULL ? tab + 1 : NULL;
    }
    for (int reason = 0; reason < N_REJECT_REASONS; reason++) {
        if (strcmp(field[2], reject_reason_word((RejectReason)reason)) != 0)
            continue;
        const QmtStatus status = FAIL(ctx, QMT_ERR_INPUT, "%s", field[3]);
        return rejection_take(ctx, list, field[0], field[1], (RejectReason)reason, status);
    }
    return QMT_OK; // the titles
}

void rejected_file_name(const Shard *shard, char name[REJECTED_NAME_SIZE])
{
    char part[SHARD_TEXT_SIZE];
    shard_suffix(shard, part);
    snprintf(name, REJECTED_NAME_SIZE, "rejected%s.tsv", part);
}

static QmtStatus path_make(QmtContext *ctx, const char *out, const Shard *shard,
                           char path[FILE_PATH_SIZE])
{
    char name[REJECTED_NAME_SIZE];
    rejected_file_name(shard, name);
    return file_join(ctx, out, name, path);
}

/// Reads one of the files.
static QmtStatus part_read(QmtContext *ctx, const char *path, RejectionList *list)
{
    Text text;
    if (!file_exists(path))
        return QMT_OK;
    const Message before = context_keep(ctx);
    TRY(text_read(ctx, path, FILE_LIMIT, &text));
    QmtStatus status = QMT_OK;
    for (size_t l = 0; l < text.n_lines && status == QMT_OK; l++)
        status = line_take(ctx, text.line[l], list);
    text_release(&text);
    if (status == QMT_OK)
        (void)context_restore(ctx, &before);
    return status;
}

static int is_rejected_file(const struct dirent *entry)
{
    return fnmatch("rejected.*tsv", entry->d_name, 0) == 0;
}

static int by_place(const void *a, const void *b)
{
    const Rejection *const p = *(const Rejection *const *)a, *const q =
                                                                 *(const Rejection *const *)b;
    int order = strcmp(p->source, q->source);
    if (order == 0)
        order = strcmp(p->name, q->name);
    return order != 0 ? order : (p > q) - (p < q);
}

/// Drops what is there twice: parts of one list and the whole of it, or 3 parts and later 5.
static QmtStatus repeats_drop(QmtContext *ctx, RejectionList *list)
{
    const Rejection **const sorted = malloc((list->n + 1) * sizeof *sorted);
    bool *const keep = calloc(list->n + 1, sizeof *keep);
    if (sorted != NULL && keep != NULL) {
        for (size_t i = 0; i < list->n; i++)
            sorted[i] = &list->items[i];
        qsort(sorted, list->n, sizeof *sorted, by_place);
        for (size_t i = 0; i < list->n; i++)
            keep[sorted[i] - list->items] = i == 0 ||
                                            strcmp(sorted[i]->source, sorted[i - 1]->source) != 0 ||
                                            strcmp(sorted[i]->name, sorted[i - 1]->name) != 0;
        rejections_keep(list, keep);
    }
    const bool done = sorted != NULL && keep != NULL;
    free(sorted);
    free(keep);
    return done ? QMT_OK : FAIL(ctx, QMT_ERR_MEMORY, "no memory for the rejected molecules");
}

QmtStatus rejected_file_read(QmtContext *ctx, const char *out, RejectionList *list)
{
    char path[FILE_PATH_SIZE];
    struct dirent **names = NULL;
    const int n = scandir(out, &names, is_rejected_file, alphasort);
    if (n < 0 && errno == ENOENT)
        return QMT_OK;
    if (n < 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: %s", out, strerror(errno));
    QmtStatus status = QMT_OK;
    for (int i = 0; i < n; i++) {
        if (status == QMT_OK)
            status = file_join(ctx, out, names[i]->d_name, path);
        if (status == QMT_OK)
            status = part_read(ctx, path, list);
        free(names[i]);
    }
    free(names);
    return status == QMT_OK && n > 1 ? repeats_drop(ctx, list) : status;
}

QmtStatus rejected_file_append(QmtContext *ctx, const char *out, const Shard *shard,
                               const Rejection *rejection)
{
    char path[FILE_PATH_SIZE], text[sizeof TITLES + LINE_SIZE];
    File file = file_none();
    uint64_t size;
    TRY(path_make(ctx, out, shard, path));
    TRY(file_open(ctx, path, FILE_APPEND, &file));
    QmtStatus status = file_size(ctx, &file, &size);
    const size_t n_titles = status == QMT_OK && size == 0 ? sizeof TITLES - 1 : 0;
    memcpy(text, TITLES, n_titles);
    const size_t n = n_titles + line_format(rejection, text + n_titles);
    if (status == QMT_OK)
        status = file_write_at(ctx, &file, text, n, 0);
    file_abandon(&file);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/// Names that this job could compute after all, sorted. NULL if there is no memory.
static const char **computed_names(const Plan *plan, const Outcomes *outcomes, size_t *n)
{
    const char **const names = malloc((plan->n_tasks + 1) * sizeof *names);
    *n = 0;
    for (size_t t = 0; names != NULL && outcomes != NULL && t < plan->n_tasks; t++) {
        BatchOutcome outcome;
        outcomes_get(outcomes, t, &outcome);
        if ((outcome.ran || outcome.result.reused) && !outcome.rejected)
            names[(*n)++] = plan->tasks[t].structure->name;
    }
    if (names != NULL)
        qsort(names, *n, sizeof *names, by_name);
    return names;
}

/// What a rejection is about, as its line says it: "source\tname". The caller frees it.
static char *key_of(const Rejection *rejection)
{
    char source[600], name[300], key[1000];
    snprintf(key, sizeof key, "%s\t%s", text_printable(rejection->source, source, sizeof source),
             text_printable(rejection->name, name, sizeof name));
    return strdup(key);
}

static void keys_release(char **keys, size_t n)
{
    for (size_t i = 0; keys != NULL && i < n; i++)
        free(keys[i]);
    free(keys);
}

/// Keys of a list, sorted; NULL if there is no memory.
static char **keys_of(const RejectionList *list)
{
    char **const keys = calloc(list->n + 1, sizeof *keys);
    for (size_t i = 0; keys != NULL && i < list->n; i++) {
        keys[i] = key_of(&list->items[i]);
        if (keys[i] == NULL) {
            keys_release(keys, i);
            return NULL;
        }
    }
    if (keys != NULL)
        qsort(keys, list->n, sizeof *keys, by_name);
    return keys;
}

/// Bytes of the name of a file in a place in it, "list.smi:12:1".
static size_t file_length(const char *source)
{
    size_t length = strlen(source);
    for (size_t n = length; n > 0;) {
        const size_t end = n;
        while (n > 0 && source[n - 1] >= '0' && source[n - 1] <= '9')
            n--;
        if (n == end || n == 0 || source[n - 1] != ':')
            break;
        length = --n;
    }
    return length;
}

/// The file of a place, as its line says it. The caller frees it.
static char *file_of(const char *source)
{
    char shown[600];
    char *const file = strndup(source, file_length(source));
    char *const copy = file != NULL ? strdup(text_printable(file, shown, sizeof shown)) : NULL;
    free(file);
    return copy;
}

/// Standard input and what a caller gives are another list each time.
static bool is_file(const char *name)
{
    return strcmp(name, "-") != 0 && strcmp(name, "molecule") != 0;
}

/// Files that a job read as a whole, sorted; NULL if there is no memory. Structures of one file follow one another.
static char **files_of(const Plan *plan, size_t *n)
{
    const StructureList *const structures = &plan->structures;
    char **const files = calloc(structures->n + 1, sizeof *files);
    *n = 0;
    for (size_t i = 0; files != NULL && !plan->chosen && i < structures->n; i++) {
        char *const file = file_of(structures->items[i].source);
        if (file != NULL && (!is_file(file) || (*n > 0 && strcmp(file, files[*n - 1]) == 0))) {
            free(file);
            continue;
        }
        files[*n] = file;
        if (file == NULL) {
            keys_release(files, *n);
            return NULL;
        }
        ++*n;
    }
    if (files != NULL)
        qsort(files, *n, sizeof *files, by_name);
    return files;
}

/// Earlier lines are out of date where this job could compute the molecule, says something about it itself, or read
/// the whole file that it was in.
typedef struct {
    const char **computed;
    size_t n_computed;
    char **keys;
    size_t n_keys;
    char **files;
    size_t n_files;
} News;

static bool still_holds(const Rejection *earlier, const News *news)
{
    char *const key = key_of(earlier), *const file = file_of(earlier->source);
    const bool said = key != NULL && bsearch(&key, news->keys, news->n_keys, sizeof key, by_name);
    const bool was_read =
        file != NULL && bsearch(&file, news->files, news->n_files, sizeof file, by_name);
    free(key);
    free(file);
    return !said && !was_read &&
           bsearch(&earlier->name, news->computed, news->n_computed, sizeof *news->computed,
                   by_name) == NULL;
}

/// Writes what holds now, or only says whether that is something else than the file has.
static QmtStatus merge(QmtContext *ctx, const char *path, const RejectionList *now,
                       const News *news, bool write, bool *changed)
{
    RejectionList earlier = {0};
    char *there = NULL;
    size_t n = 0, n_there = 0;
    QmtStatus status = part_read(ctx, path, &earlier);
    if (status == QMT_OK && file_exists(path))
        status = file_read_whole(ctx, path, FILE_LIMIT, &there, &n_there);
    char *const text = malloc(sizeof TITLES + (earlier.n + now->n) * LINE_SIZE);
    if (status == QMT_OK && text == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for it", path);
    if (status == QMT_OK) {
        n = sizeof TITLES - 1;
        memcpy(text, TITLES, n);
        for (size_t i = 0; i < earlier.n; i++)
            if (still_holds(&earlier.items[i], news))
                n += line_format(&earlier.items[i], text + n);
        for (size_t i = 0; i < now->n; i++)
            n += line_format(&now->items[i], text + n);
        n = n > sizeof TITLES - 1 ? n : 0; // titles alone are no file
        *changed = n != n_there || (n > 0 && memcmp(text, there, n) != 0);
    }
    if (status == QMT_OK && write && *changed)
        status = n > 0 ? file_write_whole(ctx, path, text, n) : file_remove(ctx, path);
    rejections_release(&earlier);
    free(text);
    free(there);
    return status;
}

QmtStatus rejected_file_write(QmtContext *ctx, const char *out, const Plan *plan,
                              const Outcomes *outcomes)
{
    static const RejectionList NONE = {0};
    const RejectionList *const now =
        plan->structures.rejected != NULL ? plan->structures.rejected : &NONE;
    char path[FILE_PATH_SIZE], lock_path[FILE_PATH_SIZE];
    char lock_name[REJECTED_NAME_SIZE + 8] = "";
    File lock = file_none();
    TRY(path_make(ctx, out, &plan->shard, path));
    rejected_file_name(&plan->shard, lock_name);
    strcat(lock_name, ".lock");
    TRY(file_join(ctx, out, lock_name, lock_path));
    if (now->n == 0 && !file_exists(path))
        return QMT_OK;
    bool changed = false;
    News news = {.keys = keys_of(now), .n_keys = now->n};
    news.computed = computed_names(plan, outcomes, &news.n_computed);
    news.files = files_of(plan, &news.n_files);
    QmtStatus status = news.computed == NULL || news.keys == NULL || news.files == NULL
                           ? FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its names", path)
                           : merge(ctx, path, now, &news, false, &changed);
    if (status == QMT_OK && changed)
        status = lock_take(ctx, lock_path, LOCK_WAIT_S, &lock, NULL);
    if (status == QMT_OK && changed)
        status = merge(ctx, path, now, &news, true, &changed);
    keys_release(news.keys, now->n);
    keys_release(news.files, news.n_files);
    free(news.computed);
    lock_give_back(&lock);
    return status;
}
