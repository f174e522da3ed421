#include "base/context.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "kernels/kernels.h"

#define TEXT(x) #x
#define VERSION_TEXT(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

const char *qmt_status_sentence(QmtStatus status)
{
    static const char *const SENTENCES[] = {
#define SENTENCE_OF(name, sentence) [name] = sentence,
        QMT_STATUS_LIST(SENTENCE_OF)
#undef SENTENCE_OF
    };
    return (int)status >= 0 && status < QMT_STATUS_COUNT ? SENTENCES[status] : "unknown status";
}

const char *qmt_status_name(QmtStatus status)
{
    static const char *const NAMES[] = {
#define NAME_OF(name, sentence) [name] = #name,
        QMT_STATUS_LIST(NAME_OF)
#undef NAME_OF
    };
    return (int)status >= 0 && status < QMT_STATUS_COUNT ? NAMES[status] : "unknown status";
}

const char *qmt_hint_sentence(QmtHint hint)
{
    static const char *const SENTENCES[] = {
#define SENTENCE_OF(name, sentence) [name] = sentence,
        QMT_HINT_LIST(SENTENCE_OF)
#undef SENTENCE_OF
    };
    return (int)hint >= 0 && hint < QMT_HINT_COUNT ? SENTENCES[hint] : "";
}

const char *qmt_version(void)
{
    return VERSION_TEXT(QMT_VERSION_MAJOR, QMT_VERSION_MINOR, QMT_VERSION_PATCH);
}

/// Says which instruction sets this machine can run, in place of one that it cannot.
static QmtStatus isa_refuse(QmtContext *ctx, const char *forced)
{
    static const char *const names[] = {"generic", "avx2", "avx512"};
    char possible[64] = "";
    bool is_name = false;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        const size_t used = strlen(possible);
        is_name = is_name || strcmp(forced, names[k]) == 0;
        if (kernels_choose(names[k]) != NULL)
            snprintf(possible + used, sizeof possible - used, "%s%s", used > 0 ? " or " : "",
                     names[k]);
    }
    return FAIL(ctx, QMT_ERR_USAGE, "QMTRAJ_ISA=%s: %s; choose %s, or leave the variable unset",
                forced, is_name ? "this machine cannot run it" : "no such instruction set",
                possible);
}

QmtStatus qmt_context_create(QmtContext **ctx)
{
    if (ctx == NULL)
        return QMT_ERR_ARGUMENT;
    *ctx = calloc(1, sizeof **ctx);
    if (*ctx == NULL)
        return QMT_ERR_MEMORY;
    const char *forced = getenv("QMTRAJ_ISA");
    (*ctx)->kernels = kernels_choose(forced);
    if ((*ctx)->kernels == NULL) {
        // The context stays alive with the generic table, so that the caller can read the sentence.
        (*ctx)->kernels = kernels_choose("generic");
        return isa_refuse(*ctx, forced);
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
    return ctx != NULL ? ctx->sentence : "";
}

const char *qmt_context_subject(const QmtContext *ctx)
{
    return ctx != NULL ? ctx->message.subject : "";
}

QmtHint qmt_context_hint(const QmtContext *ctx)
{
    return ctx != NULL ? ctx->message.hint : QMT_HINT_NONE;
}

QmtStatus qmt_context_fail(QmtContext *ctx, QmtStatus status, QmtHint hint, const char *sentence)
{
    return ctx != NULL ? FAIL_HINT(ctx, status, hint, "%s", sentence != NULL ? sentence : "")
                       : status;
}

void qmt_context_set_subject(QmtContext *ctx, const char *subject)
{
    if (ctx != NULL && subject != NULL)
        context_set_subject(ctx, "%s", subject);
}

void qmt_context_note(QmtContext *ctx, QmtLogLevel level, const char *sentence)
{
    if (ctx != NULL && sentence != NULL)
        context_log(ctx, level, "%s", sentence);
}

void qmt_context_set_log(QmtContext *ctx, QmtLogFunction log, void *user)
{
    if (ctx == NULL)
        return;
    ctx->log = log;
    ctx->log_user = user;
}

const char *qmt_context_isa(const QmtContext *ctx)
{
    return ctx != NULL ? ctx->kernels->isa : "";
}

/// Stores a failure and makes its sentence.
static void message_store(QmtContext *ctx, const Message *message)
{
    // Values of broken files come into sentences. A sentence stays one line and steers no terminal.
    ctx->message = *message;
    text_printable(message->subject, ctx->message.subject, sizeof ctx->message.subject);
    text_printable(message->text, ctx->message.text, sizeof ctx->message.text);
    snprintf(ctx->sentence, sizeof ctx->sentence, "%s%s%s", ctx->message.subject,
             ctx->message.subject[0] != '\0' ? ": " : "", ctx->message.text);
}

QmtStatus context_fail(QmtContext *ctx, QmtStatus code, const char *format, ...)
{
    Message message = {.code = code};
    va_list args;
    va_start(args, format);
    vsnprintf(message.text, sizeof message.text, format, args);
    va_end(args);
    message_store(ctx, &message);
    return code;
}

QmtStatus context_fail_hint(QmtContext *ctx, QmtStatus code, QmtHint hint, const char *format, ...)
{
    Message message = {.code = code, .hint = hint};
    va_list args;
    va_start(args, format);
    vsnprintf(message.text, sizeof message.text, format, args);
    va_end(args);
    message_store(ctx, &message);
    return code;
}

void context_set_subject(QmtContext *ctx, const char *format, ...)
{
    Message message = ctx->message;
    va_list args;
    va_start(args, format);
    vsnprintf(message.subject, sizeof message.subject, format, args);
    va_end(args);
    message_store(ctx, &message);
}

void context_append(QmtContext *ctx, const char *format, ...)
{
    Message message = ctx->message;
    const size_t length = strlen(message.text);
    va_list args;
    va_start(args, format);
    vsnprintf(message.text + length, sizeof message.text - length, format, args);
    va_end(args);
    message_store(ctx, &message);
}

void context_spend_hint(QmtContext *ctx, const char *advice)
{
    ctx->message.hint = QMT_HINT_NONE;
    if (advice != NULL && advice[0] != '\0')
        context_append(ctx, "; %s", advice);
}

Message context_keep(const QmtContext *ctx)
{
    return ctx->message;
}

QmtStatus context_restore(QmtContext *ctx, const Message *message)
{
    message_store(ctx, message);
    return message->code;
}

void context_log(QmtContext *ctx, QmtLogLevel level, const char *format, ...)
{
    if (ctx->log == NULL)
        return;
    char sentence[sizeof ctx->sentence], shown[sizeof ctx->sentence];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    ctx->log(ctx->log_user, level, text_printable(sentence, shown, sizeof shown));
}
