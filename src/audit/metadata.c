#include "audit/metadata.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "structure/smiles.h"

/// Whole numbers that a double holds exactly.
static const double WHOLE_MAX = 9007199254740992.0;

static bool whole_number(const Check *check, const char *name, uint64_t *value)
{
    double number;
    if (!check_metadata_number(check, name, &number) || !(number >= 0.0 && number <= WHOLE_MAX))
        return false;
    *value = (uint64_t)number;
    return true;
}

bool metadata_thermostat_rate(const Check *check, double *rate)
{
    const char *const name = check_config_text(check, "thermostat");
    const Thermostat *const thermostat = name != NULL ? thermostat_find(name) : NULL;
    if (thermostat == NULL || !thermostat->scales)
        return check_config_number(check, "friction_per_ps", rate) && *rate >= 0.0;
    double time_ps;
    if (!check_config_number(check, "thermostat_time_ps", &time_ps) || !(time_ps > 0.0))
        return false;
    *rate = 1.0 / time_ps;
    return true;
}

/// The motion that the configuration describes. With `replicas` they are numbered from 1, without it is 0;
/// both first ones have the same random numbers.
static CheckMotion motion_read(const Check *check)
{
    CheckMotion motion = {0};
    double dt_fs = 0.0, every = 0.0;
    const char *const ensemble = check_config_text(check, "ensemble");
    const char *const name = check_config_text(check, "thermostat");
    const Thermostat *const thermostat = name != NULL ? thermostat_find(name) : NULL;
    const bool is_nve = ensemble != NULL && strcmp(ensemble, "nve") == 0;
    motion.thermostat = is_nve ? NULL : thermostat;
    motion.known = check->is_ours && ensemble != NULL && (is_nve || thermostat != NULL) &&
                   check_config_number(check, "dt_fs", &dt_fs) && dt_fs > 0.0 &&
                   check_config_number(check, "save_interval_steps", &every) && every >= 1.0 &&
                   check_config_number(check, "temperature_K", &motion.target_k) &&
                   motion.target_k >= 0.0 && metadata_thermostat_rate(check, &motion.rate) &&
                   whole_number(check, "random_seed", &motion.seed) &&
                   whole_number(check, "replica", &motion.replica) &&
                   check_metadata_text(check, "name") != NULL;
    motion.target_end_k = motion.target_k;
    const cJSON *const ramp = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(check->metadata, "config"), "temperature_ramp_K");
    const cJSON *const from = cJSON_GetArrayItem(ramp, 0), *const to = cJSON_GetArrayItem(ramp, 1);
    if (cJSON_IsNumber(from) && cJSON_IsNumber(to)) {
        motion.target_k = from->valuedouble;
        motion.target_end_k = to->valuedouble;
        motion.known = motion.known && check_config_number(check, "length_ps", &motion.length_ps) &&
                       motion.length_ps > 0.0 && motion.target_end_k >= 0.0;
    }
    motion.dt_ps = 1e-3 * dt_fs;
    motion.frame_ps = motion.dt_ps * every;
    motion.replica -= motion.replica > 0;
    if (is_nve)
        motion.rate = 0.0;
    return motion;
}

QmtStatus metadata_read(QmtContext *ctx, Check *check)
{
    TRY(check_read_json(ctx, check, "metadata", CHECK_METADATA, &check->metadata));
    const char *const program = check_metadata_text(check, "program");
    const char *const status = check_metadata_text(check, "status");
    check->is_ours = program != NULL && strcmp(program, "qmtraj") == 0;
    const char *const version = check_metadata_text(check, "version");
    check->is_current = check->is_ours && version != NULL && strcmp(version, qmt_version()) == 0;
    check->is_complete = status != NULL && strcmp(status, "complete") == 0;
    check->is_sample =
        cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(check->metadata, "sampling"));
    check->is_quenched =
        cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(check->metadata, "quench"));
    check->motion = motion_read(check);
    const cJSON *const ended = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(check->metadata, "ended_early"), "time_ps");
    check->ended_ps = cJSON_IsNumber(ended) ? ended->valuedouble : INFINITY;
    return QMT_OK;
}

