#include "io/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"

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

/// The character at text, and as what it is written: "" for as it is. Tabs and line breaks are cJSON's own, outside of
/// the strings. Returns its length.
static size_t character_escape(const char *text, size_t left, char escape[48])
{
    unsigned long code;
    const size_t length = utf8_decode(text, left, &code);
    escape[0] = '\0';
    if (length == 0)
        snprintf(escape, 48, "\\ufffd");
    else if (code >= 0x7F && code <= 0xFFFF && character_is_unseen(code))
        snprintf(escape, 48, "\\u%04lx", code);
    else if (code > 0xFFFF && character_is_unseen(code))
        snprintf(escape, 48, "\\u%04lx\\u%04lx", 0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF));
    return length == 0 ? 1 : length;
}

/// Writes the text with every escape, out NULL: only counts. Returns the bytes, without the zero behind them.
static size_t escaped_write(const char *text, size_t n, char *out)
{
    size_t n_out = 0;
    for (size_t at = 0; at < n;) {
        char escape[48];
        const size_t length = character_escape(text + at, n - at, escape);
        const char *const shown = escape[0] != '\0' ? escape : text + at;
        const size_t n_shown = escape[0] != '\0' ? strlen(escape) : length;
        if (out != NULL)
            memcpy(out + n_out, shown, n_shown);
        n_out += n_shown;
        at += length;
    }
    return n_out;
}

char *json_escape_unseen(const char *text)
{
    const size_t n = strlen(text), n_out = escaped_write(text, n, NULL);
    char *const out = malloc(n_out + 1);
    if (out == NULL)
        return NULL;
    escaped_write(text, n, out);
    out[n_out] = '\0';
    return out;
}

/// The text, or a new one in its place if anything has to be escaped; NULL if there is no memory.
static char *unseen_escape(char *text)
{
    const size_t n = strlen(text);
    if (escaped_write(text, n, NULL) == n) // an escape is longer than what it stands for
        return text;
    char *const out = json_escape_unseen(text); // cJSON_free() is free(), see json_begin()
    cJSON_free(text);
    return out;
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
    return text != NULL ? unseen_escape(text) : NULL;
}

/// The shortest of the texts of a number that is read as the same number.
static void number_text(double value, char text[32])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, 32, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

void json_numbers_keep(cJSON *item)
{
    for (cJSON *child = item != NULL ? item->child : NULL; child != NULL; child = child->next) {
        char text[32];
        json_numbers_keep(child);
        if (!cJSON_IsNumber(child) || !isfinite(child->valuedouble))
            continue;
        number_text(child->valuedouble, text);
        char *const kept = cJSON_malloc(strlen(text) + 1);
        if (kept == NULL)
            return; // noted: json_text() fails
        child->valuestring = strcpy(kept, text);
        child->type = (child->type & ~0xFF) | cJSON_Raw;
    }
}
