#include "structure/structure_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "structure/coord.h"
#include "structure/format_detect.h"
#include "structure/input_text.h"
#include "structure/sdf.h"
#include "structure/structure_names.h"
#include "structure/xyz.h"

/// "folder/water.pdb" -> "folder/water", for the name of the converted file.
static void stem_of(const char *path, char stem[STRUCTURE_SOURCE_SIZE])
{
    const char *const slash = strrchr(path, '/');
    const char *const point = strrchr(slash != NULL ? slash : path, '.');
    const size_t n = point != NULL && point > path ? (size_t)(point - path) : strlen(path);
    snprintf(stem, STRUCTURE_SOURCE_SIZE, "%.*s", (int)(n < 400 ? n : 400), path);
}

static QmtStatus foreign_refuse(QmtContext *ctx, const char *path, const DetectedFormat *found)
{
    char stem[STRUCTURE_SOURCE_SIZE], way[1024] = "";
    stem_of(path, stem);
    if (found->way != NULL) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(way, sizeof way, found->way, path, stem); // from the table of the formats
#pragma GCC diagnostic pop
    }
    // What is converted to XYZ has lost its charge, if it had one.
    const char *const then = strstr(way, ".xyz\"") != NULL || strstr(way, ".xyz')") != NULL
                                 ? "; then write its charge= into the comment line, if it has one"
                                 : "";
    return FAIL(ctx, QMT_ERR_FORMAT, "%.300s: this is %s, which is not read here%s%.500s%s", path,
                found->name, way[0] != '\0' ? ": " : "", way, then);
}

static QmtStatus text_dispatch(QmtContext *ctx, const char *path, InputFormat format,
                               const Text *text, bool is_file, const SmilesColumns *columns,
                               StructureList *list)
{
    switch (format) {
    case FORMAT_SDF:
        return sdf_read_text(ctx, path, text, is_file, list);
    case FORMAT_COORD:
        return coord_read_text(ctx, path, text, is_file, list);
    case FORMAT_SMILES:
        return smiles_read_text(ctx, path, text, columns, list);
    default:
        return xyz_read_text(ctx, path, text, is_file, list);
    }
}

static QmtStatus data_read(QmtContext *ctx, const char *path, const char *data, size_t n,
                           bool is_file, const SmilesColumns *columns, StructureList *list)
{
    const DetectedFormat found = format_detect(path, data, n);
    if (found.format == FORMAT_FOREIGN)
        return foreign_refuse(ctx, path, &found);
    Text text;
    TRY(text_from_memory(ctx, path, data, n, &text));
    const QmtStatus status = text_dispatch(ctx, path, found.format, &text, is_file, columns, list);
    text_release(&text);
    return status;
}

QmtStatus structures_read_memory(QmtContext *ctx, const char *path, const char *data, size_t n,
                                 const SmilesColumns *columns, StructureList *list)
{
    return data_read(ctx, path, data, n, false, columns, list);
}

QmtStatus structures_read(QmtContext *ctx, const char *path, const SmilesColumns *columns,
                          StructureList *list)
{
    char *data, name[STRUCTURE_NAME_SIZE];
    size_t n;
    TRY(input_read(ctx, path, XYZ_SIZE_LIMIT, &data, &n));
    const QmtStatus status = data_read(ctx, path, data, n, strcmp(path, "-") != 0, columns, list);
    free(data);
    name_from_path(path, name);
    return rejection_take(ctx, list->rejected, path, name, REJECT_FORMAT, status);
}
