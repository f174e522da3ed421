#include "structure/structure_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/printable.h"
#include "io/text.h"

/// How many folders a name may be made of.
enum { FOLDERS_MAX = 8 };

static bool ending_cut(const char *base, size_t *length, const char *ending)
{
    const size_t n = strlen(ending);
    if (*length <= n || strncasecmp(base + *length - n, ending, n) != 0)
        return false;
    *length -= n;
    return true;
}

/// Length of the last part of a path without the endings of formats.
static size_t stem_length(const char *base)
{
    static const char *const ENDINGS[] = {".xyz", ".extxyz", ".exyz", ".allxyz", ".sdf",   ".sd",
                                          ".mol", ".coord",  ".tmol", ".smi",    ".smiles"};
    size_t length = strlen(base);
    ending_cut(base, &length, ".gz");
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (ending_cut(base, &length, ENDINGS[i]))
            break;
    return length;
}

static const char *base_of(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

bool name_from_path(const char *path, char name[STRUCTURE_NAME_SIZE])
{
    const char *const base = strcmp(path, "-") == 0 ? "stdin" : base_of(path);
    char stem[STRUCTURE_NAME_SIZE];
    bool changed;
    size_t length = stem_length(base);
    if (length >= sizeof stem)
        length = sizeof stem - 1;
    memcpy(stem, base, length);
    stem[length] = '\0';
    if (!structure_name_clean(stem, name, &changed))
        strcpy(name, "molecule");
    return changed;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(Structure *const *)a)->name, (*(Structure *const *)b)->name);
}

