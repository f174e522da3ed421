#include "structure/comment_words.h"

#include <stdbool.h>
#include <string.h>

static const char BLANKS[] = " \t";
static const char SEPARATORS[] = " \t,;|";
static const char OPENERS[] = "([{\"'", CLOSERS[] = ")]}\"'";

/// True for a quote, and for a bracket at the end of a word whose other half does not stand within its n other bytes, the
/// last of them aside.
static bool bracket_is_alone(char bracket, char other, const char *text, size_t n)
{
    const char *const found = n > 0 ? memchr(text, other, n) : NULL;
    return bracket == other || found == NULL ||
           (found == text + n - 1 && strchr(CLOSERS, other) != NULL);
}

/// Takes brackets and quotes off both ends, in place; a bracket whose other half stands within the word stays, as in
/// "[H2O]2+" and "charge(-2)".
static char *bare(char *word)
{
    size_t n = strlen(word);
    for (bool cut = true; cut && n > 0;) {
        const char *const open = strchr(OPENERS, word[0]);
        const char *const close = strchr(CLOSERS, word[n - 1]);
        cut = false;
        if (open != NULL && bracket_is_alone(word[0], CLOSERS[open - OPENERS], word + 1, n - 1)) {
            word++;
            n--;
            cut = true;
        }
        if (n > 0 && close != NULL &&
            bracket_is_alone(*close, OPENERS[close - CLOSERS], word, n - 1)) {
            n--;
            cut = true;
        }
        word[n] = '\0';
    }
    return word;
}

/// True if the text after a separator begins a new word: blanks, the end, or "key=".
static bool begins_anew(const char *text)
{
    if (*text == '\0' || strchr(BLANKS, *text) != NULL)
        return true;
    const size_t n = strcspn(text, " \t,;|=\"");
    return n > 0 && text[n + strspn(text + n, BLANKS)] == '=';
}

/// Cuts the unquoted value that begins at s; returns what follows it.
static char *value_cut(char *s)
{
    while (*s != '\0' && strchr(BLANKS, *s) == NULL &&
           !(strchr(",;|", *s) != NULL && begins_anew(s + 1)))
        s++;
    char *const next = *s == '\0' ? s : s + 1;
    *s = '\0';
    return next;
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

/// Where the quote that s begins with is closed; NULL: nowhere. Behind a backslash a quote is one of the text.
static char *quote_end(char *s)
{
    for (char *at = s + 1; *at != '\0'; at++) {
        if (*at == *s)
            return at;
        at += *at == '\\' && at[1] != '\0';
    }
    // A path may end with a backslash.
    for (char *at = strchr(s + 1, *s); at != NULL; at = strchr(at + 1, *s))
        if (at[1] == '\0' || strchr(BLANKS, at[1]) != NULL)
            return at;
    return NULL;
}

/// The text between the quotes at s and at end, in place: \" is a quote, \\ a backslash. Other backslashes stay, ASE
/// writes those of a SMILES or a path as they are.
static char *unquoted(char *s, char *end)
{
    char *to = ++s;
    for (const char *at = s; at < end; at++) {
        at += *at == '\\' && at + 1 < end && (is_quote(at[1]) || at[1] == '\\');
        *to++ = *at;
    }
    *to = '\0';
    return s;
}

/// Where a key in quotes ends that may have blanks, "old charge"=2; NULL: s begins none.
static char *quoted_key_end(char *s)
{
    char *const end = is_quote(*s) ? quote_end(s) : NULL;
    return end != NULL && end[1] == '=' ? end : NULL;
}

/// The value after "=", with the line going on behind it.
static void value_take(char **at, CommentWord *word)
{
    char *s = *at + strspn(*at, BLANKS);
    char *const end = is_quote(*s) ? quote_end(s) : NULL;
    if (end != NULL) {
        *at = end + 1;
        word->value = unquoted(s, end);
        return;
    }
    if (is_quote(*s)) {
        word->open_quote = true;
        s++;
    }
    word->value = s;
    *at = value_cut(s);
}

void comment_word_next(char **at, CommentWord *word)
{
    char *s = *at;
    *word = (CommentWord){0};
    for (;;) {
        s += strspn(s, SEPARATORS);
        if (*s == '\0') {
            *at = s;
            return;
        }
        char *const begin = s, *const quote = quoted_key_end(s);
        if (quote != NULL) {
            *at = quote + 2;
            word->key = unquoted(begin, quote);
            value_take(at, word);
            return;
        }
        s += strcspn(s, " \t,;|=");
        char *const end = s;
        s += strspn(s, BLANKS);
        const bool is_key = *s == '=';
        if (is_key && end == begin) {
            s++; // without a key before it
            continue;
        }
        // Behind a free word its separator goes; behind a key, "=".
        *at = is_key || (s == end && *s != '\0') ? s + 1 : s;
        *end = '\0';
        word->key = bare(begin);
        if (is_key)
            value_take(at, word);
        return;
    }
}
