#include "campaign/conformer_search.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/units.h"
#include "campaign/worker_pool.h"
#include "config/value_text.h"
#include "engine/xtb.h"
#include "io/file.h"
#include "io/json.h"
#include "io/text.h"
#include "opt/conformers.h"
#include "run/program.h"
#include "run/run.h"
#include "structure/rejections.h"
#include "structure/smiles.h"
#include "structure/structure_names.h"
#include "structure/xyz.h"

static const char GEOMETRIES[] = "conformers.xyz", ENERGIES[] = "conformers.json";
/// Start geometries for each conformer that is wanted, and the largest gradient component that is left, hartree/bohr.
enum { TRIES = 3, JSON_SIZE_MAX = 1 << 24 };
static const double GRADIENT = 1e-4;

/// Structures first to first + n - 1 are one molecule.
typedef struct {
    size_t first, n;
    char name[STRUCTURE_NAME_SIZE];
} Molecule;

typedef struct {
    const Config *config;
    const ConformerSearchOptions *options;
    StructureList *structures;
    Molecule *molecules; ///< [n]
    size_t n;
} Job;

/// What decides the conformers: their input, as far as a text says it, and the keys that the method goes by.
static uint64_t digest_of(const Job *job, const Molecule *molecule, const Structure *starts)
{
    static const char *const KEYS[] = {
        "method",         "solvent",           "solvation_model",          "solvation_grid",
        "charge",         "spin_multiplicity", "electronic_temperature_K", "conformers",
        "conformers_from"};
    uint64_t hash = random_name_key(molecule->name);
    char value[CONFIG_TEXT_SIZE];
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        config_value_text(job->config, config_key(KEYS[i]), value);
        hash = hash * 31 + random_name_key(value);
    }
    if (starts->smiles != NULL)
        hash = hash * 31 + random_name_key(starts->smiles);
    for (size_t i = 0; i < molecule->n; i++)
        for (size_t k = 0; k < starts[i].n_atoms * sizeof *starts[i].xyz; k++)
            hash = (hash ^ ((const unsigned char *)starts[i].xyz)[k]) * 1099511628211u;
    return hash;
}

static QmtStatus paths_make(QmtContext *ctx, const Job *job, const Molecule *molecule,
                            char folder[FILE_PATH_SIZE], char xyz[FILE_PATH_SIZE],
                            char json[FILE_PATH_SIZE])
{
    TRY(file_join(ctx, job->options->out, molecule->name, folder));
    TRY(file_join(ctx, folder, GEOMETRIES, xyz));
    return file_join(ctx, folder, ENERGIES, json);
}

/// The JSON of an earlier search; NULL if there is none of this very input by this very program.
static cJSON *earlier_read(QmtContext *ctx, const Job *job, const Molecule *molecule)
{
    char folder[FILE_PATH_SIZE], xyz[FILE_PATH_SIZE], path[FILE_PATH_SIZE], wanted[32],
        *text = NULL;
    char differences[PROGRAM_DIFFERENCES_SIZE] = "";
    size_t size;
    if (paths_make(ctx, job, molecule, folder, xyz, path) != QMT_OK || !file_exists(path) ||
        !file_exists(xyz) || file_read_whole(ctx, path, JSON_SIZE_MAX, &text, &size) != QMT_OK)
        return NULL;
    cJSON *object = cJSON_Parse(text);
    free(text);
    snprintf(
        wanted, sizeof wanted, "%016llx",
        (unsigned long long)digest_of(job, molecule, job->structures->items + molecule->first));
    const char *const digest =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "input_digest"));
    if (object != NULL)
        program_json_compare(object, differences);
    if (digest == NULL || strcmp(digest, wanted) != 0 || differences[0] != '\0') {
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}

