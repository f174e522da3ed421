#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/output.h"
#include "trajectory/sink.h"

/// The TRR file of GROMACS, which MDAnalysis, mdtraj and others read: positions, velocities and forces of each frame, big
/// endian after XDR (RFC 4506), in the units of the trajectory (nm, nm/ps, kJ/mol/nm). Numbers are in single
/// precision, or double where the trajectory is. Elements, energies and charge have no place in it; a start.xyz
/// beside a trajectory can be the topology.
///
///     1993, 13, 12, "GMX_trn_file", seven sizes of 0, bytes of x, v and f, atoms, step, 0, time in ps, lambda 0, x, v, f

extern const SinkType SINK_TRR; // at the end of this file

typedef struct {
    Sink face; // first: a Sink * is a TrrSink *
    SinkSpec spec;
    char path[FILE_PATH_SIZE], part[FILE_PATH_SIZE];
    Output output;
} TrrSink;

static void put_int(QmtContext *ctx, Output *output, uint32_t value)
{
    const unsigned char bytes[4] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                                    (unsigned char)(value >> 8), (unsigned char)value};
    output_bytes(ctx, output, bytes, sizeof bytes);
}

static void put_real(QmtContext *ctx, Output *output, double value, bool wide)
{
    const float single = (float)value;
    uint64_t bits;
    uint32_t single_bits;
    memcpy(&bits, &value, sizeof bits);
    memcpy(&single_bits, &single, sizeof single_bits);
    if (wide)
        put_int(ctx, output, (uint32_t)(bits >> 32));
    put_int(ctx, output, wide ? (uint32_t)bits : single_bits);
}

static void put_vectors(QmtContext *ctx, TrrSink *sink, const double (*vectors)[3])
{
    for (size_t a = 0; a < sink->spec.layout.n_atoms; a++)
        for (int x = 0; x < 3; x++)
            put_real(ctx, &sink->output, vectors[a][x], sink->spec.layout.float64);
}

static QmtStatus trr_append(QmtContext *ctx, Sink *face, const TrajectoryFrame *frame)
{
    enum { MAGIC = 1993, N_SIZES = 7 };
    static const char NAME[] = "GMX_trn_file";
    TrrSink *const sink = (TrrSink *)face;
    Output *const out = &sink->output;
    const size_t n = sink->spec.layout.n_atoms;
    const bool wide = sink->spec.layout.float64;
    const uint32_t n_bytes = (uint32_t)(3 * n * (wide ? sizeof(double) : sizeof(float)));
    put_int(ctx, out, MAGIC);
    put_int(ctx, out, sizeof NAME);
    put_int(ctx, out, sizeof NAME - 1);
    output_bytes(ctx, out, NAME, sizeof NAME - 1);
    for (int i = 0; i < N_SIZES; i++)
        put_int(ctx, out, 0);
    for (int i = 0; i < 3; i++)
        put_int(ctx, out, n_bytes);
    put_int(ctx, out, (uint32_t)n);
    put_int(ctx, out, (uint32_t)(face->n_frames * sink->spec.every & INT32_MAX));
    put_int(ctx, out, 0);
    put_real(ctx, out, frame->time, wide);
    put_real(ctx, out, 0.0, wide);
    put_vectors(ctx, sink, frame->pos);
    put_vectors(ctx, sink, frame->vel);
    put_vectors(ctx, sink, frame->forces);
    return output_check(ctx, out);
}

static void trr_close(Sink *face)
{
    TrrSink *const sink = (TrrSink *)face;
    output_abandon(&sink->output);
    free(sink);
}

static void trr_discard(Sink *face)
{
    (void)remove(((TrrSink *)face)->part); // nothing can be done about one that stays
    trr_close(face);
}

static QmtStatus trr_open(QmtContext *ctx, const char *path, const SinkSpec *spec, Sink **sink)
{
    TrrSink *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%.900s: no memory to write it", path);
    made->face.type = &SINK_TRR;
    made->spec = *spec;
    snprintf(made->path, sizeof made->path, "%s", path);
    const int n = snprintf(made->part, sizeof made->part, "%s.part", path);
    const QmtStatus status =
        n < 0 || (size_t)n >= sizeof made->part
            ? FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", path)
            : output_open(ctx, made->part, &made->output);
    if (status != QMT_OK)
        free(made);
    else
        *sink = &made->face;
    return status;
}

static QmtStatus trr_finish(QmtContext *ctx, Sink *face, const char *metadata)
{
    TrrSink *const sink = (TrrSink *)face;
    (void)metadata; // there is no place for it
    TRY(output_finish(ctx, &sink->output));
    return file_rename(ctx, sink->part, sink->path);
}

const SinkType SINK_TRR = {
    .name = "trr",
    .ending = ".trr",
    .help = "positions, velocities and forces for MDAnalysis, mdtraj and GROMACS, in the units of "
            "FILE",
    .open = trr_open,
    .append = trr_append,
    .finish = trr_finish,
    .close = trr_close,
    .discard = trr_discard};
