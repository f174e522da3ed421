#include "structure/xyz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/units.h"
#include "data/element.h"
#include "io/text.h"
#include "structure/atom_columns.h"
#include "structure/atom_symbol.h"
#include "structure/comment.h"
#include "structure/coordinate_word.h"
#include "structure/misread_columns.h"
#include "structure/misread_labels.h"
#include "structure/structure_names.h"

/// A value beyond this (in angstrom) is a broken file, not a molecule.
static const double COORDINATE_MAX = 1e6;

/// Where the reader is: line counts from 0, messages from 1.
typedef struct {
    QmtContext *ctx;
    const char *path;
    const Text *text;
    size_t line;
    size_t lines_before; ///< of the file, in front of the text
    bool only_angstrom;  ///< other units are refused
    ReaderNotes *notes;
    const StateTexts *beside; ///< what .CHRG and .UHF say, for every frame
    double *fifth;   ///< [n_atoms] fifth column of this frame, bohr; NULL: not in all lines
    ColumnSums sums; ///< over the atoms of this frame
    size_t suspects[LABELS_SUSPECT_MAX],
        n_suspects;           ///< atoms of this frame whose symbol may be a label
    size_t end;               ///< line behind this frame; 0: unknown
    bool is_qm9, is_no_frame; ///< this frame; no number of atoms begins it
} Reader;

/// Number of a line in messages.
static size_t number_of(const Reader *r, size_t line)
{
    return r->lines_before + line + 1;
}

/// "FILE:LINE" of a line counted from 0.
static const char *place_of(const Reader *r, size_t line, char place[STRUCTURE_SOURCE_SIZE])
{
    snprintf(place, STRUCTURE_SOURCE_SIZE, "%.480s:%zu", r->path, number_of(r, line));
    return place;
}

static QmtStatus coordinate_read(const Reader *r, char axis, char *word, double unit, double *bohr)
{
    double value;
    const char *const problem = coordinate_parse(word, &value);
    if (problem != NULL)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: the %c coordinate \"%.60s\" %s", r->path,
                    number_of(r, r->line), axis, word, problem);
    if (value > COORDINATE_MAX || value < -COORDINATE_MAX)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: the %c coordinate %.60s is beyond %g angstrom",
                    r->path, number_of(r, r->line), axis, word, COORDINATE_MAX);
    *bohr = value * unit;
    return QMT_OK;
}

static QmtStatus columns_check(Reader *r, const AtomColumns *columns, size_t i, size_t n_atoms,
                               char **words, size_t n_words)
{
    if (n_words < 4)
        r->end = 0;
    if (n_words == 0)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s:%zu: an empty line where atom %zu of %zu is expected; is the number of "
                    "atoms right?",
                    r->path, number_of(r, r->line), i + 1, n_atoms);
    if (n_words < 4)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s:%zu: atom %zu of %zu has %zu columns (\"%.40s\"), symbol x y z are needed; "
                    "is the number of atoms right?",
                    r->path, number_of(r, r->line), i + 1, n_atoms, n_words, words[0]);
    if (columns->declared && n_words != columns->n)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: %zu columns, but Properties= declares %zu",
                    r->path, number_of(r, r->line), n_words, columns->n);
    if (!columns->declared && n_words > columns->n)
        reader_note(r->notes, NOTE_COLUMNS, QMT_LOG_INFO,
                    "%s:%zu: %zu columns; symbol x y z are read, the others (from \"%.40s\" on) "
                    "ignored",
                    r->path, number_of(r, r->line), n_words, words[4]);
    return QMT_OK;
}

/// True for a word that is an atomic number.
static bool is_number_of(int number, const char *word)
{
    double value;
    return text_parse_double(word, &value) == NULL && value == number;
}

/// A word with a point that is the mass of an element.
static bool is_mass_of(int number, const char *word)
{
    const double near = 0.05; // Da, between tables
    double value;
    return strchr(word, '.') != NULL && text_parse_double(word, &value) == NULL &&
           fabs(value - element_mass_da(number)) < near;
}

