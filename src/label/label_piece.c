#include "label/label_piece.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/units.h"
#include "data/method.h"
#include "data/solvent.h"
#include "engine/xtb.h"
#include "label/frame_walk.h"
#include "label/notes.h"
#include "run/run.h"
#include "scf/scf.h"
#include "structure/rejections.h"
#include "structure/xyz.h"

const char REJECTED_TITLES[] = "frame\tsource\tname\treason\tsentence\n";

/// Where no atom is further from its place in the frame before, the SCF starts from that frame: C25H52 every 5 fs (some
/// 0.5 bohr) takes 0.8 of the time of cold starts.
static const double ALIKE_BOHR = 1.0;
/// Up to here frames are the steps of a motion, and the engine extrapolates: aspirin every 0.25 fs takes 0.82 of the
/// time without, every 0.75 fs (some 0.1 bohr) 1.14.
static const double MOTION_BOHR = 0.06;

enum { SENTENCE_SIZE = 1024 };

/// The engine of one method, kept while the molecule stays the same.
typedef struct {
    Engine *engine;
    double energy, (*gradient)[3], *properties;
} Machine;

/// One worker on one piece.
typedef struct {
    QmtContext *ctx;
    const LabelJob *job;
    const char *suffixes[LABEL_METHODS_MAX];
    char methods[LABEL_METHODS_MAX][96];
    size_t n_methods;
    Machine machines[LABEL_METHODS_MAX];
    // The molecule of the machines.
    int *numbers, charge, multiplicity;
    double (*xyz)[3]; ///< of the frame before
    size_t n_atoms;   ///< 0: there is none
    bool apart;       ///< its frames are no steps of a motion
    // The frame at hand.
    uint64_t frame;
    Structure structure;
    RunSpec spec;
    ReaderNotes notes;
    // What comes of it.
    PieceHeader header;
    Bytes text, rejected;
} Piecework;

const char *label_suffix(const char *method)
{
    return strcmp(method, "GFN1-xTB") == 0 ? "_gfn1" : "_gfn2";
}

/// The method as it is named in a frame, "GFN2-xTB alpb water".
static void method_text(const Config *config, const char *method, char text[96])
{
    const char *const solvent = config_solvent_name(config);
    const char *const model = solvation_model_name((SolvationModel)config->solvation_model);
    snprintf(text, 96, "%s%s%s%s%s", method, solvent != NULL ? " " : "",
             solvent != NULL ? model : "", solvent != NULL ? " " : "",
             solvent != NULL ? solvent : "");
}

static void machines_release(Piecework *w)
{
    for (size_t m = 0; m < LABEL_METHODS_MAX; m++) {
        engine_destroy(&w->machines[m].engine);
        free(w->machines[m].gradient);
        free(w->machines[m].properties);
        w->machines[m] = (Machine){0};
    }
    free(w->numbers);
    free(w->xyz);
    w->numbers = NULL;
    w->xyz = NULL;
    w->n_atoms = 0;
}

