#ifndef STRUCTURE_READER_NOTES_H
#define STRUCTURE_READER_NOTES_H

#include "base/context.h"

/// What a reader has to say about a file, each kind once: the first is logged, further ones are counted, and a
/// last sentence says how many there were. A file of 10^5 frames makes a handful of notes.

typedef enum {
    NOTE_STATE,   ///< charge and multiplicity were understood in a way that the user should know
    NOTE_IGNORED, ///< two integers that are no charge and multiplicity
    NOTE_COLUMNS, ///< further columns
    NOTE_NAME,    ///< a name was changed
    NOTE_LABEL,   ///< a label such as C13 was taken for its element
    NOTE_QUOTE,   ///< a quote stays open
    NOTE_FILES,   ///< .CHRG or .UHF
    NOTE_MASS,    ///< a mass was read as an isotope
    NOTE_UNIT,    ///< positions in another unit
    NOTE_TAIL,    ///< lines after the last atom
    N_NOTES
} NoteKind;

typedef struct {
    QmtContext *ctx;
    const char *path;
    size_t count[N_NOTES];
} ReaderNotes;

/// Logs the first note of a kind, counts the others.
void reader_note(ReaderNotes *notes, NoteKind kind, QmtLogLevel level, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/// Says how often the notes came again.
void reader_notes_end(const ReaderNotes *notes);

#endif
