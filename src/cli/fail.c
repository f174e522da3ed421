#include "cli/fail.h"

#include <stdarg.h>
#include <stdio.h>

enum { SENTENCE_SIZE = 1280 };

QmtStatus cli_fail(QmtContext *ctx, QmtStatus status, const char *format, ...)
{
    char sentence[SENTENCE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return qmt_context_fail(ctx, status, QMT_HINT_NONE, sentence);
}

void cli_note(QmtContext *ctx, QmtLogLevel level, const char *format, ...)
{
    char sentence[SENTENCE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    qmt_context_note(ctx, level, sentence);
}
