#include "dataset/format_relabel.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "dataset/draft.h"
#include "io/file.h"

/// SPICE's functional and basis, Eastman et al., Sci. Data 10, 11 (2023), 10.1038/s41597-022-01882-6.
static const char LEVEL[] = "wB97M-D3BJ/def2-TZVPPD";

typedef struct {
    SetWriter face; // first: a SetWriter * is a RelabelWriter *
    const RelabelProgram *program;
    SetWriter *frames; ///< of the extended XYZ file
    char folder[FILE_PATH_SIZE];
    uint64_t n;
    RelabelJob job;
} RelabelWriter;

static bool is_level_part(const char *text, size_t n)
{
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "-+*_(),";
    return n > 0 && n < RELABEL_PART_SIZE && strspn(text, LETTERS) >= n;
}

/// METHOD/BASIS; it goes into inputs, where other characters might mean something.
static QmtStatus level_read(QmtContext *ctx, const char *level, RelabelJob *job)
{
    level = level != NULL ? level : LEVEL;
    const size_t n = strcspn(level, "/");
    const char *const basis = level[n] == '/' ? level + n + 1 : level + n;
    if (!is_level_part(level, n) || !is_level_part(basis, strlen(basis)))
        return FAIL(ctx, QMT_ERR_USAGE,
                    "level \"%.100s\": METHOD/BASIS is expected, e.g. %s, of letters, digits and "
                    "-+*_(),",
                    level, LEVEL);
    snprintf(job->method, sizeof job->method, "%.*s", (int)n, level);
    snprintf(job->basis, sizeof job->basis, "%s", basis);
    return QMT_OK;
}

void relabel_atoms_print(const RelabelJob *job, const char *before, FILE *out)
{
    const SetFrame *const f = job->frame;
    for (size_t a = 0; a < f->source->n_atoms; a++)
        fprintf(out, "%s%-2s %16.10f %16.10f %16.10f\n", before,
                element_symbol(f->source->numbers[a]), f->frame->pos[a][0] * ANGSTROM_PER_NM,
                f->frame->pos[a][1] * ANGSTROM_PER_NM, f->frame->pos[a][2] * ANGSTROM_PER_NM);
}

static QmtStatus writer_begin(QmtContext *ctx, const Set *set, const char *folder, Split split,
                              RelabelWriter *w)
{
    TRY(level_read(ctx, set->options->level, &w->job));
    TRY(file_join(ctx, folder, split_name(split), w->folder));
    TRY(file_make_directories(ctx, w->folder));
    return extxyz_open(ctx, w->face.format, set, folder, split, &w->frames);
}

QmtStatus relabel_open(QmtContext *ctx, const SetFormat *format, const Set *set, const char *folder,
                       Split split, SetWriter **writer)
{
    RelabelWriter *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory to write %s", split_name(split));
    made->face.format = format;
    made->program = format->more;
    const QmtStatus status = writer_begin(ctx, set, folder, split, made);
    if (status != QMT_OK)
        free(made);
    else
        *writer = &made->face;
    return status;
}

QmtStatus relabel_system(QmtContext *ctx, SetWriter *face, const System *system)
{
    return extxyz_system(ctx, ((RelabelWriter *)face)->frames, system);
}

/// A file whose bytes need not be on the disk before the folder has its name: it can be made again.
static QmtStatus input_save(QmtContext *ctx, const RelabelWriter *w, const char *text)
{
    char name[RELABEL_ID_SIZE + 16], path[FILE_PATH_SIZE];
    File file = file_none();
    snprintf(name, sizeof name, "%s%s", w->job.id, w->program->ending);
    TRY(file_join(ctx, w->folder, name, path));
    TRY(file_open(ctx, path, FILE_CREATE, &file));
    const QmtStatus status = file_write_at(ctx, &file, text, strlen(text), 0);
    if (status != QMT_OK) {
        file_abandon(&file);
        return status;
    }
    return file_close(ctx, &file);
}

