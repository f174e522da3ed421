#include "structure/reader_notes.h"

#include <stdarg.h>
#include <stdio.h>

void reader_note(ReaderNotes *notes, NoteKind kind, QmtLogLevel level, const char *format, ...)
{
    if (notes->count[kind]++ > 0)
        return;
    char sentence[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    context_log(notes->ctx, level, "%s", sentence);
}

void reader_notes_end(const ReaderNotes *notes)
{
    // Columns and labels come on every line of a file; its first is enough.
    static const char *const WHAT[N_NOTES] = {
        [NOTE_STATE] = "the charge or multiplicity was read likewise",
        [NOTE_IGNORED] = "the two integers of the comment line were ignored likewise",
        [NOTE_NAME] = "the name was changed likewise",
        [NOTE_QUOTE] = "a quote stays open likewise",
        [NOTE_FILES] = "the files beside it were taken likewise",
        [NOTE_UNIT] = "positions were read in bohr likewise",
        [NOTE_TAIL] = "further lines were ignored likewise",
    };
    for (int k = 0; k < N_NOTES; k++)
        if (notes->count[k] > 1 && WHAT[k] != NULL)
            context_log(notes->ctx, QMT_LOG_INFO, "%s: in %zu further place%s %s", notes->path,
                        notes->count[k] - 1, notes->count[k] == 2 ? "" : "s", WHAT[k]);
}
