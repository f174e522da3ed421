#include "label/reference_result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/json.h"
#include "io/text.h"

enum { SIZE_LIMIT = 1 << 28 };

/// Inputs hold ten decimals of an angstrom; ORCA's file has seven of a bohr, and programs differ in the length of a bohr.
static const double SAME_PLACE_BOHR = 1e-4;

/// Numbers of a file, in the order energy, gradient, geometry.
typedef struct {
    size_t n_atoms;
    double *numbers; ///< [1 + 6 n_atoms]
} Numbers;

static QmtStatus array_take(QmtContext *ctx, const char *path, const cJSON *object,
                            const char *name, size_t n, double *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    size_t i = 0;
    if (cJSON_IsArray(item))
        for (item = item->child; item != NULL && i < n + 1 && cJSON_IsNumber(item);
             item = item->next, i++)
            if (i < n)
                out[i] = item->valuedouble;
    return i == n && item == NULL ? QMT_OK
                                  : FAIL(ctx, QMT_ERR_FORMAT,
                                         "%s: \"%s\" is not a list of %zu numbers", path, name, n);
}

static QmtStatus json_take(QmtContext *ctx, const char *path, const char *text, Numbers *into)
{
    cJSON *const object = cJSON_Parse(text);
    const cJSON *const energy = cJSON_GetObjectItemCaseSensitive(object, "energy");
    const size_t n = 3 * into->n_atoms;
    QmtStatus status =
        cJSON_IsNumber(energy)
            ? QMT_OK
            : FAIL(ctx, QMT_ERR_FORMAT, "%s: is no JSON object with an \"energy\"", path);
    if (status == QMT_OK) {
        into->numbers[0] = energy->valuedouble;
        status = array_take(ctx, path, object, "gradient", n, into->numbers + 1);
    }
    if (status == QMT_OK)
        status = array_take(ctx, path, object, "geometry", n, into->numbers + 1 + n);
    cJSON_Delete(object);
    return status;
}

/// ORCA's file has, between lines that begin with "#": the number of atoms, the energy, the gradient, then a line of atomic
/// number and coordinates per atom.
static QmtStatus engrad_take(QmtContext *ctx, const char *path, Text *text,
                             const int *atomic_numbers, Numbers *into)
{
    const size_t n = 3 * into->n_atoms;
    size_t at = 0; // numbers so far: count, energy, gradient, then four per atom
    double first = 0.0;
    for (size_t l = 0; l < text->n_lines; l++) {
        char *words[8];
        if (text->line[l][strspn(text->line[l], " \t")] == '#')
            continue;
        const size_t n_words = text_split(text->line[l], words, 8);
        for (size_t w = 0; w < n_words && w < 8; w++, at++) {
            double value;
            if (text_parse_double(words[w], &value) != NULL)
                return FAIL(ctx, QMT_ERR_FORMAT, "%s:%zu: \"%.40s\" is not a number", path, l + 1,
                            words[w]);
            const size_t k = at - 2 - n; // of the lines of the atoms
            if (at == 0)
                first = value;
            else if (at < 2 + n)
                into->numbers[at - 1] = value;
            else if (k / 4 < into->n_atoms && k % 4 > 0)
                into->numbers[1 + n + 3 * (k / 4) + k % 4 - 1] = value;
            else if (k / 4 < into->n_atoms && value != (double)atomic_numbers[k / 4])
                return FAIL(ctx, QMT_ERR_FORMAT, "%s:%zu: is of other atoms", path, l + 1);
        }
    }
    return first == (double)into->n_atoms && at == 2 + n + 4 * into->n_atoms
               ? QMT_OK
               : FAIL(ctx, QMT_ERR_FORMAT, "%s: is not whole, or of other atoms", path);
}

static QmtStatus numbers_read(QmtContext *ctx, const char *path, const int *atomic_numbers,
                              Numbers *into)
{
    const size_t length = strlen(path);
    char *data = NULL;
    size_t n = 0;
    Text text;
    TRY(file_read_whole(ctx, path, SIZE_LIMIT, &data, &n));
    QmtStatus status;
    if (length > 5 && strcmp(path + length - 5, ".json") == 0) {
        status = json_take(ctx, path, data, into);
    } else {
        status = text_from_memory(ctx, path, data, n, &text);
        if (status == QMT_OK) {
            status = engrad_take(ctx, path, &text, atomic_numbers, into);
            text_release(&text);
        }
    }
    free(data);
    return status;
}

static QmtStatus numbers_check(QmtContext *ctx, const char *path, const Numbers *read,
                               const double (*xyz)[3])
{
    const size_t n = 3 * read->n_atoms;
    for (size_t i = 0; i < 1 + n; i++)
        if (!isfinite(read->numbers[i]))
            return FAIL(ctx, QMT_ERR_FORMAT, "%s: has a number that is not finite", path);
    for (size_t i = 0; i < n; i++)
        if (!(fabs(read->numbers[1 + n + i] - xyz[i / 3][i % 3]) <= SAME_PLACE_BOHR))
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: is of another geometry: atom %zu is elsewhere, or the program has "
                        "turned the molecule",
                        path, i / 3 + 1);
    return QMT_OK;
}

QmtStatus reference_result_read(QmtContext *ctx, const char *path, size_t n_atoms,
                                const int *numbers, const double (*xyz)[3], ReferenceResult *result)
{
    Numbers read = {.n_atoms = n_atoms,
                    .numbers = malloc((1 + 6 * n_atoms) * sizeof *read.numbers)};
    if (read.numbers == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its numbers", path);
    QmtStatus status = numbers_read(ctx, path, numbers, &read);
    if (status == QMT_OK)
        status = numbers_check(ctx, path, &read, xyz);
    if (status == QMT_OK) {
        result->energy = read.numbers[0];
        memcpy(result->gradient, read.numbers + 1, n_atoms * sizeof *result->gradient);
    }
    free(read.numbers);
    return status;
}
