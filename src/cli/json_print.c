#include "cli/json_print.h"

#include <stdio.h>
#include <stdlib.h>

#include <qmtraj/text.h>

/// cJSON's hooks carry no pointer of ours, so this is the one place where a failure can be noted.
static bool failed;

static void *note_failure(size_t size)
{
    void *const block = malloc(size);
    if (block == NULL)
        failed = true;
    return block;
}

void json_print_go_on(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = note_failure, .free_fn = free});
}

void json_print_begin(void)
{
    json_print_go_on();
    failed = false;
}

cJSON *json_number(double value)
{
    char text[32];
    return cJSON_CreateRaw(qmt_text_of_number(value, text, sizeof text));
}

cJSON *json_numbers(const double *values, size_t n)
{
    cJSON *const array = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(array, json_number(values[i]));
    return array;
}

char *json_print_text(cJSON *object, bool formatted)
{
    json_print_go_on();
    char *const text = failed      ? NULL
                       : formatted ? cJSON_Print(object)
                                   : cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    char *const shown = failed ? NULL : qmt_text_json_printable(text);
    cJSON_free(text);
    return shown;
}

QmtStatus json_print(QmtContext *ctx, cJSON *object, bool formatted, const char *what)
{
    char *const text = json_print_text(object, formatted);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %s", what);
    puts(text);
    qmt_text_free(text);
    return QMT_OK;
}
