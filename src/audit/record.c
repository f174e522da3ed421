#include "audit/record.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

/// True of warnings that other checks judge by the arrays, or that say something about the job.
static bool is_seen_elsewhere(const Check *check, const char *code)
{
    static const char *const JUDGED[] = {"temperature_off", "reaction_heat", "equilibration_short",
                                         "relaxation_unfinished"};
    static const char *const OF_BONDS[] = {"dissociation", "association", "proton_transfer",
                                           "bond_breaks", "bond_forms"};
    for (size_t i = 0; i < sizeof JUDGED / sizeof *JUDGED; i++)
        if (strcmp(code, JUDGED[i]) == 0)
            return true;
    // The run saw every step, and the ripple of a few frames may hide it.
    if (strcmp(code, "energy_drift") == 0)
        return check->report->line[CHECK_DRIFT].verdict >= CHECK_WARN;
    for (size_t i = 0; i < sizeof OF_BONDS / sizeof *OF_BONDS; i++)
        if (strcmp(code, OF_BONDS[i]) == 0)
            return check->report->line[CHECK_BONDS].verdict >= CHECK_WARN;
    return false;
}

/// Adds "code: text" while there is room.
static void warning_add(char sentence[CHECK_SENTENCE_SIZE], const char *code, const char *text)
{
    const size_t used = strlen(sentence);
    if (used > 0 && used + strlen(code) + strlen(text) + 4 > CHECK_SENTENCE_SIZE)
        return;
    snprintf(sentence + used, CHECK_SENTENCE_SIZE - used, "%s%.31s: %.330s", used > 0 ? "; " : "",
             code, text);
}

void record_check(Check *check)
{
    char sentence[CHECK_SENTENCE_SIZE] = "";
    const cJSON *const list = cJSON_GetObjectItemCaseSensitive(check->metadata, "warnings");
    const cJSON *item;
    size_t n = 0;
    cJSON_ArrayForEach(item, list)
    {
        const char *const code =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "code"));
        const char *const text =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "text"));
        if (code == NULL || text == NULL || is_seen_elsewhere(check, code))
            continue;
        warning_add(sentence, code, text);
        n++;
    }
    const cJSON *const kept = cJSON_GetObjectItemCaseSensitive(check->metadata, "smiles_kept");
    if (cJSON_IsFalse(kept) && strstr(sentence, "smiles_changed:") == NULL) {
        warning_add(sentence, "smiles_kept", "the relaxed molecule is not that of its SMILES");
        n++;
    }
    if (n > 0)
        check_say(check, CHECK_RECORD, CHECK_WARN, "%s", sentence);
    else if (cJSON_IsArray(list))
        check_say(check, CHECK_RECORD, CHECK_PASS, "no warning beyond those above");
    else
        check_say(check, CHECK_RECORD, CHECK_NOT_RUN, "the metadata have no list of warnings");
}