/// Keeps the fifth of five columns, as long as all lines have one that is a number.
static void fifth_keep(Reader *r, const AtomColumns *columns, size_t i, char **words,
                       size_t n_words)
{
    double value = 0.0;
    if (r->fifth == NULL)
        return;
    if (columns->declared || n_words != 5 || text_parse_double(words[4], &value) != NULL) {
        free(r->fifth);
        r->fifth = NULL;
        return;
    }
    r->fifth[i] = value * columns->unit;
}

/// One atom line; i counts from 0. *shifted becomes false if the second column is not the charge or the mass of the nucleus,
/// nor a whole number before three with a point, as a frozen-atom flag would be.
static QmtStatus read_atom(Reader *r, const AtomColumns *columns, size_t i, Structure *s,
                           bool *shifted)
{
    char *words[COLUMNS_MAX], place[STRUCTURE_SOURCE_SIZE];
    const size_t n_words = text_split(r->text->line[r->line], words, COLUMNS_MAX);
    AtomSymbol atom;
    TRY(columns_check(r, columns, i, s->n_atoms, words, n_words));
    TRY(atom_symbol_read(r->ctx, place_of(r, r->line, place), words[columns->species], &atom));
    s->numbers[i] = atom.number;
    if (columns->number < COLUMNS_MAX && !is_number_of(atom.number, words[columns->number]))
        return FAIL(
            r->ctx, QMT_ERR_FORMAT,
            "%s: the symbol %.20s and the atomic number %.20s are of two elements; correct one",
            place, words[columns->species], words[columns->number]);
    if (atom.mass_number != 0)
        TRY(structure_set_isotope(r->ctx, s, i, atom.mass_number));
    if (label_is_suspect(words[columns->species]) && r->n_suspects < LABELS_SUSPECT_MAX)
        r->suspects[r->n_suspects++] = i;
    if (atom.is_label)
        reader_note(r->notes, NOTE_LABEL, QMT_LOG_INFO,
                    "%s: the label \"%.20s\" is taken for its element", place,
                    words[columns->species]);
    TRY(atom_columns_take(r->ctx, place, columns, words, i, r->notes, s, &r->sums));
    char **const xyz = words + columns->pos;
    *shifted = *shifted && !columns->declared && n_words > 4 &&
               (is_number_of(atom.number, words[1]) || is_mass_of(atom.number, words[1]) ||
                (strchr(xyz[0], '.') == NULL && strchr(xyz[1], '.') != NULL &&
                 strchr(xyz[2], '.') != NULL && strchr(words[4], '.') != NULL));
    fifth_keep(r, columns, i, words, n_words);
    for (int x = 0; x < 3; x++)
        TRY(coordinate_read(r, "xyz"[x], xyz[x], columns -> unit, &s -> xyz[i][x]));
    return QMT_OK;
}

/// The number of atoms. It is held against the lines that are left before any memory is taken.
static QmtStatus read_count(Reader *r, bool first, size_t *n_atoms)
{
    char *words[2];
    char *line = r->text->line[r->line];
    const size_t n_words = text_split(line, words, 2);
    long long count = 0;
    const char *problem =
        n_words == 1 ? text_parse_integer(words[0], 1, 4611686018427387904LL, &count) : "";
    if (n_words == 1 && problem != NULL && strcmp(problem, "is not a whole number") != 0)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: the number of atoms \"%.40s\" %s", r->path,
                    number_of(r, r->line), words[0], problem);
    r->is_no_frame = problem != NULL;
    if (r->is_no_frame)
        return FAIL(
            r->ctx, QMT_ERR_FORMAT, "%s:%zu: \"%.40s%s\" is not a number of atoms; %s", r->path,
            number_of(r, r->line), n_words > 0 ? words[0] : "", n_words > 1 ? " ..." : "",
            first ? "an XYZ file begins with it"
                  : "after the last atom of a frame the next frame or the end of the file is "
                    "expected");
    const size_t left = r->text->n_lines - r->line - 1;
    const size_t atoms_left = left > 0 ? left - 1 : 0;
    if ((unsigned long long)count > atoms_left)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s:%zu: %lld atoms are announced, but only %zu line%s the comment line; the "
                    "file is cut off or the number is wrong",
                    r->path, number_of(r, r->line), count, atoms_left,
                    atoms_left == 1 ? " follows" : "s follow");
    *n_atoms = (size_t)count;
    return QMT_OK;
}

