#include "run/metadata.h"
#include "config/value_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "config/config_write.h"
#include "config/recipe.h"
#include "io/file.h"
#include "io/json.h"
#include "io/text.h"
#include "run/program.h"
#include "run/quench.h"
#include "run/run_bias.h"
#include "trajectory/trajectory_schema.h"

/// Numbers are written by our own formatter: shortest form that reads back, in every locale.
static void add_number(cJSON *object, const char *name, double value)
{
    char text[TEXT_DOUBLE_SIZE];
    text_format_double(value, text);
    cJSON_AddRawToObject(object, name, text);
}

static void add_whole(cJSON *object, const char *name, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    cJSON_AddRawToObject(object, name, text);
}

/// True if the trajectory has row i of the schema.
static bool has_array(const Config *config, size_t i)
{
    if (i >= N_ARRAYS)
        return config->properties >> (i - N_ARRAYS) & 1;
    return trajectory_array_is_there(i, spec_further(config), 0) &&
           (i != ARRAY_NVE_TEXT || config->nve_windows_text);
}

static cJSON *units_json(const Config *config)
{
    cJSON *const object = cJSON_CreateObject();
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS; i++) {
        const TrajectoryArray array = trajectory_array(i);
        if (has_array(config, i) && array.unit[0] != '\0')
            cJSON_AddStringToObject(object, array.name, array.unit);
    }
    return object;
}

/// Shapes of the property arrays, e.g. "charges": ["F", "N"].
static cJSON *properties_json(const Config *config)
{
    cJSON *const object = cJSON_CreateObject();
    for (size_t i = N_ARRAYS; i < N_TRAJECTORY_ARRAYS; i++) {
        const TrajectoryArray array = trajectory_array(i);
        if (!has_array(config, i))
            continue;
        cJSON *const shape = cJSON_AddArrayToObject(object, array.name);
        for (const char *axis = array.axes; *axis != '\0'; axis++)
            cJSON_AddItemToArray(shape, *axis >= '0' && *axis <= '9'
                                            ? cJSON_CreateNumber(*axis - '0')
                                            : cJSON_CreateString((char[]){*axis, '\0'}));
    }
    return object;
}

static cJSON *report_json(const MdReport *report)
{
    cJSON *const object = cJSON_CreateObject();
    add_number(object, "mean_temperature_K", report->mean_temperature_k);
    add_number(object, "mean_temperature_error_K",
               report->temperature_error_k < 0.0 ? NAN : report->temperature_error_k);
    add_number(object, "expected_spread_K",
               report->expected_spread_k < 0.0 ? NAN : report->expected_spread_k);
    add_number(object, "drift_kJ_mol_ps", report->slope_kjmol_ps);
    add_number(object, "shadow_drift_kJ_mol_ps", report->shadow_slope_kjmol_ps);
    add_number(object, "scf_iterations_mean",
               report->evaluations > 0
                   ? (double)report->scf_iterations / (double)report->evaluations
                   : NAN);
    add_number(object, "scf_residual_max", report->scf_residual_max);
    add_number(object, "scf_residual_median", report->scf_residual_median);
    add_whole(object, "scf_recoveries", (int64_t)report->recoveries);
    add_whole(object, "scf_diagonalisations", (int64_t)report->diagonalisations);
    add_whole(object, "self_checks", (int64_t)report->checks);
    add_whole(object, "self_checks_failed", (int64_t)report->checks_failed);
    cJSON *const windows = cJSON_AddArrayToObject(object, "nve_windows");
    for (size_t w = 0; w < report->n_windows; w++) {
        const NveWindowResult *result = &report->windows[w];
        cJSON *const window = cJSON_CreateObject();
        add_number(window, "begins_at_ps", result->begins_at_ps);
        add_number(window, "mean_temperature_K",
                   report->dof > 0 ? result->mean_temperature_k : NAN);
        add_number(window, "drift_kJ_mol_ps", result->slope_kjmol_ps);
        add_number(window, "shadow_drift_kJ_mol_ps", result->shadow_slope_kjmol_ps);
        add_number(window, "rms_kJ_mol", result->rms_kjmol);
        add_number(window, "largest_deviation_kJ_mol", result->worst_kjmol);
        cJSON_AddItemToArray(windows, window);
    }
    return object;
}

