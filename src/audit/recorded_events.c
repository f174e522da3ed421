#include "audit/recorded_events.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "run/warnings.h"
#include "run/watch.h"

/// Of a step: times and frames are whole numbers of steps.
static const double STEP_LIMIT = 0.01;

static const cJSON *part(const Check *check, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(check->metadata, name);
}

/// -1: there is none of this name.
static int kind_find(const char *name)
{
    for (int kind = 0; name != NULL && kind < WATCH_KINDS; kind++)
        if (strcmp(name, watch_kind_name(kind)) == 0)
            return kind;
    return -1;
}

static int kind_of(const cJSON *event)
{
    return kind_find(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "kind")));
}

/// True if there are as many atoms as the kind has, all of them in the molecule and different.
static bool atoms_fit(const Check *check, int kind, const cJSON *atoms)
{
    const int n = cJSON_GetArraySize(atoms);
    const bool number_fits = kind >= WATCH_SCF_JUMP              ? n == 0
                             : kind == WATCH_SEPARATION          ? n >= 2 && n <= 3
                             : kind == (int)BOND_PROTON_TRANSFER ? n == 3
                                                                 : n == 2;
    const cJSON *atom, *other;
    cJSON_ArrayForEach(atom, atoms)
    {
        if (!cJSON_IsNumber(atom) || atom->valuedouble != (double)atom->valueint ||
            atom->valueint < 0 || (size_t)atom->valueint >= check->n_atoms)
            return false;
        for (other = atom->next; other != NULL; other = other->next)
            if (other->valuedouble == atom->valuedouble)
                return false;
    }
    return cJSON_IsArray(atoms) && number_fits;
}

/// True if an event lies in its phase, and its frame is the last one saved before it or at it.
static bool time_fits(const Check *check, const cJSON *event)
{
    const char *const phase =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "phase"));
    const cJSON *const frame = cJSON_GetObjectItemCaseSensitive(event, "frame");
    const cJSON *const time = cJSON_GetObjectItemCaseSensitive(event, "time_ps");
    double every = 1.0, equilibration = INFINITY; // of a converted file; ps
    if (phase == NULL || !cJSON_IsNumber(time) || !(time->valuedouble >= 0.0))
        return false;
    const double limit = STEP_LIMIT * check->motion.dt_ps;
    if (strcmp(phase, "equilibration") == 0) {
        check_config_number(check, "equilibration_ps", &equilibration);
        return cJSON_IsNull(frame) && time->valuedouble <= equilibration + limit;
    }
    if (strcmp(phase, "production") != 0 || !cJSON_IsNumber(frame))
        return false;
    if (!check_metadata_number(check, "every", &every) || !(every >= 1.0))
        every = 1.0;
    const double frame_ps = check->motion.frame_ps / every;
    const double since = time->valuedouble - frame->valuedouble * frame_ps;
    return frame->valuedouble == floor(frame->valuedouble) && frame->valuedouble >= 0.0 &&
           frame->valuedouble < every * (double)check->n_frames && since >= -limit &&
           since < frame_ps - limit;
}

/// Every event by itself; counts them by kind.
static void events_go_through(Check *check, const cJSON *events, int listed[WATCH_KINDS])
{
    const cJSON *event;
    int number = 0;
    cJSON_ArrayForEach(event, events)
    {
        const int kind = kind_of(event);
        const char *wrong = NULL;
        if (kind < 0)
            wrong = "a kind that there is not";
        else if (!atoms_fit(check, kind, cJSON_GetObjectItemCaseSensitive(event, "atoms")))
            wrong = "atoms that its kind cannot have";
        else if (check->motion.known && !time_fits(check, event))
            wrong = "a phase, frame and time_ps that do not belong together";
        if (wrong != NULL)
            check_say(check, CHECK_RECORD, CHECK_FAIL, "event %d of the metadata has %s", number,
                      wrong);
        if (kind >= 0)
            listed[kind]++;
        number++;
    }
}

static double count_of(const Check *check, int kind)
{
    const cJSON *const count =
        cJSON_GetObjectItemCaseSensitive(part(check, "event_counts"), watch_kind_name(kind));
    return cJSON_IsNumber(count) ? count->valuedouble : 0.0;
}

