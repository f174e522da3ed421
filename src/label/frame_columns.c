#include "label/frame_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/element.h"
#include "structure/atom_symbol.h"

size_t frame_words_find(const FrameLines *lines, size_t atom, Piece words[WORDS_MAX])
{
    const char *const line = lines->lines[atom + 2];
    const size_t n = lines->sizes[atom + 2];
    size_t count = 0;
    for (size_t i = 0; i < n;) {
        while (i < n && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r'))
            i++;
        const size_t begin = i;
        while (i < n && line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            i++;
        if (i > begin && count < WORDS_MAX)
            words[count] = (Piece){line + begin, i - begin};
        count += i > begin;
    }
    return count;
}

/// Properties=NAME:TYPE:COUNT:...; false if it is none.
static bool declared_columns_read(FrameColumns *c, const Piece *value)
{
    size_t at = 0;
    c->n_words = 0;
    while (at < value->n && c->n_kinds < KINDS_MAX) {
        Column *const column = &c->kinds[c->n_kinds];
        char text[COLUMN_NAME_SIZE + 32];
        int used = 0;
        snprintf(text, sizeof text, "%.*s", (int)(value->n - at), value->data + at);
        if (sscanf(text, "%90[^:]:%c:%zu%n", column->name, &column->type, &column->n, &used) != 3 ||
            column->n < 1 || column->n > WORDS_MAX || c->n_words + column->n > WORDS_MAX)
            return false;
        if (strcasecmp(column->name, "species") == 0 || strcasecmp(column->name, "symbols") == 0)
            c->species = c->n_words;
        c->n_words += column->n;
        c->n_kinds++;
        at += (size_t)used;
        if (at < value->n && value->data[at++] != ':')
            return false;
    }
    return at == value->n && c->n_words > 0;
}

/// Without Properties= the columns are symbol, x y z, and others that are given names.
static void bare_columns_find(FrameColumns *c, size_t n_words)
{
    c->kinds[0] = (Column){"species", 'S', 1};
    c->kinds[1] = (Column){"pos", 'R', 3};
    c->n_kinds = 2;
    c->n_words = n_words;
    c->species = 0;
    for (size_t i = 4; i < n_words && c->n_kinds < KINDS_MAX; i++) {
        Column *const column = &c->kinds[c->n_kinds++];
        *column = (Column){.type = 'S', .n = 1};
        snprintf(column->name, sizeof column->name, "input_column_%zu", i + 1);
    }
}

/// Fewest and most words of the atom lines.
static void words_count(const FrameColumns *c, size_t *fewest, size_t *most)
{
    Piece words[WORDS_MAX];
    *fewest = WORDS_MAX;
    *most = 0;
    for (size_t a = 0; a < c->lines->n_atoms; a++) {
        const size_t n = frame_words_find(c->lines, a, words);
        *fewest = n < *fewest ? n : *fewest;
        *most = n > *most ? n : *most;
    }
}

static bool kinds_find(FrameColumns *c, const Piece *properties)
{
    size_t fewest, most;
    words_count(c, &fewest, &most);
    c->species = WORDS_MAX;
    if (properties != NULL)
        return declared_columns_read(c, properties) && fewest == most && most == c->n_words;
    if (fewest < 4)
        return false;
    bare_columns_find(c, fewest < KINDS_MAX ? fewest : KINDS_MAX);
    if (most > c->n_words)
        context_log(c->ctx, QMT_LOG_WARNING,
                    "%s: the atoms have %zu to %zu columns; those behind column %zu are not kept",
                    c->lines->place, fewest, most, c->n_words);
    return true;
}

void frame_species_text(const FrameColumns *c, const Piece *word, char symbol[SPECIES_SIZE])
{
    char text[64];
    AtomSymbol atom;
    snprintf(text, sizeof text, "%.*s", (int)(word->n < 63 ? word->n : 63), word->data);
    if (element_number(text) == 0) {
        QmtContext silent = *c->ctx; // its failure is none of the frame
        silent.log = NULL;
        if (atom_symbol_read(&silent, c->lines->place, text, &atom) != QMT_OK)
            atom.number = 0;
    } else {
        atom.number = element_number(text);
    }
    snprintf(symbol, SPECIES_SIZE, "%s", atom.number > 0 ? element_symbol(atom.number) : "X");
}

/// Labels such as O1, isotopes, numbers and unknown symbols stop most readers.
static void species_check(FrameColumns *c)
{
    if (c->species == WORDS_MAX)
        return;
    for (size_t a = 0; a < c->lines->n_atoms && !c->new_species; a++) {
        Piece words[WORDS_MAX];
        char symbol[SPECIES_SIZE];
        (void)frame_words_find(c->lines, a, words);
        frame_species_text(c, &words[c->species], symbol);
        c->new_species = !piece_is(&words[c->species], symbol);
    }
}

const char *frame_exponent_find(const Piece *word, size_t *n)
{
    const char *at = word->data, *const end = word->data + word->n;
    while (at < end && strchr("+-.0123456789", *at) != NULL)
        at++;
    if (at == word->data || end - at < 2)
        return NULL;
    *n = memcmp(at, "*^", 2) == 0 ? 2 : 1;
    if (*n == 1 && *at != 'D' && *at != 'd')
        return NULL;
    for (const char *digit = at + *n; digit < end; digit++)
        if (strchr("+-0123456789", *digit) == NULL)
            return NULL;
    return at;
}

/// True if readers take a word for a value of a type: R a number, also nan, I a whole one; others may be anything.
static bool word_is(const Piece *word, char type)
{
    char text[64], *end;
    if (type != 'R' && type != 'I')
        return true;
    size_t n_exponent;
    if (word->n >= sizeof text)
        return false;
    memcpy(text, word->data, word->n);
    text[word->n] = '\0';
    if (type == 'I')
        (void)strtoll(text, &end, 10);
    else
        (void)strtod(text, &end);
    return (*end == '\0' || (type == 'R' && frame_exponent_find(word, &n_exponent) != NULL)) &&
           strpbrk(text, "xXpP(") == NULL; // hexadecimal numbers and nan(...) are C's alone
}

static bool column_holds(const FrameColumns *c, size_t first, const Column *column)
{
    for (size_t a = 0; a < c->lines->n_atoms; a++) {
        Piece words[WORDS_MAX];
        (void)frame_words_find(c->lines, a, words);
        for (size_t k = 0; k < column->n; k++)
            if (!word_is(&words[first + k], column->type))
                return false;
    }
    return true;
}

/// A column whose words are not of its type becomes one of words; positions cannot.
static bool types_check(FrameColumns *c)
{
    size_t first = 0;
    for (size_t i = 0; i < c->n_kinds; first += c->kinds[i].n, i++) {
        Column *const column = &c->kinds[i];
        if (column_holds(c, first, column))
            continue;
        if (strncasecmp(column->name, "pos", 3) == 0)
            return false;
        context_log(c->ctx, QMT_LOG_WARNING,
                    "%s: the column %s holds what is not a number and is kept as words",
                    c->lines->place, column->name);
        column->type = 'S';
    }
    return true;
}

static void numbers_check(FrameColumns *c)
{
    Piece words[WORDS_MAX];
    size_t n_exponent;
    for (size_t a = 0; a < c->lines->n_atoms && !c->new_numbers; a++) {
        const char *const line = c->lines->lines[a + 2];
        // Most files have none, and are not cut into words for it.
        if (memchr(line, 'D', c->lines->sizes[a + 2]) == NULL &&
            memchr(line, 'd', c->lines->sizes[a + 2]) == NULL &&
            memchr(line, '^', c->lines->sizes[a + 2]) == NULL)
            continue;
        const size_t n = frame_words_find(c->lines, a, words);
        for (size_t w = 0; w < n && w < WORDS_MAX && !c->new_numbers; w++)
            c->new_numbers = frame_exponent_find(&words[w], &n_exponent) != NULL;
    }
}

bool frame_columns_find(QmtContext *ctx, const FrameLines *lines, const Piece *properties,
                        FrameColumns *columns)
{
    *columns = (FrameColumns){.ctx = ctx, .lines = lines};
    if (!kinds_find(columns, properties) || !types_check(columns))
        return false;
    species_check(columns);
    numbers_check(columns);
    return true;
}
