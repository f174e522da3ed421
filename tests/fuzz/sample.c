#include "fuzz/sample.h"

#include <stdio.h>

#include "fuzz/fuzz.h"

static const int NUMBERS[SAMPLE_ATOMS] = {1, 1};
const double SAMPLE_MASS[SAMPLE_ATOMS] = {1.008, 1.008};
const double SAMPLE_XYZ[SAMPLE_ATOMS][3] = {{0.0, 0.0, -0.7}, {0.0, 0.0, 0.7}};

/// What a run writes into its metadata, shortened to what `check` and `convert` look at.
static const char METADATA[] =
    "{\"name\": \"h2\", \"qm_method\": \"GFN2-xTB\", \"num_atoms\": 2, \"charge\": 0, "
    "\"multiplicity\": 1, \"dof\": 3, \"velocity_units\": \"nm/ps\", \"status\": \"complete\", "
    "\"config\": {\"dt_fs\": 0.25, \"save_interval_steps\": 1, \"length_ps\": 0.0005, "
    "\"temperature_K\": 300.0, \"friction_per_ps\": 1.0, \"ensemble\": \"nvt\", "
    "\"properties\": [\"dipole\", \"charges\", \"bond_orders\", \"homo_lumo_gap\"]}}";

TrajectoryLayout sample_layout(uint64_t n_frames, bool float64)
{
    TrajectoryLayout layout = {.n_atoms = SAMPLE_ATOMS,
                               .n_frames = n_frames,
                               .float64 = float64,
                               .numbers = NUMBERS,
                               .masses = SAMPLE_MASS,
                               .n_window_steps = SAMPLE_WINDOW_STEPS,
                               .window_text = !float64};
    if (float64)
        layout.properties = 1u << PROPERTY_DIPOLE | 1u << PROPERTY_CHARGES |
                            1u << PROPERTY_BOND_ORDERS | 1u << PROPERTY_GAP;
    return layout;
}

static QmtStatus frame_append(QmtContext *ctx, Trajectory *t, int frame)
{
    const double z = 0.037 + 1e-4 * frame, v = 0.1 + 0.01 * frame, f = 500.0 - 20.0 * frame;
    const double pos[SAMPLE_ATOMS][3] = {{0.0, 0.0, -z}, {0.0, 0.0, z}};
    const double vel[SAMPLE_ATOMS][3] = {{0.0, 0.0, -v}, {0.0, 0.0, v}};
    const double forces[SAMPLE_ATOMS][3] = {{0.0, 0.0, f}, {0.0, 0.0, -f}};
    // Dipole, charges, bond orders, gap.
    const double properties[3 + 2 + 4 + 1] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 15.0};
    const double kinetic = SAMPLE_MASS[0] * v * v, potential = -2577.0 + 0.1 * frame;
    return trajectory_append(ctx, t,
                             &(TrajectoryFrame){.pos = pos,
                                                .vel = vel,
                                                .forces = forces,
                                                .kinetic = kinetic,
                                                .potential = potential,
                                                .total = kinetic + potential,
                                                .time = 0.00025 * frame,
                                                .properties = properties});
}

void sample_write(const char *folder, uint64_t n_frames, bool float64, bool finish,
                  TrajectoryState *state)
{
    QmtContext *const ctx = fuzz_context();
    const TrajectoryLayout layout = sample_layout(n_frames, float64);
    Trajectory *t = NULL;
    TrajectoryState found;
    FUZZ_REQUIRE(trajectory_create(ctx, folder, &layout, &t) == QMT_OK);
    for (int frame = 0; frame < SAMPLE_FRAMES; frame++)
        FUZZ_REQUIRE(frame_append(ctx, t, frame) == QMT_OK);
    for (int i = 0; i < SAMPLE_WINDOW_STEPS; i++) {
        const TrajectoryWindowStep step = {i / 2, 1.5, -2577.25, -2575.75};
        FUZZ_REQUIRE(trajectory_window_add(ctx, t, &step) == QMT_OK);
    }
    FUZZ_REQUIRE(trajectory_flush_state(ctx, t, &found) == QMT_OK);
    if (finish)
        FUZZ_REQUIRE(trajectory_finish(ctx, t, METADATA) == QMT_OK);
    trajectory_close(&t);
    if (state != NULL)
        *state = found;
}

size_t sample_read(const char *path, uint8_t *out, size_t max)
{
    FILE *const file = fopen(path, "rb");
    FUZZ_REQUIRE(file != NULL);
    const size_t n = fread(out, 1, max, file);
    const bool whole = fgetc(file) == EOF;
    fclose(file);
    return whole ? n : 0;
}