/// "earlier processor A (avx2)\n..." as a list of "A (avx2)".
static cJSON *processors_json(const char *earlier)
{
    static const char head[] = "earlier processor ";
    cJSON *const list = cJSON_CreateArray();
    while (strncmp(earlier, head, sizeof head - 1) == 0) {
        char name[256];
        earlier += sizeof head - 1;
        const size_t length = strcspn(earlier, "\n");
        snprintf(name, sizeof name, "%.*s", (int)length, earlier);
        cJSON_AddItemToArray(list, cJSON_CreateString(name));
        earlier += length + (earlier[length] == '\n');
    }
    return list;
}

struct cJSON *warnings_json(const RunWarnings *warnings)
{
    char code[RUN_WARNING_CODE_SIZE], text[RUN_WARNING_TEXT_SIZE];
    size_t at = 0;
    cJSON *const list = cJSON_CreateArray();
    while (warnings != NULL && run_warning_next(warnings, &at, code, text)) {
        cJSON *const item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "code", code);
        cJSON_AddStringToObject(item, "text", text);
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

static void warnings_from_json(const cJSON *list, RunWarnings *warnings)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        const char *const code =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "code"));
        const char *const text =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "text"));
        if (code != NULL && text != NULL)
            run_warning_add(warnings, code, "%s", text);
    }
}

/// Mass numbers of the atoms, 0 where the standard atomic weight holds.
static cJSON *isotopes_json(const Structure *structure)
{
    cJSON *const list = cJSON_CreateArray();
    for (size_t a = 0; a < structure->n_atoms; a++)
        cJSON_AddItemToArray(list, cJSON_CreateNumber(structure->isotopes[a]));
    return list;
}

/// [[0, 1], ...], lower index first.
static cJSON *bonds_json(const Bonds *bonds)
{
    cJSON *const list = cJSON_CreateArray();
    size_t pair = 0, a, b;
    while (bonds_next(bonds, &pair, &a, &b)) {
        char text[64];
        snprintf(text, sizeof text, "[%zu,%zu]", b, a);
        cJSON_AddItemToArray(list, cJSON_CreateRaw(text));
    }
    return list;
}

static cJSON *event_json(const Watch *watch, const WatchEvent *event)
{
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "kind", watch_kind_name(event->kind));
    cJSON_AddStringToObject(object, "phase", event->in_production ? "production" : "equilibration");
    if (event->in_production)
        add_whole(object, "frame", watch_event_frame(watch, event));
    else
        cJSON_AddNullToObject(object, "frame");
    add_number(object, "time_ps", watch_event_time_ps(watch, event));
    cJSON *const atoms = cJSON_AddArrayToObject(object, "atoms");
    for (int k = 0; k < event->n_atoms; k++)
        cJSON_AddItemToArray(atoms, cJSON_CreateNumber(event->atoms[k]));
    if (event->kind >= WATCH_SCF_JUMP)
        add_number(object, event->kind == WATCH_SCF_CHANGE ? "size_e" : "size_kJ_mol", event->size);
    return object;
}

/// What ended it, and after which time.
static cJSON *ended_json(const MetadataFacts *facts)
{
    cJSON *const object = cJSON_CreateObject();
    if (facts->ended_by->kind >= WATCH_SCF_JUMP)
        cJSON_AddStringToObject(object, "scf_state", "stop");
    else
        cJSON_AddStringToObject(object, "stop_when", "bond_broken");
    add_number(object, "time_ps",
               1e-3 * (double)facts->report->steps * facts->watch->task->config.dt_fs);
    cJSON_AddItemToObject(object, "event", event_json(facts->watch, facts->ended_by));
    if (facts->ended_by->kind >= WATCH_SCF_JUMP)
        add_whole(object, "frames_before", watch_frames_before(facts->watch, facts->ended_by));
    return object;
}

