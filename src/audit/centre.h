#ifndef AUDIT_CENTRE_H
#define AUDIT_CENTRE_H

#include "audit/frame.h"
#include "audit/verdict.h"

/// CHECK_CENTRE: the centre of mass stays where it is.

typedef struct {
    double first[3];               ///< nm
    double speed, way;             ///< nm/ps and nm at most
    double speed_limit, way_limit; ///< grow with the spacing of the numbers in the file
} Centre;

void centre_add(const Check *check, Centre *centre, const CheckFrame *frame);
void centre_report(Check *check, const Centre *centre);

#endif
