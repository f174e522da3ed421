#include "label/comment_tokens.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

bool piece_is(const Piece *piece, const char *text)
{
    return strlen(text) == piece->n && memcmp(piece->data, text, piece->n) == 0;
}

/// What closes a quote or bracket; 0: the character opens none.
static char closing(char c)
{
    static const char PAIRS[] = "\"\"''{}[]";
    for (size_t i = 0; PAIRS[i] != '\0'; i += 2)
        if (PAIRS[i] == c)
            return PAIRS[i + 1];
    return '\0';
}

/// A run of characters as far as a blank or "=" that is not quoted.
typedef struct {
    size_t end;
    size_t n_text;  ///< characters that are not quotes
    size_t n_pairs; ///< of quotes or brackets
    bool open_ends;
} Run;

static Run run_find(const char *line, size_t n, size_t at)
{
    Run run = {0};
    char close = '\0';
    for (; at < n && (close != '\0' || (!is_blank(line[at]) && line[at] != '=')); at++) {
        const char c = line[at];
        if (c == '\\') { // the next character is text, whatever it is
            run.open_ends = ++at == n;
            run.n_text++;
        } else if (close != '\0') {
            run.n_text += c != close;
            close = c != close ? close : '\0';
        } else if (closing(c) != '\0') {
            close = closing(c);
            run.n_pairs++;
        } else {
            run.n_text++;
        }
    }
    run.end = at < n ? at : n;
    run.open_ends = run.open_ends || close != '\0';
    return run;
}

static size_t blanks_skip(const char *line, size_t n, size_t at)
{
    while (at < n && is_blank(line[at]))
        at++;
    return at;
}

/// Takes quotes around a value off.
static Piece bare(Piece value)
{
    const bool quoted = value.n >= 2 && closing(value.data[0]) != '\0' &&
                        closing(value.data[0]) == value.data[value.n - 1];
    return quoted ? (Piece){value.data + 1, value.n - 2} : value;
}

bool token_next(const char *line, size_t n, size_t *at, Token *token)
{
    const size_t begin = blanks_skip(line, n, *at);
    if (begin == n)
        return false;
    Run run = run_find(line, n, begin);
    size_t n_runs = 0, first = n, end = run.end;
    *token = (Token){.open_ends = run.open_ends || run.end == begin};
    token->key = (Piece){line + begin, run.end - begin};
    // What stands behind a second "=" belongs to the value, as in "a=b=c".
    for (size_t next = blanks_skip(line, n, end); next < n && line[next] == '=';
         next = blanks_skip(line, n, end)) {
        next = blanks_skip(line, n, next + 1);
        first = n_runs++ == 0 ? next : first;
        run = run_find(line, n, next);
        token->open_ends = token->open_ends || run.open_ends;
        end = run.end;
    }
    if (n_runs > 0) {
        token->value = (Piece){line + first, end - first};
        if (n_runs == 1 && run.n_pairs == 1)
            token->value = bare(token->value);
        token->waits = run.n_text == 0;
    }
    token->whole = (Piece){line + begin, end - begin};
    *at = end;
    return true;
}

bool token_find(const char *line, size_t n, const char *key, Token *token)
{
    for (size_t at = 0; token_next(line, n, &at, token);)
        if (token->value.data != NULL && piece_is(&token->key, key))
            return true;
    return false;
}

bool tokens_are_extended(const char *line, size_t n)
{
    Token token;
    bool any = false;
    for (size_t at = 0; token_next(line, n, &at, &token);) {
        if (token.open_ends)
            return false;
        any = any || token.value.data != NULL;
    }
    return any;
}
