#include "label/label_file.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "config/value_text.h"
#include "data/method.h"
#include "io/archive_mount.h"
#include "io/lock.h"
#include "label/label_journal.h"
#include "label/label_piece.h"
#include "label/notes.h"
#include "run/program.h"

/// Work that a kill may cost.
static const double JOURNAL_EVERY_S = 2.0;
/// Workers hold the lock with their parent, and end a moment after one that was killed.
static const double LOCK_WAIT_S = 2.0;

/// A file being labelled.
typedef struct {
    QmtContext *ctx;
    LabelJob job;
    const QmtLabelOptions *options;
    const char *out;
    char part[FILE_PATH_SIZE], journal_path[FILE_PATH_SIZE], lock_path[FILE_PATH_SIZE];
    char rejected[FILE_PATH_SIZE], rejected_part[FILE_PATH_SIZE];
    File file, rejected_file, lock;
    LabelJournal journal;
    double journal_s; ///< when it was written last
    Notes notes;
    void (*progress)(void *user, const QmtLabelCounts *counts);
    void *user;
} Labelling;

// Set by the handler; there is no other way to tell the loop.
static volatile sig_atomic_t stop_signal;

static void stop_take(int signal)
{
    stop_signal = signal;
}

static const int STOP_SIGNALS[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
enum { N_STOP_SIGNALS = sizeof STOP_SIGNALS / sizeof *STOP_SIGNALS };

static void handlers_set(struct sigaction before[N_STOP_SIGNALS])
{
    struct sigaction action = {.sa_handler = stop_take};
    sigemptyset(&action.sa_mask);
    stop_signal = 0;
    for (size_t i = 0; i < N_STOP_SIGNALS; i++) {
        sigaction(STOP_SIGNALS[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN) // as nohup wants it
            sigaction(STOP_SIGNALS[i], &action, NULL);
    }
}

static void handlers_restore(const struct sigaction before[N_STOP_SIGNALS])
{
    for (size_t i = 0; i < N_STOP_SIGNALS; i++)
        sigaction(STOP_SIGNALS[i], &before[i], NULL);
}

static QmtLabelCounts counts_of(const Labelling *l)
{
    return (QmtLabelCounts){.n_frames = l->job.input->n_frames,
                            .n_done = l->journal.n_frames,
                            .n_failed = l->journal.n_failed,
                            .n_left_out = l->journal.n_left_out};
}

static uint64_t mix(uint64_t hash, const char *text)
{
    const uint64_t prime = 0x100000001b3; // FNV-1a, as run/input_digest.c
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * prime;
    return (hash ^ 0xFF) * prime;
}

/// Of all that decides a byte.
static QmtStatus digest_make(Labelling *l)
{
    char text[PROGRAM_TEXT_SIZE], value[CONFIG_TEXT_SIZE];
    const StateTexts *const beside = &l->job.beside;
    TRY(program_text(l->ctx, text));
    uint64_t hash = mix(0xcbf29ce484222325, text);
    snprintf(value, sizeof value, "%llu %08x", (unsigned long long)l->job.input->n_bytes,
             (unsigned)l->job.input->checksum);
    hash = mix(mix(hash, value), l->job.input->path);
    hash = mix(hash, l->job.also != NULL ? l->job.also : "");
    hash = mix(hash, beside->charge_source);
    for (size_t i = 0; i < beside->n_spins; i++)
        hash = mix(hash, beside->spin[i].source);
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        config_value_text(l->job.config, k, value);
        hash = mix(mix(hash, CONFIG_KEYS[k].name), value);
    }
    snprintf(l->journal.digest, sizeof l->journal.digest, "%016llx", (unsigned long long)hash);
    return QMT_OK;
}

static QmtStatus path_make(Labelling *l, const char *ending, char path[FILE_PATH_SIZE])
{
    const int n = snprintf(path, FILE_PATH_SIZE, "%s%s", l->out, ending);
    return n < 0 || n >= FILE_PATH_SIZE
               ? FAIL(l->ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one",
                      l->out)
               : QMT_OK;
}

static QmtStatus paths_make(Labelling *l)
{
    TRY(path_make(l, ".part", l->part));
    TRY(path_make(l, ".part.json", l->journal_path));
    TRY(path_make(l, ".part.lock", l->lock_path));
    TRY(path_make(l, ".rejected.tsv", l->rejected));
    return path_make(l, ".rejected.tsv.part", l->rejected_part);
}

/// A file that is there stays as it is: OUT, what makes it, and the input under any of these names.
static QmtStatus out_check(const Labelling *l, const char *path)
{
    struct stat about;
    const char *const out = l->out;
    const char *const made[] = {out,          l->part,     l->journal_path,
                                l->lock_path, l->rejected, l->rejected_part};
    if (out[0] == '\0' || out[strlen(out) - 1] == '/' ||
        (stat(out, &about) == 0 && S_ISDIR(about.st_mode)))
        return FAIL(l->ctx, QMT_ERR_USAGE, "%.900s: is a folder; the output is one file", out);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        if (file_is_same(path, made[i]))
            return FAIL(l->ctx, QMT_ERR_USAGE, "%.900s: is the input, too; choose another output",
                        made[i]);
    TRY(file_check_new(l->ctx, out, NULL));
    // That of an output that was taken away.
    return file_check_new(l->ctx, l->rejected, REJECTED_TITLES);
}

static QmtStatus lock_get(Labelling *l)
{
    char holder[LOCK_HOLDER_SIZE];
    const QmtStatus status = lock_take(l->ctx, l->lock_path, LOCK_WAIT_S, &l->lock, holder);
    return status == QMT_ERR_LOCKED
               ? FAIL(l->ctx, QMT_ERR_LOCKED, "%.500s: %s is writing it", l->out, holder)
               : status;
}

static QmtStatus files_create(Labelling *l)
{
    TRY(file_remove(l->ctx, l->journal_path));
    TRY(file_open(l->ctx, l->part, FILE_CREATE, &l->file));
    TRY(file_open(l->ctx, l->rejected_part, FILE_CREATE, &l->rejected_file));
    TRY(file_write_at(l->ctx, &l->rejected_file, REJECTED_TITLES, strlen(REJECTED_TITLES), 0));
    l->journal.n_rejected = strlen(REJECTED_TITLES);
    return QMT_OK;
}

/// Goes on with what an earlier call left, if it is of the same input, configuration and program.
static QmtStatus files_resume(Labelling *l, const LabelJournal *before)
{
    uint64_t n_text, n_rejected;
    if (strcmp(before->digest, l->journal.digest) != 0)
        return FAIL(l->ctx, QMT_ERR_CHECKPOINT,
                    "%.500s: was begun with another input, configuration or program; start over "
                    "(fresh), or choose another output",
                    l->part);
    TRY(file_open(l->ctx, l->part, FILE_UPDATE, &l->file));
    TRY(file_open(l->ctx, l->rejected_part, FILE_UPDATE, &l->rejected_file));
    TRY(file_size(l->ctx, &l->file, &n_text));
    TRY(file_size(l->ctx, &l->rejected_file, &n_rejected));
    if (n_text < before->n_text || n_rejected < before->n_rejected ||
        before->n_pieces > l->job.input->n_pieces)
        return FAIL(l->ctx, QMT_ERR_CHECKPOINT,
                    "%.500s: is shorter than when it was left; start over (fresh)", l->part);
    TRY(file_truncate(l->ctx, &l->file, before->n_text));
    TRY(file_truncate(l->ctx, &l->rejected_file, before->n_rejected));
    l->journal = *before;
    context_log(l->ctx, QMT_LOG_INFO, "%.500s: continues after %llu frames", l->out,
                (unsigned long long)before->n_frames);
    return QMT_OK;
}

static QmtStatus files_open(Labelling *l)
{
    LabelJournal before;
    bool found = false;
    if (!l->options->fresh)
        TRY(label_journal_read(l->ctx, l->journal_path, &found, &before));
    return found && file_exists(l->part) && file_exists(l->rejected_part) ? files_resume(l, &before)
                                                                          : files_create(l);
}

/// What the journal says must be on the disk before it says so.
static QmtStatus journal_renew(Labelling *l)
{
    TRY(file_sync(l->ctx, &l->file));
    TRY(file_sync(l->ctx, &l->rejected_file));
    TRY(label_journal_write(l->ctx, l->journal_path, &l->journal));
    l->journal_s = clock_s();
    return QMT_OK;
}

static QmtStatus stopped(Labelling *l)
{
    TRY(journal_renew(l));
    return FAIL(l->ctx, QMT_STOPPED,
                "%.500s: stopped on request after %llu of %llu frames; the same command continues",
                l->out, (unsigned long long)l->journal.n_frames,
                (unsigned long long)l->job.input->n_frames);
}

/// The first piece of this call is not that of the journal, which moves on.
typedef struct {
    Labelling *labelling;
    size_t first;
} Part;

static QmtStatus part_work(QmtContext *ctx, void *user, size_t item, Bytes *result)
{
    const Part *const part = user;
    return label_piece(ctx, &part->labelling->job, part->first + item, result);
}

static QmtStatus part_take(QmtContext *ctx, void *user, size_t item, const Bytes *result)
{
    Labelling *const l = ((const Part *)user)->labelling;
    LabelJournal *const journal = &l->journal;
    PieceHeader header;
    (void)item;
    memcpy(&header, result->data, sizeof header);
    const unsigned char *const text = result->data + sizeof header;
    TRY(file_write_at(ctx, &l->file, text, header.n_text, journal->n_text));
    TRY(file_write_at(ctx, &l->rejected_file, text + header.n_text, header.n_rejected,
                      journal->n_rejected));
    notes_log(ctx, &l->notes, text + header.n_text + header.n_rejected, header.n_notes);
    journal->n_pieces++;
    journal->n_text += header.n_text;
    journal->n_rejected += header.n_rejected;
    journal->n_frames += header.n_frames;
    journal->n_failed += header.n_failed;
    journal->n_left_out += header.n_left_out;
    const QmtLabelCounts counts = counts_of(l);
    if (l->progress != NULL)
        l->progress(l->user, &counts);
    if (stop_signal != 0 && journal->n_pieces < l->job.input->n_pieces)
        return stopped(l);
    return clock_s() - l->journal_s > JOURNAL_EVERY_S ? journal_renew(l) : QMT_OK;
}

/// All is written: the files get their names.
static QmtStatus files_finish(Labelling *l)
{
    TRY(file_sync(l->ctx, &l->file));
    TRY(file_close(l->ctx, &l->file));
    TRY(file_sync(l->ctx, &l->rejected_file));
    TRY(file_close(l->ctx, &l->rejected_file));
    if (l->journal.n_failed > 0) {
        TRY(file_rename(l->ctx, l->rejected_part, l->rejected));
    } else {
        TRY(file_remove(l->ctx, l->rejected_part));
        TRY(file_remove(l->ctx, l->rejected));
    }
    TRY(file_rename(l->ctx, l->part, l->out));
    return file_remove(l->ctx, l->journal_path);
}

static QmtStatus pieces_do(Labelling *l)
{
    Part part = {.labelling = l, .first = l->journal.n_pieces};
    l->journal_s = clock_s();
    QmtStatus status = processes_map(l->ctx, l->job.input->n_pieces - part.first,
                                     l->options->n_workers, part_work, part_take, &part);
    if (status != QMT_OK && status != QMT_STOPPED && l->journal.n_pieces > part.first) {
        const Message failure = context_keep(l->ctx);
        (void)journal_renew(l); // what cannot be said here is made again
        status = context_restore(l->ctx, &failure);
    }
    return status;
}

static QmtStatus failures_say(const Labelling *l)
{
    const LabelJournal *const journal = &l->journal;
    if (l->notes.n_repeated > 0)
        context_log(l->ctx, QMT_LOG_INFO, "%llu further notes of the same kinds",
                    (unsigned long long)l->notes.n_repeated);
    if (journal->n_left_out > 0)
        context_log(l->ctx, QMT_LOG_WARNING,
                    "%.500s: without %llu frame%s whose lines are no columns", l->out,
                    (unsigned long long)journal->n_left_out, journal->n_left_out == 1 ? "" : "s");
    if (journal->n_failed == 0)
        return QMT_OK;
    return FAIL(l->ctx, QMT_ERR_PARTIAL,
                "%.500s: %llu of %llu frames have no labels; %.400s says why", l->out,
                (unsigned long long)journal->n_failed, (unsigned long long)l->job.input->n_frames,
                l->rejected);
}

static QmtStatus input_label(Labelling *l)
{
    TRY(digest_make(l));
    TRY(lock_get(l));
    // From the first file on to the last name: a signal ends this with a part that goes on, or with the whole.
    struct sigaction before[N_STOP_SIGNALS];
    handlers_set(before);
    QmtStatus status = files_open(l);
    if (status == QMT_OK)
        status = pieces_do(l);
    if (status == QMT_OK)
        status = files_finish(l);
    handlers_restore(before);
    file_abandon(&l->file);
    file_abandon(&l->rejected_file);
    lock_give_back(&l->lock);
    TRY(status);
    return failures_say(l);
}

/// The files .CHRG and .UHF of the folder of the input.
static QmtStatus beside_read(Labelling *l, const char *path)
{
    ReaderNotes notes = {.ctx = l->ctx, .path = path};
    struct stat about;
    const bool is_file = stat(path, &about) == 0 && S_ISREG(about.st_mode);
    return is_file ? state_add_files(l->ctx, path, &notes, &l->job.beside) : QMT_OK;
}

static QmtStatus also_check(QmtContext *ctx, const Config *config, const char *also)
{
    if (also == NULL)
        return QMT_OK;
    if (method_find(also) == NULL)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "%.60s: unknown method for a second label; GFN1-xTB and "
                    "GFN2-xTB are possible",
                    also);
    if (strcmp(also, method_name((size_t)config->method)) == 0)
        return FAIL(ctx, QMT_ERR_USAGE, "%.60s: is the first method, too; choose another one",
                    also);
    return QMT_OK;
}