static void add_kept(cJSON *object, const char *name, int kept)
{
    cJSON_AddItemToObject(object, name, kept < 0 ? cJSON_CreateNull() : cJSON_CreateBool(kept));
}

/// Bonds, and what happened to them.
static void watch_add(cJSON *object, const Watch *watch)
{
    const bool known = watch != NULL && watch->record.at_rest_known;
    cJSON_AddItemToObject(object, "bonds",
                          known ? bonds_json(&watch->at_rest) : cJSON_CreateNull());
    add_kept(object, "smiles_kept", known ? watch_smiles_kept(watch, false) : -1);
    add_kept(object, "smiles_kept_at_end", known ? watch_smiles_kept(watch, true) : -1);
    if (!known) {
        cJSON_AddNullToObject(object, "events");
        cJSON_AddNullToObject(object, "event_counts");
        return;
    }
    cJSON *const list = cJSON_AddArrayToObject(object, "events");
    for (uint64_t i = 0; i < watch->record.n_events; i++)
        cJSON_AddItemToArray(list, event_json(watch, &watch->record.events[i]));
    cJSON *const counts = cJSON_AddObjectToObject(object, "event_counts");
    for (int kind = 0; kind < WATCH_KINDS; kind++)
        if (watch->record.counts[kind] > 0)
            add_whole(counts, watch_kind_name(kind), (int64_t)watch->record.counts[kind]);
}

static void solvent_add(cJSON *object, const Config *config)
{
    const char *solvent = config_solvent_name(config);
    if (solvent != NULL) {
        char model[32];
        cJSON_AddStringToObject(object, "solvent", solvent);
        cJSON_AddStringToObject(object, "solvation_model",
                                config_choice(config, "solvation_model", model));
    } else {
        cJSON_AddNullToObject(object, "solvent");
        cJSON_AddNullToObject(object, "solvation_model");
    }
}

/// Charge and multiplicity, and where they were read.
static void state_add(cJSON *object, const RunSpec *task)
{
    add_whole(object, "charge", task->config.charge);
    cJSON_AddStringToObject(object, "charge_source", task->charge_source);
    add_whole(object, "multiplicity", task->config.spin_multiplicity);
    cJSON_AddStringToObject(object, "multiplicity_source", task->multiplicity_source);
}

/// Which conformer it starts from; energies and populations are those of the search.
static cJSON *conformer_json(const ConformerFacts *facts)
{
    cJSON *const object = cJSON_CreateObject();
    add_whole(object, "number", facts->number);
    add_whole(object, "of", facts->of);
    add_number(object, "energy_hartree", facts->energy_hartree);
    add_number(object, "relative_kJ_mol", facts->relative_kjmol);
    add_number(object, "population", facts->population);
    return object;
}

/// Which frame of which trajectory it is a copy of, and how far that was relaxed at most.
static cJSON *quench_json(const RunSpec *task)
{
    char label[SPEC_LABEL_SIZE];
    cJSON *const object = cJSON_CreateObject();
    add_whole(object, "number", task->quench.number);
    quench_label(task, label);
    cJSON_AddStringToObject(object, "trajectory", label);
    if (task->quench.frame != QUENCH_FRAME_UNKNOWN) {
        add_whole(object, "frame", task->quench.frame);
        add_number(object, "time_ps", task->quench.time_ps);
    }
    add_whole(object, "steps", task->config.optimize ? task->config.optimize_max_steps : 0);
    return object;
}

