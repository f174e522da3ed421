#include "structure/structure.h"

#include <assert.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "data/element.h"
#include "io/text.h"

/// For messages, also of one whose place was not set.
static const char *source_of(const Structure *structure)
{
    return structure->source != NULL ? structure->source : structure->name;
}

QmtStatus structure_reserve(QmtContext *ctx, Structure *structure, size_t n_atoms)
{
    int *numbers = calloc(n_atoms, sizeof *numbers);
    double(*xyz)[3] = calloc(n_atoms, sizeof *xyz);
    if (numbers == NULL || xyz == NULL) {
        free(numbers);
        free(xyz);
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu atoms", source_of(structure),
                    n_atoms);
    }
    free(structure->numbers);
    free(structure->xyz);
    structure->numbers = numbers;
    structure->xyz = xyz;
    structure->n_atoms = n_atoms;
    return QMT_OK;
}

QmtStatus structure_set_smiles(QmtContext *ctx, Structure *structure, const char *smiles)
{
    char *copy = strdup(smiles);
    if (copy == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the SMILES", source_of(structure));
    free(structure->smiles);
    structure->smiles = copy;
    return QMT_OK;
}

QmtStatus structure_set_isotope(QmtContext *ctx, Structure *structure, size_t atom, int mass_number)
{
    assert(atom < structure->n_atoms);
    if (structure->isotopes == NULL)
        structure->isotopes = calloc(structure->n_atoms, sizeof *structure->isotopes);
    if (structure->isotopes == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu isotopes", source_of(structure),
                    structure->n_atoms);
    structure->isotopes[atom] = mass_number;
    return QMT_OK;
}

double structure_mass_da(const Structure *structure, size_t atom)
{
    const int z = structure->numbers[atom];
    const int mass_number = structure->isotopes != NULL ? structure->isotopes[atom] : 0;
    return mass_number != 0 ? isotope_mass_da(z, mass_number) : element_mass_da(z);
}

QmtStatus structure_set_source(QmtContext *ctx, Structure *structure, const char *source)
{
    char *const copy = strdup(source);
    if (copy == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its place", source);
    free(structure->source);
    structure->source = copy;
    return QMT_OK;
}

QmtStatus structure_set_path(QmtContext *ctx, Structure *structure, const char *path)
{
    char *const copy = strdup(path);
    if (copy == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its path", source_of(structure));
    free(structure->path);
    structure->path = copy;
    return QMT_OK;
}

QmtStatus structure_set_unclear(QmtContext *ctx, Structure *structure, bool charge,
                                bool multiplicity, const char *sentence)
{
    structure->charge_unclear = structure->charge_unclear || charge;
    structure->multiplicity_unclear = structure->multiplicity_unclear || multiplicity;
    if (structure->unclear != NULL)
        return QMT_OK;
    structure->unclear = strdup(sentence);
    if (structure->unclear == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for a sentence", source_of(structure));
    return QMT_OK;
}

QmtStatus structure_set_bonds(QmtContext *ctx, Structure *structure, size_t n_bonds,
                              const int (*bonds)[2])
{
    int(*copy)[2] = calloc(n_bonds + 1, sizeof *copy);
    if (copy == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu bonds", source_of(structure),
                    n_bonds);
    if (n_bonds > 0)
        memcpy(copy, bonds, n_bonds * sizeof *copy);
    free(structure->bonds);
    structure->bonds = copy;
    structure->n_bonds = n_bonds;
    return QMT_OK;
}

/// What a copy owns beside its numbers and positions.
static QmtStatus texts_copy(QmtContext *ctx, const Structure *from, Structure *to)
{
    for (size_t a = 0; from->isotopes != NULL && a < from->n_atoms; a++)
        TRY(structure_set_isotope(ctx, to, a, from->isotopes[a]));
    if (from->smiles != NULL)
        TRY(structure_set_smiles(ctx, to, from->smiles));
    if (from->path != NULL)
        TRY(structure_set_path(ctx, to, from->path));
    if (from->unclear != NULL)
        TRY(structure_set_unclear(ctx, to, false, false, from->unclear));
    return from->bonds != NULL
               ? structure_set_bonds(ctx, to, from->n_bonds, (const int(*)[2])from->bonds)
               : QMT_OK;
}

QmtStatus structure_copy(QmtContext *ctx, const Structure *structure, Structure *copy)
{
    Structure made = *structure;
    made.numbers = made.isotopes = NULL;
    made.xyz = NULL;
    made.bonds = NULL;
    made.source = made.smiles = made.path = made.unclear = NULL;
    QmtStatus status = structure_set_source(ctx, &made, source_of(structure));
    if (status == QMT_OK)
        status = structure_reserve(ctx, &made, structure->n_atoms);
    if (status == QMT_OK) {
        memcpy(made.numbers, structure->numbers, structure->n_atoms * sizeof *made.numbers);
        memcpy(made.xyz, structure->xyz, structure->n_atoms * sizeof *made.xyz);
        status = texts_copy(ctx, structure, &made);
    }
    *copy = (Structure){0};
    if (status == QMT_OK)
        *copy = made;
    else
        structure_release(&made);
    return status;
}

void structure_release(Structure *structure)
{
    free(structure->numbers);
    free(structure->xyz);
    free(structure->isotopes);
    free(structure->unclear);
    free(structure->smiles);
    free(structure->source);
    free(structure->path);
    free(structure->bonds);
    *structure = (Structure){0};
}

QmtStatus structures_append(QmtContext *ctx, StructureList *list, Structure *structure)
{
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
        Structure *items = realloc(list->items, capacity * sizeof *items);
        if (items == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu structures",
                        source_of(structure), capacity);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->n++] = *structure;
    *structure = (Structure){0};
    return QMT_OK;
}

void structures_truncate(StructureList *list, size_t n)
{
    assert(n <= list->n);
    while (list->n > n)
        structure_release(&list->items[--list->n]);
}

void structures_release(StructureList *list)
{
    structures_truncate(list, 0);
    free(list->items);
    *list = (StructureList){0};
}

const char *structure_name_problem(const char *name)
{
    static const char *const reserved[] = {
        "summary.json",       "summary.json.lock", "summary.json.tmp", "rejected.*tsv",
        "rejected.*tsv.lock", "rejected.*tsv.tmp", "packed.*zip",      "packed.*zip.*"};
    const size_t length = strlen(name);
    if (length == 0)
        return "is empty";
    if (length > STRUCTURE_NAME_MAX)
        return "is longer than 200 bytes";
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return "means a folder that exists already";
    if (strpbrk(name, "/\\") != NULL)
        return "contains a path separator";
    if (strchr(name, '"') != NULL) // start.xyz could not be read again
        return "contains a quote";
    if (!text_is_utf8(name, length))
        return "is not valid UTF-8";
    if (!text_is_printable(name))
        return "contains a control character or one that cannot be seen";
    if (name[0] == ' ' || name[length - 1] == ' ')
        return "begins or ends with a blank";
    if (name[0] == '.')
        return "begins with a point, which hides it";
    if (name[0] == '-')
        return "begins with a dash, which programs take for an option";
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (fnmatch(reserved[i], name, 0) == 0)
            return "is that of a file of the program";
    return NULL;
}

bool structure_name_clean(const char *text, char name[STRUCTURE_NAME_SIZE], bool *changed)
{
    const char *begin = text + strspn(text, " \t");
    size_t n = strlen(begin), kept = 0;
    while (n > 0 && strchr(" \t", begin[n - 1]) != NULL)
        n--;
    const bool utf8 = text_is_utf8(begin, n);
    for (size_t i = 0, length; i < n; i += length) {
        const unsigned char c = (unsigned char)begin[i];
        unsigned long code = c;
        length = utf8 ? utf8_decode(begin + i, n - i, &code) : 1;
        const bool bad = character_is_unseen(code) || strchr("/\\\"", c) != NULL ||
                         (!utf8 && c > 0x7F) || (kept == 0 && strchr(".-", c) != NULL);
        if (kept + (bad ? 1 : length) > STRUCTURE_NAME_MAX)
            break;
        if (bad)
            name[kept++] = '_';
        else
            memcpy(name + kept, begin + i, length);
        kept += bad ? 0 : length;
    }
    while (kept > 0 && name[kept - 1] == ' ')
        kept--;
    name[kept] = '\0';
    if (kept > 0 && structure_name_problem(name) != NULL) // a file of the program
        strcpy(name + kept, "_");
    if (kept > 0 &&
        structure_name_problem(name) != NULL) { // "packed.zip.index", whatever stands behind it
        memmove(name + 1, name, kept);
        name[0] = '_';
        name[kept + 1] = '\0';
    }
    *changed = strcmp(name, text) != 0;
    return kept > 0 && structure_name_problem(name) == NULL;
}

/// By name, then by place in the list, so that the message names the first two.
static int by_name(const void *a, const void *b)
{
    const Structure *const *first = a, *const *second = b;
    const int order = strcmp((*first)->name, (*second)->name);
    return order != 0 ? order : (*first > *second) - (*first < *second);
}

/// Takes the structures that were marked out of the list; the others keep their order.
static void marked_remove(StructureList *list, const bool *marked)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (marked[i])
            structure_release(&list->items[i]);
        else
            list->items[n++] = list->items[i];
    }
    list->n = n;
}

static QmtStatus name_check(QmtContext *ctx, const Structure *s)
{
    const char *const problem = structure_name_problem(s->name);
    if (problem == NULL)
        return QMT_OK;
    return FAIL(ctx, QMT_ERR_INPUT,
                "%s: the name \"%s\" %s, but it is to become a folder; choose another one",
                s->source, s->name, problem);
}

/// Of neighbours with one name all but the first are refused.
static QmtStatus duplicates_find(QmtContext *ctx, const StructureList *list,
                                 const Structure *const *sorted, bool *marked)
{
    const Structure *first = sorted[0];
    for (size_t i = 1; i < list->n; i++) {
        const Structure *const s = sorted[i];
        if (strcmp(first->name, s->name) != 0 || first->conformer.number != s->conformer.number) {
            first = s;
            continue;
        }
        const QmtStatus status = FAIL(
            ctx, QMT_ERR_INPUT,
            "%s: the name \"%s\" was taken before at %s; names become folders, choose another one",
            s->source, s->name, first->source);
        TRY(rejection_take(ctx, list->rejected, s->source, s->name, REJECT_NAME, status));
        marked[s - list->items] = true;
    }
    return QMT_OK;
}

QmtStatus structures_check_names(QmtContext *ctx, StructureList *list)
{
    const Structure **const sorted = malloc((list->n + 1) * sizeof *sorted);
    bool *const marked = calloc(list->n + 1, sizeof *marked);
    QmtStatus status = QMT_OK;
    if (sorted == NULL || marked == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu names", list->n);
    for (size_t i = 0; i < list->n && status == QMT_OK; i++) {
        const Structure *const s = &list->items[i];
        status = name_check(ctx, s);
        marked[i] = status != QMT_OK;
        status = rejection_take(ctx, list->rejected, s->source, s->name, REJECT_NAME, status);
    }
    if (status == QMT_OK)
        marked_remove(list, marked);
    if (status == QMT_OK && list->n > 1) {
        memset(marked, 0, list->n * sizeof *marked);
        for (size_t i = 0; i < list->n; i++)
            sorted[i] = &list->items[i];
        qsort(sorted, list->n, sizeof *sorted, by_name);
        status = duplicates_find(ctx, list, sorted, marked);
        if (status == QMT_OK)
            marked_remove(list, marked);
    }
    free(sorted);
    free(marked);
    return status;
}
