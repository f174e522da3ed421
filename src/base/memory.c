#include "base/memory.h"

#include <math.h>
#include <unistd.h>

double memory_of_machine(void)
{
    const double pages = (double)sysconf(_SC_PHYS_PAGES), page = (double)sysconf(_SC_PAGESIZE);
    return pages > 0.0 && page > 0.0 ? pages * page : INFINITY;
}