char *metadata_text(const QmtContext *ctx, const RunSpec *task, const MetadataFacts *facts)
{
    const MdReport *const report = facts->report;
    const char *const earlier = facts->earlier, *const reason = facts->reason;
    const int64_t dof = facts->dof;
    const Structure *structure = task->structure;
    char method[32];
    json_begin();
    cJSON *const object = cJSON_CreateObject();

    if (structure->smiles != NULL)
        cJSON_AddStringToObject(object, "smiles", structure->smiles);
    else
        cJSON_AddNullToObject(object, "smiles");
    cJSON_AddStringToObject(object, "name", structure->name);
    cJSON_AddItemToObject(object, "config", config_json(&task->config));
    add_whole(object, "num_atoms", (int64_t)structure->n_atoms);
    if (facts->reason == NULL)
        add_whole(object, "num_frames",
                  facts->n_frames > 0 ? facts->n_frames : config_frames(&task->config));
    cJSON_AddStringToObject(object, "qm_method", config_choice(&task->config, "method", method));
    solvent_add(object, &task->config);
    cJSON_AddStringToObject(object, "velocity_units", "nm/ps");
    cJSON_AddItemToObject(object, "units", units_json(&task->config));
    if (task->config.properties != 0)
        cJSON_AddItemToObject(object, "properties", properties_json(&task->config));
    cJSON_AddFalseToObject(object, "pbc");
    state_add(object, task);
    if (structure->isotopes != NULL)
        cJSON_AddItemToObject(object, "isotopes", isotopes_json(structure));
    if (dof != METADATA_DOF_UNKNOWN)
        add_whole(object, "dof", dof);
    else
        cJSON_AddNullToObject(object, "dof");
    add_whole(object, "random_seed", task->config.random_seed);
    add_whole(object, "replica", task->replica);
    if (task->variant[0] != '\0')
        cJSON_AddStringToObject(object, "variant", task->variant);
    if (structure->conformer.number > 0)
        cJSON_AddItemToObject(object, "conformer", conformer_json(&structure->conformer));
    if (task->quench.number > 0)
        cJSON_AddItemToObject(object, "quench", quench_json(task));
    if (task->config.recipe != CONFIG_RECIPE_NONE)
        cJSON_AddItemToObject(object, "recipe",
                              recipe_json(&task->config, task->quench.number > 0));
    program_json_add(ctx, object);
    if (earlier[0] != '\0')
        cJSON_AddItemToObject(object, "earlier_processors", processors_json(earlier));
    cJSON_AddStringToObject(object, "status", reason == NULL ? "complete" : "partial");
    if (reason != NULL)
        cJSON_AddStringToObject(object, "reason", reason);
    if (facts->ended_by != NULL)
        cJSON_AddItemToObject(object, "ended_early", ended_json(facts));
    if (report != NULL)
        cJSON_AddItemToObject(object, "summary", report_json(report));
    else
        cJSON_AddNullToObject(object, "summary");
    if (config_is_biased(&task->config))
        cJSON_AddItemToObject(object, "bias", run_bias_json(task, facts->bias));
    watch_add(object, facts->watch);
    cJSON_AddItemToObject(object, "warnings", warnings_json(facts->warnings));

    return json_text(object, false);
}

