#include "audit/arrays.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

QmtStatus archive_check(QmtContext *ctx, const char *path, Check *check, bool *readable)
{
    *readable = false;
    QmtStatus status = npz_open(ctx, path, &check->npz);
    if (status == QMT_ERR_FORMAT) {
        check_say(check, CHECK_ARCHIVE, CHECK_FAIL, "%s", qmt_context_message(ctx));
        return QMT_OK;
    }
    TRY(status);
    *readable = true;
    check_say(check, CHECK_ARCHIVE, CHECK_PASS, "%zu arrays", check->npz.n);
    status = npz_verify(ctx, &check->npz);
    if (status == QMT_ERR_FORMAT)
        check_say(check, CHECK_CHECKSUMS, CHECK_FAIL, "%s", qmt_context_message(ctx));
    else
        TRY(status);
    check_say(check, CHECK_CHECKSUMS, CHECK_PASS, "CRC-32 of all arrays");
    return QMT_OK;
}

/// Numbers of frames and atoms, which everything else is held against.
static bool sizes_find(Check *check)
{
    const NpzArray *const pos = npz_find(&check->npz, trajectory_array(ARRAY_POS).name);
    if (pos == NULL || pos->n_dims != 3) {
        check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                  pos == NULL ? "pos is missing"
                              : "pos does not have the shape (frames, atoms, 3)");
        return false;
    }
    const TrajectorySizes sizes = {.n_frames = pos->shape[0], .n_atoms = pos->shape[1]};
    if (!trajectory_array_has_shape(ARRAY_POS, pos, &sizes)) {
        // Nothing follows from the size of the file then: (2^40, 2^40, 0) takes no byte.
        check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                  "pos does not have the shape (frames, atoms, 3), or not the type f4 or f8");
        return false;
    }
    check->n_frames = sizes.n_frames;
    check->n_atoms = (size_t)sizes.n_atoms;
    if (check->n_frames == 0 || check->n_atoms == 0) {
        check_say(check, CHECK_ARRAYS, CHECK_FAIL, "there are no %s",
                  check->n_frames == 0 ? "frames" : "atoms");
        return false;
    }
    return true;
}

/// True if the configuration in the metadata asks for the array.
static bool is_promised(const Check *check, const char *name)
{
    const cJSON *const config = cJSON_GetObjectItemCaseSensitive(check->metadata, "config");
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(config, "properties"))
    {
        const char *const text = cJSON_GetStringValue(item);
        if (text != NULL && strcmp(text, name) == 0)
            return true;
    }
    return false;
}

/// True if the metadata name the unit of an array that not every trajectory has.
static bool is_described(const Check *check, const TrajectoryArray *row)
{
    const cJSON *const units = cJSON_GetObjectItemCaseSensitive(check->metadata, "units");
    return row->role == ROLE_FRAME && !row->required &&
           cJSON_GetObjectItemCaseSensitive(units, row->name) != NULL;
}

/// How bad it is that row i of the schema is missing.
static CheckVerdict missing_verdict(const Check *check, size_t i)
{
    const TrajectoryArray row = trajectory_array(i);
    if (row.required || i == ARRAY_METADATA || is_promised(check, row.name))
        return CHECK_FAIL;
    return i == ARRAY_BOX ? CHECK_WARN : CHECK_PASS;
}

/// Looks for row i of the schema. What does not fit is said of `item`; what nothing can be made of is not kept.
static void array_find(Check *check, size_t i, CheckItem item)
{
    const TrajectoryArray row = trajectory_array(i);
    const TrajectorySizes sizes = {.n_frames = check->n_frames, .n_atoms = check->n_atoms};
    const NpzArray *const array = npz_find(&check->npz, row.name);
    if (array == NULL) {
        const CheckVerdict verdict = missing_verdict(check, i);
        if (verdict != CHECK_PASS)
            check_say(check, item, verdict, "%s is missing", row.name);
        return;
    }
    if (row.type == TYPE_TEXT && !trajectory_array_has_shape(i, array, &sizes))
        check_say(check, item, CHECK_FAIL, "%s is not a text", row.name);
    else if (!trajectory_array_has_type(i, array))
        check_say(check, item, CHECK_FAIL, "%s is of type %c%" PRIu64 ", not %s", row.name,
                  array->kind, array->item_bytes, trajectory_array_descr(&row, false) + 1);
    if (row.role == ROLE_WINDOW) // of lengths of their own, see windows.c
        return;
    if (trajectory_array_has_shape(i, array, &sizes))
        check->array[i] = array;
    else if (row.type != TYPE_TEXT)
        check_say(check, item, CHECK_FAIL,
                  "%s does not have the shape expected for %" PRIu64 " frames of %zu atoms",
                  row.name, check->n_frames, check->n_atoms);
}