/// Behind the atoms of QM9 come the frequencies, two SMILES and two InChI.
static void qm9_tail_skip(Reader *r)
{
    enum { TAIL = 3 };
    const size_t first = r->line;
    for (int i = 0; i < TAIL && r->line < r->text->n_lines; i++) {
        const char *const line = r->text->line[r->line];
        const char *const word = line + strspn(line, " \t");
        // The next frame begins with a lone whole number.
        if (word[0] != '\0' && word[strspn(word, "0123456789 \t")] == '\0' && i != 0)
            break;
        r->line++;
    }
    if (r->line > first)
        reader_note(r->notes, NOTE_TAIL, QMT_LOG_INFO,
                    "%s:%zu: the lines behind the atoms (frequencies, SMILES, InChI of QM9) are "
                    "ignored",
                    r->path, number_of(r, first));
}

/// The atoms of a frame, from the line after its comment.
static QmtStatus read_atoms(Reader *r, const AtomColumns *columns, size_t n_atoms, Structure *s)
{
    const size_t first = r->line;
    bool shifted = true;
    r->n_suspects = 0;
    r->sums = (ColumnSums){0};
    TRY(structure_reserve(r->ctx, s, n_atoms));
    for (size_t i = 0; i < n_atoms; i++, r->line++)
        TRY(read_atom(r, columns, i, s, &shifted));
    if (shifted)
        return FAIL(
            r->ctx, QMT_ERR_FORMAT,
            "%s:%zu: the second column holds whole numbers before three with a point, or the "
            "charges or masses of the nuclei, so x y z may be columns 3 to 5; remove it, or "
            "declare the columns in Properties=",
            r->path, number_of(r, first));
    if (r->fifth != NULL && columns_are_shifted(s, r->fifth))
        return FAIL(
            r->ctx, QMT_ERR_FORMAT,
            "%s:%zu: columns 3 to 5 look like the positions of this molecule, columns 2 to 4 "
            "do not; remove the column that is too many, or declare the columns in "
            "Properties=",
            r->path, number_of(r, first));
    return labels_check(r->ctx, s, r->suspects, r->n_suspects);
}

/// "O 0.0 0.0 0.119": a symbol and three numbers with a point, and nothing else.
static bool is_atom_line(const char *line)
{
    char copy[128], *words[5];
    double value;
    if (strlen(line) >= sizeof copy)
        return false;
    strcpy(copy, line);
    if (text_split(copy, words, 5) != 4 || element_number(words[0]) == 0)
        return false;
    for (int x = 1; x < 4; x++)
        if (strchr(words[x], '.') == NULL || text_parse_double(words[x], &value) != NULL)
            return false;
    return true;
}

static QmtStatus read_frame(Reader *r, bool first, Structure *s)
{
    char place[STRUCTURE_SOURCE_SIZE];
    size_t n_atoms = 0;
    AtomColumns columns;
    StateTexts texts = *r->beside;
    TRY(structure_set_source(r->ctx, s, place_of(r, r->line, place)));
    TRY(structure_set_path(r->ctx, s, r->path));
    r->end = 0;
    r->is_qm9 = r->is_no_frame = false;
    TRY(read_count(r, first, &n_atoms));
    r->line++;
    place_of(r, r->line, place);
    char *const comment = r->text->line[r->line];
    r->is_qm9 = strncasecmp(comment, "gdb", 3) == 0;
    if (is_atom_line(comment))
        return FAIL(
            r->ctx, QMT_ERR_FORMAT,
            "%s: \"%.60s\" is an atom where the comment line should be; put a line, which may "
            "be empty, before it",
            place, comment);
    r->end = r->line + 1 + n_atoms;
    TRY(comment_read(r->ctx, place, comment, r->notes, s, &texts, &columns));
    if (r->only_angstrom && columns.unit != BOHR_PER_ANGSTROM)
        return FAIL(r->ctx, QMT_ERR_INPUT,
                    "%s: the positions are in bohr by the comment, but frames are labelled and "
                    "written in angstrom; convert them",
                    place);
    r->line++;
    r->fifth = columns.declared ? NULL : malloc(n_atoms * sizeof *r->fifth);
    const QmtStatus status = read_atoms(r, &columns, n_atoms, s);
    free(r->fifth);
    r->fifth = NULL;
    TRY(status);
    TRY(atom_columns_settle(r->ctx, place, &columns, &r->sums, &texts));
    if (r->is_qm9)
        qm9_tail_skip(r);
    return state_settle(r->ctx, place, &texts, r->notes, s);
}

