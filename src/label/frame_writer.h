#ifndef LABEL_FRAME_WRITER_H
#define LABEL_FRAME_WRITER_H

#include "base/context.h"
#include "engine/properties.h"
#include "io/processes.h"
#include "label/frame_columns.h"

/// A frame of extended XYZ with labels: what stands in the input stays as it is, labels are added. A key or column of
/// the input that has the name of a label is kept under another one, input_NAME.

enum { LABEL_METHODS_MAX = 2 };

/// What one method says.
typedef struct {
    const char *suffix;          ///< of its keys: "", "_gfn1"
    const char *method;          ///< "GFN2-xTB", with its solvent
    double energy;               ///< hartree
    const double (*gradient)[3]; ///< [n_atoms][3] hartree/bohr
    const double *properties;    ///< [properties_size()] a.u.
    unsigned property_set;
} MethodLabels;

/// What is written into a frame.
typedef struct {
    bool has_state; ///< charge and multiplicity are known
    int charge, multiplicity;
    const char *charge_source, *multiplicity_source;
    size_t n_methods; ///< 0: the frame could not be computed
    MethodLabels methods[LABEL_METHODS_MAX];
    unsigned names; ///< bit 1 << m: the names of method m are labels, computed or not
    const char *suffixes[LABEL_METHODS_MAX];
    unsigned property_set; ///< likewise of properties
    const char *failure;   ///< sentence; NULL: none
} FrameLabels;

/// Adds the frame to *out. What is kept under another name is a note of the context.
///
/// @return false if its lines are no columns that could be written again; nothing is added then
bool frame_write(QmtContext *ctx, const FrameLines *lines, const FrameLabels *labels, Bytes *out);

#endif
