#include "run/program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { VALUE_SIZE = 160 };
#define EARLIER_LINE "earlier processor "

void difference_add(char list[PROGRAM_DIFFERENCES_SIZE], const char *what)
{
    const size_t length = strlen(list);
    snprintf(list + length, PROGRAM_DIFFERENCES_SIZE - length, "%s%s", length > 0 ? "; " : "",
             what);
}

/// The model name of the processor, "unknown" where the system does not tell it.
static QmtStatus processor_find(QmtContext *ctx, char processor[128])
{
    static const char path[] = "/proc/cpuinfo";
    char line[256];
    strcpy(processor, "unknown");
    FILE *const file = fopen(path, "r");
    if (file == NULL && errno == ENOENT)
        return QMT_OK;
    if (file == NULL)
        return FAIL(ctx, errno == ENOMEM ? QMT_ERR_MEMORY : QMT_ERR_IO, "%s: cannot open: %s", path,
                    strerror(errno));
    while (fgets(line, sizeof line, file) != NULL) {
        const char *const colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || colon == NULL)
            continue;
        const char *const name = colon + 1 + strspn(colon + 1, " ");
        snprintf(processor, 128, "%.*s", (int)strcspn(name, "\n"), name);
        break;
    }
    const bool failed = ferror(file);
    fclose(file);
    return failed ? FAIL(ctx, QMT_ERR_IO, "%s: cannot read", path) : QMT_OK;
}

/// The C library with the functions of mathematics that is loaded now, "glibc 2.36".
static void libc_find(char libc[64])
{
    const size_t n = confstr(_CS_GNU_LIBC_VERSION, libc, 64);
    if (n == 0 || n > 64)
        strcpy(libc, "unknown");
}

QmtStatus program_text(QmtContext *ctx, char text[PROGRAM_TEXT_SIZE])
{
    char processor[128], libc[64];
    TRY(processor_find(ctx, processor));
    libc_find(libc);
    snprintf(text, PROGRAM_TEXT_SIZE,
             "version %s\nbuild %.80s\nnumerics %s\ncompiler %.80s\nlibc %s\n"
             "instruction set %s\nprocessor %s\n",
             qmt_version(), qmt_build_id(), qmt_numerics_id(), __VERSION__, libc,
             qmt_context_isa(ctx), processor);
    return QMT_OK;
}

/// The rest of the line that begins with a key and a blank, "" if there is none.
static void value_of(const char *text, const char *key, char value[VALUE_SIZE])
{
    const size_t length = strlen(key);
    value[0] = '\0';
    for (const char *line = text; *line != '\0';) {
        const size_t n = strcspn(line, "\n");
        if (n > length && strncmp(line, key, length) == 0 && line[length] == ' ') {
            snprintf(value, VALUE_SIZE, "%.*s", (int)(n - length - 1), line + length + 1);
            return;
        }
        line += n + (line[n] == '\n');
    }
}

/// The difference between two programs; any text may be "", which is unknown.
static void numerics_compare(const char *version, const char *build, const char *numerics,
                             char list[PROGRAM_DIFFERENCES_SIZE])
{
    char before[200], what[460];
    if (strcmp(numerics, qmt_numerics_id()) == 0)
        return;
    if (numerics[0] == '\0')
        snprintf(before, sizeof before, "qmtraj %.40s", version[0] != '\0' ? version : "unknown");
    else
        snprintf(before, sizeof before, "qmtraj %.40s (build %.60s, numerics %.40s)", version,
                 build, numerics);
    snprintf(what, sizeof what,
             "it is of %s, and this is qmtraj %s (build %.60s, numerics %s), whose numbers are "
             "others",
             before, qmt_version(), qmt_build_id(), qmt_numerics_id());
    difference_add(list, what);
}

void program_text_compare(const char *before, const char *now, char list[PROGRAM_DIFFERENCES_SIZE],
                          char machine[PROGRAM_DIFFERENCES_SIZE])
{
    static const char *const of_machine[] = {"libc", "instruction set", "processor"};
    char version[VALUE_SIZE], build[VALUE_SIZE], numerics[VALUE_SIZE];
    value_of(before, "version", version);
    value_of(before, "build", build);
    value_of(before, "numerics", numerics);
    numerics_compare(version, build, numerics, list);
    for (size_t i = 0; i < sizeof of_machine / sizeof of_machine[0]; i++) {
        char was[VALUE_SIZE], is[VALUE_SIZE], what[2 * VALUE_SIZE + 64];
        value_of(before, of_machine[i], was);
        value_of(now, of_machine[i], is);
        snprintf(what, sizeof what, "%s was %s, now %s", of_machine[i],
                 was[0] != '\0' ? was : "unknown", is);
        if (strcmp(was, is) != 0)
            difference_add(machine, what);
    }
}

const char *program_text_earlier(const char *text)
{
    const char *const found = strstr(text, "\n" EARLIER_LINE);
    return found != NULL ? found + 1 : "";
}

QmtStatus program_text_earlier_add(QmtContext *ctx, const char *folder, const char *text,
                                   bool moved, char earlier[PROGRAM_EARLIER_SIZE])
{
    char libc[VALUE_SIZE], isa[VALUE_SIZE], processor[VALUE_SIZE], line[4 * VALUE_SIZE] = "";
    value_of(text, "libc", libc);
    value_of(text, "instruction set", isa);
    value_of(text, "processor", processor);
    if (moved)
        snprintf(line, sizeof line, EARLIER_LINE "%s (%s, %s)\n", processor, isa, libc);
    const int n = snprintf(earlier, PROGRAM_EARLIER_SIZE, "%s%s", program_text_earlier(text), line);
    if (n >= PROGRAM_EARLIER_SIZE)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: too many changes of processor to record; continue on the previous machine",
                    folder);
    return QMT_OK;
}

void program_json_add(const QmtContext *ctx, cJSON *object)
{
    cJSON_AddStringToObject(object, "program", "qmtraj");
    cJSON_AddStringToObject(object, "version", qmt_version());
    cJSON_AddStringToObject(object, "build", qmt_build_id());
    cJSON_AddStringToObject(object, "numerics", qmt_numerics_id());
    cJSON_AddStringToObject(object, "parameter_checksum", qmt_parameter_checksum());
    cJSON_AddStringToObject(object, "isa", qmt_context_isa(ctx));
}

static const char *word_of(const cJSON *object, const char *key)
{
    const char *const word = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return word != NULL ? word : "";
}

void program_json_compare(const cJSON *object, char list[PROGRAM_DIFFERENCES_SIZE])
{
    numerics_compare(word_of(object, "version"), word_of(object, "build"),
                     word_of(object, "numerics"), list);
}