/// Geometries of one SMILES from different seeds; those that RDKit does not find are passed over.
static QmtStatus starts_embed(QmtContext *ctx, Structure *s, size_t n_tries,
                              ConformerSearch *search)
{
    TRY(smiles_embed(ctx, s));
    const size_t n = s->n_atoms;
    search->starts = malloc(n_tries * n * sizeof *search->starts);
    if (search->starts == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu conformers", s->name, n_tries);
    memcpy(search->starts, s->xyz, n * sizeof *s->xyz);
    search->n_starts = 1;
    const QmtLogFunction log = ctx->log; // notes were made of the first
    ctx->log = NULL;
    for (size_t i = 1; i < n_tries; i++) {
        const Message before = context_keep(ctx);
        double(*const xyz)[3] = search->starts + n * search->n_starts;
        if (smiles_embed_seed(ctx, s, i, xyz) == QMT_OK)
            search->n_starts++;
        (void)context_restore(ctx, &before);
    }
    ctx->log = log;
    return QMT_OK;
}

static QmtStatus starts_copy(QmtContext *ctx, const Structure *frames, size_t n,
                             ConformerSearch *search)
{
    const size_t n_atoms = frames->n_atoms;
    search->starts = malloc(n * n_atoms * sizeof *search->starts);
    if (search->starts == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu frames", frames->name, n);
    for (size_t i = 0; i < n; i++)
        memcpy(search->starts + i * n_atoms, frames[i].xyz, n_atoms * sizeof *frames->xyz);
    search->n_starts = n;
    return QMT_OK;
}

static void number_add(cJSON *object, const char *name, double value)
{
    char text[TEXT_DOUBLE_SIZE];
    text_format_double(value, text);
    cJSON_AddRawToObject(object, name, text);
}

static void count_add(cJSON *object, const char *name, size_t count)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", count);
    cJSON_AddRawToObject(object, name, text);
}

static char *energies_text(QmtContext *ctx, const Molecule *molecule, const ConformerSearch *search,
                           const Conformers *found, uint64_t digest)
{
    char text[32];
    json_begin();
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "molecule", molecule->name);
    snprintf(text, sizeof text, "%016llx", (unsigned long long)digest);
    cJSON_AddStringToObject(object, "input_digest", text);
    program_json_add(ctx, object);
    count_add(object, "geometries", search->n_starts);
    count_add(object, "not_relaxed", found->n_unconverged);
    count_add(object, "another_molecule", found->n_other);
    count_add(object, "duplicates", found->n_duplicates);
    count_add(object, "above_the_wanted", found->n_beyond);
    number_add(object, "population_temperature_K", CONFORMERS_TEMPERATURE_K);
    cJSON *const list = cJSON_AddArrayToObject(object, "conformers");
    for (size_t i = 0; i < found->n; i++) {
        cJSON *const item = cJSON_CreateObject();
        number_add(item, "energy_hartree", found->items[i].energy);
        number_add(item, "relative_kJ_mol", found->items[i].relative_kjmol);
        number_add(item, "population", found->items[i].population);
        cJSON_AddItemToArray(list, item);
    }
    return json_text(object, true);
}

/// Writes both files; the JSON comes last, without which the geometries are not believed.
static QmtStatus found_write(QmtContext *ctx, const Job *job, const Molecule *molecule,
                             const RunSpec *spec, const ConformerSearch *search,
                             const Conformers *found, uint64_t digest)
{
    char folder[FILE_PATH_SIZE], xyz[FILE_PATH_SIZE], json[FILE_PATH_SIZE], *frames = NULL;
    TRY(paths_make(ctx, job, molecule, folder, xyz, json));
    TRY(file_make_directories(ctx, folder));
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < found->n && status == QMT_OK; i++) {
        char keys[96], energy[TEXT_DOUBLE_SIZE];
        Structure one = *spec->structure; // shares all but the positions
        one.xyz = search->starts + found->items[i].start * search->n_atoms;
        one.has_charge = one.has_multiplicity = true;
        one.charge = (int)spec->config.charge;
        one.multiplicity = (int)spec->config.spin_multiplicity;
        text_format_double(found->items[i].energy, energy);
        snprintf(keys, sizeof keys, "energy_hartree=%s", energy);
        status = xyz_format_with(ctx, &one, keys, &frames);
    }
    if (status == QMT_OK)
        status = file_write_whole(ctx, xyz, frames, strlen(frames));
    free(frames);
    TRY(status);
    char *const text = energies_text(ctx, molecule, search, found, digest);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its conformers", molecule->name);
    status = file_write_whole(ctx, json, text, strlen(text));
    cJSON_free(text);
    return status;
}