void arrays_check(Check *check)
{
    if (!sizes_find(check)) {
        check->n_frames = 0;
        return;
    }
    for (size_t i = 0; i < N_ARRAYS; i++)
        array_find(check, i, CHECK_ARRAYS);
    check_say(check, CHECK_ARRAYS, CHECK_PASS, "%" PRIu64 " frames of %zu atoms", check->n_frames,
              check->n_atoms);
}

void arrays_find_properties(Check *check)
{
    for (size_t i = N_ARRAYS; i < N_TRAJECTORY_ARRAYS; i++)
        array_find(check, i, CHECK_PROPERTIES);
}

/// Nothing is periodic: the box is the identity in every frame.
static QmtStatus box_check(QmtContext *ctx, Check *check)
{
    enum { FRAMES = 64, BOX = 9 };
    double raw[FRAMES * BOX], box[FRAMES * BOX];
    for (uint64_t first = 0; first < check->n_frames; first += FRAMES) {
        const uint64_t left = check->n_frames - first, n = left < FRAMES ? left : FRAMES;
        TRY(check_read(ctx, check, check->array[ARRAY_BOX], first, n, raw, box));
        for (size_t i = 0; i < n * BOX; i++)
            if (box[i] != (i % BOX % 4 == 0 ? 1.0 : 0.0)) {
                check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                          "box of frame %" PRIu64 " has the element %.6g, not those of the "
                          "identity; nothing here is periodic",
                          first + i / BOX, box[i]);
                return QMT_OK;
            }
    }
    return QMT_OK;
}

/// Those that every trajectory of this configuration has.
static void further_check(Check *check)
{
    const CheckMotion *const motion = &check->motion;
    const bool heat = motion->thermostat != NULL && motion->thermostat->scales;
    if (!motion->known || check->is_sample)
        return;
    if (heat && check->array[ARRAY_HEAT] == NULL)
        check_say(check, CHECK_ARRAYS, CHECK_FAIL, "heat is missing, which %s gives every frame",
                  motion->thermostat->name);
    if (motion->target_k != motion->target_end_k && check->array[ARRAY_WANTED] == NULL)
        check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                  "temperature_wanted is missing, which temperature_ramp_K gives every frame");
}

QmtStatus arrays_check_ours(QmtContext *ctx, Check *check)
{
    if (!check->is_ours)
        return QMT_OK;
    further_check(check);
    for (size_t i = 0; i < check->npz.n; i++)
        if (trajectory_array_find(check->npz.arrays[i].name) == N_TRAJECTORY_ARRAYS)
            check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                      "%s is not an array that this program writes; was its name damaged?",
                      check->npz.arrays[i].name);
    for (size_t i = 0; i < N_ARRAYS; i++) {
        const TrajectoryArray row = trajectory_array(i);
        if (check->array[i] == NULL && is_described(check, &row))
            check_say(check, CHECK_ARRAYS, CHECK_FAIL, "%s is missing", row.name);
    }
    const bool windows = npz_find(&check->npz, trajectory_array(ARRAY_NVE_WINDOW).name) != NULL ||
                         check->array[ARRAY_NVE_TEXT] != NULL;
    if (!windows || check->array[ARRAY_BOX] == NULL)
        check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                  "%s is missing, which this program always writes",
                  trajectory_array(windows ? ARRAY_BOX : ARRAY_NVE_WINDOW).name);
    return check->array[ARRAY_BOX] != NULL ? box_check(ctx, check) : QMT_OK;
}
