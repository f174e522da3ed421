#include "dataset/draft.h"

#include <stdlib.h>

QmtStatus draft_begin(QmtContext *ctx, Draft *draft)
{
    draft->data = NULL;
    draft->file = open_memstream(&draft->data, &draft->n);
    if (draft->file == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a text about the set");
    draft->locale = text_enter_c_locale();
    return QMT_OK;
}

QmtStatus draft_end(QmtContext *ctx, Draft *draft, char **text)
{
    text_leave_c_locale(draft->locale);
    const bool lost = ferror(draft->file) != 0;
    if (fclose(draft->file) != 0 || lost || draft->data == NULL) {
        free(draft->data);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a text about the set");
    }
    *text = draft->data;
    return QMT_OK;
}