static QmtStatus machine_make(Piecework *w, size_t m)
{
    const Structure *const s = &w->structure;
    QmtEngineOptions options = run_engine_options(&w->spec);
    Machine *const machine = &w->machines[m];
    if (m > 0)
        options.method = w->job->also;
    const size_t n = properties_size((unsigned)w->job->config->properties, s->n_atoms);
    machine->gradient = malloc(s->n_atoms * sizeof *machine->gradient);
    machine->properties = malloc((n + 1) * sizeof *machine->properties);
    if (machine->gradient == NULL || machine->properties == NULL)
        return FAIL(w->ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", s->n_atoms);
    return xtb_create(w->ctx, s->n_atoms, s->numbers, &options, &machine->engine);
}

static QmtStatus machines_make(Piecework *w)
{
    const Structure *const s = &w->structure;
    machines_release(w);
    w->numbers = malloc(s->n_atoms * sizeof *w->numbers);
    w->xyz = malloc(s->n_atoms * sizeof *w->xyz);
    if (w->numbers == NULL || w->xyz == NULL)
        return FAIL(w->ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", s->n_atoms);
    for (size_t m = 0; m < w->n_methods; m++)
        TRY(machine_make(w, m));
    memcpy(w->numbers, s->numbers, s->n_atoms * sizeof *w->numbers);
    w->charge = (int)w->spec.config.charge;
    w->multiplicity = (int)w->spec.config.spin_multiplicity;
    w->n_atoms = s->n_atoms;
    w->apart = false;
    return QMT_OK;
}

static bool is_same_molecule(const Piecework *w)
{
    const Structure *const s = &w->structure;
    return w->n_atoms == s->n_atoms && w->charge == (int)w->spec.config.charge &&
           w->multiplicity == (int)w->spec.config.spin_multiplicity &&
           memcmp(w->numbers, s->numbers, s->n_atoms * sizeof *s->numbers) == 0;
}

/// The longest way of an atom from the frame before, bohr; it may be NaN.
static double longest_way(const Piecework *w)
{
    double longest2 = 0.0;
    for (size_t a = 0; a < w->n_atoms; a++) {
        double d2 = 0.0;
        for (int x = 0; x < 3; x++) {
            const double d = w->structure.xyz[a][x] - w->xyz[a][x];
            d2 += d * d;
        }
        longest2 = d2 <= longest2 ? longest2 : d2;
    }
    return sqrt(longest2);
}

/// What the engines may take from the frame before.
static void machines_prepare(Piecework *w)
{
    const double way = longest_way(w);
    for (size_t m = 0; m < w->n_methods && !(way <= ALIKE_BOHR); m++)
        engine_forget(w->machines[m].engine);
    for (size_t m = 0; m < w->n_methods && !w->apart && !(way <= MOTION_BOHR); m++)
        xtb_geometries_apart(w->machines[m].engine);
    w->apart = w->apart || !(way <= MOTION_BOHR);
}

static QmtStatus method_evaluate(Piecework *w, size_t m)
{
    Machine *const machine = &w->machines[m];
    EngineReport report = {0};
    const unsigned set = m == 0 ? (unsigned)w->job->config->properties : 0;
    const EngineResult result = {.energy = &machine->energy,
                                 .gradient = machine->gradient,
                                 .report = &report,
                                 .properties = set != 0 ? machine->properties : NULL,
                                 .property_set = set};
    TRY(engine_evaluate(w->ctx, machine->engine, (const double(*)[3])w->structure.xyz, &result));
    if (report.recovery > 0)
        context_log(w->ctx, QMT_LOG_WARNING,
                    "%s: the SCF found no solution on the plain way and took stage %d of its "
                    "recovery; there may be more than one solution",
                    w->structure.source, report.recovery);
    return QMT_OK;
}

/// Energies and slopes of the frame at hand by all methods.
static QmtStatus frame_evaluate(Piecework *w)
{
    if (!is_same_molecule(w)) {
        const QmtStatus status = machines_make(w);
        if (status != QMT_OK) {
            machines_release(w);
            return status;
        }
    } else {
        machines_prepare(w);
    }
    memcpy(w->xyz, w->structure.xyz, w->n_atoms * sizeof *w->xyz);
    QmtStatus status = QMT_OK;
    for (size_t m = 0; m < w->n_methods && status == QMT_OK; m++)
        status = method_evaluate(w, m);
    for (size_t m = 0; m < w->n_methods && status != QMT_OK; m++)
        engine_forget(w->machines[m].engine);
    return status;
}

/// Reads the frame and settles its state as a run would.
static QmtStatus frame_read(Piecework *w, const WalkedFrame *frame, RejectReason *reason)
{
    const XyzPlace place = {w->job->input->path, frame->lines_before, &w->job->beside};
    Text lines;
    *reason = REJECT_FORMAT;
    TRY(text_from_memory(w->ctx, w->job->input->path, frame->text, frame->n, &lines));
    const QmtStatus status = xyz_read_frame(&place, &lines, &w->notes, &w->structure);
    text_release(&lines);
    TRY(status);
    *reason = REJECT_STRUCTURE;
    if (w->structure.name[0] == '\0')
        snprintf(w->structure.name, sizeof w->structure.name, "frame_%llu",
                 (unsigned long long)w->frame);
    return spec_make(w->ctx, &w->structure, w->job->config, &w->spec);
}

/// A line of the list of failures.
static void rejected_add(Piecework *w, const FrameLines *lines, RejectReason reason,
                         const char *sentence)
{
    char line[2 * SENTENCE_SIZE + STRUCTURE_NAME_SIZE], shown[SENTENCE_SIZE], place[SENTENCE_SIZE];
    text_printable(sentence, shown, sizeof shown);
    text_printable(lines->place, place, sizeof place);
    const int n =
        snprintf(line, sizeof line, "%llu\t%s\t%s\t%s\t%s\n", (unsigned long long)w->frame, place,
                 w->structure.name, reject_reason_word(reason), shown);
    bytes_add(&w->rejected, line, n < (int)sizeof line ? (size_t)n : sizeof line - 1);
}

static FrameLabels labels_of(const Piecework *w, bool has_state, bool computed)
{
    FrameLabels labels = {.has_state = has_state,
                          .charge = (int)w->spec.config.charge,
                          .multiplicity = (int)w->spec.config.spin_multiplicity,
                          .charge_source = w->spec.charge_source,
                          .multiplicity_source = w->spec.multiplicity_source,
                          .n_methods = computed ? w->n_methods : 0,
                          .names = (1u << w->n_methods) - 1,
                          .property_set = (unsigned)w->job->config->properties};
    for (size_t m = 0; m < w->n_methods; m++) {
        const Machine *const machine = &w->machines[m];
        labels.suffixes[m] = w->suffixes[m];
        labels.methods[m] = (MethodLabels){.suffix = w->suffixes[m],
                                           .method = w->methods[m],
                                           .energy = machine->energy,
                                           .gradient = (const double(*)[3])machine->gradient,
                                           .properties = machine->properties,
                                           .property_set = m == 0 ? labels.property_set : 0};
    }
    return labels;
}

/// What the failure of one frame is, or of the whole work.
static QmtStatus frame_fail(Piecework *w, const FrameLines *lines, QmtStatus status,
                            RejectReason reason, bool has_state)
{
    char sentence[SENTENCE_SIZE];
    if (status == QMT_ERR_IO || status == QMT_ERR_MEMORY)
        return status;
    snprintf(sentence, sizeof sentence, "%.1000s", qmt_context_message(w->ctx));
    FrameLabels labels = labels_of(w, has_state, false);
    labels.failure = sentence;
    w->header.n_failed++;
    rejected_add(w, lines, reason, sentence);
    if (!frame_write(w->ctx, lines, &labels, &w->text))
        w->header.n_left_out++;
    return QMT_OK;
}

/// From the bytes of a frame to those of the labelled one.
static QmtStatus frame_label(QmtContext *ctx, void *user, const WalkedFrame *frame)
{
    Piecework *const w = user;
    RejectReason reason;
    w->spec = (RunSpec){0};
    w->frame = frame->number;
    QmtStatus status = frame_read(w, frame, &reason);
    const bool has_state = status == QMT_OK;
    if (status == QMT_OK)
        status = frame_evaluate(w);
    if (status == QMT_OK) {
        const FrameLabels labels = labels_of(w, true, true);
        if (!frame_write(ctx, &frame->lines, &labels, &w->text))
            status = FAIL(ctx, QMT_ERR_FORMAT,
                          "%s: its lines do not all have the columns that Properties= declares",
                          frame->lines.place);
    }
    if (status != QMT_OK)
        status = frame_fail(w, &frame->lines, status, reason, has_state);
    structure_release(&w->structure);
    w->header.n_frames++;
    return status;
}

static void methods_name(Piecework *w)
{
    const Config *const config = w->job->config;
    const char *const method = method_name((size_t)config->method);
    w->n_methods = 1;
    w->suffixes[0] = "";
    method_text(config, method, w->methods[0]);
    if (w->job->also == NULL)
        return;
    w->n_methods = 2;
    w->suffixes[1] = label_suffix(w->job->also);
    method_text(config, w->job->also, w->methods[1]);
}

static QmtStatus piece_work(Piecework *w, size_t piece)
{
    const locale_t locale = text_enter_c_locale();
    const QmtStatus status = frames_walk(w->ctx, w->job->input, piece, frame_label, w);
    text_leave_c_locale(locale);
    return status;
}

QmtStatus label_piece(QmtContext *ctx, const LabelJob *job, size_t piece, Bytes *result)
{
    Piecework w = {.ctx = ctx, .job = job, .notes = {.ctx = ctx, .path = job->input->path}};
    Bytes collected = {0};
    Notes notes = {.collected = &collected};
    const QmtLogFunction log = ctx->log;
    void *const log_user = ctx->log_user;
    qmt_context_set_log(ctx, notes_collect, &notes);
    methods_name(&w);
    const QmtStatus status = piece_work(&w, piece);
    qmt_context_set_log(ctx, log, log_user);
    w.header.n_text = w.text.n;
    w.header.n_rejected = w.rejected.n;
    w.header.n_notes = collected.n;
    result->lost = result->lost || w.text.lost || w.rejected.lost || collected.lost;
    bytes_add(result, &w.header, sizeof w.header);
    bytes_add(result, w.text.data, w.text.n);
    bytes_add(result, w.rejected.data, w.rejected.n);
    bytes_add(result, collected.data, collected.n);
    machines_release(&w);
    bytes_release(&w.text);
    bytes_release(&w.rejected);
    bytes_release(&collected);
    return status;
}
