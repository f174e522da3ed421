#include "io/hdf5.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"

#ifdef QMTRAJ_HAVE_HDF5

#include <hdf5.h>

enum { BUFFER_ITEMS = 1 << 13 };

static QmtStatus failure(QmtContext *ctx, const char *what)
{
    return FAIL(ctx, QMT_ERR_IO, "HDF5: %.300s cannot be written; is the disk full?", what);
}

QmtStatus hdf5_require(QmtContext *ctx)
{
    (void)ctx;
    return QMT_OK;
}

static hid_t type_of(const char *descr)
{
    if (strcmp(descr, "<f4") == 0)
        return H5T_IEEE_F32LE;
    if (strcmp(descr, "<i2") == 0)
        return H5T_STD_I16LE;
    if (strcmp(descr, "<i4") == 0)
        return H5T_STD_I32LE;
    if (strcmp(descr, "<i8") == 0)
        return H5T_STD_I64LE;
    assert(strcmp(descr, "<f8") == 0);
    return H5T_IEEE_F64LE;
}

QmtStatus hdf5_file_create(QmtContext *ctx, const char *path, Hdf5Id *file)
{
    H5dont_atexit(); // a file that the disk did not take would be closed again when the process ends, and crash it
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL); // sentences are ours
    const hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_obj_track_times(creation, false);
    const hid_t made = H5Fcreate(path, H5F_ACC_TRUNC, creation, H5P_DEFAULT);
    H5Pclose(creation);
    if (made < 0)
        return failure(ctx, path);
    *file = made;
    return QMT_OK;
}

QmtStatus hdf5_file_finish(QmtContext *ctx, const char *path, Hdf5Id *file)
{
    const herr_t flushed = H5Fflush(*file, H5F_SCOPE_LOCAL);
    const herr_t closed = H5Fclose(*file);
    File again = file_none();
    *file = 0;
    if (flushed < 0 || closed < 0)
        return failure(ctx, path);
    TRY(file_open(ctx, path, FILE_UPDATE, &again));
    const QmtStatus status = file_sync(ctx, &again);
    file_abandon(&again);
    return status;
}

void hdf5_file_abandon(Hdf5Id *file)
{
    if (*file > 0)
        H5Fclose(*file);
    *file = 0;
}

QmtStatus hdf5_group_create(QmtContext *ctx, Hdf5Id parent, const char *name, Hdf5Id *group)
{
    const hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(creation, false);
    const hid_t made = H5Gcreate2(parent, name, H5P_DEFAULT, creation, H5P_DEFAULT);
    H5Pclose(creation);
    if (made < 0)
        return failure(ctx, name);
    *group = made;
    return QMT_OK;
}

void hdf5_group_close(Hdf5Id *group)
{
    if (*group > 0)
        H5Gclose(*group);
    *group = 0;
}

static QmtStatus attribute_put(QmtContext *ctx, Hdf5Id object, const char *name, hid_t type,
                               hid_t space, const void *data)
{
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    const bool written = attribute >= 0 && H5Awrite(attribute, type, data) >= 0;
    if (attribute >= 0)
        H5Aclose(attribute);
    H5Sclose(space);
    return written ? QMT_OK : failure(ctx, name);
}

QmtStatus hdf5_attribute(QmtContext *ctx, Hdf5Id object, const char *name, const char *text)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE); // what h5py hands out as str
    H5Tset_cset(type, H5T_CSET_UTF8);
    const QmtStatus status = attribute_put(ctx, object, name, type, H5Screate(H5S_SCALAR), &text);
    H5Tclose(type);
    return status;
}

QmtStatus hdf5_attribute_texts(QmtContext *ctx, Hdf5Id object, const char *name, size_t n,
                               const char *const *texts)
{
    enum { TEXTS_MAX = 8, TEXT_SIZE = 16 };
    char fixed[TEXTS_MAX][TEXT_SIZE] = {{0}};
    const hsize_t length = n;
    assert(n <= TEXTS_MAX);
    for (size_t i = 0; i < n; i++)
        snprintf(fixed[i], TEXT_SIZE, "%s", texts[i]);
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, TEXT_SIZE);
    const QmtStatus status =
        attribute_put(ctx, object, name, type, H5Screate_simple(1, &length, NULL), fixed);
    H5Tclose(type);
    return status;
}

