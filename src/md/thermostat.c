#include "md/thermostat.h"

#include <string.h>

const Thermostat *thermostat_at(size_t row)
{
#define THERMOSTAT_ROW(symbol, name) &symbol,
    static const Thermostat *const ROWS[] = {THERMOSTAT_LIST(THERMOSTAT_ROW)};
    return row < sizeof ROWS / sizeof *ROWS ? ROWS[row] : NULL;
}

const Thermostat *thermostat_find(const char *name)
{
    const Thermostat *thermostat = NULL;
    for (size_t row = 0; (thermostat = thermostat_at(row)) != NULL; row++)
        if (strcmp(thermostat->name, name) == 0)
            break;
    return thermostat;
}