/// The figures of a result by name, so that writing and reading cannot disagree.
static const struct {
    const char *name;
    size_t offset;
    enum { FIGURE_REAL, FIGURE_WHOLE, FIGURE_SOURCE, FIGURE_OLD } type; ///< old ones are read only
} FIGURES[] = {
    {"atoms", offsetof(RunResult, n_atoms), FIGURE_WHOLE},
    {"charge", offsetof(RunResult, charge), FIGURE_WHOLE},
    {"charge_source", offsetof(RunResult, charge_source), FIGURE_SOURCE},
    {"multiplicity", offsetof(RunResult, multiplicity), FIGURE_WHOLE},
    {"multiplicity_source", offsetof(RunResult, multiplicity_source), FIGURE_SOURCE},
    {"steps", offsetof(RunResult, n_steps), FIGURE_WHOLE},
    {"frames", offsetof(RunResult, n_frames), FIGURE_WHOLE},
    {"evaluations", offsetof(RunResult, evaluations), FIGURE_WHOLE},
    {"ms_per_step", offsetof(RunResult, ms_per_step), FIGURE_REAL},
    {"wall_s", offsetof(RunResult, wall_s), FIGURE_REAL},
    {"cpu_s", offsetof(RunResult, cpu_s), FIGURE_REAL},
    {"peak_memory_KiB", offsetof(RunResult, peak_memory_kib), FIGURE_WHOLE},
    {"mean_temperature_K", offsetof(RunResult, mean_temperature_k), FIGURE_REAL},
    {"mean_temperature_error_K", offsetof(RunResult, temperature_error_k), FIGURE_REAL},
    {"expected_error_K", offsetof(RunResult, expected_spread_k), FIGURE_OLD}, // until 0.1.0
    {"expected_spread_K", offsetof(RunResult, expected_spread_k), FIGURE_REAL},
    {"drift_kJ_mol_ps", offsetof(RunResult, drift_kjmol_ps), FIGURE_REAL},
    {"shadow_drift_kJ_mol_ps", offsetof(RunResult, shadow_drift_kjmol_ps), FIGURE_REAL},
    {"nve_windows", offsetof(RunResult, n_windows), FIGURE_WHOLE},
    {"nve_drift_kJ_mol_ps", offsetof(RunResult, nve_drift_kjmol_ps), FIGURE_REAL},
    {"nve_shadow_drift_kJ_mol_ps", offsetof(RunResult, nve_shadow_drift_kjmol_ps), FIGURE_REAL},
    {"conformer_kJ_mol", offsetof(RunResult, conformer_kjmol), FIGURE_REAL},
    {"conformer_population", offsetof(RunResult, conformer_population), FIGURE_REAL},
    {"scf_iterations_mean", offsetof(RunResult, scf_iterations_mean), FIGURE_REAL},
    {"scf_iterations_max", offsetof(RunResult, scf_iterations_max), FIGURE_WHOLE},
    {"scf_residual_max", offsetof(RunResult, scf_residual_max), FIGURE_REAL},
    {"scf_residual_median", offsetof(RunResult, scf_residual_median), FIGURE_REAL},
    {"scf_recoveries", offsetof(RunResult, recoveries), FIGURE_WHOLE},
    {"scf_diagonalisations", offsetof(RunResult, diagonalisations), FIGURE_WHOLE},
    {"self_checks", offsetof(RunResult, checks), FIGURE_WHOLE},
    {"self_checks_failed", offsetof(RunResult, checks_failed), FIGURE_WHOLE},
};
enum { N_FIGURES = sizeof FIGURES / sizeof FIGURES[0] };

struct cJSON *result_json(const RunResult *result)
{
    cJSON *const object = cJSON_CreateObject();
    for (size_t i = 0; i < N_FIGURES; i++) {
        const char *at = (const char *)result + FIGURES[i].offset;
        if (FIGURES[i].type == FIGURE_REAL)
            add_number(object, FIGURES[i].name, *(const double *)at);
        else if (FIGURES[i].type == FIGURE_WHOLE)
            add_whole(object, FIGURES[i].name, *(const int64_t *)at);
        else if (FIGURES[i].type == FIGURE_SOURCE)
            cJSON_AddStringToObject(object, FIGURES[i].name, at);
    }
    cJSON_AddItemToObject(object, "warnings", warnings_json(&result->warnings));
    return object;
}

/// The item of a name: behind the last one that was found, where result_json() put it, or anywhere.
static const cJSON *item_find(const cJSON *object, const char *name, const cJSON **last)
{
    const cJSON *const next = *last != NULL ? (*last)->next : NULL;
    const cJSON *const item =
        next != NULL && next->string != NULL && strcmp(next->string, name) == 0
            ? next
            : cJSON_GetObjectItemCaseSensitive(object, name);
    if (item != NULL)
        *last = item;
    return item;
}

void result_from_json(const struct cJSON *object, RunResult *result)
{
    const cJSON *last = NULL;
    for (size_t i = 0; i < N_FIGURES; i++) {
        const cJSON *const item = item_find(object, FIGURES[i].name, &last);
        char *at = (char *)result + FIGURES[i].offset;
        if (FIGURES[i].type == FIGURE_SOURCE && cJSON_IsString(item))
            snprintf(at, STATE_SOURCE_SIZE, "%s", item->valuestring);
        else if ((FIGURES[i].type == FIGURE_REAL || FIGURES[i].type == FIGURE_OLD) &&
                 (cJSON_IsNumber(item) || cJSON_IsNull(item)))
            *(double *)at = cJSON_IsNumber(item) ? item->valuedouble : NAN;
        else if (FIGURES[i].type == FIGURE_WHOLE && cJSON_IsNumber(item))
            *(int64_t *)at = (int64_t)item->valuedouble;
    }
    warnings_from_json(item_find(object, "warnings", &last), &result->warnings);
}

