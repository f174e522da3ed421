#include "io/json.h"

#include <stdlib.h>

// cJSON's hooks carry no pointer of ours, so this is the one place where a failure can be noted. The program
// makes one text at a time, each process its own; for threads there is one each.
static _Thread_local bool failed;

static void *note_failure(size_t size)
{
    void *const block = malloc(size);
    if (block == NULL)
        failed = true;
    return block;
}

void json_begin(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = note_failure, .free_fn = free});
    failed = false;
}

bool json_is_whole(void)
{
    return !failed;
}

char *json_text(cJSON *object, bool formatted)
{
    char *text = NULL;
    if (!failed)
        text = formatted ? cJSON_Print(object) : cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    if (failed) {
        cJSON_free(text);
        return NULL;
    }
    return text;
}
