#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/audit.h"
#include "fuzz/fuzz.h"
#include "fuzz/sample.h"
#include "io/file.h"
#include "io/npz_read.h"
#include "trajectory/convert.h"

/// Larger molecules are not computed again here: this is about reading, and each takes a moment.
enum { LABEL_ATOMS_MAX = 3, LABELS_EVERY = 16, EXTENDED_EVERY = 8 };

static TrajectoryState writer_state;

size_t fuzz_seed(unsigned which, uint8_t *out, size_t max)
{
    char path[FILE_PATH_SIZE];
    if (which > 1)
        return 0;
    sample_write(fuzz_folder(), SAMPLE_FRAMES, which == 1, true, NULL);
    snprintf(path, sizeof path, "%s/trajectory.npz", fuzz_folder());
    return sample_read(path, out, max);
}

static int entry_remove(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

/// Opens, reads every array that is small, and both texts. Returns the number of atoms, 0 if unknown.
static uint64_t arrays_read(QmtContext *ctx, const char *path, size_t size)
{
    Npz npz;
    if (fuzz_status(npz_open(ctx, path, &npz)) != QMT_OK)
        return 0;
    for (size_t i = 0; i < npz.n; i++) {
        const NpzArray *const array = &npz.arrays[i];
        char *text = NULL;
        if (array->kind == 'U' && fuzz_status(npz_read_text(ctx, &npz, array, &text)) == QMT_OK)
            FUZZ_REQUIRE(strlen(text) <= array->data_bytes);
        free(text);
        if (array->n_dims > 0 && array->shape[0] == 0)
            continue;
        // The reader has promised that the row is in the file, which is small.
        FUZZ_REQUIRE(array->row_bytes < size);
        char *const row = malloc(array->row_bytes + 1);
        FUZZ_REQUIRE(row != NULL);
        fuzz_status(npz_read_rows(ctx, &npz, array, 0, 1, row));
        free(row);
    }
    fuzz_status(npz_verify(ctx, &npz));
    const NpzArray *const pos = npz_find(&npz, "pos");
    const uint64_t n_atoms = pos != NULL && pos->n_dims == 3 ? pos->shape[1] : 0;
    npz_close(&npz);
    return n_atoms;
}

static void converted(QmtContext *ctx, const char *path)
{
    char to[FILE_PATH_SIZE];
    for (size_t i = 0; i < N_SINKS; i++) {
        TrajectoryReader *reader;
        uint64_t n_frames;
        snprintf(to, sizeof to, "%s/t.%s", fuzz_folder(), SINKS[i]->name);
        if (fuzz_status(trajectory_reader_open(ctx, path, &reader)) != QMT_OK)
            return;
        for (int momenta = 0; momenta <= SINKS[i]->has_momenta; momenta++) {
            const ConvertOptions options = {.every = 1 + (uint64_t)momenta,
                                            .momenta = momenta == 1};
            if (fuzz_status(trajectory_convert(ctx, reader, SINKS[i], to, &options, &n_frames)) ==
                QMT_OK)
                FUZZ_REQUIRE(nftw(to, entry_remove, 8, FTW_DEPTH | FTW_PHYS) == 0);
            else
                FUZZ_REQUIRE(!file_exists(to));
        }
        trajectory_reader_close(&reader);
    }
}

/// A finished file as the beginning of a longer one.
static void extended(QmtContext *ctx, const uint8_t *data, size_t size)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE + 32];
    snprintf(folder, sizeof folder, "%s/longer", fuzz_folder());
    if (!file_exists(folder)) {
        FUZZ_REQUIRE(mkdir(folder, 0700) == 0);
        sample_write(folder, SAMPLE_FRAMES, false, true, &writer_state);
    }
    snprintf(path, sizeof path, "%s/trajectory.npz", folder);
    FILE *const file = fopen(path, "wb");
    FUZZ_REQUIRE(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    const TrajectoryLayout layout = sample_layout(2 * SAMPLE_FRAMES, false);
    Trajectory *t = NULL;
    double windows[SAMPLE_WINDOW_STEPS][4];
    for (int i = 0; i < SAMPLE_WINDOW_STEPS; i++) {
        const double record[4] = {i / 2, 1.5, -2577.25, -2575.75};
        memcpy(windows[i], record, sizeof record);
    }
    if (fuzz_status(trajectory_extend(ctx, folder, &layout, SAMPLE_FRAMES, &writer_state, windows,
                                      sizeof windows, &t)) == QMT_OK)
        trajectory_discard(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QmtContext *const ctx = fuzz_context();
    const char *const path = fuzz_file(data, size);
    const uint64_t n_atoms = arrays_read(ctx, path, size);

    CheckReport report;
    const bool labels = n_atoms <= LABEL_ATOMS_MAX && fuzz_sometimes(data, size, LABELS_EVERY);
    if (fuzz_status(check_file(ctx, path, &(CheckOptions){.n_frames = labels ? 1 : 0, .seed = 1},
                               &report)) == QMT_OK)
        for (int i = 0; i < CHECK_COUNT; i++)
            FUZZ_REQUIRE(report.line[i].sentence[0] != '\0');
    converted(ctx, path);
    if (fuzz_sometimes(data, size, EXTENDED_EVERY))
        extended(ctx, data, size);
    return 0;
}
