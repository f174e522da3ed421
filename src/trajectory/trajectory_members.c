#include <stdio.h>
#include <string.h>

#include "trajectory/trajectory_parts.h"

enum {
    BUFFER_FRAMES = 256,    // so many frames a killed process loses at most
    BUFFER_BYTES = 4 << 20, // large molecules get fewer frames
    /// Three numbers of up to 24 characters with their commas, four bytes each.
    WINDOW_TEXT_BYTES = 3 * 26 * 4,
};

static TrajectorySizes sizes_of(const Trajectory *t, uint64_t n_frames)
{
    return (TrajectorySizes){
        .n_frames = n_frames, .n_atoms = t->layout.n_atoms, .n_window_steps = t->n_window_steps};
}

size_t trajectory_npy_header(const Trajectory *t, size_t member, uint64_t n_frames,
                             unsigned char *out)
{
    const TrajectoryArray *array = &t->members[member].array;
    const TrajectorySizes sizes = sizes_of(t, n_frames);
    uint64_t shape[TRAJECTORY_AXES_MAX];
    const size_t n_axes = trajectory_array_shape(array, &sizes, shape);
    return npy_header(trajectory_array_descr(array, t->layout.float64), n_axes, shape, out);
}

uint64_t trajectory_place_member(Trajectory *t, size_t member, uint64_t n_frames, uint64_t offset)
{
    unsigned char header[NPY_HEADER_MAX];
    const TrajectoryArray *array = &t->members[member].array;
    const TrajectorySizes sizes = sizes_of(t, n_frames);
    uint64_t shape[TRAJECTORY_AXES_MAX];
    uint64_t bytes = trajectory_array_item_bytes(array, t->layout.float64);
    const size_t n_axes = trajectory_array_shape(array, &sizes, shape);
    for (size_t i = 0; i < n_axes; i++)
        bytes *= shape[i];
    t->members[member].npy_size = trajectory_npy_header(t, member, n_frames, header);
    t->zip[member].size = t->members[member].npy_size + bytes;
    return zip_place(&t->zip[member], offset);
}

uint64_t trajectory_place(Trajectory *t, uint64_t n_frames)
{
    uint64_t offset = 0;
    for (size_t m = 0; m < t->n_placed; m++)
        offset = trajectory_place_member(t, m, n_frames, offset);
    return offset;
}

uint64_t trajectory_offset(const Trajectory *t, size_t stream, uint64_t frame)
{
    const Member *member = &t->members[stream];
    return t->zip[stream].data_offset + member->npy_size + frame * member->frame_bytes;
}

static void member_add(Trajectory *t, size_t id)
{
    const size_t m = t->n_members++;
    t->members[m] = (Member){.id = id, .array = trajectory_array(id)};
    snprintf(t->zip[m].name, sizeof t->zip[m].name, "%s.npy", t->members[m].array.name);
}

static void streams_describe(Trajectory *t)
{
    size_t frame = 0;
    for (size_t s = 0; s < t->n_streams; s++) {
        Member *member = &t->members[s];
        member->frame_bytes = trajectory_array_row(&member->array, t->layout.n_atoms) *
                              trajectory_array_item_bytes(&member->array, t->layout.float64);
        frame += member->frame_bytes;
    }
    t->buffer_frames = BUFFER_BYTES / frame;
    if (t->buffer_frames > BUFFER_FRAMES)
        t->buffer_frames = BUFFER_FRAMES;
    if (t->buffer_frames < 1)
        t->buffer_frames = 1;
}

void trajectory_describe(Trajectory *t)
{
    static const TrajectoryRole REST[] = {ROLE_ATOM, ROLE_CONSTANT, ROLE_WINDOW, ROLE_DOCUMENT};
    for (size_t i = 0; i < N_ARRAYS; i++)
        if (trajectory_array(i).role == ROLE_FRAME && i != ARRAY_TIME &&
            trajectory_array_is_there(i, t->layout.further, 0))
            member_add(t, i);
    for (size_t p = 0; p < N_PROPERTIES; p++)
        if (t->layout.properties >> p & 1)
            member_add(t, N_ARRAYS + p);
    member_add(t, ARRAY_TIME);
    t->n_streams = t->n_members;
    for (size_t r = 0; r < sizeof REST / sizeof *REST; r++) {
        if (REST[r] == ROLE_WINDOW)
            t->n_placed = t->n_members;
        for (size_t i = 0; i < N_ARRAYS; i++)
            if (trajectory_array(i).role == REST[r] &&
                (i != ARRAY_NVE_TEXT || t->layout.window_text))
                member_add(t, i);
    }
    streams_describe(t);
}

uint64_t trajectory_tail_bytes(const Trajectory *t)
{
    uint64_t step = 0;
    for (size_t m = t->n_placed; m < t->n_members; m++)
        if (t->members[m].id == ARRAY_NVE_TEXT)
            step += WINDOW_TEXT_BYTES;
        else if (t->members[m].array.role == ROLE_WINDOW)
            step += trajectory_array_item_bytes(&t->members[m].array, t->layout.float64);
    return TRAJECTORY_METADATA_BYTES + t->layout.n_window_steps * step;
}

uint64_t trajectory_bytes(const TrajectoryLayout *layout)
{
    Trajectory t = {.layout = *layout};
    trajectory_describe(&t);
    return trajectory_place(&t, layout->n_frames) + trajectory_tail_bytes(&t) +
           layout->n_window_steps * sizeof(TrajectoryWindowStep); // of nve_windows.part
}
