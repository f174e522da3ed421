#include "base/context.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/version.h"
#include "kernels/kernels.h"

int qmt_status_exit_code(QmtStatus status)
{
    static const int CODES[] = {
#define CODE_OF(name, exit_code, sentence) [name] = exit_code,
        QMT_STATUS_LIST(CODE_OF)
#undef CODE_OF
    };
    return status >= 0 && status < QMT_STATUS_COUNT ? CODES[status] : 1;
}

const char *qmt_status_sentence(QmtStatus status)
{
    static const char *const SENTENCES[] = {
#define SENTENCE_OF(name, exit_code, sentence) [name] = sentence,
        QMT_STATUS_LIST(SENTENCE_OF)
#undef SENTENCE_OF
    };
    return status >= 0 && status < QMT_STATUS_COUNT ? SENTENCES[status] : "unknown status";
}

const char *qmt_version(void)
{
    return QMTRAJ_VERSION;
}

QmtStatus qmt_context_create(QmtContext **ctx)
{
    *ctx = calloc(1, sizeof **ctx);
    if (*ctx == NULL)
        return QMT_ERR_MEMORY;
    const char *forced = getenv("QMTRAJ_ISA");
    (*ctx)->kernels = kernels_choose(forced);
    if ((*ctx)->kernels == NULL) {
        // The context stays alive with the generic table, so that the caller can read the sentence.
        (*ctx)->kernels = kernels_choose("generic");
        return FAIL(*ctx, QMT_ERR_USAGE,
                    "QMTRAJ_ISA=%s: this machine cannot run it; choose generic, avx2 or avx512, or "
                    "leave the variable unset",
                    forced);
    }
    return QMT_OK;
}

void qmt_context_destroy(QmtContext **ctx)
{
    if (ctx == NULL)
        return;
    free(*ctx);
    *ctx = NULL;
}

const char *qmt_context_message(const QmtContext *ctx)
{
    return ctx->message;
}

void qmt_context_set_log(QmtContext *ctx, QmtLogFunction log, void *user)
{
    ctx->log = log;
    ctx->log_user = user;
}

const char *qmt_context_isa(const QmtContext *ctx)
{
    return ctx->kernels->isa;
}

QmtStatus context_fail(QmtContext *ctx, QmtStatus code, const char *format, ...)
{
    char sentence[sizeof ctx->message];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    // Values of broken files come into sentences. A sentence stays one line and steers no terminal.
    text_printable(sentence, ctx->message, sizeof ctx->message);
    return code;
}

void context_prefix(QmtContext *ctx, const char *format, ...)
{
    // Room for both; what the message cannot hold is cut below.
    char joined[2 * sizeof ctx->message + 8];
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(joined, sizeof ctx->message, format, args);
    va_end(args);
    if (length > 0 && (size_t)length < sizeof ctx->message)
        snprintf(joined + length, sizeof joined - (size_t)length, ": %s", ctx->message);
    text_printable(joined, ctx->message, sizeof ctx->message);
}

void context_log(QmtContext *ctx, QmtLogLevel level, const char *format, ...)
{
    if (ctx->log == NULL)
        return;
    char sentence[sizeof ctx->message], shown[sizeof ctx->message];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    ctx->log(ctx->log_user, level, text_printable(sentence, shown, sizeof shown));
}