/// True for lines between frames: blank, or ">" of ORCA's files of all images.
static bool is_between(const char *line)
{
    return text_is_blank(line) || (line[strspn(line, " \t")] == '>' && strlen(line) <= 8);
}

static void between_skip(Reader *r)
{
    while (r->line < r->text->n_lines && is_between(r->text->line[r->line]))
        r->line++;
}

/// Notes a frame that cannot be computed, whose sentence is in the context, under the name that it would have.
static QmtStatus frame_reject(const Reader *r, const Structure *s, StructureList *list,
                              QmtStatus failure)
{
    char name[STRUCTURE_NAME_SIZE];
    frame_name(r->path, s, name);
    return rejection_take(r->ctx, list->rejected, s->source, name, REJECT_FORMAT, failure);
}

/// The failure, whose sentence is in the context, with how much behind it is not read.
static QmtStatus rest_say(const Reader *r, size_t begin, QmtStatus failure)
{
    char sentence[1500];
    snprintf(sentence, sizeof sentence, "%s", qmt_context_message(r->ctx));
    const size_t n = r->text->n_lines - begin;
    return FAIL(r->ctx, failure,
                "%s; where the next frame begins is unknown: %zu line%s from %zu on %s not read",
                sentence, n, n == 1 ? "" : "s", number_of(r, begin), n == 1 ? "is" : "are");
}

/// A frame that failed, where bad inputs are passed over: it is noted, and the next one is read, if it is known where that
/// begins. Otherwise the rest of the file is lost, and where that begins with no frame, the number of atoms of the
/// frame before may be wrong. What leaves no frame of the file is the failure of the file.
///
/// @param begin  its first line
/// @param first  index of the first frame in the list
static QmtStatus frame_pass_over(Reader *r, size_t begin, const Structure *failed, size_t first,
                                 StructureList *list, QmtStatus failure)
{
    Structure *const last = list->n > first ? &list->items[list->n - 1] : NULL;
    const bool is_last_in_doubt =
        r->is_no_frame && last != NULL && last->frame + 1 == failed->frame;
    const bool is_lost = r->end == 0;
    if (is_lost && (failed->frame == 1 || (is_last_in_doubt && last->frame == 1)))
        return failure;
    r->line = is_lost ? r->text->n_lines : r->end;
    if (is_lost)
        failure = rest_say(r, begin, failure);
    else if (r->is_qm9)
        qm9_tail_skip(r);
    between_skip(r);
    if (!is_lost && failed->frame == 1 && r->line == r->text->n_lines)
        return failure;
    TRY(frame_reject(r, is_last_in_doubt ? last : failed, list, failure));
    if (is_last_in_doubt)
        structures_truncate(list, list->n - 1);
    return QMT_OK;
}

static QmtStatus read_frames(Reader *r, StructureList *list)
{
    const size_t first = list->n;
    size_t n_frames = 0;
    for (;;) {
        between_skip(r);
        if (r->line == r->text->n_lines)
            break;
        const size_t begin = r->line;
        Structure s = {.frame = ++n_frames};
        QmtStatus status = read_frame(r, n_frames == 1, &s);
        if (status == QMT_OK)
            status = structures_append(r->ctx, list, &s);
        else if (list->rejected != NULL)
            status = frame_pass_over(r, begin, &s, first, list, status);
        structure_release(&s);
        TRY(status);
    }
    if (n_frames == 0)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s: the file is empty; an XYZ file begins with the number of atoms", r->path);
    return frames_name(r->ctx, r->path, list, first, n_frames);
}

QmtStatus xyz_read_text(QmtContext *ctx, const char *path, const Text *text, bool is_file,
                        StructureList *list)
{
    const size_t before = list->n;
    ReaderNotes notes = {.ctx = ctx, .path = path};
    StateTexts beside = {0};
    Reader r = {.ctx = ctx, .path = path, .text = text, .notes = &notes, .beside = &beside};
    QmtStatus status = is_file ? state_add_files(ctx, path, &notes, &beside) : QMT_OK;
    if (status == QMT_OK)
        status = read_frames(&r, list);
    if (status == QMT_OK)
        reader_notes_end(&notes);
    else
        structures_truncate(list, before);
    return status;
}

