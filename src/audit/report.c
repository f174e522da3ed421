#include "audit/report.h"

const char *check_item_name(CheckItem item)
{
#define CHECK_NAME(name, text) text,
    static const char *const NAMES[] = {CHECK_LIST(CHECK_NAME)};
#undef CHECK_NAME
    return NAMES[item];
}

const char *check_verdict_name(CheckVerdict verdict)
{
    static const char *const NAMES[] = {"NOT RUN", "PASS", "WARN", "FAIL"};
    return NAMES[verdict];
}

CheckVerdict check_worst(const CheckReport *report)
{
    CheckVerdict worst = CHECK_NOT_RUN;
    for (int i = 0; i < CHECK_COUNT; i++)
        if (report->line[i].verdict > worst)
            worst = report->line[i].verdict;
    return worst;
}