static void counts_check(Check *check, const int listed[WATCH_KINDS])
{
    const cJSON *count;
    cJSON_ArrayForEach(count, part(check, "event_counts"))
    {
        if (kind_find(count->string) < 0 || !cJSON_IsNumber(count) || !(count->valuedouble >= 1.0))
            check_say(check, CHECK_RECORD, CHECK_FAIL, "event_counts: %.40s is no number of events",
                      count->string);
    }
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        const double n = count_of(check, kind);
        if (listed[kind] != (int)fmin(n, WATCH_EVENTS_OF_KIND))
            check_say(check, CHECK_RECORD, CHECK_FAIL,
                      "event_counts says %.0f of %s, events has %d; it has the first %d", n,
                      watch_kind_name(kind), listed[kind], WATCH_EVENTS_OF_KIND);
    }
}

static bool warning_has(const cJSON *warnings, const char *code)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, warnings)
    {
        const char *const found =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "code"));
        if (found != NULL && strcmp(found, code) == 0)
            return true;
    }
    return false;
}

/// A warning for every kind of event, while there is room for one, and for no other.
static void warnings_check(Check *check)
{
    const cJSON *const warnings = part(check, "warnings"), *item;
    size_t used = 0;
    cJSON_ArrayForEach(item, warnings)
    {
        const char *const text =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "text"));
        used += RUN_WARNING_CODE_SIZE + (text != NULL ? strlen(text) : 0);
    }
    const bool has_room = used + RUN_WARNING_CODE_SIZE + RUN_WARNING_TEXT_SIZE < RUN_WARNINGS_SIZE;
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        const bool happened = count_of(check, kind) > 0.0;
        const bool is_said = warning_has(warnings, watch_kind_name(kind));
        if (happened == is_said || (happened && !has_room))
            continue;
        check_say(check, CHECK_RECORD, CHECK_FAIL,
                  happened ? "events has %s, the warnings do not say so"
                           : "a warning tells of %s, event_counts has none",
                  watch_kind_name(kind));
    }
}

/// Whether the molecule is that of its SMILES can change only where bonds do.
static void kept_check(Check *check)
{
    const cJSON *const kept = part(check, "smiles_kept"), *const at_end =
                                                              part(check, "smiles_kept_at_end");
    bool reacts = false;
    for (int kind = 0; kind <= (int)BOND_PROTON_TRANSFER; kind++)
        reacts = reacts || count_of(check, kind) > 0.0;
    const bool null = cJSON_IsNull(kept), null_at_end = cJSON_IsNull(at_end);
    if ((!null && !cJSON_IsBool(kept)) || (!null_at_end && !cJSON_IsBool(at_end)) ||
        null != null_at_end || (!null && cJSON_IsNull(part(check, "smiles"))))
        check_say(check, CHECK_RECORD, CHECK_FAIL,
                  "smiles_kept and smiles_kept_at_end are not both true or false, or both null "
                  "as without a smiles");
    else if (!reacts && !null && cJSON_IsTrue(kept) != cJSON_IsTrue(at_end))
        check_say(check, CHECK_RECORD, CHECK_FAIL,
                  "smiles_kept_at_end is %s, smiles_kept is %s, and event_counts has no bond that "
                  "breaks or forms",
                  cJSON_IsTrue(at_end) ? "true" : "false", cJSON_IsTrue(kept) ? "true" : "false");
}

void recorded_events_check(Check *check)
{
    int listed[WATCH_KINDS] = {0};
    if (!check->is_current || !check->is_complete || check->is_sample)
        return;
    if (!cJSON_IsArray(part(check, "events")) || !cJSON_IsObject(part(check, "event_counts")) ||
        !cJSON_IsArray(part(check, "warnings"))) {
        check_say(check, CHECK_RECORD, CHECK_FAIL,
                  "events, event_counts or warnings is missing, which complete trajectories have");
        return;
    }
    events_go_through(check, part(check, "events"), listed);
    counts_check(check, listed);
    warnings_check(check);
    kept_check(check);
}