QmtStatus label_file(QmtContext *ctx, const Config *config, const char *path, const char *out,
                     const QmtLabelOptions *options,
                     void (*progress)(void *user, const QmtLabelCounts *counts), void *user,
                     QmtLabelCounts *counts)
{
    FramesInput input = {.file = file_none()};
    ArchiveMount *archives = NULL;
    Config own = *config;
    if (!config_is_given(config, "scf"))
        own.scf = CONFIG_SCF_FAST; // no motion adds its deviations up
    Labelling l = {.ctx = ctx,
                   .job = {.input = &input, .config = &own, .also = options->also},
                   .options = options,
                   .out = out,
                   .file = file_none(),
                   .rejected_file = file_none(),
                   .lock = file_none(),
                   .progress = progress,
                   .user = user};
    TRY(also_check(ctx, config, options->also));
    TRY(paths_make(&l));
    TRY(out_check(&l, path));
    TRY(archives_mount_above(ctx, path, &archives)); // it may lie in one
    QmtStatus status = beside_read(&l, path);
    if (status == QMT_OK)
        status = frames_input_open(ctx, path, &input);
    if (status == QMT_OK)
        status = input_label(&l);
    archives_unmount(&archives);
    if (counts != NULL && (status == QMT_OK || status == QMT_ERR_PARTIAL))
        *counts = counts_of(&l);
    frames_input_close(&input);
    return status;
}
