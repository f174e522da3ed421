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

/// The value that begins at `at`; returns where it ends.
static size_t value_take(const char *line, size_t n, size_t at, Token *token)
{
    const char close = at < n ? closing(line[at]) : '\0';
    size_t end = at + (close != '\0');
    while (end < n && (close != '\0' ? line[end] != close : !is_blank(line[end])))
        end++;
    token->open_ends = close != '\0' && end == n;
    const size_t begin = at + (close != '\0');
    token->value = (Piece){line + begin, end - begin};
    return end + (close != '\0' && end < n);
}

bool token_next(const char *line, size_t n, size_t *at, Token *token)
{
    size_t i = *at;
    while (i < n && is_blank(line[i]))
        i++;
    if (i == n)
        return false;
    const size_t begin = i;
    *token = (Token){0};
    // a bare word may be quoted, too
    const char close = closing(line[i]);
    if (close != '\0') {
        for (i++; i < n && line[i] != close;)
            i++;
        token->open_ends = i == n;
        i += i < n;
    }
    while (i < n && !is_blank(line[i]) && line[i] != '=')
        i++;
    token->key = (Piece){line + begin, i - begin};
    size_t next = i;
    while (next < n && is_blank(line[next]))
        next++;
    if (next < n && line[next] == '=' && i > begin) {
        next++;
        while (next < n && is_blank(line[next]))
            next++;
        i = value_take(line, n, next, token);
    } else if (i == begin) { // "=" without a key
        i++;
    }
    token->whole = (Piece){line + begin, i - begin};
    *at = i;
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