QmtStatus hdf5_attribute_numbers(QmtContext *ctx, Hdf5Id object, const char *name, size_t n,
                                 const int *numbers)
{
    const hsize_t length = n;
    return attribute_put(ctx, object, name, H5T_NATIVE_INT,
                         n == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, NULL),
                         numbers);
}

/// A data set without a time in it.
static hid_t data_create(Hdf5Id group, const char *name, hid_t type, hid_t space)
{
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(creation, false);
    const hid_t made = H5Dcreate2(group, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    H5Pclose(creation);
    return made;
}

QmtStatus hdf5_text(QmtContext *ctx, Hdf5Id group, const char *name, const char *text)
{
    const hsize_t one = 1;
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate_simple(1, &one, NULL);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    const hid_t data = data_create(group, name, type, space);
    const bool written =
        data >= 0 && H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &text) >= 0;
    if (data >= 0)
        H5Dclose(data);
    H5Sclose(space);
    H5Tclose(type);
    return written ? QMT_OK : failure(ctx, name);
}

QmtStatus hdf5_link(QmtContext *ctx, Hdf5Id group, const char *existing, const char *name)
{
    return H5Lcreate_hard(group, existing, group, name, H5P_DEFAULT, H5P_DEFAULT) >= 0
               ? QMT_OK
               : failure(ctx, name);
}

QmtStatus hdf5_array_create(QmtContext *ctx, Hdf5Id group, const char *name, const char *descr,
                            size_t n_dims, const uint64_t *shape, Hdf5Array *array)
{
    Hdf5Array made = {.n_dims = n_dims, .row_items = 1};
    hsize_t dims[HDF5_DIMS_MAX];
    assert(n_dims >= 1 && n_dims <= HDF5_DIMS_MAX);
    for (size_t d = 0; d < n_dims; d++) {
        made.shape[d] = dims[d] = shape[d];
        made.row_items *= d > 0 ? shape[d] : 1;
    }
    snprintf(made.descr, sizeof made.descr, "%s", descr);
    made.room = BUFFER_ITEMS > made.row_items ? BUFFER_ITEMS / made.row_items * made.row_items
                                              : (size_t)made.row_items;
    made.buffer = malloc(made.room * sizeof *made.buffer);
    if (made.buffer == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "HDF5: no memory for %s", name);
    const hid_t space = H5Screate_simple((int)n_dims, dims, NULL);
    const hid_t data = data_create(group, name, type_of(descr), space);
    H5Sclose(space);
    if (data < 0) {
        free(made.buffer);
        return failure(ctx, name);
    }
    made.id = data;
    *array = made;
    return QMT_OK;
}

static QmtStatus buffer_write(QmtContext *ctx, Hdf5Array *a)
{
    const hsize_t n_rows = a->used / a->row_items;
    if (n_rows == 0)
        return QMT_OK;
    hsize_t start[HDF5_DIMS_MAX] = {a->n_written}, count[HDF5_DIMS_MAX] = {n_rows};
    for (size_t d = 1; d < a->n_dims; d++)
        count[d] = a->shape[d];
    const hid_t memory = H5Screate_simple((int)a->n_dims, count, NULL);
    const hid_t file = H5Dget_space(a->id);
    H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, count, NULL);
    // The library converts to the type of the array, as a cast would.
    const herr_t status = H5Dwrite(a->id, H5T_NATIVE_DOUBLE, memory, file, H5P_DEFAULT, a->buffer);
    H5Sclose(file);
    H5Sclose(memory);
    a->n_written += n_rows;
    a->used = 0;
    return status >= 0 ? QMT_OK : failure(ctx, "an array");
}