QmtStatus relabel_append(QmtContext *ctx, SetWriter *face, const SetFrame *frame)
{
    RelabelWriter *const w = (RelabelWriter *)face;
    char id[RELABEL_ID_SIZE], *text = NULL;
    Draft draft;
    TRY(extxyz_append(ctx, w->frames, frame));
    snprintf(id, sizeof id, "%06llu", (unsigned long long)w->n++);
    w->job.id = id;
    w->job.frame = frame;
    TRY(draft_begin(ctx, &draft));
    w->program->input_write(&w->job, draft.file);
    TRY(draft_end(ctx, &draft, &text));
    const QmtStatus status = input_save(ctx, w, text);
    free(text);
    return status;
}

QmtStatus relabel_finish(QmtContext *ctx, SetWriter *face)
{
    return extxyz_finish(ctx, ((RelabelWriter *)face)->frames);
}

void relabel_close(SetWriter *face)
{
    RelabelWriter *const w = (RelabelWriter *)face;
    extxyz_close(w->frames);
    free(w);
}

static void run_print(const RelabelProgram *program, FILE *out)
{
    fprintf(
        out,
        "#!/bin/sh\n"
        "# Computes every input that has no result yet: JOBS at a time (default 1), THREADS each "
        "(default 1).\n"
        "# It may be stopped and started again; what failed says why in its .log and is tried "
        "again.\n"
        "cd \"$(dirname \"$0\")\" || exit 1\n"
        "export THREADS=\"${THREADS:-1}\"\n"
        "find . -name '*%s' -path './*/[0-9]*' | LC_ALL=C sort |\n"
        "    xargs -P \"${JOBS:-1}\" -n 1 sh -c '\n"
        "        cd \"$(dirname \"$0\")\" || exit 1\n"
        "        id=$(basename \"$0\" %s)\n"
        "        [ -s \"$id%s\" ] || { %s; } >\"$id.log\" 2>&1 || echo \"failed: $0\" >&2'\n",
        program->ending, program->ending, program->result, program->command);
}

QmtStatus relabel_extras(QmtContext *ctx, const SetFormat *format, const Set *set,
                         const char *folder)
{
    const RelabelProgram *const program = format->more;
    RelabelJob job;
    Draft draft;
    char path[FILE_PATH_SIZE], text[512], *run = NULL;
    TRY(level_read(ctx, set->options->level, &job));
    snprintf(text, sizeof text, "{\"program\": \"%s\", \"method\": \"%s\", \"basis\": \"%s\"}\n",
             program->program, job.method, job.basis);
    TRY(file_join(ctx, folder, "relabel.json", path));
    TRY(file_write_whole(ctx, path, text, strlen(text)));
    TRY(draft_begin(ctx, &draft));
    run_print(program, draft.file);
    TRY(draft_end(ctx, &draft, &run));
    QmtStatus status = file_join(ctx, folder, "run.sh", path);
    if (status == QMT_OK)
        status = file_write_whole(ctx, path, run, strlen(run));
    free(run);
    return status;
}

void relabel_contents(const SetFormat *format, const Set *set, FILE *out)
{
    const RelabelProgram *const program = format->more;
    extxyz_contents(format, set, out);
    fprintf(
        out,
        "- `train/000000%s`, ...: the input of %s for frame 0 of `train.extxyz`, and so on; its "
        "result is `000000%s`\n"
        "- `run.sh`: computes every input that has no result yet\n"
        "- `relabel.json`: program, method and basis\n\n",
        program->ending, program->program, program->result);
}

void relabel_training(const SetFormat *format, const Set *set, FILE *out)
{
    (void)format;
    fprintf(
        out,
        "Not yet: first the labels of the higher level are computed and collected.\n\n"
        "```sh\n"
        "JOBS=4 THREADS=2 sh run.sh\n"
        "qmtraj dataset %s --collect -o labelled\n"
        "```\n\n"
        "Energies of single atoms must come from the same level; those of GFN-xTB do not go with "
        "it.\n",
        set->out);
}