void result_from_run_json(const struct cJSON *run, RunResult *result)
{
    result->checkpoint_dropped =
        cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(run, "checkpoint_kept"));
    result_from_json(cJSON_GetObjectItemCaseSensitive(run, "result"), result);
    warnings_from_json(cJSON_GetObjectItemCaseSensitive(run, "warnings"), &result->warnings);
}

const char *status_word(QmtStatus status)
{
    switch (status) {
    case QMT_OK:
        return "complete";
    case QMT_ERR_SCF:
        return "scf failed";
    case QMT_ERR_PHYSICS:
        return "unphysical";
    case QMT_ERR_IO:
        return "io failed";
    case QMT_ERR_PARTIAL:
        return "crashed";
    case QMT_ERR_LOCKED:
        return "held elsewhere";
    case QMT_ERR_CHECKPOINT:
        return "checkpoint refused";
    case QMT_STOPPED:
        return "stopped";
    default:
        return "failed";
    }
}

static void add_time(cJSON *object, const char *name, double seconds)
{
    const time_t whole = (time_t)seconds;
    struct tm parts;
    char text[32];
    gmtime_r(&whole, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    cJSON_AddStringToObject(object, name, text);
}

/// Numbers beyond 2^53 are texts, as JSON readers have doubles.
static void add_recognition(cJSON *object, const RunOptions *settings, const RunSpec *task,
                            QmtStatus status)
{
    char path[FILE_PATH_SIZE], text[32];
    FileStamp stamp;
    if (status != QMT_OK || task->input_digest[0] == '\0' ||
        snprintf(path, sizeof path, "%s/%s/%s", settings->out, task->label, RUN_FILE_COMPLETE) >=
            (int)sizeof path ||
        !file_stamp(path, &stamp))
        return;
    cJSON_AddStringToObject(object, "input_digest", task->input_digest);
    add_whole(object, "trajectory_bytes", stamp.n_bytes);
    snprintf(text, sizeof text, "%lld", (long long)stamp.modified_ns);
    cJSON_AddStringToObject(object, "trajectory_modified_ns", text);
}

char *run_json_text(const QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                    const RunResult *result, double started, double ended, QmtStatus status,
                    const char *message)
{
    char host[256] = "", folder[4096] = "";
    gethostname(host, sizeof host - 1);
    if (getcwd(folder, sizeof folder) == NULL)
        folder[0] = '\0';

    json_begin();
    cJSON *const object = cJSON_CreateObject();
    program_json_add(ctx, object);
    cJSON_AddStringToObject(object, "molecule", task->label);
    cJSON_AddStringToObject(object, "source", task->structure->source);
    add_whole(object, "charge", task->config.charge);
    cJSON_AddStringToObject(object, "charge_source", task->charge_source);
    add_whole(object, "multiplicity", task->config.spin_multiplicity);
    cJSON_AddStringToObject(object, "multiplicity_source", task->multiplicity_source);
    cJSON_AddStringToObject(object, "status", status_word(status));
    cJSON_AddStringToObject(object, "message", message);
    add_time(object, "started", started);
    add_time(object, "ended", ended);
    cJSON_AddStringToObject(object, "host", host);
    cJSON_AddStringToObject(object, "folder", folder);
    cJSON_AddStringToObject(object, "out", settings->out);
    add_whole(object, "workers", (int64_t)settings->n_workers);
    add_recognition(object, settings, task, status);
    if (status == QMT_OK)
        cJSON_AddBoolToObject(object, "checkpoint_kept", !result->checkpoint_dropped);
    cJSON *const figures = result_json(result);
    cJSON_AddItemToObject(object, "warnings",
                          cJSON_DetachItemFromObjectCaseSensitive(figures, "warnings"));
    cJSON_AddItemToObject(object, "result", figures);
    return json_text(object, true);
}
