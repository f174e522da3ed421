#include "base/nearest.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

enum { LONGEST = 63 };

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

const char *nearest_name(const char *word, const char *const *candidates, size_t n)
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