static void units_check(Check *check)
{
    const char *const velocity = check_metadata_text(check, "velocity_units");
    const cJSON *const units = cJSON_GetObjectItemCaseSensitive(check->metadata, "units");
    if (velocity != NULL && strcmp(velocity, "nm/ps") != 0)
        check_say(check, CHECK_METADATA, CHECK_FAIL, "velocity_units is %.40s, not nm/ps",
                  velocity);
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS; i++) {
        const TrajectoryArray array = trajectory_array(i);
        const cJSON *const item = cJSON_GetObjectItemCaseSensitive(units, array.name);
        const char *const unit = cJSON_GetStringValue(item);
        if (item != NULL && (unit == NULL || strcmp(unit, array.unit) != 0))
            check_say(check, CHECK_METADATA, CHECK_FAIL,
                      "the unit of %s is said to be %.40s, this format has %s", array.name,
                      unit != NULL ? unit : "no text", array.unit);
    }
}

/// A text, "none" or null as the same word.
static const char *word_or_none(const char *text)
{
    return text != NULL ? text : "none";
}

/// What is a text where it is not null.
static void texts_check(Check *check)
{
    static const char *const KEYS[] = {"smiles", "solvent", "solvation_model"};
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        const cJSON *const item = cJSON_GetObjectItemCaseSensitive(check->metadata, KEYS[i]);
        if (item != NULL && !cJSON_IsString(item) && !cJSON_IsNull(item))
            check_say(check, CHECK_METADATA, CHECK_FAIL, "%s is neither a text nor null", KEYS[i]);
    }
}

/// What stands in the metadata twice must be the same twice.
static void twice_check(Check *check)
{
    static const struct {
        const char *above, *in_config;
    } NUMBERS[] = {{"charge", "charge"},
                   {"multiplicity", "spin_multiplicity"},
                   {"random_seed", "random_seed"}};
    double a, b;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++)
        if (check_metadata_number(check, NUMBERS[i].above, &a) &&
            check_config_number(check, NUMBERS[i].in_config, &b) && a != b)
            check_say(check, CHECK_METADATA, CHECK_FAIL, "%s is %.0f, but config says %s: %.0f",
                      NUMBERS[i].above, a, NUMBERS[i].in_config, b);
    const char *const method = check_metadata_text(check, "qm_method");
    const char *const in_config = check_config_text(check, "method");
    if (method != NULL && in_config != NULL && strcmp(method, in_config) != 0)
        check_say(check, CHECK_METADATA, CHECK_FAIL, "qm_method is %.40s, but config says %.40s",
                  method, in_config);
    const char *const solvent = word_or_none(check_metadata_text(check, "solvent"));
    const char *const wanted = check_config_text(check, "solvent");
    if (wanted != NULL && strcmp(solvent, wanted) != 0)
        check_say(check, CHECK_METADATA, CHECK_FAIL, "solvent is %.40s, but config says %.40s",
                  solvent, wanted);
    const char *const model = check_metadata_text(check, "solvation_model");
    const char *const wanted_model = check_config_text(check, "solvation_model");
    if (model != NULL && wanted_model != NULL && strcmp(model, wanted_model) != 0)
        check_say(check, CHECK_METADATA, CHECK_FAIL,
                  "solvation_model is %.40s, but config says %.40s", model, wanted_model);
    const char *const precision = check_config_text(check, "precision");
    const NpzArray *const pos = check->array[ARRAY_POS];
    if (precision != NULL && pos != NULL &&
        (strcmp(precision, "float64") == 0) != (pos->item_bytes == 8))
        check_say(check, CHECK_METADATA, CHECK_FAIL,
                  "config says precision: %.40s, pos is f%" PRIu64, precision, pos->item_bytes);
}

/// Degrees of freedom: the centre of mass is at rest, and at constant energy the molecule does not turn.
static void dof_check(Check *check)
{
    double dof;
    const double n = 3.0 * (double)check->n_atoms;
    const char *const ensemble = check_config_text(check, "ensemble");
    if (!check->is_ours || ensemble == NULL || !check_metadata_number(check, "dof", &dof))
        return;
    const bool is_nve = strcmp(ensemble, "nve") == 0;
    const bool fits = check->n_atoms == 1 ? dof == 0.0
                      : !is_nve           ? dof == n - 3.0
                                : dof == n - 5.0 || (dof == n - 6.0 && check->n_atoms > 2);
    if (!fits)
        check_say(check, CHECK_METADATA, CHECK_FAIL,
                  "dof is %g; %zu atoms at constant %s have %.0f%s", dof, check->n_atoms,
                  is_nve ? "energy" : "temperature",
                  check->n_atoms == 1 ? 0.0
                  : is_nve            ? n - (check->n_atoms > 2 ? 6.0 : 5.0)
                                      : n - 3.0,
                  is_nve && check->n_atoms > 2 ? ", or one more if they are in a line" : "");
}