/// The structures from index first on in the order of their names, malloc'ed; NULL: no memory.
static Structure **sorted_by_name(StructureList *list, size_t first)
{
    const size_t n = list->n - first;
    Structure **const sorted = malloc((n + 1) * sizeof *sorted);
    if (sorted == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        sorted[i] = &list->items[first + i];
    qsort(sorted, n, sizeof *sorted, by_name);
    return sorted;
}

static void number_append(char name[STRUCTURE_NAME_SIZE], size_t number)
{
    char suffix[32];
    size_t length = strlen(name);
    const size_t n = (size_t)snprintf(suffix, sizeof suffix, "_%04zu", number);
    if (length + n > STRUCTURE_NAME_MAX)
        length = STRUCTURE_NAME_MAX - n;
    while (length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80)
        length--; // a character of several bytes is not cut
    strcpy(name + length, suffix);
}

/// Refuses to name a molecule after a file whose name holds characters that nobody sees: replaced in silence,
/// two such files would become one molecule.
static QmtStatus file_name_check(QmtContext *ctx, const char *path)
{
    const char *const base = base_of(path);
    if (!text_is_utf8(base, strlen(base)) || text_is_printable(base))
        return QMT_OK;
    return FAIL(ctx, QMT_ERR_INPUT,
                "%s: the name of this file contains a control character or one that cannot be "
                "seen, but it is to become a folder; rename the file",
                path);
}

/// Gives the structures from index first on that have no name that of their file.
static QmtStatus nameless_name(QmtContext *ctx, const char *path, StructureList *list, size_t first)
{
    char stem[STRUCTURE_NAME_SIZE];
    bool to_say = name_from_path(path, stem);
    for (size_t i = first; i < list->n; i++) {
        Structure *const s = &list->items[i];
        if (s->name[0] != '\0')
            continue;
        TRY(file_name_check(ctx, path));
        if (to_say)
            context_log(ctx, QMT_LOG_INFO,
                        "%s: the name of this file cannot be that of a folder; its molecule is "
                        "called \"%s\"",
                        path, stem);
        to_say = false;
        strcpy(s->name, stem);
        s->name_origin = NAME_OF_FILE;
    }
    return QMT_OK;
}

void frame_name(const char *path, const Structure *frame, char name[STRUCTURE_NAME_SIZE])
{
    if (frame->name[0] != '\0') {
        strcpy(name, frame->name);
        return;
    }
    name_from_path(path, name);
    number_append(name, frame->frame);
}

QmtStatus frames_name(QmtContext *ctx, const char *path, StructureList *list, size_t first,
                      size_t n_frames)
{
    TRY(nameless_name(ctx, path, list, first));
    const size_t n = list->n - first;
    if (n_frames < 2)
        return QMT_OK;

    Structure **const sorted = sorted_by_name(list, first);
    bool *const shared = calloc(n + 1, sizeof *shared);
    if (sorted == NULL || shared == NULL) {
        free(sorted);
        free(shared);
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the names of %zu frames", path, n);
    }
    for (size_t i = 1; i < n; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            shared[sorted[i - 1] - &list->items[first]] = shared[sorted[i] - &list->items[first]] =
                true;
    for (size_t i = 0; i < n; i++) {
        Structure *const s = &list->items[first + i];
        // Others that could not be read would have the name of the file, too.
        if (shared[i] || (n < n_frames && s->name_origin == NAME_OF_FILE))
            number_append(s->name, s->frame);
    }
    free(sorted);
    free(shared);
    return QMT_OK;
}

/// True if the folders of a path are not what they are called: "./a", "../a", "a/../b".
static bool has_dots(const char *path)
{
    return path[0] == '.' || strstr(path, "/.") != NULL;
}

/// The last n folders above a file, joined by "_": 2 of "/data/a/b/struc.xyz" is "a_b". False if there are less.
static bool folders_join(const char *path, int n, char joined[STRUCTURE_NAME_SIZE])
{
    char whole[4096], *parts[FOLDERS_MAX + 1];
    int found = 0;
    snprintf(whole, sizeof whole, "%s", path);
    for (char *slash = strrchr(whole, '/'); slash != NULL && found <= n;
         slash = strrchr(whole, '/')) {
        *slash = '\0';
        parts[found++] = slash + 1;
    }
    if (found <= n && whole[0] != '\0') // the first folder of a relative path
        parts[found++] = whole;
    if (found <= n)
        return false;
    joined[0] = '\0';
    for (int i = n; i >= 1; i--)
        snprintf(joined + strlen(joined), STRUCTURE_NAME_SIZE - strlen(joined), "%s%.100s",
                 joined[0] != '\0' ? "_" : "", parts[i]);
    return joined[0] != '\0';
}

/// The name of a structure after its folders, with the number of its frame; "" if there are not so many.
static void name_after_folders(const Structure *s, int n_folders, char name[STRUCTURE_NAME_SIZE])
{
    char stem[STRUCTURE_NAME_SIZE], joined[STRUCTURE_NAME_SIZE], whole[2 * STRUCTURE_NAME_SIZE];
    bool changed;
    name_from_path(s->path, stem);
    const size_t n = strlen(stem);
    const char *const frame = strncmp(s->name, stem, n) == 0 ? s->name + n : "";
    name[0] = '\0';
    bool there = !has_dots(s->path) && folders_join(s->path, n_folders, joined);
    if (!there) {
        char *const real = realpath(s->path, NULL);
        there = real != NULL && folders_join(real, n_folders, joined);
        free(real);
    }
    snprintf(whole, sizeof whole, "%s%s", joined, frame);
    if (!there || !structure_name_clean(whole, name, &changed))
        name[0] = '\0';
}

/// Renames all of a group, if the new names are all different.
static bool group_rename(Structure **group, size_t n, int n_folders)
{
    char(*const names)[STRUCTURE_NAME_SIZE] = calloc(n, sizeof *names);
    char **const order = calloc(n, sizeof *order);
    bool apart = names != NULL && order != NULL;
    for (size_t i = 0; i < n && apart; i++) {
        name_after_folders(group[i], n_folders, names[i]);
        order[i] = names[i];
        apart = names[i][0] != '\0';
    }
    if (apart)
        qsort(order, n, sizeof *order, text_order);
    for (size_t i = 1; i < n && apart; i++)
        apart = strcmp(order[i - 1], order[i]) != 0;
    for (size_t i = 0; i < n && apart; i++)
        strcpy(group[i]->name, names[i]);
    free(names);
    free(order);
    return apart;
}

QmtStatus structures_name_apart(QmtContext *ctx, StructureList *list, NamesFrom from)
{
    Structure **const sorted = sorted_by_name(list, 0);
    if (sorted == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu names", list->n);
    size_t n_apart = 0;
    for (size_t i = 0, end; i < list->n && from != NAMES_OF_FILE; i = end) {
        bool of_files = true;
        for (end = i; end < list->n && strcmp(sorted[i]->name, sorted[end]->name) == 0; end++)
            of_files =
                of_files && sorted[end]->name_origin == NAME_OF_FILE && sorted[end]->path != NULL;
        bool apart = !of_files || (end - i == 1 && from == NAMES_APART);
        for (int n_folders = 1; n_folders < FOLDERS_MAX && !apart; n_folders++) {
            apart = group_rename(sorted + i, end - i, n_folders);
            n_apart += apart ? end - i : 0;
        }
    }
    free(sorted);
    if (n_apart > 0 && from == NAMES_APART)
        context_log(ctx, QMT_LOG_INFO,
                    "%zu files with names that come twice are named after their folders", n_apart);
    return QMT_OK;
}
