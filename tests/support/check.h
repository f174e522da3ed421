#ifndef SUPPORT_CHECK_H
#define SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

/// Fails the test unless |a - b| <= tolerance, and says both numbers.
#define CHECK_NEAR(a, b, tolerance)                                                                \
    do {                                                                                           \
        const double near_a_ = (a), near_b_ = (b);                                                 \
        if (!(fabs(near_a_ - near_b_) <= (tolerance)))                                             \
            fail_msg("%s = %.15g, wanted %.15g, off by %.2e, allowed %.1e", #a, near_a_, near_b_,  \
                     fabs(near_a_ - near_b_), (double)(tolerance));                                \
    } while (0)

#endif
