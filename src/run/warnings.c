#include "run/warnings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/// The line of a code; NULL: none.
static const char *line_of(const RunWarnings *warnings, const char *code)
{
    const size_t n = strlen(code);
    for (const char *line = warnings->lines; *line != '\0'; line += strcspn(line, "\n") + 1)
        if (strncmp(line, code, n) == 0 && line[n] == ':')
            return line;
    return NULL;
}

bool run_warning_has(const RunWarnings *warnings, const char *code)
{
    return line_of(warnings, code) != NULL;
}

void run_warning_add(RunWarnings *warnings, const char *code, const char *format, ...)
{
    char text[RUN_WARNING_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (char *at = text; *at != '\0'; at++)
        if (*at == '\n')
            *at = ' ';

    if (run_warning_has(warnings, code))
        return;
    const size_t used = strlen(warnings->lines), room = RUN_WARNINGS_SIZE - used;
    if (strlen(code) + strlen(text) + 4 > room) { // ": ", line break and zero
        warnings->n_dropped++;
        return;
    }
    snprintf(warnings->lines + used, room, "%s: %s\n", code, text);
    warnings->n++;
}

void run_warnings_from_lines(const char *lines, RunWarnings *warnings)
{
    *warnings = (RunWarnings){0};
    for (const char *line = lines; *line != '\0';) {
        const int length = (int)strcspn(line, "\n"), n_code = (int)strcspn(line, ":");
        char code[RUN_WARNING_CODE_SIZE];
        if (n_code > 0 && n_code + 2 <= length && n_code < (int)sizeof code) {
            snprintf(code, sizeof code, "%.*s", n_code, line);
            run_warning_add(warnings, code, "%.*s", length - n_code - 2, line + n_code + 2);
        }
        line += length + (line[length] == '\n');
    }
}

bool run_warning_next(const RunWarnings *warnings, size_t *at, char code[RUN_WARNING_CODE_SIZE],
                      char text[RUN_WARNING_TEXT_SIZE])
{
    const char *const line = warnings->lines + *at;
    const size_t length = strcspn(line, "\n"), n_code = strcspn(line, ":");
    if (line[0] == '\0' || n_code + 2 > length)
        return false;
    snprintf(code, RUN_WARNING_CODE_SIZE, "%.*s", (int)n_code, line);
    snprintf(text, RUN_WARNING_TEXT_SIZE, "%.*s", (int)(length - n_code - 2), line + n_code + 2);
    *at += length + 1;
    return true;
}
