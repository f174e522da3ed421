#include "base/suggest.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 63 };

/// Two letters that changed places are one slip of the pen: the distance counts them as two changes.
static bool is_swapped(const char *a, const char *b)
{
    const size_t n = strlen(a);
    size_t i = 0;
    if (strlen(b) != n)
        return false;
    while (i < n && tolower((unsigned char)a[i]) == tolower((unsigned char)b[i]))
        i++;
    return i + 1 < n && tolower((unsigned char)a[i]) == tolower((unsigned char)b[i + 1]) &&
           tolower((unsigned char)a[i + 1]) == tolower((unsigned char)b[i]) &&
           strcasecmp(a + i + 2, b + i + 2) == 0;
}

/// Levenshtein's distance, row by row.
static size_t distance(const char *a, const char *b)
{
    const size_t n_a = strnlen(a, LONGEST), n_b = strnlen(b, LONGEST);
    size_t row[LONGEST + 1];
    for (size_t j = 0; j <= n_b; j++)
        row[j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            const int same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            size_t best = diagonal + (same ? 0 : 1);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[n_b];
}

const char *suggest_name(const char *word, const char *const *candidates, size_t n)
{
    assert(n > 0);
    const char *nearest = candidates[0];
    size_t least = distance(word, nearest);
    for (size_t i = 1; i < n; i++) {
        const size_t d = distance(word, candidates[i]);
        if (d < least) {
            least = d;
            nearest = candidates[i];
        }
    }
    return nearest;
}

const char *suggest_hint(const char *word, const char *const *candidates, size_t n,
                         char hint[SUGGEST_HINT_SIZE])
{
    const char *near = NULL;
    const size_t length = strlen(word);
    hint[0] = '\0';
    if (n == 0)
        return hint;
    const char *const fewest = suggest_name(word, candidates, n);
    const size_t n_letters = strnlen(fewest, LONGEST);
    if (3 * distance(word, fewest) <= (n_letters > length ? n_letters : length))
        near = fewest;
    for (size_t i = 0; i < n && near == NULL && length >= 2; i++)
        if (strncasecmp(candidates[i], word, length) == 0 || is_swapped(word, candidates[i]))
            near = candidates[i];
    if (near != NULL)
        snprintf(hint, SUGGEST_HINT_SIZE, ", did you mean %.200s?", near);
    return hint;
}
