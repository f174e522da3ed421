#include "md/thermostat.h"

const Thermostat *thermostat_at(size_t row)
{
#define THERMOSTAT_ROW(symbol, name) &symbol,
    static const Thermostat *const ROWS[] = {THERMOSTAT_LIST(THERMOSTAT_ROW)};
    return row < sizeof ROWS / sizeof *ROWS ? ROWS[row] : NULL;
}