/// The atoms that a SMILES stands for, in its order, with hydrogen atoms behind: those of the file.
static void smiles_check(QmtContext *ctx, Check *check)
{
    const char *const smiles = check_metadata_text(check, "smiles");
    int *numbers = NULL;
    size_t n = 0;
    if (smiles == NULL || check->numbers == NULL || !smiles_can_embed())
        return;
    if (smiles_atoms(ctx, smiles, &numbers, &n) != QMT_OK) {
        if (check->is_ours)
            check_say(check, CHECK_METADATA, CHECK_WARN, "smiles: %.300s",
                      qmt_context_message(ctx));
        return;
    }
    // Others may keep their atoms in another order, and a shell of solvent has its hydrogen atoms molecule by
    // molecule: they are counted.
    const bool in_order = check->is_ours && check_config_text(check, "solvate.molecule") == NULL;
    int count[120] = {0};
    bool same = n == check->n_atoms;
    for (size_t a = 0; a < n && same; a++) {
        count[numbers[a]]++;
        count[check->numbers[a]]--;
        same = !in_order || numbers[a] == check->numbers[a];
    }
    for (size_t z = 0; z < sizeof count / sizeof *count && same; z++)
        same = count[z] == 0;
    free(numbers);
    if (!same)
        check_say(check, CHECK_METADATA, CHECK_FAIL,
                  "smiles is %.100s, whose %zu atoms are not the %zu of the file", smiles, n,
                  check->n_atoms);
}

/// Numbers of frames, what a complete trajectory must have, and a partial one must say.
static void status_check(Check *check)
{
    double frames;
    const char *const status = check_metadata_text(check, "status");
    if (check_metadata_number(check, "num_frames", &frames) && frames != (double)check->n_frames)
        check_say(check, CHECK_METADATA, CHECK_FAIL, "num_frames is %.0f, the arrays have %" PRIu64,
                  frames, check->n_frames);
    if (check->is_ours && check->is_complete && !check->is_sample &&
        !cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(check->metadata, "summary")))
        check_say(check, CHECK_METADATA, CHECK_FAIL,
                  "status is complete, but there is no summary, which every complete trajectory "
                  "has");
    if (check->is_current && status != NULL && !check->is_complete &&
        strcmp(status, "partial") != 0)
        check_say(check, CHECK_METADATA, CHECK_FAIL,
                  "status is %.40s, files of this version are complete or partial", status);
    if (check->is_ours && check->is_complete && cJSON_HasObjectItem(check->metadata, "reason"))
        check_say(check, CHECK_METADATA, CHECK_FAIL,
                  "status is complete, but a reason for its end is given: %.250s",
                  word_or_none(check_metadata_text(check, "reason")));
    if (status != NULL && !check->is_complete) {
        const char *const reason = check_metadata_text(check, "reason");
        check_say(check, CHECK_METADATA, CHECK_WARN, "status is %.40s: %.250s", status,
                  reason != NULL ? reason : "no reason given");
    }
}

static void keys_check(Check *check)
{
    static const char *const KEYS[] = {"qm_method",      "charge", "multiplicity", "dof",
                                       "velocity_units", "config", "status"};
    char missing[128] = "";
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        if (!cJSON_HasObjectItem(check->metadata, KEYS[i]))
            snprintf(missing + strlen(missing), sizeof missing - strlen(missing), " %s", KEYS[i]);
    if (missing[0] != '\0')
        check_say(check, CHECK_METADATA, CHECK_WARN, "missing:%s", missing);
}

void metadata_check(QmtContext *ctx, Check *check)
{
    double number;
    if (check->metadata == NULL)
        return;
    if (check_metadata_number(check, "num_atoms", &number) && number != (double)check->n_atoms)
        check_say(check, CHECK_METADATA, CHECK_FAIL, "num_atoms is %.0f, the arrays have %zu",
                  number, check->n_atoms);
    units_check(check);
    texts_check(check);
    twice_check(check);
    dof_check(check);
    smiles_check(ctx, check);
    if (check->is_ours && !cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(check->metadata, "pbc")))
        check_say(check, CHECK_METADATA, CHECK_FAIL, "pbc is not false; nothing here is periodic");
    status_check(check);
    keys_check(check);
    const char *const method = check_metadata_text(check, "qm_method");
    const bool passed_over = check_metadata_text(check, "smiles") != NULL && !smiles_can_embed();
    check_say(check, CHECK_METADATA, CHECK_PASS, "%.40s%s%s", method != NULL ? method : "",
              check->is_complete ? ", complete" : "",
              passed_over ? "; the SMILES is not read: this program is built without RDKit" : "");
}
