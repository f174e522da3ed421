#include "audit/arrays.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *name;
    char kind;
    uint64_t item_bytes;
    bool or_double; ///< float64 on request
    size_t n_dims;
    bool frames, atoms; ///< first axis F; an axis N
    bool needed;
} ARRAYS[N_ARRAYS] = {
    [ARRAY_POS] = {"pos", 'f', 4, true, 3, true, true, true},
    [ARRAY_VEL] = {"vel", 'f', 4, true, 3, true, true, true},
    [ARRAY_FORCES] = {"forces", 'f', 4, true, 3, true, true, true},
    [ARRAY_EKIN] = {"Ekin", 'f', 8, false, 1, true, false, true},
    [ARRAY_EPOT] = {"Epot", 'f', 8, false, 1, true, false, true},
    [ARRAY_ETOT] = {"Etot", 'f', 8, false, 1, true, false, true},
    [ARRAY_TIME] = {"time_ps", 'f', 8, false, 1, true, false, true},
    [ARRAY_MASSES] = {"masses", 'f', 4, false, 1, false, true, true},
    [ARRAY_TYPES] = {"atom_types", 'i', 4, false, 1, false, true, true},
    [ARRAY_BOX] = {"box", 'f', 4, false, 3, true, false, false},
};

QmtStatus archive_check(QmtContext *ctx, const char *path, Check *check, bool *readable)
{
    struct stat about;
    *readable = false;
    // Opening a pipe would wait for its other end.
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode))
        return FAIL(ctx, QMT_ERR_IO, "%s: this is no regular file; give an .npz file or a folder",
                    path);
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

/// False if the array has a shape or a type that nothing can be made of.
static bool shape_fits(const Check *check, ArrayPlace place, const NpzArray *array)
{
    if (array->n_dims != ARRAYS[place].n_dims || (array->kind != 'f' && array->kind != 'i') ||
        (array->item_bytes != 4 && array->item_bytes != 8))
        return false;
    if (ARRAYS[place].frames && array->shape[0] != check->n_frames)
        return false;
    if (ARRAYS[place].n_dims == 1)
        return ARRAYS[place].frames || array->shape[0] == check->n_atoms;
    return array->shape[1] == (ARRAYS[place].atoms ? check->n_atoms : 3) && array->shape[2] == 3;
}

/// Numbers of frames and atoms, which everything else is held against.
static bool sizes_find(Check *check)
{
    const NpzArray *const pos = npz_find(&check->npz, "pos");
    if (pos == NULL || pos->n_dims != 3) {
        check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                  pos == NULL ? "pos is missing"
                              : "pos does not have the shape (frames, atoms, 3)");
        return false;
    }
    check->n_frames = pos->shape[0];
    check->n_atoms = (size_t)pos->shape[1];
    if (!shape_fits(check, ARRAY_POS, pos)) {
        // Nothing follows from the size of the file then: (2^40, 2^40, 0) takes no byte.
        check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                  "pos does not have the shape (frames, atoms, 3), or not the type f4 or f8");
        return false;
    }
    if (check->n_frames == 0 || check->n_atoms == 0) {
        check_say(check, CHECK_ARRAYS, CHECK_FAIL, "there are no %s",
                  check->n_frames == 0 ? "frames" : "atoms");
        return false;
    }
    return true;
}

static void array_find(Check *check, ArrayPlace place)
{
    const char *const name = ARRAYS[place].name;
    const NpzArray *const array = npz_find(&check->npz, name);
    if (array == NULL) {
        check_say(check, CHECK_ARRAYS, ARRAYS[place].needed ? CHECK_FAIL : CHECK_WARN,
                  "%s is missing", name);
        return;
    }
    if (array->kind != ARRAYS[place].kind || (array->item_bytes != ARRAYS[place].item_bytes &&
                                              !(ARRAYS[place].or_double && array->item_bytes == 8)))
        check_say(check, CHECK_ARRAYS, CHECK_FAIL, "%s is of type %c%" PRIu64 ", not %c%" PRIu64,
                  name, array->kind, array->item_bytes, ARRAYS[place].kind,
                  ARRAYS[place].item_bytes);
    if (shape_fits(check, place, array))
        check->array[place] = array;
    else
        check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                  "%s does not have the shape expected for %" PRIu64 " frames of %zu atoms", name,
                  check->n_frames, check->n_atoms);
}

void arrays_check(Check *check)
{
    if (!sizes_find(check)) {
        check->n_frames = 0;
        return;
    }
    for (int place = 0; place < N_ARRAYS; place++)
        array_find(check, (ArrayPlace)place);
    static const char *const TEXTS[] = {"metadata", "nve_windows"};
    for (size_t i = 0; i < 2; i++) {
        const NpzArray *const array = npz_find(&check->npz, TEXTS[i]);
        if (array == NULL)
            check_say(check, CHECK_ARRAYS, i == 0 ? CHECK_FAIL : CHECK_WARN, "%s is missing",
                      TEXTS[i]);
        else if (array->kind != 'U' || array->n_dims != 0)
            check_say(check, CHECK_ARRAYS, CHECK_FAIL, "%s is no text", TEXTS[i]);
    }
    check_say(check, CHECK_ARRAYS, CHECK_PASS, "%" PRIu64 " frames of %zu atoms", check->n_frames,
              check->n_atoms);
}

/// True if this program writes an array of this name.
static bool name_is_known(const char *name)
{
    for (int place = 0; place < N_ARRAYS; place++)
        if (strcmp(name, ARRAYS[place].name) == 0)
            return true;
    for (int p = 0; p < N_PROPERTIES; p++)
        if (strcmp(name, PROPERTIES[p].name) == 0)
            return true;
    return strcmp(name, "metadata") == 0 || strcmp(name, "nve_windows") == 0;
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

QmtStatus arrays_check_ours(QmtContext *ctx, Check *check)
{
    if (!check->is_ours)
        return QMT_OK;
    for (size_t i = 0; i < check->npz.n; i++)
        if (!name_is_known(check->npz.arrays[i].name))
            check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                      "%s is no array that this program writes; was its name damaged?",
                      check->npz.arrays[i].name);
    if (npz_find(&check->npz, "nve_windows") == NULL || npz_find(&check->npz, "box") == NULL)
        check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                  "%s is missing, which this program always writes",
                  npz_find(&check->npz, "box") == NULL ? "box" : "nve_windows");
    return check->array[ARRAY_BOX] != NULL ? box_check(ctx, check) : QMT_OK;
}