static bool link_should_stop(void *user)
{
    return worker_should_stop(user);
}

/// The search of one molecule, in a process of its own.
static QmtStatus molecule_work(QmtContext *ctx, void *user, size_t task, WorkerLink *link,
                               void *result)
{
    const Job *const job = user;
    const Molecule *const molecule = &job->molecules[task];
    Structure *const s = &job->structures->items[molecule->first];
    const size_t n_wanted = (size_t)job->config->conformers;
    const uint64_t digest = digest_of(job, molecule, s);
    ConformerSearch search = {
        .n_wanted = n_wanted, .gradient = GRADIENT, .should_stop = link_should_stop, .user = link};
    RunSpec spec;
    Engine *engine = NULL;
    Conformers found = {0};
    (void)result;
    QmtStatus status = job->config->conformers_from == CONFIG_FROM_FRAMES
                           ? starts_copy(ctx, s, molecule->n, &search)
                           : starts_embed(ctx, s, TRIES * n_wanted, &search);
    if (status == QMT_OK)
        status = spec_make(ctx, s, job->config, &spec);
    if (status == QMT_OK) {
        const QmtEngineOptions options = run_engine_options(&spec);
        status = xtb_create(ctx, s->n_atoms, s->numbers, &options, &engine);
    }
    if (status == QMT_OK) {
        search.n_atoms = s->n_atoms;
        search.numbers = s->numbers;
        search.n_bonds = s->n_bonds;
        search.bonds = (const int(*)[2])s->bonds;
        status = conformers_find(ctx, engine, &search, &found);
    }
    if (status == QMT_OK)
        status = found_write(ctx, job, molecule, &spec, &search, &found, digest);
    conformers_release(&found);
    engine_destroy(&engine);
    free(search.starts);
    return status;
}

