#ifndef DATASET_FORMAT_FLAT_H
#define DATASET_FORMAT_FLAT_H

#include "dataset/frame_array.h"

/// Folders of arrays in which the frames of all molecules stand one behind the other, for readers that map them into
/// memory: an array of numbers per atom or per frame in each file, and one that says where the atoms of a frame begin.
/// A reader is a file format_NAME.c with its layout.

typedef struct {
    const char *file;
    FrameArrayId id;
    const char *descr; ///< "<f4", "<f8", "<i4" or "|i1"
    const char *shape; ///< for README.md; A: atoms of all frames, F: frames
    double factor;     ///< from the unit of the FrameArray
    const char *unit;
} FlatArray;

enum { FLAT_ARRAYS_MAX = 12 };

typedef struct {
    const char *folder; ///< below that of the part, "": none
    const char *index;  ///< name of the file with the first atom of each frame, int64 (F + 1,)
    bool npy;           ///< the index has a header of NumPy, and the number of frames a file ns.npy
    const FlatArray *arrays;
    size_t n_arrays;
    void (*training)(const Set *set, FILE *out);
} FlatLayout;

// The functions of SetFormat; `more` is a FlatLayout.

QmtStatus flat_open(QmtContext *ctx, const SetFormat *format, const Set *set, const char *folder,
                    Split split, SetWriter **writer);
QmtStatus flat_system(QmtContext *ctx, SetWriter *face, const System *system);
QmtStatus flat_append(QmtContext *ctx, SetWriter *face, const SetFrame *frame);
QmtStatus flat_finish(QmtContext *ctx, SetWriter *face);
void flat_close(SetWriter *face);
void flat_contents(const SetFormat *format, const Set *set, FILE *out);
void flat_training(const SetFormat *format, const Set *set, FILE *out);

#endif
