#include "report/spectrum_csv.h"

#include <stdio.h>
#include <stdlib.h>

#include "io/archive_mount.h"
#include "io/text.h"
#include "report/frame_series.h"
#include "run/partial.h"

static void lines_print(FILE *out, const FrameSeries *s, const double *states)
{
    const size_t n = s->velocities.length / 2 + 1;
    const bool has_dipoles = s->dipoles.n_segments > 0;
    fprintf(
        out,
        "# %zu segments of %.6g ps, Hann's window, overlapping by half; samples every %.6g fs\n"
        "# lines are %.3g cm-1 wide at half height; what is faster than %.0f cm-1 is folded back\n"
        "# each spectrum has the area 1 over wavenumbers; classical, without quantum corrections "
        "of density of states\n"
        "wavenumber_cm-1,density_of_states_cm%s\n",
        s->velocities.n_segments, (double)s->velocities.length * s->sample_ps, 1e3 * s->sample_ps,
        series_resolution(s), series_limit(s), has_dipoles ? ",infrared_cm" : "");
    for (size_t k = 0; k < n; k++) {
        fprintf(out, "%.4f,%.8g", series_wavenumber(s, k), states[k]);
        if (has_dipoles)
            fprintf(out, ",%.8g", states[n + k]);
        fputc('\n', out);
    }
}

static QmtStatus series_print(QmtContext *ctx, const FrameSeries *s, const char *path, char **text)
{
    size_t size;
    if (s->velocities.n_segments == 0)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%.500s: %llu frames are too few for a spectrum, or their times do not go up",
                    path, (unsigned long long)s->n_frames);
    double *const states = malloc(2 * (s->velocities.length / 2 + 1) * sizeof *states);
    FILE *const out = open_memstream(text, &size);
    if (states != NULL && out != NULL) {
        series_spectra(s, states, states + s->velocities.length / 2 + 1);
        lines_print(out, s, states);
    }
    const bool lost = states == NULL || out == NULL || ferror(out) != 0;
    free(states);
    if ((out == NULL || fclose(out) == 0) && !lost)
        return QMT_OK;
    if (out != NULL)
        free(*text);
    return FAIL(ctx, QMT_ERR_MEMORY, "%.500s: no memory for its spectrum", path);
}

QmtStatus spectrum_csv(QmtContext *ctx, const char *path, char **text)
{
    TrajectoryReader *reader = NULL;
    ArchiveMount *archives = NULL;
    FrameSeries series = {0};
    Arena arena = {0};
    TRY(archives_mount_above(ctx, path, &archives));
    QmtStatus status = partial_is(path) ? partial_open(ctx, path, &reader)
                                        : trajectory_reader_open(ctx, path, &reader);
    const locale_t before = text_enter_c_locale();
    if (status == QMT_OK)
        status = frame_series_read(ctx, reader, 1, NULL, &arena, &series);
    if (status == QMT_OK)
        status = series_print(ctx, &series, path, text);
    text_leave_c_locale(before);
    frame_series_release(&series);
    arena_release(&arena);
    trajectory_reader_close(&reader);
    archives_unmount(&archives);
    return status;
}
