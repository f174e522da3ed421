// include/qmtraj/version.h, but for what the context itself says (base/context.c) and the build adds
#include "qmtraj/version.h"

#include "data/citations.h"

const char *qmt_citations(void)
{
    return citations_bibtex();
}
