#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/file.h"
#include "io/text.h"
#include "structure/state.h"

enum { STATE_FILE_LIMIT = 1 << 16 };

/// The whole number at the beginning of DIR/name, dir with its slash; *found is false if there is no such file or
/// nothing in it.
static QmtStatus number_read(QmtContext *ctx, const char *dir, int n_dir, const char *name,
                             bool *found, int *value)
{
    char path[FILE_PATH_SIZE], *data, *word;
    struct stat about;
    size_t n;
    *found = false;
    if (snprintf(path, sizeof path, "%.*s%s", n_dir, dir, name) >= (int)sizeof path ||
        stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return QMT_OK;
    TRY(file_read_whole(ctx, path, STATE_FILE_LIMIT, &data, &n));
    word = data + strspn(data, " \t\r\n");
    word[strcspn(word, " \t\r\n")] = '\0';
    double number = 0.0;
    const bool empty = word[0] == '\0';
    const bool whole = text_parse_double(word, &number) == NULL && number >= -1000.0 &&
                       number <= 1000.0 && number == (double)(int)number;
    QmtStatus status = QMT_OK;
    if (!empty && !whole)
        status =
            FAIL(ctx, QMT_ERR_FORMAT,
                 "%.400s: \"%.40s\" is not a whole number; xtb reads this file, and so does this "
                 "program: correct or remove it",
                 path, word);
    free(data);
    *found = !empty;
    *value = (int)number;
    return status;
}

QmtStatus state_add_files(QmtContext *ctx, const char *path, ReaderNotes *notes, StateTexts *texts)
{
    const char *const slash = strrchr(path, '/');
    const int n_dir = slash != NULL ? (int)(slash + 1 - path) : 0;
    bool has_charge, has_unpaired;
    int charge = 0, unpaired = 0;
    TRY(number_read(ctx, path, n_dir, ".CHRG", &has_charge, &charge));
    TRY(number_read(ctx, path, n_dir, ".UHF", &has_unpaired, &unpaired));
    if (has_unpaired && unpaired < 0)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%.400s: .UHF beside it says %d unpaired electrons; correct or remove it", path,
                    unpaired);
    if (has_charge)
        TRY(state_add_charge(ctx, path, charge, "file .CHRG", texts));
    if (has_unpaired)
        state_add_spin(STATE_UNPAIRED, unpaired, "file .UHF", texts);
    if (has_charge && has_unpaired)
        reader_note(notes, NOTE_FILES, QMT_LOG_INFO,
                    "%s: charge %d and multiplicity %d are taken from .CHRG and .UHF beside it",
                    path, charge, unpaired + 1);
    else if (has_charge)
        reader_note(notes, NOTE_FILES, QMT_LOG_INFO, "%s: charge %d is taken from .CHRG beside it",
                    path, charge);
    else if (has_unpaired)
        reader_note(notes, NOTE_FILES, QMT_LOG_INFO,
                    "%s: multiplicity %d is taken from .UHF beside it", path, unpaired + 1);
    return QMT_OK;
}