QmtStatus xyz_read_frame(const XyzPlace *place, const Text *text, ReaderNotes *notes,
                         Structure *structure)
{
    Structure s = {0};
    Reader r = {.ctx = notes->ctx,
                .path = place->path,
                .text = text,
                .lines_before = place->lines_before,
                .only_angstrom = true,
                .notes = notes,
                .beside = place->beside};
    const QmtStatus status = read_frame(&r, true, &s);
    if (status == QMT_OK)
        *structure = s;
    else
        structure_release(&s);
    return status;
}

QmtStatus xyz_read(QmtContext *ctx, const char *path, StructureList *list)
{
    Text text;
    TRY(text_read(ctx, path, XYZ_SIZE_LIMIT, &text));
    const QmtStatus status = xyz_read_text(ctx, path, &text, true, list);
    text_release(&text);
    return status;
}

QmtStatus xyz_read_memory(QmtContext *ctx, const char *path, const char *data, size_t n,
                          StructureList *list)
{
    Text text;
    TRY(text_from_memory(ctx, path, data, n, &text));
    const QmtStatus status = xyz_read_text(ctx, path, &text, false, list);
    text_release(&text);
    return status;
}

QmtStatus xyz_format(QmtContext *ctx, const Structure *structure, char **out)
{
    return xyz_format_with(ctx, structure, NULL, out);
}

QmtStatus xyz_format_with(QmtContext *ctx, const Structure *s, const char *keys, char **out)
{
    enum { LINE_SIZE = 160 };
    const size_t before = *out != NULL ? strlen(*out) : 0;
    const size_t n_smiles = s->smiles != NULL ? strlen(s->smiles) : 0;
    const size_t n_keys = keys != NULL ? strlen(keys) : 0;
    const size_t size =
        before + 5 * LINE_SIZE + STRUCTURE_NAME_SIZE + n_smiles + n_keys + s->n_atoms * LINE_SIZE;
    char *text = realloc(*out, size);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu bytes", s->name, size);
    *out = text;

    const locale_t locale = text_enter_c_locale();
    char *at = text + before;
    // Other programs know no symbols of isotopes but read masses; ours keeps 12C apart from carbon by the second column.
    at +=
        sprintf(at, "%zu\n%sname=\"%s\" charge=%d multiplicity=%d", s->n_atoms,
                s->isotopes != NULL ? "Properties=species:S:1:pos:R:3:masses:R:1:isotope:I:1 " : "",
                s->name, s->charge, s->has_multiplicity ? s->multiplicity : 1);
    if (s->charge_source[0] != '\0')
        at += sprintf(at, " charge_from='%s'", s->charge_source);
    if (s->multiplicity_source[0] != '\0')
        at += sprintf(at, " multiplicity_from='%s'", s->multiplicity_source);
    if (s->smiles != NULL)
        at += sprintf(at, " smiles=\"%s\"", s->smiles);
    at += sprintf(at, "%s%s\n", keys != NULL ? " " : "", keys != NULL ? keys : "");
    for (size_t a = 0; a < s->n_atoms; a++) {
        at += sprintf(at, "%-2s", element_symbol(s->numbers[a]));
        for (int x = 0; x < 3; x++)
            at += sprintf(at, " %15.10f", s->xyz[a][x] / BOHR_PER_ANGSTROM);
        if (s->isotopes != NULL)
            at += sprintf(at, " %.10g %d", structure_mass_da(s, a), s->isotopes[a]);
        at += sprintf(at, "\n");
    }
    text_leave_c_locale(locale);
    return QMT_OK;
}

void xyz_round(Structure *structure)
{
    const double decimals = 1e10;
    for (size_t a = 0; a < structure->n_atoms; a++)
        for (int x = 0; x < 3; x++) {
            const double angstrom = structure->xyz[a][x] / BOHR_PER_ANGSTROM;
            if (fabs(angstrom) < 1e5)
                structure->xyz[a][x] = round(angstrom * decimals) / decimals * BOHR_PER_ANGSTROM;
        }
}