QmtStatus hdf5_array_add(QmtContext *ctx, Hdf5Array *array, const double *numbers, size_t n,
                         double factor)
{
    for (size_t i = 0; i < n; i++) {
        if (array->used == array->room)
            TRY(buffer_write(ctx, array));
        array->buffer[array->used++] = factor * numbers[i];
    }
    return QMT_OK;
}

QmtStatus hdf5_array_finish(QmtContext *ctx, Hdf5Array *array)
{
    QmtStatus status = buffer_write(ctx, array);
    assert(status != QMT_OK || array->n_written == array->shape[0]);
    if (H5Dclose(array->id) < 0 && status == QMT_OK)
        status = failure(ctx, "an array");
    array->id = 0;
    hdf5_array_abandon(array);
    return status;
}

void hdf5_array_abandon(Hdf5Array *array)
{
    if (array->id > 0)
        H5Dclose(array->id);
    free(array->buffer);
    *array = (Hdf5Array){0};
}

#else

QmtStatus hdf5_require(QmtContext *ctx)
{
    return FAIL(ctx, QMT_ERR_USAGE,
                "this program was built without HDF5 (Debian: libhdf5-dev); the other formats are "
                "there");
}

QmtStatus hdf5_file_create(QmtContext *ctx, const char *path, Hdf5Id *file)
{
    (void)path, (void)file;
    return hdf5_require(ctx);
}

QmtStatus hdf5_file_finish(QmtContext *ctx, const char *path, Hdf5Id *file)
{
    (void)path, (void)file;
    return hdf5_require(ctx);
}

void hdf5_file_abandon(Hdf5Id *file)
{
    (void)file;
}

QmtStatus hdf5_group_create(QmtContext *ctx, Hdf5Id parent, const char *name, Hdf5Id *group)
{
    (void)parent, (void)name, (void)group;
    return hdf5_require(ctx);
}

void hdf5_group_close(Hdf5Id *group)
{
    (void)group;
}

QmtStatus hdf5_attribute(QmtContext *ctx, Hdf5Id object, const char *name, const char *text)
{
    (void)object, (void)name, (void)text;
    return hdf5_require(ctx);
}

QmtStatus hdf5_attribute_texts(QmtContext *ctx, Hdf5Id object, const char *name, size_t n,
                               const char *const *texts)
{
    (void)object, (void)name, (void)n, (void)texts;
    return hdf5_require(ctx);
}

QmtStatus hdf5_attribute_numbers(QmtContext *ctx, Hdf5Id object, const char *name, size_t n,
                                 const int *numbers)
{
    (void)object, (void)name, (void)n, (void)numbers;
    return hdf5_require(ctx);
}

QmtStatus hdf5_text(QmtContext *ctx, Hdf5Id group, const char *name, const char *text)
{
    (void)group, (void)name, (void)text;
    return hdf5_require(ctx);
}

QmtStatus hdf5_link(QmtContext *ctx, Hdf5Id group, const char *existing, const char *name)
{
    (void)group, (void)existing, (void)name;
    return hdf5_require(ctx);
}

QmtStatus hdf5_array_create(QmtContext *ctx, Hdf5Id group, const char *name, const char *descr,
                            size_t n_dims, const uint64_t *shape, Hdf5Array *array)
{
    (void)group, (void)name, (void)descr, (void)n_dims, (void)shape, (void)array;
    return hdf5_require(ctx);
}

QmtStatus hdf5_array_add(QmtContext *ctx, Hdf5Array *array, const double *numbers, size_t n,
                         double factor)
{
    (void)array, (void)numbers, (void)n, (void)factor;
    return hdf5_require(ctx);
}

QmtStatus hdf5_array_finish(QmtContext *ctx, Hdf5Array *array)
{
    (void)array;
    return hdf5_require(ctx);
}

void hdf5_array_abandon(Hdf5Array *array)
{
    (void)array;
}

#endif
