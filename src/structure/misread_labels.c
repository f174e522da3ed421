#include "structure/misread_labels.h"

#include <math.h>
#include <string.h>

#include "base/units.h"
#include "base/vec3.h"
#include "data/element.h"
#include "data/method.h"

/// A bond shorter than this part of the sum of the covalent radii is none of that element: Hg-H of 1.09 angstrom
/// has 0.66, Cd-C of 1.53 has 0.70; the shortest real ones, triple bonds of metals, have 0.80.
static const double SHORTEST_PART = 0.75;

bool label_is_suspect(const char *word)
{
    return strchr("CHNOS", word[0]) != NULL && word[0] != '\0' && word[1] >= 'A' &&
           word[1] <= 'Z' && strncmp(word, "CL", 2) != 0;
}

static double bond_length(int a, int b)
{
    return (METHOD_GFN2.element(a).cov_rad + METHOD_GFN2.element(b).cov_rad) * BOHR_PER_ANGSTROM;
}

QmtStatus labels_check(QmtContext *ctx, const Structure *s, const size_t *suspects,
                       size_t n_suspects)
{
    for (size_t i = 0; i < n_suspects; i++) {
        const size_t a = suspects[i];
        for (size_t b = 0; b < s->n_atoms; b++) {
            double d[3];
            vec3_difference(s->xyz[a], s->xyz[b], d);
            const double r = vec3_norm(d);
            if (b == a || r >= SHORTEST_PART * bond_length(s->numbers[a], s->numbers[b]))
                continue;
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%s: atom %zu would be %s, but its neighbour %zu is only %.2f angstrom "
                        "away; are these atom names of a protein (CA, CD, HG) instead of element "
                        "symbols?",
                        s->source, a + 1, element_symbol(s->numbers[a]), b + 1,
                        r / BOHR_PER_ANGSTROM);
        }
    }
    return QMT_OK;
}
