/// Writes small trajectories for the Python tests, which look at them with NumPy:
///
///     make_trajectory FOLDER               trajectory.npz, 5000 frames in single precision
///     make_trajectory FOLDER float64       the same in double precision
///     make_trajectory FOLDER partial       trajectory.partial.npz after 1234 of 5000 frames
///     make_trajectory FOLDER sparse        a file of more than 4 GiB, nearly all of it a hole
///     make_trajectory FILE.npz list        prints what our reader finds in a file, one array a line

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "io/file.h"
#include "io/npy.h"
#include "io/npz_read.h"
#include "io/zip.h"
#include "trajectory/trajectory.h"

enum { N_ATOMS = 3, N_FRAMES = 5000, N_PARTIAL = 1234, WINDOW_STEPS = 1000 };

static const char METADATA[] =
    "{\"name\": \"w\xC3\xA4ter\", \"velocity_units\": \"nm/ps\", \"pbc\": false, \"num_atoms\": 3}";

/// value[array][frame][atom][x] = sin(array + 0.001 frame + 0.1 atom + 0.01 x), known to the test too.
static void fill(double (*vectors)[3], int array, int frame)
{
    for (int a = 0; a < N_ATOMS; a++)
        for (int x = 0; x < 3; x++)
            vectors[a][x] = sin(array + 0.001 * frame + 0.1 * a + 0.01 * x);
}

static QmtStatus write_frames(QmtContext *ctx, Trajectory *t, int n_frames)
{
    double pos[N_ATOMS][3], vel[N_ATOMS][3], forces[N_ATOMS][3];
    for (int f = 0; f < n_frames; f++) {
        fill(pos, 0, f);
        fill(vel, 1, f);
        fill(forces, 2, f);
        TRY(trajectory_append(ctx, t,
                              &(TrajectoryFrame){.pos = pos,
                                                 .vel = vel,
                                                 .forces = forces,
                                                 .kinetic = 1.0 + f,
                                                 .potential = -2.0 - f,
                                                 .total = -1.0,
                                                 .time = 0.00025 * f}));
        if (f == 1000 || f == 3000)
            for (int s = 0; s < WINDOW_STEPS; s++)
                TRY(trajectory_window_add(ctx, t,
                                          &(TrajectoryWindowStep){.window = f == 1000 ? 0 : 1,
                                                                  .kinetic = s / 3.0,
                                                                  .potential = -s / 7.0,
                                                                  .total = s / 3.0 - s / 7.0}));
    }
    return QMT_OK;
}

static QmtStatus write_trajectory(QmtContext *ctx, const char *folder, bool float64, bool partial)
{
    static const int NUMBERS[N_ATOMS] = {8, 1, 1};
    static const double MASSES[N_ATOMS] = {15.999, 1.008, 1.008};
    const TrajectoryLayout layout = {.n_atoms = N_ATOMS,
                                     .n_frames = N_FRAMES,
                                     .float64 = float64,
                                     .numbers = NUMBERS,
                                     .masses = MASSES,
                                     .n_window_steps = 2 * WINDOW_STEPS,
                                     .window_text = true};
    Trajectory *t = NULL;
    TRY(trajectory_create(ctx, folder, &layout, &t));
    QmtStatus status = write_frames(ctx, t, partial ? N_PARTIAL : N_FRAMES);
    if (status == QMT_OK)
        status = partial ? trajectory_finish_partial(ctx, t, METADATA)
                         : trajectory_finish(ctx, t, METADATA);
    trajectory_close(&t);
    return status;
}

/// CRC-32 of n zeros behind crc, by doubling: CRCs of parts combine without the parts.
static uint32_t crc_of_zeros(uint32_t crc, uint64_t n)
{
    const unsigned char zero = 0;
    uLong block = crc32(0, &zero, 1);
    for (uint64_t length = 1; n > 0; n >>= 1, length *= 2) {
        if (n & 1)
            crc = (uint32_t)crc32_combine(crc, block, (z_off_t)length);
        block = crc32_combine(block, block, (z_off_t)length);
    }
    return crc;
}

