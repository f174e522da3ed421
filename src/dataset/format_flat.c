#include "dataset/format_flat.h"

#include <stdlib.h>
#include <string.h>

#include "io/npy_write.h"

typedef struct {
    SetWriter face; // first: a SetWriter * is a FlatWriter *
    const FlatLayout *layout;
    const Set *set;
    char folder[FILE_PATH_SIZE];
    Output arrays[FLAT_ARRAYS_MAX];
    Output raw_index;
    NpyFile npy_index;
    uint64_t n_atoms, n_frames;
    double *scratch;       ///< [3 n_atoms] of the present molecule
    unsigned char *packed; ///< [room] bytes of an array of a frame
    size_t room;
} FlatWriter;

/// Where the atoms of the next frame begin.
static void index_add(QmtContext *ctx, FlatWriter *w)
{
    unsigned char bytes[sizeof(uint64_t)];
    const double first = (double)w->n_atoms;
    if (w->layout->npy) {
        npy_file_add(ctx, &w->npy_index, &first, 1, 1.0);
        return;
    }
    npy_numbers("<i8", &first, 1, 1.0, bytes);
    output_bytes(ctx, &w->raw_index, bytes, sizeof bytes);
}

static QmtStatus files_open(QmtContext *ctx, FlatWriter *w)
{
    const uint64_t shape[1] = {0};
    for (size_t i = 0; i < w->layout->n_arrays; i++)
        if (frame_array_is_there(w->layout->arrays[i].id, w->set))
            TRY(output_open_in(ctx, w->folder, w->layout->arrays[i].file, &w->arrays[i]));
    TRY(w->layout->npy
            ? npy_file_open(ctx, w->folder, w->layout->index, "<i8", 1, shape, &w->npy_index)
            : output_open_in(ctx, w->folder, w->layout->index, &w->raw_index));
    index_add(ctx, w);
    return QMT_OK;
}

QmtStatus flat_open(QmtContext *ctx, const SetFormat *format, const Set *set, const char *folder,
                    Split split, SetWriter **writer)
{
    char part[FILE_PATH_SIZE];
    FlatWriter *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory to write %s", split_name(split));
    made->face.format = format;
    made->layout = format->more;
    made->set = set;
    QmtStatus status = file_join(ctx, folder, split_name(split), part);
    if (status == QMT_OK)
        status = made->layout->folder[0] != '\0'
                     ? file_join(ctx, part, made->layout->folder, made->folder)
                     : file_join(ctx, folder, split_name(split), made->folder);
    if (status == QMT_OK)
        status = file_make_directories(ctx, made->folder);
    if (status == QMT_OK)
        status = files_open(ctx, made);
    if (status != QMT_OK)
        flat_close(&made->face);
    else
        *writer = &made->face;
    return status;
}

QmtStatus flat_system(QmtContext *ctx, SetWriter *face, const System *system)
{
    FlatWriter *const w = (FlatWriter *)face;
    const size_t n = system->first->n_atoms;
    free(w->scratch);
    free(w->packed);
    w->room = 3 * n * sizeof(double);
    w->scratch = malloc(3 * n * sizeof *w->scratch);
    w->packed = malloc(w->room);
    return w->scratch != NULL && w->packed != NULL
               ? QMT_OK
               : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", n);
}

QmtStatus flat_append(QmtContext *ctx, SetWriter *face, const SetFrame *frame)
{
    FlatWriter *const w = (FlatWriter *)face;
    for (size_t i = 0; i < w->layout->n_arrays; i++) {
        const FlatArray *const array = &w->layout->arrays[i];
        size_t n;
        if (!frame_array_is_there(array->id, w->set))
            continue;
        const double *const numbers = frame_array(frame, array->id, w->scratch, &n);
        const size_t bytes = npy_numbers(array->descr, numbers, n, array->factor, w->packed);
        output_bytes(ctx, &w->arrays[i], w->packed, bytes);
    }
    w->n_atoms += frame->source->n_atoms;
    w->n_frames++;
    index_add(ctx, w);
    return output_check(ctx, &w->arrays[0]);
}

/// ns.npy: the number of frames, an array without axes. metatrain's documentation says (1,), its reader wants ().
static QmtStatus count_write(QmtContext *ctx, const FlatWriter *w)
{
    unsigned char bytes[NPY_HEADER_MAX + sizeof(int64_t)];
    char path[FILE_PATH_SIZE];
    const double n_frames = (double)w->n_frames;
    const size_t n = npy_header("<i8", 0, NULL, bytes);
    TRY(file_join(ctx, w->folder, "ns.npy", path));
    return file_write_whole(ctx, path, bytes, n + npy_numbers("<i8", &n_frames, 1, 1.0, bytes + n));
}

QmtStatus flat_finish(QmtContext *ctx, SetWriter *face)
{
    FlatWriter *const w = (FlatWriter *)face;
    for (size_t i = 0; i < w->layout->n_arrays; i++)
        if (w->arrays[i].buffer != NULL)
            TRY(output_finish(ctx, &w->arrays[i]));
    if (!w->layout->npy)
        return output_finish(ctx, &w->raw_index);
    TRY(npy_file_finish(ctx, &w->npy_index));
    return count_write(ctx, w);
}

void flat_close(SetWriter *face)
{
    FlatWriter *const w = (FlatWriter *)face;
    for (size_t i = 0; i < FLAT_ARRAYS_MAX; i++)
        output_abandon(&w->arrays[i]);
    output_abandon(&w->raw_index);
    npy_file_abandon(&w->npy_index);
    free(w->scratch);
    free(w->packed);
    free(w);
}

/// NumPy's word for a type.
static const char *type_word(const char *descr)
{
    return strcmp(descr, "|i1") == 0   ? "int8"
           : strcmp(descr, "<i4") == 0 ? "int32"
           : strcmp(descr, "<f8") == 0 ? "float64"
                                       : "float32";
}

void flat_contents(const SetFormat *format, const Set *set, FILE *out)
{
    const FlatLayout *const layout = format->more;
    const char *const between = layout->folder[0] != '\0' ? "/" : "";
    fprintf(out,
            "- `train/`, `valid/`, `test/`: all frames of a part one behind the other in "
            "`%s%sFILE`; A is the number of atoms of all F frames\n\n"
            "| file | type | shape | unit |\n|---|---|---|---|\n"
            "| `%s` | int64 | (F + 1,) | where the atoms of each frame begin |\n",
            layout->folder, between, layout->index);
    if (layout->npy)
        fputs("| `ns.npy` | int64 | () | number of frames |\n", out);
    for (size_t i = 0; i < layout->n_arrays; i++) {
        const FlatArray *const array = &layout->arrays[i];
        if (frame_array_is_there(array->id, set))
            fprintf(out, "| `%s` | %s | %s | %s |\n", array->file, type_word(array->descr),
                    array->shape, array->unit);
    }
    fputc('\n', out);
}

void flat_training(const SetFormat *format, const Set *set, FILE *out)
{
    ((const FlatLayout *)format->more)->training(set, out);
}