/// Which structures are one molecule: each, or all of one file.
static QmtStatus molecules_group(QmtContext *ctx, Job *job)
{
    const StructureList *const list = job->structures;
    const bool frames = job->config->conformers_from == CONFIG_FROM_FRAMES;
    job->molecules = calloc(list->n + 1, sizeof *job->molecules);
    if (job->molecules == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu molecules", list->n);
    for (size_t i = 0; i < list->n; i++) {
        const Structure *const s = &list->items[i];
        Molecule *const last = job->n > 0 ? &job->molecules[job->n - 1] : NULL;
        if (!frames && shard_is_part(&job->options->shard) &&
            !shard_has(&job->options->shard, s->name))
            continue;
        const Structure *const first = last != NULL ? &list->items[last->first] : NULL;
        if (!frames && s->smiles == NULL)
            return FAIL(
                ctx, QMT_ERR_INPUT,
                "%s: %s has no SMILES to make conformers from; give one, or take the frames "
                "of a file with conformers_from: frames",
                s->source, s->name);
        if (frames && s->n_atoms == 0)
            return FAIL(
                ctx, QMT_ERR_INPUT,
                "%s: %s is a SMILES, but conformers_from: frames takes geometries from files",
                s->source, s->name);
        if (frames && last != NULL && s->path != NULL && first->path != NULL &&
            strcmp(s->path, first->path) == 0) {
            if (s->n_atoms != first->n_atoms ||
                memcmp(s->numbers, first->numbers, s->n_atoms * sizeof *s->numbers) != 0)
                return FAIL(ctx, QMT_ERR_INPUT,
                            "%s: its atoms are not those of %s, but conformers_from: frames takes "
                            "the frames of a file for one molecule",
                            s->source, first->source);
            last->n++;
            continue;
        }
        Molecule *const made = &job->molecules[job->n++];
        *made = (Molecule){.first = i, .n = 1};
        snprintf(made->name, sizeof made->name, "%s", s->name);
        if (frames && s->path != NULL)
            (void)name_from_path(s->path, made->name);
    }
    return QMT_OK;
}

/// What the JSON says of a conformer goes to its structure.
static void facts_take(const cJSON *item, size_t i, size_t n, Structure *s)
{
    const cJSON *const energy = cJSON_GetObjectItemCaseSensitive(item, "energy_hartree");
    const cJSON *const relative = cJSON_GetObjectItemCaseSensitive(item, "relative_kJ_mol");
    const cJSON *const population = cJSON_GetObjectItemCaseSensitive(item, "population");
    s->conformer = (ConformerFacts){.number = (int)i + 1, .of = (int)n};
    if (cJSON_IsNumber(energy) && cJSON_IsNumber(relative) && cJSON_IsNumber(population)) {
        s->conformer.energy_hartree = energy->valuedouble;
        s->conformer.relative_kjmol = relative->valuedouble;
        s->conformer.population = population->valuedouble;
    }
}

/// Appends the conformers of a molecule: geometries of the file, all else from its SMILES or its first frame.
static QmtStatus conformers_append(QmtContext *ctx, const Job *job, const Molecule *molecule,
                                   const cJSON *energies, StructureList *to)
{
    char folder[FILE_PATH_SIZE], xyz[FILE_PATH_SIZE], json[FILE_PATH_SIZE];
    const Structure *const first = &job->structures->items[molecule->first];
    const cJSON *const list = cJSON_GetObjectItemCaseSensitive(energies, "conformers");
    StructureList read = {0};
    TRY(paths_make(ctx, job, molecule, folder, xyz, json));
    QmtStatus status = xyz_read(ctx, xyz, &read);
    const size_t n = (size_t)cJSON_GetArraySize(list);
    if (status == QMT_OK && read.n != n)
        status = FAIL(ctx, QMT_ERR_FORMAT, "%s: %zu geometries, %s has %zu; remove both", xyz,
                      read.n, ENERGIES, n);
    for (size_t i = 0; i < n && status == QMT_OK; i++) {
        Structure *const s = &read.items[i];
        if (first->smiles != NULL) { // its bonds, too
            Structure made = {0};
            snprintf(made.name, sizeof made.name, "%s", molecule->name);
            status = structure_set_source(ctx, &made, first->source);
            if (status == QMT_OK)
                status = structure_set_smiles(ctx, &made, first->smiles);
            if (status == QMT_OK)
                status = smiles_embed_known(ctx, s, &made);
            structure_release(s);
            *s = made;
        }
        snprintf(s->name, sizeof s->name, "%s", molecule->name);
        facts_take(cJSON_GetArrayItem(list, (int)i), i, n, s);
        if (status == QMT_OK)
            status = structure_set_source(ctx, s, first->source);
        if (status == QMT_OK)
            status = structures_append(ctx, to, s);
    }
    structures_release(&read);
    return status;
}

/// Searches what no earlier job has found.
static QmtStatus search_run(QmtContext *ctx, Job *job, WorkerOutcome *outcomes)
{
    double *const cost = malloc((job->n + 1) * sizeof *cost);
    if (cost == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu molecules", job->n);
    for (size_t i = 0; i < job->n; i++)
        cost[i] = 1.0;
    smiles_prepare();
    const WorkerPool pool = {.n_tasks = job->n,
                             .cost = cost,
                             .n_workers = job->options->n_workers > 0 ? job->options->n_workers : 1,
                             .user = job,
                             .work = molecule_work};
    const QmtStatus status = worker_pool_run(ctx, &pool, outcomes, NULL);
    free(cost);
    return status == QMT_ERR_PARTIAL || job->n == 1 ? QMT_OK : status;
}

static QmtStatus all_search(QmtContext *ctx, Job *job, StructureList *to)
{
    WorkerOutcome *const outcomes = calloc(job->n + 1, sizeof *outcomes);
    cJSON **const known = calloc(job->n + 1, sizeof *known);
    Molecule *const missing = calloc(job->n + 1, sizeof *missing);
    Job rest = *job;
    QmtStatus status = QMT_OK;
    if (outcomes == NULL || known == NULL || missing == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu molecules", job->n);
    rest.molecules = missing;
    rest.n = 0;
    for (size_t i = 0; i < job->n && status == QMT_OK; i++) {
        known[i] = job->options->fresh ? NULL : earlier_read(ctx, job, &job->molecules[i]);
        if (known[i] == NULL)
            missing[rest.n++] = job->molecules[i];
    }
    if (status == QMT_OK && rest.n > 0) {
        context_log(ctx, QMT_LOG_INFO, "conformers of %zu molecule%s are searched", rest.n,
                    rest.n == 1 ? "" : "s");
        status = search_run(ctx, &rest, outcomes);
    }
    size_t searched = 0;
    for (size_t i = 0; i < job->n && status == QMT_OK; i++) {
        const Molecule *const molecule = &job->molecules[i];
        const WorkerOutcome *const outcome = known[i] == NULL ? &outcomes[searched++] : NULL;
        if (outcome != NULL && outcome->status == QMT_OK)
            known[i] = earlier_read(ctx, job, molecule);
        if (known[i] != NULL) {
            status = conformers_append(ctx, job, molecule, known[i], to);
            continue;
        }
        const Structure *const s = &job->structures->items[molecule->first];
        const QmtStatus failure =
            outcome->status == QMT_STOPPED
                ? FAIL(ctx, QMT_STOPPED,
                       "stopped on request while conformers were searched; the "
                       "same command goes on from here")
                : FAIL(ctx, outcome->status != QMT_OK ? outcome->status : QMT_ERR_IO, "%s",
                       outcome->message[0] != '\0' ? outcome->message
                                                   : "its conformers cannot be read");
        status = failure == QMT_STOPPED ? failure
                                        : rejection_take(ctx, job->structures->rejected, s->source,
                                                         molecule->name, REJECT_STRUCTURE, failure);
    }
    for (size_t i = 0; known != NULL && i < job->n; i++)
        cJSON_Delete(known[i]);
    free(known);
    free(missing);
    free(outcomes);
    return status;
}

/// The molecules of a job, which become folders now. They are to be released, also after a failure.
static QmtStatus inputs_take(QmtContext *ctx, Job *job)
{
    TRY(structures_check_names(ctx, job->structures));
    return molecules_group(ctx, job);
}

QmtStatus conformer_inputs_check(QmtContext *ctx, const Config *config,
                                 const ConformerSearchOptions *options, StructureList *structures)
{
    Job job = {.config = config, .options = options, .structures = structures};
    const QmtStatus status = inputs_take(ctx, &job);
    free(job.molecules);
    return status;
}

QmtStatus conformer_search(QmtContext *ctx, const Config *config,
                           const ConformerSearchOptions *options, StructureList *structures)
{
    Job job = {.config = config, .options = options, .structures = structures};
    StructureList made = {.rejected = structures->rejected};
    QmtStatus status = inputs_take(ctx, &job);
    if (status == QMT_OK)
        status = all_search(ctx, &job, &made);
    free(job.molecules);
    if (status != QMT_OK) {
        structures_release(&made);
        return status;
    }
    structures_release(structures);
    *structures = made;
    return QMT_OK;
}