/// One member of `rows` rows of 3 floats: zeros but for the last row, 1 2 3. Behind it a small one.
static QmtStatus write_sparse_members(QmtContext *ctx, File *file)
{
    const uint64_t rows = ((uint64_t)5 << 30) / 12;
    const float last[3] = {1.0f, 2.0f, 3.0f};
    const double time[2] = {0.0, 0.25};
    unsigned char header[2][NPY_HEADER_MAX], local[ZIP_LOCAL_MAX], directory[4096];
    const size_t n_header[2] = {npy_header("<f4", 2, (uint64_t[]){rows, 3}, header[0]),
                                npy_header("<f8", 1, (uint64_t[]){2}, header[1])};
    ZipMember members[2] = {{.name = "pos.npy", .size = n_header[0] + rows * sizeof last},
                            {.name = "time_ps.npy", .size = n_header[1] + sizeof time}};

    members[0].crc = crc_of_zeros(zip_crc(0, header[0], n_header[0]), (rows - 1) * sizeof last);
    members[0].crc = zip_crc(members[0].crc, last, sizeof last);
    members[1].crc = zip_crc(zip_crc(0, header[1], n_header[1]), time, sizeof time);

    uint64_t offset = zip_place(&members[0], 0);
    TRY(file_write_at(ctx, file, last, sizeof last, offset - sizeof last));
    offset = zip_place(&members[1], offset);
    TRY(file_write_at(ctx, file, time, sizeof time, offset - sizeof time));
    for (int m = 0; m < 2; m++) {
        TRY(file_write_at(ctx, file, header[m], n_header[m], members[m].data_offset));
        TRY(file_write_at(ctx, file, local, zip_local_header(&members[m], local),
                          members[m].header_offset));
    }
    zip_directory(members, 2, offset, directory);
    return file_write_at(ctx, file, directory, zip_directory_size(members, 2), offset);
}

static QmtStatus write_sparse(QmtContext *ctx, const char *folder)
{
    char path[FILE_PATH_SIZE];
    File file = file_none();
    TRY(file_join(ctx, folder, "sparse.npz", path));
    TRY(file_open(ctx, path, FILE_CREATE, &file));
    const QmtStatus status = write_sparse_members(ctx, &file);
    file_abandon(&file);
    return status;
}

/// NAME KIND ITEM_BYTES SHAPE... : bytes of the last row, or the text.
static QmtStatus print_array(QmtContext *ctx, Npz *npz, const NpzArray *array)
{
    unsigned char row[256];
    char *text = NULL;
    printf("%s %c %" PRIu64, array->name, array->kind, array->item_bytes);
    for (size_t d = 0; d < array->n_dims; d++)
        printf(" %" PRIu64, array->shape[d]);
    printf(" :");
    if (array->kind == 'U') {
        TRY(npz_read_text(ctx, npz, array, &text));
        printf(" %s", text);
        free(text);
    } else if (array->row_bytes <= sizeof row && array->data_bytes > 0) {
        const uint64_t last = array->n_dims > 0 ? array->shape[0] - 1 : 0;
        TRY(npz_read_rows(ctx, npz, array, last, 1, row));
        printf(" ");
        for (uint64_t i = 0; i < array->row_bytes; i++)
            printf("%02x", (unsigned)row[i]);
    }
    printf("\n");
    return QMT_OK;
}

static QmtStatus list(QmtContext *ctx, const char *path)
{
    Npz npz;
    TRY(npz_open(ctx, path, &npz));
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < npz.n && status == QMT_OK; i++)
        status = print_array(ctx, &npz, &npz.arrays[i]);
    // The hole of the large file is read by NumPy already.
    if (status == QMT_OK && npz.n > 0 && npz.arrays[0].data_bytes < 1 << 30)
        status = npz_verify(ctx, &npz);
    npz_close(&npz);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    const char *kind = argc > 2 ? argv[2] : "";
    QmtContext *ctx;
    QmtStatus status = qmt_context_create(&ctx);
    if (status == QMT_OK && strcmp(kind, "list") == 0)
        status = list(ctx, argv[1]);
    else if (status == QMT_OK)
        status = strcmp(kind, "sparse") == 0
                     ? write_sparse(ctx, argv[1])
                     : write_trajectory(ctx, argv[1], strcmp(kind, "float64") == 0,
                                        strcmp(kind, "partial") == 0);
    if (status != QMT_OK)
        fprintf(stderr, "%s\n", ctx != NULL ? qmt_context_message(ctx) : "no memory");
    qmt_context_destroy(&ctx);
    return status == QMT_ERR_FORMAT ? 3 : status != QMT_OK;
}
