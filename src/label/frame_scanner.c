#include "label/frame_scanner.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "io/text.h"

enum { TAIL_LINES = 3, SEPARATOR_MAX = 8 };

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_between(const char *line, size_t n)
{
    size_t i = 0;
    while (i < n && is_one_of(line[i], " \t\r"))
        i++;
    return i == n || (line[i] == '>' && n <= SEPARATOR_MAX);
}

/// A line of one whole number.
static bool count_read(const char *line, size_t n, size_t *count)
{
    char copy[SCANNED_MAX + 1], *words[2];
    long long number;
    n = n < SCANNED_MAX ? n : SCANNED_MAX;
    memcpy(copy, line, n);
    copy[n] = '\0';
    for (; n > 0 && copy[n - 1] == '\r'; n--) // one within the line ends lines of its own
        copy[n - 1] = '\0';
    if (text_split(copy, words, 2) != 1 ||
        text_parse_integer(words[0], 1, INT64_MAX / 2, &number) != NULL)
        return false;
    *count = (size_t)number;
    return true;
}

/// A lone whole number begins the next frame; the first line behind the atoms has the frequencies.
static bool is_tail(const FrameScanner *scanner, const char *line, size_t n)
{
    size_t i = 0;
    while (i < n && is_one_of(line[i], " \t0123456789\r"))
        i++;
    return scanner->n_tail == TAIL_LINES || i < n || is_between(line, n);
}

LineKind frame_scanner_next(FrameScanner *scanner, const char *line, size_t n)
{
    if (scanner->wants_comment) {
        scanner->wants_comment = false;
        scanner->is_qm9 = n >= 3 && strncasecmp(line, "gdb", 3) == 0;
        return LINE_COMMENT;
    }
    if (scanner->n_left > 0) {
        scanner->n_left--;
        if (scanner->n_left == 0 && scanner->is_qm9)
            scanner->n_tail = TAIL_LINES;
        return scanner->n_left == 0 ? LINE_LAST_ATOM : LINE_ATOM;
    }
    if (scanner->n_tail > 0 && is_tail(scanner, line, n)) {
        scanner->n_tail--;
        return LINE_TAIL;
    }
    scanner->n_tail = 0;
    if (is_between(line, n))
        return LINE_BETWEEN;
    if (!count_read(line, n, &scanner->n_atoms))
        return LINE_WRONG;
    scanner->n_left = scanner->n_atoms;
    scanner->wants_comment = true;
    return LINE_COUNT;
}

bool frame_scanner_at_end(const FrameScanner *scanner)
{
    return scanner->n_left == 0 && !scanner->wants_comment;
}
