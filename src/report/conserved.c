#include "report/conserved.h"

#include <math.h>

void conserved_begin(Conserved *conserved)
{
    *conserved = (Conserved){0};
    curve_begin(&conserved->curve);
}

void conserved_add(Conserved *conserved, size_t column, double time_ps, double kjmol)
{
    curve_add(&conserved->curve, column, kjmol);
    if (!isfinite(kjmol) || !isfinite(time_ps))
        return;
    if (!conserved->begun)
        conserved->first = kjmol;
    conserved->begun = true;
    line_fit_add(&conserved->line, time_ps, kjmol - conserved->first);
}
